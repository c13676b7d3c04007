"""One step of reminding: whom it asks, what is merged into one letter, and how that reads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from classroom.effects import Button, Effect, Lane, Tell
from classroom.events import Json
from handlers import notice_ladder
from handlers.notice_preview import with_files
from handlers.room import Room
from scheduler.nudging import LITERAL_BELOW, next_slot
from storage import guardians, notices, reminding
from storage.reminding import AGAIN, FIRST, LETTER, OTHERS
from storage.tables import Notice

SLACK = timedelta(hours=2)
"""A day after 12:10 is 12:10, though the first step came somewhat late."""


@dataclass
class _Letter:
    """What one person is reminded of, and for which children."""

    rows: list[Notice] = field(default_factory=list)
    students: list[int] = field(default_factory=list)


def second_at(row: Notice, room: Room) -> datetime | None:
    """When the other guardians are asked; None if that would be too late, or is not wished."""
    after = notice_ladder.of(row, room).second
    if after is None or row.urgent:
        return None
    at, soonest = room.now + after, room.now + timedelta(minutes=1)
    literal = after < LITERAL_BELOW or row.ladder.get(notice_ladder.SECOND) is not None
    at = at if literal else next_slot(max(at - SLACK, soonest), room.quiet, room.zone)
    over = row.ends_at is not None and at >= row.ends_at
    named = row.names_date is not None and at.astimezone(room.zone).date() >= row.names_date
    return None if over or named else at


def _all_at_once(row: Notice, room: Room) -> bool:
    """True where the first guardian's answer cannot be waited for."""
    wished = row.urgent or notice_ladder.of(row, room).second is not None
    return wished and second_at(row, room) is None


def others_left(row: Notice, room: Room) -> bool:
    """True if there are guardians who have not been asked yet, in families that are missing."""
    done = reminding.nudged(room.db, row, OTHERS)
    left = [s for s in notices.missing(room.db, row) if s not in done]
    return any(_of_step(OTHERS, s, room) for s in left)


@dataclass
class _Asked:
    """A notice in one step, with who is missing and who was told in that step already."""

    row: Notice
    step: str
    at_once: bool
    missing: set[int]
    done: set[int]

    def people(self, student: int, room: Room) -> list[int]:
        """Whom this step asks about a child."""
        return _reachable(student, room) if self.at_once else _of_step(self.step, student, room)

    def note(self, student: int, room: Room) -> None:
        """Remember that the step was taken for a child's family."""
        for step in (FIRST, OTHERS) if self.at_once else (self.step,):
            reminding.note_nudge(room.db, self.row, student, room.today.date(), room.now, step)


def _asked(row: Notice, step: str, room: Room) -> _Asked:
    at_once = step == FIRST and _all_at_once(row, room)
    missing, done = set(notices.missing(room.db, row)), reminding.nudged(room.db, row, step)
    return _Asked(row, step, at_once, missing, done)


def take(row: Notice, step: str, room: Room) -> tuple[list[Effect], bool]:
    """Remind those whom the step asks; True if somebody who was reminded today already has to wait."""
    letters, waiting = _letters(row, step, room)
    return [e for person, letter in letters.items() for e in _tell(person, letter, row, room)], waiting


def _letters(row: Notice, step: str, room: Room) -> tuple[dict[int, _Letter], bool]:
    """Who is told what; True if somebody who was reminded today already has to wait for another day."""
    this = _asked(row, step, room)
    merged = [this, *_also_today(row, room)]
    told, may_wait = _told_today(room), _may_wait(row, room)
    letters: dict[int, _Letter] = {}
    waiting = False
    for student in notices.missing(room.db, row):
        people = this.people(student, room) if student not in this.done else []
        if may_wait and people and told.issuperset(people):
            waiting = True
            continue
        people = [p for p in people if not may_wait or p not in told]
        for one in merged:
            _merge(letters, one, student, people, row.id, room)
    return letters, waiting


def _merge(
    letters: dict[int, _Letter], one: _Asked, student: int, people: list[int], own: int, room: Room
) -> None:
    """Put a notice into the letters of those whom its own step asks, too; `own`: the one that is due now."""
    if student not in one.missing or student in one.done:
        return
    wanted = one.people(student, room)
    reached = [p for p in people if p in wanted]
    for person in reached:
        letter = letters.setdefault(person, _Letter())
        letter.rows += [one.row] if one.row not in letter.rows else []
        letter.students += [student] if student not in letter.students else []
    if reached and (one.row.id == own or len(reached) == len(wanted)):
        one.note(student, room)


def _told_today(room: Room) -> set[int]:
    """The persons who were reminded of something today."""
    noted = reminding.nudged_on(room.db, room.here.id, room.today.date())
    return {p for student, step in noted if step != LETTER for p in _of_step(step, student, room)}


def _also_today(row: Notice, room: Room) -> list[_Asked]:
    """The other notices of which a step is due today as well: they go into the same message."""
    today, found = room.today.date(), []
    for other in notices.awaiting(room.db, room.here.id, room.now):
        due = reminding.nudge_due(room.db, other) if other.id != row.id else None
        if due is not None and due[0].astimezone(room.zone).date() == today:
            found.append(_asked(other, due[1], room))
    return found


def _may_wait(row: Notice, room: Room) -> bool:
    """True if tomorrow is early enough for who was reminded of something else today."""
    tomorrow = next_slot(room.now + timedelta(minutes=1), room.quiet, room.zone).astimezone(room.zone)
    return not row.urgent and (row.names_date is None or tomorrow.date() < row.names_date)


def _reachable(student: int, room: Room) -> list[int]:
    people = dict.fromkeys(g.person_id for g in guardians.active_of(room.db, student))
    return [p for p in people if guardians.reachable(room.db, p)]


def _of_step(step: str, student: int, room: Room) -> list[int]:
    """The guardians whom a step asks, the first one or the others."""
    people = _reachable(student, room)
    if step == AGAIN:
        return people
    return people[1:] if step == OTHERS else people[:1]


# --- once more, at the teacher's wish ------------------------------------------------------------


def once_more(row: Notice, room: Room) -> list[Effect]:
    """Send a notice again to everybody in the families that have not confirmed; at most once a day each."""
    today = room.today.date()
    letters: dict[int, _Letter] = {}
    for student in left_for_today(row, room):
        for person in _reachable(student, room):
            letter = letters.setdefault(person, _Letter(rows=[row]))
            letter.students.append(student)
        reminding.note_nudge(room.db, row, student, today, room.now, AGAIN)
    return [e for person, letter in letters.items() for e in _tell(person, letter, row, room, AGAIN)]


def left_for_today(row: Notice, room: Room) -> list[int]:
    """The children whose families can be told once more today."""
    done = reminding.nudged(room.db, row, AGAIN, room.today.date())
    reached = guardians.reached_students(room.db, room.here.id)
    return [s for s in notices.missing(room.db, row) if s not in done and s in reached]


# --- what is said --------------------------------------------------------------------------------


def _tell(person: int, letter: _Letter, row: Notice, room: Room, step: str = FIRST) -> list[Effect]:
    """One message with every notice in it and one button for all of them."""
    say = room.say_to(person)
    lines = [(n.number, n.text, say.when(n.sent_at or room.now, room.zone, room.now)) for n in letter.rows]
    text = say.private(
        "receipts.nudge",
        names=[guardians.student_name(room.db, s) for s in letter.students],
        notices=lines,
        urgent=row.urgent,
        again=step == AGAIN,
        on_page=room.answers_on_a_page(person),
        files=any(n.files for n in letter.rows if n.audience == notices.CLASS),
        classroom=room.here.name,
    )
    pairs: list[Json] = [[n.id, n.version] for n in letter.rows]
    button = Button(
        say.label("receipts.got_it"), "receipts.nudged", {"notices": pairs}, person=person, hours=24 * 40
    )
    quiet = None if row.urgent else room.hours_of(person)
    handle = reminding.nudge_handle(row, person, step)
    told = room.tell_person(person, text, button, handle=handle, quiet=quiet)
    files = tuple(row.files) if len(letter.rows) == 1 else ()
    slow = [replace(t, lane=Lane.BULK) if isinstance(t, Tell) else t for t in told]
    return [with_files(t, files) for t in slow]
