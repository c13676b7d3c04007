"""The platform's limits, kept before it has to refuse: token buckets per chat, a window for all."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

MOST_CHATS = 50_000
HAIR = 1e-6
"""Less than this is a rounding of floating numbers and nothing to wait for."""
ROOM = 1.02
"""A little more than a second: on its way to the platform a message may catch up with the one before."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform permits; 0 switches a limit off."""

    total_per_second: float = 30
    private_per_second: float = 1
    private_burst: int = 3
    group_per_minute: float = 20


class Bucket:
    """Holds up to `burst` permits and gains `rate` of them a second."""

    __slots__ = ("at", "burst", "level", "rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        """Start full."""
        self.rate = rate
        self.burst = burst
        self.level = burst
        self.at = now

    def wait(self, now: float) -> float:
        """Seconds until a permit is there; 0 if one is."""
        self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.level > 1 - HAIR else (1 - self.level) / self.rate

    def take(self, now: float) -> None:
        """Use a permit; `wait` has just said that one is there."""
        self.at = now
        self.level -= 1


class Gate:
    """A bucket by a clock of its own, for doors at which anybody may knock."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds."""
        self._clock = clock
        self._bucket = Bucket(rate, burst, clock())

    def opens(self) -> bool:
        """False where there have been too many."""
        now = self._clock()
        if self._bucket.wait(now) > 0:
            return False
        self._bucket.take(now)
        return True


class Window:
    """Permits so many within any second, however they fall: a burst is not followed by as many again."""

    __slots__ = ("seconds", "times")

    def __init__(self, rate: float) -> None:
        """Nothing has been used yet."""
        most = max(1, int(rate))
        self.times: deque[float] = deque(maxlen=most)
        self.seconds = ROOM * most / rate

    def wait(self, now: float) -> float:
        """Seconds until a permit is there; 0 if one is."""
        if len(self.times) < (self.times.maxlen or 1):
            return 0.0
        left = self.times[0] + self.seconds - now
        return left if left > HAIR else 0.0

    def take(self, now: float) -> None:
        """Use a permit."""
        self.times.append(now)


class Pace:
    """All buckets of one platform. Times are seconds of a clock that only goes forward."""

    def __init__(self, limits: Limits) -> None:
        """Nothing has been sent yet."""
        self._limits = limits
        self._total: tuple[Bucket, Window] | None = None
        self._chats: OrderedDict[int, Bucket] = OrderedDict()
        self._held: dict[int, float] = {}
        self.waited = 0
        """How often something had to wait for our own limits."""
        self.told_to_wait = 0
        """How often the platform itself said to wait."""

    def wait(self, chat: int, *, group: bool, counted: bool, now: float, along: bool = False) -> float:
        """Seconds until something may be done in a chat; `counted`: it is a message, which limits count.

        `along`: it goes along with a call that is counted already, so that only the chat's own limit holds.
        """
        held = self._held.get(chat, 0.0) - now
        if held > 0:
            return held
        self._held.pop(chat, None)
        if not counted:
            return 0.0
        buckets = self._of(chat, group, now, along=along)
        longest = max((b.wait(now) for b in buckets), default=0.0)
        if longest <= 0:
            for bucket in buckets:
                bucket.take(now)
        else:
            self.waited += 1
        return longest

    def recount(self, sent: Iterable[tuple[int, bool, float]], now: float) -> None:
        """Count only these: a chat, whether it is a group, how many seconds ago; the oldest first."""
        self._total = None
        self._chats.clear()
        for chat, group, ago in sent:
            at = now - max(0.0, ago)
            for bucket in self._of(chat, group, at):
                bucket.wait(at)
                bucket.take(at)

    def hold(self, chat: int, until: float) -> None:
        """The platform itself said to wait with this chat."""
        self.told_to_wait += 1
        self._held[chat] = max(until, self._held.get(chat, 0.0))

    def _of(self, chat: int, group: bool, now: float, *, along: bool = False) -> list[Bucket | Window]:
        rate, own = self._limits.total_per_second, self._chat(chat, group, now)
        if rate and self._total is None:  # even steps, so that an answer finds a place between two of many
            self._total = Bucket(rate, max(1.0, rate / 3), now), Window(rate)
        total = () if along else self._total or ()
        return [*total, *([own] if own else [])]

    def _chat(self, chat: int, group: bool, now: float) -> Bucket | None:
        rate = self._limits.group_per_minute / 60 if group else self._limits.private_per_second
        if not rate:
            return None
        bucket = self._chats.get(chat)
        if bucket is None:
            burst = self._limits.group_per_minute if group else self._limits.private_burst
            bucket = self._chats[chat] = Bucket(rate, max(1.0, burst), now)
            if len(self._chats) > MOST_CHATS:
                self._chats.popitem(last=False)
        self._chats.move_to_end(chat)
        return bucket
