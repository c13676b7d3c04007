"""The roster: students with their aliases and contacts."""

from __future__ import annotations

from sqlmodel import col, select

from classroom.roster import Roster, Student
from storage.database import Records
from storage.tables import StudentRow


def load(records: Records, classroom: int) -> Roster:
    """The class's roster, opened in memory for matching."""
    rows = records.exec(
        select(StudentRow)
        .where(StudentRow.classroom_id == classroom, col(StudentRow.removed_at).is_(None))
        .order_by(col(StudentRow.id))
    ).all()
    return Roster(tuple(as_student(row) for row in rows))


def as_student(row: StudentRow) -> Student:
    """The value that judgement works with."""
    return Student(row.id, row.name, row.number, tuple(row.aliases or ()))
