"""The class on its stage: the real app on our own messenger, one thing at a time, by a clock that turns."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app import App
from bot.demo import phones
from bot.demo.clock import TurnedClock
from bot.limits import Limits
from bot.platforms.web import NAME, WebPlatform
from handlers.room import Defaults
from storage import schedules
from storage.database import Database

TICK = 1.0
A_MOMENT = timedelta(seconds=1)


class Stage:
    """Runs the road whenever somebody has done something or something falls due.

    `watchers` hear when the bot begins to work (True) and when it has done all it can (False).
    """

    def __init__(self, database: Database, clock: TurnedClock, defaults: Defaults, home: str) -> None:
        """Nothing happens until `open`; `home` is the page's address."""
        self.clock = clock
        self.zone = ZoneInfo(defaults.timezone)
        self.database = database
        self.platform = WebPlatform(clock.now, home)
        self.phones = phones.made(self.platform, defaults.language)
        names = (NAME, *(phone.name for phone in self.phones))
        self.app = App(
            database,
            [self.platform, *self.phones],
            defaults=defaults,
            limits={name: Limits(0, 0, 0, 0) for name in names},  # our own messenger has none
            now=clock.now,
            clock=clock.seconds,
        )
        self.watchers: list[Callable[[bool], None]] = []
        self.turning = False
        self._ticked_at: datetime | None = None
        self._woken = asyncio.Event()
        self._alone = asyncio.Lock()

    async def open(self) -> None:
        """Put back what a killed playground left under way."""
        await self.app.open()
        await self.settle()

    async def close(self) -> None:
        """Finish what is in hand."""
        await self.app.close()

    def wake(self) -> None:
        """Somebody has done something."""
        self._woken.set()

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await self.settle()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._woken.wait()

    async def settle(self) -> None:
        """Do all that can be done at this moment."""
        async with self._alone:
            await self._settle()

    async def _settle(self) -> None:
        self._woken.clear()
        busy = bool(self.platform.waiting or any(self.platform.elsewhere.values()))
        if busy:
            self._tell(True)
        try:
            if (now := self.clock.now()) != self._ticked_at:  # before it goes, it often stands still
                self._ticked_at = now
                await self.app.tick()
            while await self._step():
                continue
        finally:
            if busy:
                self._tell(False)

    async def _step(self) -> bool:
        await asyncio.sleep(0)  # a window must not wait for the whole of it
        doors = self.app.intake.door_of
        heard = [await self.platform.hand_over(doors(self.platform.name))]
        heard += [await phone.hand_over(doors(phone.name)) for phone in self.phones]
        moved = any(heard) or await self.app.step()
        return bool(moved or self.app.delivery.under_way)

    def _tell(self, working: bool) -> None:
        for watcher in self.watchers:
            watcher(working)

    async def turn(self, to: datetime) -> None:
        """Go forward to a moment and let everything happen on the way, each at its own time."""
        async with self._alone:
            self.turning = True
            try:
                while (moment := await self._next()) is not None and moment <= to:
                    self.clock.turn(max(moment, self.clock.now() + A_MOMENT))
                    await self._settle()
                self.clock.turn(to)
                await self._settle()
            finally:
                self.turning = False

    async def _next(self) -> datetime | None:
        times = [
            await self.database.write(schedules.next_at),
            await self.app.dispatcher.next_at(),
            await self.app.delivery.next_at(),
        ]
        return min((moment for moment in times if moment is not None), default=None)
