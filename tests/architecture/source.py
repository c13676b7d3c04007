"""Read the house's own source: every product module, parsed once."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bot", "classroom", "handlers", "scheduler", "storage", "templates")


@dataclass(frozen=True)
class Module:
    """One product file: where it is from the root, what it says, and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def in_platform_folder(self) -> bool:
        """Whether it is in a folder of `bot/platforms/`, where a foreign library's loose types end."""
        return self.path.startswith("bot/platforms/") and self.path.count("/") > 2


@cache
def product() -> tuple[Module, ...]:
    """Parse every Python file of the six rooms."""
    files = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    return tuple(parse(file.relative_to(ROOT).as_posix(), file.read_text("utf-8")) for file in files)


def parse(path: str, text: str) -> Module:
    """Make a module of a text, as the tests of the checks do."""
    return Module(path, text, ast.parse(text, path))


@cache
def repository() -> dict[str, str]:
    """Read every text file that is in the repository or about to be: path → content."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    files = {path: ROOT / path for path in listed.split("\0") if path and (ROOT / path).is_file()}
    contents = {path: file.read_bytes() for path, file in files.items()}
    return {path: raw.decode(errors="replace") for path, raw in contents.items() if b"\0" not in raw}
