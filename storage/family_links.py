"""Families' doors: a code on paper opens one page, for one family, about one thing, for some time.

The code is signed, so that what nobody of ours has made is refused before the database is asked; kept is
only its keyed hash.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from storage.codes import Digest
from storage.database import Records
from storage.tables import FamilyLink

NOTICE = "notice"
"""The purpose of a code that confirms a notice; `about` is the notice."""

BYTES = 18  # 144 bits, 24 characters
_SIGNED = re.compile(r"([A-Za-z0-9_-]{24})([0-9a-f]{12})")
KEEP = timedelta(days=30)
"""So long an old paper is still told that it is too late."""


def make(
    records: Records,
    digest: Digest,
    purpose: str,
    about: int,
    students: Iterable[int],
    now: datetime,
    *,
    classroom: int,
    expires_at: datetime,
) -> dict[int, str]:
    """A new code for each student's family; what was printed before stays good."""
    made = {student: _signed(secrets.token_urlsafe(BYTES), digest) for student in students}
    records.add_all(
        FamilyLink(
            digest=digest(token),
            purpose=purpose,
            classroom_id=classroom,
            student_id=student,
            about=about,
            made_at=now,
            expires_at=expires_at,
        )
        for student, token in made.items()
    )
    records.flush()
    return made


def _signed(token: str, digest: Digest) -> str:
    return token + digest(f"family page:{token}")[:12]


def is_ours(digest: Digest, token: str) -> bool:
    """True for a code with our signature, whether it still opens anything or not."""
    found = _SIGNED.fullmatch(token)
    return found is not None and hmac.compare_digest(_signed(found[1], digest), token)


def find(records: Records, digest: Digest, token: str) -> FamilyLink | None:
    """The door that a code opens, expired or not; None for what is none of ours."""
    if not is_ours(digest, token):
        return None
    return records.exec(select(FamilyLink).where(FamilyLink.digest == digest(token))).one_or_none()


def get(records: Records, link: int) -> FamilyLink | None:
    """The door with this id."""
    return records.get(FamilyLink, link)


def forget_old(records: Records, now: datetime) -> None:
    """Drop doors that have been shut for long."""
    records.connection().execute(delete(FamilyLink).where(col(FamilyLink.expires_at) < now - KEEP))
