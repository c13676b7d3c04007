"""The calendar that phones subscribe to: at an address nobody can guess, without a child's name in it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from classroom.events import Json
from handlers.holiday.school import calendar_of, public_name
from handlers.holiday.words import back_text, makeup_text, weekday_text
from handlers.room import Room
from scheduler.calendar import Holiday, SchoolCalendar
from scheduler.calendar.days import Kind
from scheduler.calendar.ics import Entry, render
from storage import calendar
from storage.tables import CalendarFeed

BYTES = 32
BEFORE, AHEAD = timedelta(days=60), timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry before it has a number of its own: what it is about, its days, what it says."""

    key: str
    first: date
    last: date
    title: str
    note: str = ""

    def mark(self) -> str:
        """By which a changed entry is known."""
        said = f"{self.first}|{self.last}|{self.title}|{self.note}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def open_anew(room: Room) -> CalendarFeed:
    """Open the feed at a new address."""
    token = secrets.token_urlsafe(BYTES)
    row = calendar.open_feed(room.db, room.here.id, token, room.instance.digest(token), room.now)
    refresh(room)
    return row


def address(row: CalendarFeed, room: Room) -> str:
    """Where phones find it."""
    return f"{room.instance.defaults.public_url}/calendar/{row.token}.ics"


def refresh(room: Room) -> None:
    """Write the feed anew if anything in it has changed; what has not keeps its number."""
    row = calendar.feed(room.db, room.here.id)
    if row is None:
        return
    lines = sorted(_lines(room), key=lambda line: (line.first, line.key))
    kept: dict[str, Json] = {line.key: _kept(line, row, room) for line in lines}
    if kept == row.kept and row.body:
        return
    row.kept = kept
    row.body = render(room.here.name, [_entry(line, kept[line.key], room) for line in lines])
    row.etag = hashlib.sha256(row.body.encode()).hexdigest()[:32]
    row.changed_at = room.now
    room.db.flush()


def _kept(line: Line, row: CalendarFeed, room: Room) -> Json:
    """What is remembered of an entry: its mark, how often it was changed, and when it was last."""
    before = row.kept.get(line.key)
    if isinstance(before, list) and before[0] == line.mark():
        return before
    times = before[1] if isinstance(before, list) and isinstance(before[1], int) else -1
    return [line.mark(), times + 1, room.now.isoformat()]


def _entry(line: Line, kept: Json, room: Room) -> Entry:
    assert isinstance(kept, list)
    uid = room.instance.digest(f"calendar/{room.here.id}/{line.key}")[:32]
    return Entry(
        f"{uid}@homeroom",
        line.first,
        line.last,
        line.title,
        line.note,
        kept[1] if isinstance(kept[1], int) else 0,
        datetime.fromisoformat(str(kept[2])),
    )


# --- what stands in it ---------------------------------------------------------------------------


def _lines(room: Room) -> Iterator[Line]:
    school_, today = calendar_of(room), room.today.date()
    first, last = today - BEFORE, today + AHEAD
    for holiday in school_.holidays(first, last):
        yield _holiday(holiday, school_, room)
    for makeup in school_.makeups(first, last):
        follows = weekday_text(makeup.follows, room.say_class)
        title = room.say_class.label("calendar.makeup", follows=follows).text
        yield Line(f"makeup/{makeup.day}", makeup.day, makeup.day, title)
    for event in school_.own(Kind.EVENT, first, last):
        yield Line(
            f"event/{event.id}/{event.first}",
            event.first,
            event.last,
            public_name(event.name, room.say_class, room),
        )
    for term in school_.own(Kind.TERM, first, last):
        for word, day in (("begins", term.first), ("ends", term.last)):
            yield Line(f"term/{term.id}/{word}", day, day, room.say_class.label(f"calendar.term_{word}").text)


def _holiday(holiday: Holiday, school_: SchoolCalendar, room: Room) -> Line:
    say, name = room.say_class, public_name(holiday.name, room.say_class, room)
    if not holiday.announced:
        title = say.label("calendar.not_announced", name=name).text
        return Line(holiday.key, holiday.first, holiday.last, title)
    back = back_text(school_.back_on(holiday), holiday.returns_at, say, room)
    notes = [back, *(makeup_text(m, say, room) for m in school_.makeups_of(holiday))]
    title = say.label("calendar.holiday", name=name).text
    return Line(holiday.key, holiday.first, holiday.last, title, "\n".join(notes))
