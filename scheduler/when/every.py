"""What repeats, and when it comes next: 每周五 16:00, 每月1号 9:00, every fri 16:00."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from classroom.folding import Folded
from scheduler.when.clock import read_clock, tried
from scheduler.when.days import last_of_month
from scheduler.when.moments import WhenError, later_if_skipped
from scheduler.when.words import NUMBER, WEEK, WEEKDAYS_EN, comparable, number, weekday

LAST = 32
"""The day of a month that is its last; a day that a month does not have is its last day, too."""

_ALL = frozenset(range(7))
_WORKDAYS = frozenset(range(5))
_STORED = re.compile(r"(?:(daily)|weekly ([1-7](?:,[1-7])*)|monthly ([1-9]|[12]\d|3[0-2])) (\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class Every:
    """A repeat in a zone: on weekdays (Monday is 0), or on a day of the month (`LAST`: its last).

    `rest` and `has_time` tell of the text it was read from and are no part of the repeat itself.
    """

    weekdays: frozenset[int]
    month_day: int | None
    clock: time
    zone: ZoneInfo
    has_time: bool = field(default=True, compare=False)
    rest: str = field(default="", compare=False)

    def next_after(self, moment: datetime) -> datetime:
        """The first time after `moment`, once a day; where the clocks skip it, as much later as they skip."""
        day = moment.astimezone(self.zone).date()
        days = self._days(day - timedelta(days=1))
        times = (later_if_skipped(that, self.clock, self.zone) for that in days)
        return next(found for found in times if found > moment.astimezone(UTC))

    def _days(self, first: date) -> Iterator[date]:
        """The days of the repeat from a day on."""
        if self.month_day is None:
            yield from (
                day
                for ahead in range(16)
                if (day := first + timedelta(days=ahead)).weekday() in self.weekdays
            )
            return
        for months in range(4):
            last = last_of_month(first.replace(day=1), months)
            if last and (day := last.replace(day=min(self.month_day, last.day))) >= first:
                yield day

    def to_text(self) -> str:
        """The repeat as it is stored: "daily 07:00", "weekly 1,3,5 08:00", "monthly 1 09:00"."""
        days = ",".join(str(day + 1) for day in sorted(self.weekdays))
        which = f"weekly {days}" if self.weekdays != _ALL else "daily"
        return f"{which if self.month_day is None else f'monthly {self.month_day}'} {self.clock:%H:%M}"

    @classmethod
    def from_text(cls, text: str, zone: ZoneInfo) -> Every:
        """The repeat that was stored; the zone is the classroom's of today. ValueError if it is none."""
        found = _STORED.fullmatch(text)
        if found is None:
            raise ValueError("no repeat as to_text writes it")
        days = frozenset(int(day) - 1 for day in found[2].split(",")) if found[2] else frozenset(_ALL)
        month_day = int(found[3]) if found[3] else None
        return cls(frozenset() if month_day else days, month_day, time(int(found[4]), int(found[5])), zone)


_LEAD = re.compile(r"\s*(?:at\s+|on\s+)?")
_DAILY = re.compile(r"(?:每|天)(?:一)?[天日](?!一[练题次])|every ?day(?![a-z'’])|daily(?![a-z])")
_AT_WORK = re.compile(r"每?个?(?:工作日|上学日|周内)|(?:every |on )?(?:weekdays?|school ?days?)(?![a-z'’])")
_ONE_ZH = r"(?:[一二三四五六日天](?![点时个])|[1-7](?![\d点时:个]))"
_WEEKLY = re.compile(
    rf"每个?{WEEK}(?:(?P<first>{_ONE_ZH})[到至\-~](?:{WEEK})?(?P<last>{_ONE_ZH})|"
    rf"(?P<days>{_ONE_ZH}(?:[、,和及/]?(?:{WEEK})?{_ONE_ZH})*)|(?P<end>末))"
)
_WEEKLY_EN = re.compile(
    rf"(?:every|each|weekly(?: on)?)\s+(?:week on\s+)?"
    rf"(?:(?P<first>{WEEKDAYS_EN})\s*(?:-|to|until|through)\s*(?P<last>{WEEKDAYS_EN})|"
    rf"(?P<days>{WEEKDAYS_EN}(?:(?:\s?[,/&]\s?|\s)(?:and\s)?{WEEKDAYS_EN})*)|(?P<end>weekend)(?![a-z]))"
)
_MONTHLY = re.compile(
    rf"每个?月的?\s*(?:(?P<day>{NUMBER})[日号]|(?P<last>最后一天|[底末]))|"
    r"(?:every|each) month (?:on )?(?:the )?"
    r"(?:(?P<day_en>\d{1,2})(?:st|nd|rd|th)?(?![\d:])|(?P<last_en>last day))|"
    r"(?:monthly (?:on )?(?:the )?|every |each )(?P<day_alone>\d{1,2})(?:st|nd|rd|th)"
    r"(?: of (?:the|every|each) month)?(?![a-z])"
)
_BEGINS_LIKE_ONE = re.compile(r"每|隔[周天日]|双周|every|each|daily|weekly|monthly")
_REST = re.compile(r"[\s,:;、。]*")


def read_every(text: str, zone: ZoneInfo, usual: time = time(8)) -> Every | WhenError:
    """Read the repeat at the head of a text; without a time of day it has the usual one and no `has_time`.

    NONE and UNREADABLE as in read_when: 每位家长 begins like a repeat and is none, and every second week
    cannot be read. Time that no day has is NONEXISTENT.
    """
    folded = comparable(text)
    lead = _LEAD.match(folded.text)
    at = lead.end() if lead else 0
    for read in (_daily, _at_work, _weekly, _monthly):
        if found := read(folded.text, at):
            return _with_clock(folded, *found, zone, usual)
    return WhenError.UNREADABLE if _BEGINS_LIKE_ONE.match(folded.text, at) else WhenError.NONE


_Found = tuple[frozenset[int], int | None, int]


def _daily(text: str, at: int) -> _Found | None:
    found = _DAILY.match(text, at)
    return found and (_ALL, None, found.end())


def _at_work(text: str, at: int) -> _Found | None:
    found = _AT_WORK.match(text, at)
    return found and (_WORKDAYS, None, found.end())


def _weekly(text: str, at: int) -> _Found | None:
    found = _WEEKLY.match(text, at) or _WEEKLY_EN.match(text, at)
    if found is None:
        return None
    if found["end"]:
        return frozenset({5, 6}), None, found.end()
    if found["first"]:
        first, last = weekday(found["first"]), weekday(found["last"])
        return frozenset((first + ahead) % 7 for ahead in range((last - first) % 7 + 1)), None, found.end()
    words = re.findall(rf"{WEEKDAYS_EN}|[一二三四五六日天1-7]", found["days"])
    return frozenset(map(weekday, words)), None, found.end()


def _monthly(text: str, at: int) -> _Found | None:
    found = _MONTHLY.match(text, at)
    if found is None:
        return None
    written = found["day"] or found["day_en"] or found["day_alone"]
    day = number(written) if written else LAST
    return frozenset(), day if written is None or day < LAST else 0, found.end()


def _with_clock(
    folded: Folded, weekdays: frozenset[int], month_day: int | None, end: int, zone: ZoneInfo, usual: time
) -> Every | WhenError:
    start = _end(_REST, folded.text, end)
    clock = read_clock(folded.text, start)
    if clock is None and tried(folded.text, start):
        return WhenError.UNREADABLE
    minutes = clock.minutes if clock else None
    nights, within = divmod(minutes or 0, 24 * 60)
    if (clock and minutes is None) or month_day == 0 or (nights and month_day):
        return WhenError.NONEXISTENT
    if nights:
        weekdays, minutes = frozenset((day + 1) % 7 for day in weekdays), within
    at = usual if minutes is None else time(*divmod(minutes, 60))
    rest = folded.source[folded.start(_end(_REST, folded.text, clock.end if clock else end)) :].strip()
    return Every(weekdays, month_day, at, zone, minutes is not None, rest)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
