"""How many messages a bot may send: off unless a test switches it on."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil


@dataclass
class Limits:
    """Sliding windows; zero means no limit."""

    clock: Callable[[], float]
    private_per_second: float = 0
    burst: int = 3
    group_per_minute: int = 0
    total: int = 0
    sent: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def ask(self, chat_id: int, count: int = 1) -> int:
        """Books messages and answers 0, or books nothing and answers the seconds to wait."""
        now = self.clock()
        rules = [(0, self.total, 1.0)]
        if chat_id < 0:
            rules.append((chat_id, self.group_per_minute, 60.0))
        elif self.private_per_second:
            rules.append((chat_id, self.burst, self.burst / self.private_per_second))
        rules = [rule for rule in rules if rule[1]]
        waits = [self._wait(key, allowed, window, now, count) for key, allowed, window in rules]
        if any(wait > 0 for wait in waits):
            return max(1, ceil(max(waits)))
        for key, _, _ in rules:
            self.sent[key].extend([now] * count)
        return 0

    def _wait(self, key: int, allowed: int, window: float, now: float, count: int) -> float:
        times = self.sent[key]
        while times and times[0] <= now - window:
            times.popleft()
        over = len(times) + count - allowed
        if over <= 0 or not times:
            return 0
        return times[min(over, len(times)) - 1] + window - now
