"""What becomes of a text that was held back: its author decides, and it goes the way it was meant to go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from classroom.effects import Effect, Post, Report
from classroom.events import Json, Undelivered
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
    handle,
    hold_back,
    judge,
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
    done = room.edit(handle(draft), own(room).private("held.changed"))
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
    if row is None or row.kind != KIND or not room.who.teaches:
        return None
    return row if row.classroom_id == room.here.id else None


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


@feature.undelivered("held.not_posted")
def not_posted(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The author hears that the text did not reach the group after all."""
    person = event.data.get("person")
    if not isinstance(person, int):
        return []
    return room.tell_person(person, room.say_to(person).private("held.not_posted"), park=True)
