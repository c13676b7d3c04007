"""Backup, restore and the move to a server, as somebody at the terminal does them."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert

from bot.app import utc_now
from classroom.errors import DatabaseError
from storage import classrooms, reading
from storage.database import open_database
from storage.tables import metadata
from tests.architecture.source import ROOT
from tests.botapi import BotApiServer
from tests.conftest import FreshDatabase
from tests.databases import Kind, leave_empty
from tests.front.kit import configured, homeroom
from tests.process.warm import WarmBot
from tests.scenario.conftest import KEY, migrate
from tests.unit.test_backup import a_class, held


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "homeroom.key"
    path.write_bytes(KEY.read_bytes())
    path.chmod(0o600)
    return path


def test_there_and_back(
    database_kind: Kind, fresh_database: FreshDatabase, tmp_path: Path, key: Path
) -> None:
    source, target = fresh_database(database_kind, migrate), fresh_database(database_kind, leave_empty)
    a_class(source).close()
    file = tmp_path / "backup.zip"
    told = homeroom("backup", file, "--config", configured(tmp_path, source, key=key))
    assert told.code == 0 and str(key) in told.out and "NOT in it" in told.out
    told = homeroom("restore", file, "--config", configured(tmp_path, target, key=key), "--json")
    assert told.code == 0 and told.json["rows"] == sum(table.rows for table in held(source).values())
    assert held(target) == held(source)


def test_what_is_there_is_replaced_only_on_purpose(tmp_path: Path, key: Path) -> None:
    url = f"sqlite:///{tmp_path / 'class.db'}"
    a_class(url).close()
    config, file = configured(tmp_path, url, key=key), tmp_path / "backup.zip"
    assert homeroom("backup", file, "--config", config).code == 0
    before = held(url)
    told = homeroom("restore", file, "--config", config)
    assert told.code == 3 and "--force" in told.err
    told = homeroom("restore", file, "--config", config, "--force", say="n\n")
    assert told.code == 3 and "nothing was changed" in told.err and "Replace the" in told.err
    told = homeroom("restore", file, "--config", config, "--force", say="y\n")
    assert told.code == 0
    assert held(url) == before
    told = homeroom("backup", file, "--config", config)
    assert told.code == 2 and "--force" in told.err
    told = homeroom("restore", tmp_path / "none.zip", "--config", config, "--force", "--yes")
    assert told.code == 2 and "none.zip" in told.err


def test_a_running_bot_is_backed_up_and_never_overwritten(tmp_path: Path) -> None:
    with BotApiServer() as server:
        bot = WarmBot(tmp_path, server, f"sqlite:///{tmp_path / 'class.db'}")
        bot.start()
        try:
            told = homeroom("backup", tmp_path / "b.zip", "--config", bot.config, "--json")
            assert told.code == 0 and told.json["step"]
            homeroom("doctor", "--config", bot.config)
            told = homeroom("restore", tmp_path / "b.zip", "--config", bot.config, "--force", "--yes")
            assert told.code == 3 and "stop Homeroom first" in told.err
        finally:
            assert bot.stop()[0] == 0
    told = homeroom("restore", tmp_path / "b.zip", "--config", bot.config, "--force", "--yes")
    assert told.code == 0


def test_a_running_bot_knows_imported_children_at_once(tmp_path: Path) -> None:
    with BotApiServer() as server:
        bot = WarmBot(tmp_path, server, f"sqlite:///{tmp_path / 'class.db'}", '[hours]\nteacher = "off"\n')
        world, wang = server.world, server.world.user("王老师")
        bot.start()
        try:
            world.start(wang)
            bot.wait(lambda: world.inbox(wang), "a greeting")
            database = open_database(f"sqlite:///{tmp_path / 'class.db'}", tmp_path / "homeroom.key")
            with database.transaction() as records:
                classrooms.create(
                    records, "三年级2班", utc_now(), language="zh_CN", timezone="UTC", country="CN", by=None
                )
            database.close()
            named = ("--classroom", "三年级2班", "--config", bot.config)
            assert homeroom("teacher", "set", "--telegram", str(wang.id), *named).code == 0
            world.dm(wang, "/roster add 李雷")
            bot.wait(lambda: any("李雷" in m.text for m in world.inbox(wang)), "the first child")
            (tmp_path / "roster.csv").write_text("姓名\n孙悟空\n", encoding="utf-8")
            assert homeroom("roster", "import", tmp_path / "roster.csv", *named).code == 0
            world.dm(wang, "/roster")
            bot.wait(lambda: any("孙悟空" in m.text for m in world.inbox(wang)), "the imported child")
        finally:
            assert bot.stop()[0] == 0


def test_a_class_moves_to_a_server(fresh_database: FreshDatabase, tmp_path: Path, key: Path) -> None:
    source, target = f"sqlite:///{tmp_path / 'class.db'}", fresh_database("postgresql", leave_empty)
    a_class(source).close()
    config = configured(tmp_path, source, key=key)
    told = homeroom("migrate", "sqlite-to-postgres", "--to", target, "--config", config)
    assert told.code == 0 and f'key_file = "{key}"' in told.out and target not in told.out
    assert held(target) == held(source)
    again = homeroom("migrate", "sqlite-to-postgres", "--to", target, "--config", config)
    assert again.code == 3 and "rows already" in again.err
    wrong = homeroom("migrate", "sqlite-to-postgres", "--to", "mysql://x", "--config", config)
    assert wrong.code == 2 and "postgresql://" in wrong.err


def test_killed_in_the_middle_a_move_goes_on(
    fresh_database: FreshDatabase, tmp_path: Path, key: Path
) -> None:
    source, target = f"sqlite:///{tmp_path / 'class.db'}", fresh_database("postgresql", leave_empty)
    database = a_class(source)
    with database.transaction() as records:
        many = [
            {"platform": "x", "native": str(n), "kind": "private", "title": "", "door": "open"}
            | {"present": True, "admin": False, "rights": [], "introduced": False, "created_at": utc_now()}
            for n in range(4_000)
        ]
        records.connection().execute(insert(metadata.tables["chats"]), many)
    database.close()
    config = configured(tmp_path, source, key=key)
    words = [
        sys.executable,
        "-m",
        "bot",
        "migrate",
        "sqlite-to-postgres",
        "--to",
        target,
        "--config",
        str(config),
    ]
    process = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not _filling(target):
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    with pytest.raises(DatabaseError, match="interrupted"):
        open_database(target, key)
    told = homeroom("migrate", "sqlite-to-postgres", "--to", target, "--config", config)
    assert told.code == 0
    assert held(target) == held(source)
    open_database(target, key).close()


def _filling(target: str) -> bool:
    """Whether a table is being filled there; asked from next door, since a guest would be in the way."""
    there = reading.parse(target)
    with psycopg.connect(host=str(there.query["host"]), user="postgres", dbname="postgres") as connection:
        wanted = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND query LIKE 'INSERT INTO chats%%'"
        return connection.execute(wanted, [there.database]).fetchone() is not None


def test_a_backup_taken_while_much_is_written_is_of_one_moment(tmp_path: Path, key: Path) -> None:
    """Two rows are always written together: a backup has both or neither."""
    url = f"sqlite:///{tmp_path / 'class.db'}"
    a_class(url).close()
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "class.db")], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None and writer.stdout.readline() == "begun\n"
    try:
        config = configured(tmp_path, url, key=key)
        assert homeroom("backup", tmp_path / "b.zip", "--config", config).code == 0
    finally:
        writer.kill()
        writer.wait(10)
    there = f"sqlite:///{tmp_path / 'there.db'}"
    assert homeroom("restore", tmp_path / "b.zip", "--config", configured(tmp_path, there, key=key)).code == 0
    with sqlite3.connect(tmp_path / "there.db") as connection:
        (people,) = connection.execute("SELECT count(*) FROM people WHERE language = 'pair'").fetchone()
        (chats,) = connection.execute("SELECT count(*) FROM chats WHERE platform = 'pair'").fetchone()
    connection.close()
    assert people == chats > 0


WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
for number in range(10**9):
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO people (language, created_at) VALUES ('pair', 1)")
    connection.execute(
        "INSERT INTO chats (platform, native, kind, title, door, present, admin, rights, introduced, "
        "created_at) VALUES ('pair', ?, 'private', x'00', 'open', 1, 0, '[]', 0, 1)", [str(number)])
    connection.execute("COMMIT")
    if number == 5:
        print("begun", flush=True)
"""
