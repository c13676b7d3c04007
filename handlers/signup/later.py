"""What is planned of a sign-up: its close, the list in the morning, the word before the day."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from handlers.planning import AT_ALL_EVENTS, plan_step
from handlers.room import Room
from storage import schedules
from storage.tables import Signup

EVENING_BEFORE = time(19)
SHORTLY = timedelta(hours=2)


def plan_all(signup: Signup, room: Room) -> None:
    """Plan the close and the reminder."""
    plan_step("signup", signup, "close", signup.closes_at, AT_ALL_EVENTS, room)
    at = remind_at(signup, room)
    if at is not None and signup.held_at is not None:
        plan_step("signup", signup, "remind", at, signup.held_at - at, room)


def remind_at(signup: Signup, room: Room) -> datetime | None:
    """The evening before; two hours before, if that is over; None if there is nothing to remind of."""
    if signup.held_at is None:
        return None
    day = signup.held_at.astimezone(room.zone).date() - timedelta(days=1)
    wished = (datetime.combine(day, EVENING_BEFORE, room.zone), signup.held_at - SHORTLY)
    return next((at for at in wished if at > room.now), None)


def reminds_yet(signup: Signup, room: Room) -> bool:
    """Whether who has signed up still has a reminder to come; the close is often later than it."""
    return schedules.waiting(room.db, f"signup.remind/{signup.id}") is not None


def plan_result(signup: Signup, at: datetime, room: Room) -> None:
    """Plan the list for the end of the quiet hours."""
    plan_step("signup", signup, "result", at, AT_ALL_EVENTS, room)


def unplan(signup: Signup, room: Room, *, also: tuple[str, ...] = ()) -> None:
    """It is closed (or, with `also`, called off): that is not to happen again."""
    for what in ("close", *also):
        schedules.cancel(room.db, f"signup.{what}/{signup.id}")
