"""A school that has WeCom and no Telegram, at the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.front.kit import findings, homeroom, level
from tests.scenario.conftest import KEY
from tests.wecomapi import Corp, WeComServer


@pytest.fixture
def server() -> Iterator[WeComServer]:
    with WeComServer() as server:
        yield server
        assert server.violations == []


def settings(server: WeComServer) -> dict[str, str]:
    """[wecom], as it is written for the stand-in."""
    corp: Corp = server.corp
    return {
        "corp_id": f'"{corp.corp_id}"',
        "agent_id": str(corp.agent_id),
        "secret": f'"{corp.secret}"',
        "token": f'"{corp.token}"',
        "aes_key": f'"{corp.aes_key}"',
        "api_root": f'"{server.url}"',
    }


def written(folder: Path, wecom: dict[str, str], public: str = "https://class.invalid") -> Path:
    path = folder / "config.toml"
    lines = ["[storage]", f'url = "sqlite:///{folder / "class.db"}"', f'key_file = "{KEY}"', "[wecom]"]
    lines += [f"{key} = {value}" for key, value in wecom.items()]
    lines += ["[web]", "port = 0", *([f'public_url = "{public}"'] if public else [])]
    path.write_text("\n".join(lines), encoding="utf-8")
    path.chmod(0o600)
    return path


def test_the_doctor_goes_through_the_app_and_leaves_telegram_alone(
    tmp_path: Path, server: WeComServer
) -> None:
    told = homeroom("doctor", "--json", "--config", written(tmp_path, settings(server)))
    [(weight, what, _)] = findings(told, "wecom")
    assert weight == "ok" and "班务助手" in what
    assert level(told, "callback") == ["warning"] and level(told, "token") == []
    assert told.code == 1
    for secret in (server.corp.secret, server.corp.token, server.corp.aes_key, *server.corp.issued):
        assert secret not in told.out + told.err


def test_a_server_that_is_not_trusted_hears_which_address_to_add(tmp_path: Path, server: WeComServer) -> None:
    server.fault("gettoken", 60020)
    told = homeroom("doctor", "--json", "--config", written(tmp_path, settings(server)))
    [(weight, _, cure)] = findings(told, "wecom")
    assert weight == "failure" and "203.0.113.9" in cure and told.code == 3


@pytest.mark.parametrize("missing", ["agent_id", "secret", "token", "aes_key"])
def test_what_is_set_half_is_named_in_one_line(tmp_path: Path, server: WeComServer, missing: str) -> None:
    half = {key: value for key, value in settings(server).items() if key != missing}
    config = written(tmp_path, half)
    for command in ("run", "doctor"):
        told = homeroom(command, "--config", config)
        said = told.out + told.err
        assert told.code == 2 and f"wecom.{missing}: " in said and server.corp.secret not in said
    assert server.requests == []


def test_without_a_public_address_wecom_could_not_call(tmp_path: Path, server: WeComServer) -> None:
    told = homeroom("run", "--config", written(tmp_path, settings(server), public=""))
    assert told.code == 2 and "web.public_url: " in told.err


def test_a_wrong_secret_ends_the_start(tmp_path: Path, server: WeComServer) -> None:
    wrong = {**settings(server), "secret": '"the-secret-of-last-year"'}
    told = homeroom("run", "--config", written(tmp_path, wrong))
    assert told.code == 2 and "wecom.secret: " in told.err and "40001" in told.err
    assert "the-secret-of-last-year" not in told.out + told.err
