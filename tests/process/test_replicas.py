"""Several processes on one database: one leads and polls, the others stand by; a death is made good."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.botapi import BotApiServer
from tests.conftest import FreshDatabase
from tests.databases import Kind, leave_empty
from tests.process.warm import WarmBot

LEADS, STANDS_BY = "this process leads", "another process leads"
TAKEN_OVER_WITHIN = 10.0


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server
        assert server.violations == []
        assert server.defects == []


@pytest.fixture
def replica(
    tmp_path: Path, server: BotApiServer, database_kind: Kind, fresh_database: FreshDatabase
) -> Iterator[Callable[[str], WarmBot]]:
    """Start one more process on the same database, with the same key."""
    url = fresh_database(database_kind, leave_empty)
    started: list[WarmBot] = []

    def start(name: str) -> WarmBot:
        (tmp_path / name).mkdir()
        bot = WarmBot(tmp_path / name, server, url)
        words = bot.config.read_text(encoding="utf-8")
        own, shared = (
            f'key_file = "{tmp_path / name / "homeroom.key"}"',
            f'key_file = "{tmp_path / "homeroom.key"}"',
        )
        bot.config.write_text(words.replace(own, shared), encoding="utf-8")
        started.append(bot)
        bot.start()
        return bot

    yield start
    for bot in started:
        bot.close()


def test_one_leads_and_another_takes_over_when_it_is_killed(
    replica: Callable[[str], WarmBot], server: BotApiServer
) -> None:
    world = server.world
    people = [world.user(f"家长{number}") for number in range(6)]
    first = replica("first")
    first.wait(lambda: LEADS in first.logged(), "a leader")
    second = replica("second")
    second.wait(lambda: STANDS_BY in second.logged(), "one that stands by")
    for person in people:
        world.start(person)
    first.wait(lambda: all(world.inbox(person) for person in people), "an answer to each")
    assert LEADS not in second.logged()

    for person in people:
        world.dm(person, "/help")
    first.kill()
    began = time.monotonic()
    second.wait(lambda: LEADS in second.logged(), "a successor", seconds=TAKEN_OVER_WITHIN)
    assert time.monotonic() - began < TAKEN_OVER_WITHIN
    second.wait(lambda: all(any("/help" in m.text for m in world.inbox(p)) for p in people), "what was asked")

    third = replica("third")
    third.wait(lambda: STANDS_BY in third.logged(), "one that stands by")
    assert second.stop()[0] == 0
    third.wait(lambda: LEADS in third.logged(), "a successor")
    world.dm(people[0], "/rules")
    before = len(world.inbox(people[0]))
    third.wait(lambda: len(world.inbox(people[0])) > before - 1, "an answer")
    assert third.stop()[0] == 0
