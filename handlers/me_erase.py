"""A person's right to be forgotten: explained, confirmed within ten minutes, done at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from classroom.effects import Effect, RemovePost, Report
from classroom.events import Delivered, Json, Undelivered
from handlers.feature import Press
from handlers.me_card import button, links
from handlers.me_stop import head_hears, untagged
from handlers.room import Room
from storage import erasing, guardians

TIME_TO_CONFIRM = timedelta(minutes=10)


def typed(_words: str, room: Room) -> Iterable[Effect]:
    """`/me erase`."""
    return _ask(room)


def pressed(_press: Press, room: Room) -> Iterable[Effect]:
    """The button 删除."""
    return _ask(room)


def _ask(room: Room) -> list[Effect]:
    if refusal := _refusal(room):
        return [refusal]
    asked: dict[str, Json] = {"asked": int(room.now.timestamp())}
    yes = button(room, room.say.label("me.erase_now"), "me.erase_now", asked, row=0)
    no = button(room, room.say.label("common.cancel"), "me.keep", row=0)
    names = list(dict.fromkeys(guardians.student_name(room.db, g.student_id) for g in links(room)))
    return [room.tell(room.say.private("me.erase_asked", names=names), yes, no)]


def _refusal(room: Room) -> Effect | None:
    """A class must not lose its head or its last teacher by this."""
    needed = erasing.classes_that_need(room.db, room.who.person, room.now)
    if not needed:
        return None
    return room.tell(room.say.private("me.hand_over_first", classes=[c.name for c in needed]))


def confirmed(press: Press, room: Room) -> Iterable[Effect]:
    """Erase, if it was asked just now and no class depends on the person."""
    asked = press.args.get("asked")
    age = room.now.timestamp() - asked if isinstance(asked, int) else None
    if age is None or age > TIME_TO_CONFIRM.total_seconds():
        return [room.edit(press.handle, room.say.private("me.erase_too_late"))]
    if refusal := _refusal(room):
        return [refusal]
    return _erase(press, room)


def _erase(press: Press, room: Room) -> list[Effect]:
    chat = room.who.chat
    farewell = room.tell(room.say.private("me.erased"), report=_then_forget(chat))
    ended = links(room)
    tags = untagged(room, guardians.links_of_person(room.db, room.who.person))
    erasing.forget_person(room.db, room.who.person, room.now, last_words=chat)
    told = [effect for link in ended for effect in head_hears(room, link)]
    question = [RemovePost(room.private, press.handle)] if room.private else []
    return [*question, farewell, *tags, *told]


def _then_forget(chat: int) -> Report:
    data: dict[str, Json] = {"chat": chat}
    return Report(failed="me.forgotten", sent="me.forgotten", data=data)


def forgotten(event: Delivered, room: Room) -> Iterable[Effect]:
    """The last word has been said: the chat's own id goes too."""
    return _forget_chat(event.data.get("chat"), room)


def never_told(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The last word could not be said; the chat's id goes all the same."""
    return _forget_chat(event.data.get("chat"), room)


def _forget_chat(chat: Json, room: Room) -> list[Effect]:
    if isinstance(chat, int):
        erasing.forget_chat(room.db, chat, room.now)
    return []
