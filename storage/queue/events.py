"""Events that came in: stored once under their key, handled in order, forgotten after days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    ColumnClause,
    Insert,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import ReturningInsert

from storage.database import Records
from storage.sealing import Utc
from storage.tables import EventRow

EVENTS = EventRow.metadata.tables["events"]
PENDING: ColumnClause[str] = literal_column("'pending'")
"""In the statement itself: an index of the rows in one state is of no use to a parameter."""
_WHOLE = select(EVENTS.c.id, EVENTS.c.key, EVENTS.c.source, EVENTS.c.raw, EVENTS.c.album)
_ANY_PENDING = select(EVENTS.c.id).where(EVENTS.c.state == PENDING).limit(1)
_PENDING_EVENTS = (
    _WHOLE.where(EVENTS.c.state == PENDING, EVENTS.c.ready_at <= bindparam("now", type_=Utc))
    .order_by(EVENTS.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_FINISHED = (
    update(EVENTS)
    .where(EVENTS.c.id == bindparam("number"))
    .values(state="done", handled_at=bindparam("now"), raw=None, error=None, kind=bindparam("what"))
)
_NEXT_AT = select(func.min(EVENTS.c.ready_at)).where(
    EVENTS.c.state == PENDING, EVENTS.c.ready_at > bindparam("now", type_=Utc)
)
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
    rows = [_row(e, now) for e in events]
    before = records.connection().execute(_insert(records.get_bind().dialect.name), rows)
    return max(before.rowcount, 0)


def store_handled(records: Records, events: Mapping[str, str], source: str, now: datetime) -> dict[str, int]:
    """Store the keys, each with the event's kind, of what is handled in this very transaction.

    Gives the ids of the new ones. The words are never written: they come again should it fail.
    """
    rows = [
        {
            "key": key,
            "source": source,
            "kind": kind,
            "ready_at": now,
            "state": "done",
            "received_at": now,
            "handled_at": now,
        }
        for key, kind in events.items()
    ]
    made = records.connection().execute(_insert_and_tell(records.get_bind().dialect.name), rows)
    return {str(row[0]): int(row[1]) for row in made}


def _row(event: NewEvent, now: datetime) -> dict[str, object]:
    return {
        "key": event.key,
        "source": event.source,
        "raw": event.raw,
        "album": event.album,
        "ready_at": event.ready_at,
        "state": "pending",
        "received_at": now,
    }


@cache
def _insert(dialect: str) -> Insert:
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - all its drivers come with it

        return postgresql.insert(EVENTS).on_conflict_do_nothing(index_elements=["key"])
    return sqlite.insert(EVENTS).on_conflict_do_nothing(index_elements=["key"])


@cache
def _insert_and_tell(dialect: str) -> ReturningInsert[str, int]:
    return _insert(dialect).returning(EVENTS.c.key, EVENTS.c.id)


def any_pending(records: Records) -> bool:
    """True while stored events wait: whatever comes now has to queue behind them."""
    return records.connection().execute(_ANY_PENDING).first() is not None


def pending_events(records: Records, now: datetime, limit: int) -> list[PendingEvent]:
    """The oldest unhandled events that are ready, locked against other processes."""
    found = records.connection().execute(_PENDING_EVENTS, {"now": now, "most": limit})
    return [PendingEvent(*row) for row in found]


def album_of(records: Records, album: str) -> list[PendingEvent]:
    """All unhandled parts of one album, in the order they came."""
    found = records.connection().execute(
        _WHOLE.where(EVENTS.c.state == PENDING, EVENTS.c.album == album).order_by(EVENTS.c.id)
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


def finish_kinds(records: Records, kinds: Mapping[int, str], now: datetime) -> None:
    """Mark a batch of events as done, each with what it turned out to be, and erase what they said."""
    if not kinds:
        return
    rows = [{"number": number, "what": kind, "now": now} for number, kind in kinds.items()]
    records.connection().execute(_FINISHED, rows)


def next_event_at(records: Records, now: datetime) -> datetime | None:
    """When the next stored event that is not ready yet will be; None if there is none."""
    return records.connection().execute(_NEXT_AT, {"now": now}).scalar()


def forget_old_events(records: Records, now: datetime, failed: timedelta = KEEP_FAILED) -> int:
    """Drop handled events whose key no platform will send again; gives how many.

    Telegram keeps an update for 24 hours at most, and may count anew after a week of silence.
    """
    gone = records.connection().execute(
        delete(EVENTS).where(
            or_(
                and_(EVENTS.c.state == "done", EVENTS.c.handled_at < now - KEEP_KEYS),
                and_(EVENTS.c.state == "failed", EVENTS.c.handled_at < now - failed),
            )
        )
    )
    return gone.rowcount
