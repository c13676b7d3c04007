"""The playground's class: built, turned forward, kept on disk if asked to, begun anew."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bot.demo.cast import load_cast
from bot.demo.clock import TurnedClock
from bot.demo.sample import beginning, live_through
from bot.demo.script import Script
from bot.demo.stage import Stage
from bot.demo.tries import SCHOOL_DAY, Hand, Item
from bot.platforms.web import keeping
from classroom.errors import HomeroomError
from handlers.room import Defaults
from storage.database import open_database

log = structlog.get_logger("demo")
ZONE = "Asia/Shanghai"
NUDGE_AFTER = timedelta(hours=8)
"""Short, so that what goes out in the morning is asked for on the same evening."""


@dataclass(slots=True)
class House:
    """One class and all that belongs to it. `keep` is the file of --data, None for a temporary class."""

    stage: Stage
    script: Script
    folder: tempfile.TemporaryDirectory[str] | None
    keep: Path | None
    done: list[str] = field(default_factory=list)
    running: str | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def language(self) -> str:
        """What the class speaks."""
        return self.script.cast.language

    def begin(self) -> None:
        """Let the class live by the clock."""
        self.stage.clock.go()
        self._spawn(self.stage.run())

    async def end(self) -> None:
        """Stop, keep what is to be kept, and forget the rest."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.stage.close()
        self.save()
        self.stage.database.close()
        if self.folder is not None:
            self.folder.cleanup()

    def save(self) -> None:
        """Write the messenger's memory beside the database, if this class is kept."""
        if self.keep is not None:
            keeping.save(self.stage.platform, _memory_of(self.keep), language=self.language, done=self.done)

    def forget(self) -> None:
        """Take a kept class off the disk, so that another can begin in its place."""
        if self.keep is not None:
            for suffix in ("", "-wal", "-shm", ".chats"):
                self.keep.with_name(self.keep.name + suffix).unlink(missing_ok=True)

    def turn(self, to: Callable[[datetime], datetime]) -> None:
        """Turn the clock forward in the background; `to` reckons from now."""
        self._spawn(self._turn(to))

    async def _turn(self, to: Callable[[datetime], datetime]) -> None:
        async with self._one_at_a_time:
            await self.stage.turn(to(self.stage.clock.now()))

    def attempt(
        self, name: str, look: Callable[[str, str], None], changed: Callable[[], None], pace: float
    ) -> asyncio.Task[None] | None:
        """Let a thing to try happen in the background; None if there is none of this name."""
        item = SCHOOL_DAY.find(name)
        if item is None:
            return None
        return self._spawn(self._attempt(item, Hand(self.script, look, pace), changed))

    async def _attempt(self, item: Item, hand: Hand, changed: Callable[[], None]) -> None:
        name = item.name
        async with self._one_at_a_time:
            self.running = name
            changed()
            try:
                await item.act(hand)
                if name not in self.done:
                    self.done.append(name)
            except HomeroomError as error:  # somebody has changed the class so that this cannot be shown
                log.warning("a thing to try came to nothing", name=name, error=str(error))
            finally:
                self.running = None
                changed()

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("the playground stumbled", error=type(error).__name__)


def _memory_of(data: Path) -> Path:
    return data.with_name(f"{data.name}.chats")


async def build(language: str, home: str, keep: Path | None, today: date) -> House:
    """Open the class of `keep` again, or let a new one live through its first days."""
    memory = keeping.read(_memory_of(keep)) if keep else None
    cast = load_cast(memory.language if memory else language)
    zone = ZoneInfo(ZONE)
    clock = TurnedClock(memory.now if memory else beginning(today, zone).astimezone(UTC))
    folder = None if keep else tempfile.TemporaryDirectory(prefix="homeroom-playground-")
    file = keep or Path(folder.name if folder else "") / "playground.db"
    database = open_database(f"sqlite:///{file}", durable=keep is not None)
    defaults = Defaults(
        language=cast.language, timezone=ZONE, nudge_after=NUDGE_AFTER, public_url=home.rstrip("/")
    )
    stage = Stage(database, clock, defaults, home)
    if memory is not None:
        keeping.restore(stage.platform, memory)
    await stage.open()
    house = House(stage, Script(stage, cast), folder, keep, done=memory.done if memory else [])
    if memory is None:
        await live_through(house.script)
        house.save()
    return house
