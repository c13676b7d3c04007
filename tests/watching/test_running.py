"""A running `homeroom run`, looked at over HTTP as an orchestrator, Prometheus and the doctor do."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.watching import live_report
from classroom.errors import ConfigError
from tests.botapi import BotApiServer
from tests.process.warm import WarmBot


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server


@pytest.fixture
def watched(tmp_path: Path, server: BotApiServer) -> Iterator[tuple[WarmBot, str]]:
    port = free_port()
    extra = f"[web]\nport = {port}\nobserve = true\n"
    bot = WarmBot(tmp_path, server, f"sqlite:///{tmp_path / 'class.db'}", extra)
    bot.config.write_text(
        bot.config.read_text().replace('level = "debug"', 'level = "debug"\nformat = "json"')
    )
    bot.start()
    yield bot, f"http://127.0.0.1:{port}"
    bot.close()


def test_it_is_seen_to_live_to_be_ready_and_to_work(
    watched: tuple[WarmBot, str], server: BotApiServer
) -> None:
    bot, url = watched
    wang = server.world.user("王老师")
    server.world.start(wang)
    server.world.dm(wang, "/help")
    bot.wait(lambda: any("/help" in m.text for m in server.world.inbox(wang)), "an answer")
    assert httpx.get(f"{url}/healthz").json()["live"] is True
    bot.wait(
        lambda: live_report(url).metrics.get("homeroom_delivery_attempts_total{kind=tell,outcome=Done}"),
        "tell",
    )
    report = live_report(url)
    assert report.ready and report.trouble == ""
    assert report.checks["platform"] == {"ok": True, "telegram": "connected"}
    assert report.checks["road"] == {"ok": True, "leads": True} and report.metrics["homeroom_leads"] == 1
    assert report.metrics["homeroom_events_total{kind=Message,outcome=done}"] == 2
    assert report.metrics["homeroom_platform_up{platform=telegram}"] == 1
    assert report.metrics["process_resident_memory_bytes"] > 1e6
    assert httpx.get(f"{url}/telegram/webhook").status_code == 404
    assert bot.stop()[0] == 0


def test_an_event_can_be_followed_from_intake_to_delivery(
    watched: tuple[WarmBot, str], server: BotApiServer
) -> None:
    bot, _ = watched
    wang = server.world.user("王老师")
    server.world.start(wang)
    server.world.dm(wang, "/help 李雷妈妈的秘密")
    bot.wait(lambda: any("/help" in m.text for m in server.world.inbox(wang)), "an answer")
    bot.wait(lambda: "delivery carried out" in bot.logged(), "the line of a delivery")
    assert bot.stop()[0] == 0
    lines = [json.loads(line) for line in bot.logged().splitlines()]
    stored = [line for line in lines if line["event"] == "events stored"]
    handled = [line for line in lines if line["event"] == "event handled" and line["kind"] == "Message"]
    carried = [line for line in lines if line["event"] == "delivery carried out" and line["kind"] == "tell"]
    assert handled and carried
    keys = {line["event_id"]: line["key"] for line in lines if line["event"] == "event taken up"}
    assert {keys[line["event_id"]] for line in handled} <= {key for line in stored for key in line["keys"]}
    assert {line["event_id"] for line in carried} <= {line["event_id"] for line in handled}
    assert all(line["timestamp"] and line["level"] for line in lines)
    for secret in ("李雷", "秘密", "王老师", server.token, str(wang.id)):
        assert secret not in bot.logged()


def test_while_telegram_is_away_it_lives_and_is_not_ready(
    watched: tuple[WarmBot, str], server: BotApiServer
) -> None:
    bot, url = watched
    server.stop()
    bot.wait(lambda: not live_report(url).ready, "the trouble to be seen")
    report = live_report(url)
    assert report.checks["database"]["ok"] is True
    assert "fetching updates failed" in str(report.checks["platform"]["telegram"])
    assert server.token not in str(report)
    assert report.metrics["homeroom_platform_up{platform=telegram}"] == 0
    assert httpx.get(f"{url}/healthz").status_code == 200
    bot.kill()


def test_before_telegram_answers_it_lives_already(tmp_path: Path, server: BotApiServer) -> None:
    server.stop()
    port = free_port()
    bot = WarmBot(
        tmp_path, server, f"sqlite:///{tmp_path / 'class.db'}", f"[web]\nport = {port}\nobserve = true\n"
    )
    bot.begin()
    try:
        bot.wait(lambda: live_report(f"http://127.0.0.1:{port}").checks, "an answer")
        report = live_report(f"http://127.0.0.1:{port}")
        assert not report.ready
        assert report.checks["platform"] == {"ok": False, "trouble": "not connected yet"}
        assert bot.stop()[0] == 0
    finally:
        bot.close()


def test_the_doctor_is_told_in_one_line_what_is_wrong_with_the_address() -> None:
    nobody = live_report(f"http://127.0.0.1:{free_port()}")
    assert not nobody.ready and "does not answer" in nobody.trouble and "\n" not in nobody.trouble
    for wrong in ("file:///etc/passwd", "127.0.0.1:8080", "http://", "ftp://x"):
        with pytest.raises(ConfigError, match="write http://"):
            live_report(wrong)


def test_who_is_no_homeroom_is_not_believed(server: BotApiServer) -> None:
    found = live_report(server.url)
    assert not found.ready and found.trouble and os.linesep not in found.trouble
