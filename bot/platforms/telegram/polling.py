"""Long polling in the right order: fetch, store, and only then confirm by asking for more."""

from __future__ import annotations

import asyncio
import json
import random
from urllib.parse import urlencode

import structlog
from telegram.error import TelegramError

from bot.platforms.telegram.fields import Obj, number
from bot.platforms.telegram.updates import ALLOWED, committed, incoming
from bot.platforms.telegram.wire import AnswerError, LineError, Wire
from bot.ports import Store
from classroom.errors import ConfigError
from classroom.events import Json

log = structlog.get_logger(__name__)

BATCH = 100
SLACK = 10.0
PAUSE = 0.05  # between empty answers: a server that does not wait must not be asked without end
UNKNOWN_BOT = (
    "telegram.token: Telegram does not know this token (any more); "
    "take the current one from @BotFather (/mybots, API Token) and put it into the configuration"
)
CONFLICT = (
    "another program fetches this bot's updates: stop the other Homeroom that runs with the same token, "
    "or take a new token from @BotFather"
)
WEBHOOK_IN_THE_WAY = (
    "another program has set a webhook for this bot while we poll: "
    "stop it and restart, or set telegram.mode to webhook"
)


class Backoff:
    """Waits that grow from `first` to `most` seconds until something works again."""

    def __init__(self, first: float, most: float) -> None:
        """Begin with the shortest wait."""
        self._first, self._most = first, most
        self._next = first

    @property
    def fresh(self) -> bool:
        """True until the first wait since things worked."""
        return self._next == self._first

    def reset(self) -> None:
        """Things work again."""
        self._next = self._first

    async def wait(self, at_least: float | None = None) -> None:
        """Sleep, a little at random so that replicas do not march in step."""
        wait = max(self._next * random.uniform(0.75, 1.0), at_least or 0.0)
        self._next = min(self._next * 2, self._most)
        await asyncio.sleep(wait)


class Poller:
    """Fetches updates for ever; what `store` has not committed is never confirmed.

    `getUpdates` confirms everything below its offset, so the offset moves when `store` has
    returned, and a stop confirms nothing: what was stored last comes once more after the next
    start and is known by its key. Once an answer is empty, everything below the offset is
    confirmed and the offset is dropped: Telegram restarts its count at random after a week of
    silence, and a stale offset above the new count would confirm updates unseen.
    """

    def __init__(self, wire: Wire, base: str, poll_timeout: int, backoff: Backoff) -> None:
        """`base` is the address in front of the method, token and all."""
        self._wire, self._base = wire, base
        self._timeout = poll_timeout
        self._backoff = backoff
        self._offset: int | None = None
        self._said = ""

    @property
    def trouble(self) -> str:
        """Why nothing comes in at the moment; empty while fetching works."""
        return self._said

    async def run(self, store: Store) -> None:
        """Fetch and store until cancelled; raises ConfigError when the token is refused."""
        while True:
            try:
                updates = await self._fetch()
            except TelegramError as error:
                await self._wait_after(error)
                continue
            if await self._stored(updates, store):
                self._recovered()

    async def _fetch(self) -> list[Obj]:
        asked: dict[str, str | int] = {
            "limit": BATCH,
            "timeout": self._timeout,
            "allowed_updates": json.dumps(ALLOWED),
        }
        if self._offset is not None:
            asked["offset"] = self._offset
        result = await self._wire.ask(
            f"{self._base}/getUpdates?{urlencode(asked)}", read_timeout=self._timeout + SLACK
        )
        return _updates(result)

    async def _stored(self, updates: list[Obj], store: Store) -> bool:
        batch = [one for update in updates for one in incoming(update)]
        trouble = await committed(store, batch) if batch else None
        if trouble is not None:
            self._say(f"updates could not be stored: {type(trouble).__name__}")
            await self._backoff.wait()
            return False
        ids = [found for update in updates if (found := number(update, "update_id")) is not None]
        self._offset = max(ids) + 1 if ids else None
        if not ids:
            await asyncio.sleep(PAUSE)
        return True

    async def _wait_after(self, error: TelegramError) -> None:
        after = None
        if isinstance(error, AnswerError):
            if error.code == 401:
                raise ConfigError(UNKNOWN_BOT) from None
            after = error.retry_after
            if error.code == 409:
                self._say(WEBHOOK_IN_THE_WAY if "webhook" in error.description.lower() else CONFLICT)
            elif error.code != 429:
                self._say(f"fetching updates failed: {error.code}")
        else:
            self._say(f"fetching updates failed: {error}")
        await self._backoff.wait(after)

    def _say(self, what: str) -> None:
        if what != self._said:  # one line per trouble, not one per attempt
            self._said = what
            log.warning("telegram.polling", trouble=what)

    def _recovered(self) -> None:
        if self._said:
            self._said = ""
            log.info("telegram.polling", trouble=None)
        self._backoff.reset()


def _updates(result: Json) -> list[Obj]:
    if not isinstance(result, list):
        raise LineError("getUpdates without a list", sent=True)
    return [update for update in result if isinstance(update, dict)]
