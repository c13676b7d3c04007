"""A backup is one file: a zip with a manifest and a file of lines for each table. The key is not in it."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.packages import version_of_homeroom
from classroom.errors import ConfigError, DatabaseError
from classroom.events import Json
from storage import copying, reading, restoring
from storage.copying import Advance, TableSummary
from storage.database import open_database
from storage.erased import Erased, erase_again, erased_since
from storage.migrations import RESTORING
from storage.sealing import read_key

FORMAT = "homeroom-backup/1"
MANIFEST, KEY = "manifest.json", "homeroom.key"
UNREADABLE = (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error)
Begin = Callable[[int], Advance]
"""Told how many rows are to come; gives whom to tell of each part that is done."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: the step of its tables, when it was made, and each table in short."""

    step: str
    made_at: datetime
    database: str
    with_key: bool
    tables: Mapping[str, TableSummary] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables.values())

    def to_json(self) -> dict[str, Json]:
        """Give the manifest as it is written."""
        return {
            "format": FORMAT,
            "homeroom": version_of_homeroom(),
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "database": self.database,
            "step": self.step,
            "with_key": self.with_key,
            "tables": {name: table.to_json() for name, table in self.tables.items()},
        }

    @classmethod
    def from_json(cls, data: Json) -> Manifest:
        """Read what `to_json` wrote; ValueError on anything else."""
        match data:
            case {
                "format": "homeroom-backup/1",
                "made_at": str(made),
                "database": str(database),
                "step": str(step),
                "with_key": bool(with_key),
                "tables": dict(tables),
            }:
                summaries = {name: TableSummary.from_json(table) for name, table in tables.items()}
                return cls(step, datetime.fromisoformat(made), database, with_key, summaries)
        raise ValueError("not the manifest of a backup")


def back_up(
    url: str, key_file: Path | None, path: Path, now: datetime, begin: Begin, *, with_key: bool, force: bool
) -> Manifest:
    """Write all that a database holds at one moment into a new file, while others go on writing to it."""
    secret = key_text(url, key_file) if with_key else None
    with new_file(path, force=force) as made, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        manifest = _write_tables(url, archive, now, begin, with_key=with_key)
        if secret is not None:
            archive.writestr(_member(KEY), secret)
        archive.writestr(_member(MANIFEST), json.dumps(manifest.to_json(), indent=1))
    return manifest


def _write_tables(
    url: str, archive: zipfile.ZipFile, now: datetime, begin: Begin, *, with_key: bool
) -> Manifest:
    with reading.snapshot(url) as connection:
        step = settled(reading.revision(connection))
        found = copying.tables_of_step(connection, step)
        advance = begin(sum(copying.count(connection, table) for table in found))
        tables = {
            table.name: _write_table(archive, table.name, copying.columns(table), lines, advance)
            for table in found
            for lines in (copying.lines(connection, table),)
        }
        return Manifest(step, now, connection.dialect.name, with_key, tables)


def settled(step: str | None) -> str:
    """The step of a database that can be copied; DatabaseError where there is none or it is half filled."""
    if step is None:
        raise DatabaseError("there is nothing of Homeroom in this database: see [storage] url")
    if step.startswith(RESTORING):
        raise DatabaseError("a restore into this database was interrupted: run it again to its end")
    return step


def _write_table(
    archive: zipfile.ZipFile,
    name: str,
    columns: tuple[tuple[str, str], ...],
    lines: Iterable[bytes],
    advance: Advance,
) -> TableSummary:
    digest, rows = hashlib.sha256(), 0
    with archive.open(_member(f"tables/{name}.jsonl"), "w", force_zip64=True) as member:
        for line in _told(lines, advance):
            member.write(line)
            digest.update(line)
            rows += 1
    return TableSummary(columns, rows, digest.hexdigest())


def _told(lines: Iterable[bytes], advance: Advance) -> Iterator[bytes]:
    """The same lines; how many went by is told now and then, since each telling draws a bar."""
    rows = 0
    for rows, line in enumerate(lines, 1):
        yield line
        if rows % copying.BATCH == 0:
            advance(copying.BATCH)
    advance(rows % copying.BATCH)


def _member(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.compress_type = zipfile.ZIP_DEFLATED
    made.external_attr = 0o600 << 16
    return made


def key_text(url: str, key_file: Path | None) -> str:
    """The key file of a database as it is written; DatabaseError where it is none."""
    path = reading.key_file_of(url, key_file)
    read_key(path)
    return path.read_text(encoding="ascii")


def key_place(url: str, key_file: Path | None) -> Path:
    """Where the key of a database is."""
    return reading.key_file_of(url, key_file)


def rows_in_the_way(url: str) -> int:
    """How many rows a restore into this database would replace."""
    return restoring.occupied(url)


@contextmanager
def new_file(path: Path, *, force: bool) -> Iterator[Path]:
    """A file for its owner only, there whole or not at all; one that exists is replaced with `force` only."""
    if path.exists() and not force:
        raise ConfigError(f"{path} is there already: choose another name, or add --force to replace it")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            yield draft
            with draft.open("rb") as written:
                os.fsync(written.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from None


class Archive:
    """A backup that was opened, with its manifest."""

    def __init__(self, file: zipfile.ZipFile, path: Path) -> None:
        """Read the manifest; DatabaseError where there is none that fits."""
        self._file, self.path = file, path
        try:
            self.manifest = Manifest.from_json(json.loads(file.read(MANIFEST)))
        except UNREADABLE:
            raise DatabaseError(f"{path} is not a backup of Homeroom") from None

    def lines(self, table: str) -> Iterator[bytes]:
        """The lines of one table."""
        with self._file.open(f"tables/{table}.jsonl") as member:
            yield from member

    def verify(self, advance: Advance) -> None:
        """See that every table is as it was written; DatabaseError names those that are not."""
        wrong = [name for name in self.manifest.tables if not self._is_whole(name, advance)]
        if wrong:
            raise DatabaseError(
                f"{self.path} is damaged ({', '.join(sorted(wrong))}): take another copy; nothing was changed"
            )

    def _is_whole(self, name: str, advance: Advance) -> bool:
        digest, rows, wanted = hashlib.sha256(), 0, self.manifest.tables[name]
        try:
            for line in _told(self.lines(name), advance):
                digest.update(line)
                rows += 1
        except UNREADABLE:
            return False
        return (rows, digest.hexdigest()) == (wanted.rows, wanted.sha256)

    def key(self) -> str | None:
        """The key file, where it went along."""
        return self._file.read(KEY).decode("ascii") if self.manifest.with_key else None


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a backup to read; DatabaseError where the file is none."""
    try:
        with zipfile.ZipFile(path) as file:
            yield Archive(file, path)
    except zipfile.BadZipFile:
        raise DatabaseError(f"{path} is not a backup of Homeroom, or only part of one") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None


def restore(archive: Archive, url: str, key_file: Path | None, begin: Begin) -> None:
    """Make the database what the backup holds; file and key are seen to be right before it is touched."""
    manifest = archive.manifest
    advance = begin(2 * manifest.rows)
    archive.verify(advance)
    place_key(archive, reading.key_file_of(url, key_file))
    again = erased_since(url, manifest.made_at)
    restoring.restore(url, manifest.step, manifest.tables, archive.lines, advance)
    if again:
        _erase_again(url, key_file, again)


def _erase_again(url: str, key_file: Path | None, erased: list[Erased]) -> None:
    """Whoever was erased since the backup was made does not come back with it."""
    database = open_database(url, key_file)
    try:
        erase_again(database, erased, datetime.now(UTC))
    finally:
        database.close()


def place_key(archive: Archive, path: Path) -> None:
    """See that the key file there is the backup's; one that went along is put where there is none."""
    packed = archive.key()
    if not path.exists():
        if packed is None:
            raise DatabaseError(
                f"the key is not in this backup: put the key file you kept apart at {path}, "
                "then run the same again"
            )
        with new_file(path, force=False) as made:
            made.write_text(packed, encoding="ascii")
    if not restoring.key_opens(read_key(path), archive.manifest.tables, archive.lines):
        raise DatabaseError(
            f"{path} is not the key of this backup: put the one it was made with there, "
            "or set [storage] key_file"
        )


def move(source: str, target: str, begin: Begin) -> Manifest:
    """Copy an SQLite database that nobody uses into a server; what an interrupted run has done stays."""
    with restoring.held(source), reading.snapshot(source) as connection:
        step = settled(reading.revision(connection))
        found = {table.name: table for table in copying.tables_of_step(connection, step)}
        summaries = {name: copying.summary(connection, table) for name, table in found.items()}
        rows = sum(summary.rows for summary in summaries.values())
        restoring.restore(
            target, step, summaries, lambda name: copying.lines(connection, found[name]), begin(rows)
        )
        return Manifest(step, datetime.now(UTC), connection.dialect.name, False, summaries)
