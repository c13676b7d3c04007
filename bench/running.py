"""One measurement: a stand-in, a bot as its own process, what is offered and what came back."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench import load
from bench.seed import FAMILIES, config, seed, teacher_native
from bench.subjects import Subject

TOKEN = "4242:AAbenchbenchbenchbenchbenchbenchbench"
ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180.0
A_BREATH = 0.5


class StandIn:
    """The stand-in's process and the way to talk to it."""

    def __init__(self) -> None:
        """Start it and learn its port."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.standin"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(5)

    def tell(self, **order: Any) -> dict[str, Any]:
        """Give an order; what was seen so far comes back."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("POST", "/control", json.dumps(order).encode())
        seen: dict[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return seen

    def until(self, wanted: int, patience: float = PATIENCE) -> dict[str, Any]:
        """Wait until so many were answered or deleted; TimeoutError where it takes too long."""
        end = time.monotonic() + patience
        while (seen := self.tell())["answered"] + seen["deleted"] < wanted:
            if time.monotonic() > end:
                raise TimeoutError(
                    f"{seen['answered']} answered, {seen['deleted']} deleted of {wanted}: {seen}"
                )
            time.sleep(0.05)
        return seen


@dataclass
class Bot:
    """A bot that runs."""

    subject: Subject
    folder: Path
    standin: StandIn
    to_first_poll: float = 0.0
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start it and wait for its first poll."""
        self.standin.tell(reset_poll=True)
        command = [self.subject.python, *self.subject.command]
        if self.subject.homeroom:
            command += ["--config", str(self.folder / "config.toml")]
        began = time.monotonic()
        self.process = subprocess.Popen(
            command,
            cwd=ROOT if self.subject.homeroom else self.folder,
            env={
                **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
                "BENCH_API": f"http://127.0.0.1:{self.standin.port}",
                "BENCH_TOKEN": TOKEN,
            },
            stdout=subprocess.DEVNULL,
        )
        while (seen := self.standin.tell())["first_poll"] is None:
            if self.process.poll() is not None or time.monotonic() - began > 60:
                raise RuntimeError(f"{self.subject.name} has not begun to poll")
            time.sleep(0.02)
        self.to_first_poll = seen["first_poll"] - began

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def memory(self) -> float:
        """Resident MiB now."""
        return float(psutil.Process(self.process.pid).memory_info().rss / 2**20)

    @property
    def cpu(self) -> float:
        """CPU seconds used so far."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)


@contextmanager
def running(
    subject: Subject,
    classes: int,
    ready: Path | None = None,
    families: int = FAMILIES,
    *,
    limits: bool = False,
) -> Iterator[Bot]:
    """Start a bot on a database with so many classes (or a copy of `ready`); stop it afterwards.

    `limits`: it keeps the platform's limits, as it does anywhere else.
    """
    standin = StandIn()
    with tempfile.TemporaryDirectory(prefix="homeroom-bench-") as name:
        folder, url = Path(name), f"sqlite:///{name}/homeroom.db"
        if subject.homeroom and ready is None:
            seed(url, classes, families)
        elif ready is not None:
            shutil.copytree(ready, folder, dirs_exist_ok=True)
        config(folder, url, f"http://127.0.0.1:{standin.port}", TOKEN, limits)
        bot = Bot(subject, folder, standin)
        try:
            bot.start()
            yield bot
        finally:
            bot.stop()
            standin.close()


def throughput(bot: Bot, updates: list[dict[str, Any]], patience: float = PATIENCE) -> float:
    """Seconds from the offer to the last answer."""
    wanted = sum(1 for u in updates if "want" in u)
    begun = bot.standin.tell(reset=True, updates=updates)["now"]
    return float(bot.standin.until(wanted, patience)["last"] - begun)


def latencies(bot: Bot, updates: list[dict[str, Any]], rate: float) -> tuple[float, float]:
    """p50 and p99 in milliseconds from the offer to the answer, at `rate` a second."""
    bot.standin.tell(reset=True, updates=updates, rate=rate)
    bot.standin.until(len(updates), PATIENCE + len(updates) / rate)
    found = sorted(bot.standin.tell(latencies=True)["latencies"])
    return 1000 * statistics.median(found), 1000 * found[int(len(found) * 0.99)]


def plain_rate(bot: Bot, count: int, classes: int) -> float:
    """Messages that need no answer, judged and stored in a second."""
    updates = load.plain(count, classes)
    return len(updates) / throughput(bot, updates)


def acted_rate(bot: Bot, count: int, classes: int) -> float:
    """Messages answered or deleted in a second."""
    updates = load.acted(count, classes)
    return len(updates) / throughput(bot, updates)


def waits(bot: Bot, text: str, times: int, **more: Any) -> float:
    """Milliseconds (median) from a teacher's private message to its answer.

    What follows an answer, as a picture does, is over before the next question: nobody types sooner.
    """
    found = []
    for _ in range(times):
        time.sleep(A_BREATH)
        found.append(1000 * throughput(bot, [load.private(teacher_native(0), text, **more)]))
    return statistics.median(found)


def import_seconds(bot: Bot) -> float:
    """Seconds from a teacher's sending a spreadsheet of a whole school to the answer."""
    sheet = {"file_id": "r", "file_unique_id": "r", "file_name": "roster.csv", "file_size": 100_000}
    return waits(bot, "", 1, document=sheet) / 1000


async def requests_a_second(port: int, count: int, at_once: int) -> float:
    """What the stand-in itself can take from a client that does nothing else."""
    body = b'{"chat_id":1,"text":"x"}'
    asked = b"POST /bot1:x/sendMessage HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(count // at_once):
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.rsplit(b" ", 1)[1]))
        writer.close()

    begun = time.monotonic()
    await asyncio.gather(*(one() for _ in range(at_once)))
    return count / (time.monotonic() - begun)
