"""The roster: students with their aliases and contacts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete
from sqlmodel import col, select

from classroom.relations import Relation
from classroom.roster import Roster, Student
from classroom.roster_rows import ExportRow
from storage import guardians
from storage.database import Records
from storage.tables import Code, Contact, Guardian, Instance, StudentRow

STUDENTS = StudentRow.metadata.tables["students"]
_STUDENTS = (
    select(STUDENTS.c.id, STUDENTS.c.name, STUDENTS.c.number, STUDENTS.c.aliases)
    .where(STUDENTS.c.classroom_id == bindparam("classroom"), STUDENTS.c.removed_at.is_(None))
    .order_by(STUDENTS.c.id)
)


def load(records: Records, classroom: int) -> Roster:
    """The class's roster, opened in memory for matching; read anew only after some roster was changed."""
    memory = records.recall()
    found = memory.rosters.get(classroom)
    if found is None:
        found = _kept_or_read(records, classroom)
        memory.rosters.put(classroom, found)
    return found


def _kept_or_read(records: Records, classroom: int) -> Roster:
    memory = records.memory
    if memory.kept is None or "students" in memory.written:  # what is not committed is not for others
        return _read(records, classroom)
    if memory.version is None:
        memory.version = records.connection().execute(select(col(Instance.rosters))).scalar() or 0
    kept = memory.kept.get(classroom, memory.version)
    if kept is None:
        kept = _read(records, classroom)
        memory.kept.put(classroom, memory.version, kept)
    return kept


def _read(records: Records, classroom: int) -> Roster:
    found = records.connection().execute(_STUDENTS, {"classroom": classroom})
    return Roster(tuple(Student(key, name, number, tuple(more or ())) for key, name, number, more in found))


def as_student(row: StudentRow) -> Student:
    """The value that judgement works with."""
    return Student(row.id, row.name, row.number, tuple(row.aliases or ()))


def rows_of(records: Records, classroom: int) -> list[StudentRow]:
    """The children of a class as rows, in the order in which they were added."""
    return list(
        records.exec(
            select(StudentRow)
            .where(StudentRow.classroom_id == classroom, col(StudentRow.removed_at).is_(None))
            .order_by(col(StudentRow.id))
        ).all()
    )


def find(records: Records, classroom: int, student: int) -> StudentRow | None:
    """A child that is on this class's roster now."""
    row = records.get(StudentRow, student)
    return row if row and row.classroom_id == classroom and row.removed_at is None else None


def contacts_in(records: Records, classroom: int) -> dict[int, list[Contact]]:
    """The contacts of all children of a class, by student."""
    found: dict[int, list[Contact]] = {}
    for contact in records.exec(
        select(Contact)
        .join(StudentRow, col(StudentRow.id) == col(Contact.student_id))
        .where(StudentRow.classroom_id == classroom, col(StudentRow.removed_at).is_(None))
        .order_by(col(Contact.id))
    ):
        found.setdefault(contact.student_id, []).append(contact)
    return found


def remove(records: Records, row: StudentRow, now: datetime, *, by: int) -> list[Guardian]:
    """Take a child off the roster: links end, its phone numbers and its link go; gives who was linked."""
    linked = list(
        records.exec(
            select(Guardian).where(
                Guardian.student_id == row.id,
                col(Guardian.state).in_((guardians.ACTIVE, guardians.PENDING)),
            )
        ).all()
    )
    for link in linked:
        guardians.end(link, now, by=by)
    for code in records.exec(select(Code).where(Code.student_id == row.id, col(Code.revoked_at).is_(None))):
        code.revoked_at = now
    records.connection().execute(delete(Contact).where(col(Contact.student_id) == row.id))
    row.removed_at = now
    records.flush()
    return linked


def export_rows(records: Records, classroom: int, language: str) -> list[ExportRow]:
    """The roster as it is written into a file: a line for each contact, a bound one marked."""
    contacts = contacts_in(records, classroom)
    bound = _bound_relations(records, classroom)
    lines: list[ExportRow] = []
    for row in rows_of(records, classroom):
        theirs = _contact_lines(row, contacts.get(row.id, ()), bound.get(row.id, []), language)
        lines.extend(theirs or [_line(row)])
    return lines


def _contact_lines(
    row: StudentRow, contacts: Sequence[Contact], bound: list[str], language: str
) -> list[ExportRow]:
    known = {contact.relation for contact in contacts}
    lines = [
        _line(row, contact.name, _word(contact.relation, language), contact.phone, contact.relation in bound)
        for contact in contacts
    ]
    return lines + [
        _line(row, relation=_word(relation, language), bound=True)
        for relation in dict.fromkeys(bound)
        if relation not in known
    ]


def _line(
    row: StudentRow,
    guardian: str | None = None,
    relation: str | None = None,
    phone: str | None = None,
    bound: bool = False,
) -> ExportRow:
    return ExportRow(row.name, row.number, tuple(row.aliases or ()), guardian, relation, phone, bound)


def _word(relation: str | None, language: str) -> str | None:
    known = relation in {r.value for r in Relation}
    return guardians.relation_word(relation, language) if relation and known else None


def _bound_relations(records: Records, classroom: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for student, relation in records.exec(
        select(Guardian.student_id, Guardian.relation).where(
            Guardian.classroom_id == classroom, Guardian.state == guardians.ACTIVE
        )
    ):
        found.setdefault(student, []).append(relation)
    return found
