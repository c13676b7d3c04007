"""Where a text can go; two final types, so that a type checker keeps private text out of groups."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import final

PAGE = "page"
"""In the place of a platform: what is said there is shown on our own page, and sent to nobody."""


FAMILIES = "families"
"""In the place of a platform: what is posted there goes to every family of a class in private."""


class ChatKind(StrEnum):
    """What a chat is for good: it never changes."""

    GROUP = "group"
    PRIVATE = "private"


@final
@dataclass(frozen=True, slots=True)
class GroupAddress:
    """A group on a platform; `chat` is our row, `native` the platform's own id, `thread` a forum topic."""

    chat: int
    platform: str
    native: str
    thread: str | None = None


@final
@dataclass(frozen=True, slots=True)
class PersonAddress:
    """A private conversation with one account; `chat` is our row, `native` the platform's own id."""

    chat: int
    platform: str
    native: str


@final
@dataclass(frozen=True, slots=True)
class GuardianAddress:
    """A guardian of one student, looked up anew at every attempt: never a chat that was right once.

    `guardian` is the row that links the person to the student.
    """

    guardian: int


Private = PersonAddress | GuardianAddress
"""Everything private text may be sent to."""
