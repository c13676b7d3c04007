"""The school calendar: official holidays, make-up days, the class's own, festivals, the feed. Pure."""

from scheduler.calendar.days import Holiday, Makeup, Overrides, OwnDay
from scheduler.calendar.school import SchoolCalendar

__all__ = ["Holiday", "Makeup", "Overrides", "OwnDay", "SchoolCalendar"]
