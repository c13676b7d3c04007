"""How our texts are read in WeChat and WeCom: as texts of so many bytes, with links and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from classroom import markup
from classroom.markup import Piece

TEXT = 2048
"""Bytes of a text message."""

LINK = re.compile(r"<(?=/?a[\s>])", re.IGNORECASE)
JOINER = "\u2060"


def texts(body: str) -> list[str]:
    """A text in as few messages as its bytes allow."""
    return texts_by(shown, body)


def texts_by(shown: Callable[[Piece], str], body: str) -> list[str]:
    """The same for a channel that shows our markup in a way of its own."""
    for limit in (2000, 1340, 1000, 670, 400, 200):
        found = [shown(piece) for piece in markup.split(body, limit)]
        if all(len(text.encode("utf-8", "replace")) <= TEXT for text in found):
            return found
    return [text.encode("utf-8", "replace")[:TEXT].decode("utf-8", "ignore") for text in found]


def ended(found: Sequence[str], tail: str) -> list[str]:
    """Texts with some lines more at their end; without any text there is nothing to end."""
    if not found:
        return []
    last = f"{found[-1]}\n\n{tail}"
    if len(last.encode("utf-8", "replace")) <= TEXT:
        return [*found[:-1], last]
    return [*found, tail]


def shown(piece: Piece) -> str:
    """A piece as it is shown: of our markup links remain, and nobody else's become any."""
    links = [span for span in piece.spans if span.kind == "text_link" and span.url]
    made, at = "", 0
    for span in links:
        if span.start < at:
            continue
        inside = piece.text[span.start : span.end]
        made += plain(piece.text[at : span.start]) + link(inside, span.url or "")
        at = span.end
    return made + plain(piece.text[at:])


def link(label: str, url: str) -> str:
    """A line that opens an address."""
    address = url.replace('"', "%22").replace("<", "%3C").replace(">", "%3E")
    return f'<a href="{address}">{plain(label)}</a>'


def plain(text: str) -> str:
    """Let what people typed as a link be read as typed: an invisible sign stands behind its bracket."""
    return LINK.sub(f"<{JOINER}", text)
