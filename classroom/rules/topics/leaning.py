"""A small linear model that says which way a message leans. It tips a balance and never decides alone.

Its weights are made by `python -m bench.judge.train` from messages in the repository; see weights.py.
"""

from __future__ import annotations

import zlib
from array import array
from base64 import b85decode
from functools import cache
from itertools import pairwise
from math import sqrt

from classroom.rules.topics.matching import Found
from classroom.rules.topics.weights import BIAS, BUCKETS, PACKED, SCALE

FIRST, LAST = 120, 60
"""So many characters at either end are read: what an ad is shows there."""

_PAIR, _TRIPLE, _KIND = 8191, 524_287, 131_071
_ZERO = ord("0")
_WEIGHTS = array("b", zlib.decompress(b85decode(PACKED))) if PACKED else array("b", bytes(BUCKETS))


def features(text: str, found: Found) -> set[int]:
    """What the model sees: up to three characters in a row, and which kinds of signs were found how often."""
    plain = text if len(text) <= FIRST + LAST else text[:FIRST] + text[-LAST:]
    one = [_ZERO if char.isdecimal() else ord(char) for char in plain]
    two = [a * _PAIR + b for a, b in pairwise(one)]
    seen = {a % BUCKETS for a in one}
    seen.update([a % BUCKETS for a in two])
    seen.update([(a * _TRIPLE + b) % BUCKETS for a, b in zip(two, one[2:], strict=False)])
    for kind, phrases in found.items():
        seen.add(_kind(kind, 0))
        seen.add(_kind(kind, min(3, len(phrases))))
    return seen


@cache
def _kind(kind: str, often: int) -> int:
    return (zlib.crc32(kind.encode()) * _KIND + often) % BUCKETS


def lean(text: str, found: Found) -> float:
    """How much a message leans towards what groups suffer from; below nought it leans the other way."""
    seen = features(text, found)
    return BIAS + SCALE * sum(map(_WEIGHTS.__getitem__, seen)) / sqrt(len(seen) or 1)
