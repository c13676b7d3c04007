"""`homeroom run` forked from a process that has imported it: it starts sooner, and dies as any does."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from multiprocessing.context import ForkServerContext, ForkServerProcess

from tests.process.runner import Bot

PRELOADED = [
    "bot.cli",
    "bot.cli.starting",
    "bot.platforms.telegram",
    "bot.serving",
    "bot.watching",
    "bot.web_server",
    "storage.migrations",
    "tests.process.warm",
]
_forks: list[ForkServerContext] = []


def _context() -> ForkServerContext:
    if not _forks:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        _forks.append(context)
    return _forks[0]


def run(words: list[str], log: str, folder: str) -> None:
    """What the forked process does: exactly what the command line would."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.chdir(folder)
    sys.argv = ["homeroom", *words]
    from bot.cli import main  # noqa: PLC0415

    main()


class WarmBot(Bot):
    """One `homeroom run` at a time, as `Bot` is."""

    child: ForkServerProcess | None = None

    def begin(self) -> None:
        """Start, whatever comes of it."""
        words = ["run", "--config", str(self.config)]
        self.child = _context().Process(target=run, args=(words, str(self.log), str(self.folder)))
        self.child.start()

    def alive(self) -> bool:
        """Whether it lives."""
        return self.child is not None and self.child.exitcode is None

    def code(self, seconds: float = 10) -> int:
        """The code with which it ends by itself."""
        assert self.child is not None
        self.child.join(seconds)
        code = self.child.exitcode
        return 99 if code is None else code

    def kill(self) -> None:
        """kill -9."""
        assert self.child is not None
        self.child.kill()
        self.child.join(10)

    def stop(self) -> tuple[int, float]:
        """SIGTERM; gives exit code and seconds."""
        assert self.child is not None and self.child.pid is not None
        began = time.monotonic()
        os.kill(self.child.pid, signal.SIGTERM)
        return self.code(20), time.monotonic() - began
