"""`homeroom init`: a configuration that works at once, for its owner's eyes only."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import load
from tests.architecture.source import ROOT
from tests.botapi import BotApiServer
from tests.front.kit import TOKEN, homeroom

EXAMPLE = (ROOT / "config.example.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token.txt"
    path.write_text(f"{TOKEN}\n")
    return path


def test_everything_that_was_said_is_in_it(tmp_path: Path, server: BotApiServer, token_file: Path) -> None:
    config = tmp_path / "my.toml"
    told = homeroom(
        *("init", "--config", config, "--token-file", token_file, "--api-root", server.url, "--yes"),
        *("--language", "en", "--timezone", "Europe/Berlin", "--country", "DE", "--database", "class.db"),
    )
    assert told.code == 0 and "homeroom doctor" in told.out and "homeroom run" in told.out
    assert "@homeroom_bot" in told.err
    assert TOKEN not in told.out + told.err
    assert config.stat().st_mode & 0o777 == 0o600
    settings = load(config)
    assert settings.telegram.token is not None and settings.telegram.token.get_secret_value() == TOKEN
    assert (settings.defaults.language, settings.defaults.timezone, settings.defaults.country) == (
        "en", "Europe/Berlin", "DE",
    )  # fmt: skip
    assert settings.storage.url == f"sqlite:///{tmp_path / 'class.db'}"  # wherever it is started from


def test_its_keys_and_comments_are_those_of_the_example(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    assert homeroom("init", "--config", config, "--yes").code == 0
    written, example = config.read_text(encoding="utf-8").splitlines(), EXAMPLE.splitlines()
    same = [line for line in example[2:] if not line.startswith("url = ")]
    assert [line for line in written[2:] if not line.startswith("url = ")] == same


def test_without_a_token_it_says_where_one_comes_from(tmp_path: Path) -> None:
    told = homeroom("init", "--config", tmp_path / "config.toml", "--yes")
    assert "@BotFather" in told.out
    assert load(tmp_path / "config.toml").telegram.token is None


def test_a_file_is_never_replaced_unasked(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("# mine\n")
    told = homeroom("init", "--config", config, "--yes")
    assert told.code == 2 and "--force" in told.err
    assert config.read_text() == "# mine\n"
    assert homeroom("init", "--config", config, "--yes", "--force").code == 0
    assert "[storage]" in config.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--language", "fr"], "zh_CN, zh_TW or en"),
        (["--timezone", "Peking"], "Asia/Shanghai"),
        (["--country", "china"], "such as CN"),
        (["--database", "postgresql://"], "[storage] url"),
        (["--token-file", "nowhere.txt"], "nowhere.txt cannot be read"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_written(
    tmp_path: Path, words: list[str], said: str
) -> None:
    config = tmp_path / "config.toml"
    told = homeroom("init", "--config", config, "--yes", *words)
    assert told.code == 2 and said in told.err and told.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_token_that_telegram_does_not_know_is_refused(tmp_path: Path, server: BotApiServer) -> None:
    for token, said in (("123456:AAE-somebody-elses", "does not know it"), ("hello", "no bot token")):
        told = homeroom(
            *("init", "--config", tmp_path / "config.toml", "--yes", "--token-file", "-"),
            *("--api-root", server.url),
            say=token,
        )
        assert told.code == 2 and said in told.err and token not in told.err
    assert not (tmp_path / "config.toml").exists()


def test_where_telegram_cannot_be_reached_the_token_is_taken(tmp_path: Path, token_file: Path) -> None:
    told = homeroom(
        *("init", "--config", tmp_path / "config.toml", "--yes", "--token-file", token_file),
        *("--api-root", "http://127.0.0.1:1"),
    )
    assert told.code == 0 and "cannot be reached" in told.err and TOKEN not in told.err
    assert load(tmp_path / "config.toml").telegram.token is not None


def test_without_a_terminal_it_does_not_wait_for_answers(tmp_path: Path) -> None:
    told = homeroom("init", "--config", tmp_path / "config.toml")
    assert told.code == 2 and "--yes" in told.err


def test_a_person_is_asked_and_a_mistake_asked_again(tmp_path: Path, server: BotApiServer) -> None:
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "bot", "init", "--api-root", server.url]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"}
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=tmp_path,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    seen = ""
    for question, answer in (
        (r"later\): ", "123456:wrong-token"),
        (r"does not know it.*later\): ", TOKEN),
        ("@homeroom_bot.*Language", ""),
        ("Time zone", "Shanghai"),
        ("is no time zone.*Time zone", "Asia/Urumqi"),
        ("Country", ""),
        ("Database", ""),
    ):
        seen += _until(terminal, question)
        os.write(terminal, f"{answer}\n".encode())
    seen += _until(terminal, "homeroom run")
    assert process.wait(10) == 0
    os.close(terminal)
    assert TOKEN not in seen and "123456:wrong-token" not in seen
    settings = load(tmp_path / "config.toml")
    assert settings.defaults.timezone == "Asia/Urumqi" and settings.defaults.language == "zh_CN"
    assert settings.telegram.token is not None and settings.telegram.token.get_secret_value() == TOKEN


def _until(terminal: int, words: str) -> str:
    """Read what is shown until these words have come."""
    seen, until = "", time.monotonic() + 20
    while not re.search(words, seen, re.S):
        assert time.monotonic() < until, f"{words!r} did not come: {seen}"
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 4096).decode(errors="replace")
    return seen
