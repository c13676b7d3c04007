"""Whose parents the app may tell: what the school's administrator has chosen in the console."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.platforms.tencent.api import Api
from bot.platforms.tencent.fields import Fields, inner, text
from bot.platforms.wecom_school.failures import listed

DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Scope:
    """Ids of students and numbers of departments, both as written there, in small letters."""

    students: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether there is anybody whom the app may tell."""
        return bool(self.students or self.departments)

    def covers(self, department: str, known: Mapping[str, Fields], students: Iterable[str]) -> bool:
        """Whether a class is in it: itself, what it is part of, or some of its students."""
        above: list[str] = []
        part = department
        while part in known and len(above) < DEEPEST:
            above.append(part)
            part = text(known[part], "parentid")
        named = {student.lower() for student in students}
        return bool(self.departments & set(above)) or bool(self.students & named)


async def scope_of(api: Api, agent: int) -> Scope:
    """Ask for it; raises ApiError or LineError."""
    found = inner(await api.get("school/agent/get_allow_scope", agentid=str(agent)), "allow_scope")
    students = listed(inner(found, "students"), "userid")
    return Scope(frozenset(students), frozenset(listed(inner(found, "departments"), "partyid")))
