"""What polls, sign-ups, surveys and appointments plan alike: an opening in the morning, and later steps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from classroom.events import Json
from handlers.room import Room
from storage import schedules
from storage.tables import ScheduleRow

AT_ALL_EVENTS = timedelta(days=3650)
"""A close and a result are done however late."""

OPEN_GRACE = timedelta(hours=6)


class Asked(Protocol):
    """Something that was asked of the class, by somebody."""

    id: int
    by_person: int | None


class Closing(Protocol):
    """Something that is open for a time."""

    opened_at: datetime
    closes_at: datetime


def plan_step(
    thing: str, row: Asked, step: str, at: datetime, grace: timedelta, room: Room, *, arg: str = ""
) -> None:
    """Plan one step of a thing; the event finds its row under `arg`, or under the thing's own name."""
    schedules.plan(
        room.db,
        f"{thing}.{step}/{row.id}",
        f"{thing}.{step}",
        at,
        room.now,
        grace=grace,
        args={arg or thing: row.id},
        classroom=room.here.id,
        by=row.by_person,
    )


def plan_opening(thing: str, name: object, plan: Json, at: datetime, room: Room) -> ScheduleRow:
    """Plan that something which was prepared at night begins when the quiet hours are over."""
    return schedules.plan(
        room.db,
        f"{thing}.open/{name}",
        f"{thing}.open",
        at,
        room.now,
        grace=OPEN_GRACE,
        args={"plan": plan},
        classroom=room.here.id,
        by=room.who.person,
    )


def nudge_at(row: Closing, room: Room) -> datetime:
    """As long before the close as is set (a day); of what is short when half of it is over."""
    half = row.opened_at + (row.closes_at - row.opened_at) / 2
    return max(half, row.closes_at - room.instance.defaults.poll_nudge_before)
