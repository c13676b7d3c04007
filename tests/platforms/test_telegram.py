"""Telegram as a platform, against the stand-in for its server: beginning, and keeping secrets."""

import asyncio
import logging
from datetime import UTC, datetime

import pytest

from bot import ports
from bot.platforms.telegram import DefaultMenu, TelegramPlatform, TelegramSettings
from bot.ports import Done, Key, Refused
from classroom.addresses import ChatKind
from classroom.errors import ConfigError
from tests.botapi import BotApiServer, Chat, User, World
from tests.platforms.telegram_kit import (
    Memory,
    listening,
    post,
    settings,
    tell,
)


def test_it_is_everything_that_a_platform_can_be(server: BotApiServer) -> None:
    platform: ports.Platform = TelegramPlatform(settings(server), now=lambda: datetime.now(UTC))
    for able in (
        ports.PostsToGroup,
        ports.TellsPeople,
        ports.EditsPosts,
        ports.DeletesMessages,
        ports.PinsPosts,
        ports.Reacts,
        ports.RestrictsMembers,
        ports.SetsTags,
        ports.AnswersPresses,
        ports.KnowsMembers,
        ports.FetchesFiles,
        ports.ShowsMenus,
    ):
        assert isinstance(platform, able)


async def test_open_learns_who_the_bot_is(platform: TelegramPlatform) -> None:
    assert platform.name == "telegram"
    assert platform.mention == "homeroom_bot"
    assert platform.start_link("b-x_1") == "https://t.me/homeroom_bot?start=b-x_1"


async def test_open_outlives_a_server_that_is_not_well(server: BotApiServer) -> None:
    for kind in ("500", "html200", "half_json", "reset_before"):
        server.faults.next("getMe", kind)
    server.faults.next("deleteWebhook", "502")
    platform = TelegramPlatform(settings(server), now=lambda: datetime.now(UTC))
    await asyncio.wait_for(platform.open(), 5)
    assert platform.mention == "homeroom_bot"
    await platform.close()


async def test_a_token_that_telegram_refuses_is_named_with_its_cure(server: BotApiServer) -> None:
    token = "7000000001:AAwrong_wrong_wrong_wrong_wrong_wrong"
    platform = TelegramPlatform(TelegramSettings(token, api_root=server.url), now=lambda: datetime.now(UTC))
    with pytest.raises(ConfigError, match=r"telegram\.token.*BotFather") as caught:
        await platform.open()
    assert token not in str(caught.value)
    await platform.close()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (TelegramSettings(""), "token"),
        (TelegramSettings("bot7000000001:AAE"), "token"),
        (TelegramSettings("1:A", mode="webhook"), "webhook_url"),
        (
            TelegramSettings("1:A", mode="webhook", webhook_url="https://x.cn/telegram/webhook"),
            "webhook_secret",
        ),
        (TelegramSettings("1:A", poll_timeout=0), "poll_timeout"),
    ],
)
def test_settings_that_cannot_work_are_named(wrong: TelegramSettings, named: str) -> None:
    with pytest.raises(ConfigError, match=f"telegram.{named}"):
        TelegramPlatform(wrong, now=lambda: datetime.now(UTC))


async def test_default_menus_are_set_and_a_refused_one_does_not_stop_the_bot(
    server: BotApiServer, world: World, mother: User, group: Chat
) -> None:
    server.faults.next("setMyCommands", "500")
    help_ = (("help", "怎么用"),)
    menus = [
        DefaultMenu(ChatKind.GROUP, help_),
        DefaultMenu(ChatKind.GROUP, (*help_, ("rules", "群规"), ("表扬", "…"), ("help", "twice")), "zh"),
        DefaultMenu(ChatKind.PRIVATE, (("bind", "认领"),)),
    ]
    platform = TelegramPlatform(settings(server), now=lambda: datetime.now(UTC), menus=menus)
    await platform.open()
    assert world.menu(mother, group) == ["help", "rules"]
    assert world.menu(mother) == ["bind"]
    await platform.close()


async def test_no_token_and_no_text_gets_into_logs_or_outcomes(
    platform: TelegramPlatform,
    server: BotApiServer,
    world: World,
    group: Chat,
    mother: User,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    words = "李雷没有带作业本"
    world.start(mother)
    outcomes: list[object] = []
    for kind in ("500", "html200", "half_json", "reset_before", "silence", "429"):
        server.faults.next("sendMessage", kind, seconds=1)
        outcomes.append(await tell(platform, mother, words))
    outcomes.append(await tell(platform, mother, words, Key("x", payload="私" * 5000)))
    server.faults.next("getUpdates", "half_json", 2)
    memory = Memory(platform)
    async with listening(platform, memory):
        await world.eventually(lambda: memory.kept)
    printed = capsys.readouterr()
    # the stand-in's own server logs what it is asked, as Telegram may
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    seen = repr(logged) + printed.out + printed.err + repr(outcomes) + repr(settings(server))
    for secret in (server.token, server.token.partition(":")[2], words, "私"):
        assert secret not in seen


async def test_an_error_that_quotes_us_is_cut_before_that(
    platform: TelegramPlatform, world: World, server: BotApiServer, group: Chat
) -> None:
    outcome = await post(platform, group, "<a href='bad:'>x</a>", Key("x", payload="a" * 3000))
    assert isinstance(outcome, Refused | Done)
    if isinstance(outcome, Refused):
        assert "aaa" not in outcome.detail
