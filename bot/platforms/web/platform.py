"""The messenger as a platform: the least that one is."""

from __future__ import annotations

import asyncio
import contextlib

from bot.platforms.web.acting import Acts
from bot.platforms.web.chats import BOT, NAME
from bot.platforms.web.hands import Hands
from bot.platforms.web.room import told
from bot.ports import Incoming, Store
from classroom.errors import HomeroomError
from classroom.events import Event


class WebPlatform(Acts, Hands):
    """A messenger in memory: behind the playground's page, and under the tests of everybody's features."""

    @property
    def name(self) -> str:
        """The word in [brackets] of the configuration."""
        return NAME

    @property
    def mention(self) -> str:
        """The bot's name in commands."""
        return BOT

    async def open(self) -> None:
        """Nothing to connect to."""

    async def close(self) -> None:
        """Nothing to give back."""

    async def listen(self, store: Store) -> None:
        """Hand over what people do, as they do it; what could not be stored is offered again."""
        while True:
            with contextlib.suppress(HomeroomError):
                await self.hand_over(store)
            await asyncio.sleep(0.01)

    async def hand_over(self, store: Store) -> int:
        """Hand over everything that has happened; forgotten only after it was stored."""
        return await handed_over(self.waiting, store)

    def read(self, raw: bytes) -> Event | None:
        """Events travel as themselves here; what is none concerns us not."""
        return told(raw)

    def start_link(self, payload: str) -> str:
        """An address of the private conversation."""
        return f"{self.home}?start={payload}"


async def handed_over(waiting: list[Incoming], store: Store) -> int:
    """Hand over all that waits, and forget it once it is stored; gives how much it was."""
    batch = list(waiting)
    if batch:
        await store(batch)
        del waiting[: len(batch)]
    return len(batch)
