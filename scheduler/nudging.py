"""When a family that has not confirmed is reminded: at a decent hour, and before it is too late. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.hours import QuietHours
from scheduler.when.moments import later_if_skipped

SLOTS = (time(12, 10), time(19, 10))
"""The noon break, and the evening after supper."""
NOON_IS_OVER = time(13)
URGENT_AFTER = timedelta(minutes=20)
LITERAL_BELOW = timedelta(hours=1)
SOONEST = timedelta(hours=1)


def nudge_at(
    now: datetime,
    after: timedelta,
    quiet: QuietHours | None,
    zone: ZoneInfo,
    *,
    urgent: bool = False,
    literal: bool = False,
    before: date | None = None,
) -> datetime:
    """When who has not confirmed something sent now is reminded; `before` is the day that it names.

    Where not even the evening before is left, it is the first moment outside the quiet hours. `literal`: the
    wait was said for this very thing, and no usual hour is waited for.
    """
    if urgent:
        return now + URGENT_AFTER
    if literal or after < LITERAL_BELOW:
        return now + after
    usual = next_slot(now + after, quiet, zone)
    if before is None or usual.astimezone(zone).date() < before:
        return usual
    soonest = now + SOONEST
    is_today = before <= now.astimezone(zone).date()
    day = later_if_skipped(before, NOON_IS_OVER if is_today else time(), zone)
    left = [slot for slot in _slots(now, quiet, zone) if soonest <= slot < day]
    if left:
        return left[-1]
    return min(usual, quiet.over(soonest) if quiet else soonest)


def next_slot(moment: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> datetime:
    """The next 12:10 or 19:10 from a moment on that lies outside the quiet hours."""
    found = next((slot for slot in _slots(moment, quiet, zone) if slot >= moment), None)
    return found or (quiet.over(moment) if quiet else moment)


def _slots(moment: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> Iterator[datetime]:
    """The slots of the days around a moment; two days on there is one that is later than any wish."""
    today = moment.astimezone(zone).date()
    for ahead in range(3):
        for clock in SLOTS:
            slot = later_if_skipped(today + timedelta(days=ahead), clock, zone)
            if quiet is None or not quiet.holds(slot):
                yield slot
