"""The words of a holiday's notice, and finding in them when the children are back."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from classroom import markup
from handlers.holiday.school import back_at, calendar_of, clock, day_text, span_text
from handlers.room import Room
from scheduler.calendar import Holiday, Makeup
from scheduler.when import When, WhenError, read_when
from storage import calendar
from storage.tables import HolidayRow
from templates.render import Say

_BACK = re.compile(
    r"^\W*(?:返校|到校|回校|收假|开学|back at school|back)[^:：\n]{0,6}[:：]\s*(?P<when>[^\n]+)", re.M | re.I
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a holiday's notice says: its days, make-up days, and when the children are back."""

    key: str
    name: str
    first: date
    last: date
    returns_on: date
    returns_at: time | None = None
    makeups: tuple[Makeup, ...] = ()
    own: int | None = None


def facts_of(holiday: Holiday, room: Room) -> Facts:
    """What is known of a holiday here."""
    school = calendar_of(room)
    return Facts(
        holiday.key,
        holiday.name,
        holiday.first,
        holiday.last,
        school.back_on(holiday),
        holiday.returns_at or back_at(room),
        ahead(school.makeups_of(holiday), room),
        holiday.own,
    )


def facts_of_row(row: HolidayRow, room: Room) -> Facts | None:
    """The same for a holiday that was drafted already; None where it is no holiday any more."""
    if row.key.startswith("own/"):
        day = calendar.get_day(room.db, int(row.key.removeprefix("own/")), room.here.id)
        if day is None or day.state == calendar.GONE:
            return None
        name, found = day.name, calendar_of(room).find(row.key, row.first)
        own: int | None = day.id
    else:
        found = calendar_of(room).find(row.key, row.first)
        if found is None:
            return None
        name, own = found.name, None
    makeups = ahead(calendar_of(room).makeups_of(found), room) if found else ()
    return Facts(row.key, name, row.first, row.last, row.returns_on, clock(row.returns_at), makeups, own)


def ahead(makeups: list[Makeup], room: Room) -> tuple[Makeup, ...]:
    """Those that are still to come; of what is over nobody has to be told."""
    return tuple(m for m in makeups if m.day >= room.today.date())


def words_of(facts: Facts, room: Room) -> str:
    """The notice as plain text in the class's language, which the teacher may change as a whole."""
    say = room.say_class
    text = say.group(
        "holiday.notice",
        name=facts.name,
        span=span_text(facts.first, facts.last, say, room),
        days=(facts.last - facts.first).days + 1,
        makeups=[makeup_text(m, say, room) for m in facts.makeups],
        back=back_text(facts.returns_on, facts.returns_at, say, room),
        points=points_of(room),
    )
    return markup.plain(text.body).strip()


def makeup_text(makeup: Makeup, say: Say, room: Room) -> str:
    """A make-up day with whose timetable it has, as far as that is known."""
    return say.label(
        "holiday.makeup", day=day_text(makeup.day, say, room), follows=weekday_text(makeup.follows, say)
    ).text


def weekday_text(weekday: int | None, say: Say) -> str:
    """A weekday by its name; nothing for none."""
    return "" if weekday is None else say.label("holiday.weekday", number=weekday).text


def back_text(day: date, at: time | None, say: Say, room: Room) -> str:
    """When the children are back."""
    return say.label("holiday.back", day=day_text(day, say, room), at=f"{at:%H:%M}" if at else "").text


def points_of(room: Room) -> list[str]:
    """The class's own list of points; until it has one, the first form."""
    return calendar.points(room.db, room.here.id) or first_points(room)


def first_points(room: Room) -> list[str]:
    """The points that every class begins with."""
    lines = markup.plain(room.say_class.group("holiday.first_points").body).splitlines()
    return [line.strip() for line in lines if line.strip()]


def returns_in(text: str, row: HolidayRow, room: Room) -> tuple[date, time | None] | None:
    """When the children are back by the words that were sent; None where the words do not say it clearly."""
    if back_text(row.returns_on, clock(row.returns_at), room.say_class, room) in text:
        return row.returns_on, clock(row.returns_at)
    found = _BACK.search(text)
    when = _read(found["when"], row, room) if found else None
    if when is None:
        return None
    local = when.at(time()).astimezone(room.zone)
    return local.date(), local.time() if when.has_time else None


def _read(typed: str, row: HolidayRow, room: Room) -> When | None:
    """A day, with or without a time, as seen from the holiday's first day."""
    from_there = datetime.combine(row.first, time(), room.zone) - timedelta(days=1)
    when = read_when(typed, from_there, room.zone)
    if isinstance(when, WhenError):
        return None
    day = when.at(time()).astimezone(room.zone).date()
    return when if row.last <= day <= row.last + timedelta(days=14) else None


def with_return(facts: Facts, on: date | None, at: time | None) -> Facts:
    """The same with another return; what is not said stays."""
    return replace(facts, returns_on=on or facts.returns_on, returns_at=at or facts.returns_at)
