"""What a batch puts off, so that it is written at once: sightings, hearings, and what leaves."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, bindparam, func, insert, select, update

from storage.memory import Memory
from storage.tables import Heard

TABLES = Heard.metadata.tables
BUTTONS, DELIVERIES, HEARD, MEMBERS = (
    TABLES["buttons"],
    TABLES["deliveries"],
    TABLES["heard"],
    TABLES["members"],
)
APART = "homeroom_apart"
"""The option of a statement that knows of what leaves, so that it need not be written before."""

_HEARD = insert(HEARD)
_SEEN = (
    update(MEMBERS)
    .where(MEMBERS.c.chat_id == bindparam("c"), MEMBERS.c.account_id == bindparam("a"))
    .values(seen_at=bindparam("t"))
)
_BUTTONS, _DELIVERIES = insert(BUTTONS), insert(DELIVERIES)
_NUMBERED = _DELIVERIES.returning(DELIVERIES.c.id, sort_by_parameter_order=True)
_LAST = select(func.max(DELIVERIES.c.id))


def write_heard(connection: Connection, memory: Memory) -> None:
    """Write who wrote what and who was seen."""
    hearings, memory.hearings = memory.hearings, []
    if hearings:
        connection.execute(_HEARD, hearings)
    sightings, memory.sightings = memory.sightings, {}
    if sightings:
        seen = [{"c": chat, "a": account, "t": at} for (chat, account), at in sightings.items()]
        connection.execute(_SEEN, seen)


def write_leaving(connection: Connection, memory: Memory) -> None:
    """Write deliveries and their buttons; what they are is still known where they begin at once."""
    leaving, memory.leaving = memory.leaving, []
    if not leaving:
        return
    buttons = [button for one in leaving for button in one.buttons]
    if buttons:
        connection.execute(_BUTTONS, buttons)
    numbers = _stored(connection, [one.row() for one in leaving])
    for number, one in zip(numbers, leaving, strict=True):
        one.due = replace(one.due, id=number)
        memory.fresh.put(number, one)


def reads_leaving(statement: str) -> bool:
    """True for a statement that must find what leaves in the database."""
    return "deliveries" in statement or "buttons" in statement


def _stored(connection: Connection, rows: list[dict[str, object]]) -> list[int]:
    if connection.dialect.name == "postgresql":
        return list(connection.execute(_NUMBERED, rows).scalars())
    # nobody else writes to SQLite meanwhile, and asking for each number would cost as much as the row
    first = (connection.execute(_LAST).scalar() or 0) + 1
    numbers = list(range(first, first + len(rows)))
    connection.execute(_DELIVERIES, [{"id": n, **row} for n, row in zip(numbers, rows, strict=True)])
    return numbers
