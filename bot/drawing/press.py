"""The press: a process that draws, begun when it is needed and ended when nobody has for a while."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import IO, Literal

from bot.drawing.scenes import data_of
from bot.press.pipe import read_piece, write_piece
from classroom.drawings import Drawing

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
"""So many seconds a drawing may take; hardly any takes one."""
REST = 60.0
"""So long the press waits for the next order: it holds more memory than a small class's bot can spare."""


class PressError(Exception):
    """A drawing that the press could not make, by the name of what failed."""


class Press:
    """Takes one order at a time, in a thread: whatever else is done in threads does not wait for pictures."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._thread = ThreadPoolExecutor(1, "drawing")
        self._process: subprocess.Popen[bytes] | None = None
        self._rest: asyncio.TimerHandle | None = None
        atexit.register(self.end)

    async def draw(self, drawing: Drawing, ending: Literal["pdf", "png"]) -> bytes:
        """The drawing as the bytes of a file; PressError where it cannot be made."""
        order = json.dumps([drawing.scene.kind, ending, data_of(drawing)], ensure_ascii=False).encode()
        loop = asyncio.get_running_loop()
        if self._rest is not None:
            self._rest.cancel()
        try:
            made = await loop.run_in_executor(self._thread, self._carry_out, order)
        finally:
            self._rest = loop.call_later(REST, self._thread.submit, self.end)
        if made is None or made[:1] != b"+":
            raise PressError("nothing came" if made is None else made[1:].decode())
        return made[1:]

    def end(self) -> None:
        """Let the process go; the next order begins another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _carry_out(self, order: bytes) -> bytes | None:
        """What becomes of an order; one that finds the press gone is given to a new one."""
        if self._process is not None and (made := self._ask(self._process, order)) is not None:
            return made
        self.end()
        self._process = _begin()
        return self._ask(self._process, order)

    def _ask(self, process: subprocess.Popen[bytes], order: bytes) -> bytes | None:
        orders, files = _pipes(process)
        limit = threading.Timer(PATIENCE, process.kill)
        limit.start()
        try:
            write_piece(orders, order)
            return read_piece(files)
        except BrokenPipeError:
            return None
        finally:
            limit.cancel()


def _begin() -> subprocess.Popen[bytes]:
    """What it would say may hold a family's words, and is not heard; a Ctrl-C is ours to act on."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "bot.press"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise PressError("no pipe")
    return process.stdin, process.stdout


@cache
def press() -> Press:
    """The one of this program."""
    return Press()
