"""What is to be seen without database and platform: packages, files, disk, time zones."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config import Settings
from bot.packages import foreign, version_of_homeroom
from bot.ports import Finding, Level
from storage import reading

LOW, VERY_LOW = 500 << 20, 50 << 20
OTHERS = 0o077


def packages() -> Iterator[Finding]:
    """That nothing else calls itself bot, scheduler, storage or templates here."""
    strangers = foreign()
    for name, place in strangers.items():
        yield Finding(
            Level.FAILURE,
            "packages",
            f"the Python package {name} at {place} is not Homeroom's",
            "install Homeroom into a virtual environment of its own",
        )
    if not strangers:
        python = ".".join(str(part) for part in sys.version_info[:3])
        yield Finding(
            Level.OK, "packages", f"Homeroom {version_of_homeroom()} on Python {python}, all its own"
        )


def configuration(config: Path, settings: Settings) -> Iterator[Finding]:
    """That it can be read, and by nobody else where secrets are in it."""
    if "token =" in config.read_text(encoding="utf-8") and config.stat().st_mode & OTHERS:
        yield Finding(
            Level.WARNING,
            "configuration",
            f"other users of this machine can read {config}",
            f"chmod 600 {config}",
        )
    else:
        yield Finding(Level.OK, "configuration", f"{config} is complete ({settings.telegram.mode})")


def time_zone(settings: Settings) -> Iterator[Finding]:
    """What time it is where the classes are, so that a wrong zone is seen."""
    there = datetime.now(UTC).astimezone(ZoneInfo(settings.defaults.timezone))
    yield Finding(Level.OK, "time zone", f"in {settings.defaults.timezone} it is {there:%Y-%m-%d %H:%M} now")


def disk(settings: Settings) -> Iterator[Finding]:
    """That an SQLite file has room to grow."""
    path = reading.sqlite_file(settings.storage.url)
    if path is None:
        return
    folder = next(p for p in path.absolute().parents if p.is_dir())
    free = shutil.disk_usage(folder).free
    level = Level.FAILURE if free < VERY_LOW else Level.WARNING if free < LOW else Level.OK
    cure = "" if level is Level.OK else "make room: a full disk stops every answer"
    yield Finding(level, "disk", f"{free / (1 << 20):,.0f} MB free at {folder}", cure)
