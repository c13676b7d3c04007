"""What is hidden of a count, and that nobody can reckon it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from handlers.survey.counting import Share, guarded, satisfied, together, without_small
from storage.survey_answers import CHOICE, SCALE


@pytest.mark.parametrize(
    ("kind", "cells", "shown"),
    [
        (CHOICE, [6, 7], [6, 7]),
        (CHOICE, [6, 0, 7], [6, 0, 7]),
        (CHOICE, [6, 2, 7], [6, None, None]),
        (CHOICE, [6, 2, 0], [None, None, 0]),
        (CHOICE, [6, 2, 2], [6, None, None]),
        (CHOICE, [6, 1, 1], [None, None, None]),
        (CHOICE, [3, 0], [None, None]),
        (SCALE, [0, 0, 0, 6, 6], [0, 0, 0, 6, 6]),
        (SCALE, [0, 0, 2, 6, 6], [None, None, None, None, 6]),
        (SCALE, [0, 0, 2, 1, 9], [None, None, None, None, None]),
        (SCALE, [5, 6, 7, 1, 9], [5, 6, 7, None, None]),
        (SCALE, [2, 1, 9, 9, 9], [None, None, 9, 9, 9]),
        (SCALE, [9, 9, 9, 2, 1], [None, None, None, None, None]),
    ],
)
def test_small_cells_are_hidden(kind: str, cells: list[int], shown: list[int | None]) -> None:
    assert without_small(kind, cells) == shown


def counts(total: int, cells: int) -> Iterator[tuple[int, ...]]:
    """Every way in which so many answers may fall on so many cells."""
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        yield from ((first, *rest) for rest in counts(total - first, cells - 1))


def told(kind: str, cells: tuple[int, ...]) -> tuple[tuple[int | None, ...], Share | None]:
    """All that is read of a question."""
    return tuple(without_small(kind, cells)), guarded(cells) if kind == SCALE else None


@pytest.mark.parametrize(("kind", "cells", "most"), [(SCALE, 5, 15), (CHOICE, 2, 40), (CHOICE, 3, 24)])
def test_who_knows_how_it_is_reckoned_cannot_reckon_it_back(kind: str, cells: int, most: int) -> None:
    for total in range(5, most):
        alike = defaultdict(list)
        for found in counts(total, cells):
            alike[told(kind, found)].append(found)
        for (shown, _), possible in alike.items():
            assert all(n is None or n == 0 or n >= 5 for n in shown)
            for hidden in (i for i, n in enumerate(shown) if n is None):
                assert len({p[hidden] for p in possible}) > 1, (shown, possible)
            for side in (slice(3), slice(3, None)) if kind == SCALE else ():
                sums = {sum(p[side]) for p in possible}
                assert len(sums) > 1 or sums.isdisjoint(range(1, 5)), (shown, possible)


@pytest.mark.parametrize(
    ("cells", "percent"),
    [
        ([0, 0, 0, 4, 5], None),  # of nine
        ([0, 0, 0, 4, 6], "100"),
        ([0, 0, 1, 20, 24], "91–98"),
        ([1, 1, 2, 20, 21], "91–98"),
        ([1, 2, 2, 20, 20], "89"),
        ([20, 20, 1, 3, 1], "2–9"),
    ],
)
def test_one_and_four_who_are_not_satisfied_read_the_same(cells: list[int], percent: str | None) -> None:
    share = guarded(cells)
    assert (share.percent if share else None) == percent


def test_taken_together_no_more_is_told_than_by_each() -> None:
    first, second = guarded([0, 0, 3, 20, 22]), guarded([5, 5, 0, 20, 15])
    assert first is not None and second is not None
    both = together([first, second])
    assert (both.least, both.most, both.of) == (41 + 35, 44 + 35, 90) and both.percent == "84–88"
    assert not both.reached and not both.missed


def test_shares_are_of_all_answers() -> None:
    share = together([satisfied([0, 0, 3, 8, 9]), satisfied([1, 0, 0, 0, 19])])
    assert share == Share(36, 36, 40) and share.percent == "90" and share.reached
    assert Share(84, 84, 100).missed and Share(85, 85, 100).reached and not Share(0, 0, 0).reached
    assert Share(849, 849, 1000).percent == "85" and not Share(849, 849, 1000).reached
