"""What a platform must not forget over a restart, sealed, each for its own time only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Insert, delete, or_, update
from sqlalchemy.dialects import sqlite
from sqlmodel import col, select

from storage.database import Records
from storage.tables import VaultRow

Digest = Callable[[str], str]


def get(records: Records, digest: Digest, name: str, now: datetime) -> str | None:
    """What is kept under a name; None where its time is over."""
    return records.exec(
        select(VaultRow.value).where(VaultRow.digest == digest(name), VaultRow.expires_at > now)
    ).one_or_none()


def put(records: Records, digest: Digest, name: str, value: str, now: datetime, life: timedelta) -> None:
    """Keep a value, in the place of an older one; nobody is waited for any more."""
    records.connection().execute(delete(VaultRow).where(col(VaultRow.expires_at) <= now))
    _make(records, digest(name), now + life)
    records.connection().execute(
        update(VaultRow)
        .where(col(VaultRow.digest) == digest(name))
        .values(value=value, expires_at=now + life, held_until=None)
    )


def take(records: Records, digest: Digest, name: str, now: datetime) -> str | None:
    """What is kept under a name, which is kept no longer: for what can be used once."""
    found = get(records, digest, name, now)
    records.connection().execute(delete(VaultRow).where(col(VaultRow.digest) == digest(name)))
    return found


def hold(records: Records, digest: Digest, name: str, now: datetime, life: timedelta) -> bool:
    """Announce a new value; False while somebody else, in whichever process, has announced one."""
    _make(records, digest(name), now + life)
    done = records.connection().execute(
        update(VaultRow)
        .where(
            col(VaultRow.digest) == digest(name),
            or_(col(VaultRow.held_until).is_(None), col(VaultRow.held_until) <= now),
        )
        .values(held_until=now + life)
    )
    return done.rowcount == 1


def release(records: Records, digest: Digest, name: str) -> None:
    """There will be no new value after all."""
    records.connection().execute(
        update(VaultRow).where(col(VaultRow.digest) == digest(name)).values(held_until=None)
    )


def _make(records: Records, digest: str, expires_at: datetime) -> None:
    """A row of this name, if there is none: of two processes one makes it."""
    made = _insert(records.connection().dialect.name).values(digest=digest, expires_at=expires_at)
    records.connection().execute(made)


def _insert(dialect: str) -> Insert:
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - all its drivers come with it

        return postgresql.insert(VaultRow).on_conflict_do_nothing(index_elements=["digest"])
    return sqlite.insert(VaultRow).on_conflict_do_nothing(index_elements=["digest"])
