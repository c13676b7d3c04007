"""Which days are school days: the class's calendar decides, with its holidays and its make-up days. Pure."""

from __future__ import annotations

from datetime import date

from scheduler.calendar import SchoolCalendar


def is_school_day(day: date, calendar: SchoolCalendar) -> bool:
    """True if the children are at school."""
    return calendar.is_school_day(day)


def next_school_day(day: date, calendar: SchoolCalendar) -> date:
    """The first school day from `day` on."""
    return calendar.next_school_day(day)
