"""Who somebody is in a classroom: roles and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A person's task in one classroom; being a guardian is a link to a student beside it."""

    TEACHER = "teacher"
    SUBJECT_TEACHER = "subject_teacher"
    SUBSTITUTE = "substitute"
    COMMITTEE = "committee"


TEACHERS = frozenset({Role.TEACHER, Role.SUBSTITUTE})
"""Who acts as the class's teacher: a substitute does until the date given."""

ALL_TEACHERS = TEACHERS | {Role.SUBJECT_TEACHER}
"""Everybody who teaches here; never judged by the group's rules."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who caused an event, as known in the classroom at hand.

    `guardian_of` holds ids of students; `account` and `chat` are our rows for the
    identity used and the private conversation with it.
    """

    person: int
    account: int
    chat: int
    name: str
    platform: str
    native: str
    language: str
    roles: frozenset[Role] = frozenset()
    guardian_of: tuple[int, ...] = ()
    head: bool = False
    known: bool = True

    @property
    def teaches(self) -> bool:
        """True for everybody whom the group's rules do not judge."""
        return bool(self.roles & ALL_TEACHERS)

    @property
    def leads(self) -> bool:
        """True for a teacher (or the substitute) of the class."""
        return bool(self.roles & TEACHERS)
