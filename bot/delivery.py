"""The end of the road: due deliveries in order, inside the limits, tried again, recorded as they went."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot import recording
from bot.addressing import Target, target_of
from bot.letters import Letters
from bot.limits import Limits, Pace
from bot.performing import COUNTED, HARMLESS, hands_of, perform, shown_on_page, tell_together
from bot.ports import Failure, Key, Outcome, Platform, Refused, TryAgain
from bot.recording import Book
from bot.webhooks import goes_by_webhook
from classroom.addresses import FAMILIES, PAGE, GroupAddress
from classroom.effects import Effect, Lane, Tell, Toast
from storage import identity, queue
from storage.database import Database, Records, describe

log = structlog.get_logger("delivery")
AT_ONCE = 64
ENOUGH = 24
"""So many results are worth a turn of their own."""
A_MOMENT = 0.002
TOAST_LIFE = timedelta(seconds=10)
LATELY = timedelta(minutes=1)
"""How far back a platform counts when it limits."""


@dataclass(slots=True)
class _Job:
    """One delivery under way."""

    due: queue.Due
    effect: Effect
    keys: list[Key]
    target: Target
    on_page: bool = False
    """True for what our own page shows, so that no platform is asked for it."""

    @property
    def lane(self) -> str:
        return f"{self.due.lane_key}/{self.due.lane}"

    @property
    def equal(self) -> Hashable:
        """What another job has to have in common to be carried out with this; None if none can."""
        effect = self.effect
        if not isinstance(effect, Tell) or self.keys or effect.files or self.on_page or self.due.handle:
            return None
        return self.target.platform, effect.text, effect.protect

    @property
    def talks(self) -> bool:
        """True for what its chat says one at a time."""
        return self.due.lane != Lane.INSTANT


@dataclass(slots=True)
class Turn:
    """One turn: what has happened, what is free therefore, and what begins once that is committed."""

    results: list[tuple[_Job, Outcome]]
    lanes: set[str]
    talking: set[int]
    waits: dict[str, float]
    jobs: list[_Job] = field(default_factory=list)
    together: dict[Hashable, list[_Job]] = field(default_factory=dict)
    """Those of the jobs that one call may carry out, by what makes them equal."""
    moved: int = 0
    """How many take another way, and begin in the next turn."""
    more: bool = False
    """True where there may be more to do at once than this turn has done."""


@dataclass(slots=True)
class _State:
    """What is under way now: lanes that are taken, chats that are being talked to, results to record."""

    lanes: set[str] = field(default_factory=set)
    talking: set[int] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    results: list[tuple[_Job, Outcome]] = field(default_factory=list)
    begun: set[int] = field(default_factory=set)
    """Deliveries that are under way or wait to be recorded."""
    doubt: bool = False
    """True while it is not known whether the last commit was done: its answer was lost with the line."""


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
        letters: Letters | None = None,
    ) -> None:
        """`wake` is called when a result was recorded that may bring new events or deliveries.

        `letters` make the pages for platforms without buttons; without them their messages have none.
        `clock` gives seconds that only go forward, for the pace; `now` is the time of day.
        """
        self._clock = clock
        self._database = database
        self._hands = hands_of(platforms)
        self._pace = {name: Pace(limits.get(name, Limits())) for name in platforms}
        self._now = now
        self._wake = wake
        self._letters = letters
        self._state = _State()
        self._waits: dict[str, float] = {}
        self.attempts: Counter[tuple[str, str]] = Counter()
        """What was tried since the start, by kind and outcome."""
        self.more = False
        """True where the last turn may have left something that can be done at once."""

    @property
    def limits_hit(self) -> dict[tuple[str, str], int]:
        """How often something had to wait, by platform and by whose limit."""
        ours = {(name, "ours"): pace.waited for name, pace in self._pace.items()}
        return ours | {(name, "platform"): pace.told_to_wait for name, pace in self._pace.items()}

    async def resume(self, timeout: float) -> int:  # noqa: ASYNC109 - as `finish`
        """Take the road over, from another process or from before the lead was lost.

        What this process itself has in hand is recorded first; the rest goes back, as after a crash.
        """
        await self.finish(timeout)
        for task in self._state.tasks:
            task.cancel()
        await asyncio.gather(*self._state.tasks, return_exceptions=True)
        self._state = _State()
        return await self.recover()

    async def recover(self) -> int:
        """After a crash: what was under way goes back; messages are counted as possibly double."""
        now = self._now()
        lately = await self._database.look(lambda r: queue.done_since(r, now - LATELY, COUNTED))
        for name, pace in self._pace.items():  # the platform counts on, whichever process it was
            sent = [(d.chat, d.group, (now - d.at).total_seconds()) for d in lately if d.platform == name]
            pace.recount(sent, self._clock())
        return await self._database.write(lambda records: recording.recover(records, now, HARMLESS))

    async def run_once(self) -> int:
        """Record what has happened and begin what may begin; gives how much of both there was."""
        return await self.in_one(self.take)

    async def in_one(self, work: Callable[[Records, Turn], int]) -> int:
        """Do a turn's work in one transaction, and let begin what it chose once that is committed."""
        turn = self.turn()
        writing = asyncio.ensure_future(self._database.write(lambda records: work(records, turn)))
        try:
            await asyncio.wait([writing])
        finally:  # a stop that comes now waits for the commit: what it began has begun, and is no duplicate
            while not writing.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait([writing])
            failed = writing.cancelled() or writing.exception() is not None
            (self.give_back if failed else self.go)(turn)
        return writing.result()

    # --- a turn, which may be part of a larger transaction --------------------------------------

    def turn(self) -> Turn:
        """Begin a turn with what has happened since the last one."""
        state, clock = self._state, self._clock()
        results, state.results = state.results, []
        talks = {job.target.chat for job, _ in results if job.talks}
        return Turn(
            results,
            state.lanes - {job.lane for job, _ in results},
            state.talking - talks,
            {lane: at for lane, at in self._waits.items() if at > clock},
        )

    def take(self, records: Records, turn: Turn) -> int:
        """Record results and choose what begins, in the caller's transaction; gives how much there was."""
        return self.record(records, turn) + self.claim(records, turn)

    def give_back(self, turn: Turn) -> None:
        """The transaction has failed: what happened is recorded when the database is back."""
        self._state.results = turn.results + self._state.results
        self._state.doubt = True

    def go(self, turn: Turn) -> None:
        """The transaction is committed: lanes are free again, and what was marked as begun begins."""
        self._state.lanes, self._state.talking, self._waits = turn.lanes, turn.talking, turn.waits
        self.more = turn.more
        self._state.doubt = False
        for job, outcome in turn.results:
            self.attempts[job.due.kind, type(outcome).__name__] += 1
            self._state.begun.discard(job.due.id)
        self._state.begun.update(job.due.id for job in turn.jobs)
        several = [jobs for jobs in turn.together.values() if len(jobs) > 1]
        grouped = {id(job) for jobs in several for job in jobs}
        alone = [[job] for job in turn.jobs if id(job) not in grouped]
        for jobs in [*alone, *several]:
            task = asyncio.create_task(self._carry_out(jobs))
            self._state.tasks.add(task)
            task.add_done_callback(self._state.tasks.discard)

    @property
    def under_way(self) -> bool:
        """True while something is being carried out or waits to be recorded."""
        return bool(self._state.tasks or self._state.results)

    async def finish(self, timeout: float) -> None:  # noqa: ASYNC109 - the caller's own limit for a clean stop
        """Let what is in hand end, at most for `timeout` seconds, and record it."""
        if self._state.tasks:
            await asyncio.wait(set(self._state.tasks), timeout=timeout)
        await self.in_one(self.record)

    async def next_at(self) -> datetime | None:
        """When something can begin that cannot now, but for what a result would set free; None if never."""
        now = self._now()
        due = await self._database.look(lambda records: queue.next_due_at(records, now))
        free = [max(0.0, at - self._clock()) for at in self._waits.values()]
        paced = now + timedelta(seconds=min(free)) if free else None
        return min((t for t in (due, paced) if t is not None), default=None)

    # --- beginning ------------------------------------------------------------------------------

    def claim(self, records: Records, turn: Turn) -> int:
        """Choose what may begin now and mark it as begun, in one commit before any of it is begun.

        Gives how many began, or failed for good before they could: that, too, has brought news.
        """
        room = AT_ONCE - len(self._state.tasks)
        if room <= 0:
            return 0
        due = queue.due_deliveries(records, self._now(), turn.lanes | turn.waits.keys(), room)
        if not due:
            return 0
        identity.foresee_chats(records, (d.chat_id for d in due))
        book = Book()
        for one in due:
            self._begin(records, book, one, turn)
        failed = len(book.closed) + len(book.erased)
        turn.more = turn.more or bool(failed or turn.moved) or len(due) >= room
        book.write(records, self._now())
        recording.begun(records, [(job.due, job.target) for job in turn.jobs])
        return len(turn.jobs) + failed + turn.moved

    def _begin(self, records: Records, book: Book, due: queue.Due, turn: Turn) -> None:
        now = self._now()
        if recording.put_off_for_quiet(records, due, now):
            return
        effect, stored = queue.opened(records, due)
        if isinstance(effect, Toast) and now - (effect.asked_at or due.created_at) > TOAST_LIFE:
            recording.close(book, due, "failed", now, Failure.EXPIRED)
            return
        if (
            due.handle
            and due.kind not in ("post", "tell")
            and queue.handle_waits(records, due.handle, due.id)
        ):
            self._later(turn, f"{due.lane_key}/{due.lane}", 0.2)
            return
        target = target_of(records, due, effect)
        if isinstance(target, Failure):
            if goes_by_webhook(records, due, due.chat_id, target, now):
                turn.moved += 1
            else:
                recording.failed(records, book, due, effect, Refused(target), now)
        elif target.platform not in self._hands and target.platform != FAMILIES:
            if recording.goes_elsewhere(records, due, target.chat, now):
                turn.moved += 1
            else:
                self._later(turn, f"{due.lane_key}/{due.lane}", 30.0)
        else:
            self._choose(self._job(records, due, effect, stored, target), turn)

    def _job(
        self, records: Records, due: queue.Due, effect: Effect, stored: list[queue.StoredKey], target: Target
    ) -> _Job:
        if due.platform == PAGE or target.platform == FAMILIES:
            return _Job(due, effect, [], target, on_page=True)
        hands = self._hands[target.platform]
        if hands.links_only and due.kind == "edit_told":
            return _Job(due, effect, [], target, on_page=True)
        if due.kind == "tell" and (hands.needs_pages or (stored and hands.links_only)):
            link = self._letters.link(records, due) if self._letters is not None else None
            shown = link if stored or link is None else replace(link, label="")
            return _Job(due, effect, [shown] if shown is not None else [], target)
        return _Job(due, effect, _keys(stored), target)

    def _choose(self, job: _Job, turn: Turn) -> None:
        """Let a delivery begin in this turn, if its chat and the pace permit."""
        chat = job.target.chat
        if job.talks and chat in turn.talking:
            return
        equal = None if job.on_page else self._equal(job)
        wait = 0.0 if job.on_page else self._paced(job, along=equal in turn.together)
        if wait > 0:
            self._later(turn, job.lane, wait)
            return
        turn.jobs.append(job)
        if equal is not None:
            turn.together.setdefault(equal, []).append(job)
        turn.lanes.add(job.lane)
        if job.talks:
            turn.talking.add(chat)

    def _equal(self, job: _Job) -> Hashable:
        return job.equal if self._hands[job.target.platform].tells_many is not None else None

    def _paced(self, job: _Job, *, along: bool) -> float:
        pace, group = self._pace[job.target.platform], isinstance(job.target.address, GroupAddress)
        counted = job.due.kind in COUNTED
        return pace.wait(job.target.chat, group=group, counted=counted, now=self._clock(), along=along)

    def _later(self, turn: Turn, lane: str, seconds: float) -> None:
        turn.waits[lane] = self._clock() + seconds

    # --- carrying out and recording -------------------------------------------------------------

    async def _carry_out(self, jobs: Sequence[_Job]) -> None:
        """Carry out one delivery, or several that are one call."""
        try:
            outcomes = await self._performed(jobs)
        except Exception as error:  # a fault of ours must not stop the others
            due = jobs[0].due
            log.error(
                "delivery raised",
                event_id=due.event_id,
                delivery_id=due.id,
                kind=due.kind,
                error=describe(error),
            )
            outcomes = [TryAgain(type(error).__name__, uncertain=True)] * len(jobs)
        for job, outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, TryAgain) and outcome.after is not None:
                self._pace[job.target.platform].hold(job.target.chat, self._clock() + outcome.after)
            self._state.results.append((job, outcome))
        self._tell(len(jobs))

    async def _performed(self, jobs: Sequence[_Job]) -> Sequence[Outcome]:
        job = jobs[0]
        if job.on_page:
            return [shown_on_page(job.effect)]
        hands, target = self._hands[job.target.platform], job.target
        if len(jobs) > 1:
            return await tell_together(hands, job.effect, [one.target.address for one in jobs])
        return [await perform(hands, job.effect, target.address, job.keys, target.refs)]

    def _tell(self, new: int) -> None:
        """Have results recorded: at once if nothing else is under way, else with what comes in a moment."""
        if len(self._state.tasks) <= 1 or len(self._state.results) >= ENOUGH:
            self._wake()
        elif len(self._state.results) == new:
            asyncio.get_running_loop().call_later(A_MOMENT, self._wake)

    def record(self, records: Records, turn: Turn) -> int:
        """Record what has happened, in the caller's transaction; gives how much it was."""
        results = self._settled(records, turn.results) if self._state.doubt else turn.results
        if not results:
            return len(turn.results)
        identity.foresee_chats(records, (job.target.chat for job, _ in results if job.due.kind == "tell"))
        now, book = self._now(), Book()
        for job, outcome in results:
            recording.record(records, book, job.due, job.effect, job.target, outcome, now)
        book.write(records, now)
        return len(turn.results)

    def _settled(self, records: Records, results: list[tuple[_Job, Outcome]]) -> list[tuple[_Job, Outcome]]:
        """After a commit nobody heard of: what it marked as begun goes back, what it recorded is not new."""
        marked = {due.id for due in queue.under_way(records)}
        recording.never_begun(records, marked - self._state.begun, self._now())
        return [(job, outcome) for job, outcome in results if job.due.id in marked]


def _keys(stored: list[queue.StoredKey]) -> list[Key]:
    return [Key(k.label, k.token, k.payload, k.row) for k in stored]
