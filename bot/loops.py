"""What a running bot stands on: uvloop where there is one, and a collector that leaves alone what stays."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Coroutine

COLLECT_AFTER = 20_000, 20, 50
"""Seldom: what a message leaves behind is hardly ever a circle, and the libraries are large."""


def run(main: Coroutine[None, None, None]) -> None:
    """As `asyncio.run`; afterwards the collector is as it was."""
    gc.collect()
    gc.freeze()
    before = gc.get_threshold()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()
    try:
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            runner.run(main)
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _new_loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415 - there is none for Windows

    return uvloop.new_event_loop()
