"""The clock is a platform: what falls due becomes an event with a unique key and is handled once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from pydantic import BaseModel

from storage import queue, schedules
from storage.database import Records
from storage.tables import ScheduleRow

SOURCE = "clock"


class DueWords(BaseModel):
    """A due schedule as it travels through the queue."""

    schedule: int
    kind: str
    at: datetime
    missed: bool


def ring(records: Records, now: datetime) -> int:
    """Turn what is due into events; what is later than its grace becomes a missed one. Gives how many."""
    due = schedules.due(records, now)
    for row in due:
        late = now - row.due_at > timedelta(seconds=row.grace)
        queue.store_events(records, [_event(row, late, now)], now)
        row.state = "missed" if late else "fired"
        row.fired_at = now
    records.flush()
    return len(due)


def _event(row: ScheduleRow, late: bool, now: datetime) -> queue.NewEvent:
    words = DueWords(schedule=row.id, kind=row.kind, at=row.due_at, missed=late)
    key = f"clock:{row.id}:{row.due_at.isoformat()}"
    return queue.NewEvent(key, SOURCE, words.model_dump_json(), now)


class Ticker:
    """Wakes the clock every second; what is due is always read from our own table, never from a job."""

    def __init__(self, tick: Callable[[], Awaitable[None]], seconds: float = 1.0) -> None:
        """`tick` is run every `seconds`, one at a time, missed turns joined into one."""
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._job = self._scheduler.add_job(
            tick, "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None
        )

    def start(self) -> None:
        """Begin ticking in the running event loop."""
        self._scheduler.start()

    def set_right(self) -> None:
        """Tick now: the time of day was set back, and the next turn would wait until it is there again."""
        self._job.modify(next_run_time=datetime.now(UTC))

    def stop(self) -> None:
        """Stop ticking."""
        self._scheduler.shutdown(wait=False)
