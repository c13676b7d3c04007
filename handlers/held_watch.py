"""What a teacher types into a group: a child's name next to a failing leaves it, or is asked about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from classroom.commands import read_command
from classroom.effects import Button, Effect, Enclosed, RemovePost
from classroom.events import Delivered, Json, Message, SenderKind, Undelivered
from classroom.people import ALL_TEACHERS
from classroom.text import PrivateStr
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.held_back import (
    KIND,
    WAYS,
    Verdict,
    Way,
    choices,
    fingerprint,
    handle,
    hold_back,
    judge,
    note,
    read_way,
    remove,
    text_of,
    write_way,
)
from handlers.room import Room
from storage import drafts, violations
from storage.tables import Draft

feature = Feature("held_watch")


@feature.watch
def look(message: Message, room: Room) -> Iterable[Effect] | None:
    """Judge what a teacher writes or edits in a group; everybody else is the other rules' business."""
    if room.group is None or room.classroom is None or room.actor is None or not room.who.teaches:
        return None
    asked = _asked_about(message, room)
    verdict = judge(_read(message.text, room)[1], room.roster)
    if verdict is None:
        return _put_right(asked, room) if asked else None
    if not verdict.certain and _left_standing(message, verdict, room):
        return None
    if asked and not verdict.certain:
        drafts.rewrite(
            room.db,
            asked,
            words=PrivateStr(message.text),
            data={"because": verdict.because, "students": [*verdict.students]},
        )
        return [room.edit(handle(asked), text_of(asked, room), *choices(asked, room))]
    over = _put_right(asked, room) if asked else []
    return [*hold_back(PrivateStr(message.text), verdict, _way_of(message, room), room), *over]


@feature.before_commands
def look_at_masked(message: Message, room: Room) -> Iterable[Effect] | None:
    """An anonymous administrator may be the teacher: what surely shames goes, then we ask who it was."""
    if message.sender.kind is not SenderKind.ANONYMOUS_ADMIN or room.group is None or room.classroom is None:
        return None
    by, words = _read(message.text, room)
    verdict = judge(words, room.roster, names_are_given=by == "praise")
    if verdict is None or not verdict.certain:
        return None
    came = replace(_way_of(message, room), by=by)
    noted = note(verdict, came, room)
    args = write_way(replace(came, refs=(), stood=True)) | {"text": words, "violation": noted}
    say = room.say_class
    mine = Button(say.label("common.it_was_me"), "held.mine", args, roles=ALL_TEACHERS, hours=24, once=True)
    return [remove(came, noted, room), room.post(say.group("common.who_was_that"), mine)]


@feature.button("held.mine")
def mine(press: Press, room: Room) -> Iterable[Effect]:
    """The teacher behind an anonymous text says so: it goes on as a held text of theirs, in private."""
    text, noted, came = str(press.args.get("text")), press.args.get("violation"), read_way(press.args)
    verdict = judge(text, room.roster, names_are_given=came.by == "praise")
    if room.group is None or verdict is None:
        return []
    known = noted if isinstance(noted, int) else None
    held = hold_back(PrivateStr(text), verdict, came, room, violation=known)
    return [RemovePost(room.group, press.handle), *held]


def _read(text: str, room: Room) -> tuple[str, str]:
    """By which way a text wanted to the group, and its words without the command, whose name says nothing."""
    spellings = {name: c.name for c in room.instance.commands for name in (c.name, *c.chinese)}
    line = read_command(text, spellings)
    return (line.name, line.rest) if line and line.name in WAYS else ("message", text)


def _way_of(message: Message, room: Room) -> Way:
    chat = room.group.chat if room.group else None
    files = tuple(
        Enclosed(a.kind, a.filename or a.kind, ref=a.ref, platform=message.origin.platform)
        for a in message.attachments
    )
    return Way("message", chat, message.origin.thread, message.refs, files=files)


def _asked_about(message: Message, room: Room) -> Draft | None:
    """The open question about this very message, if it was edited since."""
    for draft in drafts.open_of(room.db, room.who.person, KIND) if message.edited else ():
        asked = read_way(draft.data)
        if room.group is not None and asked.chat == room.group.chat and message.ref in asked.refs:
            return draft
    return None


def _put_right(asked: Draft, room: Room) -> list[Effect]:
    """The question about a message is settled: it was edited into something else."""
    drafts.decide(asked, "dropped")
    return [room.edit(handle(asked), own(room).private("held.edited"))]


def _left_standing(message: Message, verdict: Verdict, room: Room) -> bool:
    """Whether the author has said of just this case, in this message, that it is no criticism."""
    if room.group is None or not message.edited:
        return False
    now = fingerprint(verdict, room)
    left = [
        v.data
        for v in violations.of_message(room.db, room.group.chat, message.ref)
        if v.restored_at is not None
    ]
    return any(_within(now, then, "students") and _within(now, then, "signs") for then in left)


def _within(now: dict[str, Json], then: dict[str, Json], name: str) -> bool:
    inner, outer = now.get(name), then.get(name)
    return isinstance(inner, list) and isinstance(outer, list) and all(one in outer for one in inner)


# --- what really happened -------------------------------------------------------------------------


@feature.delivered("held.removed")
def removed(event: Delivered, room: Room) -> Iterable[Effect]:
    """Only now it is true that the text is gone."""
    _done(event.data, violations.ENFORCED, room)
    return []


@feature.undelivered("held.not_removed")
def not_removed(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The bot may not delete there: author and teachers hear at once, to do it by hand."""
    if event.reason == "not_found":  # somebody was faster
        _done(event.data, violations.ENFORCED, room)
        return []
    _done(event.data, violations.REPORTED, room)
    author = event.data.get("person")
    people = dict.fromkeys([*([author] if isinstance(author, int) else []), *room.teachers()])
    texts = ((who, room.say_to(who).private("held.not_removed", reason=event.reason)) for who in people)
    return [effect for who, text in texts for effect in room.tell_person(who, text, park=True)]


def _done(data: dict[str, Json], done: str, room: Room) -> None:
    noted = data.get("violation")
    row = violations.get(room.db, noted) if isinstance(noted, int) else None
    if row is not None:
        row.done = done
