"""First come, first served, also for several processes at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from storage import classrooms, slots
from storage.database import Database, open_database
from storage.tables import StudentRow
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.scenario.conftest import KEY, migrate

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FAMILIES = 6


@pytest.fixture
def databases(database_kind: Kind, fresh_database: FreshDatabase) -> Iterator[list[Database]]:
    """One database, opened by as many processes as there are families."""
    url = fresh_database(database_kind, migrate)
    opened = [open_database(url, KEY, durable=False) for _ in range(FAMILIES)]
    yield opened
    for database in opened:
        database.close()


def offered(database: Database, times: int) -> tuple[int, list[int], list[int]]:
    """A meeting with so many times, and the children of so many families."""
    with database.transaction() as records:
        made = classrooms.create(
            records, "三年级2班", NOW, language="zh_CN", timezone="Asia/Shanghai", country="CN", by=None
        )
        rows = [StudentRow(classroom_id=made.id, name=f"学生{i}", added_at=NOW) for i in range(FAMILIES)]
        records.add_all(rows)
        records.flush()
        quarter = timedelta(minutes=15)
        spans = [(NOW + quarter * i, NOW + quarter * (i + 1)) for i in range(times)]
        meeting = slots.begin(records, made.id, "家长会", "", spans, NOW, NOW, by=None)
        found = slots.slots_of(records, meeting.id)
        return meeting.id, [row.id for row in found], [row.id for row in rows]


def take(database: Database, meeting: int, student: int, slot: int) -> bool:
    with database.transaction() as records:
        row = slots.locked(records, meeting)
        assert row is not None
        return slots.choose(records, row, [student], slot, None, NOW)


def test_of_many_at_once_one_gets_it(databases: list[Database]) -> None:
    meeting, [slot], students = offered(databases[0], 1)
    with ThreadPoolExecutor(FAMILIES) as pool:
        asked = [pool.submit(take, d, meeting, s, slot) for d, s in zip(databases, students, strict=True)]
        got = [one.result() for one in asked]
    assert got.count(True) == 1
    with databases[0].transaction() as records:
        [row] = slots.slots_of(records, meeting)
        assert row.student_id == students[got.index(True)]


def test_who_was_too_late_keeps_what_it_had(databases: list[Database]) -> None:
    meeting, [first, second], students = offered(databases[0], 2)
    assert take(databases[0], meeting, students[0], first)
    assert take(databases[1], meeting, students[1], second)
    assert not take(databases[1], meeting, students[1], first)
    assert take(databases[1], meeting, students[1], second)
    with databases[0].transaction() as records:
        assert [row.student_id for row in slots.slots_of(records, meeting)] == students[:2]
