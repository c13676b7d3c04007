"""Which days are school days. Pure; the official calendar with its make-up days will be asked here."""

from __future__ import annotations

from datetime import date, timedelta

LOOK_AHEAD = 90


def is_school_day(day: date) -> bool:
    """True from Monday to Friday."""
    return day.weekday() < 5


def next_school_day(day: date) -> date:
    """The first school day from `day` on."""
    ahead = (day + timedelta(days=n) for n in range(LOOK_AHEAD))
    return next((found for found in ahead if is_school_day(found)), day)
