"""What may be told of a count: small cells are hidden, and nobody can reckon them from the others. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.survey_answers import MARKS, SCALE, SHOWN_FROM

GOOD = (3, 4)
"""The cells of marks 4 and 5: who gives these is satisfied."""

GOAL = 85
"""Percent of satisfied answers that a school is to reach."""

Cells = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the answers were 4 or 5."""

    good: int
    of: int

    @property
    def percent(self) -> int:
        """The share as people say it."""
        return round(100 * self.good / self.of) if self.of else 0

    @property
    def reached(self) -> bool:
        """True from 85 % on, before anything is rounded."""
        return self.of > 0 and 100 * self.good >= GOAL * self.of


def satisfied(cells: Sequence[int]) -> Share:
    """The satisfied among the answers to one question of marks."""
    return Share(sum(cells[i] for i in GOOD), sum(cells))


def together(shares: Sequence[Share]) -> Share:
    """Several shares as one."""
    return Share(sum(s.good for s in shares), sum(s.of for s in shares))


def without_small(kind: str, cells: Sequence[int]) -> list[int | None]:
    """The cells with those of one to four answers hidden.

    The sum of all is told, and of marks that of 4 and 5: where one cell of such a group alone would be
    hidden, the smallest of the others goes with it.
    """
    groups = [(0, 1, 2), GOOD] if kind == SCALE and len(cells) == MARKS else [tuple(range(len(cells)))]
    hidden: set[int] = set()
    for group in groups:
        small = [i for i in group if 0 < cells[i] < SHOWN_FROM]
        rest = sorted((i for i in group if i not in small), key=lambda i: cells[i])
        hidden |= {*small, *(rest[:1] if len(small) == 1 else [])}
    return [None if i in hidden else n for i, n in enumerate(cells)]
