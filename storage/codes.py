"""Codes: secrets of at least 64 bits that open one door each, found by a keyed hash."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from classroom.folding import fold
from storage.database import Records
from storage.tables import Code, Guess

Digest = Callable[[str], str]
BYTES = 12  # 96 bits, 16 characters: fits a start link
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 of them, none of which is taken for another: what people type from one screen into another."""
SPOKEN = 13  # 65 bits
GUESSES = 10
GUESS_WINDOW = timedelta(hours=1)


def make(
    records: Records,
    digest: Digest,
    purpose: str,
    classroom: int,
    now: datetime,
    *,
    student: int | None = None,
    person: int | None = None,
    uses: int | None = None,
    life: timedelta | None = None,
    token: str = "",
) -> str:
    """A new code; gives the token for the link, which is `token` where one was made by `spoken`."""
    token = token or secrets.token_urlsafe(BYTES)
    records.add(
        Code(
            digest=digest(token),
            token=token,
            purpose=purpose,
            classroom_id=classroom,
            student_id=student,
            person_id=person,
            uses_left=uses,
            expires_at=now + life if life else None,
            made_at=now,
        )
    )
    records.flush()
    return token


def spoken() -> str:
    """A token that can be typed."""
    return "".join(secrets.choice(LETTERS) for _ in range(SPOKEN))


def grouped(token: str) -> str:
    """A typed token as it is shown: ABCD-EFGH-JKLMN."""
    return "-".join((token[:4], token[4:8], token[8:]))


def read_spoken(typed: str) -> str:
    """A typed token as it was made, however it was written; empty where it is none."""
    letters = "".join(fold(typed).text.upper().replace("-", " ").split())
    known = len(letters) == SPOKEN and set(letters) <= set(LETTERS)
    return letters if known else ""


def standing(
    records: Records, purpose: str, classroom: int, now: datetime, *, student: int | None = None
) -> Code | None:
    """The code in force for a purpose, to show its link again."""
    found = records.exec(
        select(Code)
        .where(
            Code.purpose == purpose,
            Code.classroom_id == classroom,
            Code.student_id == student,
            col(Code.revoked_at).is_(None),
        )
        .order_by(col(Code.id).desc())
    ).all()
    return next((c for c in found if valid(c, now)), None)


def find(records: Records, digest: Digest, token: str, now: datetime) -> Code | None:
    """The code of a token, if it (still) opens anything."""
    code = records.exec(select(Code).where(Code.digest == digest(token))).one_or_none()
    return code if code is not None and valid(code, now) else None


def was_one(records: Records, digest: Digest, token: str) -> bool:
    """True for a token that opens, or once opened, something: who has it did not guess."""
    return records.exec(select(Code.id).where(Code.digest == digest(token))).first() is not None


def valid(code: Code, now: datetime) -> bool:
    """False once revoked, expired or used up."""
    expired = code.expires_at is not None and code.expires_at <= now
    return code.revoked_at is None and not expired and (code.uses_left is None or code.uses_left > 0)


def use(code: Code) -> None:
    """Count a use; a code without a set number of uses stays."""
    if code.uses_left is not None:
        code.uses_left -= 1


def revoke(
    records: Records, classroom: int, purpose: str, now: datetime, *, student: int | None = None
) -> int:
    """Close a door for good; gives how many codes that were."""
    found = records.exec(
        select(Code).where(
            Code.classroom_id == classroom,
            Code.purpose == purpose,
            Code.student_id == student,
            col(Code.revoked_at).is_(None),
        )
    ).all()
    for code in found:
        code.revoked_at = now
    return len(found)


def guessed_wrong(records: Records, account: int, what: str, now: datetime) -> None:
    """Count a wrong code or proof."""
    records.add(Guess(account_id=account, what=what, at=now))
    records.flush()


def may_guess(records: Records, account: int, now: datetime) -> bool:
    """False after too many wrong ones within the hour."""
    count = records.exec(
        select(func.count())
        .select_from(Guess)
        .where(Guess.account_id == account, Guess.at > now - GUESS_WINDOW)
    ).one()
    return count < GUESSES
