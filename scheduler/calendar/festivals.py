"""Days on which people wish each other well, by the library `lunar-python`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

GREETED = {
    "元旦节": "new_year",
    "春节": "spring",
    "元宵节": "lantern",
    "母亲节": "mother",
    "儿童节": "children",
    "端午节": "dragon_boat",
    "父亲节": "father",
    "中秋节": "mid_autumn",
    "国庆节": "national",
    "重阳节": "double_ninth",
}
"""Festivals by the library's name, with ours; not 教师节, on which nobody is to be reminded of teachers."""


@dataclass(frozen=True, slots=True)
class Festival:
    """A festival's day; `name` is by which its words are found."""

    day: date
    name: str


@lru_cache(maxsize=16)
def of_year(year: int) -> tuple[Festival, ...]:
    """A year's festivals in their order; where two fall on one day, the first of them."""
    from lunar_python import Solar  # noqa: PLC0415 - takes 50 ms, and few classes want it

    found: list[Festival] = []
    day = date(year, 1, 1)
    while day.year == year:
        solar = Solar.fromYmd(day.year, day.month, day.day)
        named = [
            GREETED[n] for n in (*solar.getLunar().getFestivals(), *solar.getFestivals()) if n in GREETED
        ]
        found += [Festival(day, name) for name in named[:1]]
        day += timedelta(days=1)
    return tuple(found)


def after(day: date) -> Festival:
    """The next festival behind a day."""
    return next(f for year in (day.year, day.year + 1) for f in of_year(year) if f.day > day)


def on(day: date) -> Festival | None:
    """The festival that a day is."""
    return next((f for f in of_year(day.year) if f.day == day), None)
