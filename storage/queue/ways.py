"""By which private conversations a message may still go to its person, and which it has tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from storage.database import Records
from storage.leaving import COLUMNS, Due
from storage.queue.deliveries import BUTTONS, DELIVERIES, POSTED, set_delivery
from storage.tables import EventRow

TABLES = EventRow.metadata.tables
WAYS, ACCOUNTS, CHATS = TABLES["tried_ways"], TABLES["accounts"], TABLES["chats"]
_WHOLE = select(*(DELIVERIES.c[name] for name in COLUMNS))
_OWN_CHATS = select(ACCOUNTS.c.chat_id).where(
    ACCOUNTS.c.person_id.in_(select(ACCOUNTS.c.person_id).where(ACCOUNTS.c.chat_id == bindparam("chat")))
)
"""The private conversations of the person whose one of them is."""
_PARKED = _WHOLE.where(DELIVERIES.c.chat_id.in_(_OWN_CHATS), DELIVERIES.c.state == "parked")
_TRIED = select(WAYS.c.chat_id).where(WAYS.c.delivery_id == bindparam("delivery"))
_TOLD_AT = (
    select(DELIVERIES.c.chat_id)
    .where(
        DELIVERIES.c.handle == bindparam("handle"),
        DELIVERIES.c.kind == "tell",
        DELIVERIES.c.state == "sent",
        DELIVERIES.c.chat_id.in_(_OWN_CHATS),
    )
    .order_by(DELIVERIES.c.id.desc())
    .limit(1)
)


class Place(NamedTuple):
    """A private conversation as a delivery names it."""

    chat: int
    platform: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery of which a platform tells something later; `erased` once nobody can say it again."""

    due: Due
    state: str
    outcome: str | None
    erased: bool


def told_of(records: Records, chat: int, refs: Sequence[str]) -> list[Sent]:
    """The deliveries that became these messages of a chat."""
    wanted = select(POSTED.c.delivery_id).where(POSTED.c.chat_id == chat, POSTED.c.ref.in_(refs))
    found = records.connection().execute(
        select(*(DELIVERIES.c[name] for name in COLUMNS), DELIVERIES.c.state, DELIVERIES.c.outcome)
        .where(DELIVERIES.c.id.in_(wanted))
        .order_by(DELIVERIES.c.id)
    )
    return [Sent(due := Due(*row[: len(COLUMNS)]), row[-2], row[-1], not due.payload) for row in found.all()]


def forget_delivered(records: Records, delivery: int, chat: int) -> None:
    """Drop what a delivery became in a chat: it never arrived there."""
    records.connection().execute(
        delete(POSTED).where(POSTED.c.delivery_id == delivery, POSTED.c.chat_id == chat)
    )


def tried_ways(records: Records, delivery: int) -> set[int]:
    """The chats at which a delivery has been tried in vain."""
    return set(records.connection().execute(_TRIED, {"delivery": delivery}).scalars())


def note_way(records: Records, delivery: int, chat: int, failure: str, now: datetime) -> None:
    """Remember that a chat was no way for a delivery."""
    if chat not in tried_ways(records, delivery):
        row = {"delivery_id": delivery, "chat_id": chat, "failure": failure, "at": now}
        records.connection().execute(insert(WAYS).values(row))


def redirect(records: Records, due: Due, to: Place, now: datetime) -> None:
    """Let a message to a person begin anew at another private conversation of theirs, buttons and all."""
    begun: dict[str, object] = {"state": "pending", "attempts": 0, "due_at": now}
    fresh: dict[str, object] = {"outcome": None, "detail": None, "finished_at": None}
    set_delivery(records, due.id, begun | fresh)
    if due.guardian_id is None:  # a guardian's is looked up anew at each attempt
        set_delivery(records, due.id, _at(to))
        _bring_along(records, due, to)


def readdress(records: Records, due: Due, to: Place) -> None:
    """Let a change of what a person was told go where it was told."""
    set_delivery(records, due.id, _at(to))
    _move_buttons(records, due, to)


def told_at(records: Records, handle: str, chat: int) -> int | None:
    """In which private conversation of this chat's person the handle was last told."""
    return records.connection().execute(_TOLD_AT, {"handle": handle, "chat": chat}).scalar()


def _at(to: Place) -> dict[str, object]:
    return {"chat_id": to.chat, "platform": to.platform, "lane_key": f"chat:{to.chat}"}


def _bring_along(records: Records, due: Due, to: Place) -> None:
    """The buttons, and the changes that wait for the message to be there."""
    if due.handle is None:
        return
    _move_buttons(records, due, to)
    records.connection().execute(
        update(DELIVERIES)
        .where(
            DELIVERIES.c.handle == due.handle,
            DELIVERIES.c.chat_id == due.chat_id,
            DELIVERIES.c.kind.in_(("edit_told", "remove_post")),
            DELIVERIES.c.state == "pending",
        )
        .values(_at(to))
    )


def _move_buttons(records: Records, due: Due, to: Place) -> None:
    records.connection().execute(
        update(BUTTONS)
        .where(BUTTONS.c.handle == due.handle, BUTTONS.c.chat_id == due.chat_id)
        .values(chat_id=to.chat)
    )


def unpark(records: Records, chat: int, now: datetime) -> int:
    """Let go what waited for this person to open a private door: through this one; gives how many."""
    waiting = [Due(*row) for row in records.connection().execute(_PARKED, {"chat": chat}).all()]
    for due in waiting:
        platform = records.connection().execute(select(CHATS.c.platform).where(CHATS.c.id == chat)).scalar()
        records.connection().execute(delete(WAYS).where(WAYS.c.delivery_id == due.id))
        redirect(records, due, Place(chat, str(platform)), now)
    return len(waiting)
