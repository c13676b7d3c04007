"""Backups that are made while the bot runs: they can be restored, and hold what they should."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from storage import copying
from storage.queue import DELIVERIES, EVENTS
from tests.torture.checks import Look
from tests.torture.stage import Stage


def summaries(look: Look) -> dict[str, copying.TableSummary]:
    """Rows and checksum of every table."""
    with look.records() as records:
        connection = records.connection()
        return {table.name: copying.summary(connection, table) for table in copying.tables(connection)}


def restored(stage: Stage, file: Path, name: str) -> Look:
    """Put a backup into a new SQLite database, whatever it was made of."""
    folder = stage.folder / name
    folder.mkdir()
    key = folder / "homeroom.key"
    key.write_bytes((stage.folder / "homeroom.key").read_bytes())
    key.chmod(0o600)
    url = f"sqlite:///{folder / 'restored.db'}"
    text = stage.bot.config.read_text(encoding="utf-8").replace(stage.url, url)
    config = folder / "config.toml"
    config.write_text(text.replace(str(stage.folder / "homeroom.key"), str(key)), encoding="utf-8")
    stage.command("restore", file, "--yes", config=config)
    return Look(url, key)


def backup_equals(stage: Stage) -> list[str]:
    """What differs between the database of a bot that runs and has nothing to do, and what is restored."""
    file = stage.folder / "quiet.zip"
    before = summaries(stage.look)
    stage.command("backup", file)
    after = summaries(stage.look)
    there = summaries(restored(stage, file, "quiet"))
    stage.note("backups restored")
    return [f"backup: {name} differs" for name in before if there[name] not in (before[name], after[name])]


def backup_is_whole(stage: Stage, file: Path, name: str) -> list[str]:
    """What is wrong with a backup made under load: it has to be one moment, not several."""
    look = restored(stage, file, name)
    stage.note("backups restored")
    with look.records() as records:
        run = records.connection().execute
        lost = run(
            select(func.count()).where(
                DELIVERIES.c.event_id.is_not(None),
                DELIVERIES.c.event_id.not_in(select(EVENTS.c.id)),
            )
        ).scalar_one()
    return [f"{name}: {lost} deliveries of events that are not in it"] if lost else []
