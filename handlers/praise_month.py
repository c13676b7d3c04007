"""On the month's last day of school its honours are offered to the teacher alone, to post or to leave."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, time, timedelta

from classroom.effects import Button, Effect, Tell
from classroom.events import Due
from classroom.folding import fold
from handlers import praise_list
from handlers.aside import aside, own
from handlers.feature import Feature, Press
from handlers.holiday.school import calendar_of
from handlers.praise_even import OFF_WORDS, ON_WORDS
from handlers.room import Room
from scheduler.school_days import is_school_day
from scheduler.when.moments import later_if_skipped
from storage import classrooms, schedules
from storage.tables import ScheduleRow

SETTING, OFF = "honours_offered", "off"
AT = time(16)
"""When lessons are over and the teacher is still awake to it."""

GRACE = timedelta(days=5)
ASKED = re.compile(r"(?:月底|month(?:ly)?)(?![a-z])\s*[:：]?\s*(?P<wish>\S*)", re.I)


def attach(feature: Feature) -> None:
    """Declare what the clock brings, and the button that ends it."""
    feature.due("praise.month")(offer)
    feature.button("praise.month_off")(switch_off)


def plan(room: Room) -> None:
    """See that the offer of this month is planned for what is its last day of school as things are now."""
    name, day = f"praise.month/{room.here.id}", _last_school_day(room)
    at = later_if_skipped(day, AT, room.zone).astimezone(UTC) if day else None
    if room.here.settings.get(SETTING) == OFF or at is None:
        schedules.cancel(room.db, name)
    elif at > room.now:
        args = {"month": f"{day:%Y-%m-01}"}
        schedules.plan(
            room.db, name, "praise.month", at, room.now, grace=GRACE, args={**args}, classroom=room.here.id
        )


def _last_school_day(room: Room) -> date | None:
    today, calendar = room.today.date(), calendar_of(room)
    following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    back = (following - timedelta(days=n) for n in range(1, 32))
    return next((d for d in back if d.month == today.month and is_school_day(d, calendar)), None)


def offer(due: Due, room: Room) -> Iterable[Effect]:
    """The list as a draft, if anybody was praised; missed by days, nothing is said any more."""
    planned = room.db.get(ScheduleRow, due.schedule)
    month, teachers = planned.args.get("month") if planned else None, room.teachers()
    if due.missed or not isinstance(month, str) or not teachers or room.here.settings.get(SETTING) == OFF:
        return []
    person = teachers[0]
    draft = praise_list.of_month(date.fromisoformat(month), person, room)
    if draft is None:
        return []
    text, keys, files = draft
    off = Button(room.say_to(person).label("praise.month_off"), "praise.month_off", person=person, row=9)
    told = room.tell_person(person, text, *keys, off, quiet=room.hours_of(person), park=True)
    return [praise_list.with_picture(e, files) if isinstance(e, Tell) else e for e in told]


def change(asked: re.Match[str], room: Room) -> list[Effect]:
    """`/praise month on|off`; bare: how it is."""
    wish = fold(asked["wish"]).text.casefold()
    if wish and not room.who.leads:
        return aside(room, own(room).private("praise.titles_by_teacher"))
    if wish in OFF_WORDS or wish in ON_WORDS:
        classrooms.change_setting(room.here, SETTING, OFF if wish in OFF_WORDS else None)
        plan(room)
    on = room.here.settings.get(SETTING) != OFF
    return aside(room, own(room).private("praise.month_is", on=on))


def switch_off(press: Press, room: Room) -> Iterable[Effect]:
    """The button under the offer: never again."""
    if not room.who.leads:
        return [room.edit(press.handle, own(room).private("praise.gone"))]
    classrooms.change_setting(room.here, SETTING, OFF)
    plan(room)
    return [room.tell(own(room).private("praise.month_is", on=False))]
