"""A notice to everybody: how near it comes to the permitted rate, and who waits meanwhile."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench import load
from bench.running import ROOT, Bot, running
from bench.seed import FAMILIES
from bench.subjects import Subject

PERMITTED = 30
ASKED = 2.0
"""Questions a second in groups while the notice goes out."""


def announced(subject: Subject, people: int) -> dict[str, float]:
    """Send a notice to about so many, with the platform's limits kept on both sides."""
    classes = max(1, people // (FAMILIES + 1))
    people = classes * (FAMILIES + 1)
    with running(subject, classes, limits=True) as bot:
        bot.standin.tell(reset=True, permitted=PERMITTED)
        took = _accepted(bot)
        before, most = bot.memory, 0.0
        seconds = people / PERMITTED
        asked = load.acted(int(seconds * ASKED * 0.8), max(2, min(classes, 200)))
        questions = [one for one in asked if one.get("want") == "answer"]
        bot.standin.tell(updates=questions, rate=ASKED)
        end = time.monotonic() + 1.3 * seconds + 60
        while (seen := bot.standin.tell())["unasked"] < people and time.monotonic() < end:
            most = max(most, bot.memory)
            time.sleep(0.5)
        seen = bot.standin.tell(latencies=True)
        lasted = seen["last_unasked"] - seen["first_unasked"]
        waited = sorted(seen["latencies"])
        return {
            "people": people,
            "told": seen["unasked"],
            "accepted in, s": took,
            "messages a second": (seen["unasked"] + seen["answered"]) / lasted,
            "of the permitted rate, %": 100 * (seen["unasked"] + seen["answered"]) / lasted / PERMITTED,
            "429 provoked": seen["refused"],
            "p50 of answers meanwhile, ms": 1000 * statistics.median(waited),
            "p99 of answers meanwhile, ms": 1000 * waited[int(len(waited) * 0.99)],
            "memory before, MiB": before,
            "memory at most, MiB": most,
        }


def _accepted(bot: Bot) -> float:
    """Give the order as whoever runs the server does; seconds that the command took."""
    words = Path(bot.folder) / "notice.txt"
    words.write_text("明天因暴雨停课一天，请家长安排好孩子。")
    begun = time.monotonic()
    order = ["notice", str(words), "--to", "all", "--yes", "--config", str(bot.folder / "config.toml")]
    subprocess.run([sys.executable, "-m", "bot", *order], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun
