"""Who wrote in a group lately, for floods: times and keyed hashes, never words, and for an hour only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, update
from sqlmodel import col, select

from storage.database import Records
from storage.tables import Heard

KEEP = timedelta(hours=1)


def recent(records: Records, chat: int, account: int | None, since: datetime) -> Sequence[Heard]:
    """What one sender wrote in a group since then, oldest first; None: those who are no person."""
    return records.exec(
        select(Heard)
        .where(Heard.chat_id == chat, Heard.account_id == account, Heard.at >= since)
        .order_by(col(Heard.id))
    ).all()


def hear(
    records: Records,
    chat: int,
    account: int | None,
    ref: str,
    digest: str,
    at: datetime,
    *,
    album: str | None = None,
) -> None:
    """Note a message."""
    row = {"chat_id": chat, "account_id": account, "ref": ref, "digest": digest, "album": album, "at": at}
    records.connection().execute(insert(Heard), row)


def heard_anew(records: Records, chat: int, ref: str, digest: str) -> None:
    """A message was edited: it says something else now, and is no new one."""
    records.connection().execute(
        update(Heard).where(col(Heard.chat_id) == chat, col(Heard.ref) == ref).values(digest=digest)
    )


def forget_old(records: Records, now: datetime) -> None:
    """Drop what no rule looks at any more."""
    records.connection().execute(delete(Heard).where(col(Heard.at) < now - KEEP))
