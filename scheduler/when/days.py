"""The day, as people write it: 明天, 下周三, 12月1号, 2026-12-01, 三天后, fri, 1 Dec."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from scheduler.when.words import MONTHS_EN, NUMBER, WEEK, WEEKDAYS_EN, month, number, weekday

_JUST_PAST = timedelta(days=90)
"""A date without a year that lies less than this back was meant as that day, and is over."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was read; `day` is None where the calendar has none.

    `weekly`: a bare weekday, which may as well be next week's. `strict`: a form that is a day only if
    nothing is glued to it. `kept`: 今晚 and 明早 name more than the day.
    """

    day: date | None
    end: int
    weekly: bool = False
    strict: bool = False
    kept: bool = False


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write a day, and how to find it."""

    pattern: re.Pattern[str]
    find: Callable[[re.Match[str], date], date | None]
    weekly: bool = False
    strict: bool = False
    kept: bool = False


def make(year: int, month_: int, day: int) -> date | None:
    """A date, or None where the calendar has none (2月30日)."""
    try:
        return date(year, month_, day)
    except ValueError:
        return None


def next_year_or_this(month_: int, day: int, today: date) -> date | None:
    """The date without a year that is meant: what is just over is this year's, else the next to come."""
    years = (make(year, month_, day) for year in (today.year, today.year + 1))
    return next((found for found in years if found and found >= today - _JUST_PAST), None)


def days_on(today: date, days: int) -> date | None:
    """A day counted from today, None where the calendar ends."""
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None


def months_on(today: date, months: int, day: int | None = None) -> date | None:
    """A day some months on: the given one, else today's (or the month's last where it has no such)."""
    year, index = divmod(today.year * 12 + today.month - 1 + months, 12)
    if day is not None:
        return make(year, index + 1, day)
    tries = (make(year, index + 1, today.day - less) for less in range(4))
    return next((found for found in tries if found), None)


def last_of_month(today: date, months: int = 0) -> date | None:
    """The last day of this month, or of one some months on."""
    first = months_on(today.replace(day=1), months + 1)
    return first - timedelta(days=1) if first else None


def _full(found: re.Match[str], today: date) -> date | None:
    return make(int(found["year"]), int(found["month"]), int(found["day"]))


def _chinese(found: re.Match[str], today: date) -> date | None:
    month_, day = number(found["month"]), number(found["day"])
    if found["year"] is None:
        return next_year_or_this(month_, day, today)
    return make(_year(found["year"], today), month_, day)


def _year(word: str, today: date) -> int:
    if word in "今本明后":
        return today.year + {"今": 0, "本": 0, "明": 1, "后": 2}[word]
    digits = "".join(str(number(char)) for char in word)
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _of_month(found: re.Match[str], today: date) -> date | None:
    return months_on(today, _forward(found["which"]), number(found["day"]))


def _forward(which: str | None) -> int:
    return (which or "").count("下") - (which or "").count("上")


def _day_alone(found: re.Match[str], today: date) -> date | None:
    day = number(found["day"])
    nexts = (months_on(today, months, day) for months in range(3))
    return next((that for that in nexts if that and that >= today), None)


def _month_and_day(found: re.Match[str], today: date) -> date | None:
    return next_year_or_this(int(found["month"]), int(found["day"]), today)


def _english(found: re.Match[str], today: date) -> date | None:
    month_, day = month(found["month"]), int(found["day"])
    if found["year"] is None:
        return next_year_or_this(month_, day, today)
    return make(int(found["year"]), month_, day)


_NEAR = {"今": 0, "明": 1, "后": 2, "大后": 3, "大大后": 4, "昨": -1, "前": -2, "大前": -3}
_NEAR_EN = {"today": 0, "tonight": 0, "yesterday": -1}


def _near(found: re.Match[str], today: date) -> date | None:
    return days_on(today, _NEAR[found[1]])


def _near_english(found: re.Match[str], today: date) -> date | None:
    after = 2 if "after" in found[0] else 1
    return days_on(today, _NEAR_EN.get(found[0], after))


def _weekday(found: re.Match[str], today: date) -> date | None:
    ahead = weekday(found["weekday"]) - today.weekday()
    which = found["which"]
    if not which:
        return days_on(today, ahead % 7)
    return days_on(today, ahead + 7 * _week(which))


def _week(which: str) -> int:
    return {"next": 1, "last": -1}.get(which, _forward(which))


def _counted(found: re.Match[str], today: date) -> date | None:
    many, unit = number(found["many"]), found["unit"]
    if unit[:3] in ("月", "个月", "mon"):
        return months_on(today, many)
    return days_on(today, many * (1 if unit[:3] in ("天", "日", "day") else 7))


def _month_end(found: re.Match[str], today: date) -> date | None:
    return last_of_month(today, _forward(found["which"]))


_BEHIND = "(?:以后|之后|后)"
_MANY = rf"(?P<many>\d{{1,4}}|{NUMBER})"
_YEAR = r"(?:\s*,?\s*(?P<year>20\d\d)(?![\d:]))?"
_MONTH_DAY = r"(?P<month>0?[1-9]|1[0-2]){mark}(?P<day>0?[1-9]|[12]\d|3[01])(?!\d)"
_DATED = tuple(
    _Form(re.compile(pattern), find)
    for pattern, find in (
        (r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)(?:t(?=\d))?", _full),
        (
            rf"(?:(?P<year>\d{{4}}|\d{{2}}|[零〇一二三四五六七八九]{{4}}|[今本明后])年\s*)?"
            rf"(?P<month>{NUMBER})\s*月\s*(?P<day>{NUMBER})(?:\s?[日号](?![楼线])|(?=\s|$|,))",
            _chinese,
        ),
        (rf"(?P<month>{MONTHS_EN})\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:a-z]){_YEAR}", _english),
        (rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:of\s+)?(?P<month>{MONTHS_EN}){_YEAR}", _english),
    )
)
_NO_WORD = r"(?=\s*(?:$|[^a-z\s]|(?:at|noon|midnight|morning|afternoon|evening|to|until)\b))"
"""What may follow sun, sat and wed, which begin English sentences as words of their own."""

_FORMS = (
    *_DATED,
    _Form(re.compile(_MONTH_DAY.format(mark="[-/]") + "(?![/.:-])"), _month_and_day, strict=True),
    _Form(
        re.compile(
            _MONTH_DAY.format(mark="[.]") + r"(?=\s+\d{1,2}[:点]|\s*[上下早晚中]|[-~到至]\d{1,2}\.\d)"
        ),
        _month_and_day,
    ),
    _Form(re.compile(rf"(?P<which>下下|下|本|这|上)个?月\s*(?P<day>{NUMBER})[日号]"), _of_month),
    _Form(re.compile(rf"(?P<day>{NUMBER})[日号](?!\s*[楼线])"), _day_alone, strict=True),
    _Form(re.compile(r"(?P<which>下下|下|本|这)?个?月(?:底|末)"), _month_end, strict=True),
    _Form(re.compile(rf"{_MANY}\s*(?P<unit>天|日|周|个?星期|个?礼拜|个月){_BEHIND}"), _counted),
    _Form(re.compile(r"(大大后|大后|后|明|今|昨|大前|前)[天日儿]"), _near),
    _Form(re.compile(r"([后明今昨])(?=[早晚晨夜])"), _near, kept=True),
    _Form(
        re.compile(
            rf"(?P<which>下下|下|本|这|上)?个?{WEEK}(?P<weekday>[一二三四五六日天]|[1-7](?!\d))(?![个次名位共些定般直切])"
        ),
        _weekday,
        weekly=True,
    ),
    _Form(
        re.compile(r"(?:the )?day after tomorrow|(?:tomorrow|tmrw?|today|yesterday)(?![a-z'’])"),
        _near_english,
    ),
    _Form(re.compile(r"tonight(?![a-z'’])"), _near_english, kept=True),
    _Form(
        re.compile(
            r"in\s+(?P<many>\d{1,4}|an?|one|two|three|four|five|six|seven)\s+(?P<unit>day|week|month)s?(?![a-z])"
        ),
        _counted,
    ),
    _Form(
        re.compile(r"(?P<many>\d{1,4})\s+(?P<unit>day|week|month)s?\s+(?:later|from now)(?![a-z])"), _counted
    ),
    _Form(re.compile(r"(?P<which>)(?P<weekday>sun|sat|wed)(?![a-z'’])\.?" + _NO_WORD), _weekday, weekly=True),
    _Form(
        re.compile(
            rf"(?!(?:sun|sat|wed)(?![a-z]))(?:(?P<which>this|next|last)\s+|(?:this )?coming\s+)?"
            rf"(?P<weekday>{WEEKDAYS_EN})"
        ),
        _weekday,
        weekly=True,
    ),
)
_IN_FRONT = re.compile(rf"(?:{WEEK}(?P<zh>[一二三四五六日天])|(?P<en>{WEEKDAYS_EN}))[\s,]*")
_BESIDE = re.compile(
    rf"\s{{0,3}}(?P<mark>[(,]?)\s{{0,3}}(?:{WEEK}(?P<zh>[一二三四五六日天])|(?P<en>{WEEKDAYS_EN}))\s*\)?"
)

_TIGHT = re.compile(r"$|[\s,。;:!?)\]|、]")
_NOT_ALONE = re.compile(
    r"的|是|起|以[前后来内]|之[前后内]|前(?![往去])|后(?!勤)|内|'s|’s|"
    rf"\s*(?:[-~–—到至和与及、]|to\b|until\b)\s*(?:\d|[明后下大]|{WEEK}|{NUMBER}月|{WEEKDAYS_EN}|{MONTHS_EN})"
)


def read_day(text: str, at: int, today: date) -> Day | None:
    """Read the day that begins at a place; a weekday beside a date must be that date's."""
    if (front := _IN_FRONT.match(text, at)) and (dated := _first(_DATED, text, front.end(), today)):
        return dated if _agrees(front, dated.day) else replace(dated, day=None)
    found = _first(_FORMS, text, at, today)
    return found and _with_weekday(text, found)


def ends_at(text: str, at: int) -> bool:
    """True if a word ends at this place."""
    return _TIGHT.match(text, at) is not None


def stands_alone(text: str, day: Day) -> bool:
    """False if what is glued behind a day makes it part of something else: 今天的作业, 3-5人, 周一到周五."""
    return not ((day.strict and not ends_at(text, day.end)) or _NOT_ALONE.match(text, day.end))


def _first(forms: tuple[_Form, ...], text: str, at: int, today: date) -> Day | None:
    for form in forms:
        if match := form.pattern.match(text, at):
            weekly = form.weekly and not match["which"]
            return Day(form.find(match, today), match.end(), weekly, form.strict, form.kept)
    return None


def _with_weekday(text: str, found: Day) -> Day:
    """Take （周二） or (Tue) behind a day along; a weekday that contradicts the date means no such day."""
    beside = _BESIDE.match(text, found.end) if not found.weekly else None
    if beside is None:
        return found
    if _agrees(beside, found.day):
        return replace(found, end=beside.end(), strict=False)
    surely = beside["zh"] or beside["mark"] == "("
    return replace(found, day=None) if surely else found


def _agrees(named: re.Match[str], day: date | None) -> bool:
    return day is not None and weekday(named["zh"] or named["en"]) == day.weekday()
