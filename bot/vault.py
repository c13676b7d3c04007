"""The vault of bot/ports.py, in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from storage import vault
from storage.database import Database


class DatabaseVault:
    """Keeps values in the vault's table; names are kept as keyed hashes."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        """All processes that share a database share its vault."""
        self._database, self._now = database, now

    async def get(self, name: str) -> str | None:
        """What is kept under a name."""
        return await self._database.look(lambda r: vault.get(r, self._digest, name, self._now()))

    async def put(self, name: str, value: str, seconds: float) -> None:
        """Keep a value for so long."""
        now, life = self._now(), timedelta(seconds=seconds)
        await self._database.write(lambda r: vault.put(r, self._digest, name, value, now, life))

    async def take(self, name: str) -> str | None:
        """What is kept under a name, which is kept no longer."""
        return await self._database.write(lambda r: vault.take(r, self._digest, name, self._now()))

    async def drop(self, name: str) -> None:
        """Forget a value."""
        await self.take(name)

    async def hold(self, name: str, seconds: float) -> bool:
        """Announce a new value, if nobody else has."""
        now, life = self._now(), timedelta(seconds=seconds)
        return await self._database.write(lambda r: vault.hold(r, self._digest, name, now, life))

    async def release(self, name: str) -> None:
        """There will be no new value after all."""
        await self._database.write(lambda r: vault.release(r, self._digest, name))

    def _digest(self, value: str) -> str:
        return self._database.keys.digest(value)
