"""Other children in words that are meant for one family only."""

from __future__ import annotations

from dataclasses import replace

from classroom.folding import fold, is_chinese, squeeze
from classroom.name_words import COMMON_WORDS, NOT_NAMES
from classroom.roster import Roster, Student


def is_common_word(name: str) -> bool:
    """Tell names that are also everyday words (高兴, 平安), which need a second sign before they count."""
    return squeeze(name) in COMMON_WORDS


def other_children(text: str, about: Student, roster: Roster) -> tuple[Student, ...]:
    """Find who else is named in a concern about one child, by full name, alias or an unmistakable given name.

    Who shares the child's own name is not counted, and nicknames that no roster holds are not caught.
    """
    found: dict[int, Student] = {}
    by_id = {student.id: student for student in roster.students}
    for mention in _with_given_names(roster).mentions(text):
        ids = [student.id for student in mention.students]
        if about.id not in ids:
            found.update({id_: by_id[id_] for id_ in ids})
    return tuple(found.values())


def without_names(
    text: str, students: tuple[Student, ...], stand_in: str = "一位同学", *, roster: Roster | None = None
) -> str:
    """Put a stand-in where these children are named; the roster keeps longer names of others whole."""
    ids = {student.id for student in students}
    mentions = _with_given_names(roster or Roster(students)).mentions(text)
    for mention in reversed([m for m in mentions if ids & {s.id for s in m.students}]):
        end = mention.end
        behind = fold(text[end:]).text
        if stand_in.endswith("同学") and behind.startswith("同学") and not behind.startswith("同学们"):
            end += 2
        text = text[: mention.start] + stand_in + text[end:]
    return text


def _with_given_names(roster: Roster) -> Roster:
    """Add 梅梅 for 韩梅梅 where only one child is called so and it is no everyday word."""
    given = [_given_name(student.name) for student in roster.students]
    taken = {squeeze(word) for student in roster.students for word in student.spellings}
    clear = {
        name for name in given if given.count(name) == 1 and name not in taken | COMMON_WORDS | NOT_NAMES
    }
    return Roster(
        tuple(
            replace(student, aliases=(*student.aliases, name)) if name in clear else student
            for student, name in zip(roster.students, given, strict=True)
        )
    )


def _given_name(name: str) -> str:
    key = squeeze(name)
    return key[1:] if len(key) == 3 and is_chinese(key[0]) else ""
