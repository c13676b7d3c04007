"""Quiet hours: reading them, and when they are over. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_WINDOW = re.compile(r"^\s*(\d{1,2})[:：](\d{2})\s*[-–—~～至到]\s*(\d{1,2})[:：](\d{2})\s*$")
OFF = frozenset({"off", "关", "关闭", "none"})


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A daily window in a zone, over midnight where `end` is before `start`."""

    start: time
    end: time
    zone: ZoneInfo

    @property
    def start_text(self) -> str:
        """As people write it: 21:00."""
        return f"{self.start:%H:%M}"

    @property
    def end_text(self) -> str:
        """As people write it: 07:00."""
        return f"{self.end:%H:%M}"

    def holds(self, moment: datetime) -> bool:
        """True if `moment` lies in the window."""
        local = moment.astimezone(self.zone).time()
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    def over(self, moment: datetime) -> datetime:
        """The first moment from `moment` on that is not in the window (in `moment`'s zone)."""
        if not self.holds(moment):
            return moment
        local = moment.astimezone(self.zone)
        end = local.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
        if end <= local:
            end += timedelta(days=1)
        return end.astimezone(moment.tzinfo)

    def outside(self) -> QuietHours:
        """The rest of the day: from waking hours to the hours off."""
        return QuietHours(self.end, self.start, self.zone)


def valid_hours(text: str) -> bool:
    """True for "21:00-07:00" and "off"."""
    return text.strip().lower() in OFF or _read(text) is not None


def _read(text: str) -> tuple[time, time] | None:
    found = _WINDOW.match(text)
    if not found:
        return None
    hours = [int(part) for part in found.groups()]
    if hours[0] > 23 or hours[2] > 23 or hours[1] > 59 or hours[3] > 59:
        return None
    start, end = time(hours[0], hours[1]), time(hours[2], hours[3])
    return None if start == end else (start, end)


def read_hours(text: str, zone: ZoneInfo) -> QuietHours | None:
    """The window that "21:00-07:00" names; None for "off" (and for what cannot be read)."""
    window = _read(text)
    return QuietHours(*window, zone) if window else None
