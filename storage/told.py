"""When something was last said to somebody under a handle of ours, so that it can be edited or said anew."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from storage.database import Records
from storage.tables import Account, PostedRow


def last_told(records: Records, handle: str, chat: int) -> datetime | None:
    """When the newest message under this handle went to a chat, or to another of its person; None if none."""
    person = select(Account.person_id).where(Account.chat_id == chat)
    own = select(Account.chat_id).where(col(Account.person_id).in_(person))
    return records.exec(
        select(PostedRow.at)
        .where(PostedRow.handle == handle, (col(PostedRow.chat_id) == chat) | col(PostedRow.chat_id).in_(own))
        .order_by(col(PostedRow.id).desc())
    ).first()


def handle_of(records: Records, chat: int, ref: str) -> str | None:
    """Under which of our handles a message of ours went to a chat."""
    return records.exec(
        select(PostedRow.handle).where(PostedRow.chat_id == chat, PostedRow.ref == ref).limit(1)
    ).first()
