"""Rosters as school software exports them: OneRoster 1.1 and 1.2 CSV (1EdTech), users with their guardians.

In 1.1 `users.csv` says a user's role; in 1.2 `roles.csv` does. Guardians are linked by `agentSourcedIds`,
which either side may carry. Birthdays and addresses (`demographics.csv`) are not read: nobody needs them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from classroom.roster_cells import CellRefusedError, name_of, number_of, phone_of, printable, tidy
from classroom.roster_grid import Grid, settle
from classroom.roster_rows import (
    MAX_CONTACTS,
    MAX_ROWS,
    RefusalReason,
    RefusedRow,
    RosterRow,
    RosterSheet,
    SheetCode,
    SheetError,
)

_GUARDIANS = ("guardian", "parent", "relative")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_MARKS = {"sourcedid", "givenname", "familyname"}


@dataclass(frozen=True, slots=True)
class _User:
    line: int
    id: str
    role: str
    name: str
    number: str
    phone: str
    agents: tuple[str, ...]
    active: bool


def is_users(grid: Grid) -> bool:
    """Tell whether a grid is OneRoster's users.csv, by its header."""
    return bool(grid) and set(_keys(grid[0])) >= _MARKS


def read_oneroster(files: Mapping[str, Grid]) -> RosterSheet:
    """Read students and their guardians from `users.csv` and what lies beside it, by file name.

    Lines are those of users.csv. Raises SheetError `no_roles`, `several_classes`, `too_many_rows` or `empty`.
    """
    users = _users(files["users.csv"], files.get("roles.csv"))
    if len(users) > MAX_ROWS:
        raise SheetError(SheetCode.TOO_MANY_ROWS)
    enrolled = _homeroom(files.get("classes.csv", ()), files.get("enrollments.csv", ()))
    everyone = [user for user in users if user.role == "student"]
    students = [user for user in everyone if not enrolled or user.id in enrolled]
    if not students:
        raise SheetError(SheetCode.EMPTY)
    guardians = {user.id: user for user in users if user.role in _GUARDIANS and user.active}
    rows, refused = _students(students, guardians)
    return settle(rows, [*refused, *_unlinked(everyone, guardians.values())])


def _students(
    students: Sequence[_User], guardians: Mapping[str, _User]
) -> tuple[list[RosterRow], list[RefusedRow]]:
    rows: list[RosterRow] = []
    refused: list[RefusedRow] = []
    same = Counter(user.name for user in students)
    wards: dict[str, list[str]] = {}
    for guardian in guardians.values():
        for ward in guardian.agents:
            wards.setdefault(ward, []).append(guardian.id)
    for student in students:
        ids = dict.fromkeys([*student.agents, *wards.get(student.id, ())])
        contacts = [guardians[id_] for id_ in ids if id_ in guardians]
        try:
            rows.extend(_rows(student, contacts, refused, namesakes=same[student.name] > 1))
        except CellRefusedError as refusal:
            refused.append(RefusedRow(student.line, refusal.reason, refusal.value))
        if len(rows) + len(refused) > MAX_CONTACTS:
            raise SheetError(SheetCode.TOO_MANY_ROWS)
    return rows, refused


def _unlinked(students: Sequence[_User], guardians: Iterable[_User]) -> Iterator[RefusedRow]:
    """Name the guardians that no student of the file, of whatever class, belongs to."""
    ids = {student.id for student in students}
    linked = {agent for student in students for agent in student.agents}
    for guardian in guardians:
        if guardian.id not in linked and ids.isdisjoint(guardian.agents):
            yield RefusedRow(guardian.line, RefusalReason.NO_STUDENT, printable(guardian.name))


def _rows(
    student: _User, contacts: Sequence[_User], refused: list[RefusedRow], *, namesakes: bool
) -> Iterator[RosterRow]:
    if not student.active:
        raise CellRefusedError(RefusalReason.INACTIVE, student.name)
    name = name_of(student.name)
    # Without a number of their own, two children of one name are told apart by the system's key.
    number = number_of(student.number) or (number_of(student.id) if namesakes else None)
    found = False
    for contact in contacts:
        try:
            yield RosterRow(
                student.line, name, number, (), name_of(contact.name), contact.role, phone_of(contact.phone)
            )
            found = True
        except CellRefusedError as refusal:
            refused.append(RefusedRow(contact.line, refusal.reason, refusal.value))
    if not found:
        yield RosterRow(student.line, name, number)


def _users(grid: Grid, roles: Grid | None) -> list[_User]:
    if "role" not in _keys(grid[0]) and roles is None:
        raise SheetError(SheetCode.NO_ROLES)
    named = _roles(roles or ())
    return [
        _User(
            line=line,
            id=record.get("sourcedid", ""),
            role=record.get("role", "").casefold() or named.get(record.get("sourcedid", ""), ""),
            name=_full_name(record),
            number=record.get("identifier", ""),
            phone=record.get("sms", "") or record.get("phone", ""),
            agents=_ids(record.get("agentsourcedids", "")),
            active=_active(record) and record.get("enableduser", "").casefold() not in {"false", "0"},
        )
        for line, record in _records(grid)
    ]


def _roles(grid: Grid) -> dict[str, str]:
    """Give each user's role of 1.2; a primary one goes before a secondary one."""
    records = [record for _, record in _records(grid) if _active(record)]
    records.sort(key=lambda record: record.get("roletype", "").casefold() != "primary")
    found: dict[str, str] = {}
    for record in records:
        found.setdefault(record.get("usersourcedid", ""), record.get("role", "").casefold())
    return found


def _homeroom(classes: Grid, enrollments: Grid) -> set[str]:
    """Give the students of the one homeroom class; an empty set means that all students are meant."""
    homerooms = {
        record.get("sourcedid", "")
        for _, record in _records(classes)
        if record.get("classtype", "").casefold() == "homeroom" and _active(record)
    }
    if len(homerooms) > 1:
        raise SheetError(SheetCode.SEVERAL_CLASSES)
    return {
        record.get("usersourcedid", "")
        for _, record in _records(enrollments)
        if record.get("classsourcedid") in homerooms
        and record.get("role", "").casefold() == "student"
        and _active(record)
    }


def _full_name(record: Mapping[str, str]) -> str:
    given, family = record.get("givenname", ""), record.get("familyname", "")
    if _HAN.search(given + family):
        return family + given
    return " ".join(part for part in (given, record.get("middlename", ""), family) if part)


def _active(record: Mapping[str, str]) -> bool:
    return record.get("status", "").casefold() not in {"tobedeleted", "inactive"}


def _ids(text: str) -> tuple[str, ...]:
    return tuple(id_ for part in text.split(",") if (id_ := part.strip()))


def _records(grid: Grid) -> Iterator[tuple[int, dict[str, str]]]:
    keys = _keys(grid[0]) if grid else []
    for line, cells in enumerate(grid[1:], start=2):
        if any(tidy(cell) for cell in cells):
            yield line, dict(zip(keys, (tidy(cell) for cell in cells), strict=False))


def _keys(cells: Sequence[str]) -> list[str]:
    return [tidy(cell).casefold() for cell in cells]
