"""A wheel that is not editable carries everything: templates and migrations are files, not only modules."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from tests.architecture.source import ROOMS, ROOT, repository


def test_the_wheel_carries_every_file_of_the_rooms(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr

    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    assert {path for path in repository() if path.partition("/")[0] in ROOMS} - packed == set()
    assert "bot/config.example.toml" in packed  # what `homeroom init` fills in
