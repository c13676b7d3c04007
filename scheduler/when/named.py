"""The first day that a text names anywhere, so that families are reminded before it and not after. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.when.days import ends_at, read_day
from scheduler.when.ranges import DateRange, read_date_range
from scheduler.when.words import comparable

FARTHEST = timedelta(days=60)
"""What is named further ahead is mentioned, not what the text is about."""
_PART_OF_A_WORD = re.compile(r"[a-z0-9./-]")


def named_days(text: str, now: datetime, zone: ZoneInfo) -> DateRange | None:
    """The first day from today on that a text names, with the last day of its span; None without one."""
    folded = comparable(text)
    today = now.astimezone(zone).date()
    at = 0
    while at < len(folded.text):
        day = None if _is_inside(folded.text, at) else read_day(folded.text, at, today)
        if day is None or day.day is None or (day.strict and not ends_at(folded.text, day.end)):
            at += 1
            continue
        if today <= day.day <= today + FARTHEST:
            span = read_date_range(folded.text[at:], now, zone)
            last = span.last if isinstance(span, DateRange) and span.first == day.day else day.day
            return DateRange(day.day, min(last, today + FARTHEST), "")
        at = day.end
    return None


def _is_inside(text: str, at: int) -> bool:
    """True in the middle of a word or number, and behind 每, where no day of its own begins."""
    before = text[at - 1] if at else " "
    return before in "每隔" or (text[at].isascii() and bool(_PART_OF_A_WORD.match(before)))
