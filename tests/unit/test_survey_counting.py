"""What is hidden of a count, and that nobody can reckon it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.survey.counting import Share, satisfied, together, without_small
from storage.survey_answers import CHOICE, SCALE


@pytest.mark.parametrize(
    ("kind", "cells", "shown"),
    [
        (CHOICE, [6, 7], [6, 7]),
        (CHOICE, [6, 0, 7], [6, 0, 7]),
        (CHOICE, [6, 2, 7], [None, None, 7]),
        (CHOICE, [6, 2, 0], [6, None, None]),
        (CHOICE, [6, 2, 1], [6, None, None]),
        (CHOICE, [3, 0], [None, None]),
        (SCALE, [0, 0, 0, 6, 6], [0, 0, 0, 6, 6]),
        (SCALE, [0, 0, 2, 6, 6], [None, 0, None, 6, 6]),
        (SCALE, [5, 6, 7, 1, 9], [5, 6, 7, None, None]),
        (SCALE, [1, 1, 9, 9, 9], [None, None, 9, 9, 9]),
    ],
)
def test_small_cells_are_hidden(kind: str, cells: list[int], shown: list[int | None]) -> None:
    assert without_small(kind, cells) == shown


def follows(kind: str, shown: list[int | None]) -> bool:
    """True if a hidden cell is the only one of those whose sum is told."""
    groups = [(0, 1, 2), (3, 4)] if kind == SCALE else [tuple(range(len(shown)))]
    return any(sum(shown[i] is None for i in group) == 1 for group in groups)


@given(st.lists(st.integers(0, 12), min_size=5, max_size=5), st.sampled_from((SCALE, CHOICE)))
def test_no_hidden_cell_follows_from_the_sums(cells: list[int], kind: str) -> None:
    shown = without_small(kind, cells)
    assert all(n is None or n == 0 or n >= 5 for n in shown)
    assert not follows(kind, shown)


def test_shares_are_of_all_answers() -> None:
    share = together([satisfied([0, 0, 3, 8, 9]), satisfied([1, 0, 0, 0, 19])])
    assert share == Share(36, 40) and share.percent == 90 and share.reached
    assert not Share(84, 100).reached and Share(85, 100).reached and not Share(0, 0).reached
    assert Share(849, 1000).percent == 85 and not Share(849, 1000).reached
