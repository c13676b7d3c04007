"""Whom a request concerns: the family's writers, the teachers who hear of it, and when they will read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from classroom.people import ALL_TEACHERS, Role
from handlers.room import Room
from storage import classrooms, guardians, requests
from storage.tables import Guardian, Request
from templates.render import Say

# --- the family -----------------------------------------------------------------------------------


def children(room: Room) -> list[Guardian]:
    """The actor's links to children: of this class, or of every class where none is at hand."""
    if room.classroom is not None:
        found = (guardians.of_person(room.db, room.who.person, s) for s in room.who.guardian_of)
        return [g for g in found if g is not None]
    theirs = {s.id for s in guardians.students_of_person(room.db, room.who.person)}
    links = guardians.links_of_person(room.db, room.who.person)
    return [g for g in links if g.state == guardians.ACTIVE and g.student_id in theirs]


def family(room: Room, request: Request) -> list[Guardian]:
    """Who of the child's guardians has written in this thread: these alone read it."""
    if request.student_id is None:
        return []
    wrote = {line.from_person for line in requests.lines(room.db, request.id)}
    return [g for g in guardians.active_of(room.db, request.student_id) if g.person_id in wrote]


def own_link(room: Room, request: Request) -> Guardian | None:
    """The actor's link to the child, if the actor is of those who read this thread."""
    return next((g for g in family(room, request) if g.person_id == room.who.person), None)


def called(room: Room, request: Request, say: Say, person: int | None = None) -> str:
    """A writer as we speak of them: 李雷妈妈; the child alone where there never was a link."""
    wanted, student = person or request.person_id, request.student_id or 0
    link = guardians.of_person(room.db, wanted, student, (guardians.ACTIVE, guardians.ENDED))
    if link is not None:
        return guardians.label_of(room.db, link, say.language)
    return guardians.student_name(room.db, student)


# --- the teachers ---------------------------------------------------------------------------------


def everybody_who_teaches(room: Room) -> list[int]:
    """All teachers of the class, subject teachers too, the head teacher first."""
    held = classrooms.roles_held(room.db, room.here.id, room.today.date())
    return list(dict.fromkeys(r.person_id for r in held if Role(r.role) in ALL_TEACHERS))


def hearing(room: Room, request: Request | None = None) -> list[int]:
    """Who hears of a request: whom it was handed to, while that role lasts, else the class's teachers."""
    assigned = request.assigned_to if request is not None else None
    if assigned is not None and room.teaches(assigned):
        return [assigned]
    return room.teachers()


def handles(room: Room, request: Request) -> bool:
    """True if the actor may read and answer a request: the class's teachers, and who was given it."""
    return room.who.leads or (room.who.teaches and request.assigned_to == room.who.person)


def when_read(room: Room, people: Iterable[int], say: Say) -> str:
    """When the first of these will read what is written now; empty: now."""
    moments = [room.read_at(person) for person in people]
    waits = [moment for moment in moments if moment is not None]
    return say.when(min(waits), room.zone, room.now) if waits and len(waits) == len(moments) else ""


def phone(room: Room) -> str:
    """The number to call that the class has set; empty if it has none."""
    found = room.here.settings.get("phone")
    return found if isinstance(found, str) else ""


# --- words ----------------------------------------------------------------------------------------


def day_text(room: Room, day: date, say: Say) -> str:
    """A day as people say it: 明天（周二）."""
    return say.day(datetime.combine(day, time(12), room.zone), room.zone, room.now)


def days_of(room: Room, leave: Request, say: Say) -> str:
    """The days of a leave with the part of the day, as a letter says them; empty for a message.

    By date: a letter that waits for the morning must not say 明天 of today.
    """
    if leave.first_day is None or leave.last_day is None:
        return ""
    return span_text(room, leave.first_day, leave.last_day, leave.part, say, by_date=True)


def span_text(
    room: Room, first: date, last: date, part: str | None, say: Say, *, by_date: bool = False
) -> str:
    """A span of days and the part of the day as people say them; `by_date`: never 今天 or 明天."""
    spoken = date_text if by_date else day_text
    return say.label(
        "leave.days",
        first=spoken(room, first, say),
        last=spoken(room, last, say) if last != first else "",
        part=part or "day",
    ).text


def date_text(room: Room, day: date, say: Say) -> str:
    """A day by its date, however near: 11月24日（周二）."""
    if abs(day - room.today.date()) > timedelta(days=7):
        return day_text(room, day, say)
    month = timedelta(days=30)
    seen_from = day + month if (day + month).year == day.year else day - month
    noon = time(12)
    return say.day(
        datetime.combine(day, noon, room.zone), room.zone, datetime.combine(seen_from, noon, room.zone)
    )
