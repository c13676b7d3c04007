"""/calendar: the coming weeks, and the address by which phones subscribe to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from classroom.effects import Button, Effect
from classroom.folding import fold
from classroom.text import PrivateText
from handlers.aside import aside, own
from handlers.feature import Command, Feature, Press, Who
from handlers.holiday import feed
from handlers.holiday.school import calendar_of, day_text, public_name, span_text
from handlers.holiday.words import weekday_text
from handlers.room import Room
from scheduler.calendar import Holiday, SchoolCalendar
from scheduler.calendar.days import Kind
from storage import calendar

feature = Feature("calendar")
WEEKS = timedelta(weeks=8)
_LINK = ("订阅", "链接", "link", "subscribe", "feed")
_NEW = frozenset({"new", "换", "更换", "新", "重新生成", "换新", "换一个"})
_OFF = frozenset({"off", "关", "关闭", "取消", "停用"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the coming weeks: its first day, for the order, and how it reads."""

    day: date
    text: PrivateText


@feature.command("calendar", "校历", "日历", who=Who.ANYONE)
def show(command: Command, room: Room) -> Iterable[Effect]:
    """The coming weeks; `link`, `link new` and `link off` for phones."""
    typed = fold(command.text).text.strip().casefold()
    word = next((w for w in _LINK if typed.startswith(w)), None)
    if word is not None:
        return link(typed[len(word) :].strip(), room)
    return weeks(room, unread=bool(typed))


def weeks(room: Room, *, unread: bool = False) -> list[Effect]:
    """What comes in the next weeks, by its day."""
    school_, today, say = calendar_of(room, own(room)), room.today.date(), own(room)
    last = today + WEEKS
    entries = sorted(_entries(school_, today, last, room), key=lambda e: e.day)
    later = next((h for h in school_.next_holidays(today) if h.first > last), None)
    text = say.private(
        "calendar.weeks",
        classroom=room.here.name,
        lines=[entry.text for entry in entries],
        later=_holiday(later, school_, room).text if later else None,
        unread=unread,
        unknown=[y for y in dict.fromkeys((today.year, last.year)) if not school_.announced(y)],
    )
    return aside(room, text, *_keys(room))


def _keys(room: Room) -> list[Button]:
    if not room.who.leads and calendar.feed(room.db, room.here.id) is None:
        return []
    return [Button(own(room).label("calendar.link"), "calendar.link", person=room.who.person)]


def _entries(school_: SchoolCalendar, first: date, last: date, room: Room) -> Iterable[Entry]:
    say = own(room)
    for holiday in school_.holidays(first, last):
        yield _holiday(holiday, school_, room)
    for makeup in school_.makeups(first, last):
        follows = weekday_text(makeup.follows, say)
        day = day_text(makeup.day, say, room)
        text = say.private("calendar.makeup_line", day=day, name=makeup.holiday, follows=follows)
        yield Entry(makeup.day, text)
    for event in school_.own(Kind.EVENT, first, last):
        span = span_text(event.first, event.last, say, room)
        yield Entry(
            event.first,
            say.private("calendar.event_line", span=span, name=public_name(event.name, say, room)),
        )
    for term in school_.own(Kind.TERM, first, last):
        for word, that in (("begins", term.first), ("ends", term.last)):
            if first <= that <= last:
                when = day_text(that, say, room)
                yield Entry(
                    that,
                    say.private(
                        "calendar.term_line", day=when, word=word, name=public_name(term.name, say, room)
                    ),
                )


def _holiday(holiday: Holiday, school_: SchoolCalendar, room: Room) -> Entry:
    say = own(room)
    text = say.private(
        "calendar.holiday_line",
        span=span_text(holiday.first, holiday.last, say, room),
        name=public_name(holiday.name, say, room),
        days=holiday.days,
        announced=holiday.announced,
        back=day_text(school_.back_on(holiday), say, room),
        at=f"{holiday.returns_at:%H:%M}" if holiday.returns_at else "",
    )
    return Entry(holiday.first, text)


# --- for phones ----------------------------------------------------------------------------------


@feature.button("calendar.link")
def pressed(press: Press, room: Room) -> Iterable[Effect]:
    """The button under the coming weeks, and those under the address."""
    what = press.args.get("what")
    return link(what if isinstance(what, str) else "", room)


def link(typed: str, room: Room) -> list[Effect]:
    """Tell the address; a teacher opens, replaces and closes it."""
    row, say = calendar.feed(room.db, room.here.id), own(room)
    if not room.instance.defaults.public_url:
        return aside(room, say.private("calendar.no_address", leads=room.who.leads))
    if not room.who.leads:
        if row is not None and not typed and (room.who.roles or room.who.guardian_of):
            return _told(room, new=False)
        return aside(room, say.private("calendar.ask_teacher", opened=row is not None))
    if typed in _OFF:
        closed = calendar.close_feed(room.db, room.here.id)
        return aside(room, say.private("calendar.closed", was=closed))
    if typed and typed not in _NEW:
        return aside(room, say.private("calendar.link_unread"))
    if row is None or typed in _NEW:
        feed.open_anew(room)
    return _told(room, new=row is not None and typed in _NEW)


def _told(room: Room, *, new: bool) -> list[Effect]:
    row, say = calendar.feed(room.db, room.here.id), own(room)
    if row is None:
        raise LookupError("a feed that was just opened is there")
    keys = [
        Button(say.label(f"calendar.{what}"), "calendar.link", {"what": what}, person=room.who.person, row=1)
        for what in (("new", "off") if room.who.leads else ())
    ]
    text = say.private("calendar.address", address=feed.address(row, room), new=new, leads=room.who.leads)
    return aside(room, text, *keys)
