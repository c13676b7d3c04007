"""Households: students of one class who share a guardian are one, and have one vote together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from sqlmodel import col, select

from storage.database import Records
from storage.tables import Guardian, StudentRow


@dataclass(frozen=True)
class Households:
    """Every student of a class with the household it belongs to, which is named by its smallest student id.

    `links` are (person, student) of the guardians in force.
    """

    of: dict[int, int]
    links: frozenset[tuple[int, int]] = frozenset()

    @cached_property
    def students(self) -> dict[int, tuple[int, ...]]:
        """The students of each household, in order."""
        found: dict[int, list[int]] = {}
        for student in sorted(self.of):
            found.setdefault(self.of[student], []).append(student)
        return {home: tuple(students) for home, students in found.items()}

    @cached_property
    def guardians(self) -> dict[int, tuple[int, ...]]:
        """The persons of each household that has any, in order."""
        found: dict[int, set[int]] = {}
        for person, student in self.links:
            if student in self.of:
                found.setdefault(self.of[student], set()).add(person)
        return {home: tuple(sorted(persons)) for home, persons in found.items()}

    def only(self, persons: Collection[int]) -> Households:
        """The households of these persons, who alone speak for them."""
        theirs = frozenset(link for link in self.links if link[0] in persons and link[1] in self.of)
        kept = {self.of[student] for _, student in theirs}
        return Households({student: home for student, home in self.of.items() if home in kept}, theirs)

    def of_person(self, person: int) -> int | None:
        """The household of a guardian; all children of a person are in one."""
        return next((self.of[s] for p, s in sorted(self.links) if p == person and s in self.of), None)


def joined(students: Iterable[int], links: Iterable[tuple[int, int]]) -> Households:
    """Join the students who share a person of `links` (person, student); pure."""
    parent = {student: student for student in students}

    def root(student: int) -> int:
        while parent[student] != student:
            parent[student] = parent[parent[student]]
            student = parent[student]
        return student

    known = frozenset(link for link in links if link[1] in parent)
    first: dict[int, int] = {}
    for person, student in known:
        one, other = sorted((root(first.setdefault(person, student)), root(student)))
        parent[other] = one
    return Households({student: root(student) for student in parent}, known)


def of_class(records: Records, classroom: int) -> Households:
    """The households of a class as they are now."""
    students = records.exec(
        select(StudentRow.id).where(
            StudentRow.classroom_id == classroom, col(StudentRow.removed_at).is_(None)
        )
    ).all()
    links = records.exec(
        select(Guardian.person_id, Guardian.student_id).where(
            Guardian.classroom_id == classroom, Guardian.state == "active"
        )
    ).all()
    return joined(students, links)
