"""Who chatted or grew heated in a group lately: a time and a word of ours each, for an hour only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, insert, select
from sqlmodel import col

from storage.database import Records
from storage.hearing import HEARD
from storage.sealing import Utc
from storage.tables import Account, SaidTurn

KEEP = timedelta(hours=1)
_KNOWN = select(col(SaidTurn.id)).where(
    col(SaidTurn.chat_id) == bindparam("chat"), col(SaidTurn.ref) == bindparam("ref")
)
_SINCE = (
    select(col(SaidTurn.at), col(Account.native), col(SaidTurn.talk))
    .join(Account, col(Account.id) == col(SaidTurn.account_id))
    .where(col(SaidTurn.chat_id) == bindparam("chat"), col(SaidTurn.at) >= bindparam("since", type_=Utc))
    .order_by(col(SaidTurn.at), col(SaidTurn.id))
)
_NOTED = insert(SaidTurn)


def note(records: Records, chat: int, account: int, ref: str, talk: str, at: datetime) -> None:
    """Note a message, once."""
    run = records.connection().execute
    if run(_KNOWN, {"chat": chat, "ref": ref}).first() is None:
        run(_NOTED, {"chat_id": chat, "account_id": account, "ref": ref, "talk": talk, "at": at})


def lately(records: Records, chat: int, since: datetime) -> Sequence[tuple[datetime, str, str]]:
    """What was noted in a group since then: when, the writer's native id, and the word."""
    found = records.connection().execute(_SINCE, {"chat": chat, "since": since})
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
