"""The school calendar: a class's own days, what became of its holidays, its points, and its feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, exists, insert
from sqlmodel import col, select

from classroom.events import Json
from storage import schedules
from storage.database import Records
from storage.tables import (
    CalendarDay,
    CalendarFeed,
    Classroom,
    HolidayPoint,
    HolidayRow,
    Notice,
    ScheduleRow,
)

DRAFT, LIVE, GONE = "draft", "live", "gone"
ASKED, UNKNOWN, SENT, SKIPPED, HELD = "asked", "unknown", "sent", "skipped", "held"
LOOK = "holiday.look"
"""The kind of the plan by which a class looks ahead."""


# --- the class's own days ------------------------------------------------------------------------


def days(records: Records, classroom: int) -> list[CalendarDay]:
    """What a class has set, oldest first."""
    return list(
        records.exec(
            select(CalendarDay)
            .where(CalendarDay.classroom_id == classroom, CalendarDay.state == LIVE)
            .order_by(col(CalendarDay.id))
        ).all()
    )


def get_day(records: Records, day: Json, classroom: int) -> CalendarDay | None:
    """The row with this id, if it is this class's."""
    row = records.get(CalendarDay, day) if isinstance(day, int) else None
    return row if row is not None and row.classroom_id == classroom else None


def add_day(
    records: Records,
    classroom: int,
    kind: str,
    name: str,
    span: tuple[date, date],
    now: datetime,
    *,
    returns_on: date | None = None,
    returns_at: str | None = None,
    weekday: int | None = None,
    state: str = LIVE,
) -> CalendarDay:
    """Set something for some days; it gets the next number of the class's calendar."""
    row = CalendarDay(
        classroom_id=classroom,
        number=schedules.next_number(records, classroom, "calendar"),
        kind=kind,
        name=name,
        first=span[0],
        last=span[1],
        returns_on=returns_on,
        returns_at=returns_at,
        weekday=weekday,
        state=state,
        changed_at=now,
    )
    records.add(row)
    records.flush()
    return row


# --- what became of holidays ---------------------------------------------------------------------


def holiday(records: Records, classroom: int, key: str) -> HolidayRow | None:
    """What has become of a holiday here; None if nobody was asked yet."""
    return records.exec(
        select(HolidayRow).where(HolidayRow.classroom_id == classroom, HolidayRow.key == key)
    ).one_or_none()


def get_holiday(records: Records, row: Json, classroom: int) -> HolidayRow | None:
    """The row with this id, if it is this class's."""
    found = records.get(HolidayRow, row) if isinstance(row, int) else None
    return found if found is not None and found.classroom_id == classroom else None


def note_holiday(
    records: Records,
    classroom: int,
    key: str,
    state: str,
    span: tuple[date, date],
    returns: tuple[date, str | None],
    now: datetime,
) -> HolidayRow:
    """Remember what is being asked about a holiday; one row for each."""
    row = holiday(records, classroom, key)
    if row is None:
        row = HolidayRow(
            classroom_id=classroom,
            key=key,
            state=state,
            first=span[0],
            last=span[1],
            returns_on=returns[0],
            changed_at=now,
        )
        records.add(row)
    row.state, row.changed_at = state, now
    row.first, row.last = span
    row.returns_on, row.returns_at = returns
    row.draft_id = row.notice_id = None
    records.flush()
    return row


def not_back_yet(records: Records, classroom: int, today: date) -> list[HolidayRow]:
    """Holidays that were announced here and whose children are not back yet."""
    return list(
        records.exec(
            select(HolidayRow).where(
                HolidayRow.classroom_id == classroom,
                HolidayRow.state == SENT,
                HolidayRow.returns_on >= today,
            )
        ).all()
    )


def newest_notice(records: Records, classroom: int) -> Notice | None:
    """The notice that was made last."""
    return records.exec(
        select(Notice).where(Notice.classroom_id == classroom).order_by(col(Notice.id).desc()).limit(1)
    ).first()


def asked(records: Records, classroom: int) -> list[HolidayRow]:
    """Holidays whose draft waits for a teacher here."""
    return list(
        records.exec(
            select(HolidayRow).where(HolidayRow.classroom_id == classroom, HolidayRow.state == ASKED)
        ).all()
    )


def beside(records: Records, row: HolidayRow, state: str) -> list[HolidayRow]:
    """Other holidays of the class that are in a state and share days with this one, oldest first."""
    return list(
        records.exec(
            select(HolidayRow)
            .where(
                HolidayRow.classroom_id == row.classroom_id,
                HolidayRow.id != row.id,
                HolidayRow.state == state,
                HolidayRow.first <= row.last,
                HolidayRow.last >= row.first,
            )
            .order_by(col(HolidayRow.id))
        ).all()
    )


# --- points --------------------------------------------------------------------------------------


def points(records: Records, classroom: int) -> list[str]:
    """What this class's holiday notices end with; nothing where the first form holds."""
    return list(
        records.exec(
            select(HolidayPoint.text)
            .where(HolidayPoint.classroom_id == classroom)
            .order_by(col(HolidayPoint.id))
        ).all()
    )


def set_points(records: Records, classroom: int, texts: Iterable[str]) -> None:
    """Keep these points in this order; none: back to the first form."""
    records.connection().execute(delete(HolidayPoint).where(col(HolidayPoint.classroom_id) == classroom))
    records.add_all(HolidayPoint(classroom_id=classroom, text=text) for text in texts)
    records.flush()


# --- the feed ------------------------------------------------------------------------------------


def feed(records: Records, classroom: int) -> CalendarFeed | None:
    """The feed of a class, if its teacher has opened one."""
    return records.exec(select(CalendarFeed).where(CalendarFeed.classroom_id == classroom)).one_or_none()


def open_feed(records: Records, classroom: int, token: str, digest: str, now: datetime) -> CalendarFeed:
    """Open a feed at a new address; at the old one there is nothing any more."""
    row = feed(records, classroom)
    if row is None:
        row = CalendarFeed(
            classroom_id=classroom, digest=digest, token=token, body="", etag="", changed_at=now
        )
        records.add(row)
    row.digest, row.token, row.changed_at = digest, token, now
    records.flush()
    return row


def close_feed(records: Records, classroom: int) -> bool:
    """Close it; False if there was none."""
    row = feed(records, classroom)
    if row is not None:
        records.delete(row)
        records.flush()
    return row is not None


def feed_at(records: Records, digest: str) -> tuple[str, str, datetime] | None:
    """What stands at an address: the text, its mark and when it last changed."""
    row = records.exec(select(CalendarFeed).where(CalendarFeed.digest == digest)).one_or_none()
    return None if row is None else (row.body, row.etag, row.changed_at)


# --- looking ahead -------------------------------------------------------------------------------


def without_look(records: Records, limit: int) -> list[tuple[int, str]]:
    """Classes in which nobody looks ahead yet, each with its zone."""
    planned = exists().where(
        col(ScheduleRow.classroom_id) == col(Classroom.id),
        col(ScheduleRow.kind) == LOOK,
        col(ScheduleRow.state) == schedules.WAITING,
    )
    found = records.exec(
        select(Classroom.id, Classroom.timezone).where(Classroom.state == "active", ~planned).limit(limit)
    ).all()
    return [(number, zone) for number, zone in found]


def plan_looks(
    records: Records, looks: Sequence[tuple[int, datetime]], now: datetime, grace: timedelta
) -> None:
    """Plan the first look of many classes at once."""
    rows = [
        {
            "name": f"{LOOK}/{classroom}",
            "kind": LOOK,
            "due_at": due_at,
            "grace": int(grace.total_seconds()),
            "args": {},
            "classroom_id": classroom,
            "state": schedules.WAITING,
            "created_at": now,
        }
        for classroom, due_at in looks
    ]
    if rows:
        records.connection().execute(insert(ScheduleRow), rows)
