"""The end of the term: concerns that nobody keeps are erased."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from classroom.effects import Effect
from classroom.events import Due
from handlers.feature import Feature
from handlers.room import Defaults, Room
from storage import concerns, schedules

feature = Feature("concern_term")
HOUR = 3
GRACE = timedelta(days=30)


def plan_erasing(room: Room) -> None:
    """See that the words end with this term; what is planned already stays, late or not."""
    name = f"concerns.erase/{room.here.id}"
    if schedules.waiting(room.db, name) is None:
        schedules.plan(
            room.db,
            name,
            "concern.erase",
            _night_after(room, _next_end(room)),
            room.now,
            grace=GRACE,
            classroom=room.here.id,
        )


@feature.due("concern.erase")
def erase(due: Due, room: Room) -> Iterable[Effect]:
    """Erase what was sent in the term that is over; missed or late, it is done all the same."""
    over = _night_after(room, _last_end(room)) - timedelta(hours=HOUR)
    concerns.erase_before(room.db, room.here.id, over, room.now)
    if concerns.waiting_for_erasure(room.db, room.here.id):
        plan_erasing(room)
    return []


def _next_end(room: Room) -> date:
    """The last day of the term that runs now; today may be it."""
    today = room.today.date()
    return min(day for year in (today.year, today.year + 1) for day in ends_in(room, year) if day >= today)


def _last_end(room: Room) -> date:
    """The last day of the term before."""
    today = room.today.date()
    return max(day for year in (today.year - 1, today.year) for day in ends_in(room, year) if day < today)


def ends_in(room: Room, year: int) -> list[date]:
    """The terms' last days in a year; where none was given that is a day, the usual ones: words must end."""
    for given in (room.instance.defaults.term_ends, Defaults().term_ends):
        if made := [day for text in given if (day := _day(text, year)) is not None]:
            return made
    raise LookupError("a year has no end of a term")


def _day(text: str, year: int) -> date | None:
    """Read "01-31"; a day that this month has not becomes its last."""
    month, _, day = (part.strip() for part in text.partition("-"))
    if not (month.isdecimal() and day.isdecimal() and 1 <= int(month) <= 12 and int(day) >= 1):
        return None
    return date(year, int(month), min(int(day), monthrange(year, int(month))[1]))


def _night_after(room: Room, day: date) -> datetime:
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, HOUR, tzinfo=room.zone)
