"""Looking on must not cost what working needs: among many deliveries that were sent, indexes are used."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

from storage import backlog, queue
from storage.database import Records
from tests.world import World

MANY = 3000


def fill(records: Records, now: datetime) -> None:
    """Many deliveries, nearly all of them sent long ago."""
    chat = text(
        "INSERT INTO chats (platform, native, kind, title, door, present, admin, rights, introduced, "
        "created_at) VALUES ('web', '1', 'private', :t, 'open', :y, :n, '[]', :n, 1)"
    )
    records.connection().execute(chat, {"t": b"", "y": True, "n": False})
    row = {
        "platform": "web", "chat_id": 1, "chat_kind": "private", "kind": "tell", "lane": "talk",
        "lane_key": "chat:1", "park": False, "state": "sent", "attempts": 1, "due_at": now,
        "possible_duplicates": 0, "created_at": now, "finished_at": now,
    }  # fmt: skip
    rows = [
        row | {"state": "parked" if n == 7 else "sent", "possible_duplicates": int(n == 9)}
        for n in range(MANY)
    ]
    records.connection().execute(insert(queue.DELIVERIES), rows)


@pytest.fixture
def plans(world: World) -> list[str]:
    """How the database carried out what was asked, filled by whatever runs after this."""
    with world.database.transaction() as records:
        fill(records, world.now())
    if world.database.kind == "postgresql":
        with world.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE deliveries")
    found: list[str] = []

    def explain(
        connection: Connection, cursor: DBAPICursor, statement: str, parameters: tuple[str, ...],
        _context: ExecutionContext, _many: bool,
    ) -> None:  # fmt: skip
        if "deliveries" in statement and not statement.startswith("EXPLAIN"):
            asked = "EXPLAIN QUERY PLAN " if world.database.kind == "sqlite" else "EXPLAIN "
            plan = connection.exec_driver_sql(asked + statement, parameters)
            found.append(" | ".join(str(row[-1]) for row in plan))

    event.listen(world.database.engine, "before_cursor_execute", explain)
    return found


async def test_what_is_counted_is_found_by_an_index(world: World, plans: list[str]) -> None:
    states = await world.database.look(backlog.deliveries_by_state)
    assert states == {"pending": 0, "sending": 0, "parked": 1, "failed": 0, "dead": 0}
    assert await world.database.look(backlog.suspected_duplicates) == 1
    await world.database.look(lambda records: backlog.backlog(records, world.now(), ["web"]))
    with world.database.transaction() as records:
        queue.erase_old_texts(records, world.now() + timedelta(days=30))
    assert len(plans) >= 6
    scans = [
        plan for plan in plans if ("SCAN deliveries" in plan and "INDEX" not in plan) or "Seq Scan" in plan
    ]
    assert scans == []
