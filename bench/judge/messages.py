"""The judge's own messages: `tuned` ones it was made with, `measured` ones that nothing was made with.

These were written for this project; names and numbers in them are invented. The `borrowed` ones, which the
linear model learns from as well, are other people's: see borrowed/LICENSE.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
UNWANTED = frozenset({"ad", "contact", "scam", "vote"})
"""Labels of what the model learns to lean towards; a leak is one by what stands around it."""


def messages(which: str) -> Iterator[tuple[str, str]]:
    """Every message of `tuned`, `borrowed` or `measured` with its label; a turned arrow is a new line."""
    for path in sorted((HERE / which).glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield path.stem, line.replace("⏎", "\n")
