"""Who passes for a teacher: a name that says so, or that looks like a teacher's own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from classroom.folding import distance
from classroom.rules.topics.reading import tight

_CLAIMS = re.compile(r"老师|班主任|教导主任|教务|校长|年级主任|辅导员|teacher|principal")
_FAMILY = re.compile(
    r"家长|妈|爸|爷|奶|外公|外婆|姥|叔|舅|姑|姨|伯|哥|姐|mom|mum|dad|mother|father|parent|grand|guardian"
)
_SHORTEST = 3
"""A name of two characters is one typing mistake from too many others."""


def claims_to_teach(name: str) -> bool:
    """True if a display name says that its owner teaches; 李雷妈妈（老师） does not."""
    plain = tight(name)
    return _CLAIMS.search(plain) is not None and _FAMILY.search(plain) is None


def looks_like(name: str, teachers: Iterable[str]) -> bool:
    """True if a name, however it is written, is a teacher's or one typing mistake from it."""
    plain = tight(name)
    if not plain:
        return False
    for teacher in map(tight, teachers):
        if plain == teacher:
            return True
        near = min(len(plain), len(teacher)) >= _SHORTEST and abs(len(plain) - len(teacher)) <= 1
        if near and plain[0] == teacher[0] and distance(plain[:40], teacher[:40]) <= 1:
            return True
    return False
