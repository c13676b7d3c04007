"""A class that lives by a clock the test turns: every moment on the way comes, and the bot starts anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import App
from bot.platforms.web import BOT, Shown
from handlers.room import Defaults
from storage import schedules
from storage.database import open_database
from tests.world import UNLIMITED, User, World

A_MOMENT = timedelta(seconds=1)
Chance = Callable[[], Awaitable[None]]


class Living(World):
    """A class group whose bot is started again after every `restart_after` of its time."""

    def __init__(self, url: str, key: Path, zone: ZoneInfo, begin: date, restart_after: timedelta) -> None:
        self.url, self.key, self.zone = url, key, zone
        self.defaults = Defaults(timezone=str(zone))
        super().__init__(open_database(url, key, durable=False), self.defaults)
        self.time = datetime.combine(begin, time(10), zone).astimezone(UTC)
        self.started_on = begin
        self.restart_after = restart_after
        self.started_at = self.time
        self.starts = 1

    @property
    def local(self) -> datetime:
        """The time of day where the class is."""
        return self.time.astimezone(self.zone)

    def at_home(self, shown: Shown) -> datetime:
        """When something was shown, as the class's own clock has it."""
        assert shown.at is not None
        return shown.at.astimezone(self.zone)

    async def restart(self) -> None:
        """Everything that a process knew is gone; another opens the same database."""
        self.database.close()
        self.database = open_database(self.url, self.key, durable=False)
        platform = self.platform
        self.app = App(
            self.database,
            [platform],
            defaults=self.defaults,
            limits=UNLIMITED,
            now=self.now,
            clock=self.clock,
        )
        await self.app.open()
        self.started_at = self.time
        self.starts += 1

    async def live(self, until: datetime, meanwhile: Chance) -> None:
        """Go from moment to moment; after each the people get a chance to do something."""
        until = until.astimezone(UTC)
        while (moment := await self._next()) is not None and moment <= until:
            await self._turn(max(moment, self.time + A_MOMENT), meanwhile)
        await self._turn(until, meanwhile)

    async def _turn(self, to: datetime, meanwhile: Chance) -> None:
        self.time = to
        if to - self.started_at > self.restart_after:
            await self.restart()
        await self.app.tick()
        await self.settle()
        await meanwhile()

    async def _next(self) -> datetime | None:
        times = [
            await self.database.look(schedules.next_at),
            await self.app.dispatcher.next_at(),
            await self.app.delivery.next_at(),
        ]
        return min((moment for moment in times if moment is not None), default=None)


def told(user: User, *words: str) -> list[Shown]:
    """What the bot has ever told somebody that holds all these words, taken away or not."""
    return [m for m in user.private.messages if m.by == BOT and all(w in m.text for w in words)]


def posts(world: World, *words: str) -> list[Shown]:
    """The same for the group."""
    return [m for m in world.group.messages if m.by == BOT and all(w in m.text for w in words)]
