"""Starts, kills and stops `homeroom run`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.botapi import BotApiServer


class Bot:
    """One `homeroom run` at a time, on one configuration; its log is kept for searching."""

    def __init__(self, folder: Path, server: BotApiServer, url: str, extra: str = "") -> None:
        self.folder = folder
        self.server = server
        self.log = folder / "bot.log"
        self.config = folder / "config.toml"
        self.process: subprocess.Popen[bytes] | None = None
        self.environment: dict[str, str] = {}
        """What the process has in its environment beside ours."""
        self.program = ["-m", "bot", "run"]
        self.config.write_text(
            f"""
[storage]
url = "{url}"
key_file = "{folder / "homeroom.key"}"
[telegram]
token = "{server.token}"
api_root = "{server.url}"
[telegram.limits]
total_per_second = 0
private_per_second = 0
group_per_minute = 0
[log]
level = "debug"
{extra}
""",
            encoding="utf-8",
        )

    def start(self) -> None:
        """Start, and wait until it polls."""
        before = self.logged().count("homeroom runs")
        self.begin()
        self.wait(lambda: self.logged().count("homeroom runs") > before, "a running bot")

    def begin(self) -> None:
        """Start, whatever comes of it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program, "--config", str(self.config)],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **self.environment},
            )

    def alive(self) -> bool:
        """Whether it lives."""
        return self.process is not None and self.process.poll() is None

    def code(self, seconds: float = 10) -> int:
        """The code with which it ends by itself."""
        assert self.process is not None
        return self.process.wait(seconds)

    def close(self) -> None:
        """See that nothing goes on."""
        if self.alive():
            self.kill()

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> tuple[int, float]:
        """SIGTERM; gives exit code and seconds."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20), time.monotonic() - began

    def wait(self, look: Callable[[], object], what: str, seconds: float = 30) -> None:
        """Look until it is so."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if look():
                return
            if not self.alive():
                break
            time.sleep(0.02)
        raise AssertionError(f"{what} did not come; the log ends:\n{self.log.read_text()[-3000:]}")

    def logged(self) -> str:
        """All it ever wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
