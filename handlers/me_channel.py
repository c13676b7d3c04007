"""Where a person wants to be told what is for them alone: one of their own accounts, or wherever they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from classroom.effects import Button, Effect
from classroom.folding import fold
from handlers import me_account
from handlers.channels import Channel, called, line, of_person
from handlers.feature import Press
from handlers.me_card import button
from handlers.room import Room
from storage import identity, personal

AUTO = frozenset({"auto", "default", "自动", "默认", "都行"})


def typed(words: str, room: Room) -> Iterable[Effect]:
    """`/me channel wechat|telegram|auto`; without a name, what there is to choose from."""
    wish, channels = fold(words).text.strip(), of_person(room, room.who.person)
    if wish in AUTO:
        return [_choose(None, channels, room)]
    named = [one for one in channels if wish and wish in fold(called(one[0], channels, room)).text]
    if len(named) == 1:
        return [_choose(named[0], channels, room)]
    return [_ask(channels, room)]


def pressed(press: Press, room: Room) -> Iterable[Effect]:
    """The button 通道, and those of the channels."""
    chosen, channels = press.args.get("chat"), of_person(room, room.who.person)
    if chosen is None:
        return [_ask(channels, room)]
    found = next((one for one in channels if one[1].id == chosen), None)
    if found is None and chosen != 0:
        return [_ask(channels, room)]
    return [_choose(found, channels, room)]


def _ask(channels: Sequence[Channel], room: Room) -> Effect:
    if len(channels) < 2:
        add = [button(room, room.say.label("me.account"), "me.account")] if me_account.offered(room) else []
        return room.tell(room.say.private("me.one_channel", more=bool(add)), *add)
    buttons = [_button(one, channels, room) for one in channels]
    auto = button(room, room.say.label("me.channel_auto"), "me.channel", {"chat": 0}, row=len(buttons))
    return room.tell(room.say.private("me.which_channel", line=line(room)), *buttons, auto)


def _button(one: Channel, channels: Sequence[Channel], room: Room) -> Button:
    label = room.say.label("me.channel_choice", name=called(one[0], channels, room))
    row = [chat.id for _, chat in channels].index(one[1].id)
    return button(room, label, "me.channel", {"chat": one[1].id}, row=row)


def _choose(one: Channel | None, channels: Sequence[Channel], room: Room) -> Effect:
    wishes = personal.wishes(room.db, room.who.person)
    wishes.channel = one[1].id if one is not None else None
    if one is None:
        return room.tell(room.say.private("me.channel_is_auto"))
    shut = one[1].door not in identity.NOT_SHUT
    name = called(one[0], channels, room)
    return room.tell(room.say.private("me.channel_set", name=name, shut=shut))
