"""What a running bot stands on: a collector that leaves alone what was loaded, and looks seldom."""

from __future__ import annotations

import asyncio
import gc
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
        asyncio.run(main)
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
