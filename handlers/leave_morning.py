"""At 07:50 on school days, everybody who teaches gets one list of who is absent; few read why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from classroom.effects import Effect
from classroom.events import Due
from handlers import requests_people as people
from handlers.feature import Feature
from handlers.holiday.school import calendar_of
from handlers.room import Room
from scheduler.calendar import SchoolCalendar
from scheduler.school_days import is_school_day, next_school_day
from storage import requests, rosters, schedules
from storage.tables import Request

feature = Feature("leave_morning")
AT = time(7, 50)
GRACE = timedelta(hours=4)
ON_TIME = timedelta(minutes=10)
TOO_LATE, SCHOOL_OVER = time(12), time(17)


def plan_list(room: Room) -> None:
    """Plan the list of the next morning on which somebody is absent; a class without leaves has none."""
    name = f"leave.morning/{room.here.id}"
    row = schedules.waiting(room.db, name)
    if row is not None and row.due_at <= room.now:
        return  # it is about to be sent, and plans the next one itself
    today = room.today
    start = today.date() if today.time() < AT else today.date() + timedelta(days=1)
    leaves = requests.leaves(room.db, room.here.id, start)
    calendar = calendar_of(room) if leaves else None
    days = [day for leave in leaves if calendar and (day := _next(leave, start, calendar))]
    if not days:
        schedules.cancel(room.db, name)
        return
    due_at = datetime.combine(min(days), AT, room.zone).astimezone(UTC)
    schedules.plan(room.db, name, "leave.morning", due_at, room.now, grace=GRACE, classroom=room.here.id)


def _next(leave: Request, start: date, calendar: SchoolCalendar) -> date | None:
    """The first school day from `start` on that a leave covers."""
    day = next_school_day(max(start, leave.first_day or start), calendar)
    return day if requests.covers(leave, day) else None


@feature.due("leave.morning")
def tell_list(due: Due, room: Room) -> Iterable[Effect]:
    """Send the list; late with a word until noon, after that only say that it was not sent."""
    at = due.at.astimezone(room.zone)
    absent = absences(room, at.date())
    plan_list(room)
    if not absent or not is_school_day(at.date(), calendar_of(room)):
        return []
    missed = room.today.date() != at.date() or room.today.time() >= TOO_LATE
    if missed:
        return _say_missed(room, at)
    late = room.now - due.at > ON_TIME
    return _send(room, at.date(), absent, "leave.absent_today", people.everybody_who_teaches(room), late=late)


def absences(room: Room, day: date) -> list[Request]:
    """The leaves of a day, of children who are still on the roster, by name."""
    names = {s.id: s.name for s in rosters.load(room.db, room.here.id).students}
    found = [
        leave
        for leave in requests.leaves(room.db, room.here.id, day)
        if requests.covers(leave, day) and leave.student_id in names
    ]
    return sorted(found, key=lambda leave: names.get(leave.student_id or 0, ""))


def _send(
    room: Room, day: date, found: list[Request], name: str, to: Iterable[int], *, late: bool = False
) -> list[Effect]:
    """One list for each reader: an illness is read only by those who answer for leaves."""
    told: list[Effect] = []
    handling = room.teachers()
    for person in to:
        say = room.say_to(person)
        lines = [_line(room, leave, reason=person in handling) for leave in found]
        text = say.private(
            name, classroom=room.here.name, day=people.day_text(room, day, say), lines=lines, late=late
        )
        told += room.tell_person(person, text, quiet=room.hours_of(person))
    return told


def _line(room: Room, leave: Request, *, reason: bool) -> dict[str, object]:
    student = rosters.find(room.db, room.here.id, leave.student_id or 0)
    return {
        "name": student.name if student else "",
        "part": leave.part or "day",
        "approved": leave.decision == requests.APPROVED,
        "reason": leave.text if reason else "",
    }


def _say_missed(room: Room, at: datetime) -> list[Effect]:
    told: list[Effect] = []
    for person in room.teachers():
        say = room.say_to(person)
        text = say.private(
            "leave.list_missed", when=say.when(at, room.zone, room.now), classroom=room.here.name
        )
        told += room.tell_person(person, text, quiet=room.hours_of(person))
    return told


def tell_change(room: Room, leave: Request, name: str) -> list[Effect]:
    """What changes during a school day, after the list: those who only have the list hear of it."""
    today = room.today
    if not (leave.first_day and leave.last_day and leave.first_day <= today.date() <= leave.last_day):
        return []
    if not AT <= today.time() < SCHOOL_OVER or not is_school_day(today.date(), calendar_of(room)):
        return []
    others = [p for p in people.everybody_who_teaches(room) if p not in people.hearing(room, leave)]
    return _send(room, today.date(), [leave], name, others)
