"""Who knocks at a page too often: a family at its own, strangers all together."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from bot.calendar_route import gate
from bot.limits import Gate

PER_SECOND, BURST = 2.0, 20.0
"""One family's fingers, and those of a household that shares a paper."""
MOST_DOORS = 50_000


class Knocking:
    """A thousand families may come at once; one of them, or a guesser, keeps nobody else out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds."""
        self._clock = clock
        self._strangers = gate(clock)
        self._doors: OrderedDict[str, Gate] = OrderedDict()

    def admits(self, code: str, *, ours: bool) -> bool:
        """False where there was too much of it; `ours`: the code has our signature."""
        if not ours:
            return self._strangers.opens()
        door = self._doors.setdefault(code, Gate(PER_SECOND, BURST, self._clock))
        self._doors.move_to_end(code)
        if len(self._doors) > MOST_DOORS:
            self._doors.popitem(last=False)
        return door.opens()
