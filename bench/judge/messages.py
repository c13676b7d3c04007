"""The judge's own messages, by theme: lists and rules were made with the `tuned` themes only.

These were written for this project; names and numbers in them are invented. The `borrowed` ones are other
people's: see borrowed/LICENSE. The `fresh` ones were written when all else was settled; nothing learns from
them. A file is `theme.label.txt`, a message each line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
UNWANTED = frozenset({"ad", "contact", "scam", "vote"})
"""Labels of what wants something of the group; a leak is one by what stands around it."""

FOLDERS = ("tuned", "borrowed", "measured", "borrowed_measured")

"""What the models learn from; the fresh ones are none of it."""

BLOCK = 25
"""A file without a theme is many; so many lines of it are taken for one."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message, what it is, and the theme that it was written for."""

    label: str
    text: str
    theme: str


def labelled(*which: str) -> Iterator[Labelled]:
    """Every message of `tuned`, `measured` or `borrowed`; a turned arrow is a new line."""
    for folder in which:
        for path in sorted((HERE / folder).glob("*.txt")):
            theme, _, label = path.stem.rpartition(".")
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
                if line.strip():
                    part = theme or f"{folder} {number // BLOCK}"
                    yield Labelled(label, line.replace("⏎", "\n"), f"{part} {label}")


def messages(which: str) -> Iterator[tuple[str, str]]:
    """Every message of a folder as label and text."""
    return ((one.label, one.text) for one in labelled(which))
