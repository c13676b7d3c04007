"""Looking on: what came in, what was decided, what goes out and when; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from classroom.effects import Effect
from classroom.events import Json
from storage.database import Records
from storage.queue.deliveries import DELIVERIES
from storage.queue.effects import load
from storage.queue.events import EVENTS

TABLES = EVENTS.metadata.tables
ACCOUNTS, BUTTONS, CHATS = TABLES["accounts"], TABLES["buttons"], TABLES["chats"]
SCHEDULES, VIOLATIONS = TABLES["schedules"], TABLES["violations"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event that came in; `kind` is None until it is handled."""

    id: int
    key: str
    source: str
    state: str
    kind: str | None
    error: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Departure:
    """A delivery; `native` is the chat it goes to (None: a guardian, looked up when it goes)."""

    id: int
    event: int | None
    kind: str
    lane: str
    state: str
    native: str | None
    attempts: int
    outcome: str | None
    at: datetime
    due_at: datetime
    effect: Effect | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule that was broken, by whom, and what was really done."""

    id: int
    rule: str
    reason: str
    done: str
    ref: str | None
    native: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """Something that will happen by itself."""

    at: datetime
    kind: str
    number: int | None
    args: dict[str, Json]


def purposes(records: Records, tokens: Collection[str]) -> dict[str, str]:
    """What each of these buttons is for."""
    wanted = select(BUTTONS.c.token, BUTTONS.c.purpose).where(BUTTONS.c.token.in_(list(tokens)))
    return {row.token: row.purpose for row in records.connection().execute(wanted)}


def arrivals(records: Records, limit: int) -> list[Arrival]:
    """The newest events, oldest first."""
    chosen = [EVENTS.c[name] for name in ("id", "key", "source", "state", "kind", "error", "received_at")]
    found = records.connection().execute(select(*chosen).order_by(EVENTS.c.id.desc()).limit(limit))
    return [Arrival(*row) for row in found][::-1]


def departures(records: Records, limit: int) -> list[Departure]:
    """The newest deliveries, oldest first."""
    return _departures(records, limit, later_than=None)


def waiting(records: Records, now: datetime, limit: int) -> list[Departure]:
    """What is held back until later, such as in somebody's quiet hours."""
    return _departures(records, limit, later_than=now)


def _departures(records: Records, limit: int, later_than: datetime | None) -> list[Departure]:
    before = [DELIVERIES.c[name] for name in ("id", "event_id", "kind", "lane", "state")]
    after = [DELIVERIES.c[name] for name in ("attempts", "outcome", "created_at", "due_at", "payload")]
    wanted = (
        select(*before, CHATS.c.native, *after)
        .outerjoin(CHATS, CHATS.c.id == DELIVERIES.c.chat_id)
        .order_by(DELIVERIES.c.id.desc())
        .limit(limit)
    )
    if later_than is not None:
        wanted = wanted.where(DELIVERIES.c.state == "pending", DELIVERIES.c.due_at > later_than)
    found = records.connection().execute(wanted)
    return [Departure(*row[:10], load(row[10])[0] if row[10] else None) for row in found][::-1]


def verdicts(records: Records, limit: int) -> list[Verdict]:
    """The newest verdicts, oldest first."""
    chosen = [VIOLATIONS.c[name] for name in ("id", "rule", "reason", "done", "ref")]
    found = records.connection().execute(
        select(*chosen, ACCOUNTS.c.native, VIOLATIONS.c.at)
        .outerjoin(ACCOUNTS, ACCOUNTS.c.id == VIOLATIONS.c.account_id)
        .order_by(VIOLATIONS.c.id.desc())
        .limit(limit)
    )
    return [Verdict(*row[:7]) for row in found][::-1]


def plans(records: Records, limit: int) -> list[Plan]:
    """What is scheduled, the soonest first."""
    found = records.connection().execute(
        select(SCHEDULES.c.due_at, SCHEDULES.c.kind, SCHEDULES.c.number, SCHEDULES.c.args)
        .where(SCHEDULES.c.state == "waiting")
        .order_by(SCHEDULES.c.due_at, SCHEDULES.c.id)
        .limit(limit)
    )
    return [Plan(*row) for row in found]
