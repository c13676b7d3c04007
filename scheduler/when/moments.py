"""One moment at the head of a text, seen from now: 明天7:30, 周五下午4点, in 2 hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from classroom.folding import Folded
from scheduler.when.clock import Clock, is_a_count, read_clock, tried
from scheduler.when.days import Day, ends_at, read_day, stands_alone
from scheduler.when.words import MONTHS_EN, NUMBER, WEEK, WEEKDAYS_EN, comparable, number

HORIZON = timedelta(days=5 * 366)
"""What lies further ahead is a slip of the hand, not a plan."""


class WhenError(StrEnum):
    """Why no time was read.

    NONE: the text does not begin like a time. UNREADABLE: it begins like one (a digit, 周, may) but is
    none, as ordinary text may. PAST and NONEXISTENT (明天25点, 2月30日, an hour that the clocks skip, a
    weekday that is not the date's, a year far ahead): a time was meant.
    """

    NONE = "none"
    UNREADABLE = "unreadable"
    NONEXISTENT = "nonexistent"
    PAST = "past"

    @property
    def was_meant(self) -> bool:
        """True if somebody surely meant a time, so that even an optional one is worth a question."""
        return self in (WhenError.NONEXISTENT, WhenError.PAST)


@dataclass(frozen=True, slots=True)
class When:
    """A moment in the classroom's zone and what stands behind it, as typed.

    Without `has_time` it is the day's first moment, and the caller knows what hour is usual (`at`).
    """

    moment: datetime
    has_time: bool
    rest: str

    @property
    def day(self) -> date:
        """The day in the classroom's zone."""
        return self.moment.date()

    def at(self, usual: time) -> datetime:
        """The moment, with the usual time of day where none was said."""
        return self.moment if self.has_time else later_if_skipped(self.day, usual, self.moment.tzinfo)


BEGINS_LIKE_ONE = re.compile(
    rf"\d|[零〇一二两三四五六七八九十半]|[下本这上]?个?{WEEK}|[今明昨][天日早晚晨年]|大?[后前]天|[下本这上]个?月|"
    r"月[底末]|[上下]午|早[上晨]|晚上|凌晨|傍晚|中午|"
    rf"(?:{WEEKDAYS_EN}|{MONTHS_EN}|today|tonight|tomorrow|tmr|yesterday|next|this|noon|midnight|"
    r"in (?:\d|an?\b))"
)
_LEAD = re.compile(r"\s*(?:(?:at|on|@)\s+|@|定[于在]|[于在])?\s*")
_GAP = re.compile(r"[\s,]*")
_REST = re.compile(r"[\s,:;、。.|]*")
_COUNT = rf"(?:\d{{1,4}}(?:\.\d)?|{NUMBER}|半)"
_SOON = re.compile(
    rf"(?:再?过\s*)?(?:(?P<hours>{_COUNT})\s*个?(?P<half>半)?\s*(?:小时|钟头))?\s*"
    rf"(?:(?P<minutes>{_COUNT})\s*分钟?|(?P<quarters>[一三])刻钟)?(?P<behind>以后|之后|后)"
)
_SOON_EN = re.compile(
    r"(?:in\s+)?(?P<count>half an?|an?|one|two|three|four|five|six|seven|\d{1,4}(?:\.\d)?)\s*"
    r"(?P<unit>h|hrs?|hours?|m|mins?|minutes?)(?![a-z])(?P<behind>\s+(?:later|from now)(?![a-z]))?"
)
_UP_TO = re.compile(r"\s*[-~–—到至]\s*\d")
_PART_ONLY = re.compile(r"(?:[早晚]上?|夜里?|晨)?[\s,.。!]*$")


def read_when(text: str, now: datetime, zone: ZoneInfo) -> When | WhenError:
    """Read the time at the head of a text, in the classroom's zone; a weekday or an hour is the next such.

    `now` knows its zone. A date without a year that is over by less than three months is past, not next
    year's. Times without a half of the day are those of the 24-hour clock: 4点 is 04:00.
    """
    return _Reader(comparable(text), now, zone).read()


def exact(day: date, clock: time, zone: tzinfo | None, not_before: datetime | None = None) -> datetime | None:
    """A local time as a moment; None where the clocks skip it, the first of two where they repeat it.

    Of two, the second is taken if the first is not after `not_before` (in UTC).
    """
    first, second = (datetime.combine(day, clock.replace(fold=fold), zone) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != first.replace(tzinfo=None):
        return None
    over = not_before is not None and first.astimezone(UTC) <= not_before
    return second if over and second.utcoffset() != first.utcoffset() else first


def later_if_skipped(day: date, clock: time, zone: tzinfo | None) -> datetime:
    """A local time as a moment; as much later as the clocks skip, the first where they repeat."""
    return datetime.combine(day, clock, zone).astimezone(UTC).astimezone(zone)


class _Reader:
    """Walks over the head of one text."""

    def __init__(self, folded: Folded, now: datetime, zone: ZoneInfo) -> None:
        self.folded = folded
        self.text = folded.text
        self.zone = zone
        self.now = now.astimezone(UTC)  # two moments of one zone would compare without their offsets
        self.today = now.astimezone(zone).date()

    def read(self) -> When | WhenError:
        """Try a span of time, then a day, then an hour; say how much like a time it began otherwise."""
        lead = _LEAD.match(self.text)
        at = lead.end() if lead else 0
        if found := self._soon(at) or self._from_day(at) or self._from_clock(at):
            return found
        return WhenError.UNREADABLE if BEGINS_LIKE_ONE.match(self.text, at) else WhenError.NONE

    def _rest(self, end: int) -> str:
        behind = _REST.match(self.text, end)
        return self.folded.source[self.folded.start(behind.end() if behind else end) :].strip()

    def _soon(self, at: int) -> When | WhenError | None:
        """两小时后, in 30 minutes: counted from now, whatever the clocks do."""
        if (found := _SOON.match(self.text, at)) and found.start("behind") > found.start():
            minutes = _length(found)
        elif (found := _SOON_EN.match(self.text, at)) and (found["behind"] or found[0].startswith("in")):
            minutes = _length_en(found)
        else:
            return None
        moment = (self.now + timedelta(minutes=minutes)).astimezone(self.zone)
        return (
            self._checked(moment.replace(second=0, microsecond=0), found.end()) if minutes else WhenError.PAST
        )

    def _from_day(self, at: int) -> When | WhenError | None:
        day = read_day(self.text, at, self.today)
        if day is None:
            return None
        gap = _GAP.match(self.text, day.end)
        start = gap.end() if gap else day.end
        counted = is_a_count(self.text, start, with_day=True)
        clock = None if counted else read_clock(self.text, start, "evening" if day.kept else "")
        if clock is not None:
            return self._at_clock(day, clock, clock.end)
        if tried(self.text, start) and not counted:
            return WhenError.UNREADABLE
        return self._whole_day(day, at)

    def _whole_day(self, day: Day, at: int) -> When | WhenError:
        if not stands_alone(self.text, day):
            return WhenError.UNREADABLE
        if day.day is None:
            return WhenError.NONEXISTENT
        that = day.day + timedelta(days=7) if day.weekly and day.day == self.today else day.day
        if that < self.today:
            return WhenError.PAST
        if that > self.today + HORIZON:
            return WhenError.NONEXISTENT
        kept = day.kept and not _PART_ONLY.match(self.text, day.end)
        end = len(self.text) if day.kept and not kept else day.end
        return When(later_if_skipped(that, time(), self.zone), False, self._rest(at if kept else end))

    def _from_clock(self, at: int) -> When | WhenError | None:
        clock = None if is_a_count(self.text, at) else read_clock(self.text, at)
        if clock is None or _UP_TO.match(self.text, clock.end):
            return None
        if day := self._day_behind(clock):
            return self._at_clock(day, clock, day.end)
        if not self.text[clock.end - 1].isascii() and clock.named and not ends_at(self.text, clock.end):
            return None
        if clock.minutes is None:
            return WhenError.NONEXISTENT
        return self._next_such(clock)

    def _day_behind(self, clock: Clock) -> Day | None:
        """In English the day may stand behind the hour: 4pm on friday."""
        found = re.compile(r"[\s,]*(?:on\s+)?(?=[a-z0-9])").match(self.text, clock.end)
        day = read_day(self.text, found.end(), self.today) if found else None
        spoken = (
            day is not None and found is not None and re.search("[a-z]", self.text[found.end() : day.end])
        )
        return day if day and spoken and ends_at(self.text, day.end) else None

    def _next_such(self, clock: Clock) -> When | WhenError:
        days = (self.today + timedelta(days=ahead) for ahead in (-1, 0, 1))
        moments = [self._moment(day, clock) for day in days]
        coming = next((moment for moment in moments if moment is None or moment > self.now), None)
        return self._checked(coming, clock.end)

    def _at_clock(self, day: Day, clock: Clock, end: int) -> When | WhenError:
        if day.day is None or clock.minutes is None:
            return WhenError.NONEXISTENT
        if abs(day.day - self.today) > HORIZON:
            return WhenError.PAST if day.day < self.today else WhenError.NONEXISTENT
        moment = self._moment(day.day, clock)
        if moment and moment <= self.now and day.weekly:
            moment = self._moment(day.day + timedelta(days=7), clock)
        return self._checked(moment, end)

    def _moment(self, day: date, clock: Clock) -> datetime | None:
        days, minutes = divmod(clock.minutes or 0, 24 * 60)
        return exact(day + timedelta(days=days), time(*divmod(minutes, 60)), self.zone, self.now)

    def _checked(self, moment: datetime | None, end: int) -> When | WhenError:
        if moment is None:
            return WhenError.NONEXISTENT
        return When(moment, True, self._rest(end)) if moment > self.now else WhenError.PAST


def _amount(word: str | None) -> float:
    if not word:
        return 0
    if word.startswith(("半", "half")):
        return 0.5
    return float(word) if word[0].isdecimal() else number(word)


def _length(found: re.Match[str]) -> int:
    hours = _amount(found["hours"]) + (0.5 if found["half"] else 0)
    return round(60 * hours + _amount(found["minutes"]) + 15 * _amount(found["quarters"]))


def _length_en(found: re.Match[str]) -> int:
    return round(_amount(found["count"]) * (60 if found["unit"].startswith("h") else 1))
