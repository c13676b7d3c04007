"""Events that came in: stored once under their key, handled in order, forgotten after days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Records
from storage.tables import EventRow

EVENTS = EventRow.metadata.tables["events"]
KEEP_KEYS = timedelta(days=3)
KEEP_FAILED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be stored; `ready_at` later than now lets its album gather."""

    key: str
    source: str
    raw: str
    ready_at: datetime
    album: str | None = None


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """A stored event that nobody has handled yet."""

    id: int
    key: str
    source: str
    raw: str
    album: str | None


def store_events(records: Records, events: Sequence[NewEvent], now: datetime) -> int:
    """Store what is new among `events`; what is known already changes nothing. Gives how many were new."""
    if not events:
        return 0
    rows = [
        {
            "key": e.key,
            "source": e.source,
            "raw": e.raw,
            "album": e.album,
            "ready_at": e.ready_at,
            "state": "pending",
            "received_at": now,
        }
        for e in events
    ]
    kind = records.get_bind().dialect.name
    statement = (
        postgresql.insert(EVENTS).on_conflict_do_nothing(index_elements=["key"])
        if kind == "postgresql"
        else sqlite.insert(EVENTS).on_conflict_do_nothing(index_elements=["key"])
    )
    before = records.connection().execute(statement, rows)
    return max(before.rowcount, 0)


def pending_events(records: Records, now: datetime, limit: int) -> list[PendingEvent]:
    """The oldest unhandled events that are ready, locked against other processes."""
    found = records.connection().execute(
        select(EVENTS.c.id, EVENTS.c.key, EVENTS.c.source, EVENTS.c.raw, EVENTS.c.album)
        .where(EVENTS.c.state == "pending", EVENTS.c.ready_at <= now)
        .order_by(EVENTS.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [PendingEvent(*row) for row in found]


def album_of(records: Records, album: str) -> list[PendingEvent]:
    """All unhandled parts of one album, in the order they came."""
    found = records.connection().execute(
        select(EVENTS.c.id, EVENTS.c.key, EVENTS.c.source, EVENTS.c.raw, EVENTS.c.album)
        .where(EVENTS.c.state == "pending", EVENTS.c.album == album)
        .order_by(EVENTS.c.id)
    )
    return [PendingEvent(*row) for row in found]


def finish_events(
    records: Records,
    ids: Sequence[int],
    state: str,
    now: datetime,
    *,
    kind: str | None = None,
    error: str | None = None,
) -> None:
    """Mark events handled and erase what they said; a failed one keeps its words for whoever repairs it."""
    values: dict[str, object] = {"state": state, "handled_at": now, "kind": kind, "error": error}
    if state != "failed":
        values["raw"] = None
    records.connection().execute(update(EVENTS).where(EVENTS.c.id.in_(ids)).values(values))


def next_event_at(records: Records, now: datetime) -> datetime | None:
    """When the next stored event that is not ready yet will be; None if there is none."""
    waiting = select(func.min(EVENTS.c.ready_at)).where(EVENTS.c.state == "pending", EVENTS.c.ready_at > now)
    return records.connection().execute(waiting).scalar()


def forget_old_events(records: Records, now: datetime) -> int:
    """Drop handled events whose key no platform will send again; gives how many.

    Telegram keeps an update for 24 hours at most, and may count anew after a week of silence.
    """
    gone = records.connection().execute(
        delete(EVENTS).where(
            or_(
                and_(EVENTS.c.state == "done", EVENTS.c.handled_at < now - KEEP_KEYS),
                and_(EVENTS.c.state == "failed", EVENTS.c.handled_at < now - KEEP_FAILED),
            )
        )
    )
    return gone.rowcount
