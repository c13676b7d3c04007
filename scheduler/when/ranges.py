"""A span of days at the head of a text: 12月1日到4日, 周一到周三, dec 1-4; one day is a span, too."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from classroom.folding import Folded
from scheduler.when.days import Day, days_on, make, read_day, stands_alone
from scheduler.when.moments import HORIZON, WhenError, read_when
from scheduler.when.words import NUMBER, comparable, number, weekday


@dataclass(frozen=True, slots=True)
class DateRange:
    """First and last day, and what stands behind them as typed."""

    first: date
    last: date
    rest: str


_SURE_LINK = re.compile(r"\s*(?:到|至|[-~–—]+|to\b|until\b|till\b|through\b)\s*")
_DAY_ONLY = re.compile(
    rf"(?P<day>{NUMBER})\s*[日号](?!\s*[楼线])|(?P<bare>\d{{1,2}})(?:st|nd|rd|th)?(?=[\s,。;!?)]|$|[\u4e00-\u9fff])(?!\s*[点时年月])"
)
_TURNED = re.compile(
    r"(?P<first>\d{1,2})\s*(?:[-~–—]+|to)\s*(?P<rest>(?P<last>\d{1,2})\s*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)"
)
_MONTH_DAYS = re.compile(
    rf"(?P<month>{NUMBER})月\s*(?P<first>{NUMBER})\s*[日号]?\s*(?:到|至|[-~–—]+)\s*(?P<last>{NUMBER})\s*[日号]"
)
_FOR_DAYS = re.compile(
    rf"\s*(?:起|开始|请(?:假)?)\s*,?\s*(?:请(?:假)?)?\s*(?P<many>{NUMBER})\s*天|\s+for\s+(?P<many_en>\d{{1,2}})\s+days?(?![a-z])"
)
_WEEKDAY_ONLY = re.compile(r"[一二三四五六日天](?![个点月])")
_REST = re.compile(r"[\s,:;、。]*")


def read_date_range(text: str, now: datetime, zone: ZoneInfo) -> DateRange | WhenError:
    """Read a span of days, or one day, at the head of a text; only a span that is over is PAST.

    An end before its beginning is NONEXISTENT; days that do not follow each other (周一和周三) are
    UNREADABLE, since they are no span.
    """
    folded = comparable(text)
    today = now.astimezone(zone).date()
    at = len(folded.text) - len(folded.text.lstrip())
    found = _one_month(folded.text, at, today) or _pair(folded.text, at, today)
    if found is None:
        error = read_when(text, now, zone)
        return error if error is WhenError.NONE else WhenError.UNREADABLE
    if isinstance(found, WhenError):
        return found
    first, last, end = found
    if last < first or last > today + HORIZON:
        return WhenError.NONEXISTENT
    return DateRange(first, last, _rest(folded, end)) if last >= today else WhenError.PAST


_Span = tuple[date, date, int]


def _rest(folded: Folded, end: int) -> str:
    behind = _REST.match(folded.text, end)
    return folded.source[folded.start(behind.end() if behind else end) :].strip()


def _one_month(text: str, at: int, today: date) -> _Span | WhenError | None:
    """12月1-4日 and 1-4 dec, where the month is said once."""
    if found := _MONTH_DAYS.match(text, at):
        first = read_day(f"{found['month']}月{found['first']}日", 0, today)
        last_day, end = number(found["last"]), found.end()
    elif found := _TURNED.match(text, at):
        last = read_day(text, found.start("rest"), today)
        first = last and replace(last, day=_in_month(last.day, int(found["first"])))
        last_day, end = int(found["last"]), last.end if last else found.end()
    else:
        return None
    last_date = _in_month(first.day if first else None, last_day)
    return (first.day, last_date, end) if first and first.day and last_date else WhenError.NONEXISTENT


def _in_month(of: date | None, day: int) -> date | None:
    return make(of.year, of.month, day) if of else None


def _pair(text: str, at: int, today: date) -> _Span | WhenError | None:
    day = read_day(text, at, today)
    if day is None:
        return None
    if day.day is None:
        return WhenError.NONEXISTENT
    first = day.day
    for read in (_for_days, _linked, _listed):
        if found := read(text, day, first, today):
            return found
    if not stands_alone(text, day):
        return WhenError.UNREADABLE
    return first, first, at if day.kept else day.end


def _for_days(text: str, day: Day, first: date, today: date) -> _Span | WhenError | None:
    """明天起三天, tomorrow for 3 days."""
    found = _FOR_DAYS.match(text, day.end)
    many = number(found["many"] or found["many_en"]) if found else 0
    last = days_on(first, many - 1)
    return (first, last, found.end()) if found and many and last else None


def _linked(text: str, day: Day, first: date, today: date) -> _Span | WhenError | None:
    """A second day behind 到 or -, or behind a mere blank if both are written in digits."""
    link = _SURE_LINK.match(text, day.end)
    blank = re.compile(r"\s+(?=\d{1,4}(?:[-/.]|年|月))").match(text, day.end)
    place = link or blank
    if place is None:
        return None
    if link and (found := _DAY_ONLY.match(text, link.end())) and not read_day(text, link.end(), today):
        last = _in_month(first, number(found["day"] or found["bare"]))
        return (first, last, found.end()) if last else WhenError.NONEXISTENT
    if link and day.weekly and (found := _WEEKDAY_ONLY.match(text, link.end())):
        return first, first + timedelta(days=(weekday(found[0]) - first.weekday()) % 7), found.end()
    second = read_day(text, place.end(), today) or _dotted(text, place.end(), today)
    if second is None or not stands_alone(text, second):
        return None
    return (first, _not_before(first, second), second.end) if second.day else WhenError.NONEXISTENT


def _dotted(text: str, at: int, today: date) -> Day | None:
    """12.4, which is a day only behind another one."""
    found = re.compile(r"(\d{1,2})\.(\d{1,2})(?!\d)").match(text, at)
    day = read_day(f"{found[1]}月{found[2]}日", 0, today) if found else None
    return replace(day, end=found.end()) if found and day else None


def _not_before(first: date, second: Day) -> date:
    """A bare weekday that ends a span is the one behind its beginning."""
    day = second.day or first
    return day + timedelta(days=7) if second.weekly and day < first else day


def _listed(text: str, day: Day, first: date, today: date) -> _Span | WhenError | None:
    """明天和后天: two days in a row are a span."""
    link = re.compile(r"\s*(?:[和、,]|and\b)\s*").match(text, day.end)
    second = read_day(text, link.end(), today) if link else None
    if second is None or not stands_alone(text, second):
        return None
    if second.day is None:
        return WhenError.NONEXISTENT
    last = _not_before(first, second)
    return (first, last, second.end) if last == first + timedelta(days=1) else WhenError.UNREADABLE
