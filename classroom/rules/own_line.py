"""One child's own line of a text about several, so that each family reads only what is its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from classroom.roster import Mention, Roster, Student
from classroom.rules.wording import other_children, without_names

_IN_A_LIST = re.compile(r"(?:小?同学|小朋友)?[\s、,，;；/&]*(?:\d{1,2}[.、)）]\s*)?")
_HEADING = re.compile(r"(?:(?<=\n)|(?<=[。；;，,！!？?]))[^\n。；;，,！!？?]*[:：]\s*$|(?<=\n)[^\n]+\n\s*$")
_ENDS = re.compile(r"(?:[，,；;。、！!？?]|\s)\s*$")
_LEADS_ON = re.compile(r"(?:和|跟|与|同|对|给|把|被|向|and|with)\s*$")
_LOOSE_ENDS = " \t\n，,；;、"


@dataclass(frozen=True)
class OwnLine:
    """What of a text is about one child; `separate` is False where others stand in the same clause."""

    text: str
    separate: bool


@dataclass
class _Block:
    """A list of names, what is said behind it, and the heading above it."""

    names: list[Mention]
    heading: str
    said: str


def own_line(text: str, student: Student, roster: Roster) -> OwnLine:
    """Keep the headings and clauses about this child; everybody else becomes 一位同学."""
    units = [unit for unit in _units(text, roster) if _about(unit, student)]
    pieces: list[str] = []
    heading = ""
    for unit in units:
        if unit[0].heading != heading:
            heading = unit[0].heading
            pieces.append(heading)
        pieces += [_told(block, student, text) for block in unit]
    kept = "".join(pieces).strip(_LOOSE_ENDS) if units else text
    others = other_children(kept, student, roster)
    return OwnLine(without_names(kept, others, roster=roster) if others else kept, not others)


def _about(unit: list[_Block], student: Student) -> bool:
    return any(_is(mention, student) for block in unit for mention in block.names)


def _is(mention: Mention, student: Student) -> bool:
    return any(one.id == student.id for one in mention.students)


def _told(block: _Block, student: Student, text: str) -> str:
    """A list of names shrinks to the child's own; a clause about others keeps theirs, to be replaced."""
    own = [mention for mention in block.names if _is(mention, student)]
    names = [text[m.start : m.end] for m in (own[:1] or block.names)]
    return "、".join(names) + block.said


def _units(text: str, roster: Roster) -> Iterator[list[_Block]]:
    """Blocks that stand in one clause belong together: what 李雷 did to 韩梅梅 cannot be cut in two."""
    unit: list[_Block] = []
    for block in _blocks(text, roster):
        if unit and not (_ENDS.search(unit[-1].said) and not _LEADS_ON.search(unit[-1].said)):
            unit.append(block)
            continue
        if unit:
            yield unit
        unit = [block]
    if unit:
        yield unit


def _blocks(text: str, roster: Roster) -> Iterator[_Block]:
    runs = _runs(text, roster)
    heading = text[: runs[0][0].start] if runs else ""
    for index, names in enumerate(runs):
        last = index + 1 == len(runs)
        tail = text[names[-1].end : None if last else runs[index + 1][0].start]
        found = None if last else _HEADING.search(tail)
        yield _Block(names, heading, tail[: found.start()] if found else tail)
        heading = tail[found.start() :] if found else heading


def _runs(text: str, roster: Roster) -> list[list[Mention]]:
    """Names that stand in a list, only separators between them."""
    runs: list[list[Mention]] = []
    for mention in roster.mentions(text):
        if runs and _IN_A_LIST.fullmatch(text[runs[-1][-1].end : mention.start]):
            runs[-1].append(mention)
        else:
            runs.append([mention])
    return runs
