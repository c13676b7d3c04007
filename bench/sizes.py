"""The capacity model's figures: the same bot with one class, with a hundred, and with a district."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.running import acted_rate, plain_rate, running
from bench.seed import FAMILIES, seed
from bench.subjects import Subject

SIZES = (1, 100, 1_000, 5_000)


def at(subject: Subject, classes: int) -> dict[str, float]:
    """What a bot with so many classes takes, and what it costs."""
    with tempfile.TemporaryDirectory(prefix="homeroom-size-") as name:
        begun = time.monotonic()
        seed(f"sqlite:///{name}/homeroom.db", classes)
        seeding, size = time.monotonic() - begun, (Path(name) / "homeroom.db").stat().st_size / 2**20
        with running(subject, classes, Path(name)) as bot:
            memory, begun_in = bot.memory, bot.to_first_poll
            plain_rate(bot, min(200, 20 * classes), classes)
            count = min(3_000, 2 * FAMILIES * classes)
            before = bot.cpu
            plain = plain_rate(bot, count, classes)
            each = 1e6 * (bot.cpu - before) / count
            before = bot.cpu
            acted = acted_rate(bot, 300, min(classes, 300))
            return {
                "classes": classes,
                "families": classes * FAMILIES,
                "database, MiB": size,
                "seeded in, s": seeding,
                "first poll, s": begun_in,
                "plain/s": plain,
                "CPU of each, µs": each,
                "acted/s": acted,
                "CPU of each, ms": 1000 * (bot.cpu - before) / 300,
                "memory at start, MiB": memory,
                "after all, MiB": bot.memory,
            }
