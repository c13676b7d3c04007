"""The image and the systemd unit, as far as they can be looked at without running them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOMS, ROOT
from tests.front.kit import homeroom

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
UNIT = (ROOT / "deploy/homeroom.service").read_text(encoding="utf-8")
BUILD, _, LAST = DOCKERFILE.rpartition("FROM ")


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_in_the_image(room: str) -> None:
    assert f"COPY {room} {room}\n" in BUILD and f"!{room}" in IGNORED


def test_nothing_private_gets_into_the_build() -> None:
    assert "*" in IGNORED and "**/*.key" in IGNORED and "**/*.db" in IGNORED
    assert not {"!config.toml", "!.git", "!tests"} & set(IGNORED)
    assert not re.search(r"^(COPY|ADD) \.", DOCKERFILE, re.M)


def test_the_last_stage_is_not_root_and_builds_nothing() -> None:
    assert re.search(r"^USER homeroom$", LAST, re.M) and "VOLUME /data" in LAST
    assert not re.search(r"apt-get|pip |uv |gcc", LAST)


@pytest.mark.parametrize(
    "words",
    [
        *(re.findall(r'"([a-z]+)"\]', LAST)),
        *(shlex.split(line)[1] for line in re.findall(r"^ExecStart=(.+)$", UNIT, re.M)),
    ],
)
def test_what_is_started_exists(words: str) -> None:
    assert homeroom(*([] if words == "homeroom" else [words]), "--help").code == 0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_reads_the_unit(tmp_path: Path) -> None:
    """With a program that exists, since Homeroom is not installed at its place here."""
    unit = tmp_path / "homeroom.service"
    unit.write_text(UNIT.replace("/opt/homeroom/bin/homeroom", "/bin/true"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert "homeroom.service" not in done.stderr
