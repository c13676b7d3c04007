"""The calendar of the class at hand, and what the class has set about its holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.room import Room
from scheduler.calendar import Holiday, OwnDay, SchoolCalendar
from scheduler.calendar.days import Kind
from scheduler.when.moments import later_if_skipped
from storage import calendar, classrooms
from storage.tables import CalendarDay
from templates.render import Say

AUTO, GREETINGS, BACK_AT = "holidays_auto", "greetings", "back_at"
"""The settings of a class in which this stands."""

NAMES_IN = {"zh_CN": "zh_CN", "zh_TW": "zh_TW", "en": "en_US"}
"""What our languages are called where the names of official holidays come from."""

EVENING = time(18)
"""When the evening before begins, on which what waits is settled."""

LONG = ("春节", "国庆节")
"""Holidays for which families make plans early."""


def calendar_of(room: Room, say: Say | None = None) -> SchoolCalendar:
    """The class's calendar, with names in the class's language (or that of `say`)."""
    own = [own_day(row) for row in calendar.days(room.db, room.here.id)]
    language = NAMES_IN.get((say or room.say_class).language, "")
    return SchoolCalendar(room.here.country, own, room.instance.defaults.calendar, language)


def own_day(row: CalendarDay) -> OwnDay:
    """A row of the class's own as the calendar takes it."""
    return OwnDay(
        Kind(row.kind),
        row.name,
        row.first,
        row.last,
        row.id,
        row.number,
        row.returns_on,
        clock(row.returns_at),
        row.weekday,
    )


def clock(text: str | None) -> time | None:
    """A time as it is kept: 06:20."""
    return time.fromisoformat(text) if text else None


def lead_of(holiday: Holiday, room: Room) -> int:
    """How many days before it a holiday's notice is drafted."""
    defaults = room.instance.defaults
    long = any(name in (holiday.name, *holiday.other_names) for name in LONG) or any(
        name in holiday.key for name in LONG
    )
    return defaults.long_lead_days if long else defaults.lead_days


def auto(room: Room) -> bool:
    """True where a notice may go out by itself."""
    wish = room.here.settings.get(AUTO)
    return wish if isinstance(wish, bool) else room.instance.defaults.holidays_auto


def greets(room: Room) -> bool:
    """True where families are wished well on festivals."""
    return room.here.settings.get(GREETINGS) is True


def back_at(room: Room) -> time | None:
    """The time by which this class is back after holidays, if its teacher has said so."""
    wish = room.here.settings.get(BACK_AT)
    return clock(wish) if isinstance(wish, str) else None


def change(room: Room, name: str, value: bool | str | None) -> None:
    """Set one of these."""
    classrooms.change_setting(room.here, name, value)


def evening_before(day: date, zone: ZoneInfo) -> datetime:
    """The evening before a day, in UTC."""
    return later_if_skipped(day - timedelta(days=1), EVENING, zone).astimezone(UTC)


def day_text(day: date, say: Say, room: Room) -> str:
    """A day by its date, never as tomorrow: what is sent is read on other days too."""
    noon = datetime.combine(day, time(12), room.zone)
    from_there = noon.replace(month=7, day=15) if day.month < 6 else noon.replace(month=1, day=15)
    return say.day(noon, room.zone, from_there)


def span_text(first: date, last: date, say: Say, room: Room) -> str:
    """A span as people say it; one day alone is said once."""
    if first == last:
        return day_text(first, say, room)
    joiner = " to " if say.language == "en" else "至"
    return f"{day_text(first, say, room)}{joiner}{day_text(last, say, room)}"


def public_name(name: str, say: Say, room: Room) -> str:
    """What a day is called where everybody reads it: a child that came later may be called so."""
    return say.label("calendar.unnamed").text if room.roster.mentioned_in(name) else name
