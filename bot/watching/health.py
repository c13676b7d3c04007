"""Whether a running Homeroom can do its work: its database, its platforms, and what waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.app import App
from bot.ports import Platform, TellsTrouble, has_line
from classroom.errors import DatabaseError
from classroom.events import Json
from storage.backlog import Backlog, backlog

DATABASE_SECONDS = 3.0
"""How long the database may take to answer a few counts."""

EVENT_SECONDS, DELIVERY_SECONDS = 60.0, 300.0
"""How long an event may wait to be handled, and a delivery past its time to be tried."""


@dataclass(frozen=True, slots=True)
class Health:
    """What was looked at, each with `ok` and figures; ready if all of it is."""

    checks: Mapping[str, Mapping[str, Json]]

    @property
    def ready(self) -> bool:
        """True if nothing stands in the way of work."""
        return all(check["ok"] for check in self.checks.values())

    def to_json(self) -> dict[str, Json]:
        """As /readyz shows it."""
        return {"ready": self.ready, "checks": {name: dict(check) for name, check in self.checks.items()}}


async def look_after(app: App) -> Health:
    """Look at everything that work needs."""
    began = time.monotonic()
    now = app.now()
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            waits = await app.database.look(lambda records: backlog(records, now, list(app.platforms)))
    except (DatabaseError, TimeoutError) as error:
        why = str(error) if isinstance(error, DatabaseError) else f"no answer within {DATABASE_SECONDS:.0f} s"
        return Health({"database": {"ok": False, "trouble": why}, "platform": _platforms(app)})
    spent = round((time.monotonic() - began) * 1000, 1)
    database: dict[str, Json] = {"ok": True, "milliseconds": spent}
    road: dict[str, Json] = {"ok": True, "leads": app.leadership.leads}  # who stands by is ready to take over
    checks = {
        "database": database,
        "platform": _platforms(app),
        "road": road,
        "backlog": _backlog(waits, now),
    }
    return Health(checks)


def lines_of(app: App) -> dict[str, Platform]:
    """The platforms that are up or down as a whole."""
    return {name: platform for name, platform in app.platforms.items() if has_line(platform)}


def trouble_of(platform: Platform) -> str:
    """What is wrong with the line to a platform; empty if nothing is known to be."""
    return platform.trouble if isinstance(platform, TellsTrouble) else ""


def age(since: datetime | None, now: datetime) -> float:
    """Seconds since then; 0 where nothing waits."""
    return max(0.0, round((now - since).total_seconds(), 3)) if since else 0.0


def _platforms(app: App) -> dict[str, Json]:
    if not app.opened:
        return {"ok": False, "trouble": "not connected yet"}
    troubles = {name: trouble_of(platform) for name, platform in lines_of(app).items()}
    return {"ok": not any(troubles.values()), **{name: why or "connected" for name, why in troubles.items()}}


def _backlog(waits: Backlog, now: datetime) -> dict[str, Json]:
    event, delivery = age(waits.oldest_event, now), age(waits.oldest_delivery, now)
    return {
        "ok": event <= EVENT_SECONDS and delivery <= DELIVERY_SECONDS,
        "events": waits.events,
        "oldest_event_seconds": event,
        "deliveries": waits.deliveries,
        "oldest_delivery_seconds": delivery,
        "clock_lag_seconds": age(waits.oldest_schedule, now),
    }
