"""The door of the road: what comes in is stored and committed before it is confirmed to anybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.ports import Incoming, Store
from storage import queue
from storage.database import Database, Records

log = structlog.get_logger("intake")


class Intake:
    """Stores updates under their keys and wakes the dispatcher."""

    def __init__(self, database: Database, now: Callable[[], datetime], wake: Callable[[], None]) -> None:
        """`wake` is called after each commit that brought something new."""
        self._database = database
        self._now = now
        self._wake = wake

    def door_of(self, platform: str) -> Store:
        """The function that a platform hands its updates to; it returns after the commit."""

        async def store(updates: Sequence[Incoming]) -> None:
            now = self._now()
            events = [_event(platform, update, now) for update in updates]
            await self._database.write(lambda records: _store(records, events, now))
            log.debug("events stored", keys=[e.key for e in events])
            self._wake()

        return store


def _store(records: Records, events: Sequence[queue.NewEvent], now: datetime) -> int:
    return queue.store_events(records, events, now)


def _event(platform: str, update: Incoming, now: datetime) -> queue.NewEvent:
    return queue.NewEvent(
        key=update.key,
        source=platform,
        raw=update.raw.decode("utf-8", "replace"),
        ready_at=now + timedelta(seconds=update.wait),
        album=f"{platform}:{update.album}" if update.album else None,
    )
