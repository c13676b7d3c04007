"""A school that has the AI bot and no public address, at the terminal."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aibotapi import AiBotServer
from tests.front.kit import findings, homeroom
from tests.scenario.conftest import KEY


@pytest.fixture(scope="module")
def server() -> Iterator[AiBotServer]:
    """The stand-in in a thread with a loop of its own, since the program has one too."""
    made, ready, done = AiBotServer(), threading.Event(), threading.Event()

    async def serve() -> None:
        async with made:
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(5)
    yield made
    done.set()
    thread.join(5)
    assert made.violations == []


def written(folder: Path, server: AiBotServer, *lines: str) -> Path:
    path = folder / "config.toml"
    database = [f'url = "sqlite:///{folder / "class.db"}"', f'key_file = "{KEY}"']
    bot = [f'id = "{server.phones.bot_id}"', f'url = "{server.url}"', *lines]
    path.write_text("\n".join(["[storage]", *database, "[wecom.bot]", *bot]), encoding="utf-8")
    path.chmod(0o600)
    return path


def test_the_doctor_knocks_and_does_not_take_the_running_bots_connection(
    tmp_path: Path, server: AiBotServer
) -> None:
    secret = server.phones.secret
    told = homeroom("doctor", "--json", "--config", written(tmp_path, server, f'secret = "{secret}"'))
    [(weight, what, _)] = findings(told, "wecom.bot")
    assert weight == "ok" and "answers" in what and server.subscribed == 0
    assert secret not in told.out + told.err and findings(told, "token") == []


def test_a_wrong_secret_ends_the_start(tmp_path: Path, server: AiBotServer) -> None:
    told = homeroom("run", "--config", written(tmp_path, server, 'secret = "the-secret-of-last-year"'))
    assert told.code == 2 and "wecom.bot.secret: " in told.err and "853000" in told.err
    assert "the-secret-of-last-year" not in told.out + told.err


def test_what_is_set_half_is_named_in_one_line(tmp_path: Path, server: AiBotServer) -> None:
    for command in ("run", "doctor"):
        told = homeroom(command, "--config", written(tmp_path, server))
        assert told.code == 2 and "wecom.bot.secret: " in told.out + told.err
