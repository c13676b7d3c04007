"""/channel: what a class is connected with, and posting into a group of WeCom by its webhook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from classroom.addresses import GroupAddress
from classroom.effects import Button, Effect, Post
from classroom.events import Json, Right, Undelivered
from classroom.people import TEACHERS
from classroom.text import PrivateText
from handlers import channels
from handlers.aside import aside, own
from handlers.channel.address import after_word, switched_off, token_in
from handlers.feature import Command, Feature, Press, Where, Who
from handlers.room import Room
from storage import identity, webhooks
from storage.tables import Chat, Webhook

feature = Feature("channel")


@dataclass(frozen=True, slots=True)
class Way:
    """A group of the class: what it is called, on which channel, and what can be done there."""

    title: str
    channel: str
    hears: str
    """all, called or nothing."""

    removes: bool
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook as the teacher sees it: its number, since when, and whether it is in use."""

    number: int
    since: str
    state: str
    """used, spare or refused."""


@feature.command("channel", "渠道", who=Who.TEACHER, where=Where.BOTH)
def channel(command: Command, room: Room) -> Iterable[Effect]:
    """List a class's channels, or begin and end a webhook: that in private only."""
    behind = after_word(command.text)
    if behind is None and token_in(command.text) is not None:
        behind = command.text
    if behind is None:
        return aside(room, _listed(room), *_switches(room))
    if room.group is not None:
        return aside(room, own(room).private("channel.only_in_private"))
    number = switched_off(behind)
    return _off(number, room) if number is not None else _on(behind, room)


# --- on and off ---------------------------------------------------------------------------------


def _on(text: str, room: Room) -> list[Effect]:
    token, digest = token_in(text), room.instance.digest
    if webhooks.PLATFORM not in room.instance.links:
        return [room.tell(own(room).private("channel.not_here"))]
    if token is None:
        return [room.tell(own(room).private("channel.address_missing", typed=bool(text)))]
    known = webhooks.find(room.db, digest, token)
    if known is not None and known.classroom_id != room.here.id:
        return [room.tell(own(room).private("channel.another_class"))]
    if known is not None and known.refused_at is None:
        return [room.tell(own(room).private("channel.known_already"))]
    if known is not None:
        webhooks.end(room.db, known)
    if len(webhooks.of_class(room.db, room.here.id)) >= webhooks.MOST:
        return [room.tell(own(room).private("channel.too_many", most=webhooks.MOST))]
    row = webhooks.add(
        room.db,
        digest,
        token,
        classroom=room.here.id,
        title=room.here.name,
        by=room.who.person,
        now=room.now,
    )
    spare = _is_spare(row, room)
    text_ = own(room).private("channel.added", name=room.here.name, spare=spare)
    if spare:
        return [room.tell(text_, _switch(row, room))]
    opening = Post(_place(row, room), room.say_class.group("channel.opened", name=room.here.name))
    return [room.tell(text_), opening]


def _off(number: int, room: Room) -> list[Effect]:
    rows = webhooks.of_class(room.db, room.here.id)
    if not rows:
        return [room.tell(own(room).private("channel.none"))]
    if (not number and len(rows) > 1) or number > len(rows):
        return [room.tell(own(room).private("channel.which", hooks=_hooks(rows, room)))]
    webhooks.end(room.db, rows[max(number, 1) - 1])
    return [room.tell(own(room).private("channel.ended"))]


@feature.button("channel.apart")
def apart(press: Press, room: Room) -> Iterable[Effect]:
    """The teacher says whether the webhook is the bot's own group or another one."""
    row = room.db.get(Webhook, press.args.get("webhook"))
    if row is None or row.classroom_id != room.here.id or not room.who.leads:
        return [room.edit(press.handle, own(room).private("channel.gone"))]
    row.apart = press.args.get("apart") is True
    room.db.flush()
    text = own(room).private("channel.is_apart" if row.apart else "channel.is_spare")
    return [room.edit(press.handle, text, _switch(row, room))]


@feature.undelivered("channel.refused")
def refused(event: Undelivered, room: Room) -> Iterable[Effect]:
    """WeCom takes nothing there any more: whoever gave the webhook hears of it, once."""
    row = room.db.get(Webhook, event.data.get("webhook"))
    if row is None or room.classroom is None:
        return []
    leading = room.teachers()
    person = row.given_by if row.given_by in leading else next(iter(leading), None)
    if person is None:
        return []
    text = room.say_to(person).private("channel.refused", name=room.here.name)
    return room.tell_person(person, text, quiet=room.hours_of(person), park=True)


# --- what is shown ------------------------------------------------------------------------------


def _listed(room: Room) -> PrivateText:
    rows = webhooks.of_class(room.db, room.here.id)
    groups = [c for c in identity.groups_of(room.db, room.here.id) if c.platform != webhooks.PLATFORM]
    return own(room).private(
        "channel.list",
        name=room.here.name,
        groups=[_way(chat, room) for chat in groups],
        hooks=_hooks(rows, room),
        alone=[channels.name_of(platform, room) for platform in sorted(room.instance.tells)],
        room_left=len(rows) < webhooks.MOST and webhooks.PLATFORM in room.instance.links,
    )


def _way(chat: Chat, room: Room) -> Way:
    instance = room.instance
    deaf = chat.platform in instance.private_only or chat.platform not in instance.tells
    hears = "nothing" if deaf else "called" if chat.platform in instance.called_only else "all"
    removes = Right.DELETE in instance.able.get(chat.platform, frozenset())
    name = channels.name_of(chat.platform, room)
    return Way(chat.title, name, hears, removes, chat.platform in instance.by_hand)


def _hooks(rows: list[Webhook], room: Room) -> list[Hook]:
    found = []
    for number, row in enumerate(rows, 1):
        state = "refused" if row.refused_at else "spare" if _is_spare(row, room) else "used"
        found.append(Hook(number, row.given_at.astimezone(room.zone).strftime("%Y-%m-%d"), state))
    return found


def _is_spare(row: Webhook, room: Room) -> bool:
    """Whether the bot speaks in that group itself, as long as it may."""
    return row.chat_id not in {chat.id for chat in identity.groups_of(room.db, room.here.id)}


def _switches(room: Room) -> list[Button]:
    if room.group is not None:
        return []
    called = any(c.platform == identity.CALLED for c in identity.groups_of(room.db, room.here.id))
    rows = [row for row in webhooks.of_class(room.db, room.here.id) if row.refused_at is None]
    return [_switch(row, room) for row in rows] if called and len(rows) == 1 else []


def _switch(row: Webhook, room: Room) -> Button:
    label = own(room).label("channel.same_group" if row.apart else "channel.other_group")
    args: dict[str, Json] = {"webhook": row.id, "apart": not row.apart}
    return Button(label, "channel.apart", args, person=room.who.person, roles=TEACHERS)


def _place(row: Webhook, room: Room) -> GroupAddress:
    chat = room.db.get(Chat, row.chat_id)
    if chat is None:
        raise LookupError("a webhook without its group")
    return identity.group_address(chat)
