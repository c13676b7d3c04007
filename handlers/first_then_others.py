"""Whom a reminder of a poll, a survey or of choosing a time asks: one guardian first, as with notices."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from classroom.events import Json
from handlers.room import Room
from scheduler.nudging import next_slot
from storage import guardians, schedules
from storage.households import Households
from storage.tables import ScheduleRow


def others_at(closes_at: datetime, least: timedelta, room: Room) -> datetime | None:
    """When the others are asked: at a decent hour in the second half of what is left.

    None if they are not to be asked at all, or if that would leave less than `least`.
    """
    if room.instance.defaults.second_after is None:
        return None
    at = next_slot(room.now + (closes_at - room.now) / 2, room.quiet, room.zone)
    return at if closes_at - at >= least else None


def first_of(
    homes: Households, home: int, closes_at: datetime, others: datetime | None, room: Room
) -> list[int]:
    """Who of a household is asked first; everybody where the answer cannot be waited for."""
    people = in_time(homes, home, closes_at, room)
    at_once = others is None and room.instance.defaults.second_after is not None
    return people if at_once else people[:1]


def in_time(homes: Households, home: int, closes_at: datetime, room: Room) -> list[int]:
    """The guardians of a household who will read a message before the close, in the class's order."""
    ordered = [g.person_id for s in homes.students[home] for g in guardians.active_of(room.db, s)]
    members = homes.guardians.get(home, ())
    return [
        person
        for person in dict.fromkeys(ordered)
        if person in members and guardians.reachable(room.db, person) and _reads(person, closes_at, room)
    ]


def _reads(person: int, closes_at: datetime, room: Room) -> bool:
    at = room.read_at(person)
    return at is None or at < closes_at


def plan_others(
    kind: str,
    number: int,
    args: dict[str, Json],
    asked: Iterable[int],
    at: datetime,
    until: datetime,
    room: Room,
) -> None:
    """Plan the second step, which leaves out who was asked in the first one."""
    asked_now: list[Json] = [*asked]
    schedules.plan(
        room.db,
        f"{kind}/{number}",
        kind,
        at,
        room.now,
        grace=max(until - at, timedelta()),
        args={**args, "asked": asked_now},
        classroom=room.here.id,
    )


def asked_before(plan: ScheduleRow | None) -> Collection[int]:
    """Who was asked in the first step."""
    kept = plan.args.get("asked") if plan is not None else None
    return {p for p in kept if isinstance(p, int)} if isinstance(kept, list) else set()
