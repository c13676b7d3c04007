"""What the calendar is made of: holidays, make-up days, what a class or a server adds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a day of the class's own is."""

    OFF = "off"
    SCHOOL = "school"
    EVENT = "event"
    TERM = "term"
    TIMETABLE = "timetable"


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days off in a row. `makeups`: the weekend days on which school is held for it.

    `announced` False: only the days that the law names are known, and none of the rest. `key` stays the
    same whatever is put right about it. `own` is the class's row behind it.
    """

    key: str
    name: str
    first: date
    last: date
    makeups: tuple[date, ...] = ()
    announced: bool = True
    returns_on: date | None = None
    returns_at: time | None = None
    own: int | None = None
    other_names: tuple[str, ...] = ()

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def holds(self, day: date) -> bool:
        """True if this day is one of its."""
        return self.first <= day <= self.last

    def touches(self, first: date, last: date) -> bool:
        """True if it shares a day with a span."""
        return self.first <= last and self.last >= first


@dataclass(frozen=True, slots=True)
class Makeup:
    """A weekend day on which school is held; `follows` is whose timetable, None: nobody said yet."""

    day: date
    holiday: str
    follows: int | None = None


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day (or some) that a class or whoever runs the server has set."""

    kind: Kind
    name: str
    first: date
    last: date
    id: int = 0
    number: int = 0
    returns_on: date | None = None
    returns_at: time | None = None
    weekday: int | None = None
    makeups: tuple[date, ...] = ()
    country: str | None = None

    def holds(self, day: date) -> bool:
        """True if this day is one of its."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the server's calendar.toml says: days that hold in every class, and years that are complete."""

    days: tuple[OwnDay, ...] = ()
    announced: frozenset[int] = frozenset()

    def of_country(self, country: str) -> tuple[OwnDay, ...]:
        """The days that hold in a country."""
        return tuple(day for day in self.days if day.country in (None, country))


NOTHING_SET = Overrides()


def each_day(first: date, last: date) -> Iterator[date]:
    """Every day of a span."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
