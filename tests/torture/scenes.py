"""The faults: each scene breaks one thing while classes go about their day."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.botapi.faults import Kind as FaultKind
from tests.torture.backups import backup_equals
from tests.torture.checks import Standing
from tests.torture.stage import Stage

RATE = 25.0
START_SECONDS = 1.5
NOTHING = Standing(0, 0, 0)


@dataclass(frozen=True)
class Wish:
    """How much of it."""

    kills: int = 8
    seconds: float = 8.0
    rate: float = RATE


Scene = Callable[[Stage, Wish], None]


def kills(stage: Stage, wish: Wish) -> None:
    """kill -9 at random moments under load, some of them while it is still starting."""
    stage.life.begin(wish.rate)
    before = NOTHING
    for number in range(wish.kills):
        if stage.random.random() < 0.25:
            stage.bot.begin()
            time.sleep(stage.random.random() * START_SECONDS)
        else:
            stage.bot.start()
            stage.answers(stage.random.randrange(40))
            time.sleep(stage.random.random() * 0.1)
        stage.bot.kill()
        after = stage.killed(before)
        if after.counted not in (before.counted, before.counted + before.in_flight):
            stage.problems.append(
                f"kill {number}: {after.counted} possible duplicates counted, "
                f"{before.counted} + {before.in_flight} before"
            )
        if after.counted == before.counted and before.in_flight:  # killed before it could look back
            stage.note("killed before it had looked back")
        before = after
    stage.note("kills", wish.kills)
    stage.bot.start()
    stage.life.calm()
    stage.settle()
    if (end := stage.look.standing(stage.server.world)).counted > before.counted + before.in_flight:
        stage.problems.append(
            f"{end.counted} counted in the end, {before.counted} + {before.in_flight} known"
        )
    stage.note("possible duplicates counted", end.counted)
    stage.note("messages that came twice", end.unrecorded)
    _backed_up(stage)
    _stopped(stage)


def platform(stage: Stage, wish: Wish) -> None:
    """Telegram refuses, breaks off, stays silent or says what is no answer, now and then, to everything."""
    kinds: tuple[FaultKind, ...] = (
        "500", "502", "html200", "429", "reset_before", "reset_after", "half_json", "cut", "silence",
    )  # fmt: skip

    def break_something() -> None:
        kind = stage.random.choice(kinds)
        method = stage.random.choice(("sendMessage", "sendMessage", "*", "getUpdates"))
        seconds = stage.random.random() * 2
        stage.server.faults.next(method, kind, seconds=seconds, retry_after=stage.random.choice((1, 2)))
        stage.note("faults")

    stage.bot.start()
    stage.life.begin(wish.rate)
    stage.during(wish.seconds, each=break_something)
    stage.server.faults.clear()
    stage.life.calm()
    stage.settle()
    _doubles(stage)
    _stopped(stage)


def silence(stage: Stage, wish: Wish) -> None:
    """Half a minute in which Telegram takes everything and answers nothing."""
    stage.bot.start()
    stage.life.begin(wish.rate)
    stage.during(2)
    for method in ("sendMessage", "getUpdates", "editMessageText"):
        stage.server.faults.next(method, "silence", times=8, seconds=30)
    stage.during(32)
    stage.server.faults.clear()
    stage.life.calm()
    stage.settle()
    _doubles(stage)
    _stopped(stage)


def outage(stage: Stage, wish: Wish) -> None:
    """Telegram is not there at all, twice."""
    stage.bot.start()
    stage.life.begin(wish.rate)
    for _ in range(2):
        stage.during(wish.seconds / 4)
        stage.server.stop()
        stage.during(wish.seconds / 4)
        stage.server.start()
    stage.life.calm()
    stage.settle()
    _doubles(stage)
    _stopped(stage)


def restart(stage: Stage, wish: Wish) -> None:
    """PostgreSQL is stopped in the middle of everything and started again, once more while all is quiet."""
    assert stage.postgres is not None
    stage.bot.start()
    stage.life.begin(wish.rate)
    for _ in range(3):
        stage.during(1 + stage.random.random())
        stage.postgres.go_down()
        stage.during(stage.random.random() * 3)
        stage.postgres.come_back()
        stage.note("restarts")
    stage.life.rest()
    stage.during(2)
    stage.postgres.go_down()
    stage.during(3)
    stage.postgres.come_back()
    stage.life.begin(wish.rate)
    stage.during(1)
    stage.life.calm()
    stage.settle()
    _doubles(stage)
    _stopped(stage)


def cut_off(stage: Stage, wish: Wish) -> None:
    """The line to PostgreSQL is cut, stalls, and breaks just when a commit was done and nobody heard."""
    assert stage.line is not None
    stage.bot.start()
    stage.life.begin(wish.rate)
    until = time.monotonic() + wish.seconds
    while time.monotonic() < until:
        stage.during(stage.random.random() * 0.6)
        what = stage.random.choice(("commit", "commit", "commit", "cut", "stall"))
        if what == "commit":
            stage.line.arm()
            stage.during(0.1)
        elif what == "cut":
            stage.line.cut()
            stage.during(stage.random.random())
            stage.line.mend()
        else:
            stage.line.stall()
            stage.during(stage.random.random() * 2)
            stage.line.cut()
            stage.line.mend()
        stage.note(f"line: {what}")
    stage.life.calm()
    stage.settle()
    _doubles(stage)
    _stopped(stage)


def _doubles(stage: Stage) -> None:
    end = stage.look.standing(stage.server.world)
    stage.note("possible duplicates counted", end.counted)
    stage.note("messages that came twice", end.unrecorded)
    if end.in_flight:
        stage.problems.append(f"{end.in_flight} messages under way for ever")


def _stopped(stage: Stage) -> None:
    """It is asked to stop, and does."""
    code, seconds = stage.bot.stop()
    if code or seconds > 12:
        stage.problems.append(f"stopped with {code} after {seconds:.1f} s")


def _backed_up(stage: Stage) -> None:
    """A backup of the quiet bot, restored, holds row for row what the database holds."""
    stage.problems += backup_equals(stage)
