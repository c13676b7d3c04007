"""What keeps a class's memory: backup, restore, and the move to a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import CONFIG, AsJson, Config, Secrets, Yes, answer, guarded, progress, settings_of
from classroom.errors import ConfigError, DatabaseError
from classroom.events import Json

if TYPE_CHECKING:
    from bot.archive import Manifest

BackupFile = Annotated[Path, typer.Argument(help="The backup, e.g. homeroom-2026-11-22.zip.", metavar="FILE")]
KEEP_APART = "The key is NOT in it: keep a copy of {key} elsewhere; without it nobody can read this backup."
KEY_INSIDE = "The key is IN it: whoever gets this file can read everything. Keep it where no stranger comes."


def backup(
    file: BackupFile,
    config: Config = CONFIG,
    secrets: Secrets = None,
    with_key: Annotated[bool, typer.Option("--with-key", help="Put the key file in as well.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write everything into one file, while the bot runs; the same for SQLite and PostgreSQL."""
    guarded(lambda: _backup(file, config, secrets, with_key, force, as_json))


def _backup(
    file: Path, config: Path, secrets: Path | None, with_key: bool, force: bool, as_json: bool
) -> None:
    from bot import archive  # noqa: PLC0415 - --help is quicker without the libraries
    from bot.app import utc_now  # noqa: PLC0415

    storage = settings_of(config, secrets).storage
    with progress("Backing up", as_json) as begin:
        made = archive.back_up(
            storage.url, storage.key_file, file, utc_now(), begin, with_key=with_key, force=force
        )
    key = archive.key_place(storage.url, storage.key_file)
    size = file.stat().st_size
    notes = KEY_INSIDE if with_key else KEEP_APART.format(key=key)
    lines = (
        f"{file}: {made.rows} rows of {len(made.tables)} tables, {size / 1024:.0f} KB, at step {made.step}.\n"
        f"{notes}"
    )
    answer({"file": str(file), "bytes": size, **_summary(made)}, lines, as_json)


def _summary(made: Manifest) -> dict[str, Json]:
    return {
        "step": made.step,
        "made_at": made.made_at.isoformat(),
        "rows": made.rows,
        "with_key": made.with_key,
        "tables": {name: table.rows for name, table in made.tables.items()},
    }


def restore(
    file: BackupFile,
    config: Config = CONFIG,
    secrets: Secrets = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what the database holds now.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into the database of the configuration, which must be empty; the bot must be stopped."""
    guarded(lambda: _restore(file, config, secrets, force, yes, as_json))


def _restore(file: Path, config: Path, secrets: Path | None, force: bool, yes: bool, as_json: bool) -> None:
    from bot import archive  # noqa: PLC0415

    storage = settings_of(config, secrets).storage
    with archive.opened(file) as opened:
        _ask_to_replace(archive.rows_in_the_way(storage.url), force, yes)
        with progress("Restoring", as_json) as begin:
            archive.restore(opened, storage.url, storage.key_file, begin)
    made = opened.manifest
    lines = (
        f"{made.rows} rows of {len(made.tables)} tables are as at {made.made_at:%Y-%m-%d %H:%M} UTC.\n"
        "Next: homeroom doctor, then homeroom run."
    )
    answer({"file": str(file), **_summary(made)}, lines, as_json)


def _ask_to_replace(rows: int, force: bool, yes: bool) -> None:
    if not rows:
        return
    if not force:
        raise DatabaseError(
            f"the database holds {rows} rows already: set [storage] url to an empty one, "
            "or add --force to replace what is there"
        )
    if not yes and not typer.confirm(f"Replace the {rows} rows that the database holds now?", err=True):
        raise DatabaseError("nothing was changed")


def sqlite_to_postgres(
    to: Annotated[str, typer.Option("--to", help="The empty database to move to.", metavar="URL")],
    config: Config = CONFIG,
    secrets: Secrets = None,
    as_json: AsJson = False,
) -> None:
    """Move everything from SQLite to PostgreSQL, counted and compared; interrupted, the same command goes on.

    The bot must be stopped. The SQLite file stays as it is.
    """
    guarded(lambda: _move(to, config, secrets, as_json))


def _move(to: str, config: Path, secrets: Path | None, as_json: bool) -> None:
    from bot import archive  # noqa: PLC0415

    storage = settings_of(config, secrets).storage
    if not storage.url.startswith("sqlite:") or not to.startswith("postgresql"):
        raise ConfigError(
            "this moves from SQLite, which [storage] url names, to --to postgresql://user:password@host/name"
        )
    _ask_to_replace(archive.rows_in_the_way(to), force=False, yes=False)
    with progress("Moving", as_json) as begin:
        made = archive.move(storage.url, to, begin)
    key = archive.key_place(storage.url, storage.key_file).resolve()
    lines = (
        f"{made.rows} rows of {len(made.tables)} tables arrived, each table compared.\n"
        f"Now set in {config}, under [storage]:\n"
        f'  url = the address you gave with --to\n  key_file = "{key}"\n'
        "then: homeroom doctor, and homeroom run. The SQLite file is as it was; keep it until all is well."
    )
    answer({"key_file": str(key), **_summary(made)}, lines, as_json)
