"""What is planned of a poll: its close, the reminder before it, its result in the morning, its repeats."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.planning import AT_ALL_EVENTS, OPEN_GRACE, nudge_at, plan_step
from handlers.poll_plan import PollPlan
from handlers.room import Room
from scheduler.when import Every
from storage import schedules
from storage.tables import Poll, ScheduleRow

LAST_LOOK = range(5, 20)
"""So many hours before its close a secret poll's turnout is looked at: the first hour that suits."""

LEAST_LEFT = timedelta(hours=2)
"""A reminder is of use only if so much time is left."""


def plan_end(poll: Poll, room: Room) -> None:
    """Plan the close and, if there is time for one, the reminder before it."""
    plan_step("poll", poll, "close", poll.closes_at, AT_ALL_EVENTS, room)
    at = nudge_at(poll, room)
    if poll.closes_at - at >= LEAST_LEFT:
        plan_step("poll", poll, "nudge", at, poll.closes_at - at - LEAST_LEFT, room)
    if poll.quorum and poll.anonymous:
        _plan_last_look(poll, room)


def _plan_last_look(poll: Poll, room: Room) -> None:
    """A secret poll can be prolonged only while it runs: so it is looked at while its author is awake."""
    hours = room.quiet_of(poll.by_person) if poll.by_person is not None else None
    half = room.now + (poll.closes_at - room.now) / 2
    times = [poll.closes_at - timedelta(hours=before) for before in LAST_LOOK]
    awake = (at for at in times if at >= half and not (hours and hours.holds(at)))
    at = next(awake, half)
    plan_step("poll", poll, "short", at, poll.closes_at - at, room)


def unplan_result(poll: Poll, room: Room) -> None:
    """The result that waits for the morning is none any more: the poll runs on."""
    schedules.cancel(room.db, f"poll.result/{poll.id}")


def plan_result(poll: Poll, at: datetime, room: Room) -> None:
    """Plan the result for the end of the quiet hours."""
    plan_step("poll", poll, "result", at, AT_ALL_EVENTS, room)


def unplan(poll: Poll, room: Room) -> None:
    """Nothing of a closed poll is to happen any more."""
    for what in ("close", "nudge", "short"):
        schedules.cancel(room.db, f"poll.{what}/{poll.id}")


def plan_opening(
    plan: PollPlan, name: str, at: datetime, room: Room, *, by: int | None, number: int | None = None
) -> ScheduleRow:
    """Plan that a poll opens later, once or again and again; `number` is the one people know it by."""
    return schedules.plan(
        room.db,
        f"poll.open/{name}",
        "poll.open",
        at,
        room.now,
        grace=OPEN_GRACE,
        args={"name": name, "plan": plan.to_json()},
        classroom=room.here.id,
        number=number,
        by=by,
        every=plan.every or None,
    )


def first_opening(plan: PollPlan, room: Room) -> datetime:
    """When it opens: at the repeat's next time, at its own, else now; not in the class's quiet hours."""
    if plan.every:
        return repeat(plan, room).next_after(room.now)
    wished = max(plan.opens_at or room.now, room.now)
    return room.quiet.over(wished) if room.quiet else wished


def repeat(plan: PollPlan, room: Room) -> Every:
    """The repeat of a plan, in the classroom's zone of today."""
    return Every.from_text(plan.every, room.zone)
