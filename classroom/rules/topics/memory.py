"""What a class's teachers have decided about messages: its like is known again, its words are kept nowhere.

A message is remembered as a sketch: the smallest keyed hashes of its pairs of characters. With another key,
and each class has its own, the same message has another sketch.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

LIKE = 0.5
"""So much of their pairs of characters have two messages in common that count as one (Jaccard)."""

MOST_HASHES = 64
LEAST_PAIRS = 4
"""Shorter texts say too little to be known again by their pairs; only the very same text is."""

Sketch = frozenset[int]


def sketch(text: str, key: bytes) -> Sketch:
    """Sketch a text in the form `reading.tight` gives; empty where there is nothing to remember."""
    pairs = {text[i : i + 2] for i in range(len(text) - 1)} if len(text) > LEAST_PAIRS else {text} - {""}
    hashes = (int.from_bytes(blake2b(p.encode(), digest_size=6, key=key[:64]).digest(), "big") for p in pairs)
    return frozenset(sorted(hashes)[:MOST_HASHES])


def likeness(one: Sketch, other: Sketch) -> float:
    """Estimate how much two texts have in common, from 0 to 1; exact for texts of up to 64 pairs."""
    if not one or not other:
        return 0.0
    smallest = sorted(one | other)[:MOST_HASHES]
    return sum(h in one and h in other for h in smallest) / len(smallest)


@dataclass(frozen=True, slots=True)
class Memory:
    """The decisions of one class: `confirmed` messages with their category, and `restored` ones."""

    key: bytes
    confirmed: tuple[tuple[str, Sketch], ...] = ()
    restored: tuple[Sketch, ...] = ()

    def restored_like(self, text: str) -> bool:
        """True if a teacher has brought back such a message."""
        mine = sketch(text, self.key) if self.restored else frozenset()
        return any(likeness(mine, kept) >= LIKE for kept in self.restored)

    def confirmed_like(self, text: str) -> str | None:
        """The category of such a message that a teacher has confirmed, the likest first."""
        mine = sketch(text, self.key) if self.confirmed else frozenset()
        alike: Iterable[tuple[float, str]] = ((likeness(mine, kept), name) for name, kept in self.confirmed)
        best, category = max(alike, default=(0.0, ""))
        return category if best >= LIKE else None
