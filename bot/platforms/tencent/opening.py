"""Beginning with one of WeChat's servers: it is waited for as long as it takes; a wrong secret is not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.platforms.tencent.errors import ApiError, LineError
from bot.ports import Store

log = structlog.get_logger(__name__)
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
T = TypeVar("T")


async def until_answered(
    name: str, ask: Callable[[], Awaitable[T]], enough: Callable[[ApiError], bool]
) -> T | None:
    """Ask until there is an answer. `enough` is asked of a refusal: True goes on without, or it raises."""
    wait = FIRST_WAIT
    while True:
        try:
            return await ask()
        except ApiError as error:
            over = enough(error)
            log.warning(f"{name}.open", errcode=error.code)
            if over:
                return None
        except LineError as error:
            log.warning(f"{name}.open", trouble=error.why)
        await asyncio.sleep(wait)
        wait = min(LONGEST_WAIT, wait * 2)


class Listening:
    """Whoever takes in what comes, where an address was given nobody of its own."""

    listener: Store | None = None

    async def listen(self, store: Store) -> None:
        """Let `store` take in what comes, as long as this runs."""
        self.listener = store
        try:
            await asyncio.Event().wait()
        finally:
            if self.listener is store:
                self.listener = None
