"""When: reads the times, repeats and spans of days that people type, in Chinese and English. Pure."""

from scheduler.when.every import Every, read_every
from scheduler.when.moments import When, WhenError, read_when
from scheduler.when.ranges import DateRange, read_date_range

__all__ = ["DateRange", "Every", "When", "WhenError", "read_date_range", "read_every", "read_when"]
