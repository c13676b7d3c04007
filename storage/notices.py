"""Notices: what was announced, who has confirmed it, and who was reminded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import col, select

from classroom.events import Json
from storage import schedules
from storage.database import Records
from storage.tables import Draft, Notice, Nudge, PostedRow, Receipt, ScheduleRow, StudentRow

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


def awaiting(records: Records, classroom: int, now: datetime) -> list[Notice]:
    """The open notices that ask for receipts, the latest first."""
    return list(
        records.exec(
            select(Notice)
            .where(
                Notice.classroom_id == classroom,
                Notice.state == OPEN,
                col(Notice.receipts).is_(True),
                (col(Notice.ends_at).is_(None)) | (col(Notice.ends_at) > now),
            )
            .order_by(col(Notice.sent_at).desc(), col(Notice.id).desc())
        ).all()
    )


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


# --- receipts ------------------------------------------------------------------------------------


def confirm(
    records: Records, notice: Notice, students: Iterable[int], person: int, how: str, now: datetime
) -> list[int]:
    """Note that these students' families have read a notice; gives for whom that is new."""
    have = confirmed(records, notice)
    new = [s for s in dict.fromkeys(students) if s not in have]
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
    return [s for s in _roster(records, notice.classroom_id) if s not in have]


def count(records: Records, notice: Notice) -> tuple[int, int]:
    """How many have confirmed, of how many on the roster today."""
    total = records.exec(
        select(func.count())
        .select_from(StudentRow)
        .where(StudentRow.classroom_id == notice.classroom_id, col(StudentRow.removed_at).is_(None))
    ).one()
    return len(confirmed(records, notice)), int(total)


def _roster(records: Records, classroom: int) -> Sequence[int]:
    return records.exec(
        select(StudentRow.id)
        .where(StudentRow.classroom_id == classroom, col(StudentRow.removed_at).is_(None))
        .order_by(col(StudentRow.id))
    ).all()


# --- nudges --------------------------------------------------------------------------------------


def about(notice: Notice) -> str:
    """What a nudge is about: one version of one notice."""
    return f"notice/{notice.id}/{notice.version}"


def nudge_due(records: Records, notice: Notice) -> datetime | None:
    """When the families missing are reminded of a notice, or were last meant to be."""
    return records.exec(
        select(ScheduleRow.due_at)
        .where(ScheduleRow.name == f"notice-nudge/{notice.id}", ScheduleRow.state != "cancelled")
        .order_by(col(ScheduleRow.id).desc())
    ).first()


def nudge_handle(notice: Notice, person: int) -> str:
    """Our name for the message that reminds a person of one version of a notice."""
    return f"nudge/{notice.id}/{notice.version}/{person}"


def note_nudge(records: Records, notice: Notice, student: int, day: date, now: datetime) -> None:
    """Remember that a family was reminded of a notice, once."""
    if student not in nudged(records, notice):
        records.add(
            Nudge(classroom_id=notice.classroom_id, student_id=student, day=day, about=about(notice), at=now)
        )
        records.flush()


def nudged(records: Records, notice: Notice) -> set[int]:
    """The students whose families were reminded of the notice as it is now."""
    return set(
        records.exec(
            select(Nudge.student_id).where(
                Nudge.classroom_id == notice.classroom_id, Nudge.about == about(notice)
            )
        ).all()
    )


def nudged_on(records: Records, classroom: int, day: date) -> set[int]:
    """The students whose families were reminded of any notice on a day."""
    return set(
        records.exec(
            select(Nudge.student_id).where(
                Nudge.classroom_id == classroom, Nudge.day == day, col(Nudge.about).startswith("notice/")
            )
        ).all()
    )


def reminders(records: Records, students: Collection[int], since: datetime) -> list[Notice]:
    """The notices, as they are now, of which these students' families were reminded since then."""
    found = records.exec(
        select(Nudge)
        .where(col(Nudge.student_id).in_(students), Nudge.at >= since, col(Nudge.about).startswith("notice/"))
        .order_by(col(Nudge.at).desc(), col(Nudge.id).desc())
    ).all()
    rows = {n.about: records.get(Notice, int(n.about.split("/")[1])) for n in found}
    return [row for told, row in rows.items() if row is not None and about(row) == told]
