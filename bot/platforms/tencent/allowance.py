"""Our own count of what one person got: beyond its limits Tencent drops a message without a word."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence

MOST_PEOPLE = 20_000
PER_MEMBER = ((30, 60.0), (1000, 3600.0))
"""How many messages an app may send to one member of a corp within how many seconds."""


class Allowance:
    """Counts what was sent to whom lately; times are seconds of a clock that only goes forward."""

    def __init__(self, clock: Callable[[], float], limits: Sequence[tuple[int, float]] = PER_MEMBER) -> None:
        """`limits` are pairs: so many within so many seconds."""
        self._clock, self._limits = clock, limits
        self._sent: OrderedDict[str, deque[float]] = OrderedDict()
        self.waited = 0
        """How often somebody had to wait for it."""

    def wait(self, who: str, messages: int = 1) -> float:
        """Seconds until so many more may be sent to somebody; 0 if now.

        More at once than the limit allows at all are let through when nothing else was sent.
        """
        sent, now = self._sent.get(who), self._clock()
        if not sent:
            return 0.0
        longest = 0.0
        for most, seconds in self._limits:
            room = most - messages
            recent = [at for at in sent if at > now - seconds]
            if len(recent) > room and recent:
                leaving = recent[min(len(recent) - max(room, 0), len(recent)) - 1]
                longest = max(longest, leaving + seconds - now)
        self.waited += longest > 0
        return longest

    def is_beyond(self, who: str) -> bool:
        """Whether somebody has had more than is shown to them, so that the last of it may not be."""
        now, sent = self._clock(), self._sent.get(who, ())
        return any(sum(at > now - seconds for at in sent) > most for most, seconds in self._limits)

    def sent(self, who: str, messages: int = 1) -> None:
        """Count what is about to be sent."""
        now = self._clock()
        times = self._sent.setdefault(who, deque(maxlen=1 + max(most for most, _ in self._limits)))
        times.extend([now] * messages)
        self._sent.move_to_end(who)
        if len(self._sent) > MOST_PEOPLE:
            self._sent.popitem(last=False)
