"""An app's access token: one for all processes, fetched by one of them at a time, and not without end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from bot.platforms.tencent.errors import ApiError, LineError
from bot.ports import Vault

EARLY = 300
"""Seconds before its end from which a token is not used any more."""

LOOK_AGAIN = 30.0
"""Seconds for which a token is used without asking whether another process has a newer one."""

HOLD = 40.0
SULK = 60.0
"""Seconds for which nothing is fetched after a fetch that was refused, or whose token was."""

Fetch = Callable[[], Awaitable[tuple[str, float]]]
"""Asks Tencent for a token; gives it with the seconds of its life."""


class Tokens:
    """Keeps one app's token in the vault."""

    def __init__(self, name: str, vault: Vault, fetch: Fetch, clock: Callable[[], float]) -> None:
        """`name` is the token's in the vault: one for each app and secret."""
        self._name, self._vault, self._fetch, self._clock = name, vault, fetch, clock
        self._one = asyncio.Lock()
        self._token = ""
        self._until = 0.0
        self._refusal: ApiError | None = None
        self._sulks_until = 0.0
        self.fetched = 0
        """How often this process has asked Tencent for one."""

    async def get(self, refused: str = "") -> str:
        """A token other than the one that was `refused`; ApiError or LineError where there is none now."""
        if self._token and self._token != refused and self._clock() < self._until:
            return self._token
        async with self._one:
            if self._token and self._token != refused and self._clock() < self._until:
                return self._token
            self._use(await self._kept(refused) or await self._fresh(refused))
            return self._token

    def give_up(self, token: str, error: ApiError) -> None:
        """A token that was only just fetched was refused as well: leave Tencent alone for a while."""
        if token == self._token:
            self._sulk(error)

    async def forget(self) -> None:
        """Drop what is kept, for a doctor who wants to know whether the secret is still right."""
        self._token, self._sulks_until = "", 0.0
        await self._vault.drop(self._name)

    def _use(self, token: str) -> None:
        self._token, self._until = token, self._clock() + LOOK_AGAIN

    async def _kept(self, refused: str) -> str:
        found = _read(await self._vault.get(self._name))
        return found if found != refused else ""

    async def _fresh(self, refused: str) -> str:
        if self._refusal is not None and self._clock() < self._sulks_until:
            raise self._refusal
        while not await self._vault.hold(self._name, HOLD):
            await asyncio.sleep(0.2)  # another process fetches
            if found := await self._kept(refused):
                return found
        if found := await self._kept(refused):  # it was put there between our look and our hold
            await self._vault.release(self._name)
            return found
        try:
            token, seconds = await self._asked()
        except (ApiError, LineError):
            await self._vault.release(self._name)
            raise
        await self._vault.put(self._name, json.dumps(token), max(60.0, seconds - EARLY))
        self._refusal = None
        return token

    async def _asked(self) -> tuple[str, float]:
        self.fetched += 1
        try:
            return await self._fetch()
        except ApiError as error:
            self._sulk(error)
            raise

    def _sulk(self, error: ApiError) -> None:
        self._refusal, self._sulks_until = error, self._clock() + SULK


def _read(kept: str | None) -> str:
    try:
        found = json.loads(kept) if kept else ""
    except ValueError:
        found = ""
    return found if isinstance(found, str) else ""
