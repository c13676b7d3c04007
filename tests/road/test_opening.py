"""Several channels: one that is away at the start holds up no other."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator

import pytest

from bot.app import App
from bot.platforms.web import WebPlatform
from classroom.errors import ConfigError
from storage.database import Database, open_database
from tests.conftest import FreshDatabase
from tests.scenario.conftest import KEY, migrate
from tests.world import UNLIMITED


class Away(WebPlatform):
    """A messenger whose server does not answer yet."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count(1000)  # two messengers have no number in common
        self.back = asyncio.Event()
        self.refuses = False

    @property
    def name(self) -> str:
        return "away"

    async def open(self) -> None:
        await self.back.wait()
        if self.refuses:
            raise ConfigError("away.secret: it is a wrong one")


@pytest.fixture
def sqlite_database(fresh_database: FreshDatabase) -> Iterator[Database]:
    database = open_database(fresh_database("sqlite", migrate), KEY, durable=False)
    yield database
    database.close()


def app_of(database: Database, *platforms: WebPlatform) -> App:
    app = App(database, platforms, limits=UNLIMITED | {"away": UNLIMITED["web"]})
    app.patience = 0.05
    return app


async def test_the_others_begin_and_it_is_heard_when_it_is_back(sqlite_database: Database) -> None:
    here, away = WebPlatform(), Away()
    app, stop = app_of(sqlite_database, here, away), asyncio.Event()
    await app.connect()
    assert app.opened
    running = asyncio.create_task(app.run(stop))
    mother, father = here.person("1", "李雷妈妈"), away.person("2", "李雷爸爸")
    for platform, who in ((here, mother), (away, father)):
        platform.private(who).opened = True
        platform.say(who, platform.private(who), "/help")
    await until(lambda: "/help" in said(here, mother.native))
    assert away.waiting != []
    away.back.set()
    await until(lambda: away.waiting == [])  # stored, and confirmed after that
    stop.set()
    await running
    await app.close()


async def test_a_wrong_secret_ends_it_early_or_late(sqlite_database: Database) -> None:
    away = Away()
    away.refuses = True
    app = app_of(sqlite_database, WebPlatform(), away)
    await app.connect()
    running = asyncio.create_task(app.run(asyncio.Event()))
    away.back.set()
    with pytest.raises(ConfigError, match=r"away\.secret"):
        await asyncio.wait_for(running, 10)
    await app.close()
    with pytest.raises(ConfigError, match=r"away\.secret"):
        await app_of(sqlite_database, WebPlatform(), away).connect()


async def test_with_all_away_it_is_waited_for(sqlite_database: Database) -> None:
    away = Away()
    app = app_of(sqlite_database, away)
    connecting = asyncio.create_task(app.connect())
    await asyncio.sleep(0.2)
    assert not connecting.done()
    away.back.set()
    await asyncio.wait_for(connecting, 5)
    await app.close()


def said(platform: WebPlatform, native: str) -> str:
    return "\n".join(shown.text for shown in platform.chats[native].visible if shown.by != native)


async def until(look: Callable[[], bool]) -> None:
    for _ in range(1000):
        if look():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come")
