"""What a family reads on its own page, and what the one button on it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

from classroom.events import Json
from classroom.text import Label, PrivateText


@final
@dataclass(frozen=True, slots=True)
class Page:
    """One family's page. Without a `button` there is nothing (more) to do; `done` sets that off as good.

    `args` come back with the press, so that it says what was read: `once` names the press, which counts once.
    """

    language: str
    head: PrivateText
    title: PrivateText
    note: PrivateText
    words: PrivateText | None = None
    button: Label | None = None
    done: bool = False
    once: str = ""
    args: dict[str, Json] = field(default_factory=dict)
