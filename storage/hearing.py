"""Who wrote in a group lately, for floods: times and keyed hashes, never words, and for an hour only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select, update

from storage.database import Records
from storage.memory import Lately
from storage.sealing import Utc
from storage.tables import Heard

HEARD = Heard.metadata.tables["heard"]
KEEP = timedelta(hours=1)
_LATELY = HEARD.c.ref, HEARD.c.digest, HEARD.c.album, HEARD.c.at
_OF_MANY = (
    select(HEARD.c.chat_id, HEARD.c.account_id, *_LATELY)
    .where(
        HEARD.c.account_id.in_(bindparam("accounts", expanding=True)),
        HEARD.c.at >= bindparam("since", type_=Utc),
    )
    .order_by(HEARD.c.id)
)


def recent(records: Records, chat: int, account: int | None, since: datetime) -> Sequence[Lately]:
    """What one sender wrote in a group since then, oldest first; None: those who are no person."""
    known = records.recall().heard.get((chat, account))
    if known is not None:
        return [h for h in known if h.at >= since]
    records.write_put_off()
    found = records.connection().execute(
        select(*_LATELY)
        .where(HEARD.c.chat_id == chat, HEARD.c.account_id == account, HEARD.c.at >= since)
        .order_by(HEARD.c.id)
    )
    return [Lately(*row) for row in found]


def foresee(records: Records, who: Sequence[tuple[int, int]], since: datetime) -> None:
    """Read at once what these (chat, account) wrote since then."""
    shelf = records.memory.heard
    lately: dict[tuple[int, int | None], list[Lately]] = {one: [] for one in who}
    accounts = list({account for _, account in who})
    found = records.connection().execute(_OF_MANY, {"accounts": accounts, "since": since})
    for chat, account, *rest in found:
        if (chat, account) in lately:
            lately[chat, account].append(Lately(*rest))
    for one, theirs in lately.items():
        shelf.put(one, theirs)


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
    """Note a message; in a batch that was foreseen all of them are written at its end."""
    row: dict[str, object] = {
        "chat_id": chat,
        "account_id": account,
        "ref": ref,
        "digest": digest,
        "album": album,
        "at": at,
    }
    known = records.memory.heard.get((chat, account))
    if known is None:
        records.connection().execute(insert(HEARD), row)
        return
    known.append(Lately(ref, digest, album, at))
    records.memory.hearings.append(row)


def heard_anew(records: Records, chat: int, ref: str, digest: str) -> None:
    """A message was edited: it says something else now, and is no new one."""
    records.write_put_off()
    records.connection().execute(
        update(HEARD).where(HEARD.c.chat_id == chat, HEARD.c.ref == ref).values(digest=digest)
    )


def forget_old(records: Records, now: datetime) -> None:
    """Drop what no rule looks at any more."""
    records.connection().execute(delete(HEARD).where(HEARD.c.at < now - KEEP))
