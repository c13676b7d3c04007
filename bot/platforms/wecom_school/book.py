"""Reading the school's address book: which classes there are, and one class's children with their parents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.platforms.tencent.api import Api
from bot.platforms.tencent.fields import Fields, number, several, text
from bot.platforms.wecom_school.addressing import userid
from bot.platforms.wecom_school.register import Register
from bot.platforms.wecom_school.scope import scope_of
from classroom.school_book import SchoolBook, SchoolChild, SchoolClassName, SchoolParent

CLASS, GRADE = 1, 2
DEEPEST = 8


class Book:
    """Walks the departments; every id of a child that it meets is told to the register."""

    def __init__(self, api: Api, agent: int, register: Register) -> None:
        """Stand on the app's requests."""
        self._api, self._agent, self._register = api, agent, register

    async def classes(self) -> list[SchoolClassName]:
        """The classes that have not left school; raises ApiError or LineError."""
        found = several(await self._api.get("school/department/list"), "departments")
        known = {text(one, "id"): one for one in found}
        return [
            SchoolClassName(text(one, "id"), _title(one, known), tuple(_teachers(one)))
            for one in found
            if number(one, "type") == CLASS and not number(one, "is_graduated") and text(one, "id")
        ]

    async def one(self, department: str) -> SchoolBook | None:
        """A class with all in it, its further parts as well; None where there is none with this number."""
        departments = several(await self._api.get("school/department/list"), "departments")
        known = {text(one, "id"): one for one in departments}
        if department not in known or number(known[department], "type") != CLASS:
            return None
        children: dict[str, SchoolChild] = {}
        for part in (department, *_below(department, departments)):
            answer = await self._api.get("school/user/list", department_id=part)
            for child in _children(several(answer, "students")):
                children.setdefault(child.userid.lower(), child)
        for child in children.values():
            self._register.met_student(child.userid)
        scope = await scope_of(self._api, self._agent)
        title, in_scope = _title(known[department], known), scope.covers(department, known, children)
        return SchoolBook(department, title, tuple(children.values()), in_scope)


def _title(one: Fields, known: Mapping[str, Fields]) -> str:
    """What a class is called: with the year before it, where that does not say so itself."""
    name, above = text(one, "name").strip(), known.get(text(one, "parentid")) or {}
    year = text(above, "name").strip() if number(above, "type") == GRADE else ""
    return name if not year or name.startswith(year) else f"{year}{name}"


def _teachers(one: Fields) -> Iterable[str]:
    return dict.fromkeys(text(admin, "userid") for admin in several(one, "department_admins"))


def _below(department: str, departments: Sequence[Fields], depth: int = 0) -> list[str]:
    if depth > DEEPEST:
        return []
    inner = [text(one, "id") for one in departments if text(one, "parentid") == department]
    return [*inner, *(more for one in inner for more in _below(one, departments, depth + 1))]


def _children(found: Iterable[Fields]) -> Iterable[SchoolChild]:
    for one in found:
        who, name = userid(text(one, "student_userid")), text(one, "name").strip()
        if who and name:
            yield SchoolChild(who, name, tuple(_parents(several(one, "parents"))))


def _parents(found: Iterable[Fields]) -> Iterable[SchoolParent]:
    for one in found:
        who = userid(text(one, "parent_userid"))
        if who:
            yield SchoolParent(
                who,
                text(one, "relation").strip(),
                text(one, "mobile").strip(),
                number(one, "is_subscribe") == 1,
                text(one, "external_userid"),
            )
