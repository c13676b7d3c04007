"""Deliveries on their way out, and what posts became on the platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnClause, bindparam, delete, func, insert, literal_column, select, update

from classroom.effects import Lane
from storage.database import Records
from storage.sealing import Utc
from storage.tables import EventRow

DELIVERIES = EventRow.metadata.tables["deliveries"]
POSTED = EventRow.metadata.tables["posted"]
PENDING: ColumnClause[str] = literal_column("'pending'")
SENDING: ColumnClause[str] = literal_column("'sending'")
"""In the statement itself: an index of the rows in one state is of no use to a parameter."""
KEEP_TEXT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery whose time has come."""

    id: int
    platform: str | None
    chat_id: int | None
    chat_kind: str | None
    guardian_id: int | None
    classroom_id: int | None
    kind: str
    lane: str
    lane_key: str
    payload: str
    quiet: str | None
    attempts: int
    possible_duplicates: int
    created_at: datetime
    park: bool
    handle: str | None
    event_id: int | None


_TRIED = select(DELIVERIES.c.lane_key, DELIVERIES.c.lane).where(
    DELIVERIES.c.state == PENDING,
    DELIVERIES.c.attempts > 0,
    DELIVERIES.c.due_at > bindparam("now", type_=Utc),
)
_LANES = (
    select(DELIVERIES.c.lane_key)
    .where(
        DELIVERIES.c.state == PENDING,
        DELIVERIES.c.lane == bindparam("lane"),
        DELIVERIES.c.due_at <= bindparam("now", type_=Utc),
        DELIVERIES.c.lane_key.not_in(bindparam("shut", expanding=True)),
    )
    .order_by(DELIVERIES.c.due_at, DELIVERIES.c.id)
    .limit(bindparam("most"))
    .cte("lanes")
)
_FIRST = DELIVERIES.alias("first")
_HEADS = (
    select(
        select(_FIRST.c.id)
        .where(
            _FIRST.c.state == PENDING,
            _FIRST.c.lane_key == _LANES.c.lane_key,
            _FIRST.c.lane == bindparam("lane"),
            _FIRST.c.due_at <= bindparam("now", type_=Utc),
        )
        .order_by(_FIRST.c.id)
        .limit(1)
        .correlate(_LANES)
        .scalar_subquery()
    )
    .select_from(_LANES)
    .group_by(_LANES.c.lane_key)
)
_DUE = select(*(DELIVERIES.c[name] for name in Due.__dataclass_fields__)).where(
    DELIVERIES.c.id.in_(bindparam("chosen", expanding=True))
)
_CLOSED = (
    update(DELIVERIES)
    .where(DELIVERIES.c.id == bindparam("number"))
    .values(
        state=bindparam("new_state"),
        finished_at=bindparam("now"),
        outcome=bindparam("why"),
        detail=bindparam("more"),
        attempts=bindparam("tried"),
    )
)


def due_deliveries(records: Records, now: datetime, busy: Iterable[str], limit: int) -> list[Due]:
    """The head of every lane that is due, lanes in `busy` ("lane_key/lane") left out, oldest first.

    A delivery that failed before keeps its place: what stands behind it in the lane waits. What goes to
    everybody comes after what goes to somebody.
    """
    run = records.connection().execute
    shut = {*busy, *(f"{key}/{lane}" for key, lane in run(_TRIED, {"now": now}))}
    chosen: list[int] = []
    for lane in Lane:
        if len(chosen) < limit:
            theirs = [key.removesuffix(f"/{lane.value}") for key in shut if key.endswith(f"/{lane.value}")]
            heads = run(_HEADS, {"now": now, "lane": lane.value, "shut": theirs, "most": 4 * limit})
            chosen += sorted(heads.scalars())[: limit - len(chosen)]
    if not chosen:
        return []
    rows = run(_DUE, {"chosen": chosen})
    return sorted((Due(*row) for row in rows), key=lambda due: (due.lane == Lane.BULK, due.id))


def next_due_at(records: Records, now: datetime) -> datetime | None:
    """When the next delivery that is not due yet will be; None if there is none."""
    waiting = select(func.min(DELIVERIES.c.due_at)).where(
        DELIVERIES.c.state == PENDING, DELIVERIES.c.due_at > now
    )
    return records.connection().execute(waiting).scalar()


def set_delivery(records: Records, delivery: int, values: dict[str, object]) -> None:
    """Record what became of one delivery."""
    records.connection().execute(update(DELIVERIES).where(DELIVERIES.c.id == delivery).values(values))


def under_way(records: Records) -> list[Due]:
    """Deliveries that were begun and never recorded: found after a crash."""
    columns = [DELIVERIES.c[name] for name in Due.__dataclass_fields__]
    found = records.connection().execute(
        select(*columns).where(DELIVERIES.c.state == SENDING).order_by(DELIVERIES.c.id)
    )
    return [Due(*row) for row in found]


def begin_deliveries(records: Records, ids: Sequence[int]) -> None:
    """Mark deliveries as under way."""
    if ids:
        begun = update(DELIVERIES).where(DELIVERIES.c.id.in_(ids)).values(state="sending")
        records.connection().execute(begun)


def close_deliveries(records: Records, over: Sequence[Mapping[str, object]], *, erase: bool = False) -> None:
    """Record deliveries that are over, by `number`; `erase` what they said."""
    if over:
        records.connection().execute(_CLOSED.values(payload=None) if erase else _CLOSED, over)


def remember_posted(records: Records, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep which platform messages posts became."""
    if rows:
        records.connection().execute(insert(POSTED), rows)


def posted(records: Records, handle: str, chat: int) -> list[tuple[int | None, str]]:
    """The platform messages of a handle in one chat as (delivery, ref), oldest first."""
    found = records.connection().execute(
        select(POSTED.c.delivery_id, POSTED.c.ref)
        .where(POSTED.c.handle == handle, POSTED.c.chat_id == chat)
        .order_by(POSTED.c.id)
    )
    return [(row[0], row[1]) for row in found]


def handle_of(records: Records, chat: int, ref: str) -> str | None:
    """Our name for the message that somebody answers; None if it is none of ours (any more)."""
    return (
        records.connection()
        .execute(select(POSTED.c.handle).where(POSTED.c.chat_id == chat, POSTED.c.ref == ref).limit(1))
        .scalar()
    )


def was_said(records: Records, handle: str) -> bool:
    """True if something was said under this handle, or is on its way."""
    found = records.connection().execute(
        select(DELIVERIES.c.id)
        .where(
            DELIVERIES.c.handle == handle,
            DELIVERIES.c.kind.in_(("post", "tell")),
            DELIVERIES.c.state.in_(("pending", "parked", "sending", "sent")),
        )
        .limit(1)
    )
    return found.first() is not None


def forget_posted(records: Records, handle: str, chat: int) -> None:
    """Drop what a handle became, once it is deleted there."""
    records.connection().execute(delete(POSTED).where(POSTED.c.handle == handle, POSTED.c.chat_id == chat))


def handle_waits(records: Records, handle: str, before: int) -> bool:
    """True while an earlier delivery of this handle has not been carried out yet."""
    found = records.connection().execute(
        select(DELIVERIES.c.id)
        .where(
            DELIVERIES.c.handle == handle,
            DELIVERIES.c.kind.in_(("post", "tell")),
            DELIVERIES.c.state.in_(("pending", "sending", "parked")),
            DELIVERIES.c.id < before,
        )
        .limit(1)
    )
    return found.first() is not None


def unpark(records: Records, chat: int, now: datetime) -> int:
    """Let go what waited for this person to open the private door; gives how many."""
    done = records.connection().execute(
        update(DELIVERIES)
        .where(DELIVERIES.c.chat_id == chat, DELIVERIES.c.state == "parked")
        .values(state="pending", due_at=now, attempts=0)
    )
    return done.rowcount


def cancel(records: Records, handle: str, now: datetime) -> int:
    """Take back what has not been sent yet under a handle; gives how many."""
    done = records.connection().execute(
        update(DELIVERIES)
        .where(DELIVERIES.c.handle == handle, DELIVERIES.c.state.in_(("pending", "parked")))
        .values(state="merged", finished_at=now, payload=None)
    )
    return done.rowcount


def erase_old_texts(records: Records, now: datetime, keep: timedelta = KEEP_TEXT) -> int:
    """Erase the texts of deliveries that were carried out some time ago; gives how many."""
    done = records.connection().execute(
        update(DELIVERIES)
        .where(
            DELIVERIES.c.state.in_(("sent", "failed", "dead")),
            DELIVERIES.c.payload.is_not(None),
            DELIVERIES.c.finished_at.is_not(None),
            DELIVERIES.c.finished_at < now - keep,
        )
        .values(payload=None)
    )
    return done.rowcount


def possible_duplicates(records: Records) -> int:
    """How many messages may have arrived twice, since a line or the process broke in the middle."""
    total = records.connection().execute(select(func.sum(DELIVERIES.c.possible_duplicates))).scalar()
    return int(total or 0)
