"""Praises: what was said about whom, what can still be undone, and who stands on the honours list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from storage import schedules
from storage.database import Records
from storage.tables import Praise, PraisedStudent, StudentRow


def record(
    records: Records,
    classroom: int,
    by: int,
    text: str,
    now: datetime,
    *,
    title: str | None = None,
    public: Iterable[int],
    private: Iterable[int],
) -> Praise:
    """Keep a praise in the record of each child; the handle names its post where there is one."""
    number = schedules.next_number(records, classroom, "praise")
    named = dict.fromkeys(public, True) | dict.fromkeys(private, False)
    row = Praise(classroom_id=classroom, number=number, by_person=by, text=text, title=title, said_at=now)
    row.handle = f"praise/{classroom}/{number}" if any(named.values()) else None
    records.add(row)
    records.flush()
    records.add_all(
        PraisedStudent(praise_id=row.id, student_id=student, public=shown) for student, shown in named.items()
    )
    records.flush()
    return row


def get(records: Records, praise: int) -> Praise | None:
    """The praise with this id."""
    return records.get(Praise, praise)


def latest_of(records: Records, classroom: int, person: int) -> Praise | None:
    """A teacher's newest praise that stands."""
    return records.exec(
        select(Praise)
        .where(
            Praise.classroom_id == classroom,
            Praise.by_person == person,
            col(Praise.undone_at).is_(None),
        )
        .order_by(col(Praise.id).desc())
    ).first()


def students_of(records: Records, praise: int) -> list[int]:
    """The children named in a praise."""
    return list(
        records.exec(
            select(PraisedStudent.student_id)
            .where(PraisedStudent.praise_id == praise)
            .order_by(col(PraisedStudent.id))
        ).all()
    )


def honoured(
    records: Records, classroom: int, since: datetime, until: datetime | None = None
) -> dict[str | None, set[int]]:
    """The children praised in public since then by the titles they got, each once; None: without any.

    Those who have left are not among them.
    """
    wanted = _standing(classroom).where(Praise.said_at >= since, col(PraisedStudent.public).is_(True))
    found = records.exec(wanted if until is None else wanted.where(Praise.said_at < until)).all()
    titled: dict[str | None, set[int]] = {}
    for praise, praised in found:
        titled.setdefault(praise.title, set()).add(praised.student_id)
    return titled


@dataclass(frozen=True, slots=True)
class Recorded:
    """One praise in a child's record."""

    at: datetime
    text: str
    title: str | None


def on_record(records: Records, classroom: int) -> dict[int, list[Recorded]]:
    """Every praise of the children on the roster, public or not, the latest first."""
    kept: dict[int, list[Recorded]] = {}
    for praise, praised in records.exec(_standing(classroom).order_by(col(Praise.said_at).desc())).all():
        kept.setdefault(praised.student_id, []).append(Recorded(praise.said_at, praise.text, praise.title))
    return kept


def _standing(classroom: int) -> Select[Praise, PraisedStudent]:
    return (
        select(Praise, PraisedStudent)
        .join(PraisedStudent, col(PraisedStudent.praise_id) == col(Praise.id))
        .join(StudentRow, col(StudentRow.id) == col(PraisedStudent.student_id))
        .where(
            Praise.classroom_id == classroom,
            col(Praise.undone_at).is_(None),
            col(StudentRow.removed_at).is_(None),
        )
    )
