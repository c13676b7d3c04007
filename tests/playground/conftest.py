"""A playground without its page, whose people act at once."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest

from bot.demo.house import House, build

TODAY = date(2026, 11, 22)
HOME = "http://127.0.0.1:8765/"
Lived = Callable[[str], Awaitable[House]]


@pytest.fixture(scope="session")
async def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Open a class of a language that has lived through its first days, a fresh copy each time."""
    kept: dict[str, Path] = {}

    async def open_one(language: str) -> House:
        if language not in kept:
            kept[language] = tmp_path_factory.mktemp(language) / "class.db"
            await (await build(language, HOME, kept[language], TODAY)).end()
        copy = tmp_path_factory.mktemp("copy")
        shutil.copytree(kept[language].parent, copy, dirs_exist_ok=True)
        return await build(language, HOME, copy / "class.db", TODAY)

    return open_one


@pytest.fixture(params=["zh_CN", "en"])
async def house(request: pytest.FixtureRequest, lived: Lived) -> AsyncIterator[House]:
    """A class on its first morning; its clock stands still."""
    house = await lived(request.param)
    yield house
    await house.end()
