"""Finds all words of all lists in a text at once, in time that grows with the text and not with the lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from math import prod

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

_SPELLED_OUT = 150
"""A word with more shapes than this is looked for as a pattern, and only where its anchor stands."""

_ANCHORS = 120
_SINGLE = frozenset("吗丢")
"""The only words of one character: any other would stand in half of all messages."""

Found = dict[str, list[str]]
"""The kinds of signs in a message, each with the different phrases that showed it."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """Alternatives at one place of a word; each is a row of plain words and further choices."""

    ways: tuple[tuple[str | _Choice, ...], ...]


_Row = tuple["str | _Choice", ...]


def _parse(word: str) -> _Row:
    """Read a word of a list; ValueError if a blank has torn it: its parts would be other signs."""
    if word.isalnum():
        return (word,)
    if word.count("{") != word.count("}"):
        raise ValueError(f"brackets do not match in {word!r}: a word holds no blank")
    return _way(iter(re.findall(r"[{}|]|[^{}|]+", word)))[0][0]


def _way(pieces: Iterator[str]) -> tuple[tuple[_Row, ...], bool]:
    """Read alternatives up to the bracket that ends them."""
    ways: list[list[str | _Choice]] = [[]]
    for piece in pieces:
        if piece == "{":
            ways[-1].append(_Choice(_way(pieces)[0]))
        elif piece == "|":
            ways.append([])
        elif piece == "}":
            break
        else:
            ways[-1].append(piece if piece.isalnum() else "".join(filter(str.isalnum, piece)))
    return tuple(map(tuple, ways)), True


def _count(row: _Row) -> int:
    """How many shapes a word has."""
    return prod(1 if isinstance(part, str) else sum(map(_count, part.ways)) for part in row)


def _longest(row: _Row) -> int:
    """How many characters a word has at most."""
    return sum(len(part) if isinstance(part, str) else max(map(_longest, part.ways)) for part in row)


def _shapes(row: _Row) -> Iterator[str]:
    """Every shape of a word."""
    parts = ([part] if isinstance(part, str) else _each(part) for part in row)
    yield from map("".join, product(*parts))


def _each(choice: _Choice) -> list[str]:
    return [shape for way in choice.ways for shape in _shapes(way)]


def _pattern(row: _Row) -> str:
    """A word as a regular expression, the longest alternative first."""
    return "".join(
        part
        if isinstance(part, str)
        else f"(?:{'|'.join(sorted(map(_pattern, part.ways), key=len, reverse=True))})"
        for part in row
    )


def _anchor(row: _Row) -> list[str]:
    """The part of a word, or two in a row, that tells most: long, with few alternatives, never empty."""
    parts = [*((part,) for part in row), *pairwise(row)]
    options = [[*_shapes(part)] for part in parts if _count(part) <= _ANCHORS]
    told = [option for option in options if all(option)]
    return max(told, key=lambda option: (min(map(len, option)), -len(option)))


class _Word:
    """A word of many shapes; its pattern is made when it is first looked for, since most never are."""

    def __init__(self, word: str, longest: int) -> None:
        self._word, self.longest = word, longest

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(_pattern(_parse(self._word)))


class Lists:
    """Lists of words by their kind, made ready once."""

    def __init__(self, lists: Mapping[str, str]) -> None:
        """Read every list; a word that stands in several belongs to the first."""
        self._names = tuple(lists)
        self._kinds = bytearray()
        self._patterns: list[tuple[str, _Word]] = []
        anchors: dict[str, tuple[int, ...]] = {}
        self._finder = AhoCorasick(
            self._spelled_out(lists, anchors), MatchKind.LeftmostLongest, False, Implementation.ContiguousNFA
        )
        self._anchors = tuple(anchors.values())
        self._anchor_finder = AhoCorasick(list(anchors), matchkind=MatchKind.Standard)

    def _spelled_out(self, lists: Mapping[str, str], anchors: dict[str, tuple[int, ...]]) -> Iterator[str]:
        """Every shape of the shorter words, one by one, for all at once would hold megabytes."""
        for kind, words in enumerate(lists.values()):
            for word in words.split():
                row = _parse(word)
                if _count(row) <= _SPELLED_OUT:
                    for shape in _shapes(row):
                        if len(shape) > 1 or shape in _SINGLE:
                            self._kinds.append(kind)
                            yield shape
                    continue
                alone = (len(self._patterns),)
                for anchor in _anchor(row):
                    anchors[anchor] = anchors[anchor] + alone if anchor in anchors else alone
                self._patterns.append((self._names[kind], _Word(word, _longest(row))))

    def find(self, text: str, without: Sequence[str] = ()) -> Found:
        """Every kind with its phrases in the text; phrases that hold a word of `without` do not count."""
        found: Found = {}
        for kind, phrase in self._phrases(text):
            if without and any(word in phrase for word in without):
                continue
            known = found.setdefault(kind, [])
            if phrase not in known:
                known.append(phrase)
        return found

    def _phrases(self, text: str) -> Iterable[tuple[str, str]]:
        for which, start, end in self._finder.find_matches_as_indexes(text):
            yield self._names[self._kinds[which]], text[start:end]
        hits = self._anchor_finder.find_matches_as_indexes(text, overlapping=True)
        places: dict[int, tuple[int, int]] = {}
        for which, start, end in hits:
            for number in self._anchors[which]:
                first, _ = places.get(number, (start, end))
                places[number] = first, end
        for number, (first, last) in places.items():
            kind, word = self._patterns[number]
            if hit := word.pattern.search(text, max(0, first - word.longest), last + word.longest):
                yield kind, hit[0]
