"""The queue: events that came in, deliveries on their way out. Core statements: these tables are hot."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import CursorResult, and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from classroom.addresses import ChatKind, GroupAddress, GuardianAddress, PersonAddress
from classroom.effects import (
    AnyButton,
    Button,
    EditPost,
    EditTold,
    Effect,
    Hours,
    Lane,
    LinkButton,
    Post,
    Restrict,
    Tell,
)
from classroom.text import PrivateText, PublicText
from storage.database import Records
from storage.tables import ButtonRow, EventRow

EVENTS = EventRow.metadata.tables["events"]
DELIVERIES = EventRow.metadata.tables["deliveries"]
POSTED = EventRow.metadata.tables["posted"]
EFFECT: TypeAdapter[Effect] = TypeAdapter(Effect)
KEEP_TEXT = timedelta(days=7)
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


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A button as it will be shown: the label with its random token, or with a start payload."""

    label: str
    token: str | None = None
    payload: str | None = None
    row: int | None = None


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


def store_effects(
    records: Records,
    effects: Iterable[Effect],
    now: datetime,
    *,
    event_id: int | None,
    classroom_id: int | None,
) -> list[int]:
    """Store effects as deliveries, in order, in the caller's transaction; gives the deliveries' ids."""
    return [_store_effect(records, effect, now, event_id, classroom_id) for effect in effects]


def _store_effect(
    records: Records, effect: Effect, now: datetime, event_id: int | None, classroom_id: int | None
) -> int:
    effect, keys = _mint(records, effect, now, classroom_id)
    to = effect.to if isinstance(effect, Post | Tell | EditPost | EditTold) else effect.chat
    handle = getattr(effect, "handle", None)
    lane_key = _lane_key(effect, to)
    due_at = now + timedelta(seconds=effect.delay) if isinstance(effect, EditPost) else now
    if isinstance(effect, EditPost | EditTold):
        waited = _merge_waiting_edits(records, effect.kind, str(handle), lane_key, now)
        due_at = min(due_at, waited or due_at)
    text = getattr(effect, "text", None)
    row = {
        "event_id": event_id,
        "classroom_id": classroom_id,
        "platform": None if isinstance(to, GuardianAddress) else to.platform,
        "chat_id": None if isinstance(to, GuardianAddress) else to.chat,
        "chat_kind": _kind_of(to),
        "guardian_id": to.guardian if isinstance(to, GuardianAddress) else None,
        "audience": text.audience if isinstance(text, PublicText | PrivateText) else None,
        "kind": effect.kind,
        "lane": effect.lane.value,
        "lane_key": lane_key,
        "payload": _dump(effect, keys),
        "handle": handle,
        "quiet": _quiet(effect.quiet) if isinstance(effect, Tell) else None,
        "park": effect.park if isinstance(effect, Tell) else False,
        "state": "pending",
        "attempts": 0,
        "due_at": due_at,
        "possible_duplicates": 0,
        "created_at": now,
    }
    return _inserted(records.connection().execute(insert(DELIVERIES), row))


def _lane_key(effect: Effect, to: GroupAddress | PersonAddress | GuardianAddress) -> str:
    """Behind what a delivery queues; what is instant waits for nobody, a mute only for its member's other."""
    if isinstance(to, GuardianAddress):
        return f"guardian:{to.guardian}"
    if effect.lane is not Lane.INSTANT:
        return f"chat:{to.chat}"
    own = effect.member if isinstance(effect, Restrict) else secrets.token_hex(6)
    return f"chat:{to.chat}/{own}"


def _inserted(result: CursorResult[tuple[int]]) -> int:
    made = result.inserted_primary_key
    if made is None:
        raise LookupError("the database gave no id back")
    return int(made[0])


def _kind_of(to: GroupAddress | PersonAddress | GuardianAddress) -> str | None:
    if isinstance(to, GroupAddress):
        return ChatKind.GROUP.value
    return ChatKind.PRIVATE.value if isinstance(to, PersonAddress) else None


def _quiet(hours: Hours | None) -> str | None:
    return f"{hours.start}-{hours.end}@{hours.zone}" if hours else None


def _mint(
    records: Records, effect: Effect, now: datetime, classroom_id: int | None
) -> tuple[Effect, list[StoredKey]]:
    if not isinstance(effect, Post | Tell | EditPost | EditTold) or not effect.buttons:
        return effect, []
    handle = effect.handle or f"auto/{secrets.token_urlsafe(9)}"
    to = effect.to
    chat = to.chat if isinstance(to, PersonAddress | GroupAddress) else None
    keys = [_mint_key(records, b, handle, chat, now, classroom_id) for b in effect.buttons]
    return replace(effect, handle=handle, buttons=()), keys


def _mint_key(
    records: Records,
    button: AnyButton,
    handle: str,
    chat: int | None,
    now: datetime,
    classroom_id: int | None,
) -> StoredKey:
    if isinstance(button, LinkButton):
        return StoredKey(button.label.text, payload=button.payload, row=button.row)
    token = secrets.token_urlsafe(18)
    records.add(_button_row(button, token, handle, chat, now, classroom_id))
    return StoredKey(button.label.text, token=token, row=button.row)


def _button_row(
    button: Button, token: str, handle: str, chat: int | None, now: datetime, classroom_id: int | None
) -> ButtonRow:
    return ButtonRow(
        token=token,
        purpose=button.purpose,
        args=button.args,
        classroom_id=classroom_id,
        person_id=button.person,
        roles=sorted(button.roles),
        chat_id=chat,
        handle=handle,
        once=button.once,
        expires_at=now + timedelta(hours=button.hours),
    )


_KEYS: TypeAdapter[list[StoredKey]] = TypeAdapter(list[StoredKey])


def _dump(effect: Effect, keys: list[StoredKey]) -> str:
    return _KEYS.dump_json(keys).decode() + "\n" + EFFECT.dump_json(effect).decode()


def load(payload: str) -> tuple[Effect, list[StoredKey]]:
    """Read a delivery's payload back."""
    keys, _, effect = payload.partition("\n")
    return EFFECT.validate_json(effect), _KEYS.validate_json(keys)


def _merge_waiting_edits(
    records: Records, kind: str, handle: str, lane_key: str, now: datetime
) -> datetime | None:
    """Let a new edit stand for those that wait; gives when the first of them would have been made."""
    waiting = and_(
        DELIVERIES.c.state == "pending",
        DELIVERIES.c.kind == kind,
        DELIVERIES.c.handle == handle,
        DELIVERIES.c.lane_key == lane_key,
    )
    first = records.connection().execute(select(func.min(DELIVERIES.c.due_at)).where(waiting)).scalar()
    if first is not None:
        merged = update(DELIVERIES).where(waiting)
        records.connection().execute(merged.values(state="merged", finished_at=now, payload=None))
    return first


def due_deliveries(records: Records, now: datetime, busy: Iterable[str], limit: int) -> list[Due]:
    """The head of every lane that is due, lanes in `busy` ("lane_key/lane") left out, oldest first.

    A delivery that failed before keeps its place: what stands behind it in the lane waits.
    """
    heads = (
        select(func.min(DELIVERIES.c.id).label("id"))
        .where(
            DELIVERIES.c.state == "pending",
            or_(DELIVERIES.c.due_at <= now, DELIVERIES.c.attempts > 0),
            (DELIVERIES.c.lane_key + "/" + DELIVERIES.c.lane).not_in(list(busy)),
        )
        .group_by(DELIVERIES.c.lane_key, DELIVERIES.c.lane)
        .subquery()
    )
    columns = [DELIVERIES.c[name] for name in Due.__dataclass_fields__]
    found = records.connection().execute(
        select(*columns)
        .join(heads, heads.c.id == DELIVERIES.c.id)
        .where(DELIVERIES.c.due_at <= now)
        .order_by(DELIVERIES.c.lane == "bulk", DELIVERIES.c.id)  # what goes to everybody waits
        .limit(limit)
    )
    return [Due(*row) for row in found]


def next_due_at(records: Records, now: datetime) -> datetime | None:
    """When the next delivery that is not due yet will be; None if there is none."""
    waiting = select(func.min(DELIVERIES.c.due_at)).where(
        DELIVERIES.c.state == "pending", DELIVERIES.c.due_at > now
    )
    return records.connection().execute(waiting).scalar()


def set_delivery(records: Records, delivery: int, values: dict[str, object]) -> None:
    """Record what became of one delivery."""
    records.connection().execute(update(DELIVERIES).where(DELIVERIES.c.id == delivery).values(values))


def under_way(records: Records) -> list[Due]:
    """Deliveries that were begun and never recorded: found after a crash."""
    columns = [DELIVERIES.c[name] for name in Due.__dataclass_fields__]
    found = records.connection().execute(
        select(*columns).where(DELIVERIES.c.state == "sending").order_by(DELIVERIES.c.id)
    )
    return [Due(*row) for row in found]


def remember_posted(
    records: Records, delivery: int, handle: str, chat: int, refs: Sequence[str], now: datetime
) -> None:
    """Keep which platform messages a post became."""
    if refs:
        records.connection().execute(
            insert(POSTED),
            [{"delivery_id": delivery, "handle": handle, "chat_id": chat, "ref": r, "at": now} for r in refs],
        )


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


def erase_old_texts(records: Records, now: datetime) -> int:
    """Erase the texts of deliveries that were carried out some time ago; gives how many."""
    done = records.connection().execute(
        update(DELIVERIES)
        .where(
            DELIVERIES.c.state.in_(("sent", "failed", "dead")),
            DELIVERIES.c.payload.is_not(None),
            DELIVERIES.c.finished_at < now - KEEP_TEXT,
        )
        .values(payload=None)
    )
    return done.rowcount


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


def possible_duplicates(records: Records) -> int:
    """How many messages may have arrived twice, since a line or the process broke in the middle."""
    total = records.connection().execute(select(func.sum(DELIVERIES.c.possible_duplicates))).scalar()
    return int(total or 0)
