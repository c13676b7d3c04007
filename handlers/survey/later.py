"""What is planned of a survey: its close, the reminder before it, its result in the morning, its end."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.room import Room
from handlers.survey.reading import SurveyPlan
from storage import schedules
from storage.tables import ScheduleRow, Survey

AT_ALL_EVENTS = timedelta(days=3650)
OPEN_GRACE = timedelta(hours=6)
LEAST_LEFT = timedelta(hours=2)
"""A reminder is of use only if so much time is left."""

KEPT = timedelta(days=180)
"""For so long what families have written in a survey is kept; the totals stay."""


def nudge_handle(survey: Survey, person: int) -> str:
    """Our name for the reminder to one person."""
    return f"{survey.handle}/nudge/{person}"


def plan_end(survey: Survey, room: Room) -> None:
    """Plan the close and, if there is time for one, the reminder before it."""
    _plan(survey, "close", survey.closes_at, AT_ALL_EVENTS, room)
    at = _nudge_at(survey, room)
    if survey.closes_at - at >= LEAST_LEFT:
        _plan(survey, "nudge", at, survey.closes_at - at - LEAST_LEFT, room)


def _nudge_at(survey: Survey, room: Room) -> datetime:
    """As long before the close as a poll's; of a short survey when half of it is over."""
    half = survey.opened_at + (survey.closes_at - survey.opened_at) / 2
    return max(half, survey.closes_at - room.instance.defaults.poll_nudge_before)


def plan_publishing(survey: Survey, at: datetime, room: Room) -> None:
    """Plan the shares for the group for the end of the quiet hours."""
    _plan(survey, "publish", at, AT_ALL_EVENTS, room)


def plan_forgetting(survey: Survey, room: Room) -> None:
    """What was written is not kept for ever."""
    _plan(survey, "forget", room.now + KEPT, AT_ALL_EVENTS, room)


def unplan(survey: Survey, room: Room) -> None:
    """Nothing of a closed survey is asked any more."""
    for what in ("close", "nudge"):
        schedules.cancel(room.db, f"survey.{what}/{survey.id}")


def plan_opening(plan: SurveyPlan, name: str, at: datetime, room: Room) -> ScheduleRow:
    """Plan that a survey opens after the quiet hours."""
    return schedules.plan(
        room.db,
        f"survey.open/{name}",
        "survey.open",
        at,
        room.now,
        grace=OPEN_GRACE,
        args={"plan": plan.to_json()},
        classroom=room.here.id,
        by=room.who.person,
    )


def _plan(survey: Survey, what: str, at: datetime, grace: timedelta, room: Room) -> None:
    schedules.plan(
        room.db,
        f"survey.{what}/{survey.id}",
        f"survey.{what}",
        at,
        room.now,
        grace=grace,
        args={"survey": survey.id},
        classroom=room.here.id,
        by=survey.by_person,
    )
