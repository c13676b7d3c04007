"""A webhook typed into a group gives its key to everybody there: the words go, and their author hears why."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.commands import read_command
from classroom.effects import Effect, Remove, Report
from classroom.events import Delivered, Json, Message, Undelivered
from handlers.channel.address import token_in
from handlers.feature import Feature
from handlers.room import Room
from storage import identity
from storage.tables import Chat

feature = Feature("channel_guard")
SPELLINGS = dict.fromkeys(("channel", "渠道"), "channel")


@feature.before_commands
def look(message: Message, room: Room) -> Iterable[Effect] | None:
    """Take such a command out of the group, whoever typed it; everything else is looked at by others."""
    if room.group is None or room.actor is None or token_in(message.text) is None:
        return None
    if read_command(message.text, SPELLINGS) is None:
        return None
    data: dict[str, Json] = {"person": room.who.person}
    report = Report(failed="channel.seen", sent="channel.removed", data=data)
    told = [] if room.door_open else [room.pointer()]
    return [Remove(room.group, message.refs, report=report), *told]


@feature.undelivered("channel.seen")
def stands(event: Undelivered, room: Room) -> Iterable[Effect]:
    """It could not be removed: the author does that by hand."""
    return _told(event.data, room, removed=False)


@feature.delivered("channel.removed")
def removed(event: Delivered, room: Room) -> Iterable[Effect]:
    """It is gone, and was read perhaps: a new key is better."""
    return _told(event.data, room, removed=True)


def _told(data: dict[str, Json], room: Room, *, removed: bool) -> list[Effect]:
    person = data.get("person")
    if not isinstance(person, int):
        return []
    text = room.say_to(person).private("channel.in_group", removed=removed)
    return room.tell_person(person, text, park=True)


@feature.beside
def is_heard_again(message: Message, room: Room) -> Iterable[Effect] | None:
    """A group that was thought lost is not, if somebody calls the bot there."""
    if room.group is not None and room.platform == identity.CALLED:
        chat = room.db.get(Chat, room.group.chat)
        if chat is not None and not chat.present:
            chat.present = True
    return None
