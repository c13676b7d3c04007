"""A parent's words behind the same command: a message to the teachers, never a criticism."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Button, Effect
from classroom.text import PrivateStr
from handlers import concern_people as people
from handlers import concern_threads as threads
from handlers.feature import Feature, Press, Said
from handlers.room import Room
from storage import drafts, guardians
from storage.tables import Draft, Guardian

feature = Feature("concern_parents")
KIND = "to_teacher"


def begin(room: Room, words: PrivateStr) -> list[Effect]:
    """Pass a guardian's words on; ask about which child where that is not plain."""
    if not words:
        room.expect("concern.to_teacher")
        return [room.tell(room.say.private("concern.write_to_teacher"))]
    if len(words.reveal()) > people.TEXT_LIMIT:
        text = room.say.private("concern.too_long", size=len(words.reveal()), limit=people.TEXT_LIMIT)
        return [room.tell(text)]
    own = children(room)
    named = [g for g in own if g.student_id in _named(room, words)] or own
    if len(named) == 1:
        return threads.to_teachers(room, named[0], None, words)
    draft = drafts.keep(room.db, room.here.id, room.who.person, KIND, words, room.now)
    return [room.tell(room.say.private("concern.about_whom"), *_children_buttons(room, draft, own))]


def children(room: Room) -> list[Guardian]:
    """The actor's links to children of this class."""
    found = (guardians.of_person(room.db, room.who.person, s) for s in room.who.guardian_of)
    return [g for g in found if g is not None]


def _named(room: Room, words: PrivateStr) -> set[int]:
    return {s.id for s in room.roster.mentioned_in(words.reveal())}


def _children_buttons(room: Room, draft: Draft, own: list[Guardian]) -> list[Button]:
    return [
        Button(
            room.say.label("concern.child", name=guardians.student_name(room.db, g.student_id)),
            "concern.to_teacher",
            {"draft": draft.id, "guardian": g.id},
            person=room.who.person,
        )
        for g in own
    ]


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
    """Send the kept words."""
    draft = drafts.get(room.db, people.number(press.args, "draft"), room.who.person)
    if draft is None or draft.kind != KIND:
        return [room.toast(press.callback, room.say.label("concern.draft_gone"), alert=True)]
    chosen = [g for g in children(room) if g.id == people.number(press.args, "guardian")]
    words = draft.words
    drafts.decide(draft, "used")
    room.db.flush()
    if chosen:
        return threads.to_teachers(room, chosen[0], None, words)
    if not room.who.guardian_of:
        return [room.tell(room.say.private("concern.not_your_child"))]
    return begin(room, words)


@feature.button("concern.forget_it")
def forget_it(press: Press, room: Room) -> Iterable[Effect]:
    """Drop the kept words."""
    draft = drafts.get(room.db, people.number(press.args, "draft"), room.who.person)
    if draft is not None and draft.kind == KIND:
        drafts.decide(draft, "dropped")
    return [room.toast(press.callback, room.say.label("concern.cancelled"))]


@feature.dialogue("concern.to_teacher")
def said(said: Said, room: Room) -> Iterable[Effect]:
    """Take the next message as the words to the teachers."""
    if not room.who.guardian_of:
        return [room.tell(room.say.private("concern.not_your_child"))]
    words = people.cleaned(said.text)
    if not words:
        room.expect("concern.to_teacher")
        return [room.tell(room.say.private("concern.only_text"))]
    return begin(room, words)
