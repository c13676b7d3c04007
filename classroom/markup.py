"""The small markup of templates (<b>, <i>, <u>, <s>, <code>, <blockquote>, <a>), read into text and spans."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser

TAGS = {"b": "bold", "i": "italic", "u": "underline", "s": "strikethrough"} | {
    "code": "code",
    "blockquote": "blockquote",
    "a": "text_link",
}


LONGEST_SIGN = 32
"""How many code points one emoji may have."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the plain text that is shown in a certain way; offsets are in code points."""

    start: int
    end: int
    kind: str
    url: str | None = None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.length = 0
        self.open: list[tuple[str, int, str | None]] = []
        self.spans: list[Span] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in TAGS:
            self.open.append((tag, self.length, dict(attrs).get("href")))
        else:  # not ours: shown as it was typed
            self.handle_data(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            name, start, url = self.open[index]
            if name == tag:
                del self.open[index]
                if self.length > start:
                    self.spans.append(Span(start, self.length, TAGS[tag], url))
                return

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        self.length += len(data)


def read(body: str) -> tuple[str, tuple[Span, ...]]:
    """Turn a template's result into plain text and its spans, in the order they begin."""
    if "<" not in body and "&" not in body:
        return body, ()
    reader = _Reader()
    reader.feed(body)
    reader.close()
    return "".join(reader.text), tuple(sorted(reader.spans, key=lambda s: (s.start, -s.end)))


def plain(body: str) -> str:
    """Give the text alone, for platforms and tests that show no spans."""
    return read(body)[0]


def utf16(text: str) -> int:
    """Length in UTF-16 units, in which Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True, slots=True)
class Piece:
    """One message's worth of a longer text, its spans counted from its own beginning."""

    text: str
    spans: tuple[Span, ...]


def split(body: str, limit: int) -> tuple[Piece, ...]:
    """Cut a text into pieces of at most `limit` UTF-16 units, at paragraphs, lines, sentences, blanks."""
    text, spans = read(body)
    pieces: list[Piece] = []
    start = 0
    while start < len(text):
        end = _cut(text, start, limit)
        piece = text[start:end]
        lead = len(piece) - len(piece.lstrip())
        kept = piece.strip()
        if kept:
            pieces.append(Piece(kept, _within(spans, start + lead, start + lead + len(kept))))
        start = end
    return tuple(pieces)


def _cut(text: str, start: int, limit: int) -> int:
    if 2 * (len(text) - start) <= limit:
        return len(text)
    end = start
    used = 0
    while end < len(text):
        used += 2 if ord(text[end]) > 0xFFFF else 1
        if used > limit:
            break
        end += 1
    if end == len(text):
        return end
    for mark in ("\n\n", "\n", "。", "！", "？", ". ", "；", "，", ", ", " "):
        at = text.rfind(mark, start + (end - start) // 2, end)
        if at > start:
            return at + len(mark)
    return max(_between_signs(text, start, end), start + 1)


def _between_signs(text: str, start: int, end: int) -> int:
    """Go back to where no sign made of several code points (a family, a flag, a skin tone) is torn apart."""
    for at in range(end, max(start, end - LONGEST_SIGN), -1):
        if not (_joins(text[at]) or text[at - 1] == "\u200d" or _half_a_flag(text, at)):
            return at
    return end


def _joins(char: str) -> bool:
    skin = 0x1F3FB <= ord(char) <= 0x1F3FF
    return char in "\u200d\ufe0e\ufe0f\u20e3" or skin or unicodedata.combining(char) != 0


def _half_a_flag(text: str, at: int) -> bool:
    """True if `at` lies between the two letters that make a flag."""
    before = at
    while before > 0 and 0x1F1E6 <= ord(text[before - 1]) <= 0x1F1FF:
        before -= 1
    return (at - before) % 2 == 1


def _within(spans: tuple[Span, ...], start: int, end: int) -> tuple[Span, ...]:
    return tuple(
        Span(max(s.start, start) - start, min(s.end, end) - start, s.kind, s.url)
        for s in spans
        if s.start < end and s.end > start
    )
