"""What may stand behind /notice instead of a text: `/notice print 3`. Other features declare theirs here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from classroom.effects import Effect
from classroom.folding import fold
from handlers.room import Room
from storage.tables import Notice

OnWord = Callable[[Notice | None, Room], Iterable[Effect]]
"""Gets the notice that was named, or None where there is none of that number, or none at all yet."""

WORDS: dict[str, OnWord] = {}
PRINT = "print"
"""Slips of paper for those who are not reached otherwise: also a button under the teacher's list."""

_NUMBERED = re.compile(
    r"(?P<word>[a-z]+|[\u4e00-\u9fff]+)\s*(?:通知|notice)?\s*[#第]?\s*(?P<number>\d{1,6})?\s*[号条]?", re.I
)


def word(*spellings: str) -> Callable[[OnWord], OnWord]:
    """Run this for `/notice WORD` and `/notice WORD N`, typed by a teacher of the class."""

    def attach(run: OnWord) -> OnWord:
        for spelling in spellings:
            if spelling in WORDS:
                raise ValueError(f"{spelling} is declared twice")
            WORDS[spelling] = run
        return run

    return attach


def read(text: str) -> tuple[OnWord, int | None] | None:
    """Read `print 3`; a text that only begins so is a text."""
    found = _NUMBERED.fullmatch(fold(text).text.strip())
    run = WORDS.get(found["word"]) if found else None
    if found is None or run is None:
        return None
    return run, int(found["number"]) if found["number"] else None
