"""One browser and one playground for all tests of a worker; a context of its own for each window."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Request, async_playwright

from tests.browser import chromium
from tests.browser.window import PATIENCE, Window

ROOT = Path(__file__).parents[2]
Theme = Literal["light", "dark"]
WIDE = (1440, 900)
PHONE = (360, 740)


class OpenWindow(Protocol):
    """Opens the page as somebody; what the page asks for and complains of is looked at in the end."""

    def __call__(
        self,
        path: str = "",
        *,
        size: tuple[int, int] = WIDE,
        locale: str = "zh-CN",
        touch: bool = False,
        theme: Theme = "light",
        scale: float = 1,
        home: str | None = None,
    ) -> Awaitable[Window]: ...


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.skip(chromium.MISSING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        await browser.close()


@asynccontextmanager
async def started(language: str) -> AsyncIterator[str]:
    """Start a playground and give its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.browser.playground",
        language,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    address = re.search(r"http://127\.0\.0\.1:\d+/", line)
    assert address, "the playground did not say where it is"
    try:
        yield address[0]
    finally:
        process.terminate()
        await process.wait()


@pytest_asyncio.fixture(scope="session")
async def playground() -> AsyncIterator[str]:
    """Give the class that most tests share: each says words of its own."""
    async with started("zh_CN") as address:
        yield address


@pytest_asyncio.fixture(scope="module")
async def fresh() -> AsyncIterator[str]:
    """Give a class for the tests of one file, in which a day may pass."""
    async with started("zh_CN") as address:
        yield address


@pytest_asyncio.fixture
async def opened(browser: Browser, playground: str) -> AsyncIterator[OpenWindow]:
    windows: list[Window] = []

    async def open_window(
        path: str = "",
        *,
        size: tuple[int, int] = WIDE,
        locale: str = "zh-CN",
        touch: bool = False,
        theme: Theme = "light",
        scale: float = 1,
        home: str | None = None,
    ) -> Window:
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=locale,
            has_touch=touch,
            color_scheme=theme,
            device_scale_factor=scale,
        )
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        window = watched(Window(page, home or playground))
        windows.append(window)
        await page.goto(window.home + path)
        await page.locator(".person[aria-current]").wait_for(state="attached")
        return window

    yield open_window
    for window in windows:
        await window.page.context.close()
    assert [line for window in windows for line in window.complaints] == []
    assert {url for window in windows for url in window.asked if not _at_home(url, window.home)} == set()


def watched(window: Window) -> Window:
    """Note every request, and whatever the page's console has to complain of."""
    page: Page = window.page

    def asked(request: Request) -> None:
        window.asked.append(request.url)

    page.context.on("request", asked)
    page.on("websocket", lambda line: window.asked.append(line.url))
    page.on("pageerror", lambda error: window.complaints.append(str(error)))
    page.on("console", lambda said: window.complaints.append(said.text) if said.type == "error" else None)
    return window


def _at_home(url: str, home: str) -> bool:
    return url.startswith((home, home.replace("http", "ws", 1), "blob:", "data:"))
