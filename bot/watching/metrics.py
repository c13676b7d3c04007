"""What Prometheus reads: kinds, states and numbers. No name, no text, no id of anybody is ever a label."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from bot.app import App
from bot.watching.health import DATABASE_SECONDS, age, lines_of, trouble_of
from classroom.errors import DatabaseError
from storage import backlog
from storage.database import Records

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
REST = 15.0
"""Seconds for which figures that need a walk over a table are kept."""

_WORD = re.compile(r"[A-Za-z][A-Za-z_]{0,39}")


@dataclass(slots=True)
class _Seen:
    """What the database said: figures of this moment, and sums since this process began to look."""

    waits: backlog.Backlog | None = None
    states: Mapping[str, int] = field(default_factory=dict)
    duplicates: int = 0
    classrooms: int = 0
    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)


class Metrics:
    """Counts on demand. Sums begin when the first look is taken, which `begin` does at the start."""

    def __init__(self, app: App, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is read yet; `clock` gives seconds that only go forward."""
        self._app = app
        self._clock = clock
        self._seen = _Seen()
        self._reader: backlog.Reader | None = None
        self._walked_at = float("-inf")

    async def begin(self) -> None:
        """Take the first look, so that the sums are of what happens from now on."""
        await self._look()

    async def render(self) -> bytes:
        """Everything in Prometheus' text format; without a database what this process knows by itself."""
        up = await self._look()
        registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=registry)
        registry.register(_Collected([*self._of_database(up), *self._of_process()]))
        return generate_latest(registry)

    async def _look(self) -> bool:
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                await self._app.database.look(self._read)
        except (DatabaseError, TimeoutError):
            return False
        return True

    def _read(self, records: Records) -> None:
        now, seen = self._app.now(), self._seen
        if self._reader is None:
            self._reader = backlog.Reader.from_now_on(records)
        seen.waits = backlog.backlog(records, now, list(self._app.platforms))
        seen.events += self._reader.events(records)
        seen.verdicts += self._reader.verdicts(records, now)
        if self._clock() - self._walked_at > REST:
            seen.states = backlog.deliveries_by_state(records)
            seen.duplicates = backlog.suspected_duplicates(records)
            seen.classrooms = backlog.active_classrooms(records)
            self._walked_at = self._clock()

    def _of_database(self, up: bool) -> Iterator[Metric]:
        yield _gauge("homeroom_database_up", "1 if the database answers.", float(up))
        if not up or self._seen.waits is None:
            return
        seen, waits, now = self._seen, self._seen.waits, self._app.now()
        yield _sum("homeroom_events", "Events handled.", ("kind", "outcome"), seen.events)
        yield _sum(
            "homeroom_verdicts",
            "Messages and names judged to break a rule, and what was done.",
            ("rule", "done"),
            seen.verdicts,
        )
        by_state = GaugeMetricFamily("homeroom_deliveries", "Deliveries kept, by state.", labels=["state"])
        for state, count in seen.states.items():
            by_state.add_metric([_label(state)], count)
        yield by_state
        yield from _waiting(waits, now)
        yield _gauge(
            "homeroom_suspected_duplicates", "Messages that may have arrived twice.", seen.duplicates
        )
        yield _gauge("homeroom_classrooms", "Classes that are served.", seen.classrooms)

    def _of_process(self) -> Iterator[Metric]:
        delivery = self._app.delivery
        outcomes = delivery.attempts.copy()
        yield _sum("homeroom_delivery_attempts", "Effects tried.", ("kind", "outcome"), outcomes)
        yield _sum(
            "homeroom_limits_hit",
            "Times that something had to wait for a limit, of ours or told by the platform.",
            ("platform", "limit"),
            delivery.limits_hit,
        )
        up = GaugeMetricFamily("homeroom_platform_up", "1 if the line works.", labels=["platform"])
        for name, platform in lines_of(self._app).items():
            up.add_metric([_label(name)], float(self._app.opened and not trouble_of(platform)))
        yield up
        leads = float(self._app.leadership.leads)
        yield _gauge(
            "homeroom_leads", "1 in the process that carries the road, 0 in those that stand by.", leads
        )
        info = GaugeMetricFamily("homeroom_build_info", "What runs.", labels=["version", "database"])
        info.add_metric([version("homeroom-bot"), self._app.database.kind], 1.0)
        yield info


def _waiting(waits: backlog.Backlog, now: datetime) -> Iterator[Metric]:
    yield _gauge("homeroom_events_waiting", "Events that are ready to be handled.", waits.events)
    yield _gauge(
        "homeroom_event_wait_seconds",
        "Since when the oldest of them is ready.",
        age(waits.oldest_event, now),
    )
    yield _gauge(
        "homeroom_deliveries_waiting", "Deliveries past their time, broadcasts left out.", waits.deliveries
    )
    yield _gauge(
        "homeroom_delivery_wait_seconds",
        "By how much the oldest of them is past it.",
        age(waits.oldest_delivery, now),
    )
    yield _gauge(
        "homeroom_clock_lag_seconds",
        "By how much the oldest schedule that has not rung is past its time.",
        age(waits.oldest_schedule, now),
    )


class _Collected:
    """Metrics that were read already, as a registry wants them."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        """Give them."""
        return self._metrics


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)


def _sum(name: str, what: str, labels: tuple[str, str], found: Mapping[tuple[str, str], int]) -> Metric:
    family = CounterMetricFamily(name, what, labels=labels)
    joined: Counter[tuple[str, str]] = Counter()
    for (one, other), count in found.items():
        joined[_label(one), _label(other)] += count
    for pair, count in sorted(joined.items()):
        family.add_metric(pair, count)
    return family


def _label(value: str) -> str:
    """Let through a word of the program; whatever else came to stand in a column is called other."""
    return value if _WORD.fullmatch(value) else "other"
