"""Violations: which message broke a rule, and what was really done about it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from classroom.events import Json
from storage.database import Records
from storage.tables import Violation

ENFORCED, NUDGED, REPORTED, UNSUPPORTED = "enforced", "nudged", "reported_to_teacher", "unsupported"


def record(
    records: Records,
    classroom: int,
    chat: int,
    rule: str,
    done: str,
    now: datetime,
    *,
    account: int | None = None,
    ref: str | None = None,
    data: dict[str, Json] | None = None,
) -> Violation:
    """Note a broken rule without a word of the text: what is criticism is kept nowhere else."""
    row = Violation(
        classroom_id=classroom,
        chat_id=chat,
        account_id=account,
        rule=rule,
        done=done,
        ref=ref,
        data=data or {},
        at=now,
    )
    records.add(row)
    records.flush()
    return row


def get(records: Records, violation: int) -> Violation | None:
    """The violation with this id."""
    return records.get(Violation, violation)


def of_message(records: Records, chat: int, ref: str) -> list[Violation]:
    """What was noted about one message, oldest first."""
    return list(
        records.exec(
            select(Violation)
            .where(Violation.chat_id == chat, Violation.ref == ref)
            .order_by(col(Violation.id))
        ).all()
    )
