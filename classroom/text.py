"""The three kinds of text: private words, and what may be said to a group or to a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NoReturn, final

from classroom.errors import LeakError


@final
class PrivateStr:
    """Words of a criticism from the moment they are read: no str(), no format, a blind repr."""

    __slots__ = ("_words",)

    def __init__(self, words: str) -> None:
        """Wrap `words`; only `reveal` gives them back."""
        self._words = words

    def reveal(self) -> str:
        """Give the words to what may see them: storage, private templates, the checks on a draft."""
        return self._words

    def __repr__(self) -> str:
        """Show nothing, since a repr lands in logs and tracebacks."""
        return "PrivateStr(…)"

    def __str__(self) -> NoReturn:
        """Refuse: text that becomes a plain str by accident can reach a group."""
        raise LeakError("private words must not become a plain string")

    def __format__(self, spec: str) -> NoReturn:
        """Refuse as `__str__` does."""
        raise LeakError("private words must not become a plain string")

    def __eq__(self, other: object) -> bool:
        """Compare by words, so that values holding them compare."""
        return isinstance(other, PrivateStr) and other._words == self._words

    def __hash__(self) -> int:
        """Hash by words, as `__eq__` compares."""
        return hash((PrivateStr, self._words))

    def __bool__(self) -> bool:
        """True if there are any words but blanks."""
        return bool(self._words.strip())


@final
@dataclass(frozen=True, slots=True)
class PublicText:
    """What a group may read; made by templates/render.py only. `body` is the small markup of markup.py."""

    body: str
    audience: Literal["public"] = "public"


@final
@dataclass(frozen=True, slots=True)
class PrivateText:
    """What one person may read; made by templates/render.py only. `body` as in PublicText."""

    body: str
    audience: Literal["private"] = "private"

    def __repr__(self) -> str:
        """Show nothing: a private text gets into no log."""
        return "PrivateText(…)"


@final
@dataclass(frozen=True, slots=True)
class Label:
    """A button's label or a toast: short, plain, of no private words; made by templates/render.py only."""

    text: str


Text = PublicText | PrivateText
