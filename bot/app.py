"""The only place where the parts are put together."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from bot.delivery import Delivery, Turn
from bot.dispatch import Dispatcher, StumbledError
from bot.intake import Intake
from bot.limits import Limits
from bot.ports import DeletesMessages, PinsPosts, Platform, RestrictsMembers, SetsTags
from bot.recording import SOURCE as DELIVERY
from bot.registry import Registry
from bot.sources import read_clock, read_delivery
from classroom.errors import DatabaseError
from classroom.events import Right
from handlers.feature import Feature
from handlers.features import FEATURES
from handlers.room import Defaults, Instance
from scheduler.clock import SOURCE as CLOCK
from scheduler.clock import Ticker, ring
from storage import poll_traces, polls, retention
from storage.database import Database

log = structlog.get_logger("app")
STOP_WITHIN = 8.0
LONGEST_NAP = 1.0
HOUSEKEEPING = timedelta(hours=1)


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


class App:
    """A running bot: platforms, road and clock on one database.

    `run` serves until told to stop; `settle` does all that can be done now and returns.
    """

    def __init__(
        self,
        database: Database,
        platforms: Sequence[Platform],
        *,
        defaults: Defaults | None = None,
        limits: Mapping[str, Limits] | None = None,
        features: Sequence[Feature] = FEATURES,
        keep: retention.Retention = retention.DEFAULT,
        now: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Put the parts together; nothing is opened yet."""
        self.database = database
        self.platforms = {p.name: p for p in platforms}
        self.registry = Registry(features)
        self.opened = False
        """True once every platform is connected."""
        self._keep = keep
        self._now = now
        self._woken = asyncio.Event()
        self._cleaned_at: datetime | None = None
        self._wipe_from: datetime | None = None
        self.instance = Instance(
            defaults or Defaults(),
            {p.name: p.start_link for p in platforms},
            database.keys.digest,
            self.registry.listed(),
            self.registry.codes,
            {p.name: _able(p) for p in platforms},
        )
        self.delivery = Delivery(database, self.platforms, limits or {}, now, self._woken.set, clock)
        self.dispatcher = Dispatcher(
            database,
            self.registry,
            {p.name: p.read for p in platforms} | {DELIVERY: read_delivery, CLOCK: read_clock},
            self.instance,
            now,
            {p.name: _mention_of(p) for p in platforms},
        )
        self.intake = Intake(self.dispatcher.accept, now, self._woken.set)

    async def open(self) -> None:
        """Connect the platforms and put back what a dead process left under way."""
        for platform in self.platforms.values():
            await platform.open()
        await self.delivery.recover()
        self.opened = True

    def now(self) -> datetime:
        """The time of day that everything here goes by."""
        return self._now()

    async def close(self) -> None:
        """Finish what is in hand, then give everything back."""
        await self.delivery.finish(STOP_WITHIN)
        for platform in self.platforms.values():
            await platform.close()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set; a listener that ends with an error ends the run with it."""
        ticker = Ticker(self.tick)
        ticker.start()
        listeners = [
            asyncio.create_task(p.listen(self.intake.door_of(p.name))) for p in self.platforms.values()
        ]
        worker = asyncio.create_task(self._work())
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([*listeners, worker, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ticker.stop()
            for task in (*listeners, worker, stopped):
                task.cancel()
            ended = await asyncio.gather(*listeners, worker, stopped, return_exceptions=True)
        for result in ended:
            if isinstance(result, Exception):
                raise result

    async def tick(self) -> None:
        """Let the clock ring for what is due, and clean up now and then."""
        now = self._now()
        rang = await self.database.write(lambda records: ring(records, now))
        if self._cleaned_at is None or now - self._cleaned_at > HOUSEKEEPING:
            self._cleaned_at = now
            await self.database.write(lambda records: retention.clean(records, now, self._keep))
        await self._forget_ballots(now)
        if rang:
            self._woken.set()

    async def _forget_ballots(self, now: datetime) -> None:
        """Of an anonymous poll that is over nothing may be left, in the database's files neither."""
        if (self._wipe_from and now < self._wipe_from) or not await self.database.write(polls.swept):
            return
        if await self.database.wipe(poll_traces.TABLES):
            await self.database.write(polls.traces_gone)
        else:
            self._wipe_from = now + timedelta(minutes=1)

    async def step(self) -> int:
        """One turn of the road in one commit: record what happened, handle what came, begin what is due."""
        try:
            return await self.delivery.in_one(self._turn)
        except StumbledError:
            return await self.dispatcher.run_once() + await self.delivery.run_once()

    def _turn(self, records: Records, turn: Turn) -> int:
        done = self.delivery.record(records, turn) + self.dispatcher.batch(records)
        return done + self.delivery.claim(records, turn)

    async def settle(self) -> None:
        """Work until nothing can be done at this moment (what is due later waits)."""
        while await self.step() or self.delivery.under_way:
            continue

    async def _work(self) -> None:
        while True:
            self._woken.clear()
            try:
                busy = await self.step()
            except DatabaseError as error:  # it is away: what is stored is not lost, try again
                log.error("the road stands still", error=str(error))
                await asyncio.sleep(1)
                continue
            if not busy:
                await self._nap()

    async def _nap(self) -> None:
        times = [t for t in (await self.dispatcher.next_at(), await self.delivery.next_at()) if t is not None]
        seconds = LONGEST_NAP
        if times:
            seconds = min(LONGEST_NAP, max(0.005, (min(times) - self._now()).total_seconds()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for of Python 3.11 can swallow the stop
                await self._woken.wait()


def _mention_of(platform: Platform) -> Callable[[], str]:
    return lambda: platform.mention


def _able(platform: Platform) -> frozenset[Right]:
    able = {
        Right.DELETE: isinstance(platform, DeletesMessages),
        Right.RESTRICT: isinstance(platform, RestrictsMembers),
        Right.PIN: isinstance(platform, PinsPosts),
        Right.TAG: isinstance(platform, SetsTags),
    }
    return frozenset(right for right, can in able.items() if can)
