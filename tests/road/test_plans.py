"""Every query of the hot road finds its rows by an index, on both databases, however many rows there are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, event, func
from sqlmodel import select

from classroom.addresses import ChatKind
from classroom.events import Message, Origin, Sender
from storage import classrooms, foreseeing, identity, presses, queue
from storage.database import Database, Records, open_database
from storage.tables import (
    ButtonRow,
    Chat,
    DeliveryRow,
    DialogueRow,
    Guardian,
    Heard,
    PostedRow,
    RemovedRow,
    RoleGrant,
    StudentRow,
)
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.scenario.conftest import KEY, migrate

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SMALL = {"instance", "CONSTANT"}
"""Of one row."""

CLASSES = 5000
ROOM = 10
"""More rows than any table has of one class."""
ITS_OWN = {"native", "key", "handle", "album", "lane_key", "token"}
"""What no two rows share, beside their numbers."""
OVER = {"events": "done", "deliveries": "sent"}
"""What most of them are on a day like any other."""


@pytest.fixture
def database(database_kind: Kind, fresh_database: FreshDatabase) -> Iterator[Database]:
    database = open_database(fresh_database(database_kind, migrate), KEY, durable=False)
    yield database
    database.close()


Given = dict[str, object] | tuple[object, ...] | list["Given"]
ORIGIN = Origin("telegram", "-100", ChatKind.GROUP, "三年级2班")
MOTHER = Sender("7", "张小明妈妈")


def somebody(records: Records) -> None:
    """A class, its group and a member: who is unknown is not asked about further."""
    made = classrooms.create(
        records, "三年级2班", NOW, language="zh_CN", timezone="Asia/Shanghai", country="CN", by=None
    )
    chat = identity.meet_chat(records, ORIGIN, NOW)
    chat.classroom_id = made.id
    identity.saw_member(records, chat.id, identity.meet_account(records, "telegram", MOTHER, NOW).id, NOW)


def busy(records: Records) -> None:
    """One of everything that is on the road: it came in, it goes out, it was said, it can be pressed."""
    event = queue.NewEvent(key="telegram:1", source="telegram", raw="{}", ready_at=NOW, album="telegram:1")
    queue.store_events(records, [event], NOW)
    chat = records.exec(select(Chat).where(Chat.kind == "group")).one()
    records.add(
        DeliveryRow(
            event_id=1,
            platform="telegram",
            chat_id=chat.id,
            chat_kind="group",
            audience="public",
            kind="post",
            lane="talk",
            lane_key="chat:1",
            payload="-",
            handle="notice/1",
            due_at=NOW,
            created_at=NOW,
        )
    )
    child = StudentRow(classroom_id=1, name="张小明", added_at=NOW)
    records.add(child)
    records.flush()
    for row in (
        PostedRow(handle="notice/1", chat_id=chat.id, ref="77", at=NOW),
        ButtonRow(token="key", purpose="receipts.got", handle="notice/1", expires_at=NOW),
        DialogueRow(chat_id=chat.id, purpose="bind.name", expires_at=NOW),
        RemovedRow(chat_id=chat.id, ref="77", sender="7", at=NOW),
        Heard(chat_id=chat.id, account_id=1, ref="77", digest="-", at=NOW),
        RoleGrant(classroom_id=1, person_id=1, role="teacher", given_at=NOW),
        Guardian(
            classroom_id=1,
            student_id=child.id,
            person_id=1,
            relation="mother",
            state="active",
            how="test",
            asked_at=NOW,
        ),
    ):
        records.add(row)
    records.flush()


def times(records: Records, many: int) -> None:
    """Make every table that has a row so many times as long: its keys and what refers to them count on."""
    connection = records.connection()
    tables = [t for t in DeliveryRow.metadata.sorted_tables if t.name not in SMALL]
    filled = [t for t in tables if connection.execute(select(func.count()).select_from(t)).scalar_one()]
    one_more = f"SELECT n + 1 FROM r WHERE n < {many}"
    counting = f"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL {one_more}) SELECT n FROM r"
    for table in filled:
        counted = []
        for column in table.columns:
            name = f't."{column.name}"'
            refers = any(key.column.table in filled for key in column.foreign_keys)
            if column.name == "state" and table.name in OVER:
                counted.append(f"'{OVER[table.name]}'")
            elif column.name == "id" or (refers and column.name != "chat_kind"):
                counted.append(f"{name} + s.n * {ROOM}")
            else:
                counted.append(f"{name} || s.n" if column.name in ITS_OWN else name)
        names = ", ".join(f'"{c.name}"' for c in table.columns)
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({names}) "
            f"SELECT {', '.join(counted)} FROM {table.name} t, ({counting}) s"
        )
    connection.exec_driver_sql("ANALYZE")


def the_hot_road(records: Records) -> None:
    """Every question that a message, a turn and a nap put to the database."""
    foreseeing.foresee(records, [Message(ORIGIN, MOTHER, "1", "您好", NOW)])
    queue.any_pending(records)
    queue.pending_events(records, NOW, 100)
    queue.album_of(records, "telegram:1")
    queue.next_event_at(records, NOW)
    queue.due_deliveries(records, NOW, {"chat:1/talk"}, 64)
    queue.next_due_at(records, NOW)
    queue.handle_waits(records, "notice/1", 5)
    queue.was_said(records, "notice/1")
    queue.posted(records, "notice/1", 1)
    queue.handle_of(records, 1, "77")
    queue.unpark(records, 1, NOW)
    queue.cancel(records, "notice/1", NOW)
    queue.under_way(records)
    queue.done_since(records, NOW, ["post"])
    queue.finish_kinds(records, {1: "Message"}, NOW)
    queue.begin_deliveries(records, [1])
    presses.find_button(records, "token")
    presses.end_buttons(records, "notice/1", NOW)
    presses.dialogue(records, 1, NOW)


def test_every_question_of_the_hot_road_is_answered_by_an_index(database: Database) -> None:
    asked: list[tuple[str, Given]] = []

    def note(_c: Connection, _k: object, statement: str, given: Given, _x: object, many: bool) -> None:
        asked.append((statement, given[0] if isinstance(given, list) else given))

    with database.transaction() as records:
        somebody(records)
        busy(records)
    with database.transaction() as records:
        times(records, CLASSES)
    with database.transaction() as records:
        records.connection()
        event.listen(database.engine, "before_cursor_execute", note)
        the_hot_road(records)
        event.remove(database.engine, "before_cursor_execute", note)
    scans = [s for s in (scan(database, one, given) for one, given in asked) if s]
    assert len(asked) > 20
    assert scans == []


def scan(database: Database, statement: str, given: Given) -> str:
    """The line of a plan that reads a whole table; empty if there is none."""
    if not statement.lstrip().upper().startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
        return ""
    postgres = database.kind == "postgresql"
    with database.transaction() as records:
        connection = records.connection()
        ask = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
        plan = [str(row[0 if postgres else 3]) for row in connection.exec_driver_sql(ask + statement, given)]
        records.rollback()
    sign = "Seq Scan on " if postgres else "SCAN "
    for line in plan:
        if sign in line and "INDEX" not in line:
            table = line.split(sign)[1].split()[0]
            if table not in SMALL and not table.endswith("lanes") and not table.startswith("("):
                return f"{line.strip()} in {statement}"
    return ""
