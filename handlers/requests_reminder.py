"""A day without an answer: each teacher gets one list of what still waits, at a decent hour, once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from classroom.effects import Button, Effect
from classroom.events import Due
from classroom.text import PrivateText
from handlers import requests_people as people
from handlers.feature import Feature
from handlers.requests_letters import teacher_button
from handlers.room import Room
from storage import requests, schedules
from storage.tables import Request
from templates.render import Say

feature = Feature("requests_reminder")
PATIENCE = timedelta(days=1)
EARLIEST, LATEST = 8, 18
GRACE = timedelta(days=30)
MOST = 20


def plan_reminder(room: Room) -> None:
    """See that the oldest request of which nobody was reminded yet is reminded of after a day."""
    name = f"request.remind/{room.here.id}"
    open_ones = [r for r in requests.waiting(room.db, room.here.id) if r.reminded_at is None]
    if not open_ones:
        schedules.cancel(room.db, name)
        return
    oldest = min(requests.waits_since(room.db, r) for r in open_ones)
    due_at = _decent((oldest + PATIENCE).astimezone(room.zone))
    schedules.plan(room.db, name, "request.remind", due_at, room.now, grace=GRACE, classroom=room.here.id)


def _decent(moment: datetime) -> datetime:
    """The moment itself in the daytime, else the next morning."""
    if EARLIEST <= moment.hour < LATEST:
        return moment
    day = moment + timedelta(days=1 if moment.hour >= LATEST else 0)
    return day.replace(hour=EARLIEST, minute=10, second=0, microsecond=0)


@feature.due("request.remind")
def remind(due: Due, room: Room) -> Iterable[Effect]:
    """Remind of everything that is older than a day; what is missed is as true later."""
    old = [
        r
        for r in requests.waiting(room.db, room.here.id)
        if r.reminded_at is None and requests.waits_since(room.db, r) + PATIENCE <= room.now
    ]
    told: list[Effect] = []
    for person in dict.fromkeys(p for r in old for p in people.hearing(room, r)):
        theirs = [r for r in old if person in people.hearing(room, r)]
        say = room.say_to(person)
        text, buttons = listed(room, theirs, person, say, name="requests.reminder")
        told += room.tell_person(person, text, *buttons, quiet=room.hours_of(person))
    for request in old:
        request.reminded_at = room.now
    room.db.flush()
    plan_reminder(room)
    return told


def listed(
    room: Room, found: list[Request], person: int, say: Say, *, name: str
) -> tuple[PrivateText, list[Button]]:
    """Requests in one message, a button to open each."""
    shown = found[:MOST]
    lines = [
        {
            "number": r.number,
            "kind": r.kind,
            "who": people.called(room, r, say),
            "days": people.days_of(room, r, say),
            "age": _age(room, r, say),
            "begin": "" if r.kind == requests.LEAVE else r.text[:24],
            "handed": r.assigned_to is not None and r.assigned_to != person,
        }
        for r in shown
    ]
    text = say.private(name, classroom=room.here.name, lines=lines, more=len(found) - len(shown))
    return text, [_opening(room, r, person, say) for r in shown]


def _opening(room: Room, request: Request, person: int, say: Say) -> Button:
    who = people.called(room, request, say)
    label = say.label("requests.open", number=request.number, who=who[:12])
    return teacher_button(label, "open", request, person)


def _age(room: Room, request: Request, say: Say) -> str:
    waits = room.now - requests.waits_since(room.db, request)
    hours = int(waits.total_seconds() // 3600)
    return say.label("requests.age", days=hours // 24, hours=hours).text
