"""Households: who shares a guardian, directly or through others, has one vote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.households import joined

LINKS = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 15)), max_size=40)
STUDENTS = st.sets(st.integers(1, 15), max_size=15)


@pytest.mark.parametrize(
    ("students", "links", "homes"),
    [
        ([], [], {}),
        ([1, 2], [], {1: 1, 2: 2}),
        ([1, 2], [(7, 1), (8, 1)], {1: 1, 2: 2}),  # two guardians of one child
        ([1, 2, 3], [(7, 2), (7, 3)], {1: 1, 2: 2, 3: 2}),  # a brother and a sister
        ([1, 2, 3, 4], [(7, 4), (7, 2), (8, 2), (8, 1)], {1: 1, 2: 1, 3: 3, 4: 1}),  # a patchwork family
        ([2, 3], [(7, 1), (7, 3)], {2: 2, 3: 3}),  # a child that is no longer on the roster
    ],
)
def test_families(students: list[int], links: list[tuple[int, int]], homes: dict[int, int]) -> None:
    assert joined(students, links).of == homes


@given(STUDENTS, LINKS)
def test_every_student_is_in_one_household_named_by_its_smallest(
    students: set[int], links: list[tuple[int, int]]
) -> None:
    homes = joined(students, links)
    assert set(homes.of) == students
    assert all(home == min(members) for home, members in homes.students.items())
    assert sorted(s for members in homes.students.values() for s in members) == sorted(students)


@given(STUDENTS, LINKS)
def test_all_children_of_a_person_are_in_one_household(
    students: set[int], links: list[tuple[int, int]]
) -> None:
    homes = joined(students, links)
    for person in {p for p, _ in links}:
        theirs = {homes.of[s] for p, s in links if p == person and s in students}
        assert len(theirs) <= 1
        assert homes.of_person(person) == (theirs.pop() if theirs else None)


@given(STUDENTS, LINKS)
def test_nobody_is_joined_without_a_chain_of_guardians(
    students: set[int], links: list[tuple[int, int]]
) -> None:
    homes = joined(students, links)
    for home, members in homes.students.items():
        reached, grown = {home}, True
        while grown:
            persons = {p for p, s in links if s in reached}
            more = {s for p, s in links if p in persons and s in students} - reached
            reached, grown = reached | more, bool(more)
        assert reached == set(members)


@given(STUDENTS, LINKS)
def test_the_order_of_the_rows_does_not_matter(students: set[int], links: list[tuple[int, int]]) -> None:
    assert joined(sorted(students), links).of == joined(sorted(students, reverse=True), links[::-1]).of
