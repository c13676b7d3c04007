"""Quiet hours: reading them, and when they are over. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_TIME = r"(\d{1,2})(?:[:：](\d{2})|[点點](半|[0-5]?\d分?)?)"
_WINDOW = re.compile(rf"{_TIME}\s*[-–—~～至到]\s*{_TIME}")
OFF = frozenset({"off", "关", "关闭", "關", "關閉", "none"})


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
        return self.contains(moment.astimezone(self.zone).time())

    def contains(self, local: time) -> bool:
        """True if this time of day lies in the window."""
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    def over(self, moment: datetime) -> datetime:
        """The first moment from `moment` on that is not in the window (in `moment`'s zone).

        Where the clocks of the zone skip the window's end, it is over as much later as they skip.
        """
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


def read_hours(text: str, zone: ZoneInfo) -> QuietHours | None:
    """The window that "21:00-07:00" or 21点到7点 names; None for "off" (and for what cannot be read)."""
    window = _read(text)
    return QuietHours(*window, zone) if window else None


def chosen_hours(zone: ZoneInfo, *wishes: str | None) -> QuietHours | None:
    """The window of the first wish that says anything; a wish nobody can read does not switch hours off."""
    return next((read_hours(wish, zone) for wish in wishes if wish and valid_hours(wish)), None)


def _read(text: str) -> tuple[time, time] | None:
    found = _WINDOW.fullmatch(text.strip())
    if not found:
        return None
    start, end = _time(*found.groups()[:3]), _time(*found.groups()[3:])
    return None if start is None or end is None or start == end else (start, end)


def _time(hour: str, minute: str | None, spoken: str | None) -> time | None:
    hours = int(hour)
    minutes = 30 if spoken == "半" else int((minute or spoken or "0").removesuffix("分"))
    if hours == 24 and minutes == 0:
        return time()
    return time(hours, minutes) if hours < 24 and minutes < 60 else None
