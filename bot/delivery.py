"""The end of the road: due deliveries in order, inside the limits, tried again, recorded as they went."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot import recording
from bot.addressing import Target, target_of
from bot.limits import Limits, Pace
from bot.performing import COUNTED, HARMLESS, perform
from bot.ports import Failure, Key, Outcome, Platform, Refused, TryAgain
from classroom.addresses import GroupAddress
from classroom.effects import Effect, Toast
from storage import queue
from storage.database import Database, Records, describe

log = structlog.get_logger("delivery")
AT_ONCE = 64
TOAST_LIFE = timedelta(seconds=10)


@dataclass(slots=True)
class _Job:
    """One delivery under way."""

    due: queue.Due
    effect: Effect
    keys: list[Key]
    target: Target

    @property
    def lane(self) -> str:
        return f"{self.due.lane_key}/{self.due.lane}"


@dataclass(slots=True)
class _State:
    """What is under way now: lanes that are taken, chats that are being talked to, results to record."""

    lanes: set[str] = field(default_factory=set)
    talking: set[int] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    results: list[tuple[_Job, Outcome]] = field(default_factory=list)


class Delivery:
    """Carries deliveries out. One of it runs per database."""

    def __init__(
        self,
        database: Database,
        platforms: Mapping[str, Platform],
        limits: Mapping[str, Limits],
        now: Callable[[], datetime],
        wake: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`wake` is called when a result was recorded that may bring new events or deliveries.

        `clock` gives seconds that only go forward, for the pace; `now` is the time of day.
        """
        self._clock = clock
        self._database = database
        self._platforms = platforms
        self._pace = {name: Pace(limits.get(name, Limits())) for name in platforms}
        self._now = now
        self._wake = wake
        self._state = _State()
        self._waits: dict[str, float] = {}
        self.attempts: Counter[tuple[str, str]] = Counter()
        """What was tried since the start, by kind and outcome."""

    @property
    def limits_hit(self) -> dict[tuple[str, str], int]:
        """How often something had to wait, by platform and by whose limit."""
        ours = {(name, "ours"): pace.waited for name, pace in self._pace.items()}
        return ours | {(name, "platform"): pace.told_to_wait for name, pace in self._pace.items()}

    async def recover(self) -> int:
        """After a crash: what was under way goes back; messages are counted as possibly double."""
        return await self._database.write(lambda records: recording.recover(records, self._now(), HARMLESS))

    async def run_once(self) -> int:
        """Record what has happened and begin what may begin; gives how much of both there was."""
        recorded = await self._record()
        jobs = await self._database.write(self._claim)
        for job in jobs:
            task = asyncio.create_task(self._carry_out(job))
            self._state.tasks.add(task)
            task.add_done_callback(self._state.tasks.discard)
        return recorded + len(jobs)

    @property
    def under_way(self) -> bool:
        """True while something is being carried out or waits to be recorded."""
        return bool(self._state.tasks or self._state.results)

    async def finish(self, timeout: float) -> None:  # noqa: ASYNC109 - the caller's own limit for a clean stop
        """Let what is in hand end, at most for `timeout` seconds, and record it."""
        if self._state.tasks:
            await asyncio.wait(set(self._state.tasks), timeout=timeout)
        await self._record()

    async def next_at(self) -> datetime | None:
        """When something can begin that cannot now, but for what a result would set free; None if never."""
        now = self._now()
        due = await self._database.write(lambda records: queue.next_due_at(records, now))
        free = [max(0.0, at - self._clock()) for at in self._waits.values()]
        paced = now + timedelta(seconds=min(free)) if free else None
        return min((t for t in (due, paced) if t is not None), default=None)

    # --- beginning ------------------------------------------------------------------------------

    def _claim(self, records: Records) -> list[_Job]:
        """Choose what may begin now and mark it as begun, in one commit before any of it is begun."""
        room = AT_ONCE - len(self._state.tasks)
        if room <= 0:
            return []
        now, clock = self._now(), self._clock()
        self._waits = {lane: at for lane, at in self._waits.items() if at > clock}
        busy = self._state.lanes | set(self._waits)
        jobs: list[_Job] = []
        for due in queue.due_deliveries(records, now, busy, room):
            job = self._begin(records, due, now, clock)
            if job is not None:
                jobs.append(job)
        return jobs

    def _begin(self, records: Records, due: queue.Due, now: datetime, clock: float) -> _Job | None:
        if recording.put_off_for_quiet(records, due, now):
            return None
        effect, stored = queue.load(due.payload)
        if isinstance(effect, Toast) and now - (effect.asked_at or due.created_at) > TOAST_LIFE:
            recording.close(records, due, "failed", now, Failure.EXPIRED)
            return None
        if (
            due.handle
            and due.kind not in ("post", "tell")
            and queue.handle_waits(records, due.handle, due.id)
        ):
            self._later(f"{due.lane_key}/{due.lane}", clock, 0.2)
            return None
        target = target_of(records, due, effect)
        if isinstance(target, Failure):
            recording.failed(records, due, effect, Refused(target), now)
            return None
        if target.platform not in self._platforms:
            self._later(f"{due.lane_key}/{due.lane}", clock, 30.0)
            return None
        return self._start(records, _Job(due, effect, _keys(stored), target), clock)

    def _start(self, records: Records, job: _Job, clock: float) -> _Job | None:
        chat = job.target.chat
        talk = job.due.lane != "instant"
        if talk and chat in self._state.talking:
            return None
        pace = self._pace[job.target.platform]
        group = isinstance(job.target.address, GroupAddress)
        wait = pace.wait(chat, group=group, counted=job.due.kind in COUNTED, now=clock)
        if wait > 0:
            self._later(job.lane, clock, wait)
            return None
        recording.begun(records, job.due, job.target)
        self._state.lanes.add(job.lane)
        if talk:
            self._state.talking.add(chat)
        return job

    def _later(self, lane: str, clock: float, seconds: float) -> None:
        self._waits[lane] = clock + seconds

    # --- carrying out and recording -------------------------------------------------------------

    async def _carry_out(self, job: _Job) -> None:
        try:
            outcome = await perform(
                self._platforms[job.target.platform],
                job.effect,
                job.target.address,
                job.keys,
                job.target.refs,
            )
        except Exception as error:  # a fault of ours must not stop the others
            log.error(
                "delivery raised",
                event_id=job.due.event_id,
                delivery_id=job.due.id,
                kind=job.due.kind,
                error=describe(error),
            )
            outcome = TryAgain(type(error).__name__, uncertain=True)
        if isinstance(outcome, TryAgain) and outcome.after is not None:
            self._pace[job.target.platform].hold(job.target.chat, self._clock() + outcome.after)
        self._state.results.append((job, outcome))
        self._wake()

    async def _record(self) -> int:
        results, self._state.results = self._state.results, []
        if not results:
            return 0
        recorded = False
        try:
            await self._database.write(lambda records: self._write(records, results))
            recorded = True
        finally:
            if not recorded:  # the database is away: what happened is written down when it is back
                self._state.results = results + self._state.results
        for job, outcome in results:
            self.attempts[job.due.kind, type(outcome).__name__] += 1
            self._state.lanes.discard(job.lane)
            if job.due.lane != "instant":
                self._state.talking.discard(job.target.chat)
        return len(results)

    def _write(self, records: Records, results: list[tuple[_Job, Outcome]]) -> None:
        for job, outcome in results:
            recording.record(records, job.due, job.effect, job.target, outcome, self._now())


def _keys(stored: list[queue.StoredKey]) -> list[Key]:
    return [Key(k.label, k.token, k.payload, k.row) for k in stored]
