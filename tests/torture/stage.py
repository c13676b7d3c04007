"""One bot, one database, one world: set up, judged and cleared away."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.botapi import BotApiServer
from tests.databases import Kind, PostgresServer
from tests.process.runner import Bot
from tests.process.warm import WarmBot
from tests.torture.checks import Look, Standing, problems
from tests.torture.harm import Line
from tests.torture.life import Life
from tests.torture.school import SchoolClass, found_school

CALM = '[hours]\nquiet = "off"\nteacher = "off"\n'
SETTLE = 60.0
LATENCY = 0.03
"""As far away as the real server is: something has to be under way when it is killed."""


@dataclass
class Stage:
    """What a scene is played on."""

    folder: Path
    kind: Kind
    url: str
    seed: int
    server: BotApiServer
    school: list[SchoolClass]
    life: Life
    look: Look
    bot: Bot
    postgres: PostgresServer | None = None
    line: Line | None = None
    disk: Path | None = None
    notes: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    others: list[Bot] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def note(self, what: str, count: int = 1) -> None:
        """Count something for the record."""
        self.notes[what] = self.notes.get(what, 0) + count

    def settle(self) -> None:
        """Let everything end, and look whether all is as it must be."""
        self.life.rest()
        if left := self.look.quiet(self.server.world, SETTLE):
            self.problems.append(f"for {SETTLE:.0f} s nothing has changed: {left}")
        self.problems += problems(self.look, self.life)
        log = "".join(bot.logged() for bot in (self.bot, *self.others))
        for word in (self.server.token, "李雷", "张小明", *self.life.ledger.secret):
            if word in log:
                self.problems.append(f"the log says what it may not: {word[:3]}…")
        if "Traceback" in log:
            self.problems.append(f"a traceback in the log: {log[log.index('Traceback') :][-600:]}")
        self.problems += self.server.violations + self.server.defects
        self.note("updates", len(self.server.world.update_log()))
        self.note("messages", len(self.server.calls("sendMessage")))

    def killed(self, before: Standing) -> Standing:
        """Look at what a kill left: it may not have more out than it knows to be under way."""
        self.delivered()
        standing = self.look.standing(self.server.world)
        fresh = standing.unrecorded - before.unrecorded
        if fresh > standing.in_flight:
            self.problems.append(f"{fresh} messages are out, {standing.in_flight} known to be under way")
        self.note("in flight at a kill", standing.in_flight)
        return standing

    def twin(self, number: int) -> Bot:
        """Another bot on the same configuration, with a log of its own."""
        other = WarmBot(self.folder, self.server, self.url, CALM)
        other.log = self.folder / f"twin{number}.log"
        self.others.append(other)
        return other

    def fetch(self) -> None:
        """Ask for updates as a program would that knows our token, and confirm nothing."""
        httpx.get(
            f"{self.server.url}/bot{self.server.token}/getUpdates",
            params={"limit": 1},
            timeout=10,
            trust_env=False,
        )

    def command(self, *words: str | Path, config: Path | None = None) -> str:
        """Run another `homeroom` command beside the bot."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words, "--config", str(config or self.bot.config)],
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[2],
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"homeroom {words[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def delivered(self) -> None:
        """Wait until what a dead process had sent has arrived: that is part of what was in flight."""
        time.sleep(0.05)
        until = time.monotonic() + 5
        while self.server.busy and time.monotonic() < until:
            time.sleep(0.01)

    def answers(self, count: int) -> None:
        """Wait until the bot has asked so much more of Telegram, 5 seconds at most."""
        until = time.monotonic() + 5
        enough = len(self.server.requests) + count
        while len(self.server.requests) < enough and time.monotonic() < until:
            time.sleep(0.005)

    def during(self, seconds: float, *, each: Callable[[], None] | None = None, every: float = 0.25) -> None:
        """Let life go on for some time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if each is not None:
                each()
            time.sleep(min(every, max(0.0, until - time.monotonic())))


@contextmanager
def stage(
    kind: Kind,
    seed: int,
    *,
    classes: int = 4,
    extra: str = "",
    supergroup: bool = True,
    lined: bool = False,
    cold: bool = False,
    disk: Path | None = None,
    postgres: PostgresServer | None = None,
) -> Iterator[Stage]:
    """Set up classes on an empty database; on `disk`, or behind a line that can be cut, if wished for."""
    folder = Path(tempfile.mkdtemp(prefix="homeroom-torture-"))
    line: Line | None = None
    try:
        url = f"sqlite:///{(disk or folder) / 'class.db'}"
        if kind == "postgresql":
            assert postgres is not None
            name = f"torture_{folder.name[-8:].lower()}"
            postgres.create(name, "template0")
            url = direct = postgres.url(name)
            if lined:
                line = Line(postgres.socket)
                url = f"postgresql+psycopg://postgres@127.0.0.1:{line.port}/{name}"
        else:
            direct = url
        key = folder / "homeroom.key"
        with BotApiServer() as server:
            server.latency = LATENCY
            school = found_school(server.world, direct, key, classes, supergroup=supergroup)
            bot = (Bot if cold else WarmBot)(folder, server, url, CALM + extra)
            set_up = Stage(
                folder,
                kind,
                url,
                seed,
                server,
                school,
                Life(server, school, seed),
                Look(direct, key),
                bot,
                postgres,
                line,
                disk,
            )
            try:
                yield set_up
            finally:
                set_up.life.calm()
                for one in (bot, *set_up.others):
                    if one.alive():
                        one.kill()
    finally:
        if line is not None:
            line.close()
        shutil.rmtree(folder, ignore_errors=True)
