"""The children of one class and how their names are found in what people type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from classroom.folding import distance, fold, is_chinese, squeeze
from classroom.name_words import COMMON_WORDS, NOT_NAMES, SURNAMES


@dataclass(frozen=True)
class Student:
    """A child of the class; the number tells children of one name apart."""

    id: int
    name: str
    number: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every way in which people write this child's name."""
        return (self.name, *self.aliases)


@dataclass(frozen=True)
class Mention:
    """One place in a typed text where a child is named, and whom the name may mean."""

    students: tuple[Student, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Head:
    """The names that stand before a command's text; nothing is done while one is unknown or ambiguous."""

    students: tuple[Student, ...]
    ambiguous: tuple[tuple[Student, ...], ...]
    rest: str
    unknown: str | None


@dataclass(frozen=True)
class Roster:
    """A class's children, indexed by how they are called."""

    students: tuple[Student, ...]

    @cached_property
    def _carriers(self) -> dict[str, tuple[Student, ...]]:
        found: dict[str, dict[int, Student]] = {}
        for student in self.students:
            for spelling in student.spellings:
                if key := squeeze(spelling):
                    found.setdefault(key, {})[student.id] = student
        return {key: tuple(by_id.values()) for key, by_id in found.items()}

    @cached_property
    def spellings(self) -> frozenset[str]:
        """Every name and alias in comparable form."""
        return frozenset(self._carriers)

    @cached_property
    def _numbers(self) -> dict[str, tuple[Student, ...]]:
        found: dict[str, tuple[Student, ...]] = {}
        for student in self.students:
            if student.number and (key := squeeze(student.number)):
                found[key] = (*found.get(key, ()), student)
        return found

    def _pattern(self, shortest: int) -> re.Pattern[str] | None:
        keys = sorted((key for key in self._carriers if len(key) >= shortest), key=len, reverse=True)
        if not keys:
            return None
        heads = "".join(sorted({re.escape(key[0]) for key in keys}))
        return re.compile(f"(?=[{heads}])(?:{'|'.join(map(_loose, keys))})")

    @cached_property
    def _anywhere(self) -> re.Pattern[str] | None:
        return self._pattern(shortest=2)

    @cached_property
    def at_head(self) -> re.Pattern[str] | None:
        """The names as a pattern over folded text, for whoever reads a name at a place of its own."""
        return self._pattern(shortest=1)

    def carriers(self, typed: str) -> tuple[Student, ...]:
        """Say who is called so, without looking at numbers."""
        return self._carriers.get(squeeze(typed), ())

    def find(self, name: str) -> tuple[Student, ...]:
        """Find who has exactly this name, alias or number; two children may."""
        key = squeeze(name)
        return self._carriers.get(key) or self._numbers.get(key, ())

    def closest(self, name: str, limit: int = 3, *, least: float = 0.4) -> tuple[Student, ...]:
        """Offer the children who were probably meant, so that a refusal says what to do next."""
        key = squeeze(name)[:40]
        scored: dict[int, tuple[float, Student]] = {}
        for spelling, students in self._carriers.items():
            score = _likeness(key, spelling)
            for student in students:
                if score > scored.get(student.id, (0.0, student))[0]:
                    scored[student.id] = (score, student)
        ranked = sorted(scored.values(), key=lambda pair: (-pair[0], pair[1].id))
        return tuple(student for score, student in ranked[:limit] if score >= least)

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Find each place in a text where a child is named, longest name first."""
        if self._anywhere is None:
            return ()
        folded = fold(text)
        return tuple(
            Mention(self._carriers[squeeze(found[0])], *folded.span(*found.span()))
            for found in self._anywhere.finditer(folded.text)
        )

    def mentioned_in(self, text: str) -> tuple[Student, ...]:
        """Find which children a text names; all who share a name are meant by it."""
        named = chain.from_iterable(mention.students for mention in self.mentions(text))
        return tuple({student.id: student for student in named}.values())

    def names_at_head(self, text: str) -> Head:
        """Read the names that a command begins with; what follows them is kept as it was typed."""
        return _HeadReader(self, text).read()

    def numbered(self, number: str, among: tuple[Student, ...] | None = None) -> tuple[Student, ...]:
        """Find by student number, among those who share a name if they are given."""
        found = self._numbers.get(squeeze(number), ())
        return found if among is None else tuple(student for student in found if student in among)


def _loose(key: str) -> str:
    """Let a name be typed with blanks or dots inside, but never inside a longer Latin word."""
    parts = [re.escape(char) for char in key]
    if not key.isascii():
        return r"[ \t·]{0,3}".join(parts)
    return r"(?<![a-z0-9])" + r"[ \t·'_.-]?".join(parts) + r"(?![a-z0-9])"


def _likeness(one: str, other: str) -> float:
    """Weigh shared characters and typing mistakes between 0 (strangers) and 1 (the same)."""
    if not one or not other:
        return 0.0
    longest = max(len(one), len(other))
    shared = len(set(one) & set(other)) / len(set(one) | set(other))
    near = 1 - distance(one, other) / longest
    if is_chinese(other[0]):
        inside = 0.5 if len(one) > 1 and len(other) > 1 and (one in other or other in one) else 0.0
        return max(inside, near * 0.8 + shared * 0.2)
    part = 0.5 if len(one) > 2 and (other.startswith(one) or other.endswith(one)) else 0.0  # Tom of Tom Smith
    return near if near >= 0.6 else part


_GAP = re.compile(r"[\s、,;|/+&~]*(?:(?:和|以及|及|与|跟|and\b)[\s、,]*)?")
_CALLED = re.compile(r"[ ]?(?:等|这|两|三|几|[2-9])*(?:位|名)?(?:小?同学|小朋友|同學)(?![们们习校會会])")
_NUMBER = re.compile(
    r"[ \t]*[(\[【]?[ \t]*(?:学号)?[:]?[ \t]*([a-z]{0,3}\d{1,20})"
    r"(?![\d年月日号点时:次分名天周])[ \t]*[)\]】]?"
)
_LIST_TOKEN = re.compile(r"[^\W\d_]+(?:[·][^\W\d_]+)*")
_FULL_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+){1,3}")
_SLIP = 0.6
"""From this likeness on it is the same name, typed wrongly."""
_AFTER_NAME = "在获得被今昨主积为的是又没不未表上下把向很真能会考"


class _HeadReader:
    """Walks over the head of one text; it holds the place and what was read so far."""

    def __init__(self, roster: Roster, text: str) -> None:
        self.roster = roster
        self.folded = fold(text)
        self.text = self.folded.text
        self.at = 0
        self.students: dict[int, Student] = {}
        self.ambiguous: list[tuple[Student, ...]] = []
        self.unknown: str | None = None

    def read(self) -> Head:
        self._skip(r"[\s、,:;]*")
        while self._name() or self._number_alone() or self._unknown():
            pass
        self._skip(r"[\s、,:;]*")
        rest = self.folded.source[self.folded.start(self.at) :].strip()
        return Head(tuple(self.students.values()), tuple(self.ambiguous), rest, self.unknown)

    def _skip(self, pattern: str) -> None:
        if found := re.compile(pattern).match(self.text, self.at):
            self.at = found.end()

    def _places(self) -> Iterator[int]:
        """Where a next name may begin: right here, or behind a separator."""
        yield self.at
        if (self.students or self.ambiguous or self.unknown) and (gap := _GAP.match(self.text, self.at)):
            yield gap.end()

    def _name(self) -> bool:
        pattern = self.roster.at_head
        for place in self._places() if pattern else ():
            found = pattern.match(self.text, place) if pattern else None
            if found and not (place != self.at and self._is_only_a_word(found)):
                self._take(found)
                return True
        return False

    def _is_only_a_word(self, found: re.Match[str]) -> bool:
        """In 张小明 高兴地宣布 the text proper has begun, though a child may be called 高兴."""
        return found[0] in COMMON_WORDS and self.text[found.end() : found.end() + 1] in ("地", "的")

    def _take(self, found: re.Match[str]) -> None:
        students = self.roster.carriers(found[0])
        self.at = found.end()
        number = _NUMBER.match(self.text, self.at)
        if number and (told_apart := self.roster.numbered(number[1], students)):
            students = told_apart
            self.at = number.end()
        if called := _CALLED.match(self.text, self.at):
            self.at = called.end()
        self._add(students)

    def _add(self, students: tuple[Student, ...]) -> None:
        if len(students) == 1:
            self.students.setdefault(students[0].id, students[0])
        elif students not in self.ambiguous:
            self.ambiguous.append(students)

    def _number_alone(self) -> bool:
        for place in self._places():
            number = _NUMBER.match(self.text, place)
            students = self.roster.numbered(number[1]) if number else ()
            if number and students:
                return self._take_number(number, students)
        return False

    def _take_number(self, number: re.Match[str], students: tuple[Student, ...]) -> bool:
        """A number directly before its own name says who; alone it must be long enough not to be a count."""
        name = self.roster.at_head.match(self.text, number.end()) if self.roster.at_head else None
        same = tuple(s for s in students if name and s in self.roster.carriers(name[0]))
        if not same and len(number[1]) < 4:
            return False
        self.at = name.end() if same and name else number.end()
        if called := _CALLED.match(self.text, self.at):
            self.at = called.end()
        self._add(same or students)
        return True

    def _unknown(self) -> bool:
        listed = bool(self.students or self.ambiguous or self.unknown)
        end, token = self._listed_stranger() if listed else self._first_stranger()
        if not token:
            return False
        self.unknown = self.unknown or token
        self.at = end
        if called := _CALLED.match(self.text, self.at):
            self.at = called.end()
        return True

    def _first_stranger(self) -> tuple[int, str]:
        token = _LIST_TOKEN.match(self.text, self.at)
        if not token:
            return self.at, ""
        size = _name_size(token[0], self.roster, alone=True)
        if not is_chinese(token[0][0]):
            capital = self.folded.typed(*token.span())[:1].isupper()
            size = len(token[0]) if capital or self.roster.closest(token[0], least=_SLIP) else 0
            size = self._full_name(token.start()) or size if capital else size
        return token.start() + size, self.folded.typed(token.start(), token.start() + size) if size else ""

    def _full_name(self, start: int) -> int:
        """How long a name of several capitalised words is here, if one on the roster is nearly that."""
        run = _FULL_NAME.match(self.folded.typed(start, len(self.text)))
        words = run[0].split() if run else []
        for count in range(len(words), 1, -1):
            if self.roster.closest(" ".join(words[:count]), least=_SLIP):
                return len(" ".join(words[:count]))
        return 0

    def _listed_stranger(self) -> tuple[int, str]:
        gap = _GAP.match(self.text, self.at)
        token = _LIST_TOKEN.match(self.text, gap.end()) if gap else None
        if not gap or not token:
            return self.at, ""
        size = _list_member(token[0], gap[0], self.text[token.end() :], self.roster)
        return token.start() + size, self.folded.typed(token.start(), token.start() + size) if size else ""


def _name_size(run: str, roster: Roster, *, alone: bool) -> int:
    """Guess how much of a run of characters is a name that the roster does not have."""
    if not is_chinese(run[0]):
        return 0
    whole = re.sub(r"(?:小?同学|小朋友)$", "", run)
    if alone and 2 <= len(whole) <= 4 and whole not in NOT_NAMES:
        return len(whole)
    for size in (4, 3, 2):
        if len(run) >= size and run[:2] not in NOT_NAMES and _nearly(run[:size], roster):
            return size
    if run[0] not in SURNAMES or run[:2] in NOT_NAMES:
        return 0
    return 2 if len(run) > 2 and run[2] in _AFTER_NAME else min(3, len(run))


def _nearly(word: str, roster: Roster) -> bool:
    """One character wrong in a name of the same length: almost surely a slip, not another word."""
    return any(
        len(name) == len(word) and distance(name, word) == 1 and (len(word) > 2 or name[0] == word[0])
        for name in roster._carriers
    )


def _list_member(run: str, gap: str, after: str, roster: Roster) -> int:
    """Say how long an unknown name behind others is, 0 if the text proper has begun."""
    if not is_chinese(run[0]):
        closed = bool(re.match(r"\s*(?:[、,&]|and\b|和)", after))
        return len(run) if "、" in gap and (closed or roster.closest(run, least=_SLIP)) else 0
    whole = re.sub(r"(?:小?同学|小朋友)$", "", run)
    if 2 <= len(whole) <= 3 and gap and whole not in NOT_NAMES and whole[:2] not in NOT_NAMES:
        ends_list = bool(re.match(r"\s*(?:[、,&:和]|$)|\s", after))
        named = whole[0] in SURNAMES or _nearly(whole, roster)
        if ends_list and named and ("、" in gap or after):
            return len(whole)
    for size in (4, 3, 2):
        follows = run[size : size + 1]
        slip = len(run) > size and run[:2] not in NOT_NAMES and _nearly(run[:size], roster)
        if slip and (size > 2 or follows in _AFTER_NAME):
            return size
    return 0
