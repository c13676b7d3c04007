"""Looking ahead once a day: what comes is drafted and put before the teachers, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from classroom.effects import Button, Effect
from classroom.events import Due, Json
from classroom.text import PrivateText
from handlers import leave_morning, praise_even, praise_month
from handlers.aside import aside, own
from handlers.feature import Feature, Press
from handlers.holiday import changed_dates, draft, feed, reading, returning, school
from handlers.holiday.school import calendar_of
from handlers.holiday.words import facts_of
from handlers.places import is_set_up
from handlers.room import Room
from scheduler.calendar import Holiday, SchoolCalendar
from scheduler.when.moments import later_if_skipped
from storage import calendar, schedules
from storage.database import Records
from storage.tables import HolidayRow
from templates.render import Say

GRACE = timedelta(hours=20)
SPREAD = 600
"""Seconds over which the classes of a server look, so that nobody waits behind all of them."""
AT_ONCE = 5000
FARTHEST = timedelta(days=31)
OFF_ALREADY = 10
"""Days without school before a holiday, after which the children are away anyway."""


def attach(feature: Feature) -> None:
    """Declare what this part waits for."""
    feature.due(calendar.LOOK)(look)
    feature.button("holiday.fill")(fill)
    feature.button("holiday.leave")(leave)


# --- every day -----------------------------------------------------------------------------------


def plan_missing(records: Records, now: datetime, at: str) -> None:
    """See that every class looks ahead from now on: those that are new, and all after an update."""
    found = calendar.without_look(records, AT_ONCE)
    looks = [(number, _next(number, ZoneInfo(zone), now, at)) for number, zone in found]
    calendar.plan_looks(records, looks, now, GRACE)


def _next(classroom: int, zone: ZoneInfo, now: datetime, at: str) -> datetime:
    """The next moment at which a class looks ahead."""
    today = now.astimezone(zone).date()
    for day in (today, today + timedelta(days=1)):
        moment = later_if_skipped(day, time.fromisoformat(at), zone) + timedelta(seconds=classroom % SPREAD)
        if moment > now:
            break
    return moment.astimezone(UTC)


def look(due: Due, room: Room) -> Iterable[Effect]:
    """Draft what is near, and tidy up; late or missed, it is done as of now."""
    if not is_set_up(room):
        return []
    at = _next(room.here.id, room.zone, room.now, room.instance.defaults.look_at)
    name = f"{calendar.LOOK}/{room.here.id}"
    schedules.plan(room.db, name, calendar.LOOK, at, room.now, grace=GRACE, classroom=room.here.id)
    returning.look_again(room)
    feed.refresh(room)
    leave_morning.plan_list(room)
    praise_even.plan(room)
    praise_month.plan(room)
    return [*_let_go(room), *(_draft_near(room) if room.teachers() else [])]


def _let_go(room: Room) -> list[Effect]:
    """Drafts of holidays that have begun are of no use any more."""
    gone: list[Effect] = []
    for row in calendar.asked(room.db, room.here.id):
        if row.first <= room.today.date():
            gone += draft.withdraw(row, "holiday.began", room)
            row.state = calendar.SKIPPED
    return gone


def _draft_near(room: Room) -> list[Effect]:
    school_, today = calendar_of(room), room.today.date()
    effects: list[Effect] = []
    for holiday in school_.next_holidays(today, FARTHEST):
        effects += changed_dates.put_right(holiday, room)
        near = (holiday.first - today).days <= school.lead_of(holiday, room)
        if near and not _away_already(holiday, school_) and not _in_hand(holiday, room):
            effects += _put_before_teachers(holiday, room)
    return effects


def _away_already(holiday: Holiday, school_: SchoolCalendar) -> bool:
    """True in the long vacations, in which nobody has to be told of a holiday."""
    before = (holiday.first - timedelta(days=n) for n in range(1, OFF_ALREADY + 1))
    return not any(school_.is_school_day(day) for day in before)


def _in_hand(holiday: Holiday, room: Room) -> bool:
    """True if the teachers have been asked, and nothing has changed since."""
    row = calendar.holiday(room.db, room.here.id, holiday.key)
    if row is None:  # days that nobody has announced yet are not asked for beside a draft that has them
        return not holiday.announced and any(
            other.first <= holiday.last and other.last >= holiday.first
            for other in calendar.asked(room.db, room.here.id)
        )
    if row.state == calendar.UNKNOWN:
        return not holiday.announced
    if row.state != calendar.ASKED:
        return True
    same = (row.first, row.last) == (holiday.first, holiday.last) or holiday.own is not None
    return same and draft.open_draft(row.draft_id, room) is not None


def _put_before_teachers(holiday: Holiday, room: Room) -> list[Effect]:
    if not holiday.announced:
        return _ask_all(holiday, room)
    made, gone = draft.make(facts_of(holiday, room), room, room.teachers()[0])
    shown = draft.show_all(made, room)
    row = draft.row_of(made, room)
    return [*gone, *shown, *(draft.settle_beside(row, room) if row is not None else [])]


# --- a year that is not announced yet ------------------------------------------------------------


def ask_days(holiday: Holiday, room: Room, files: list[Json]) -> list[Effect]:
    """Say what is known and what is not, and wait for the days."""
    note_unknown(holiday, room)
    name = calendar_of(room, room.say_class).find(holiday.key, holiday.first) or holiday
    room.expect("holiday.days", {"name": name.name, "files": files})
    return aside(room, _unknown(holiday, own(room), room, asked=True))


def note_unknown(holiday: Holiday, room: Room) -> HolidayRow:
    """Remember that the days were asked for."""
    span = (holiday.first, holiday.last)
    return calendar.note_holiday(
        room.db, room.here.id, holiday.key, calendar.UNKNOWN, span, (holiday.last, None), room.now
    )


def _unknown(holiday: Holiday, say: Say, room: Room, *, asked: bool) -> PrivateText:
    return say.private(
        "holiday.not_announced",
        name=holiday.name,
        year=int(holiday.key.split("/")[0]),
        span=school.span_text(holiday.first, holiday.last, say, room),
        example=f"{holiday.first:%Y-%m-%d} {holiday.last:%Y-%m-%d}",
        classroom=room.here.name,
        asked=asked,
    )


def _ask_all(holiday: Holiday, room: Room) -> list[Effect]:
    row = note_unknown(holiday, room)
    told: list[Effect] = []
    for person in room.teachers():
        say = room.say_to(person)
        keys = [
            Button(say.label(f"holiday.{name}"), f"holiday.{name}", {"row": row.id}, person=person, row=1)
            for name in ("fill", "leave")
        ]
        text = _unknown(holiday, say, room, asked=False)
        told += room.tell_person(person, text, *keys, quiet=room.hours_of(person), park=True)
    return told


def fill(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for the days."""
    row = calendar.get_holiday(room.db, press.args.get("row"), room.here.id)
    holiday = calendar_of(room).find(row.key, row.first) if row is not None else None
    if row is None or holiday is None or row.state != calendar.UNKNOWN or not room.who.leads:
        return [room.toast(press.callback, own(room).label("holiday.gone"), alert=True)]
    if holiday.announced:  # meanwhile it was
        made, gone = draft.make(facts_of(holiday, room), room, room.who.person)
        return [*gone, *draft.show(made, room)]
    return ask_days(holiday, room, [])


def leave(press: Press, room: Room) -> Iterable[Effect]:
    """This time nothing is said about it."""
    row = calendar.get_holiday(room.db, press.args.get("row"), room.here.id)
    if row is None or row.state != calendar.UNKNOWN or not room.who.leads:
        return [room.toast(press.callback, own(room).label("holiday.gone"), alert=True)]
    row.state = calendar.SKIPPED
    return [room.tell(own(room).private("holiday.skipped", known=True))]


# --- by itself -----------------------------------------------------------------------------------


def switch_auto(text: str, room: Room) -> list[Effect]:
    """`/holiday auto on|off`"""
    wish = reading.switch(text)
    if wish is not None:
        school.change(room, school.AUTO, wish)
    return aside(room, own(room).private("holiday.auto", on=school.auto(room), unread=wish is None))
