"""What speaks against asking something of the whole class in these words; for polls and sign-ups."""

from __future__ import annotations

import re
from collections.abc import Iterable

from classroom.effects import Effect, Remove
from classroom.rules import wording
from classroom.text import PrivateText
from handlers.aside import aside
from handlers.held_back import PRIVACY, Verdict, Way, group_of, judge, note, remove
from handlers.poll_reading import PIPE
from handlers.room import Room
from storage import guardians

ASKED = re.compile(
    r"(?:应该|该)?(?:怎么办|怎样办|怎么处理|如何处理)|[?？吗呢]|要不要|是不是|是否|"
    r"what (?:shall|should) we do(?: about)?|should we",
    re.IGNORECASE,
)
"""What makes a question of a text: that a child did wrong is said to all by asking what to do about it."""

_CLAUSE = re.compile(r"[，,。.;；!！?？|｜\n]+")
_WHO = re.compile(r"谁|哪(?:些|一?[位个名])(?:同学|孩子|学生|小朋友)?|(?<![a-z])who(?![a-z])", re.IGNORECASE)


def verdict(text: str, came: Way, room: Room) -> Verdict | None:
    """What speaks against asking this in public: a child who is shamed, or whose family wishes no mention."""
    for said in (text, ASKED.sub("，", text), *_answered(text, room), *_clauses(text, room)):
        if (found := judge(said, room.roster)) is not None:
            return found
    named = [s for s in room.roster.mentioned_in(text) if not wording.is_common_word(s.name)]
    if all(guardians.wishes_public_mention(room.db, s.id) for s in named):
        return None
    return Verdict(PRIVACY, bool(came.refs))


def _answered(text: str, room: Room) -> Iterable[str]:
    """What is said of the children among the answers: 谁没打扫？ | 李雷 says that 李雷 has not."""
    question, *options = PIPE.split(text) if PIPE.search(text) else text.splitlines()
    question = ASKED.sub("", question)
    for option in options:
        if room.roster.mentioned_in(option):
            yield f"{question} {option}"
            yield _WHO.sub(option.strip(), question)


def _clauses(text: str, room: Room) -> Iterable[str]:
    """Each clause about a child by itself: 李雷没交作业，谁来帮他？ is no question about what he did."""
    return (clause for clause in _CLAUSE.split(text) if room.roster.mentioned_in(clause))


def taken_out(found: Verdict, came: Way, room: Room) -> list[Effect]:
    """What surely shames leaves the group, whoever wrote it."""
    return [remove(came, note(found, came, room), room)] if came.refs and found.certain else []


def refused(found: Verdict, came: Way, text: PrivateText, room: Room) -> list[Effect]:
    """A family is asked to put it otherwise; what surely shames leaves the group."""
    return [*taken_out(found, came, room), *aside(room, text)]


def cleared(came: Way, room: Room) -> list[Effect]:
    """The typed command goes, so that a draft is not read as what it will become."""
    to = group_of(came, room)
    return [Remove(to, came.refs)] if came.refs and to is not None else []
