"""Names for a roster as a teacher types them: 张小明 李雷(20230107)、韩梅梅."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from classroom.roster_cells import CellRefusedError, name_of, number_of
from classroom.roster_rows import RefusedRow, RosterRow

MOST_NAMES = 200
_SEPARATORS = re.compile("[、,\uff0c;\uff1b\n\r]+")
_BRACKETS = "(\uff08【\\["
_TOKEN = re.compile(rf"[{_BRACKETS}][^)\uff09】\]]*[)\uff09】\]]?|[^\s{_BRACKETS}]+")
_NUMBER = re.compile(r"[A-Za-z]{0,3}\d{1,20}")
_WRAPPING = re.compile("^[(\uff08【\\[]?\\s*(?:学号)?[:\uff1a]?\\s*|\\s*[)\uff09】\\]]?$")


@dataclass(frozen=True, slots=True)
class TypedNames:
    """What was typed, name by name; `line` counts the names, not lines."""

    rows: tuple[RosterRow, ...]
    refused: tuple[RefusedRow, ...] = ()
    too_many: bool = False


def read_names(text: str) -> TypedNames:
    """Read names separated by blanks, commas or lines, each with a student number or without.

    Latin names keep their blanks where commas or lines separate: Li Lei, Han Meimei.
    """
    pairs = list(dict.fromkeys(_pairs(text)))
    if len(pairs) > MOST_NAMES:
        return TypedNames((), too_many=True)
    rows: list[RosterRow] = []
    refused: list[RefusedRow] = []
    for line, (name, number) in enumerate(pairs, start=1):
        try:
            rows.append(RosterRow(line, name_of(name), number_of(number)))
        except CellRefusedError as refusal:
            refused.append(RefusedRow(line, refusal.reason, refusal.value))
    return TypedNames(tuple(rows), tuple(refused))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    separated = bool(_SEPARATORS.search(text))
    for chunk in _SEPARATORS.split(text):
        yield from _pairs_in(_TOKEN.findall(chunk), keep_blanks=separated)


def _pairs_in(tokens: list[str], *, keep_blanks: bool) -> Iterator[tuple[str, str]]:
    name, number, number_first = "", "", bool(tokens) and bool(_NUMBER.fullmatch(tokens[0]))
    for token in tokens:
        is_number = token[0] in "(\uff08【[" or bool(_NUMBER.fullmatch(token))
        if is_number and (number_first or number or not name):
            if name:
                yield name, number
            name, number = "", _WRAPPING.sub("", token)
        elif is_number:
            number = _WRAPPING.sub("", token)
        elif name and keep_blanks and not number and (name + token).isascii():
            name += f" {token}"
        elif name:
            yield name, number
            name, number = token, ""
        else:
            name = token
    if name or number:
        yield name, number
