"""Small linear models that say which way a message leans. They tip a balance and never decide alone.

Their weights are made by `python -m bench.judge.train` from messages in the repository; see weights.py.
"""

from __future__ import annotations

import zlib
from array import array
from base64 import b85decode
from bisect import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import combinations, pairwise
from math import sqrt

from classroom.rules.topics.matching import Found
from classroom.rules.topics.weighing import POINTS, SMALL, against, apart, points
from classroom.rules.topics.weights import PACKED

FIRST, LAST = 90, 50
"""So many characters at either end are read: what an ad is shows there."""

BUCKETS = 1 << 16
_PAIR, _TRIPLE = 8191, 524_287
_ZERO = ord("0")
_LOWEST, _HIGHEST = -5, 9
_TINY = 1e-6
_IGNORED = frozenset({"neutral", "poses", "forward"})
"""What is no sign of what the words say."""
_LENGTHS = (6, 12, 25, 60)


class Head(StrEnum):
    """What is asked of a message: does it want something of the group, is it about money, votes, others.

    `WORDS` asks the same as `WANTS` of the bare words: whom the lists deceive, it does not.
    """

    WANTS = "wants"
    WORDS = "words"
    MONEY = "money"
    VOTES = "votes"
    LEAKS = "leaks"


@dataclass(frozen=True, slots=True)
class Weights:
    """What one head has learnt: a bias, and eight bits for each bucket with their scale."""

    bias: float
    scale: float
    buckets: array[int]


def unpack(packed: Mapping[str, tuple[float, float, str]]) -> dict[Head, Weights]:
    """The weights from their form in the file."""
    found = {}
    for head in Head:
        bias, scale, text = packed.get(head.value, (0.0, 0.0, ""))
        data = zlib.decompress(b85decode(text)) if text else bytes(BUCKETS)
        found[head] = Weights(bias, scale, array("b", data))
    return found


_WEIGHTS = unpack(PACKED)


def of_words(text: str) -> set[int]:
    """What the models see of the words: up to three characters in a row, and how many there are."""
    plain = text if len(text) <= FIRST + LAST else text[:FIRST] + text[-LAST:]
    one = [_ZERO if char.isdecimal() else ord(char) for char in plain]
    two = [a * _PAIR + b for a, b in pairwise(one)]
    seen = {a % BUCKETS for a in one}
    seen.update([a % BUCKETS for a in two])
    seen.update([(a * _TRIPLE + b) % BUCKETS for a, b in zip(two, one[2:], strict=False)])
    seen.add(_LENGTH[bisect(_LENGTHS, len(text))])
    return seen


def of_signs(found: Found) -> set[int]:
    """What the models see of the signs: which stand together, and how they weigh."""
    return set(_of_signs(found))


def _of_signs(found: Found) -> Iterator[int]:
    kinds = sorted(found.keys() - _IGNORED)
    for kind in kinds:
        yield from _kind(kind, min(3, len(found[kind])))
    for one, other in combinations(kinds, 2):
        yield _pair(one, other)
    own = apart(found)
    telling = (own.keys() & POINTS.keys()) - SMALL
    contra = against(own)
    balance = min(_HIGHEST, max(_LOWEST, int(2 * (points(own) - contra) + _TINY)))
    phrases_told = min(5, sum([len(own[kind]) for kind in telling]))
    yield from _weight(balance, phrases_told, min(4, len(telling)), min(6, int(2 * contra + _TINY)))


@cache
def _kind(kind: str, often: int) -> tuple[int, int]:
    return _named(kind), _named(f"{kind} {often}")


@cache
def _pair(one: str, other: str) -> int:
    return _named(f"{one}&{other}")


@cache
def _weight(balance: int, phrases: int, kinds: int, contra: int) -> tuple[int, ...]:
    steps = [_named(f"balance {step}") for step in range(_LOWEST, balance + 1)]
    return (*steps, _named(f"phrases {phrases}"), _named(f"kinds {kinds}"), _named(f"against {contra}"))


def _named(name: str) -> int:
    return zlib.crc32(name.encode()) % BUCKETS


_LENGTH = tuple(_named(f"length {steps}") for steps in range(len(_LENGTHS) + 1))


class Lean:
    """How one message leans, by any head; what the models see of it is found once, and only if asked."""

    __slots__ = ("_found", "_signs", "_text", "_weights", "_words")

    def __init__(self, text: str, found: Found, weights: Mapping[Head, Weights] | None = None) -> None:
        """Take a message and its signs as they are when first asked; the models of weights.py if none."""
        self._text, self._found, self._weights = text, found, weights or _WEIGHTS
        self._words: set[int] = set()
        self._signs: set[int] = set()

    def by(self, head: Head) -> float:
        """How far it leans towards what a head seeks; below nought it leans the other way."""
        if not self._words:
            self._words = of_words(self._text)
            self._signs = self._words | of_signs(self._found)
        seen = self._words if head is Head.WORDS else self._signs
        learnt = self._weights[head]
        return learnt.bias + learnt.scale * sum(map(learnt.buckets.__getitem__, seen)) / sqrt(len(seen))

    def wanting(self) -> float:
        """How far it leans towards wanting something of the group, by its signs and by its bare words."""
        return self.by(Head.WANTS) + self.by(Head.WORDS)
