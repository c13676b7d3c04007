"""How our texts, keys and files look in Telegram's own types."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.ports import Key
from classroom.effects import Enclosed
from classroom.markup import Piece, Span, utf16

TEXT = 4096
CAPTION = 1024
TOKEN_BYTES = 64
TAG = 16
TOAST = 200
MARK = "…"
EMOJI_AMONG_SIGNS = frozenset("‼⁉〰")
VARIATIONS = frozenset(chr(code) for code in range(0xFE00, 0xFE10))


def entities(piece: Piece) -> list[MessageEntity]:
    """Turn spans into entities, which count in UTF-16 units."""
    return [
        MessageEntity(
            span.kind,
            offset=utf16(piece.text[: span.start]),
            length=utf16(piece.text[span.start : span.end]),
            url=span.url,
        )
        for span in piece.spans
        if span.kind != MessageEntity.TEXT_LINK or span.url
    ]


def shorten(piece: Piece, limit: int, cut: bool = False) -> Piece:
    """Fit a piece into `limit` units; a mark shows where something is missing (`cut`: it is anyway)."""
    if not cut and utf16(piece.text) <= limit:
        return piece
    kept = piece.text
    while utf16(kept) > limit - 1:
        kept = kept[: max(0, len(kept) - max(1, (utf16(kept) - limit + 1) // 2))]
    spans = tuple(
        Span(span.start, min(span.end, len(kept)), span.kind, span.url)
        for span in piece.spans
        if span.start < len(kept)
    )
    return Piece(kept + MARK, spans)


def keyboard(keys: Sequence[Key], start_link: Callable[[str], str]) -> InlineKeyboardMarkup | None:
    """Lay the keys out: those of one `row` number side by side, every other in a row of its own."""
    rows: list[list[InlineKeyboardButton]] = []
    numbered: dict[int, list[InlineKeyboardButton]] = {}
    for key in keys:
        button = _button(key, start_link)
        if key.row is not None and key.row in numbered:
            numbered[key.row].append(button)
            continue
        rows.append([button])
        if key.row is not None:
            numbered[key.row] = rows[-1]
    return InlineKeyboardMarkup(rows) if rows else None


def _button(key: Key, start_link: Callable[[str], str]) -> InlineKeyboardButton:
    if key.token is None:
        assert key.payload is not None, "a key has a token or a payload"
        return InlineKeyboardButton(key.label, url=start_link(key.payload))
    assert len(key.token.encode()) <= TOKEN_BYTES, "a token has at most 64 bytes"
    return InlineKeyboardButton(key.label, callback_data=key.token)


def content(file: Enclosed) -> str | bytes:
    """Give what stands for a file: Telegram's own id or our bytes; raises ValueError for neither."""
    if file.ref:
        return file.ref
    if not (data := file.content):
        raise ValueError("a file without content")
    return data


def batches(files: Sequence[Enclosed]) -> Iterator[list[Enclosed]]:
    """Group files as albums allow it: pictures and videos, documents, music; ten at most; others alone."""
    albums = ("photo", "video"), ("document",), ("audio",)
    for kinds in albums:
        alike = [file for file in files if file.kind in kinds]
        for start in range(0, len(alike), 10):
            yield alike[start : start + 10]
    for file in files:
        if not any(file.kind in kinds for kinds in albums):
            yield [file]


def clean_tag(tag: str) -> str:
    """Make a tag that Telegram takes: 16 characters, no emoji, no control characters."""
    kept = "".join(char for char in " ".join(tag.split()) if _fit_for_tag(char))
    while utf16(kept) > TAG:
        kept = kept[:-1]
    return kept.strip()


def _fit_for_tag(char: str) -> bool:
    if char in VARIATIONS or char in EMOJI_AMONG_SIGNS:
        return False
    kind = unicodedata.category(char)
    return kind[0] in "LNP" or kind in ("Mn", "Mc", "Zs", "Sm", "Sc")


def brief(text: str, limit: int) -> str:
    """Cut a line to `limit` units, with a mark where it was cut."""
    return shorten(Piece(text, ()), limit).text
