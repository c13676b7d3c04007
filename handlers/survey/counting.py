"""What may be told of a count: small cells are hidden, and nobody can reckon them from the others. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.survey_answers import MARKS, SCALE, SHOWN_FROM

GOOD = (3, 4)
"""The cells of marks 4 and 5: who gives these is satisfied."""
POOR = (0, 1, 2)

GOAL = 85
"""Percent of satisfied answers that a school is to reach."""

SHARED_FROM = 2 * SHOWN_FROM
"""Of fewer answers one side is always small, and a share of them tells who it was."""

Cells = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the answers were 4 or 5, as exactly as it may be told: `least` to `most` of them."""

    least: int
    most: int
    of: int

    @property
    def exact(self) -> bool:
        """True if the share is told as it is."""
        return self.least == self.most

    @property
    def percent(self) -> str:
        """The share as people say it: 90, or 80–95 where one side is too small to be told."""
        if self.exact:
            return str(round(100 * self.least / self.of) if self.of else 0)
        return f"{100 * self.least // self.of}–{-(-100 * self.most // self.of)}"

    @property
    def height(self) -> float:
        """Where it stands between none (0) and all (1)."""
        return (self.least + self.most) / 2 / self.of if self.of else 0.0

    @property
    def reached(self) -> bool:
        """True if it is sure to be 85 % or more, before anything is rounded."""
        return self.of > 0 and 100 * self.least >= GOAL * self.of

    @property
    def missed(self) -> bool:
        """True if it is sure to be less."""
        return 100 * self.most < GOAL * self.of


def satisfied(cells: Sequence[int]) -> Share:
    """The satisfied among the answers to one question of marks, for whoever knows each answer."""
    good = sum(cells[i] for i in GOOD)
    return Share(good, good, sum(cells))


def guarded(cells: Sequence[int]) -> Share | None:
    """As `satisfied`, with one to four on a side never told apart; None where any share would tell."""
    good, poor = (sum(cells[i] for i in side) for side in (GOOD, POOR))
    if good + poor < SHARED_FROM:
        return None
    if _small(good):
        return Share(1, SHOWN_FROM - 1, good + poor)
    if _small(poor):
        return Share(good + poor - (SHOWN_FROM - 1), good + poor - 1, good + poor)
    return Share(good, good, good + poor)


def together(shares: Sequence[Share]) -> Share:
    """Several shares as one; of a side that may not be told no more is told than by each share."""
    return Share(sum(s.least for s in shares), sum(s.most for s in shares), sum(s.of for s in shares))


def without_small(kind: str, cells: Sequence[int]) -> list[int | None]:
    """The cells with those of one to four answers hidden, and others so that no hidden one follows.

    The sum of all is told, and of marks that of 4 and 5 unless one side of them is small. What else goes is
    chosen by its place, not by its size: the smallest of the others would tell by being smaller than they.
    """
    if kind != SCALE or len(cells) != MARKS:
        hidden = _hidden(cells, range(len(cells)))
    elif _small(sum(cells[i] for i in GOOD)):
        hidden = {*range(MARKS)}
    elif _small(sum(cells[i] for i in POOR)):
        hidden = _poor_hidden(cells)
    else:
        hidden = _hidden(cells, POOR) | _hidden(cells, GOOD)
    return [None if i in hidden else n for i, n in enumerate(cells)]


def _small(count: int) -> bool:
    return 0 < count < SHOWN_FROM


def _hidden(cells: Sequence[int], group: Sequence[int]) -> set[int]:
    """What is hidden of cells whose sum is told."""
    small = [i for i in group if _small(cells[i])]
    total, most = sum(cells[i] for i in small), SHOWN_FROM - 1
    if not small or (len(small) > 1 and len(small) < total < most * len(small)):
        return {*small}
    at = group.index(small[0])
    behind = [*group[at:], *group[:at]]
    cover = next((i for i in behind if cells[i] >= SHOWN_FROM), None)
    return {*group} if cover is None else {*small, cover}


def _poor_hidden(cells: Sequence[int]) -> set[int]:
    """Few are not satisfied: how many is not told, so those who gave a 4 are not told either."""
    *low, four, five = cells
    if _small(five) or sum(low) + four < SHOWN_FROM or sum(cells) < SHARED_FROM:
        return {*range(MARKS)}
    return {*POOR, GOOD[0]}
