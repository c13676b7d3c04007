"""The guard against public shaming: what a teacher typed into a group, and what becomes of a held text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from classroom.commands import read_command
from classroom.effects import Button, Effect, Enclosed, Post, RemovePost, Report
from classroom.events import Delivered, Json, Message, SenderKind, Undelivered
from classroom.people import ALL_TEACHERS
from classroom.text import PrivateStr
from handlers import held_private
from handlers.aside import own
from handlers.feature import Feature, Press, Said
from handlers.held_back import (
    KIND,
    MARKS,
    SHAMING,
    WAYS,
    Verdict,
    Way,
    choices,
    fingerprint,
    group_of,
    hold_back,
    judge,
    note,
    read_way,
    remove,
    text_of,
    way,
    write_way,
)
from handlers.room import Room
from storage import drafts, violations
from storage.tables import Draft

feature = Feature("held")
LONGEST = 3500


# --- what is typed into a group -------------------------------------------------------------------


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
        return [room.edit(f"held/{asked.id}", text_of(asked, room), *choices(asked, room))]
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
    files = tuple(Enclosed(a.kind, a.filename or a.kind, ref=a.ref) for a in message.attachments)
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
    return [room.edit(f"held/{asked.id}", own(room).private("held.edited"))]


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


# --- what the author decides ----------------------------------------------------------------------


@feature.button("held.take_down")
def take_down(press: Press, room: Room) -> Iterable[Effect]:
    """Out of the group with it; its author goes on in private."""
    draft = _own(press, room)
    if draft is None:
        return _over(press, room)
    came = read_way(draft.data)
    removal = [remove(came, _violation(draft), room)] if came.refs and group_of(came, room) else []
    drafts.rewrite(room.db, draft, data=write_way(replace(came, refs=(), stood=True)))
    return [*removal, room.edit(press.handle, text_of(draft, room), *choices(draft, room))]


@feature.button("held.to_private")
def to_private(press: Press, room: Room) -> Iterable[Effect]:
    """One private concern per family instead; nothing of it stays in the group."""
    draft = _own(press, room)
    if draft is None:
        return _over(press, room)
    return [*_cleared(draft, room), *held_private.begin(draft, press, room)]


@feature.button("held.which")
def which(press: Press, room: Room) -> Iterable[Effect]:
    """Which of the children of one name was meant."""
    draft = _own(press, room)
    return held_private.chosen(draft, press, room) if draft else _over(press, room)


@feature.button("held.change")
def change(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for the text in other words."""
    draft = _own(press, room)
    if draft is None:
        return _over(press, room)
    room.expect("held.change", {"draft": draft.id})
    return [room.tell(own(room).private("held.change"))]


@feature.dialogue("held.change")
def changed(said: Said, room: Room) -> Iterable[Effect]:
    """The text in other words goes the same way, through the same checks."""
    draft = _open(said.data.get("draft"), room)
    if draft is None:
        return [room.tell(own(room).private("held.over"))]
    if not said.text.strip() or len(said.text) > LONGEST:
        room.expect("held.change", {"draft": draft.id})
        return [room.tell(own(room).private("held.again", longest=LONGEST))]
    came, cleared = read_way(draft.data), _cleared(draft, room)
    done = room.edit(f"held/{draft.id}", own(room).private("held.changed"))
    drafts.decide(draft, "used")
    return [*cleared, done, *WAYS[came.by](said.text, replace(came, refs=()), False, room)]


@feature.button("held.fine")
def fine(press: Press, room: Room) -> Iterable[Effect]:
    """No criticism, says its author: what stands may stay, what was held is published as typed."""
    draft = _own(press, room)
    if draft is None:
        return _over(press, room)
    words, came = draft.words.reveal(), read_way(draft.data)
    verdict = judge(words, room.roster)
    if draft.data.get("because") != SHAMING or (verdict is not None and verdict.because != SHAMING):
        drafts.rewrite(room.db, draft, data={"because": MARKS})
        return [room.edit(press.handle, text_of(draft, room), *choices(draft, room))]
    _approved(draft, verdict, came, room)
    drafts.decide(draft, "used")
    if came.by == "message" and came.refs:
        return [room.edit(press.handle, own(room).private("held.stays"))]
    # the one place where words that were held become public: their author has decided so
    published = WAYS[came.by](words, came, True, room)
    return [room.edit(press.handle, own(room).private("held.published")), *published]


@feature.button("held.cancel")
def cancel(press: Press, room: Room) -> Iterable[Effect]:
    """Nothing is published."""
    draft = _own(press, room)
    if draft is None:
        return _over(press, room)
    stands = bool(read_way(draft.data).refs)
    drafts.decide(draft, "dropped")
    return [room.edit(press.handle, own(room).private("held.cancelled", stands=stands))]


def _own(press: Press, room: Room) -> Draft | None:
    return _open(press.args.get("draft"), room)


def _open(draft: Json, room: Room) -> Draft | None:
    """The draft, if it is still open, the actor's own, and the actor still teaches here."""
    row = drafts.get(room.db, draft, room.who.person) if isinstance(draft, int) else None
    return row if row is not None and row.kind == KIND and room.who.teaches else None


def _over(press: Press, room: Room) -> list[Effect]:
    return [room.edit(press.handle, own(room).private("held.over"))]


def _violation(draft: Draft) -> int | None:
    noted = draft.data.get("violation")
    return noted if isinstance(noted, int) else None


def _cleared(draft: Draft, room: Room) -> list[Effect]:
    """Take away what still stands of a text that goes another way now."""
    came = read_way(draft.data)
    if not came.refs or group_of(came, room) is None:
        return []
    drafts.rewrite(room.db, draft, data=write_way(replace(came, refs=(), stood=True)))
    return [remove(came, _violation(draft), room)]


def _approved(draft: Draft, verdict: Verdict | None, came: Way, room: Room) -> None:
    """Record that the author stands by a text; a private one is noted where it is published."""
    noted = _violation(draft)
    row = violations.get(room.db, noted) if noted else None
    to = group_of(came, room)
    if row is None and to is not None and verdict is not None:
        row = violations.record(
            room.db,
            room.here.id,
            to.chat,
            verdict.because,
            violations.NUDGED,
            room.now,
            account=room.who.account,
            data=fingerprint(verdict, room),
        )
    if row is not None:
        row.restored_at = room.now


@way("message")
def post_again(text: str, came: Way, approved: bool, room: Room) -> Iterable[Effect]:
    """A teacher's own message comes back in the teacher's name, once nothing speaks against it."""
    verdict = judge(text, room.roster)
    if verdict is not None and not (approved and verdict.because == SHAMING):
        return hold_back(PrivateStr(text), verdict, came, room)
    to = group_of(came, room)
    if to is None:
        return [room.tell(own(room).private("held.no_group"))]
    public = room.say_class.group("held.in_the_name_of", name=room.who.name, words=text)
    report = Report(failed="held.not_posted", data={"person": room.who.person})
    return [Post(to, public, files=came.files, report=report)]


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
    return [
        effect
        for person in people
        for effect in room.tell_person(person, room.say_to(person).private("held.not_removed"), park=True)
    ]


@feature.undelivered("held.not_posted")
def not_posted(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The author hears that the text did not reach the group after all."""
    person = event.data.get("person")
    if not isinstance(person, int):
        return []
    return room.tell_person(person, room.say_to(person).private("held.not_posted"), park=True)


def _done(data: dict[str, Json], done: str, room: Room) -> None:
    noted = data.get("violation")
    row = violations.get(room.db, noted) if isinstance(noted, int) else None
    if row is not None:
        row.done = done
