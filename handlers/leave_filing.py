"""A leave that is complete: kept, brought to the teachers, updated, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from classroom.effects import Effect
from classroom.events import Json
from classroom.text import PrivateStr, PrivateText
from handlers import requests_letters as letters
from handlers import requests_people as people
from handlers.leave_morning import plan_list, tell_change
from handlers.leave_reading import DAY
from handlers.requests_reminder import plan_reminder
from handlers.room import Room
from storage import guardians, requests
from storage.tables import Guardian, Request
from templates.render import Say


@dataclass(frozen=True, slots=True)
class Wish:
    """What a parent asks for: the days, the part of the day, why."""

    first: date
    last: date
    part: str
    reason: PrivateStr
    files: list[Json]


def file_leave(room: Room, links: list[Guardian], wish: Wish, *, shown: str = "") -> list[Effect]:
    """Bring a leave to the teachers, for each of the children; what was asked for before is updated."""
    if not people.hearing(room):
        return [room.tell(room.say.private("requests.no_teacher"))]
    effects: list[Effect] = []
    for link in links:
        effects += _file_one(room, link, wish, shown=shown)
        shown = ""
    room.db.flush()
    plan_list(room)
    plan_reminder(room)
    return effects


def _file_one(room: Room, link: Guardian, wish: Wish, *, shown: str) -> list[Effect]:
    before = requests.touching(room.db, room.here.id, link.student_id, wish.first, wish.last)
    stale = letters.mark(room, before, "", "is_updated", over=True) if before is not None else []
    leave = _changed(room, before, wish) if before is not None else _new(room, link, wish)
    line = requests.add_line(room.db, leave, room.who.person, wish.reason, wish.files, room.now)
    say = room.say_to(room.who.person)
    text = arrived(room, leave, say, updated=before is not None)
    buttons = [letters.family_button(say, name, leave, room.who.person) for name in ("withdraw", "add")]
    others = letters.to_family(
        room,
        leave,
        "leave_updated",
        but=room.who.person,
        who=guardians.label_of(room.db, link, room.say_class.language),
    )
    return [
        room.edit(shown, text, *buttons)
        if shown
        else room.tell(text, *buttons, handle=f"leave/{leave.id}/{line.id}"),
        *stale,
        *letters.to_teachers(room, leave, line, updated=before is not None),
        *(others if before is not None else []),
        *tell_change(room, leave, "leave.absent_too"),
    ]


def _new(room: Room, link: Guardian, wish: Wish) -> Request:
    leave = requests.create(
        room.db, room.here.id, requests.LEAVE, link.student_id, room.who.person, wish.reason, room.now
    )
    leave.first_day, leave.last_day, leave.part = wish.first, wish.last, wish.part
    room.db.flush()
    return leave


def _changed(room: Room, leave: Request, wish: Wish) -> Request:
    """The same first day, or a span around the old one, replaces it; what only touches it is joined to it."""
    first, last = leave.first_day or wish.first, leave.last_day or wish.last
    replaces = wish.first == first or (wish.first <= first and last <= wish.last)
    leave.first_day = wish.first if replaces else min(first, wish.first)
    leave.last_day = wish.last if replaces else max(last, wish.last)
    leave.part = wish.part if replaces else DAY
    leave.person_id, leave.text, leave.decision = room.who.person, wish.reason.reveal(), None
    requests.reopen(leave)
    room.db.flush()
    return leave


def arrived(room: Room, leave: Request, say: Say, *, updated: bool = False) -> PrivateText:
    """What the parent reads: that it has arrived, and when it will be read if not now."""
    return say.private(
        "leave.arrived",
        number=leave.number,
        student=guardians.student_name(room.db, leave.student_id or 0),
        days=_as_spoken(room, leave, say),
        reason=leave.text,
        updated=updated,
        later=people.when_read(room, people.hearing(room, leave), say),
        phone=people.phone(room),
    )


def _as_spoken(room: Room, leave: Request, say: Say) -> str:
    """The days as the parent who reads this at once would say them."""
    first, last = leave.first_day or room.today.date(), leave.last_day or room.today.date()
    return people.span_text(room, first, last, leave.part, say)


def take_back(room: Room, leave: Request, shown: str) -> list[Effect]:
    """The parent needs it no more; teachers and whoever else of the family wrote hear so."""
    requests.answer(leave, requests.CLOSED, room.now, decision=requests.WITHDRAWN)
    room.db.flush()
    plan_list(room)
    plan_reminder(room)
    say = room.say
    days = _as_spoken(room, leave, say)
    student = guardians.student_name(room.db, leave.student_id or 0)
    told: list[Effect] = [
        room.edit(shown, say.private("leave.withdrawn", student=student, days=days, number=leave.number))
    ]
    told += letters.mark(room, leave, "", "is_withdrawn")
    for person in people.hearing(room, leave):
        theirs = room.say_to(person)
        text = theirs.private(
            "leave.was_withdrawn",
            who=people.called(room, leave, theirs, room.who.person),
            days=people.days_of(room, leave, theirs),
            number=leave.number,
            classroom=room.here.name,
        )
        told += room.tell_person(person, text, quiet=room.hours_of(person))
    told += letters.to_family(room, leave, "leave_taken_back", but=room.who.person)
    return [*told, *tell_change(room, leave, "leave.here_after_all")]
