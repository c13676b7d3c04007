"""Posting by a group's webhook: what WeCom takes and refuses, and the key that is nowhere else."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from markupsafe import escape

from bot.platforms.tencent.line import Times
from bot.platforms.wecom_webhook import WebhookPlatform
from bot.ports import Done, Failure, Key, Outcome, Refused, TryAgain
from classroom.addresses import GroupAddress
from classroom.effects import Enclosed
from classroom.errors import DatabaseError
from classroom.text import PrivateText, PublicText
from tests.contract.test_saying import TYPED
from tests.leaks import every_log_line
from tests.wecomapi.webhook import WebhookServer

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


class Desk:
    """One group, and what posts into it."""

    def __init__(self, server: WebhookServer) -> None:
        self.server, self.group = server, server.group()
        self.later, self.away = 0.0, False
        self.platform = WebhookPlatform(
            server.url,
            self._token,
            alone="请私聊班务助手。",
            clock=lambda: time.monotonic() + self.later,
            times=Times(connect=2.0, read=1.0, whole=5.0),
        )

    async def _token(self, native: str) -> str | None:
        if self.away:
            raise DatabaseError("the disk is full")
        return self.group.key if native == "hook:1" else None

    async def post(self, typed: str, *keys: Key, files: tuple[Enclosed, ...] = ()) -> Outcome:
        to = GroupAddress(1, "wecom.webhook", "hook:1")
        return await self.platform.post(to, PublicText(str(escape(typed))), keys, None, files)


@pytest.fixture(scope="module")
def server() -> Iterator[WebhookServer]:
    with WebhookServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture
async def desk(server: WebhookServer) -> AsyncIterator[Desk]:
    server.clear()
    made = Desk(server)
    yield made
    await made.platform.close()


async def test_text_is_shown_as_typed_and_a_long_one_in_parts(desk: Desk) -> None:
    for typed in TYPED.values():
        assert isinstance(await desk.post(typed), Done)
        assert desk.group.screen[-1].text == typed
    before = len(desk.group.screen)
    long = "\n\n".join(f"第{n}段。请穿校服，带好水。" for n in range(200))
    assert isinstance(await desk.post(long, Key("收到", token="t")), Done)
    shown = "".join(one.text for one in desk.group.screen[before:])
    assert "".join(shown.split()) == "".join(long.split()) + "请私聊班务助手。"


async def test_a_page_stands_where_a_button_would(desk: Desk) -> None:
    await desk.post("春游", Key("去回答", url="https://class.example/f/abc"))
    assert desk.group.screen[-1].text == "春游\n\n去回答 https://class.example/f/abc"
    link = PublicText('见<a href="https://school.example/a">校历</a>。')
    await desk.platform.post(GroupAddress(1, "wecom.webhook", "hook:1"), link, (), None, ())
    assert desk.group.screen[-1].text == "见校历 https://school.example/a。"


async def test_pictures_and_files_come_first(desk: Desk) -> None:
    large = os.urandom(3 << 20)
    files = tuple(
        Enclosed(kind, name, data=base64.b64encode(data).decode())
        for kind, name, data in (("photo", "a.png", PNG), ("document", "名册.xlsx", large))
    )
    assert isinstance(await desk.post("给大家", files=files), Done)
    assert [(one.kind, one.filename) for one in desk.group.screen] == [
        ("image", ""),
        ("file", "名册.xlsx"),
        ("text", ""),
    ]
    assert desk.group.screen[0].data == PNG and desk.group.screen[1].data == large
    assert await desk.post("空", files=(Enclosed("document", "a"),)) == Refused(
        Failure.REFUSED, "a file without content"
    )


async def test_the_twenty_first_of_a_minute_waits(desk: Desk) -> None:
    for n in range(20):
        assert isinstance(await desk.post(str(n)), Done)
    again = await desk.post("二十一")
    assert isinstance(again, TryAgain) and again.why == "own limit" and 50 < (again.after or 0) <= 60
    assert len(desk.group.screen) == 20
    desk.later = desk.server.later = 61.0
    assert isinstance(await desk.post("二十一"), Done)
    desk.server.later = 0.0


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (45009, TryAgain("45009", 60.0)),
        (-1, TryAgain("-1", None)),
        (93000, Refused(Failure.GONE, "93000")),
        (45002, Refused(Failure.REFUSED, "45002")),
        ("502", TryAgain("HTTP 502", None, uncertain=True)),
        ("html200", TryAgain("JSONDecodeError", None, uncertain=True)),
    ],
)
async def test_what_is_refused_is_said_so(desk: Desk, fault: int | str, result: Outcome) -> None:
    desk.server.fault("webhook/send", fault)
    found = await desk.post("春游")
    assert type(found) is type(result)
    if isinstance(found, TryAgain) and isinstance(result, TryAgain):
        assert (found.after, found.uncertain) == (result.after, result.uncertain)
    else:
        assert found == result


async def test_nothing_private_and_no_key_leaves_the_house(desk: Desk) -> None:
    to = GroupAddress(1, "wecom.webhook", "hook:1")
    unchecked: Callable[..., Awaitable[Outcome]] = desk.platform.post
    with every_log_line() as lines:
        leak = await unchecked(to, PrivateText("李雷没有带作业本"), (), None, ())
        file = Enclosed("document", "a.csv", data="QUJDREVGRw==", private=True)
        outcomes = [leak, await desk.post("表", files=(file,)), await desk.post("")]
        for fault in ("reset_after", "reset_before", "500", 93000):
            desk.server.fault("webhook/send", fault)
            outcomes.append(await desk.post("春游"))
        desk.away = True
        outcomes.append(await desk.post("春游"))
        elsewhere = GroupAddress(1, "wecom.webhook", "hook:2")
        desk.away = False
        outcomes.append(await desk.platform.post(elsewhere, PublicText("春游"), (), None, ()))
    assert outcomes[:2] == [Refused(Failure.LEAK)] * 2
    assert outcomes[-2:] == [TryAgain("the database is away"), Refused(Failure.NOT_FOUND, "no webhook")]
    assert desk.group.key not in repr(outcomes) + repr(lines)
    assert not any("作业本" in one.text for one in desk.group.screen)
