"""The evening before the children are back, the group is reminded of day and time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta

from classroom.effects import Effect, Post
from classroom.events import Due
from classroom.text import PrivateText
from handlers.aside import own
from handlers.feature import Feature
from handlers.holiday import draft as drafting
from handlers.holiday import school
from handlers.holiday.words import facts_of_row, returns_in, weekday_text
from handlers.room import Room
from handlers.schedule_lines import Planned
from storage import calendar, identity, notices, schedules
from storage.places import places_of
from storage.tables import HolidayRow, ScheduleRow

GRACE = timedelta(hours=3)


def attach(feature: Feature) -> None:
    """Declare what this part waits for."""
    feature.due("holiday.return")(remind)


def plan(row: HolidayRow, text: str, room: Room) -> None:
    """Plan the reminder by what the words say; words that leave it open are asked about that evening."""
    back = returns_in(text, row, room)
    if back is not None:
        row.returns_on, row.returns_at = back[0], f"{back[1]:%H:%M}" if back[1] else None
    at = school.evening_before(row.returns_on, room.zone)
    name = f"holiday-return/{row.id}"
    if at <= room.now:
        schedules.cancel(room.db, name)
        return
    schedules.plan(
        room.db,
        name,
        "holiday.return",
        at,
        room.now,
        grace=GRACE,
        args={"row": row.id},
        classroom=room.here.id,
        by=room.actor.person if room.actor else None,
    )


def look_again(room: Room) -> None:
    """Words may have been corrected since: then the reminder moves with them."""
    for row in calendar.not_back_yet(room.db, room.here.id, room.today.date()):
        notice = notices.get(room.db, row.notice_id, room.here.id)
        waiting = schedules.waiting(room.db, f"holiday-return/{row.id}")
        if notice is not None and waiting is not None and notice.state in drafting.STANDS:
            plan(row, notice.text, room)


def remind(due: Due, room: Room) -> Iterable[Effect]:
    """Remind the group; where the words say nothing clear, or it is too late, the teachers hear of it."""
    row = _row(room.db.get(ScheduleRow, due.schedule), room)
    notice = notices.get(room.db, row.notice_id, room.here.id) if row is not None else None
    if row is None or notice is None or notice.state not in drafting.STANDS:
        return []
    facts, back = facts_of_row(row, room), returns_in(notice.text, row, room)
    if facts is None or row.returns_on <= room.today.date():
        return []
    if due.missed or back is None or back[0] != row.returns_on:
        return _tell_teachers("holiday.return_missed" if due.missed else "holiday.return_unclear", row, room)
    return _post(*back, room)


def _post(day: date, at: time | None, room: Room) -> list[Effect]:
    say = room.say_class
    makeup = school.calendar_of(room).makeup_on(day)
    text = say.group(
        "holiday.back_tomorrow",
        day=school.day_text(day, say, room),
        at=f"{at:%H:%M}" if at else "",
        makeup=makeup is not None,
        follows=weekday_text(makeup.follows, say) if makeup else "",
    )
    return [
        Post(identity.group_address(chat), text, handle=f"holiday-back/{day.isoformat()}")
        for chat in places_of(room.db, room.here.id, room.now)
    ]


def _tell_teachers(block: str, row: HolidayRow, room: Room) -> list[Effect]:
    told: list[Effect] = []
    facts = facts_of_row(row, room)
    for person in room.teachers():
        say = room.say_to(person)
        text = say.private(block, name=facts.name if facts else "", classroom=room.here.name)
        told += room.tell_person(person, text, quiet=room.hours_of(person), park=True)
    return told


def _row(planned: ScheduleRow | None, room: Room) -> HolidayRow | None:
    return calendar.get_holiday(room.db, planned.args.get("row") if planned else None, room.here.id)


# --- in /schedule --------------------------------------------------------------------------------


def _back_line(planned: ScheduleRow, room: Room) -> PrivateText | None:
    return _line("holiday.line_return", planned, room)


def _auto_line(planned: ScheduleRow, room: Room) -> PrivateText | None:
    row = _row(planned, room)
    draft = drafting.open_draft(row.draft_id, room) if row is not None else None
    sure = draft is not None and row is not None and drafting.goes_by_itself(draft, row, room)
    return _line("holiday.line_auto", planned, room) if sure else None


def _line(block: str, planned: ScheduleRow, room: Room) -> PrivateText | None:
    row = _row(planned, room)
    facts = facts_of_row(row, room) if row is not None else None
    return own(room).private(block, name=facts.name) if facts is not None else None


LINES = {"holiday.return": Planned(_back_line), "holiday.auto": Planned(_auto_line)}
