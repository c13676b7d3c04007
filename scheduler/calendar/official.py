"""Official holidays of a country, by the library `holidays`: days off, make-up workdays, and their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from scheduler.calendar.days import Holiday

if TYPE_CHECKING:
    from holidays import HolidayBase

ANNOUNCES = frozenset({"CN"})
"""Countries whose government says year by year which days are worked in exchange: unsaid is unknown."""

EVES = frozenset({"农历除夕"})
"""Days of a feast whose own name says it all."""

_ENGLISH = {
    "Chinese New Year (Spring Festival)": "Spring Festival",
    "Tomb-Sweeping Day": "Tomb-Sweeping Day (Qingming)",
}
"""Names as a class says them."""

A_DAY = timedelta(days=1)
FARTHEST = 15
"""So many days off in a row, and no more, are taken for one holiday to each side of a feast."""


@dataclass(frozen=True, slots=True)
class Year:
    """One country's year. `legal` are the days that the law names, by name; `off` is all that is free.

    `moved` leads from a day off to the weekend day that is worked for it.
    """

    year: int
    announced: bool
    legal: Mapping[date, tuple[str, ...]]
    off: frozenset[date]
    worked: frozenset[date]
    moved: Mapping[date, date]
    weekend: frozenset[int]


@lru_cache(maxsize=256)
def known(country: str) -> bool:
    """True for a country whose holidays are known."""
    from holidays import country_holidays  # noqa: PLC0415 - takes 0.3 s and 16 MB

    try:
        country_holidays(country)
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=512)
def year_of(country: str, year: int, language: str = "") -> Year:
    """One year; `language` of the names, else the country's own. A country nobody knows has weekends only."""
    if not known(country):
        return Year(year, True, {}, frozenset(), frozenset(), {}, frozenset({5, 6}))
    given, strict = _read(country, year, language, True), _read(country, year, language, False)
    moved = _moved(given)
    worked = frozenset(day for day in given.weekend_workdays if abs(day.year - year) <= 1)
    return Year(
        year,
        country not in ANNOUNCES or any(day.year == year for day in worked),
        {day: _names(strict, day) for day in sorted(strict) if day not in _moved(strict)},
        frozenset(given),
        worked | frozenset(moved.values()),
        moved,
        frozenset(given.weekend),
    )


def _read(country: str, year: int, language: str, observed: bool) -> HolidayBase:
    from holidays import country_holidays  # noqa: PLC0415

    return country_holidays(
        country, years=year, language=_language(country, language), observed=observed, expand=False
    )


@lru_cache(maxsize=256)
def _language(country: str, wished: str) -> str | None:
    from holidays import country_holidays  # noqa: PLC0415

    found = country_holidays(country)
    english = next((name for name in found.supported_languages if name.startswith("en")), None)
    if wished in found.supported_languages or not wished:
        return wished or found.default_language
    return english or found.default_language


def _moved(found: HolidayBase) -> dict[date, date]:
    """Read which weekend day is worked for which day off out of the names, where alone it stands."""
    label, written = getattr(found, "substituted_label", None), getattr(found, "substituted_date_format", "")
    if not isinstance(label, str):
        return {}
    pattern = re.compile(re.escape(found.tr(label)).replace("%s", "(.+)"))
    moved: dict[date, date] = {}
    for day, names in found.items():
        if hit := pattern.fullmatch(names.split("; ")[-1]):
            moved[day] = datetime.strptime(hit[1], found.tr(written)).date()  # noqa: DTZ007 - a day, no time
    return moved


def _names(found: HolidayBase, day: date) -> tuple[str, ...]:
    names = dict.fromkeys(found[day].split("; "))
    return tuple(_ENGLISH.get(name, name) for name in names)


# --- holidays as people speak of them -------------------------------------------------------------


def is_free(country: str, day: date, complete: frozenset[int] = frozenset()) -> bool:
    """True if nobody is at school on a day, as far as it is known; a day that only may be moved is not."""
    found = completed(country, day.year, complete)
    if day in found.worked:
        return False
    return day.weekday() in found.weekend or day in (found.off if found.announced else found.legal)


def completed(country: str, year: int, complete: frozenset[int], language: str = "") -> Year:
    """One year; of what is `complete` by the server's word, what the law names is known to be all."""
    found = year_of(country, year, language)
    if found.announced or year not in complete:
        return found
    return replace(found, announced=True, off=frozenset(found.legal))


@lru_cache(maxsize=512)
def blocks(
    country: str, year: int, language: str = "", complete: frozenset[int] = frozenset()
) -> tuple[Holiday, ...]:
    """A year's holidays: a feast with the days around it, neighbours in one, as official notices say it."""
    found, own = (completed(country, year, complete, spoken) for spoken in (language, ""))
    spans = _around(country, own, complete) if own.announced else _by_name(own)
    return tuple(_block(found, own, first, last) for first, last in spans)


def _block(found: Year, own: Year, first: date, last: date) -> Holiday:
    legal = [day for day in own.legal if first <= day <= last]
    names = _named(own, legal)
    makeups = {own.moved[day] for day in own.moved if first <= day <= last}
    return Holiday(
        f"{own.year}/{'+'.join(names)}",
        _joined(_named(found, legal)),
        first,
        last,
        tuple(sorted(makeups)),
        own.announced,
        other_names=tuple(names),
    )


def _joined(names: list[str]) -> str:
    chinese = any("\u4e00" <= char <= "\u9fff" for char in "".join(names))
    return ("、" if chinese else " and ").join(names)


def _around(country: str, own: Year, complete: frozenset[int]) -> list[tuple[date, date]]:
    spans: list[tuple[date, date]] = []
    for day in sorted(own.legal):
        if spans and day <= spans[-1][1]:
            continue
        first = last = day
        while is_free(country, first - A_DAY, complete) and (day - first).days < FARTHEST:
            first -= A_DAY
        while is_free(country, last + A_DAY, complete) and (last - day).days < FARTHEST:
            last += A_DAY
        spans.append((first, last))
    return spans


def _by_name(own: Year) -> list[tuple[date, date]]:
    """Only what the law names: days of one feast that follow each other."""
    spans: list[tuple[date, date]] = []
    for day in sorted(own.legal):
        if spans and day == spans[-1][1] + A_DAY:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans


def _named(year: Year, legal: list[date]) -> list[str]:
    """The feasts' names in their order; an eve has none of its own."""
    eves = {day for day in legal if set(year.legal.get(day, ())) & EVES} if len(legal) > 1 else set()
    if not eves and len(legal) > 1 and year.legal.get(legal[0], ("",))[0].endswith(" Eve"):
        eves = {legal[0]}
    names = [name for day in legal if day not in eves for name in year.legal.get(day, ())]
    return list(dict.fromkeys(names))
