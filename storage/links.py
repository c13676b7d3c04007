"""The codes of children's own links, for a whole class at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from storage import codes
from storage.database import Records
from storage.tables import Code

PURPOSE = "student"
USES = 4
"""How many people may come in by one child's link: parents, and those who fetch the child."""


def student_tokens(
    records: Records, digest: codes.Digest, classroom: int, students: Sequence[int], now: datetime
) -> dict[int, str]:
    """The token of each student's link; those that have none in force get one."""
    found = records.exec(
        select(Code).where(
            Code.purpose == PURPOSE, Code.classroom_id == classroom, col(Code.revoked_at).is_(None)
        )
    ).all()
    standing = {code.student_id: code.token for code in found if codes.valid(code, now)}
    return {s: standing.get(s) or _new(records, digest, classroom, s, now) for s in students}


def _new(records: Records, digest: codes.Digest, classroom: int, student: int, now: datetime) -> str:
    return codes.make(records, digest, PURPOSE, classroom, now, student=student, uses=USES)
