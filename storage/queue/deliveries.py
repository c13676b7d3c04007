"""Deliveries on their way out, and what posts became on the platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnClause,
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    union_all,
    update,
)

from classroom.effects import Lane
from storage.database import Records
from storage.leaving import COLUMNS, Due
from storage.putting_off import APART
from storage.sealing import Utc
from storage.tables import EventRow

DELIVERIES = EventRow.metadata.tables["deliveries"]
POSTED = EventRow.metadata.tables["posted"]
BUTTONS = EventRow.metadata.tables["buttons"]
PENDING: ColumnClause[str] = literal_column("'pending'")
SENDING: ColumnClause[str] = literal_column("'sending'")
"""In the statement itself: an index of the rows in one state is of no use to a parameter."""
KEEP_TEXT = timedelta(days=7)


def _heads(lane: Lane) -> Select[tuple[str, str, int | None]]:
    """The first delivery of each lane of a kind in which something is due; the lanes in `<kind>_shut` not."""
    found = (
        select(DELIVERIES.c.lane_key)
        .where(
            DELIVERIES.c.state == PENDING,
            DELIVERIES.c.lane == literal_column(f"'{lane.value}'"),
            DELIVERIES.c.due_at <= bindparam("now", type_=Utc),
            DELIVERIES.c.lane_key.not_in(bindparam(f"{lane.value}_shut", expanding=True)),
        )
        .order_by(DELIVERIES.c.due_at, DELIVERIES.c.id)
        .limit(bindparam("most"))
        .subquery(f"{lane.value}_lanes")
    )
    one = DELIVERIES.alias(f"{lane.value}_first")
    first = (
        select(one.c.id)
        .where(
            one.c.state == PENDING,
            one.c.lane_key == found.c.lane_key,
            one.c.lane == literal_column(f"'{lane.value}'"),
            one.c.due_at <= bindparam("now", type_=Utc),
        )
        .order_by(one.c.id)
        .limit(1)
        .correlate(found)
        .scalar_subquery()
    )
    what: ColumnClause[str] = literal_column(f"'{lane.value}'")
    return select(what.label("lane"), found.c.lane_key, first.label("id")).group_by(found.c.lane_key)


_TRIED = select(
    DELIVERIES.c.lane.label("lane"), DELIVERIES.c.lane_key, literal_column("NULL").label("id")
).where(
    DELIVERIES.c.state == PENDING,
    DELIVERIES.c.attempts > literal_column("0"),
    DELIVERIES.c.due_at > bindparam("now", type_=Utc),
)
_HEADS = union_all(*(_heads(lane) for lane in Lane), _TRIED)
_WHOLE = select(*(DELIVERIES.c[name] for name in COLUMNS))
_DUE = _WHOLE.where(DELIVERIES.c.id.in_(bindparam("chosen", expanding=True)))
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

_NEXT_AT = select(func.min(DELIVERIES.c.due_at)).where(
    DELIVERIES.c.state == PENDING, DELIVERIES.c.due_at > bindparam("now", type_=Utc)
)
_BEGUN = (
    update(DELIVERIES)
    .where(DELIVERIES.c.id.in_(bindparam("numbers", expanding=True)))
    .values(state="sending")
)
_ERASED = _CLOSED.values(payload=None)
_CANCELLED = (
    update(DELIVERIES)
    .where(DELIVERIES.c.handle == bindparam("name"), DELIVERIES.c.state.in_(("pending", "parked")))
    .values(state="merged", finished_at=bindparam("now"), payload=None)
    .execution_options(**{APART: True})
)
_REMEMBERED = insert(POSTED)
_POSTED_AS = (
    select(POSTED.c.delivery_id, POSTED.c.ref)
    .where(POSTED.c.handle == bindparam("handle"), POSTED.c.chat_id == bindparam("chat"))
    .order_by(POSTED.c.id)
)
_WAITS = (
    select(DELIVERIES.c.id)
    .where(
        DELIVERIES.c.handle == bindparam("handle"),
        DELIVERIES.c.kind.in_(("post", "tell")),
        DELIVERIES.c.state.in_(("pending", "sending", "parked")),
        DELIVERIES.c.id < bindparam("before"),
    )
    .limit(1)
)


def due_deliveries(records: Records, now: datetime, busy: Iterable[str], limit: int) -> list[Due]:
    """The head of every lane that is due, lanes in `busy` ("lane_key/lane") left out, oldest first.

    A delivery that failed before keeps its place: what stands behind it in the lane waits. What goes to
    everybody comes after what goes to somebody.
    """
    run = records.connection().execute
    shut: dict[str, list[str]] = {lane.value: [] for lane in Lane}
    for one in busy:
        key, _, kind = one.rpartition("/")
        shut[kind].append(key)
    asked = {f"{kind}_shut": _padded(keys) for kind, keys in shut.items()}
    found = run(_HEADS, {"now": now, "most": 4 * limit, **asked}).all()
    tried = {(lane, key) for lane, key, number in found if number is None}
    heads = [
        (lane == Lane.BULK, number) for lane, key, number in found if number and (lane, key) not in tried
    ]
    if not heads:
        return []
    chosen = [number for _, number in sorted(heads)[:limit]]
    fresh = records.memory.fresh
    known = [one.due for one in map(fresh.get, chosen) if one is not None]
    others = [number for number in chosen if fresh.get(number) is None]
    read = [Due(*row) for row in run(_DUE, {"chosen": others})] if others else []
    return sorted(known + read, key=lambda due: (due.lane == Lane.BULK, due.id))


def _padded(keys: list[str]) -> list[str]:
    """As many names as a few statements have room for, that the database need not plan one for each count."""
    room = next((size for size in (1, 8, 64) if len(keys) <= size), len(keys))
    return keys + [""] * (room - len(keys))


def next_due_at(records: Records, now: datetime) -> datetime | None:
    """When the next delivery that is not due yet will be; None if there is none."""
    return records.connection().execute(_NEXT_AT, {"now": now}).scalar()


def set_delivery(records: Records, delivery: int, values: dict[str, object]) -> None:
    """Record what became of one delivery."""
    records.connection().execute(update(DELIVERIES).where(DELIVERIES.c.id == delivery).values(values))


def under_way(records: Records) -> list[Due]:
    """Deliveries that were begun and never recorded: found after a crash."""
    found = records.connection().execute(
        select(*(DELIVERIES.c[name] for name in COLUMNS))
        .where(DELIVERIES.c.state == SENDING)
        .order_by(DELIVERIES.c.id)
    )
    return [Due(*row) for row in found]


def begin_deliveries(records: Records, ids: Sequence[int]) -> None:
    """Mark deliveries as under way."""
    if ids:
        records.connection().execute(_BEGUN, {"numbers": ids})


def close_deliveries(records: Records, over: Sequence[Mapping[str, object]], *, erase: bool = False) -> None:
    """Record deliveries that are over, by `number`; `erase` what they said."""
    if over:
        records.connection().execute(_ERASED if erase else _CLOSED, over)


def remember_posted(records: Records, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep which platform messages posts became."""
    if rows:
        records.connection().execute(_REMEMBERED, rows)


def posted(records: Records, handle: str, chat: int) -> list[tuple[int | None, str]]:
    """The platform messages of a handle in one chat as (delivery, ref), oldest first."""
    found = records.connection().execute(_POSTED_AS, {"handle": handle, "chat": chat})
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
    found = records.connection().execute(_WAITS, {"handle": handle, "before": before})
    return found.first() is not None


def cancel(records: Records, handle: str, now: datetime) -> int:
    """Take back what has not been sent yet under a handle; gives how many."""
    memory = records.memory
    kept = [one for one in memory.leaving if one.due.handle != handle]
    unsent, memory.leaving = len(memory.leaving) - len(kept), kept
    done = records.connection().execute(_CANCELLED, {"name": handle, "now": now})
    return unsent + done.rowcount


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


@dataclass(frozen=True, slots=True)
class Done:
    """A message that went out: where to, and when it was recorded."""

    platform: str
    chat: int
    group: bool
    at: datetime


def done_since(records: Records, since: datetime, kinds: Iterable[str]) -> list[Done]:
    """What of these kinds went out since then, oldest first: whoever takes over has to count it too."""
    c = DELIVERIES.c
    rows = records.connection().execute(
        select(c.platform, c.chat_id, c.chat_kind, c.finished_at)
        .where(c.payload.is_not(None), c.finished_at.is_not(None), c.finished_at > since)
        .where(c.state == "sent", c.kind.in_(list(kinds)), c.platform.is_not(None), c.chat_id.is_not(None))
        .order_by(c.finished_at)
    )
    return [Done(row.platform, row.chat_id, row.chat_kind == "group", row.finished_at) for row in rows]


def possible_duplicates(records: Records) -> int:
    """How many messages may have arrived twice, since a line or the process broke in the middle."""
    total = records.connection().execute(select(func.sum(DELIVERIES.c.possible_duplicates))).scalar()
    return int(total or 0)
