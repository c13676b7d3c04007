"""Notices: what was announced, who has confirmed it, and who was reminded."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from classroom.events import Json
from classroom.people import Role
from storage import identity, schedules
from storage.database import Records
from storage.tables import (
    Draft,
    Notice,
    NoticeFamily,
    PostedRow,
    Receipt,
    RoleGrant,
    StudentRow,
)

SCHEDULED, OPEN, WITHDRAWN, OVER, CANCELLED, FAILED = (
    "scheduled",
    "open",
    "withdrawn",
    "over",
    "cancelled",
    "failed",
)
DRAFT = "notice"
"""The kind of a draft that may become a notice."""
CLASS, FAMILIES, REST, COMMITTEE = "class", "families", "rest", "committee"
"""Whom a notice is for: everybody in the group, or some families in private."""
KINDS = ("holiday", "exam", "activity", "homework", "payment", "safety", "meeting", "free")


def record(
    records: Records,
    classroom: int,
    text: str,
    now: datetime,
    *,
    by: int,
    drafted_by: int | None,
    files: list[Json],
    receipts: bool,
    urgent: bool,
    kind: str = "free",
    audience: str = CLASS,
    rest_of: int | None = None,
    ladder: dict[str, Json] | None = None,
) -> Notice:
    """A new notice with the next number of its class; it is not sent yet."""
    number = schedules.next_number(records, classroom, "notice")
    row = Notice(
        classroom_id=classroom,
        number=number,
        by_person=by,
        drafted_by=drafted_by,
        text=text,
        files=files,
        receipts=receipts,
        urgent=urgent,
        kind=kind,
        audience=audience,
        rest_of=rest_of,
        ladder=ladder or {},
        state=SCHEDULED,
        made_at=now,
    )
    records.add(row)
    records.flush()
    row.handle = f"notice/{row.id}"
    records.flush()
    return row


def get(records: Records, notice: Json, classroom: int) -> Notice | None:
    """The notice with this id, if it is this class's."""
    row = records.get(Notice, notice) if isinstance(notice, int) else None
    return row if row is not None and row.classroom_id == classroom else None


def numbered(records: Records, classroom: int, number: int) -> Notice | None:
    """The notice with this number that has reached the class."""
    return records.exec(
        select(Notice).where(
            Notice.classroom_id == classroom, Notice.number == number, col(Notice.sent_at).is_not(None)
        )
    ).first()


def sent(records: Records, classroom: int, limit: int = 10) -> list[Notice]:
    """The newest notices that have reached the class, the latest first."""
    return list(
        records.exec(
            select(Notice)
            .where(Notice.classroom_id == classroom, col(Notice.sent_at).is_not(None))
            .order_by(col(Notice.sent_at).desc(), col(Notice.id).desc())
            .limit(limit)
        ).all()
    )


def awaiting(
    records: Records, classroom: int, now: datetime, *, of: Collection[int] | None = None
) -> list[Notice]:
    """The open notices that ask for receipts, the latest first.

    `of`: only those that are for these students' families; empty: only those for the whole class.
    """
    wanted = select(Notice).where(
        Notice.classroom_id == classroom,
        Notice.state == OPEN,
        col(Notice.receipts).is_(True),
        (col(Notice.ends_at).is_(None)) | (col(Notice.ends_at) > now),
    )
    if of is not None:
        wanted = wanted.where(_concerns(of))
    return list(records.exec(wanted.order_by(col(Notice.sent_at).desc(), col(Notice.id).desc())).all())


def _concerns(students: Collection[int]) -> ColumnElement[bool]:
    theirs = select(NoticeFamily.notice_id).where(col(NoticeFamily.student_id).in_(students))
    return (col(Notice.audience) == CLASS) | col(Notice.id).in_(theirs)


def pinned(records: Records, classroom: int) -> list[Notice]:
    """The notices that are pinned, the oldest first."""
    return list(
        records.exec(
            select(Notice)
            .where(Notice.classroom_id == classroom, col(Notice.pinned).is_(True))
            .order_by(col(Notice.sent_at), col(Notice.id))
        ).all()
    )


def by_post(records: Records, chat: int, ref: str) -> Notice | None:
    """The notice that a message of ours in a group is."""
    handle = records.exec(
        select(PostedRow.handle).where(PostedRow.chat_id == chat, PostedRow.ref == ref)
    ).first()
    if handle is None:
        return None
    return records.exec(select(Notice).where(Notice.handle == handle)).first()


def open_draft(records: Records, draft: Json, classroom: int) -> Draft | None:
    """An undecided draft of a notice in this class, whoever wrote it."""
    row = records.get(Draft, draft) if isinstance(draft, int) else None
    if row is None or row.kind != DRAFT or row.state != "open" or row.classroom_id != classroom:
        return None
    return row


# --- whom it is for ------------------------------------------------------------------------------


def address(records: Records, notice: Notice, students: Iterable[int]) -> None:
    """Let a notice be for these families alone."""
    records.add_all(NoticeFamily(notice_id=notice.id, student_id=s) for s in dict.fromkeys(students))
    records.flush()


def families(records: Records, notice: Notice) -> list[int]:
    """The students on the roster today whose families a notice is for, in the order of the roster."""
    wanted = (
        select(StudentRow.id)
        .where(StudentRow.classroom_id == notice.classroom_id, col(StudentRow.removed_at).is_(None))
        .order_by(col(StudentRow.id))
    )
    if notice.audience != CLASS:
        theirs = select(NoticeFamily.student_id).where(NoticeFamily.notice_id == notice.id)
        wanted = wanted.where(col(StudentRow.id).in_(theirs))
    return list(records.exec(wanted).all())


def committee(records: Records, classroom: int, today: date) -> dict[int, list[int]]:
    """The persons of the committee, each with the children in the class that they answer for."""
    rows = records.exec(
        select(col(RoleGrant.person_id), col(RoleGrant.until))
        .where(
            RoleGrant.classroom_id == classroom,
            RoleGrant.role == Role.COMMITTEE.value,
            col(RoleGrant.ended_at).is_(None),
        )
        .order_by(col(RoleGrant.id))
    ).all()
    people = dict.fromkeys(person for person, until in rows if until is None or until >= today)
    return {person: list(identity.guardian_of(records, person, classroom)) for person in people}


# --- receipts ------------------------------------------------------------------------------------


def confirm(
    records: Records, notice: Notice, students: Iterable[int], person: int | None, how: str, now: datetime
) -> list[int]:
    """Note that these students' families have read a notice; gives for whom that is new.

    `person` is None where nobody knows who of the family it was: they came by a code on paper.
    """
    have = confirmed(records, notice)
    theirs = set(students) if notice.audience == CLASS else set(families(records, notice))
    new = [s for s in dict.fromkeys(students) if s in theirs and s not in have]
    records.add_all(
        Receipt(notice_id=notice.id, version=notice.version, student_id=s, person_id=person, how=how, at=now)
        for s in new
    )
    records.flush()
    return new


def confirmed(records: Records, notice: Notice) -> set[int]:
    """The students on the roster whose families have confirmed the notice as it is now."""
    return set(
        records.exec(
            select(Receipt.student_id)
            .join(StudentRow, col(StudentRow.id) == col(Receipt.student_id))
            .where(
                Receipt.notice_id == notice.id,
                Receipt.version == notice.version,
                col(StudentRow.removed_at).is_(None),
            )
        ).all()
    )


def missing(records: Records, notice: Notice) -> list[int]:
    """The students whose families have not confirmed, in the order of the roster."""
    have = confirmed(records, notice)
    return [s for s in families(records, notice) if s not in have]


def count(records: Records, notice: Notice) -> tuple[int, int]:
    """How many have confirmed, of how many that it is for today."""
    return len(confirmed(records, notice)), len(families(records, notice))
