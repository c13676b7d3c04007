"""A Telegram for each test: the stand-in, a class group in it, and our platform opened against it."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from bot.platforms.telegram import TelegramPlatform
from tests.botapi import BotApiServer, Chat, User, World
from tests.botapi.world import CLASS_RIGHTS
from tests.platforms.telegram_kit import settings


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server
        assert server.defects == []
        assert server.violations == []


@pytest.fixture
def world(server: BotApiServer) -> World:
    return server.world


@pytest.fixture
async def platform(server: BotApiServer) -> AsyncIterator[TelegramPlatform]:
    platform = TelegramPlatform(settings(server), now=lambda: datetime.now(UTC))
    await platform.open()
    yield platform
    await platform.close()


@pytest.fixture
def teacher(world: World) -> User:
    return world.user("王老师", "teacher_wang")


@pytest.fixture
def mother(world: World) -> User:
    return world.user("张小明妈妈")


@pytest.fixture
def group(world: World, teacher: User, mother: User) -> Chat:
    group = world.group("三年级2班", teacher)
    world.populate(group, mother)
    world.add_bot(group, CLASS_RIGHTS)
    world.say(mother, group, "您好")
    return group
