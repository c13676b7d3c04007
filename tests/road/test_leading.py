"""Who leads: never two at once, never for long nobody, and who has lost the lead writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from storage.database import Database, LeadLostError, open_database
from storage.leading import Leadership, tell
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.scenario.conftest import KEY, migrate


@pytest.fixture
def pair(database_kind: Kind, fresh_database: FreshDatabase) -> Iterator[tuple[Database, Database]]:
    """One database, as two processes have it open."""
    url = fresh_database(database_kind, migrate)
    pair = open_database(url, KEY, durable=False), open_database(url, KEY, durable=False)
    yield pair
    for database in pair:
        database.close()


async def until_taken(leadership: Leadership) -> None:
    """Take the lead from one who is just dying."""
    for _ in range(200):
        if await leadership.take():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nobody let go of the lead")


async def test_only_one_leads_and_the_other_follows_it(pair: tuple[Database, Database]) -> None:
    one, other = (Leadership(database) for database in pair)
    assert await one.take()
    assert not await other.take()
    assert [(each.leads, each.stands_by) for each in (one, other)] == [(True, False), (False, True)]
    await one.give()
    await until_taken(other)
    assert not await one.take()
    assert [(each.leads, each.stands_by) for each in (one, other)] == [(False, True), (True, False)]
    await other.give()


async def test_the_leader_hears_what_another_has_stored(pair: tuple[Database, Database]) -> None:
    leading, standing = pair
    leadership = Leadership(leading)
    assert await leadership.take()
    assert not await leadership.heard(0.01)
    await standing.write(tell)
    assert await leadership.heard(5) == (leading.kind == "postgresql")  # on SQLite there is nobody beside
    assert not await leadership.heard(0.01)
    await leadership.give()


async def test_who_has_lost_the_lead_writes_nothing(pair: tuple[Database, Database]) -> None:
    if pair[0].kind == "sqlite":
        pytest.skip("the system keeps that lock: it ends with its process only")
    one, other = (Leadership(database) for database in pair)
    assert await one.take()
    await pair[1].write(
        lambda records: records.connection().execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        )
    )
    await until_taken(other)
    with pytest.raises(LeadLostError):
        await pair[0].write(tell)
    with pytest.raises(LeadLostError):
        await one.heard(0.1)
    await one.give()
    assert not await one.take()
    await pair[0].write(tell)  # to take in for the leader is everybody's
    await other.give()
    await until_taken(one)
    await one.give()


async def test_a_successor_waits_for_what_is_being_written(pair: tuple[Database, Database]) -> None:
    if pair[0].kind == "sqlite":
        pytest.skip("its one writer waits anyway")
    one, other = (Leadership(database) for database in pair)
    assert await one.take()
    with pair[0].transaction() as records:
        leader = (
            "SELECT leader FROM instance WHERE id = 1 FOR SHARE"  # as every transaction of the road has it
        )
        assert records.connection().execute(text(leader)).scalar() == one.name
        with pair[1].transaction() as impatient:
            impatient.connection().execute(text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(Exception, match="lock timeout"):
                impatient.connection().execute(text("UPDATE instance SET leader = 'other'"))
            impatient.rollback()
    await one.give()
    await until_taken(other)
    await other.give()


async def test_a_leader_that_vanished_in_a_transaction_is_not_waited_for(
    pair: tuple[Database, Database],
) -> None:
    if pair[0].kind == "sqlite":
        pytest.skip("a process that is gone holds no lock there")
    leadership = Leadership(pair[0])
    assert await leadership.take()
    shown = await pair[0].write(
        lambda records: (
            records.connection().exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar()
        )
    )
    assert shown == "8s"
    await leadership.give()
    shown = await pair[0].write(
        lambda records: (
            records.connection().exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar()
        )
    )
    assert shown == "0"  # who does not lead may take its time


def test_a_database_that_is_being_written_to_can_be_opened(
    database_kind: Kind, fresh_database: FreshDatabase
) -> None:
    """Who is to stand by must not wait for a pause of the one who leads."""
    url = fresh_database(database_kind, migrate)
    leading = open_database(url, KEY, durable=False)
    with leading.transaction() as records:
        records.connection().execute(text("UPDATE instance SET leader = 'somebody'"))
        open_database(url, KEY, durable=False).close()
    leading.close()
