"""The front door as a person at a terminal meets it: one command, what it says, its exit code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from bot.cli import cli
from classroom.events import Json
from tests.scenario.conftest import KEY

TOKEN = "7000000001:AAE-test_token_for_loopback_only_0123456"


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Json]:
        """The answer for machines."""
        found: dict[str, Json] = json.loads(self.out)
        return found


def homeroom(*words: str | Path, say: str = "") -> Answer:
    """Type `homeroom …`; a trace is never an answer."""
    done = CliRunner().invoke(cli, [str(word) for word in words], input=say)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert "Traceback" not in done.output
    return Answer(done.exit_code, done.stdout, done.stderr)


def configured(
    folder: Path, url: str, *more: str, api_root: str = "http://127.0.0.1:1", key: Path = KEY
) -> Path:
    """A configuration for a database that is sealed with the tests' key."""
    path = folder / "config.toml"
    lines = [
        "[storage]", f'url = "{url}"', f'key_file = "{key}"',
        "[telegram]", f'token = "{TOKEN}"', f'api_root = "{api_root}"', *more,
    ]  # fmt: skip
    path.write_text("\n".join(lines), encoding="utf-8")
    path.chmod(0o600)
    return path


def findings(answer: Answer, topic: str) -> list[tuple[str, str, str]]:
    """What the doctor says on one topic: level, what, cure."""
    listed = answer.json["findings"]
    assert isinstance(listed, list)
    found: list[tuple[str, str, str]] = []
    for one in listed:
        assert isinstance(one, dict)
        if one["topic"] == topic:
            found.append((str(one["level"]), str(one["what"]), str(one["cure"])))
    return found


def level(answer: Answer, topic: str) -> Sequence[str]:
    """How the doctor weighs one topic."""
    return [one[0] for one in findings(answer, topic)]
