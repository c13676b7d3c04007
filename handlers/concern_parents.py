"""A parent's words behind the same command: a message to the teachers, never a criticism."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Button, Effect
from classroom.text import PrivateStr
from handlers import concern_people as people
from handlers import requests_sending
from handlers.feature import Feature, Press
from handlers.requests_people import children
from handlers.requests_sending import KIND
from handlers.room import Room
from storage import drafts
from storage.tables import Draft

feature = Feature("concern_parents")


def begin(room: Room, words: PrivateStr) -> list[Effect]:
    """From a guardian the words behind /concern are a message to the teachers like any other."""
    return requests_sending.begin(room, words, [])


def offer(room: Room, draft: Draft, words: PrivateStr, *, out: bool) -> list[Effect]:
    """Offer what a guardian typed in the group as a message to the teachers; nothing is sent yet."""
    draft.kind = KIND
    drafts.rewrite(room.db, draft, words=words)
    say = room.say
    buttons = [
        Button(say.label(f"concern.{name}"), f"concern.{name}", {"draft": draft.id}, person=room.who.person)
        for name in (("to_teacher", "forget_it") if words else ())
    ]
    return [room.tell(say.private("concern.guardian_in_group", words=words, out=out), *buttons, park=True)]


@feature.button("concern.to_teacher")
def to_teacher(press: Press, room: Room) -> Iterable[Effect]:
    """Send the kept words; of several children it is asked which."""
    draft = drafts.get(room.db, people.number(press.args, "draft"), room.who.person)
    if draft is None or draft.kind != KIND:
        return [room.toast(press.callback, room.say.label("concern.draft_gone"), alert=True)]
    words = draft.words
    drafts.decide(draft, "used")
    room.db.flush()
    if not children(room):
        return [room.tell(room.say.private("concern.not_your_child"))]
    return begin(room, words)


@feature.button("concern.forget_it")
def forget_it(press: Press, room: Room) -> Iterable[Effect]:
    """Drop the kept words."""
    draft = drafts.get(room.db, people.number(press.args, "draft"), room.who.person)
    if draft is not None and draft.kind == KIND:
        drafts.decide(draft, "dropped")
    return [room.toast(press.callback, room.say.label("concern.cancelled"))]
