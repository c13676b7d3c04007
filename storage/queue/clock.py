"""What was to happen soon happens soon, also where the time of day is set back meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, update

from storage.database import Records
from storage.queue.deliveries import DELIVERIES
from storage.queue.events import EVENTS

SOONEST = timedelta(minutes=10)
"""Longer than anything waits for its next try."""


def clock_went_back(records: Records, now: datetime) -> None:
    """Make ready what is dated later than today's clock; what waits for quiet hours is looked at anew."""
    run = records.connection().execute
    run(update(EVENTS).where(EVENTS.c.state == "pending", EVENTS.c.received_at > now).values(ready_at=now))
    tried = and_(DELIVERIES.c.attempts > 0, DELIVERIES.c.due_at > now + SOONEST)
    stale = and_(DELIVERIES.c.state == "pending", or_(DELIVERIES.c.created_at > now, tried))
    run(update(DELIVERIES).where(stale).values(due_at=now))
