"""A slow line and a broken one: typing stays instant, and what was said arrives once."""

from __future__ import annotations

import asyncio
import json
import re

from playwright.async_api import WebSocketRoute, expect

from tests.browser.conftest import OpenWindow
from tests.browser.window import Window

LINE = re.compile(r"/ws\?")


class Line:
    """Stands between the page and the server, and can be slow, or break."""

    def __init__(self) -> None:
        self.held: list[tuple[WebSocketRoute, str]] = []
        self.says: list[str] = []
        self.slow = False
        self.broken = False
        self.server: WebSocketRoute | None = None
        self.page: WebSocketRoute | None = None

    async def connect(self, page: WebSocketRoute) -> None:
        if self.broken:
            await page.close()
            return
        self.page, self.server = page, page.connect_to_server()
        server = self.server

        def towards_server(frame: str | bytes) -> None:
            text = str(frame)
            said = json.loads(text)
            if said["do"] == "say":
                self.says.append(said["id"])
            if self.slow and said["do"] == "say":
                self.held.append((server, text))
            else:
                server.send(text)

        page.on_message(towards_server)

    def catch_up(self) -> None:
        self.slow = False
        for server, text in self.held:
            server.send(text)
        self.held.clear()


async def on_a(line: Line, opened: OpenWindow) -> Window:
    window = await opened("?as=wang")
    await window.page.route_web_socket(LINE, line.connect)
    await window.page.reload()
    await window.is_now("wang")
    return window


async def test_on_a_slow_line_a_message_stands_at_once_and_is_sent_once(opened: OpenWindow) -> None:
    line = Line()
    window = await on_a(line, opened)
    line.slow = True
    await window.types("group", "慢慢来，不着急。")
    await expect(window.field("group")).to_have_value("")
    waiting = await window.sees("group", "慢慢来，不着急。")
    await expect(waiting).to_have_attribute("data-state", "sending")
    await expect(waiting.get_by_label("正在发送")).to_be_visible()
    await window.field("group").fill("接着写")
    line.catch_up()
    await window.settled("group", "慢慢来，不着急。")
    await expect(window.field("group")).to_have_value("接着写")
    assert len(line.says) == 1
    await window.field("group").fill("")


async def test_what_is_said_while_the_line_is_down_is_sent_when_it_is_back_and_once(
    opened: OpenWindow,
) -> None:
    line = Line()
    window = await on_a(line, opened)
    line.slow = line.broken = True
    await window.types("group", "断线时说的一句话。")
    await expect(window.last("group", "断线时说的一句话。")).to_have_attribute("data-state", "sending")
    line.catch_up()  # it reaches the server, but the answer does not come back:
    assert line.page is not None
    await line.page.close()
    await window.types("group", "断线以后说的。")
    await expect(window.page.locator("#away")).to_contain_text("连不上服务器")
    line.broken = False
    await window.page.locator("#away button").click()
    await window.settled("group", "断线以后说的。")
    await window.settled("group", "断线时说的一句话。")
    await expect(window.page.locator("#away")).to_be_hidden()
    await asyncio.sleep(0)
    other = await opened("?as=han")
    await expect(other.messages("group", "断线时说的一句话。")).to_have_count(1)
    await expect(other.messages("group", "断线以后说的。")).to_have_count(1)


async def test_a_message_that_is_refused_says_why_and_can_be_sent_again_or_dropped(
    opened: OpenWindow,
) -> None:
    window = await opened("?as=wang")
    await window.types("group", "长" * 4200)
    failed = window.messages("group").and_(window.page.locator("[data-state=failed]"))
    await expect(failed.get_by_role("alert")).to_contain_text("4096")
    await failed.get_by_role("button", name="再发一次").click()
    await expect(failed.get_by_role("alert")).to_contain_text("4096")
    await failed.get_by_role("button", name="不发了").click()
    await expect(failed).to_have_count(0)
