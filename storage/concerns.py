"""Concerns: whom they went to, what was answered, and how their words end with the term."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, update
from sqlmodel import col, select

from classroom.text import PrivateStr
from storage import schedules
from storage.database import Records
from storage.queue import DELIVERIES
from storage.tables import Concern, ConcernLine, ConcernRecipient, Draft

PENDING, SENT, FAILED = "pending", "sent", "failed"


def create(
    records: Records, classroom: int, student: int, by: int, words: PrivateStr, now: datetime
) -> Concern:
    """A concern that is being sent, under the next number of its classroom."""
    row = Concern(
        classroom_id=classroom,
        number=schedules.next_number(records, classroom, "concern"),
        student_id=student,
        by_person=by,
        words=words,
        sent_at=now,
    )
    records.add(row)
    records.flush()
    return row


def get(records: Records, concern: int, classroom: int) -> Concern | None:
    """A concern of this classroom, by its id."""
    row = records.get(Concern, concern)
    return row if row is not None and row.classroom_id == classroom else None


def add_recipient(records: Records, concern: int, guardian: int) -> ConcernRecipient:
    """Note that a concern is on its way to a guardian (again, if it went wrong before)."""
    row = recipient(records, concern, guardian)
    if row is None:
        row = ConcernRecipient(concern_id=concern, guardian_id=guardian)
        records.add(row)
    row.state, row.failure = PENDING, None
    records.flush()
    return row


def recipient(records: Records, concern: int, guardian: int) -> ConcernRecipient | None:
    """How a concern went to one guardian; None if it was not for this one."""
    return records.exec(
        select(ConcernRecipient).where(
            ConcernRecipient.concern_id == concern, ConcernRecipient.guardian_id == guardian
        )
    ).one_or_none()


def recipients(records: Records, concern: int) -> list[ConcernRecipient]:
    """All to whom a concern went."""
    return list(
        records.exec(
            select(ConcernRecipient)
            .where(ConcernRecipient.concern_id == concern)
            .order_by(col(ConcernRecipient.id))
        ).all()
    )


def add_line(
    records: Records, concern: int, guardian: int, person: int, words: PrivateStr, now: datetime
) -> ConcernLine:
    """Keep one line of the thread between a guardian and the teachers."""
    row = ConcernLine(concern_id=concern, guardian_id=guardian, from_person=person, words=words, at=now)
    records.add(row)
    records.flush()
    return row


def of_teacher(records: Records, classroom: int, person: int, limit: int) -> list[Concern]:
    """A teacher's own concerns in a classroom, the newest first."""
    return list(
        records.exec(
            select(Concern)
            .where(Concern.classroom_id == classroom, Concern.by_person == person)
            .order_by(col(Concern.id).desc())
            .limit(limit)
        ).all()
    )


def waiting_for_erasure(records: Records, classroom: int) -> bool:
    """True while there are words that the end of a term will erase."""
    return (
        records.exec(
            select(Concern.id)
            .where(
                Concern.classroom_id == classroom,
                col(Concern.kept).is_(False),
                col(Concern.erased_at).is_(None),
            )
            .limit(1)
        ).first()
        is not None
    )


def erase_before(records: Records, classroom: int, before: datetime, now: datetime) -> int:
    """Erase the words of concerns that nobody kept, of their threads and drafts; gives how many concerns."""
    found = records.exec(
        select(Concern).where(
            Concern.classroom_id == classroom,
            Concern.sent_at < before,
            col(Concern.kept).is_(False),
            col(Concern.erased_at).is_(None),
        )
    ).all()
    for concern in found:
        _erase(records, concern, now)
    _drop_drafts(records, classroom, before, now)
    records.flush()
    return len(found)


def _erase(records: Records, concern: Concern, now: datetime) -> None:
    concern.words = None
    concern.erased_at = now
    for line in records.exec(select(ConcernLine).where(ConcernLine.concern_id == concern.id)):
        line.words = None
    _erase_deliveries(records, f"concern/{concern.id}/", now)


def _drop_drafts(records: Records, classroom: int, before: datetime, now: datetime) -> None:
    old = records.exec(
        select(Draft).where(
            Draft.classroom_id == classroom,
            col(Draft.kind).in_(("concern", "to_teacher", "typed", "held")),
            Draft.made_at < before,
        )
    ).all()
    for draft in old:
        if draft.state == "open":
            draft.state, draft.words, draft.data = "dropped", PrivateStr(""), {}
        _erase_deliveries(records, f"concern-draft/{draft.id}/", now)
        _erase_deliveries(records, f"held/{draft.id}/", now)


def _erase_deliveries(records: Records, handles: str, now: datetime) -> None:
    """Erase what was sent under these handles; what still waits to be sent is taken back."""
    ours = col(DELIVERIES.c.handle).startswith(handles, autoescape=True)
    connection = records.connection()
    connection.execute(
        update(DELIVERIES)
        .where(ours, or_(DELIVERIES.c.state == "pending", DELIVERIES.c.state == "parked"))
        .values(state="merged", finished_at=now, payload=None)
    )
    connection.execute(update(DELIVERIES).where(ours, DELIVERIES.c.state != "sending").values(payload=None))
