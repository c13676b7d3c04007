"""What a correction has changed in the text of a notice."""

from __future__ import annotations

import difflib
import re

_TOKENS = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)


def pieces(before: str | None, text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is new against the text before."""
    if before is None:
        return [(text, False)]
    old, new = _TOKENS.findall(before), _TOKENS.findall(text)
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [("".join(new[a:b]), what != "equal") for what, _, _, a, b in steps if a < b]
