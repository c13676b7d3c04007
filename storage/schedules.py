"""What is to happen later: the truth about schedules is here, never in a timer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from classroom.events import Json
from storage.database import Records
from storage.tables import Counter, ScheduleRow

WAITING = "waiting"


def plan(
    records: Records,
    name: str,
    kind: str,
    due_at: datetime,
    now: datetime,
    *,
    grace: timedelta,
    args: dict[str, Json] | None = None,
    classroom: int | None = None,
    number: int | None = None,
    by: int | None = None,
    every: str | None = None,
) -> ScheduleRow:
    """Plan something under a unique `name`; planned again, the new time holds."""
    row = waiting(records, name)
    if row is None:
        row = ScheduleRow(name=name, kind=kind, due_at=due_at, grace=0, created_at=now)
        records.add(row)
    row.kind = kind
    row.due_at = due_at
    row.grace = int(grace.total_seconds())
    row.args = args or {}
    row.classroom_id = classroom
    row.number = number
    row.created_by = by
    row.every = every
    records.flush()
    return row


def waiting(records: Records, name: str) -> ScheduleRow | None:
    """What is planned under this name."""
    return records.exec(
        select(ScheduleRow).where(ScheduleRow.name == name, ScheduleRow.state == WAITING)
    ).one_or_none()


def cancel(records: Records, name: str) -> bool:
    """Take back what is planned under a name; False if nothing was."""
    row = waiting(records, name)
    if row is not None:
        row.state = "cancelled"
    return row is not None


def get(records: Records, schedule: int) -> ScheduleRow | None:
    """The plan with this id, whatever became of it."""
    return records.get(ScheduleRow, schedule)


def take_up(records: Records, row: ScheduleRow) -> bool:
    """Let what was cancelled wait again; False if it was not, or something else has its name now."""
    if row.state != "cancelled" or waiting(records, row.name) is not None:
        return False
    row.state = WAITING
    return True


def of_classroom(records: Records, classroom: int) -> list[ScheduleRow]:
    """What is planned in a classroom, the next first."""
    return list(
        records.exec(
            select(ScheduleRow)
            .where(ScheduleRow.classroom_id == classroom, ScheduleRow.state == WAITING)
            .order_by(col(ScheduleRow.due_at))
        ).all()
    )


def due(records: Records, now: datetime, limit: int = 200) -> list[ScheduleRow]:
    """What has fallen due, oldest first, locked against other processes."""
    return list(
        records.exec(
            select(ScheduleRow)
            .where(ScheduleRow.state == WAITING, ScheduleRow.due_at <= now)
            .order_by(col(ScheduleRow.due_at), col(ScheduleRow.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
    )


def next_at(records: Records) -> datetime | None:
    """When the next schedule falls due."""
    return records.exec(
        select(func.min(ScheduleRow.due_at)).where(ScheduleRow.state == WAITING)
    ).one_or_none()


def next_number(records: Records, classroom: int, kind: str) -> int:
    """The next of the numbers 1, 2, 3 … that people use within their classroom."""
    row = records.exec(
        select(Counter).where(Counter.classroom_id == classroom, Counter.kind == kind).with_for_update()
    ).one_or_none()
    if row is None:
        row = Counter(classroom_id=classroom, kind=kind)
        records.add(row)
    row.last += 1
    records.flush()
    return row.last
