"""How our texts are read in markdown, the only kind of text that the AI bot may send by itself.

What people typed must be read as typed. Signs at the head of a line and brackets lose their meaning by an
invisible sign beside them; stars and the like, which nothing invisible can part, get a backslash.
"""

from __future__ import annotations

import re

from bot.platforms.tencent.cards import Hand
from bot.platforms.tencent.wording import JOINER, texts_by
from classroom.markup import Piece

URL = re.compile(r"(https?://[!-;=?-Z\[\]_a-z~]+)")
INLINE = re.compile(r"([\\`*_~])")
HEAD = re.compile(r"(?m)^(?=[ \t]|[#>+=|-]|[0-9]{1,9}[.)])")
TAG = re.compile(r"<(?=[/!?a-zA-Z])")
ENTITY = re.compile(r"&(?=#?[0-9a-zA-Z]{1,32};)")
BRACKET = re.compile(r"\](?=[(\[:])")


def plain(text: str) -> str:
    """Let what people typed be read as typed; addresses stay as they are, so that they can be opened."""
    parts = URL.split(text)
    return HEAD.sub(JOINER, "".join(part if place % 2 else _inline(part) for place, part in enumerate(parts)))


def _inline(text: str) -> str:
    text = TAG.sub(f"<{JOINER}", ENTITY.sub(f"&{JOINER}", text))
    return INLINE.sub(r"\\\1", BRACKET.sub(f"]{JOINER}", text))


def shown(piece: Piece) -> str:
    """A piece in markdown: of our markup links remain."""
    links = [span for span in piece.spans if span.kind == "text_link" and span.url]
    made, at = "", 0
    for span in links:
        if span.start < at:
            continue
        address = (span.url or "").replace("(", "%28").replace(")", "%29").replace(" ", "%20")
        made += f"{plain(piece.text[at : span.start])}[{plain(piece.text[span.start : span.end])}]({address})"
        at = span.end
    return made + plain(piece.text[at:])


def texts(body: str) -> list[str]:
    """A text in as few messages as its bytes allow."""
    return texts_by(shown, body)


AS_MARKDOWN = Hand(texts, plain)
