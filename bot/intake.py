"""The door of the road: what comes in is stored and committed before it is confirmed to anybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.ports import Incoming, Store
from storage import queue

log = structlog.get_logger("intake")


Accept = Callable[[str, Sequence[queue.NewEvent]], Awaitable[None]]


class Intake:
    """Hands updates under their keys to whoever stores them."""

    def __init__(self, accept: Accept, now: Callable[[], datetime]) -> None:
        """`accept` returns after its commit."""
        self._accept = accept
        self._now = now

    def door_of(self, platform: str) -> Store:
        """The function that a platform hands its updates to; it returns after the commit."""

        async def store(updates: Sequence[Incoming]) -> None:
            now = self._now()
            events = [_event(platform, update, now) for update in updates]
            if events:
                await self._accept(platform, events)
                log.debug("events stored", keys=[e.key for e in events])

        return store


def _event(platform: str, update: Incoming, now: datetime) -> queue.NewEvent:
    return queue.NewEvent(
        key=update.key,
        source=platform,
        raw=update.raw.decode("utf-8", "replace"),
        ready_at=now + timedelta(seconds=update.wait),
        album=f"{platform}:{update.album}" if update.album else None,
    )
