"""The faults: each scene breaks one thing while classes go about their day."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.botapi.faults import Kind as FaultKind
from tests.torture.backups import backup_equals, backup_is_whole
from tests.torture.checks import Standing
from tests.torture.harm import Clock, fill
from tests.torture.poisoned import DEADLY, HARMFUL
from tests.torture.stage import SETTLE, Stage

RATE = 25.0
START_SECONDS = 1.5
MOST_DEATHS = 8
NOTHING = Standing(0, 0, 0)


@dataclass(frozen=True)
class Wish:
    """How much of it."""

    kills: int = 8
    seconds: float = 8.0
    rate: float = RATE
    replicas: int = 3


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


def full_disk(stage: Stage, wish: Wish) -> None:
    """The disk under SQLite is full for a while, twice; nobody is told that it worked while it did not."""
    assert stage.disk is not None
    stage.bot.start()
    stage.life.begin(wish.rate)
    for _ in range(2):
        stage.during(wish.seconds / 4)
        filler = fill(stage.disk)
        stage.during(wish.seconds / 4)
        filler.unlink()
        stage.note("full disks")
    stage.life.calm()
    stage.settle()
    _doubles(stage)
    _stopped(stage)


def clock(stage: Stage, wish: Wish) -> None:
    """The time of day jumps an hour forward and back, and the other way round."""
    turned = Clock(stage.folder)
    stage.bot.environment = turned.environment
    stage.bot.start()
    stage.life.begin(wish.rate)
    for hours in (1, 0, -1, 0):
        stage.during(wish.seconds / 4)
        turned.turn(hours * 3600)
        stage.note("jumps")
    stage.life.calm()
    stage.settle()
    _doubles(stage)
    _stopped(stage)


def poisoned(stage: Stage, wish: Wish) -> None:
    """One message kills the process, one its handler, every time; whoever watches over it starts it again."""
    stage.bot.program = ["-m", "tests.torture.poisoned"]
    stage.bot.start()
    stage.life.begin(wish.rate)
    stage.during(1)
    made = stage.school[0]
    mother = made.mothers["王芳"]
    for word in (DEADLY, HARMFUL):
        mark = stage.life.mark()
        stage.life.ledger.poison.add(mark)
        stage.server.world.say(mother, made.group, f"{word}{mark}")
    until = time.monotonic() + 2 * SETTLE
    told = ("event failed", "event set aside")
    while time.monotonic() < until and not all(line in stage.bot.logged() for line in told):
        if not stage.bot.alive():
            stage.note("deaths")
            if stage.notes["deaths"] > MOST_DEATHS:
                break
            stage.bot.begin()
        time.sleep(0.2)
    stage.life.calm()
    stage.settle()
    if not stage.bot.alive():
        stage.problems.append(f"dead after {stage.notes['deaths']} starts")
        return
    for line in told:
        if line not in stage.bot.logged():
            stage.problems.append(f"nobody was told: {line}")
    _stopped(stage)


def migration(stage: Stage, wish: Wish) -> None:
    """Groups become supergroups, with other ids, while notices, praise and polls are on their way there."""
    stage.bot.start()
    stage.life.begin(wish.rate)
    for made in stage.school:
        stage.during(wish.seconds / 4)
        stage.server.faults.hold("sendMessage")
        stage.during(0.3)
        stage.server.world.migrate(made.group)
        stage.server.faults.release("sendMessage")
        stage.note("groups moved")
    stage.during(1)
    stage.life.calm()
    stage.settle()
    _doubles(stage)
    _stopped(stage)


def replicas(stage: Stage, wish: Wish) -> None:
    """Processes with one token on one database: one works, the others wait; who dies is started again."""
    bots = [stage.bot, *(stage.twin(number) for number in range(1, wish.replicas))]
    for bot in bots:
        bot.begin()
    stage.life.begin(wish.rate)
    for _ in range(wish.kills):
        stage.answers(stage.random.randrange(60))
        time.sleep(stage.random.random() * 0.5)
        bot = stage.random.choice(bots)
        if not bot.alive():
            stage.problems.append("a process that stood by has ended by itself")
        bot.kill()
        bot.begin()
    stage.note("kills", wish.kills)
    stage.life.calm()
    stage.settle()
    led = sum("this process leads" in bot.logged() for bot in bots)
    stage.note("processes that led", led)
    for bot in bots[1:]:
        bot.kill()
    _doubles(stage)
    _stopped(stage)


def rivals(stage: Stage, wish: Wish) -> None:
    """Another program fetches with our token, on a database of its own or none: 409 for whoever waits."""
    stage.bot.start()
    for _ in range(4):
        stage.during(1)
        stage.fetch()
    stage.life.begin(wish.rate)
    until = time.monotonic() + wish.seconds
    while time.monotonic() < until:
        stage.fetch()  # confirms nothing, but ends the bot's own waiting with 409
        stage.note("conflicts")
        stage.during(stage.random.random() * 0.5)
    stage.life.calm()
    stage.settle()
    if "another program fetches this bot's updates" not in stage.bot.logged():
        stage.problems.append("nobody was told of the other program")
    _doubles(stage)
    _stopped(stage)


def backups(stage: Stage, wish: Wish) -> None:
    """Backups while everything goes on: each is one moment, and can be restored."""
    stage.bot.start()
    stage.life.begin(wish.rate)
    files = []
    for number in range(2):
        stage.during(1)
        files.append(stage.folder / f"{number}.zip")
        stage.command("backup", files[-1])
    stage.life.calm()
    stage.settle()
    for file in files:
        stage.problems += backup_is_whole(stage, file, file.stem)
    _backed_up(stage)
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
