"""What is planned with a notice that is out: the first reminder, the end of its pin, its own end."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from handlers import notice_ladder
from handlers.room import Room
from scheduler.nudging import nudge_at
from scheduler.when.moments import later_if_skipped
from scheduler.when.named import named_days
from storage import notices, schedules
from storage.tables import Notice

STANDS = timedelta(days=7)
NUDGE_GRACE = timedelta(hours=6)
HOUSEKEEPING = timedelta(days=365)
"""What tidies up is done however late."""


def plan(row: Notice, room: Room, shown: str) -> None:
    """Plan the first step of reminding, the end of the pin and of the notice itself, from this moment on."""
    named = named_days(row.text, room.now, room.zone)
    row.names_date = named.first if named else None
    row.ends_at = room.now + STANDS
    if named:
        row.ends_at = later_if_skipped(named.last + timedelta(days=1), time(), room.zone)
    room.db.flush()
    _plan(row, room, "over", row.ends_at, shown, HOUSEKEEPING)
    if row.pinned and row.ends_at > room.now + STANDS:
        _plan(row, room, "unpin", room.now + STANDS, shown, HOUSEKEEPING)
    if row.receipts:
        _plan_first_step(row, room, shown)


def _plan_first_step(row: Notice, room: Room, shown: str) -> None:
    """The nudge; where nobody is to be reminded, the teacher's list when it would have come."""
    if row.audience == notices.COMMITTEE and not notices.families(room.db, row):
        return  # nobody on it is linked to a child
    steps = notice_ladder.of(row, room)
    at = nudges_at(row, steps.nudge or notice_ladder.WITHOUT_NUDGE, room)
    if row.ends_at is not None and at >= row.ends_at:
        return
    if steps.nudge is not None:
        _plan(row, room, "nudge", at, shown, NUDGE_GRACE)
    elif steps.calls is not None:
        _plan(row, room, "missing", at, shown, NUDGE_GRACE)


def nudges_at(row: Notice, after: timedelta, room: Room) -> datetime:
    """When those who have not confirmed by then are reminded."""
    literal = row.ladder.get(notice_ladder.NUDGE) is not None
    return nudge_at(
        room.now, after, room.quiet, room.zone, urgent=row.urgent, literal=literal, before=row.names_date
    )


def _plan(row: Notice, room: Room, what: str, at: datetime, shown: str, grace: timedelta) -> None:
    schedules.plan(
        room.db,
        f"notice-{what}/{row.id}",
        f"notice.{what}",
        at,
        room.now,
        grace=grace,
        args={"notice": row.id, "shown": shown},
        classroom=room.here.id,
        by=row.by_person,
    )


def unplan(row: Notice, room: Room) -> None:
    """Nothing is to happen with it any more."""
    for what in ("send", "over", "unpin", "nudge", "missing"):
        schedules.cancel(room.db, f"notice-{what}/{row.id}")
