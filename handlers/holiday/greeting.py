"""One line on a festival, in the teacher's name; off until the teacher wants it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from classroom import markup
from classroom.effects import Effect, Post
from classroom.events import Due
from classroom.text import PrivateText
from handlers.aside import aside, own
from handlers.feature import Feature
from handlers.holiday import reading, school
from handlers.places import is_set_up
from handlers.room import Room
from handlers.schedule_lines import Planned
from scheduler.calendar import festivals
from scheduler.calendar.festivals import Festival
from scheduler.when.moments import later_if_skipped
from storage import guardians, identity, schedules
from storage.places import places_of
from storage.tables import ScheduleRow

KIND = "holiday.greet"
AT = time(8)
GRACE = timedelta(hours=10)


def attach(feature: Feature) -> None:
    """Declare what this part waits for."""
    feature.due(KIND)(greet)


def switch(text: str, room: Room) -> list[Effect]:
    """`/holiday greetings on|off`"""
    wish = reading.switch(text)
    if wish is not None:
        school.change(room, school.GREETINGS, True if wish else None)
        plan(room)
    on = school.greets(room)
    festival, say = festivals.after(room.today.date()), own(room)
    text_ = say.private(
        "holiday.greetings",
        on=on,
        unread=wish is None,
        next=school.day_text(festival.day, say, room),
        example=_words(festival, room) if on else None,
    )
    return aside(room, text_)


def plan(room: Room) -> None:
    """Plan the next greeting; none where they are off."""
    name = f"{KIND}/{room.here.id}"
    if not school.greets(room):
        schedules.cancel(room.db, name)
        return
    at = _next_morning(room)
    args = {"day": at.astimezone(room.zone).date().isoformat()}
    schedules.plan(room.db, name, KIND, at, room.now, grace=GRACE, args={**args}, classroom=room.here.id)


def _next_morning(room: Room) -> datetime:
    today = room.today.date()
    near = festivals.on(today)
    for festival in (*((near,) if near else ()), festivals.after(today)):
        at = later_if_skipped(festival.day, AT, room.zone)
        at = room.quiet.over(at) if room.quiet is not None else at
        if at > room.now:
            break
    return at.astimezone(UTC)


def greet(due: Due, room: Room) -> Iterable[Effect]:
    """Wish everybody well, on the day itself and on no other."""
    plan(room)
    row = room.db.get(ScheduleRow, due.schedule)
    festival = _of(row)
    today = room.today.date()
    if due.missed or festival is None or festival.day != today:
        return []
    if not is_set_up(room) or not school.greets(room):
        return []
    text = room.say_class.group("holiday.greeting", festival=festival.name, by=_teacher(room))
    return [Post(identity.group_address(chat), text) for chat in places_of(room.db, room.here.id, room.now)]


def _words(festival: Festival, room: Room) -> str:
    text = room.say_class.group("holiday.greeting", festival=festival.name, by=_teacher(room))
    return markup.plain(text.body)


def _teacher(room: Room) -> str:
    teachers = room.teachers()
    return guardians.display_name(room.db, teachers[0]) if teachers else ""


def _of(row: ScheduleRow | None) -> Festival | None:
    day = row.args.get("day") if row is not None else None
    return festivals.on(date.fromisoformat(day)) if isinstance(day, str) else None


def _line(row: ScheduleRow, room: Room) -> PrivateText | None:
    festival = _of(row)
    if festival is None:
        return None
    name = own(room).label("holiday.festival", name=festival.name)
    return own(room).private("holiday.line_greeting", festival=name)


LINES = {KIND: Planned(_line, cancellable=False)}
