"""calendar.toml: what whoever runs the server adds to the official holidays, or puts right about them."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from scheduler.calendar.days import Kind, Overrides, OwnDay
from scheduler.when.words import weekday

LONGEST = timedelta(days=120)
LONGEST_NAME = 40
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _read_weekday(value: object) -> object:
    word = value.strip().lower()[:3] if isinstance(value, str) else ""
    if word in _WEEKDAYS:
        return _WEEKDAYS.index(word)
    if word[:1] in ("周", "星") and word[-1] in "一二三四五六日天":
        return weekday(word[-1])
    raise ValueError('follows: write a weekday as "mon" or "周一"')


class _Span(BaseModel):
    """`day`, or `first` and `last`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: date | None = None
    first: date | None = None
    last: date | None = None
    country: str | None = Field(default=None, pattern="^[A-Z]{2}$")

    @model_validator(mode="after")
    def _is_a_span(self) -> _Span:
        first, last = self.span
        if (self.day is None) == (self.first is None) or last < first or last - first > LONGEST:
            raise ValueError("give either `day`, or `first` and a `last` that is not before it")
        return self

    @property
    def span(self) -> tuple[date, date]:
        """First and last day."""
        first = self.day or self.first or date.max
        return first, self.day or self.last or first


class _Holiday(_Span):
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    makeup: tuple[date, ...] = ()


class _School(_Span):
    name: str = Field(default="", max_length=LONGEST_NAME)
    follows: Annotated[int | None, BeforeValidator(_read_weekday)] = None


class _Event(_Span):
    name: str = Field(min_length=1, max_length=LONGEST_NAME)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    announced: frozenset[int] = frozenset()
    holiday: tuple[_Holiday, ...] = ()
    school: tuple[_School, ...] = ()
    event: tuple[_Event, ...] = ()


def read_overrides(text: str) -> Overrides:
    """Read the file; ValueError names the place and what is wrong there, in one line."""
    try:
        found = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise ValueError(_where(first["loc"]) + first["msg"].removeprefix("Value error, ")) from None
    made = [
        *(_own(Kind.OFF, h, h.name, makeups=h.makeup) for h in found.holiday),
        *(_own(Kind.SCHOOL, s, s.name, weekday=s.follows) for s in found.school),
        *(_own(Kind.EVENT, e, e.name) for e in found.event),
    ]
    return Overrides(tuple(made), found.announced)


def _where(places: tuple[int | str, ...]) -> str:
    """[[holiday]] 2 last, as a person finds it in the file."""
    words = [
        f"[[{p}]]" if n == 0 and len(places) > 1 else str(p + 1 if isinstance(p, int) else p)
        for n, p in enumerate(places)
    ]
    return f"{' '.join(words)}: " if words else ""


def _own(
    kind: Kind, span: _Span, name: str, *, makeups: tuple[date, ...] = (), weekday: int | None = None
) -> OwnDay:
    first, last = span.span
    return OwnDay(kind, name, first, last, makeups=makeups, weekday=weekday, country=span.country)
