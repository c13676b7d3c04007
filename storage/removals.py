"""What was taken out of groups because of criticism, so that what belongs to it or quotes it can follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy
from sqlalchemy import bindparam, delete
from sqlmodel import col, select

from storage.database import Records
from storage.sealing import Utc
from storage.tables import RemovedRow

REMEMBERED = timedelta(days=60)
REMOVED = RemovedRow.metadata.tables["removed"]
_CUT = sqlalchemy.select(REMOVED.c.chat_id).where(
    REMOVED.c.chat_id.in_(bindparam("chats", expanding=True)),
    REMOVED.c.at >= bindparam("since", type_=Utc),
    REMOVED.c.long,
)


def remember(
    records: Records,
    chat: int,
    refs: Iterable[str],
    sender: str,
    now: datetime,
    *,
    album: str | None,
    long: bool,
    draft: int | None,
) -> None:
    """Keep which messages went, so that what belongs to them or quotes them can follow."""
    records.connection().execute(
        delete(RemovedRow).where(col(RemovedRow.chat_id) == chat, col(RemovedRow.at) < now - REMEMBERED)
    )
    for ref in refs:
        records.add(
            RemovedRow(chat_id=chat, ref=ref, album=album, sender=sender, long=long, draft_id=draft, at=now)
        )
    records.flush()


def was_removed(records: Records, chat: int, ref: str) -> bool:
    """True if this message of a group was taken out."""
    return (
        records.exec(
            select(RemovedRow.id).where(RemovedRow.chat_id == chat, RemovedRow.ref == ref).limit(1)
        ).first()
        is not None
    )


def of_album(records: Records, chat: int, album: str) -> RemovedRow | None:
    """What was taken out of an album, if any of it was."""
    return records.exec(
        select(RemovedRow).where(RemovedRow.chat_id == chat, RemovedRow.album == album).limit(1)
    ).first()


def cut_off_before(records: Records, chat: int, sender: str, since: datetime) -> RemovedRow | None:
    """The sender's newest removed message since then, if it was long enough to have been cut in two."""
    uncut_since = records.recall().uncut.get(chat)
    if uncut_since is not None and uncut_since <= since:
        return None
    return records.exec(
        select(RemovedRow)
        .where(
            RemovedRow.chat_id == chat,
            RemovedRow.sender == sender,
            RemovedRow.at >= since,
            col(RemovedRow.long).is_(True),
        )
        .order_by(col(RemovedRow.id).desc())
        .limit(1)
    ).first()


def foresee(records: Records, chats: Sequence[int], since: datetime) -> None:
    """Note at once in which groups nothing was cut off since then."""
    cut = set(records.connection().execute(_CUT, {"chats": chats, "since": since}).scalars())
    for chat in chats:
        if chat not in cut:
            records.memory.uncut.put(chat, since)
