"""The only place where the parts are put together."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from bot import tidings
from bot.delivery import Delivery, Turn
from bot.dispatch import BATCH, Dispatcher, StumbledError
from bot.intake import Intake
from bot.letters import Letters
from bot.limits import Limits
from bot.ports import (
    CalledOnly,
    DeletesMessages,
    ForEverybody,
    KnowsMembers,
    LinksOnly,
    MakesGroups,
    PicturesOnly,
    PinsPosts,
    Platform,
    PostsByHand,
    PostsStay,
    PrivateOnly,
    RestrictsMembers,
    SetsTags,
    TellsPeople,
)
from bot.recording import SOURCE as DELIVERY
from bot.registry import Registry
from bot.sources import read_clock, read_delivery, read_page
from classroom.addresses import PAGE
from classroom.errors import DatabaseError
from classroom.events import Right
from handlers.feature import Feature
from handlers.features import FEATURES
from handlers.holiday import looking
from handlers.room import Defaults, Instance
from scheduler.clock import SOURCE as CLOCK
from scheduler.clock import Ticker, ring
from storage import queue, retention, secrecy
from storage.database import Database, LeadLostError, Records
from storage.leading import Leadership, tell

log = structlog.get_logger("app")
PATIENCE = 8.0
"""Seconds in which platforms are waited for together."""
STOP_WITHIN = 8.0
LONGEST_NAP = 1.0
SHORT_NAP = 0.05
STAND_BY = 1.0
LISTEN = 0.5
GLANCE = 0.002
HOUSEKEEPING = timedelta(hours=1)
CLOCK_SLACK = timedelta(seconds=2)


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
        """True once the platforms are connected, or all that answer."""
        self.patience = PATIENCE
        self._opening: dict[str, asyncio.Task[None]] = {}
        self._keep = keep
        self._now = now
        self._woken = asyncio.Event()
        self._turning = asyncio.Lock()
        self._cleaned_at: datetime | None = None
        self._ticked_at: datetime | None = None
        self._wipe_from: datetime | None = None
        self.instance = Instance(
            defaults or Defaults(),
            {p.name: p.start_link for p in platforms},
            database.keys.digest,
            self.registry.listed(),
            self.registry.codes,
            {p.name: _able(p) for p in platforms},
            frozenset(p.name for p in platforms if isinstance(p, PrivateOnly) and p.private_only),
            frozenset(p.name for p in platforms if isinstance(p, MakesGroups)),
            frozenset(p.name for p in platforms if isinstance(p, PostsByHand) and p.by_hand),
            frozenset(p.name for p in platforms if isinstance(p, TellsPeople)),
            links_only=frozenset(p.name for p in platforms if isinstance(p, LinksOnly) and p.links_only),
            called_only=frozenset(p.name for p in platforms if isinstance(p, CalledOnly) and p.called_only),
            stays=frozenset(p.name for p in platforms if isinstance(p, PostsStay) and p.posts_stay),
            knows=frozenset(p.name for p in platforms if isinstance(p, KnowsMembers)),
            pictures_only=frozenset(
                p.name for p in platforms if isinstance(p, PicturesOnly) and p.pictures_only
            ),
            for_everybody=frozenset(
                p.name for p in platforms if isinstance(p, ForEverybody) and p.for_everybody
            ),
        )
        chosen = self.instance.defaults
        letters = Letters(database.keys.digest, chosen.public_url, chosen.language)
        self.delivery = Delivery(database, self.platforms, limits or {}, now, self._woken.set, clock, letters)
        self.dispatcher = Dispatcher(
            database,
            self.registry,
            {p.name: p.read for p in platforms}
            | {DELIVERY: read_delivery, CLOCK: read_clock, PAGE: read_page, tidings.SOURCE: tidings.read},
            self.instance,
            now,
            {p.name: _mention_of(p) for p in platforms},
            self.instance.private_only | self.instance.called_only,
            self.instance.called_only,
        )
        self.leadership = Leadership(database)
        self.intake = Intake(self._accept, now)

    async def open(self) -> None:
        """Connect, and put back what a dead process left under way: for who has a database alone."""
        await self.connect()
        await self.delivery.recover()
        await self.dispatcher.look_back()

    async def connect(self) -> None:
        """Connect the platforms, all at once; what is under way may be another process's.

        One that is away keeps the others waiting for some seconds, and is then waited for beside them.
        """
        self._opening = {name: asyncio.create_task(p.open()) for name, p in self.platforms.items()}
        try:
            done, later = await asyncio.wait(self._opening.values(), timeout=self.patience)
            if not done:
                done, _ = await asyncio.wait(later, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            self.opened = True
        finally:
            if not self.opened:
                await self._give_up_opening()

    async def _give_up_opening(self) -> None:
        for task in self._opening.values():
            task.cancel()
        await asyncio.gather(*self._opening.values(), return_exceptions=True)

    async def _hear(self, platform: Platform) -> None:
        """Listen to a platform as soon as it is connected; ConfigError where it refuses us for good."""
        if (opening := self._opening.get(platform.name)) is not None:
            await asyncio.shield(opening)
        await platform.listen(self.intake.door_of(platform.name))

    def now(self) -> datetime:
        """The time of day that everything here goes by."""
        return self._now()

    async def close(self) -> None:
        """Finish what is in hand, then give everything back."""
        await self.delivery.finish(STOP_WITHIN)
        await self.leadership.give()
        await self._give_up_opening()
        for platform in self.platforms.values():
            await platform.close()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set: lead, or stand by until the one who leads is gone.

        A listener that ends with an error ends the run with it.
        """
        stopped = asyncio.create_task(stop.wait())
        said = ""
        try:
            while not stop.is_set():
                why = await self._lead_if_free(stopped)
                if why and why != said:
                    log.warning("this process stands by", why=why)
                said = why
                await asyncio.wait([stopped], timeout=STAND_BY if why else 0)
        finally:
            stopped.cancel()

    async def _lead_if_free(self, stopped: asyncio.Task[bool]) -> str:
        """Lead for as long as we may; gives why we may not."""
        try:
            if not await self.leadership.take():
                return "another process leads"
            await self.delivery.resume(STOP_WITHIN)
            await self.dispatcher.look_back()
        except DatabaseError as error:
            await self.leadership.give()
            return f"the database is away: {error}"
        log.info("this process leads")
        await self._lead(stopped)
        return ""

    async def _lead(self, stopped: asyncio.Task[bool]) -> None:
        """Carry the road until a stop, or until the lead is lost."""
        ticker = Ticker(self._tick_leading)
        ticker.start()
        work = [asyncio.create_task(self._hear(platform)) for platform in self.platforms.values()]
        work += [
            asyncio.create_task(self._work()),
            asyncio.create_task(self._keep_lead()),
            asyncio.create_task(self._watch_clock(ticker)),
        ]
        try:
            await asyncio.wait([*work, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ticker.stop()
            for task in work:
                task.cancel()
            ended = await asyncio.gather(*work, return_exceptions=True)
        for result in ended:
            if isinstance(result, Exception) and not isinstance(result, LeadLostError):
                raise result
        if not stopped.done():
            log.warning("the lead is lost")
            await self.leadership.give()

    async def _keep_lead(self) -> None:
        while True:
            if await self.leadership.heard(LISTEN):
                self._woken.set()
            elif self.database.kind == "sqlite":
                await asyncio.sleep(LISTEN)

    async def _watch_clock(self, ticker: Ticker) -> None:
        """Count seconds by another clock than the time of day, and see when that is set back."""
        before = self._now()
        while True:
            await asyncio.sleep(1)
            now = self._now()
            if now < before:
                ticker.set_right()
            before = now

    async def _tick_leading(self) -> None:
        with contextlib.suppress(DatabaseError):  # the lead is kept, and the road told of, elsewhere
            await self.tick()

    async def _accept(self, source: str, events: Sequence[queue.NewEvent]) -> None:
        """Handle what came in, or store it for the process that leads."""
        if self.leadership.leads:
            await self._accept_at_once(source, events)
        elif not self.leadership.stands_by:
            await self.dispatcher.accept(source, events)
            self._woken.set()
        else:
            await self.database.write(lambda records: self._store(records, events))

    async def _accept_at_once(self, source: str, events: Sequence[queue.NewEvent]) -> None:
        """Store, handle and begin what follows in one commit: so an answer waits for the disk once."""

        def work(records: Records, turn: Turn) -> int:
            recorded = self.delivery.record(records, turn)
            at_once = self.dispatcher.take(records, source, events)
            turn.more = not at_once or recorded > 0  # which may have brought events of its own
            return recorded + self.delivery.claim(records, turn)

        try:
            async with self._turning:
                await self.delivery.in_one(work)
        except StumbledError:
            await self.database.write(lambda records: queue.store_events(records, events, self._now()))
            self._woken.set()
        if self.delivery.more:
            self._woken.set()

    def _store(self, records: Records, events: Sequence[queue.NewEvent]) -> None:
        queue.store_events(records, events, self._now())
        tell(records)

    async def tick(self) -> None:
        """Let the clock ring for what is due, and clean up now and then."""
        now = self._now()
        rang = await self.database.write(lambda records: ring(records, now))
        if self._ticked_at is None or now < self._ticked_at - CLOCK_SLACK:
            await self.database.write(lambda records: queue.clock_went_back(records, now))
        self._ticked_at = now
        if self._cleaned_at is None or now - self._cleaned_at > HOUSEKEEPING:
            self._cleaned_at = now
            await self.database.write(lambda records: retention.clean(records, now, self._keep))
            at = self.instance.defaults.look_at
            await self.database.write(lambda records: looking.plan_missing(records, now, at))
        await self._forget_ballots(now)
        if rang:
            self._woken.set()

    async def _forget_ballots(self, now: datetime) -> None:
        """Of an anonymous poll or survey that is over nothing may be left, in the files neither."""
        if self._wipe_from and now < self._wipe_from:
            return
        tables = await self.database.write(secrecy.swept)
        if tables and await self.database.wipe(tables):
            await self.database.write(lambda records: secrecy.gone(records, tables))
        elif tables:
            self._wipe_from = now + timedelta(minutes=1)

    async def step(self) -> int:
        """One turn of the road in one commit: record what happened, handle what came, begin what is due."""
        async with self._turning:
            try:
                return await self.delivery.in_one(self._turn)
            except StumbledError:
                self._woken.set()
                return await self.dispatcher.run_once() + await self.delivery.run_once()

    def _turn(self, records: Records, turn: Turn) -> int:
        recorded, handled = self.delivery.record(records, turn), self.dispatcher.batch(records)
        turn.more = handled >= BATCH
        return recorded + handled + self.delivery.claim(records, turn)

    async def settle(self) -> None:
        """Work until nothing can be done at this moment (what is due later waits)."""
        while (done := await self.step()) or self.delivery.under_way:
            if not done:
                await asyncio.sleep(GLANCE)  # for whoever has it in hand

    async def _work(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self.step()
                if not self.delivery.more:
                    await self._nap()
            except LeadLostError:
                raise
            except DatabaseError as error:  # it is away: what is stored is not lost, try again
                log.error("the road stands still", error=str(error))
                await asyncio.sleep(1)

    async def _nap(self) -> None:
        """Sleep until something is due; what is under way or comes in wakes us."""
        if self._woken.is_set():
            return
        seconds = SHORT_NAP if self.delivery.under_way else await self._until_due()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for of Python 3.11 can swallow the stop
                await self._woken.wait()

    async def _until_due(self) -> float:
        times = [t for t in (await self.dispatcher.next_at(), await self.delivery.next_at()) if t is not None]
        if not times:
            return LONGEST_NAP
        return min(LONGEST_NAP, max(0.005, (min(times) - self._now()).total_seconds()))


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
