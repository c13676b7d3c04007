"""Start, stop, kill: what the person who runs it would see."""

import socket
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.botapi import BotApiServer
from tests.conftest import FreshDatabase
from tests.databases import Kind, leave_empty
from tests.process.runner import Bot
from tests.process.warm import WarmBot


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server
        assert server.violations == []
        assert server.defects == []


@pytest.fixture
def bot(
    tmp_path: Path, server: BotApiServer, database_kind: Kind, fresh_database: FreshDatabase
) -> Iterator[Bot]:
    bot = WarmBot(tmp_path, server, fresh_database(database_kind, leave_empty))
    yield bot
    bot.close()


def test_it_answers_and_stops_cleanly(bot: Bot, server: BotApiServer) -> None:
    world = server.world
    wang = world.user("王老师")
    bot.start()
    world.start(wang)
    world.dm(wang, "/help")
    bot.wait(lambda: any("/help" in m.text for m in world.inbox(wang)), "an answer")
    code, seconds = bot.stop()
    assert code == 0
    assert seconds < 10
    assert server.token not in bot.logged()


def test_an_update_is_confirmed_only_after_it_was_stored(bot: Bot, server: BotApiServer) -> None:
    """Killed at any moment, every /help is answered, and at most those in flight twice."""
    world = server.world
    people = [world.user(f"家长{n}") for n in range(10)]
    bot.start()
    for person in people:
        world.start(person)
    bot.wait(lambda: len(server.calls("sendMessage")) > 3, "some answers")
    bot.kill()
    for person in people:
        world.dm(person, "/help")
    bot.start()
    bot.wait(lambda: len(server.calls("sendMessage")) > 13, "more answers")
    bot.kill()
    bot.start()
    bot.wait(lambda: all(sum("/help" in m.text for m in world.inbox(p)) for p in people), "an answer to each")
    code, _ = bot.stop()
    assert code == 0


def test_the_database_is_for_its_owner_only(tmp_path: Path, server: BotApiServer) -> None:
    bot = WarmBot(tmp_path, server, f"sqlite:///{tmp_path / 'class.db'}")
    bot.start()
    assert stat.S_IMODE((tmp_path / "class.db").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "homeroom.key").stat().st_mode) == 0o600
    assert bot.stop()[0] == 0


def test_a_newer_database_is_refused_and_not_touched(tmp_path: Path, server: BotApiServer) -> None:
    bot = WarmBot(tmp_path, server, f"sqlite:///{tmp_path / 'class.db'}")
    bot.start()
    bot.stop()
    with sqlite3.connect(tmp_path / "class.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(AssertionError, match="does not know"):
        bot.start()
    assert bot.code() == 3


def test_by_webhook_an_update_gets_its_200_after_the_commit(tmp_path: Path, server: BotApiServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    hook = f'mode = "webhook"\nwebhook_url = "http://127.0.0.1:{port}/telegram/webhook"\n'
    bot = WarmBot(tmp_path, server, f"sqlite:///{tmp_path / 'class.db'}", f"[web]\nport = {port}\n")
    text = bot.config.read_text().replace(
        "[telegram]\n", f'[telegram]\n{hook}webhook_secret = "0123456789abcdef"\n'
    )
    bot.config.write_text(text)
    world = server.world
    wang = world.user("王老师")
    bot.start()
    world.start(wang)
    bot.wait(lambda: world.inbox(wang), "an answer")
    forged = httpx.post(f"http://127.0.0.1:{port}/telegram/webhook", json={"update_id": 1})
    assert forged.status_code == 401
    assert bot.stop()[0] == 0


def test_a_taken_port_is_said_in_one_line(tmp_path: Path, server: BotApiServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        hook = 'mode = "webhook"\nwebhook_url = "http://127.0.0.1/x"\nwebhook_secret = "0123456789abcdef"\n'
        bot = WarmBot(tmp_path, server, f"sqlite:///{tmp_path / 'class.db'}", f"[web]\nport = {port}\n")
        bot.config.write_text(bot.config.read_text().replace("[telegram]\n", f"[telegram]\n{hook}"))
        with pytest.raises(AssertionError, match=r"\[web\] 127.0.0.1:\d+ cannot be listened on"):
            bot.start()
    assert bot.code() == 2


def test_the_menus_are_there_in_both_languages(tmp_path: Path, server: BotApiServer) -> None:
    bot = Bot(tmp_path, server, f"sqlite:///{tmp_path / 'class.db'}")
    bot.start()
    menu = server.world.menu(server.world.user("路人"))
    assert {"help", "me", "bind"} <= set(menu) and "concern" not in menu and "roster" not in menu
    assert bot.stop()[0] == 0
