"""The whole front door: every command explains itself, starts fast and is in the guide."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from bot.cli import cli
from tests.architecture.source import ROOT
from tests.front.kit import homeroom

RUNNING = (ROOT / "docs/running.md").read_text(encoding="utf-8")
HEAVY = {
    "alembic",
    "pydantic_settings",
    "sqlalchemy",
    "sqlmodel",
    "starlette",
    "telegram",
    "uvicorn",
    "apscheduler",
}


def tree() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Every command by what is typed, the groups left out."""
    waiting = [("homeroom", get_command(cli))]
    while waiting:
        name, command = waiting.pop()
        if isinstance(command, typer.core.TyperGroup):
            assert "Example: homeroom" in str(command.epilog)
            waiting += [(f"{name} {word}", inner) for word, inner in command.commands.items()]
        else:
            assert isinstance(command, typer.core.TyperCommand)
            yield name, command


COMMANDS = sorted(tree(), key=lambda pair: pair[0])


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_a_command_explains_itself(name: str, command: typer.core.TyperCommand) -> None:
    shown = homeroom(*name.split()[1:], "--help")
    assert shown.code == 0
    example = str(command.epilog).removeprefix("Example: ")
    assert example.startswith(f"{name} ") or example == name
    options = {option for parameter in command.params for option in parameter.opts}
    typed = [word for word in shlex.split(example) if word.startswith("-")]
    assert set(typed) <= options
    assert f"`{name}" in RUNNING


def test_the_guide_names_no_command_that_is_not_there() -> None:
    known = {name for name, _ in COMMANDS}
    for named in re.findall(r"`(homeroom [a-z][a-z -]*)", RUNNING):
        words = [w for w in named.split() if not w.startswith("-")]
        assert any(" ".join(words[:length]) in known for length in (2, 3)), named


def test_the_exit_codes_of_the_guide_are_those_of_the_help() -> None:
    shown = " ".join(homeroom("--help").out.split())
    for code in ("0", "1", "2", "3", "130"):
        assert re.search(rf"\b{code} \w+", shown) and f"| {code} |" in RUNNING


@pytest.mark.parametrize("words", [["--help"], ["backup", "--help"], ["doctor", "--help"], ["--version"]])
def test_help_waits_for_no_library_of_the_bot(words: list[str]) -> None:
    script = (
        "import json, sys\nfrom bot.cli import main\n"
        f"sys.argv = ['homeroom', *{words!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert set(json.loads(done.stderr)) & HEAVY == set()


@pytest.mark.parametrize("name", ["scheduler", "storage", "templates"])
@pytest.mark.parametrize("command", ["run", "doctor"])
def test_somebody_elses_package_of_our_name_is_named(tmp_path: Path, name: str, command: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bot", command],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
    )
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert f"package {name} at {tmp_path / name}" in done.stderr and "virtual environment" in done.stderr


def test_the_version_is_the_packages() -> None:
    found = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    assert found and homeroom("--version").out.strip() == f"homeroom {found[1]}"


def test_a_shell_can_complete_it() -> None:
    asked = {"_HOMEROOM_COMPLETE": "complete_bash", "COMP_WORDS": "homeroom mi", "COMP_CWORD": "1"}
    done = CliRunner().invoke(cli, env=asked, prog_name="homeroom")
    assert done.stdout.split() == ["migrate"]


@pytest.mark.parametrize(
    "words",
    [
        ["run"],
        ["health"],
        ["backup", "out.zip"],
        ["restore", "in.zip"],
        ["export", "--classroom", "x"],
        ["roster", "import", "x.csv", "--classroom", "x"],
        ["teacher", "set", "--classroom", "x", "--telegram", "1"],
    ],
)
def test_without_a_configuration_there_is_one_line(
    words: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    missing = tmp_path_factory.mktemp("nothing") / "config.toml"
    told = homeroom(*words, "--config", missing)
    assert told.code == 2
    assert told.err.startswith("homeroom: ") and told.err.count("\n") == 1
    assert "no such file" in told.err and "homeroom init" in told.err
