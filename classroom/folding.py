"""How typed text is made comparable, and how near two words are."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from classroom.traditional import SIMPLIFIED

_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800")
_DOTS = str.maketrans(dict.fromkeys("•．・‧∙⋅●", "·"))


@lru_cache(maxsize=8192)
def _fold_one(char: str) -> str:
    if unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f" or char in _FILLERS:
        return ""
    return unicodedata.normalize("NFKC", char.translate(_DOTS)).casefold().translate(SIMPLIFIED)


@dataclass(frozen=True)
class Folded:
    """A text in comparable form that still knows where each of its characters was typed."""

    source: str
    text: str
    origin: tuple[int, ...]
    ends: tuple[int, ...]

    def start(self, index: int) -> int:
        """Say where in the typed text a folded position begins, so that what follows is kept as typed."""
        return self.origin[index] if index < len(self.origin) else len(self.source)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the typed span behind a folded one, for cutting and replacing in the original."""
        return self.start(start), self.ends[end - 1] if end > start else self.start(start)

    def typed(self, start: int, end: int) -> str:
        """Give the words exactly as they were typed."""
        first, last = self.span(start, end)
        return self.source[first:last]


def fold(text: str) -> Folded:
    """Undo full-width forms, capitals, traditional and zero-width characters, remembering where each was."""
    parts = [_fold_one(char) for char in text]
    if set(map(len, parts)) <= {1} and not any(map(unicodedata.combining, text)):
        return Folded(text, "".join(parts), tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    return _fold_unevenly(text, parts)


def _fold_unevenly(text: str, parts: list[str]) -> Folded:
    """Fold where a character becomes none or several, or joins the one before it."""
    folded: list[str] = []
    origin: list[int] = []
    ends: list[int] = []
    for index, (char, part) in enumerate(zip(text, parts, strict=True)):
        if unicodedata.combining(char) and folded and ends[-1] == index:
            folded[-1] = unicodedata.normalize("NFKC", folded[-1] + char)[:1]
            ends[-1] = index + 1
            continue
        folded.extend(part)
        origin.extend([index] * len(part))
        ends.extend([index + 1] * len(part))
    return Folded(text, "".join(folded), tuple(origin), tuple(ends))


def squeeze(text: str) -> str:
    """Keep only letters, characters and digits, so that blanks, dots, brackets and emoji do not matter."""
    return "".join(char for char in fold(text).text if char.isalnum())


def is_chinese(char: str) -> bool:
    """Tell Chinese characters, which are written without blanks, from letters, which are not."""
    return (
        "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or "\U00020000" <= char <= "\U0003ffff"
    )


def distance(one: str, other: str) -> int:
    """Count the typing mistakes between two words; two letters swapped are one mistake."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]
