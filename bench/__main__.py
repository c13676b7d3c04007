"""`make bench`: one table of Homeroom beside its peers, one of what only Homeroom does."""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench import load
from bench.kills import killed
from bench.notice import announced
from bench.running import (
    Bot,
    StandIn,
    acted_rate,
    import_seconds,
    latencies,
    plain_rate,
    requests_a_second,
    running,
    waits,
)
from bench.seed import seed
from bench.sizes import SIZES, at
from bench.subjects import SUBJECTS, Subject

CHATS = 50
QUIET = 150
"""Classes that the messages without answer are spread over, so that nobody floods."""

DISTRICT = 5_000

Figures = dict[str, float]


def main() -> None:
    """Measure what was asked for and print it."""
    args = _arguments()
    console = Console(width=150)
    chosen = [s for s in SUBJECTS if s.ready and (not args.only or s.name in args.only)]
    left_out = [s.name for s in SUBJECTS if not s.ready]
    console.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians of {args.runs} run(s)")
    if args.part != "speed":
        _part(args, chosen, console)
        return
    console.print(f"the stand-in alone takes {_standin():,.0f} requests a second, 16 at a time")
    if left_out:
        console.print(f"without {', '.join(left_out)}: `make bench-peers` installs them")
    _beside(chosen, args, console)
    if not args.only or "homeroom" in args.only:
        _alone(args, console)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=1, help="take the medians of so many")
    parser.add_argument("--messages", type=int, default=500, help="queued to be acted on")
    parser.add_argument("--only", nargs="*", default=[], help=", ".join(s.name for s in SUBJECTS))
    parser.add_argument("--part", choices=("speed", "kills", "notice", "sizes"), default="speed")
    parser.add_argument("--people", type=int, default=3000, help="who are told by `--part notice`")
    parser.add_argument("--full", action="store_true", help="3 runs, 3,000 messages, 5,000 classes")
    args = parser.parse_args()
    if args.full:
        args.runs, args.messages = 3, 3000
    return args


def _standin() -> float:
    standin = StandIn()
    try:
        return asyncio.run(requests_a_second(standin.port, 8000, 16))
    finally:
        standin.close()


def _part(args: argparse.Namespace, chosen: list[Subject], console: Console) -> None:
    """What is measured by itself, since it takes its time."""
    if args.part == "kills":
        for subject in chosen:
            found = [killed(subject) for _ in track(range(args.runs), subject.name)]
            lost, twice = zip(*found, strict=True)
            console.print(f"{subject.title}: of 500, lost {_range(lost)}, answered twice {_range(twice)}")
    elif args.part == "notice":
        for name, figure in announced(SUBJECTS[0], args.people).items():
            console.print(f"{name}: {figure:,.1f}")
    else:
        for classes in SIZES:
            console.print(", ".join(f"{k}: {v:,.1f}" for k, v in at(SUBJECTS[0], classes).items()))


def _range(found: Collection[int]) -> str:
    low, high = min(found), max(found)
    return str(low) if low == high else f"{low} to {high}"


# --- beside the peers -----------------------------------------------------------------------------


def _beside(subjects: Iterable[Subject], args: argparse.Namespace, console: Console) -> None:
    table = Table(title=f"{args.messages} group messages queued, 80 % answered and 20 % deleted")
    table.add_column("bot")
    for title in ("acted on/s", "CPU ms each", "in one chat/s", "p50/p99 ms at 100/s", "MiB", "first poll s"):
        table.add_column(title, justify="right")
    for subject in subjects:
        try:
            found = _medians([_one(subject, args.messages) for _ in track(range(args.runs), subject.name)])
        except (RuntimeError, TimeoutError) as trouble:
            table.add_row(subject.title, f"not measured: {str(trouble)[:60]}")
            continue
        table.add_row(
            subject.title,
            f"{found['acted']:,.0f}",
            f"{found['cpu']:.2f}",
            f"{found['one']:,.0f}",
            f"{found['p50']:.1f} / {found['p99']:.1f}",
            f"{found['memory']:.0f}",
            f"{found['start']:.2f}",
        )
    console.print(table)


def _one(subject: Subject, messages: int) -> Figures:
    with running(subject, CHATS) as bot:
        acted_rate(bot, 100, CHATS)
        before = bot.cpu
        acted = acted_rate(bot, messages, CHATS)
        cpu = 1000 * (bot.cpu - before) / messages
        one = acted_rate(bot, messages // 2, 1)
        p50, p99 = latencies(bot, load.acted(min(messages, 1000), CHATS), 100)
        return {
            "start": bot.to_first_poll,
            "acted": acted,
            "cpu": cpu,
            "one": one,
            "p50": p50,
            "p99": p99,
            "memory": bot.memory,
        }


def _medians(runs: list[Figures]) -> Figures:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


# --- Homeroom alone -------------------------------------------------------------------------------


def _alone(args: argparse.Namespace, console: Console) -> None:
    homeroom = SUBJECTS[0]
    table = Table(title="Homeroom alone")
    table.add_column("what")
    table.add_column("figure", justify="right")

    def several(classes: int, families: int, measure: Callable[[Bot], Figures]) -> Figures:
        found = []
        for _ in track(range(args.runs), f"{classes} classes of {families}"):
            with running(homeroom, classes, families=families) as bot:
                found.append(measure(bot))
        return _medians(found)

    plain = several(QUIET, 40, lambda bot: _plain(bot, args.messages * 2, QUIET))
    table.add_row("messages that need no answer, judged and stored, a second", f"{plain['rate']:,.0f}")
    table.add_row("CPU of each, µs", f"{plain['cpu']:,.0f}")
    for what, found in several(1, 60, _commands).items():
        table.add_row(what, f"{found:,.2f}")
    if args.full:
        many = _at_size(homeroom)
        table.add_row("the same with 5,000 classes and 200,000 families, a second", f"{many['rate']:,.0f}")
        table.add_row("CPU of each there, µs", f"{many['cpu']:,.0f}")
        table.add_row("memory there, MiB", f"{many['memory']:,.0f}")
    console.print(table)


def _plain(bot: Bot, count: int, classes: int) -> Figures:
    plain_rate(bot, max(200, classes), classes)
    before = bot.cpu
    rate = plain_rate(bot, count, classes)
    return {"rate": rate, "cpu": 1e6 * (bot.cpu - before) / count, "memory": bot.memory}


def _commands(bot: Bot) -> Figures:
    waits(bot, "/help", 2)
    return {
        **{
            f"{name} in a class of 60, ms": waits(bot, name, 15) for name in ("/help", "/roster", "/receipts")
        },
        "importing 5,000 students, s": import_seconds(bot),
    }


def _at_size(homeroom: Subject) -> Figures:
    with tempfile.TemporaryDirectory(prefix="homeroom-district-") as folder:
        seed(f"sqlite:///{folder}/homeroom.db", DISTRICT)
        with running(homeroom, DISTRICT, Path(folder)) as bot:
            return _plain(bot, 4_000, DISTRICT)


if __name__ == "__main__":
    main()
