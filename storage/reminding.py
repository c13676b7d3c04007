"""Who was told of a notice in private, and when: the steps by which a family is reminded."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlmodel import col, select

from storage.database import Records
from storage.tables import Notice, Nudge, ScheduleRow

FIRST, OTHERS, AGAIN, LETTER = "", "others", "again", "letter"
"""A family's first guardian; its others; all of them at the teacher's wish; a notice for some families."""


def about(notice: Notice, step: str = "") -> str:
    """What a nudge is about: one version of one notice, and which step of reminding it is."""
    return f"notice/{notice.id}/{notice.version}{step and '/' + step}"


def nudge_due(records: Records, notice: Notice) -> tuple[datetime, str] | None:
    """When the families missing are reminded of a notice, or were last meant to be, and in which step."""
    row = records.exec(
        select(ScheduleRow)
        .where(ScheduleRow.name == f"notice-nudge/{notice.id}", ScheduleRow.state != "cancelled")
        .order_by(col(ScheduleRow.id).desc())
    ).first()
    return None if row is None else (row.due_at, str(row.args.get("step") or FIRST))


def nudge_handle(notice: Notice, person: int, step: str = "") -> str:
    """Our name for the message that reminds a person of one version of a notice."""
    return f"nudge/{notice.id}/{notice.version}/{person}{step and '/' + step}"


def letter_handle(notice: Notice, person: int) -> str:
    """Our name for one version of a notice as it goes to one person alone."""
    return f"letter/{notice.id}/{notice.version}/{person}"


def note_nudge(
    records: Records, notice: Notice, student: int, day: date, now: datetime, step: str = ""
) -> None:
    """Remember that a family was reminded of a notice, once a step; at a teacher's wish, once a day."""
    if student not in nudged(records, notice, step, day if step == AGAIN else None):
        told = about(notice, step)
        records.add(Nudge(classroom_id=notice.classroom_id, student_id=student, day=day, about=told, at=now))
        records.flush()


def nudged(records: Records, notice: Notice, step: str = FIRST, day: date | None = None) -> set[int]:
    """The students whose families were reminded of the notice as it is now, in one step (and on one day)."""
    wanted = select(Nudge.student_id).where(
        Nudge.classroom_id == notice.classroom_id, Nudge.about == about(notice, step)
    )
    return set(records.exec(wanted if day is None else wanted.where(Nudge.day == day)).all())


def nudged_ever(records: Records, notice: Notice) -> set[int]:
    """The students whose families were told of the notice as it is now in private, in whatever step."""
    steps = col(Nudge.about).startswith(about(notice) + "/")
    return set(
        records.exec(
            select(Nudge.student_id).where(
                Nudge.classroom_id == notice.classroom_id, (col(Nudge.about) == about(notice)) | steps
            )
        ).all()
    )


def nudged_on(records: Records, classroom: int, day: date) -> set[tuple[int, str]]:
    """The students whose families were reminded of any notice on a day, each with the step it was."""
    found = records.exec(
        select(Nudge.student_id, Nudge.about).where(
            Nudge.classroom_id == classroom, Nudge.day == day, col(Nudge.about).startswith("notice/")
        )
    ).all()
    return {(student, (*told.split("/", 3), "")[3]) for student, told in found}


def reminders(records: Records, students: Collection[int], since: datetime) -> list[Notice]:
    """The notices, as they are now, of which these students' families were told in private since then."""
    found = records.exec(
        select(Nudge)
        .where(col(Nudge.student_id).in_(students), Nudge.at >= since, col(Nudge.about).startswith("notice/"))
        .order_by(col(Nudge.at).desc(), col(Nudge.id).desc())
    ).all()
    told = dict.fromkeys(tuple(map(int, n.about.split("/")[1:3])) for n in found)
    rows = [(records.get(Notice, notice), version) for notice, version in told]
    return [row for row, version in rows if row is not None and row.version == version]
