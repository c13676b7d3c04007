"""Violations: which message broke a rule, and what was really done about it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from classroom.events import Json
from storage.database import Records
from storage.tables import Account, Violation

KEEP = timedelta(days=30)
"""How long a violation counts, and how long its text is kept."""

ASKED = "asked"
"""Not done yet: the platform has been asked to."""

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
    text: str | None = None,
    reason: str = "",
) -> Violation:
    """Note a broken rule. `text` only of what may be restored: what is criticism is kept nowhere else."""
    row = Violation(
        classroom_id=classroom,
        chat_id=chat,
        account_id=account,
        rule=rule,
        done=done,
        ref=ref,
        reason=reason,
        text=text,
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


def history(
    records: Records, classroom: int, rules: Collection[str], person: int | None, since: datetime
) -> list[Violation]:
    """What one person (None: whoever is no person) broke of some rules here since then, oldest first."""
    wanted = select(Violation).where(
        Violation.classroom_id == classroom, col(Violation.rule).in_(rules), Violation.at >= since
    )
    theirs = select(Account.id).where(Account.person_id == person)
    if person is None:
        wanted = wanted.where(col(Violation.account_id).is_(None))
    else:
        wanted = wanted.where(col(Violation.account_id).in_(theirs))
    return list(records.exec(wanted.order_by(col(Violation.id))).all())


def of_class(records: Records, classroom: int, since: datetime) -> list[Violation]:
    """Everything noted in a class since then, oldest first."""
    return list(
        records.exec(
            select(Violation)
            .where(Violation.classroom_id == classroom, Violation.at >= since)
            .order_by(col(Violation.id))
        ).all()
    )


def newest_of(records: Records, classroom: int, account: int, since: datetime) -> Violation | None:
    """The newest thing noted about one account in a class since then that has words."""
    return records.exec(
        select(Violation)
        .where(
            Violation.classroom_id == classroom,
            Violation.account_id == account,
            Violation.at >= since,
            col(Violation.text).is_not(None),
        )
        .order_by(col(Violation.id).desc())
        .limit(1)
    ).first()


def with_text(
    records: Records, classroom: int, rules: Collection[str], since: datetime, *, restored: bool = False
) -> list[Violation]:
    """What of some rules is kept with its text in a class since then, or what of it was restored."""
    wanted = select(Violation).where(
        Violation.classroom_id == classroom,
        col(Violation.rule).in_(rules),
        Violation.at >= since,
        col(Violation.text).is_not(None),
    )
    again = col(Violation.restored_at)
    wanted = wanted.where(again.is_not(None) if restored else again.is_(None))
    return list(records.exec(wanted.order_by(col(Violation.id))).all())


def erase_old(records: Records, now: datetime, keep: timedelta = KEEP) -> None:
    """Erase the words of what happened too long ago to be restored."""
    records.connection().execute(
        update(Violation)
        .where(col(Violation.at) < now - keep, col(Violation.text).is_not(None))
        .values(text=None, reason="", data={})
    )
