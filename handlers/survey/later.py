"""What is planned of a survey: its close, the reminder before it, its result in the morning, its end."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.planning import AT_ALL_EVENTS, nudge_at, plan_step
from handlers.room import Room
from storage import schedules
from storage.tables import Survey

LEAST_LEFT = timedelta(hours=2)
"""A reminder is of use only if so much time is left."""

KEPT = timedelta(days=180)
"""For so long what families have written in a survey is kept; the totals stay."""


def nudge_handle(survey: Survey, person: int) -> str:
    """Our name for the reminder to one person."""
    return f"{survey.handle}/nudge/{person}"


def plan_end(survey: Survey, room: Room) -> None:
    """Plan the close and, if there is time for one, the reminder before it."""
    plan_step("survey", survey, "close", survey.closes_at, AT_ALL_EVENTS, room)
    at = nudge_at(survey, room)
    if survey.closes_at - at >= LEAST_LEFT:
        plan_step("survey", survey, "nudge", at, survey.closes_at - at - LEAST_LEFT, room)


def plan_publishing(survey: Survey, at: datetime, room: Room) -> None:
    """Plan the shares for the group for the end of the quiet hours."""
    plan_step("survey", survey, "publish", at, AT_ALL_EVENTS, room)


def plan_forgetting(survey: Survey, room: Room) -> None:
    """What was written is not kept for ever."""
    plan_step("survey", survey, "forget", room.now + KEPT, AT_ALL_EVENTS, room)


def unplan(survey: Survey, room: Room) -> None:
    """Nothing of a closed survey is asked any more."""
    for what in ("close", "nudge", "second"):
        schedules.cancel(room.db, f"survey.{what}/{survey.id}")
