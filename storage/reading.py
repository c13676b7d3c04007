"""A database as it is, for those who only look: nothing is made, migrated or written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, event, inspect, make_url
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool
from sqlmodel import create_engine

from classroom.errors import DatabaseError
from storage.database import Database, describe, key_path
from storage.migrations import HEAD
from storage.sealing import KeyRing, read_key

UNREACHABLE = "see that it runs and that [storage] url is right"


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """One consistent view of a database while others write to it; DatabaseError where there is none."""
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise DatabaseError(f"the database cannot be read ({describe(error)}): {UNREACHABLE}") from None
    finally:
        engine.dispose()


def open_to_read(url: str, key_file: Path | None = None) -> Database:
    """An existing database with its key, for reading only; DatabaseError if it is of another step."""
    keys = KeyRing(read_key(key_file_of(url, key_file)))
    with snapshot(url) as connection:
        found = revision(connection)
    if found != HEAD:
        raise DatabaseError(
            f"the database is at step {found or 'none'}, this Homeroom works with {HEAD}: "
            "`homeroom run` of the right version brings it up to date"
        )
    return Database(_engine(url), keys)


def revision(connection: Connection) -> str | None:
    """The step of its history at which a database is; None where Homeroom has never been."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def key_file_of(url: str, key_file: Path | None) -> Path:
    """Where the key of the database at this address is."""
    return key_path(parse(url), key_file)


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; None for a server."""
    parsed = parse(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def parse(url: str) -> URL:
    """The parts of an address; DatabaseError where it is none, without repeating it."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseError("[storage] url is not the address of a database: correct it") from None


def _engine(url: str) -> Engine:
    parsed, path = parse(url), sqlite_file(url)
    if path is None:
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        server = create_engine(
            parsed, hide_parameters=True, poolclass=NullPool, isolation_level="REPEATABLE READ"
        )
        return server.execution_options(postgresql_readonly=True)
    if not path.is_file():
        raise DatabaseError(f"{path}: there is no such database; `homeroom run` makes it at its first start")
    # rw, since a reader must be able to take part in the write-ahead log; it never makes the file
    where = URL.create(
        "sqlite", database=f"file:{quote(str(path.resolve()))}", query={"mode": "rw", "uri": "true"}
    )
    engine = create_engine(where, hide_parameters=True, poolclass=NullPool)
    event.listen(engine, "connect", _only_reading)
    event.listen(engine, "begin", _begin)
    return engine


def _only_reading(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("busy_timeout=5000", "query_only=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
