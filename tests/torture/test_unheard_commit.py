"""A commit was done, and its answer lost with the line: nothing stands still, nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlmodel import select

from classroom.errors import DatabaseError
from storage.database import open_database
from storage.leading import Leadership
from storage.queue import possible_duplicates
from storage.tables import DeliveryRow, EventRow, PostedRow
from tests.conftest import FreshDatabase
from tests.road.conftest import RoadWorld
from tests.scenario.conftest import KEY, migrate
from tests.torture.harm import Line


@pytest.fixture
def line(fresh_database: FreshDatabase) -> Iterator[tuple[Line, str]]:
    """A line before a fresh PostgreSQL database, and the database's address through it."""
    url = fresh_database("postgresql", migrate)
    address, _, folder = url.partition("?host=")
    line = Line(Path(folder) / ".s.PGSQL.5432")
    yield line, address.replace("@/", f"@127.0.0.1:{line.port}/")
    line.close()


@pytest.fixture
def road(line: tuple[Line, str]) -> Iterator[RoadWorld]:
    """A road whose database is behind that line."""
    database = open_database(line[1], KEY, durable=False)
    yield RoadWorld(database)
    database.close()


def stands(road: RoadWorld) -> tuple[list[str], list[str], int, int]:
    """States of events and deliveries, how many messages are recorded, how many may be double."""
    with road.database.transaction() as records:
        return (
            [row.state for row in records.exec(select(EventRow)).all()],
            [row.state for row in records.exec(select(DeliveryRow)).all()],
            len(records.exec(select(PostedRow)).all()),
            possible_duplicates(records),
        )


async def unheard(road: RoadWorld, line: Line) -> None:
    """One turn of the road whose commit nobody hears of."""
    line.arm()
    with pytest.raises(DatabaseError):
        await road.app.step()
    assert line.cut_commits == 1


async def test_what_was_marked_as_begun_and_never_was_is_begun(
    road: RoadWorld, line: tuple[Line, str]
) -> None:
    wang = road.someone("1", "王老师")
    road.platform.say(wang.sender, road.group, "/echo 好")
    await road.platform.hand_over(road.app.intake.door_of("web"))
    await unheard(road, line[0])
    await road.settle()
    assert len(road.posted()) == 1
    assert stands(road) == (["done"], ["sent"], 1, 0)


async def test_what_was_recorded_is_not_recorded_again(road: RoadWorld, line: tuple[Line, str]) -> None:
    wang = road.someone("1", "王老师")
    road.platform.say(wang.sender, road.group, "/echo 一|二|三")
    await road.platform.hand_over(road.app.intake.door_of("web"))
    await road.app.step()
    for _ in range(3):
        await asyncio.sleep(0)  # the first is said, and waits to be recorded
    assert len(road.posted()) == 1
    await unheard(road, line[0])
    await road.settle()
    assert len(road.posted()) == 3
    assert stands(road) == (["done"], ["sent"] * 3, 3, 0)


async def test_what_came_in_is_handled_once(road: RoadWorld, line: tuple[Line, str]) -> None:
    wang = road.someone("1", "王老师")
    await wang.in_group("早")  # from now on what comes in is handled as it is stored
    road.platform.say(wang.sender, road.group, "/echo 好")
    line[0].arm()
    with pytest.raises(DatabaseError):
        await road.platform.hand_over(road.app.intake.door_of("web"))
    assert line[0].cut_commits == 1
    await road.settle()
    assert len(road.posted()) == 1
    assert stands(road) == (["done", "done"], ["sent"], 1, 0)


async def test_who_takes_the_lead_unheard_takes_it_the_next_time(
    road: RoadWorld, line: tuple[Line, str]
) -> None:
    """Otherwise the lock would be its own, and it would wait for itself for ever."""
    leadership = Leadership(road.database)
    line[0].arm()
    with pytest.raises(DatabaseError):
        await leadership.take()
    assert line[0].cut_commits == 1
    taken = False
    for _ in range(100):  # the server needs a moment to see that the first line is gone
        taken = taken or await leadership.take()
        await asyncio.sleep(0 if taken else 0.05)
    assert taken
    await leadership.give()


def test_a_server_that_is_gone_without_a_word_is_missed(line: tuple[Line, str]) -> None:
    """Without this a connection whose other end has vanished would be waited for for hours."""
    database = open_database(f"{line[1]}?keepalives_idle=7", KEY, durable=False)
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        told = driver.info.get_parameters()
    database.close()
    assert {"connect_timeout", "keepalives_interval", "tcp_user_timeout"} <= told.keys()
    assert told["keepalives_idle"] == "7"  # what the address says itself wins
