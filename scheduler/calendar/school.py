"""One class's calendar: what the country has, what the server puts right, what the class has set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from scheduler.calendar import names
from scheduler.calendar.days import Holiday, Kind, Makeup, Overrides, OwnDay, each_day
from scheduler.calendar.official import blocks, completed, is_free

NEAR = timedelta(days=20)
"""A holiday of the same name this near is the same one, put right."""
LOOK_AHEAD = 150
A_YEAR = timedelta(days=400)


class SchoolCalendar:
    """Answers for one class. What its teachers set counts before the server's, that before the country's."""

    def __init__(
        self,
        country: str,
        own: Iterable[OwnDay] = (),
        overrides: Overrides | None = None,
        language: str = "",
    ) -> None:
        """`language` is that of official names."""
        given = overrides or Overrides()
        self._country, self._language = country, language
        self._complete = given.announced
        self._server = given.of_country(country)
        self._own = tuple(sorted(own, key=lambda day: day.id, reverse=True))
        self._years: dict[int, list[Holiday]] = {}
        self._replaced: list[Holiday] = []

    # --- days -----------------------------------------------------------------------------------

    def is_school_day(self, day: date) -> bool:
        """True if the children are at school."""
        for set_ in (*self._own, *self._server):
            if set_.kind in (Kind.OFF, Kind.SCHOOL) and set_.holds(day):
                return set_.kind is Kind.SCHOOL
        if self._between_terms(day):
            return False
        around = self._around(day, day)
        if any(holiday.holds(day) and holiday.announced for holiday in around):
            return False
        if any(day in holiday.makeups for holiday in around):
            return True
        if any(holiday.holds(day) for holiday in self._replaced):
            return day.weekday() not in completed(self._country, day.year, self._complete).weekend
        return not is_free(self._country, day, self._complete)

    def next_school_day(self, day: date) -> date:
        """The first school day from `day` on."""
        ahead = (day + timedelta(days=n) for n in range(LOOK_AHEAD))
        return next((found for found in ahead if self.is_school_day(found)), day)

    def _between_terms(self, day: date) -> bool:
        """True between two terms that are known; behind the last one nobody has said that all is over."""
        terms = [own for own in self._own if own.kind is Kind.TERM]
        before = any(term.last < day for term in terms)
        return before and any(term.first > day for term in terms) and not any(t.holds(day) for t in terms)

    def announced(self, year: int) -> bool:
        """False for a year whose make-up days nobody has announced yet."""
        return completed(self._country, year, self._complete).announced

    # --- holidays -------------------------------------------------------------------------------

    def holidays(self, first: date, last: date) -> list[Holiday]:
        """The holidays that touch a span, in their order."""
        return [h for h in self._around(first, last) if h.touches(first, last)]

    def next_holidays(self, today: date, ahead: timedelta = A_YEAR) -> list[Holiday]:
        """What begins after today."""
        return [h for h in self.holidays(today, today + ahead) if h.first > today]

    def find(self, key: str, near: date) -> Holiday | None:
        """The holiday of a key, if it (still) is one."""
        return next((h for h in self._around(near - NEAR, near + NEAR) if h.key == key), None)

    def named(self, typed: str, today: date) -> Holiday | None:
        """The next holiday that people call so; the one that runs now counts."""
        ahead = self.holidays(today, today + A_YEAR)
        return next((h for h in ahead if names.means(typed, (h.name, *h.other_names))), None)

    def back_on(self, holiday: Holiday) -> date:
        """The day on which the children are back."""
        return holiday.returns_on or self.next_school_day(holiday.last + timedelta(days=1))

    def makeups_of(self, holiday: Holiday) -> list[Makeup]:
        """The weekend days on which this class really has school for a holiday."""
        return [m for day in holiday.makeups if (m := self._makeup(day, holiday.name)) is not None]

    def makeups(self, first: date, last: date) -> list[Makeup]:
        """The weekend days in a span on which there is school."""
        found: dict[date, Makeup] = {}
        for holiday in self._around(first - A_YEAR / 8, last + A_YEAR / 8):
            found |= {m.day: m for m in self.makeups_of(holiday) if first <= m.day <= last}
        for set_ in (*self._own, *self._server):
            if set_.kind is Kind.SCHOOL:
                days = each_day(max(first, set_.first), min(last, set_.last))
                made = (self._makeup(day, set_.name) for day in days if day not in found)
                found |= {m.day: m for m in made if m is not None}
        return [found[day] for day in sorted(found)]

    def makeup_on(self, day: date) -> Makeup | None:
        """The make-up day that a day is."""
        return next((m for m in self.makeups(day, day) if m.day == day), None)

    def _makeup(self, day: date, name: str) -> Makeup | None:
        if not self._is_weekend(day) or not self.is_school_day(day):
            return None
        follows = (d.weekday for d in (*self._own, *self._server) if d.weekday is not None and d.holds(day))
        return Makeup(day, name, next(follows, None))

    def _is_weekend(self, day: date) -> bool:
        return day.weekday() in completed(self._country, day.year, self._complete).weekend

    # --- what else the class has set ------------------------------------------------------------

    def own(self, kind: Kind, first: date, last: date) -> list[OwnDay]:
        """What the class (and the server) has set of a kind, as far as it touches a span, in its order."""
        found = [d for d in (*self._own, *self._server) if d.kind is kind]
        return sorted((d for d in found if d.first <= last and d.last >= first), key=lambda d: d.first)

    # --- put together ---------------------------------------------------------------------------

    def _around(self, first: date, last: date) -> list[Holiday]:
        """What the years around a span have, the class's own among it."""
        years = range(first.year - 1, last.year + 2)
        official = [h for year in years for h in self._of_year(year)]
        mine = [_as_holiday(d) for d in self._own if d.kind is Kind.OFF]
        kept: list[Holiday] = []
        for holiday in official:
            same = next((m for m in mine if _same(m, holiday)), None)
            if same is not None:
                self._replace(holiday)
                mine = [_inheriting(m, holiday) if m is same else m for m in mine]
            elif not any(m.first <= holiday.first and holiday.last <= m.last for m in mine):
                kept.append(holiday)
        return sorted([*kept, *mine], key=lambda h: (h.first, h.last))

    def _of_year(self, year: int) -> list[Holiday]:
        """A year's official holidays, put right by the server's file."""
        if year not in self._years:
            self._years[year] = self._put_right(year)
        return self._years[year]

    def _put_right(self, year: int) -> list[Holiday]:
        official = blocks(self._country, year, self._language, self._complete)
        given = [d for d in self._server if d.kind is Kind.OFF and d.first.year == year]
        closed = [d for d in self._server if d.kind is Kind.SCHOOL]
        made = [self._given(day, official) for day in given]
        for holiday in official:
            if any(m.key == holiday.key or m.touches(holiday.first, holiday.last) for m in made):
                self._replace(holiday)
            elif not any(c.first <= holiday.first and holiday.last <= c.last for c in closed):
                made.append(holiday)
        return made

    def _given(self, day: OwnDay, official: Iterable[Holiday]) -> Holiday:
        """A holiday of the server's file, under the key of the official one that it puts right."""
        made = replace(_as_holiday(day), key=f"{day.first.year}/{day.name}", own=None, makeups=day.makeups)
        same = next((o for o in official if _same(made, o) or made.touches(o.first, o.last)), None)
        return replace(made, key=same.key, other_names=(same.name, *same.other_names)) if same else made

    def _replace(self, holiday: Holiday) -> None:
        if holiday not in self._replaced:
            self._replaced.append(holiday)


def _as_holiday(day: OwnDay) -> Holiday:
    return Holiday(
        f"own/{day.id}",
        day.name,
        day.first,
        day.last,
        returns_on=day.returns_on,
        returns_at=day.returns_at,
        own=day.id,
    )


def _inheriting(mine: Holiday, official: Holiday) -> Holiday:
    """A holiday that the class has put right keeps the make-up days that were announced."""
    return replace(mine, makeups=official.makeups, other_names=(official.name, *official.other_names))


def _same(mine: Holiday, official: Holiday) -> bool:
    """True if one is the other put right: it is called the same and lies near."""
    near = mine.touches(official.first - NEAR, official.last + NEAR)
    return near and names.means(mine.name, (official.name, *official.other_names))
