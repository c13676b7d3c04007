"""The event loop that a running bot stands on: uvloop where there is one, a third quicker at the sockets."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine


def run(main: Coroutine[None, None, None]) -> None:
    """As `asyncio.run`."""
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(main)


def _new_loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415 - there is none for Windows

    return uvloop.new_event_loop()
