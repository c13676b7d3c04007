"""Who is measured: Homeroom in several shapes, and its peers in an environment of their own."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / ".venv-peers" / "bin" / "python"


@dataclass(frozen=True)
class Subject:
    """A bot to be started: `command` behind its Python; Homeroom needs a database seeded."""

    name: str
    title: str
    command: tuple[str, ...]
    homeroom: bool = False
    peer: bool = False

    @property
    def python(self) -> str:
        """The interpreter it runs in."""
        return str(PEERS) if self.peer else sys.executable

    @property
    def ready(self) -> bool:
        """False where `make bench` was not asked for the peers."""
        return not self.peer or PEERS.exists()


def _peer(name: str, title: str, script: str, *args: str) -> Subject:
    return Subject(name, title, (str(HERE / "peers" / script), *args), peer=True)


SUBJECTS = (
    Subject("homeroom", "Homeroom, all features", ("-m", "bot", "run"), homeroom=True),
    Subject("echo", "Homeroom's road, an echo on it", ("-m", "bench.echo"), homeroom=True),
    _peer("ptb", "python-telegram-bot echo, as its docs show", "ptb_echo.py"),
    _peer("ptb-concurrent", "the same, concurrent updates", "ptb_echo.py", "concurrent"),
    _peer("ptb-aiohttp", "the same on aiohttp, concurrent", "ptb_echo.py", "concurrent", "aiohttp"),
    _peer("aiogram", "aiogram echo", "aiogram_echo.py"),
    _peer("aiogram-serial", "aiogram echo, one by one", "aiogram_echo.py", "serial"),
    _peer("nonebot", "NoneBot 2, aiohttp driver", "nonebot_echo.py"),
)
