"""Telegram calls us: who may, what we answer, and when."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette

from bot.platforms.telegram import TelegramPlatform, TelegramSettings
from classroom.errors import ConfigError
from tests.botapi import BotApiServer
from tests.platforms.telegram_kit import (
    Memory,
)

SECRET = "a-secret-of-the-webhook-0123456789"


@pytest.fixture
async def hooked(server: BotApiServer) -> AsyncIterator[TelegramPlatform]:
    platform = TelegramPlatform(
        TelegramSettings(
            server.token,
            api_root=server.url,
            mode="webhook",
            webhook_url="http://127.0.0.1:9/telegram/webhook",
            webhook_secret=SECRET,
        ),
        now=lambda: datetime.now(UTC),
    )
    await platform.open()
    yield platform
    await platform.close()


def client(platform: TelegramPlatform, memory: Memory) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=platform.webhook_routes(memory)))
    return httpx.AsyncClient(transport=transport, base_url="http://class")


HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
UPDATE = {"update_id": 7, "message": {"message_id": 1}}


async def test_the_webhook_is_set_with_its_secret(hooked: TelegramPlatform, server: BotApiServer) -> None:
    [call] = server.calls("setWebhook")
    assert call.params["secret_token"] == SECRET
    assert json.loads(str(call.params["allowed_updates"]).replace("'", '"')) == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "chat_member",
    ]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(hooked.listen(Memory(hooked)), 0.05)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (HEADERS, json.dumps(UPDATE).encode(), 200),
        ({}, json.dumps(UPDATE).encode(), 401),
        ({"X-Telegram-Bot-Api-Secret-Token": "wrong"}, json.dumps(UPDATE).encode(), 403),
        ({"X-Telegram-Bot-Api-Secret-Token": "密"}, b"{}", 403),
        (HEADERS, b"{", 400),
        (HEADERS, b"[" * 100_000, 400),
        (HEADERS, b"[1]", 400),
        (HEADERS, b'{"update_id": "7"}', 400),
        (HEADERS, b" " * (1 << 20) + b"{}", 413),
    ],
)
async def test_the_webhook_answers(
    hooked: TelegramPlatform, headers: dict[str, str], body: bytes, status: int
) -> None:
    memory = Memory(hooked)
    async with client(hooked, memory) as http:
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        answer = await http.post("/telegram/webhook", headers=sent, content=body)
    assert (answer.status_code, answer.content) == (status, b"")
    assert memory.keys == (["telegram:7"] if status == 200 else [])


async def test_the_webhook_takes_nothing_that_is_not_stored(hooked: TelegramPlatform) -> None:
    memory = Memory(hooked, fails=1)
    async with client(hooked, memory) as http:
        assert (await http.post("/telegram/webhook", headers=HEADERS, json=UPDATE)).status_code == 503
        assert (await http.post("/telegram/webhook", headers=HEADERS, json=UPDATE)).status_code == 200
    assert memory.keys == ["telegram:7"]


async def test_who_has_no_secret_is_not_listened_to(hooked: TelegramPlatform) -> None:
    read: list[bytes] = []

    async def body() -> AsyncIterator[bytes]:
        for piece in (b"{", b"}"):
            read.append(piece)
            yield piece

    async with client(hooked, Memory(hooked)) as http:
        assert (await http.post("/telegram/webhook", content=body())).status_code == 401
    assert read == []


def test_polling_has_no_webhook(platform: TelegramPlatform) -> None:
    assert platform.webhook_routes(Memory(platform)) == []


async def test_a_webhook_that_telegram_refuses_is_named(server: BotApiServer) -> None:
    wrong = TelegramSettings(
        server.token,
        api_root=server.url,
        mode="webhook",
        webhook_url="http://school.example/telegram/webhook",
        webhook_secret=SECRET,
    )
    platform = TelegramPlatform(wrong, now=lambda: datetime.now(UTC))
    with pytest.raises(ConfigError, match=r"telegram\.webhook_url"):
        await platform.open()
    await platform.close()
