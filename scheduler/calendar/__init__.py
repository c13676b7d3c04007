"""The school calendar: official holidays, make-up days, the class's own, festivals, the feed. Pure."""

from scheduler.calendar.days import NOTHING_SET, Holiday, Makeup, Overrides, OwnDay
from scheduler.calendar.school import SchoolCalendar

__all__ = ["NOTHING_SET", "Holiday", "Makeup", "Overrides", "OwnDay", "SchoolCalendar"]
