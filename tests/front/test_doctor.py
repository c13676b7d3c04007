"""`homeroom doctor` finds what is wrong, says what to do, and changes nothing."""

from __future__ import annotations

import hashlib
import http.server
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from classroom.addresses import ChatKind
from classroom.people import Role
from storage import classrooms, queue
from storage.database import Database, open_database
from storage.migrations import HEAD
from storage.queue import NewEvent
from storage.tables import Chat, DeliveryRow, Person
from tests.botapi import BotApiServer
from tests.botapi.world import CLASS_RIGHTS
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.front.kit import TOKEN, configured, findings, homeroom, level
from tests.process.runner import Bot
from tests.scenario.conftest import KEY, migrate

NOW = datetime.now(UTC)


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server
        assert server.violations == []
        assert server.defects == []


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "homeroom.key"
    path.write_bytes(KEY.read_bytes())
    path.chmod(0o600)
    return path


@pytest.fixture
def url(database_kind: Kind, fresh_database: FreshDatabase) -> str:
    return fresh_database(database_kind, migrate)


def with_a_class(url: str, *, teacher: bool = True) -> int:
    database = open_database(url, KEY, durable=False)
    with database.transaction() as records:
        made = classrooms.create(
            records, "三年级2班", NOW, language="zh_CN", timezone="Asia/Shanghai", country="CN", by=None
        )
        if teacher:
            person = Person(created_at=NOW)
            records.add(person)
            records.flush()
            classrooms.grant(records, made.id, person.id, Role.TEACHER, NOW, by=None, head=True)
        number = made.id
    database.close()
    return number


def with_a_group(url: str, native: str, classroom: int | None) -> None:
    database = open_database(url, KEY, durable=False)
    with database.transaction() as records:
        chat = Chat(platform="telegram", native=native, kind=ChatKind.GROUP, title="群", created_at=NOW)
        chat.classroom_id = classroom
        records.add(chat)
    database.close()


def test_before_the_first_start_all_is_well(tmp_path: Path, server: BotApiServer) -> None:
    config = configured(
        tmp_path, f"sqlite:///{tmp_path / 'class.db'}", api_root=server.url, key=tmp_path / "new.key"
    )
    told = homeroom("doctor", "--config", config)
    assert told.code == 0
    assert "✓ token" in told.out and "@homeroom_bot" in told.out and "first start" in told.out
    assert TOKEN not in told.out + told.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["config.toml"]  # it has made nothing


def test_a_class_in_order(tmp_path: Path, url: str, server: BotApiServer, key: Path) -> None:
    world = server.world
    group = world.group("三年级2班", world.user("王老师"))
    world.add_bot(group, CLASS_RIGHTS)
    with_a_group(url, str(group.id), with_a_class(url))
    told = homeroom("doctor", "--json", "--config", configured(tmp_path, url, api_root=server.url, key=key))
    assert told.code == 0 and told.json["level"] == "ok"
    (one,) = findings(told, "group")
    assert one[0] == "ok" and "三年级2班" in one[1]
    assert f"step {HEAD}" in findings(told, "database")[0][1]
    assert level(told, "classes") == level(told, "backlog") == level(told, "key") == ["ok"]


def test_rights_that_are_missing_are_named(tmp_path: Path, url: str, server: BotApiServer, key: Path) -> None:
    world = server.world
    teacher = world.user("王老师")
    groups = [world.group(title, teacher) for title in ("一", "二", "三")]
    world.add_bot(groups[0], ("can_pin_messages",))
    world.add_bot(groups[1])
    world.add_bot(groups[2], CLASS_RIGHTS)
    world.remove_bot(groups[2])
    number = with_a_class(url, teacher=False)
    for group in groups:
        with_a_group(url, str(group.id), number)
    config = configured(tmp_path, url, api_root=server.url, key=key)
    told = homeroom("doctor", "--json", "--config", config)
    assert told.code == 1
    pins, ordinary, gone = findings(told, "group")
    assert "delete messages" in pins[1] and "pin messages" not in pins[1] and "administrator" in pins[2]
    assert ordinary[0] == "warning" and gone[0] == "warning" and "no longer there" in gone[1]
    assert [f[0] for f in findings(told, "classes")] == ["warning", "ok"]
    assert "homeroom teacher set" in findings(told, "classes")[0][2]
    world.privacy = True
    told = homeroom("doctor", "--json", "--config", config)
    assert told.code == 3 and "/setprivacy" in findings(told, "privacy")[0][2]
    assert [f[0] for f in findings(told, "group")] == ["warning", "failure", "warning"]


def test_a_token_that_is_not_known(tmp_path: Path, server: BotApiServer) -> None:
    config = configured(tmp_path, f"sqlite:///{tmp_path / 'class.db'}", api_root=server.url)
    config.write_text(config.read_text().replace(TOKEN, "123:abc"))
    told = homeroom("doctor", "--config", config)
    assert told.code == 3 and "✗ token" in told.out and "@BotFather" in told.out
    assert "123:abc" not in told.out + told.err


def test_telegram_cannot_be_reached(tmp_path: Path) -> None:
    told = homeroom(
        "doctor", "--json", "--config", configured(tmp_path, f"sqlite:///{tmp_path / 'class.db'}")
    )
    assert told.code == 3 and "http://127.0.0.1:1" in findings(told, "telegram")[0][2]
    assert TOKEN not in told.out + told.err


def test_a_configuration_that_cannot_be_used(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[telegrm]\n")
    told = homeroom("doctor", "--config", config)
    assert told.code == 2 and "✗ configuration" in told.out
    assert "[telegrm] is not a setting" in told.out
    assert homeroom("doctor", "--json", "--config", tmp_path / "none.toml").code == 2


def test_files_that_others_can_read(tmp_path: Path, url: str, server: BotApiServer, key: Path) -> None:
    config = configured(tmp_path, url, api_root=server.url, key=key)
    config.chmod(0o644)
    key.chmod(0o640)
    told = homeroom("doctor", "--json", "--config", config)
    assert told.code == 1
    assert findings(told, "configuration")[0][2] == f"chmod 600 {config}"
    assert findings(told, "key")[0][2] == f"chmod 600 {key}"


def test_a_key_that_is_missing_or_another(tmp_path: Path, url: str, server: BotApiServer, key: Path) -> None:
    config = configured(tmp_path, url, api_root=server.url, key=key)
    key.write_text("eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=")
    assert "does not belong" in findings(homeroom("doctor", "--json", "--config", config), "key")[0][1]
    key.write_text("not a key")
    assert level(homeroom("doctor", "--json", "--config", config), "key") == ["failure"]
    key.unlink()
    told = homeroom("doctor", "--json", "--config", config)
    assert told.code == 3 and "missing" in findings(told, "key")[0][1]
    assert not key.exists()


def test_a_database_of_another_step(tmp_path: Path, server: BotApiServer, key: Path) -> None:
    url = f"sqlite:///{tmp_path / 'class.db'}"
    open_database(url, key).close()
    config = configured(tmp_path, url, api_root=server.url, key=key)
    for step, code, said in (
        ("0001", 1, "brings it up to date"),
        ("9999", 3, "newer Homeroom"),
        (f"restoring {HEAD}", 3, "run it again"),
    ):
        with sqlite3.connect(tmp_path / "class.db") as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", [step])
        connection.close()
        before = hashlib.sha256((tmp_path / "class.db").read_bytes()).digest()
        told = homeroom("doctor", "--json", "--config", config)
        assert told.code == code and said in findings(told, "database")[0][2]
        assert hashlib.sha256((tmp_path / "class.db").read_bytes()).digest() == before


def test_a_database_that_is_away_or_damaged(tmp_path: Path, server: BotApiServer, key: Path) -> None:
    away = configured(tmp_path, "postgresql://me:hush@127.0.0.1:1/x", api_root=server.url, key=key)
    told = homeroom("doctor", "--json", "--config", away)
    assert told.code == 3 and level(told, "database") == ["failure"] and "hush" not in told.out
    (tmp_path / "broken.db").write_bytes(b"this is no database at all" * 100)
    broken = configured(tmp_path, f"sqlite:///{tmp_path / 'broken.db'}", api_root=server.url, key=key)
    assert level(homeroom("doctor", "--json", "--config", broken), "database") == ["failure"]


def burdened(database: Database) -> None:
    """An event nobody handled, a message that was given up and one that may have come twice."""
    old = NOW - timedelta(hours=3)
    with database.transaction() as records:
        queue.store_events(records, [NewEvent("telegram:1", "telegram", "{}", old)], old)
        queue.store_events(records, [NewEvent("telegram:2", "telegram", "{}", old)], old)
        two = [e.id for e in queue.pending_events(records, NOW, 10) if e.key == "telegram:2"]
        queue.finish_events(records, two, "failed", old, error="KeyError")
        chat = Chat(platform="telegram", native="7", kind=ChatKind.PRIVATE, created_at=old)
        records.add(chat)
        records.flush()
        for state in ("dead", "pending"):
            records.add(
                DeliveryRow(
                    chat_id=chat.id,
                    chat_kind="private",
                    audience="public",
                    kind="tell",
                    lane="talk",
                    lane_key="chat:7",
                    state=state,
                    due_at=old,
                    created_at=old,
                    possible_duplicates=1,
                    platform="telegram",
                )
            )


def test_what_waits_and_what_was_given_up(tmp_path: Path, url: str, server: BotApiServer, key: Path) -> None:
    database = open_database(url, KEY, durable=False)
    burdened(database)
    database.close()
    config = configured(tmp_path, url, api_root=server.url, key=key)
    told = homeroom("doctor", "--json", "--config", config)
    assert told.code == 1
    said = " ".join(what for _, what, _ in findings(told, "backlog"))
    assert "events that wait: 1, the oldest for 3 hours" in said and "late: 1" in said
    assert [f[0] for f in findings(told, "deliveries")] == ["warning", "ok"]
    assert "twice, after a break in the line: 2" in findings(told, "deliveries")[1][1]
    assert level(told, "events") == ["warning"]
    unwell = homeroom("health", "--config", config)
    assert unwell.code == 3 and "wait" in unwell.err


def test_a_webhook_left_behind(tmp_path: Path, server: BotApiServer) -> None:
    config = configured(tmp_path, f"sqlite:///{tmp_path / 'class.db'}", api_root=server.url)
    set_webhook(server, "https://old.example.org/telegram/webhook")
    told = homeroom("doctor", "--json", "--config", config)
    assert told.code == 1 and "homeroom run" in findings(told, "webhook")[0][2]


def set_webhook(server: BotApiServer, address: str) -> None:
    assert httpx.post(f"{server.url}/bot{server.token}/setWebhook", json={"url": address}).json()["ok"]


def test_a_webhook_at_work(tmp_path: Path, server: BotApiServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    bot = Bot(
        tmp_path, server, f"sqlite:///{tmp_path / 'class.db'}", f"[web]\nport = {port}\nobserve = true\n"
    )
    hook = f'mode = "webhook"\nwebhook_url = "http://127.0.0.1:{port}/telegram/webhook"\n'
    secret = 'webhook_secret = "0123456789abcdef"\n'
    bot.config.write_text(bot.config.read_text().replace("[telegram]\n", f"[telegram]\n{hook}{secret}"))
    idle = homeroom("doctor", "--json", "--config", bot.config)
    assert level(idle, "webhook") == ["warning", "warning"]  # none is set, and nobody answers
    assert "Homeroom running" in findings(idle, "webhook")[1][2]
    bot.start()
    try:
        busy = homeroom("doctor", "--json", "--config", bot.config)
        live = homeroom("doctor", "--live", f"http://127.0.0.1:{port}")
        well = homeroom("health", "--config", bot.config)
    finally:
        assert bot.stop()[0] == 0
    assert level(busy, "webhook") == ["ok", "ok"]
    assert live.code == 0 and "✓ database" in live.out
    assert well.code == 0 and well.out == "well\n"
    server.world.start(server.world.user("王老师"))  # while nobody answers at the webhook
    bot.process = None
    bot.wait(
        lambda: "last_error_message" in asked(server, "getWebhookInfo"), "a failed attempt of Telegram's"
    )
    failed = findings(homeroom("doctor", "--json", "--config", bot.config), "webhook")
    assert [one[0] for one in failed] == ["ok", "failure", "warning"]
    assert "last attempt failed" in failed[1][1] and "wait: 1" in failed[1][1]


def asked(server: BotApiServer, method: str) -> str:
    return httpx.get(f"{server.url}/bot{server.token}/{method}").text


@contextmanager
def late_server(late: timedelta) -> Iterator[str]:
    """Telegram with a clock of its own."""

    class Late(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = (
                b'{"ok": true, "result": {"id": 1, "is_bot": true, "username": "b", "can_join_groups": true}}'
            )
            self.send_response_only(200)
            self.send_header("Date", format_datetime(datetime.now(UTC) + late, usegmt=True))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Late)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("minutes", "weighs"), [(0, "ok"), (2, "warning"), (-60, "failure")])
def test_a_clock_that_is_wrong(tmp_path: Path, minutes: int, weighs: str) -> None:
    with late_server(timedelta(minutes=minutes)) as address:
        config = configured(tmp_path, f"sqlite:///{tmp_path / 'class.db'}", api_root=address)
        told = homeroom("doctor", "--json", "--config", config)
    assert level(told, "clock") == [weighs]


def test_health_without_a_web_server_looks_into_the_database(tmp_path: Path, url: str) -> None:
    assert homeroom("health", "--config", configured(tmp_path, url)).code == 0
    gone = configured(tmp_path, f"sqlite:///{tmp_path / 'none.db'}")
    told = homeroom("health", "--config", gone)
    assert told.code == 3 and "none.db" in told.err and "first start" in told.err
    unanswered = configured(tmp_path, url, "[web]", "port = 1", "observe = true")
    told = homeroom("health", "--config", unanswered)
    assert told.code == 3 and "does not answer" in told.err


def test_a_running_homeroom_that_is_not_there(tmp_path: Path) -> None:
    assert homeroom("doctor", "--live", "http://127.0.0.1:1").code == 3
    assert homeroom("doctor", "--live", "nonsense").code == 2
