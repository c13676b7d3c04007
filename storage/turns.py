"""Who chatted or grew heated in a group lately: a time and a word of ours each, for an hour only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlmodel import col

from storage.database import Records
from storage.hearing import HEARD
from storage.tables import Account, SaidTurn

KEEP = timedelta(hours=1)


def note(records: Records, chat: int, account: int, ref: str, talk: str, at: datetime) -> None:
    """Note a message, once."""
    known = select(col(SaidTurn.id)).where(col(SaidTurn.chat_id) == chat, col(SaidTurn.ref) == ref)
    if records.connection().execute(known).first() is None:
        records.add(SaidTurn(chat_id=chat, account_id=account, ref=ref, talk=talk, at=at))
        records.flush()


def lately(records: Records, chat: int, since: datetime) -> Sequence[tuple[datetime, str, str]]:
    """What was noted in a group since then: when, the writer's native id, and the word."""
    found = records.connection().execute(
        select(col(SaidTurn.at), col(Account.native), col(SaidTurn.talk))
        .join(Account, col(Account.id) == col(SaidTurn.account_id))
        .where(col(SaidTurn.chat_id) == chat, col(SaidTurn.at) >= since)
        .order_by(col(SaidTurn.at), col(SaidTurn.id))
    )
    return [(at, native, talk) for at, native, talk in found]


def said(records: Records, chat: int, since: datetime, until: datetime) -> int:
    """How much was said in a group in a while by those whom the rules judge."""
    records.write_put_off()
    found = records.connection().execute(
        select(func.count())
        .select_from(HEARD)
        .where(HEARD.c.chat_id == chat, HEARD.c.at >= since, HEARD.c.at <= until)
    )
    return int(found.scalar_one())


def forget_old(records: Records, now: datetime) -> None:
    """Drop what no rule looks at any more."""
    records.connection().execute(delete(SaidTurn).where(col(SaidTurn.at) < now - KEEP))
