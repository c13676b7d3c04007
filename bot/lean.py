"""Keeps the start short and a running bot small: what none needs is not loaded, nor looked for in between."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

SPARED = frozenset({"click", "greenlet", "pygments", "rich"})
"""What structlog and httpx load where it happens to be installed, for colours and commands of their own."""


class _Spared(MetaPathFinder):
    """Says that what is spared is not there, which those who look for it are prepared for."""

    def __init__(self) -> None:
        """Spare all of it, until somebody needs it."""
        self.names = set(SPARED)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in self.names:
            raise ModuleNotFoundError(f"{fullname} is spared while the bot runs", name=fullname)
        return None


@contextmanager
def start() -> Iterator[None]:
    """Load libraries and run inside; the collector rests until `bot.loops` takes it up again."""
    finder = _Spared()
    sys.meta_path.insert(0, finder)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        sys.meta_path.remove(finder)


def needed(name: str) -> None:
    """A part that is used after all cannot do without this."""
    for finder in sys.meta_path:
        if isinstance(finder, _Spared):
            finder.names.discard(name)
