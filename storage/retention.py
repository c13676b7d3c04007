"""How long what is personal is kept, and what goes when its time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlmodel import col

from storage import family_links, hearing, presses, queue, turns, violations
from storage.database import Records
from storage.forgetting import forget_student, left_before
from storage.requests import CLOSED
from storage.tables import Request, RequestLine

AT_ONCE = 5000
"""Rows that are dropped in one go: the writer has others to serve."""


@dataclass(frozen=True, slots=True)
class Retention:
    """What is kept how long; docs/running.md says it in words."""

    texts: timedelta = queue.KEEP_TEXT
    failed: timedelta = queue.KEEP_FAILED
    removed: timedelta = violations.KEEP
    requests: timedelta = timedelta(days=365)
    left: timedelta = timedelta(days=30)
    deliveries: timedelta = timedelta(days=90)


DEFAULT = Retention()


def clean(records: Records, now: datetime, keep: Retention = DEFAULT) -> None:
    """Let go what is over; done every hour."""
    presses.drop_old_buttons(records, now)
    queue.erase_old_texts(records, now, keep.texts)
    queue.forget_old_events(records, now, keep.failed)
    hearing.forget_old(records, now)
    turns.forget_old(records, now)
    family_links.forget_old(records, now)
    violations.erase_old(records, now, keep.removed)
    _erase_closed_requests(records, now - keep.requests)
    _drop_deliveries(records, now - max(keep.deliveries, keep.texts))
    for student in left_before(records, now - keep.left):
        forget_student(records, student, now)


def _erase_closed_requests(records: Records, before: datetime) -> None:
    """What was said is erased; that a child was on leave stays with the child."""
    over = select(col(Request.id)).where(
        col(Request.state).in_(("answered", CLOSED)), col(Request.made_at) < before
    )
    run = records.connection().execute
    run(update(Request).where(col(Request.id).in_(over), col(Request.made_at) < before).values(text=""))
    run(update(RequestLine).where(col(RequestLine.request_id).in_(over)).values(text="", files=[]))


def _drop_deliveries(records: Records, before: datetime) -> None:
    """Of the oldest rows those that are over, and those that nobody has opened the private door for."""
    table = queue.DELIVERIES
    oldest = (
        select(table.c.id, table.c.created_at, table.c.state).order_by(table.c.id).limit(AT_ONCE).subquery()
    )
    over = select(oldest.c.id).where(
        oldest.c.created_at < before, oldest.c.state.not_in(("pending", "sending"))
    )
    records.connection().execute(delete(table).where(table.c.id.in_(over)))
