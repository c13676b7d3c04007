"""Whether a member's name says whose parent this is, and which name would."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from classroom.folding import squeeze
from classroom.relations import Relation, read_relation, relation_words
from classroom.roster import Roster, Student

DEFAULT_PATTERN = "{student}{relation}"
TAG_LENGTH = 16
_PARTS = re.compile(r"(\{student\}|\{relation\}|\{class\})")


@dataclass(frozen=True)
class NameMatch:
    """Whom a conforming name points at; several students where siblings are named or a name is shared."""

    students: tuple[Student, ...]
    relation: Relation | None


def conforms(
    display_name: str, roster: Roster, pattern: str = DEFAULT_PATTERN, class_name: str | None = None
) -> NameMatch | None:
    """Read a display name by the group's pattern; spaces, dots, brackets, width and emoji do not matter."""
    reader = _reader(roster.spellings, pattern, class_name)
    found = reader.whole.fullmatch(squeeze(display_name)) if reader else None
    if reader is None or found is None or "students" not in found.groupdict():
        return None
    names = reader.one.findall(found["students"])
    students = {s.id: s for name in names for s in roster.carriers(name)}
    relation = read_relation(found["relation"]) if "relation" in found.groupdict() else None
    return NameMatch(tuple(students.values()), relation)


@dataclass(frozen=True)
class _Reader:
    """A group's pattern over one roster: a whole display name, and one child's name within it."""

    whole: re.Pattern[str]
    one: re.Pattern[str]


@lru_cache(maxsize=256)
def _reader(spellings: frozenset[str], pattern: str, class_name: str | None) -> _Reader | None:
    """Compile a pattern once per roster; None where no name can conform."""
    if not spellings:
        return None
    one = "|".join(re.escape(key) for key in sorted(sorted(spellings), key=len, reverse=True))
    relations = "|".join(re.escape(word) for word, _ in relation_words())
    known = {
        "{student}": f"(?P<students>(?:{one})(?:和?(?:{one}))*)",
        "{relation}": f"(?:的|s)??(?P<relation>{relations})",
        "{class}": re.escape(squeeze(class_name)) if class_name else "[^\\W_]+?",
    }
    whole = "".join(known.get(part, re.escape(squeeze(part))) for part in _PARTS.split(pattern))
    try:
        return _Reader(re.compile(whole), re.compile(one))
    except re.error:  # a pattern that names a child twice
        return None


def expected_name(
    student: Student,
    relation: Relation,
    pattern: str = DEFAULT_PATTERN,
    class_name: str | None = None,
    *,
    language: str = "zh_CN",
) -> str:
    """Write the exact name that a bound guardian is asked to take."""
    word = relation.words(language)[0]
    gap = " " if student.name.isascii() and "{student}{relation}" in pattern else ""
    name = pattern.replace("{student}", student.name + gap).replace("{relation}", word)
    return name.replace("{class}", class_name or "").strip()


def member_tag(student: Student, relation: Relation, *, language: str = "zh_CN") -> str:
    """Name a guardian within a tag: by a shorter word, or by the child alone, before a word is cut."""
    gap = " " if student.name.isascii() else ""
    tries = (f"{student.name}{gap}{word}" for word in relation.words(language))
    return fits_member_tag(next((tag for tag in tries if len(tag) <= TAG_LENGTH), student.name))


def fits_member_tag(text: str) -> str:
    """Make a text fit Telegram's setChatMemberTag: at most 16 characters, no emoji, no control characters."""
    plain = "".join(char for char in unicodedata.normalize("NFC", text) if _is_plain(char))
    return " ".join(plain.split())[:TAG_LENGTH].strip()


def _is_plain(char: str) -> bool:
    """Letters, digits, blanks and punctuation; emoji are symbols (So, Sk) or built of format characters."""
    kind = unicodedata.category(char)[0]
    return kind in "LNPZ" or (kind == "M" and char != "\u20e3" and not "\ufe00" <= char <= "\ufe0f")
