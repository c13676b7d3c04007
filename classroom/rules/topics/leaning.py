"""A small linear model that says which way a message leans. It tips a balance and never decides alone.

Its weights are made by `python -m bench.judge.train` from messages in the repository; see weights.py.
"""

from __future__ import annotations

import re
import zlib
from array import array
from base64 import b85decode
from math import sqrt

from classroom.rules.topics.matching import Found
from classroom.rules.topics.weights import BIAS, BUCKETS, PACKED, SCALE

LONGEST = 300
"""So many characters are read: what an ad is shows at its beginning."""

_DIGIT = re.compile(r"\d")
_WEIGHTS = array("b", zlib.decompress(b85decode(PACKED))) if PACKED else array("b", bytes(BUCKETS))


def features(text: str, found: Found) -> set[int]:
    """What the model sees: up to three characters in a row, and which kinds of signs were found how often."""
    plain = _DIGIT.sub("0", text[:LONGEST])
    grams = {plain[i : i + n] for n in (1, 2, 3) for i in range(len(plain) - n + 1)}
    for kind, phrases in found.items():
        grams |= {f"@{kind}", f"@{kind}{min(3, len(phrases))}"}
    return {zlib.crc32(gram.encode(errors="replace")) % BUCKETS for gram in grams}


def lean(text: str, found: Found) -> float:
    """How much a message leans towards what groups suffer from; below nought it leans the other way."""
    seen = features(text, found)
    return BIAS + SCALE * sum(_WEIGHTS[one] for one in seen) / sqrt(len(seen) or 1)
