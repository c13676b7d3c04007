"""Nudges: who has not confirmed is reminded in private, once; then the teacher hears who is still missing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from classroom.effects import Button, EditTold, Effect, Lane, Tell
from classroom.events import Due, Json
from classroom.text import PrivateText
from handlers import notice_post
from handlers.feature import Feature
from handlers.notice_preview import with_files
from handlers.room import Room
from scheduler.nudging import next_slot
from storage import guardians, identity, notices, queue, schedules
from storage.tables import Notice, ScheduleRow
from templates.render import Say

SUMMARY_AFTER = timedelta(hours=2)
GRACE = timedelta(days=2)
LOOK_BACK = timedelta(hours=48)
StateOf = Callable[[Notice, Room, Say, str], PrivateText]


@dataclass
class _Letter:
    """What one person is reminded of, and for which children."""

    rows: list[Notice] = field(default_factory=list)
    students: list[int] = field(default_factory=list)


def attach(feature: Feature, state_of: StateOf) -> None:
    """Declare what the clock brings; `state_of` says who is missing."""
    feature.due("notice.nudge")(nudge)

    @feature.due("notice.missing")
    def missing(due: Due, room: Room) -> Iterable[Effect]:
        return _summary(due, room, state_of)


def _planned(due: Due, room: Room) -> Notice | None:
    plan = room.db.get(ScheduleRow, due.schedule)
    row = notices.get(room.db, plan.args.get("notice"), room.here.id) if plan is not None else None
    return row if row is not None and row.state == notices.OPEN and row.receipts else None


def nudge(due: Due, room: Room) -> Iterable[Effect]:
    """Remind the families that have not confirmed: one message a day and person, notices merged."""
    row = _planned(due, room)
    if row is None or not notices.missing(room.db, row):
        return []
    if due.missed:
        return _tell_teachers(row, room, "receipts.nudge_missed")
    letters, waiting = _letters(row, room)
    effects = [e for person, letter in letters.items() for e in _tell(person, letter, row, room)]
    if waiting:
        again = next_slot(room.now + timedelta(minutes=1), room.quiet, room.zone)
        _plan(row, "nudge", again, room)
    else:
        _plan(row, "missing", room.now + SUMMARY_AFTER, room)
    return effects


def _plan(row: Notice, what: str, at: datetime, room: Room) -> None:
    schedules.plan(
        room.db,
        f"notice-{what}/{row.id}",
        f"notice.{what}",
        at,
        room.now,
        grace=GRACE,
        args={"notice": row.id},
        classroom=room.here.id,
        by=row.by_person,
    )


def _letters(row: Notice, room: Room) -> tuple[dict[int, _Letter], bool]:
    """Who is told what; True if somebody who was reminded today already has to wait for another day."""
    today = room.today.date()
    merged = [row, *_also_today(row, room)]
    told = {p for s in notices.nudged_on(room.db, room.here.id, today) for p in _reachable(s, room)}
    may_wait = _may_wait(row, room)
    letters: dict[int, _Letter] = {}
    waiting = False
    done = {n.id: notices.nudged(room.db, n) for n in merged}
    missing = {n.id: set(notices.missing(room.db, n)) for n in merged}
    for student in notices.missing(room.db, row):
        if student in done[row.id]:
            continue
        people = _reachable(student, room)
        if may_wait and people and told.issuperset(people):
            waiting = True
            continue
        people = [p for p in people if not may_wait or p not in told]
        for n in merged:
            if people and student in missing[n.id] and student not in done[n.id]:
                _add(letters, n, student, people)
                notices.note_nudge(room.db, n, student, today, room.now)
    return letters, waiting


def _add(letters: dict[int, _Letter], row: Notice, student: int, people: list[int]) -> None:
    for person in people:
        letter = letters.setdefault(person, _Letter())
        letter.rows += [row] if row not in letter.rows else []
        letter.students += [student] if student not in letter.students else []


def _also_today(row: Notice, room: Room) -> list[Notice]:
    """The other notices whose nudge is due today as well: they go into the same message."""
    others = [n for n in notices.awaiting(room.db, room.here.id, room.now) if n.id != row.id]
    due = [(n, notices.nudge_due(room.db, n)) for n in others]
    today = room.today.date()
    return [n for n, at in due if at is not None and at.astimezone(room.zone).date() == today]


def _may_wait(row: Notice, room: Room) -> bool:
    """True if tomorrow is early enough for who was reminded of something else today."""
    tomorrow = next_slot(room.now + timedelta(minutes=1), room.quiet, room.zone).astimezone(room.zone)
    return not row.urgent and (row.names_date is None or tomorrow.date() < row.names_date)


def _reachable(student: int, room: Room) -> list[int]:
    people = dict.fromkeys(g.person_id for g in guardians.active_of(room.db, student))
    return [p for p in people if guardians.reachable(room.db, p)]


def _tell(person: int, letter: _Letter, row: Notice, room: Room) -> list[Effect]:
    """One message with every notice in it and one button for all of them."""
    say = room.say_to(person)
    lines = [(n.number, n.text, say.when(n.sent_at or room.now, room.zone, room.now)) for n in letter.rows]
    text = say.private(
        "receipts.nudge",
        names=[guardians.student_name(room.db, s) for s in letter.students],
        notices=lines,
        urgent=row.urgent,
        files=any(n.files for n in letter.rows),
        classroom=room.here.name,
    )
    pairs: list[Json] = [[n.id, n.version] for n in letter.rows]
    button = Button(
        say.label("receipts.got_it"), "receipts.nudged", {"notices": pairs}, person=person, hours=24 * 40
    )
    quiet = None if row.urgent else room.hours_of(person)
    told = room.tell_person(person, text, button, handle=notices.nudge_handle(row, person), quiet=quiet)
    files = tuple(row.files) if len(letter.rows) == 1 else ()
    slow = [replace(t, lane=Lane.BULK) if isinstance(t, Tell) else t for t in told]
    return [with_files(t, files) for t in slow]


# --- what is settled -----------------------------------------------------------------------------


def thanks(rows: Collection[Notice], person: int, room: Room) -> PrivateText:
    """What a nudge becomes once nothing in it is open."""
    gone = [n.number for n in rows if n.state == notices.WITHDRAWN]
    confirmed = [n.number for n in rows if n.state != notices.WITHDRAWN]
    return room.say_to(person).private("receipts.thanked", numbers=confirmed, withdrawn=gone)


def settle(students: Collection[int], room: Room) -> list[Effect]:
    """Nobody is reminded of what the family has confirmed: what waits is taken back, what came says so."""
    if not students or not notices.reminders(room.db, students, room.now - LOOK_BACK):
        return []
    people = {g.person_id for s in students for g in guardians.active_of(room.db, s)}
    return [e for person in sorted(people) for e in _settle_one(person, room)]


def _settle_one(person: int, room: Room) -> list[Effect]:
    children = identity.guardian_of(room.db, person, room.here.id)
    rows = notices.reminders(room.db, children, room.now - LOOK_BACK)
    if any(n.state == notices.OPEN and set(children) & set(notices.missing(room.db, n)) for n in rows):
        return []
    chat = identity.private_address(room.db, person)
    effects: list[Effect] = []
    for row in rows:
        handle = notices.nudge_handle(row, person)
        queue.cancel(room.db, handle, room.now)
        if chat is not None and queue.posted(room.db, handle, chat.chat):
            effects.append(EditTold(chat, handle, thanks(rows, person, room)))
    return effects


# --- who is still missing ------------------------------------------------------------------------


def _summary(due: Due, room: Room, state_of: StateOf) -> Iterable[Effect]:
    """Some time after the nudge, in the teacher's hours: the families to call."""
    row = _planned(due, room)
    person = notice_post.owner(row, room) if row is not None else None
    if row is None or person is None or not notices.missing(room.db, row):
        return []
    if later := room.read_at(person):
        _plan(row, "missing", later, room)
        return []
    text = state_of(row, room, room.say_to(person), "receipts.summary")
    return room.tell_person(person, text, park=True)


def _tell_teachers(row: Notice, room: Room, block: str) -> list[Effect]:
    person = notice_post.owner(row, room)
    if person is None:
        return []
    text = room.say_to(person).private(block, number=row.number)
    return room.tell_person(person, text, quiet=room.hours_of(person), park=True)
