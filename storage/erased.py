"""Who was erased stays erased: a backup from before is looked through for them when it is restored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import inspect, select
from sqlmodel import col

from storage import erasing, reading
from storage.database import Database
from storage.forgetting import STUDENT, forget_student
from storage.migrations import RESTORING
from storage.tables import Erasure, Person, StudentRow

Erased = tuple[str, int]
"""Which kind of row was emptied, and its number."""


def erased_since(url: str, moment: datetime) -> list[Erased]:
    """Whom a database knows to have been erased since then; nobody where there is no database yet."""
    path = reading.sqlite_file(url)
    if path is not None and not path.exists():
        return []
    with reading.snapshot(url) as connection:
        half_filled = (reading.revision(connection) or "").startswith(RESTORING)
        if half_filled or not inspect(connection).has_table("erasures"):
            return []
        wanted = select(col(Erasure.kind), col(Erasure.number)).where(col(Erasure.at) >= moment)
        return [
            (str(kind), int(number)) for kind, number in connection.execute(wanted.order_by(col(Erasure.id)))
        ]


def erase_again(database: Database, erased: list[Erased], now: datetime) -> int:
    """Erase them in what was restored; gives how many had come back."""
    found = 0
    with database.transaction() as records:
        for kind, number in erased:
            student = records.get(StudentRow, number) if kind == STUDENT else None
            if student is not None:
                forget_student(records, student, now)
            elif kind == erasing.PERSON and records.get(Person, number) is not None:
                erasing.forget_person(records, number, now, last_words=0)
            else:
                continue
            found += 1
    return found
