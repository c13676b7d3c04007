"""Whole tables as lines of text and back, the same on SQLite and PostgreSQL; sealed values stay sealed.

What is copied is what the database itself says it has, not what this program knows: so a database of an
older step can be copied, and the copy is brought up to date where it arrives.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Self

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    collate,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.sql import ColumnElement

from classroom.errors import DatabaseError
from classroom.events import Json
from storage.migrations import HEAD
from storage.tables import metadata

VERSIONS = "alembic_version"
BATCH = 500
Advance = Callable[[int], None]
"""Told how many rows have been copied since it was last called."""

KINDS: tuple[tuple[type, str], ...] = (
    (Boolean, "bool"),
    (JSON, "json"),
    (LargeBinary, "bytes"),
    (Date, "date"),
    (Integer, "int"),
    (String, "text"),
)


@dataclass(frozen=True, slots=True)
class TableSummary:
    """One table as it is copied: its columns as (name, kind), its rows, and the SHA-256 of its lines."""

    columns: tuple[tuple[str, str], ...]
    rows: int
    sha256: str

    def to_json(self) -> dict[str, Json]:
        """Give the summary for a manifest."""
        return {"columns": [[*column] for column in self.columns], "rows": self.rows, "sha256": self.sha256}

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Read what `to_json` wrote; ValueError on anything else."""
        match data:
            case {"columns": list(listed), "rows": int(rows), "sha256": str(sha256)}:
                return cls(tuple(_pair(one) for one in listed), rows, sha256)
        raise ValueError("not the summary of a table")


def _pair(data: Json) -> tuple[str, str]:
    match data:
        case [str(name), str(kind)]:
            return name, kind
    raise ValueError("not a column")


def tables(connection: Connection, names: Collection[str] | None = None) -> list[Table]:
    """These tables of a database, or all but the one that names its step, parents before children."""

    def wanted(name: str, _: object) -> bool:
        return name in names if names is not None else name != VERSIONS

    found = MetaData()
    found.reflect(connection, resolve_fks=False, only=wanted)
    return found.sorted_tables


def tables_of_step(connection: Connection, step: str) -> list[Table]:
    """The tables that are Homeroom's; others may live in the same database, if it is a server's.

    Of another step than this program's the names are not known here: then it is all there is.
    """
    return tables(connection, metadata.tables.keys() if step == HEAD else None)


def columns(table: Table) -> tuple[tuple[str, str], ...]:
    """The columns of a table with the kind of what they hold, by name: how a table grew does not matter."""
    return tuple(sorted((column.name, _kind(column)) for column in table.columns))


def _kind(column: Column[object]) -> str:
    for known, kind in KINDS:
        if isinstance(column.type, known):
            return kind
    raise DatabaseError(f"{column.table.name}.{column.name} is of a kind that cannot be copied")


def count(connection: Connection, table: Table) -> int:
    """How many rows a table has."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """A table's rows in the order of its key, one JSON list a line: byte for byte the same everywhere."""
    known = columns(table)
    writers = [WRITERS[kind] for _, kind in known]
    wanted = select(*(table.c[name] for name, _ in known)).order_by(
        *(_ordered(connection, c) for c in table.primary_key.columns)
    )
    with connection.execute(wanted.execution_options(yield_per=BATCH)) as found:
        for row in found:
            values = [None if v is None else write(v) for v, write in zip(row, writers, strict=True)]
            yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _ordered(connection: Connection, column: Column[object]) -> ColumnElement[object] | ColumnElement[str]:
    """Text by its code points: a server's language would order it otherwise."""
    if connection.dialect.name == "postgresql" and isinstance(column.type, String):
        return collate(column, "C")
    return column


def _write_bytes(value: object) -> Json:
    assert isinstance(value, bytes | memoryview)
    return base64.b64encode(value).decode()


def _write_date(value: object) -> Json:
    assert isinstance(value, date)
    return value.isoformat()


def _write_plain(value: object) -> Json:
    assert isinstance(value, str | int | bool)
    return value


def _write_json(value: object) -> Json:
    read: Json = json.loads(json.dumps(value))
    return read


WRITERS: dict[str, Callable[[object], Json]] = {
    "bool": _write_plain,
    "bytes": _write_bytes,
    "date": _write_date,
    "int": _write_plain,
    "json": _write_json,
    "text": _write_plain,
}


def summary(connection: Connection, table: Table) -> TableSummary:
    """What a table holds at this moment, in short."""
    digest, rows = hashlib.sha256(), 0
    for line in lines(connection, table):
        digest.update(line)
        rows += 1
    return TableSummary(columns(table), rows, digest.hexdigest())


def fill(connection: Connection, table: Table, source: Iterable[bytes], advance: Advance) -> None:
    """Write lines into an empty table."""
    kinds = columns(table)
    rows = iter(source)
    while batch := list(islice(rows, BATCH)):
        connection.execute(insert(table), [_read(kinds, line) for line in batch])
        advance(len(batch))


def _read(kinds: tuple[tuple[str, str], ...], line: bytes) -> dict[str, object]:
    values = json.loads(line)
    return {name: _value(kind, value) for (name, kind), value in zip(kinds, values, strict=True)}


def read_bytes(value: object) -> bytes:
    """Bytes as `lines` writes them."""
    if not isinstance(value, str):
        raise DatabaseError("the copy is damaged: bytes are written as text there")
    return base64.b64decode(value)


def _value(kind: str, value: object) -> object:
    if kind == "bytes":
        return None if value is None else read_bytes(value)
    if isinstance(value, str) and kind == "date":
        return date.fromisoformat(value)
    return value


def empty(connection: Connection, found: Iterable[Table]) -> None:
    """Delete all rows of these tables, children before parents."""
    for table in reversed(list(found)):
        connection.execute(delete(table))


def continue_numbers(connection: Connection, found: Iterable[Table]) -> None:
    """Let a server count on from the highest id; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in found:
        if "id" in table.columns and isinstance(table.columns["id"].type, Integer):
            sequence = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(sequence, select(func.max(table.c.id)).scalar_subquery())))
