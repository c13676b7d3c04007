"""What is planned of appointments: reminders, the close, the word to families without one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from handlers.planning import AT_ALL_EVENTS, plan_step
from handlers.room import Room
from scheduler.hours import QuietHours
from scheduler.nudging import SLOTS, nudge_at
from scheduler.when.moments import later_if_skipped
from storage import schedules, slots
from storage.tables import Meeting, Slot

SOON = timedelta(hours=1)
TOO_LATE = timedelta(minutes=15)
"""So shortly before an appointment nobody is reminded any more."""

LEAST_LEFT = timedelta(hours=1)
"""A reminder to choose is of use only if so much time is left."""

NOON, EVENING = SLOTS
ALL = ("close", "nudge", "second", "noon", "eve")


def plan_all(meeting: Meeting, rows: Sequence[Slot], room: Room) -> None:
    """Plan the close, the reminder to choose, and those on the day before."""
    first = rows[0].starts_at
    plan_step("slots", meeting, "close", meeting.closes_at, AT_ALL_EVENTS, room, arg="meeting")
    at = choose_at(meeting, first, room)
    if at > room.now and meeting.closes_at - at >= LEAST_LEFT:
        plan_step("slots", meeting, "nudge", at, meeting.closes_at - at - LEAST_LEFT, room, arg="meeting")
    for word in ("noon", "eve"):
        at = eve_of(first, NOON if word == "noon" else EVENING, room)
        if at > room.now:
            plan_step("slots", meeting, word, at, rows[-1].starts_at - at - TOO_LATE, room, arg="meeting")


def choose_at(meeting: Meeting, first: datetime, room: Room) -> datetime:
    """When families without a time are reminded: half-way, at a decent hour, before the close."""
    half = (meeting.closes_at - room.now) / 2
    before = first.astimezone(room.zone).date()
    usual = nudge_at(room.now, max(half, SOON), room.quiet, room.zone, before=before)
    if meeting.closes_at - usual >= LEAST_LEFT:
        return usual
    late = meeting.closes_at - 2 * LEAST_LEFT
    return room.quiet.over(late) if room.quiet else late


def eve_of(first: datetime, clock: time, room: Room) -> datetime:
    """An hour of the day before."""
    before = first.astimezone(room.zone).date() - timedelta(days=1)
    return later_if_skipped(before, clock, room.zone)


def evening_is_quiet(first: datetime, window: QuietHours | None, room: Room) -> bool:
    """True for who is not to be disturbed on the evening before, and so is reminded at noon."""
    return window is not None and window.holds(eve_of(first, EVENING, room))


def plan_soon(row: Slot, room: Room) -> None:
    """Plan the reminder an hour before, for whoever has the time then."""
    at = row.starts_at - SOON
    if at <= room.now:
        return
    schedules.plan(
        room.db,
        f"slots.soon/{row.id}",
        "slots.soon",
        at,
        room.now,
        grace=SOON - TOO_LATE,
        args={"slot": row.id},
        classroom=room.here.id,
    )


def unplan_soon(rows: Iterable[Slot], room: Room) -> None:
    """Nobody comes at these times."""
    for row in rows:
        schedules.cancel(room.db, f"slots.soon/{row.id}")


def settle_soon(meeting: Meeting, room: Room) -> None:
    """Let there be a reminder for every time that is taken, and for no other."""
    for row in slots.slots_of(room.db, meeting.id):
        if row.student_id is None:
            unplan_soon([row], room)
        else:
            plan_soon(row, room)


def unplan(meeting: Meeting, room: Room, words: Sequence[str] = ALL) -> None:
    """Nothing of this is to happen any more."""
    for word in words:
        schedules.cancel(room.db, f"slots.{word}/{meeting.id}")
