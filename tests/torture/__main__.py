"""`make torture`: plays the scenes and prints what was seen; a seed repeats what was chosen by chance."""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.databases import KINDS, Kind, PostgresServer
from tests.torture import scenes
from tests.torture.harm import Clock, may_mount, small_disk
from tests.torture.scenes import Scene, Wish
from tests.torture.stage import Stage, stage

SCENES: dict[str, Scene] = {
    "kills": scenes.kills,
    "platform": scenes.platform,
    "outage": scenes.outage,
    "silence": scenes.silence,
    "restart": scenes.restart,
    "cut_off": scenes.cut_off,
    "full_disk": scenes.full_disk,
    "clock": scenes.clock,
    "poisoned": scenes.poisoned,
    "migration": scenes.migration,
    "replicas": scenes.replicas,
    "rivals": scenes.rivals,
    "backups": scenes.backups,
}
ON_A_SERVER = ("restart", "cut_off")
ON_A_FILE = ("full_disk",)
COLD = ("clock", "poisoned")
LONG = ("silence",)
DISK = 12
"""Megabytes; a database and its log with room for a short life."""


def say(words: str) -> None:
    """One line for whoever watches."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def played(name: str, kind: Kind, seed: int, wish: Wish, postgres: PostgresServer) -> Stage:
    """Play one scene."""
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(DISK)) if name == "full_disk" else None
        here = stack.enter_context(
            stage(
                kind,
                seed,
                lined=name == "cut_off",
                cold=name in COLD,
                supergroup=name != "migration",
                disk=disk,
                postgres=postgres,
            )
        )
        try:
            SCENES[name](here, wish)
        except (AssertionError, OSError) as error:
            here.problems.append(f"{type(error).__name__}: {error}")
            here.problems.append(traceback.format_exc(limit=-3))
        if here.problems:
            for number, bot in enumerate((here.bot, *here.others)):
                Path(f"torture-{name}-{kind}-{seed}-{number}.log").write_text(bot.logged(), encoding="utf-8")
        return here


def chosen(options: argparse.Namespace) -> Iterator[tuple[str, Kind]]:
    """Which scenes on which databases."""
    for name in options.scene or [s for s in SCENES if options.all or s not in LONG]:
        for kind in KINDS:
            there = ON_A_FILE if kind == "postgresql" else ON_A_SERVER
            if options.database in (kind, "both") and name not in there and possible(name):
                yield name, kind


def possible(name: str) -> bool:
    """Whether this machine has what a scene needs; said where not."""
    has = {"full_disk": may_mount, "clock": Clock.possible}.get(name, lambda: True)()
    if not has:
        say(f"left out: {name}, for which something is missing here (root to mount; a C compiler)")
    return has


def main() -> int:
    """Play what was asked for; the exit code says whether all was well."""
    parser = argparse.ArgumentParser(prog="make torture ARGS=…", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--kills", type=int, default=8, help="how often it is killed, on each database")
    parser.add_argument("--minutes", type=float, default=0.15, help="how long each other scene lasts")
    parser.add_argument("--rate", type=float, default=scenes.RATE, help="messages of people a second")
    parser.add_argument("--replicas", type=int, default=3, help="processes in the scene of that name")
    parser.add_argument("--scene", action="append", choices=SCENES)
    parser.add_argument("--database", choices=(*KINDS, "both"), default="both")
    parser.add_argument("--all", action="store_true", help="the long scenes too")
    options = parser.parse_args()
    wish = Wish(options.kills, options.minutes * 60, options.rate, options.replicas)
    logging.disable(logging.CRITICAL)  # the stand-in's own, when its connections are broken
    say(f"seed {options.seed}")
    failed = 0
    with server() as postgres:
        for name, kind in chosen(options):
            began = time.monotonic()
            here = played(name, kind, options.seed, wish, postgres)
            told = ", ".join(f"{what} {count}" for what, count in here.notes.items())
            deeds = sum(here.life.ledger.done.values())
            verdict = "FAILED" if here.problems else "ok"
            say(f"{verdict:6} {name} on {kind}, {time.monotonic() - began:.0f} s: deeds {deeds}, {told}")
            for line in here.problems[:40]:
                say(f"       {line}")
            failed += bool(here.problems)
    if failed:
        say(f"{failed} scenes failed; again with: make torture ARGS='--seed {options.seed} …'")
    return 1 if failed else 0


@contextmanager
def server() -> Iterator[PostgresServer]:
    """One PostgreSQL for all scenes."""
    postgres = PostgresServer()
    try:
        yield postgres
    finally:
        postgres.stop()


if __name__ == "__main__":
    raise SystemExit(main())
