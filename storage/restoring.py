"""Filling a database from a copy: table by table, so that an interrupted run goes on where it was."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager

from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError

from classroom.errors import DatabaseError
from storage import copying, reading
from storage.copying import Advance, TableSummary
from storage.database import PROOF, describe, make_engine
from storage.migrations import RESTORING, known_steps, upgrade
from storage.sealing import KeyRing
from storage.tables import metadata

Source = Callable[[str], Iterable[bytes]]
"""The lines of a table, by its name."""


def occupied(url: str) -> int:
    """How many rows a restore would drop; 0 where there is nothing but what an interrupted one has left."""
    path = reading.sqlite_file(url)
    if path is not None and not path.exists():
        return 0
    with reading.snapshot(url) as connection:
        if (reading.revision(connection) or "").startswith(RESTORING):
            return 0
        ours = copying.tables(connection, metadata.tables.keys() - {"instance"})
        return sum(copying.count(connection, table) for table in ours)


def key_opens(secret: bytes, wanted: Mapping[str, TableSummary], source: Source) -> bool:
    """True if this key opens the proof that goes along in a copy."""
    names = [name for name, _ in wanted["instance"].columns]
    for line in source("instance"):
        sealed = copying.read_bytes(json.loads(line)[names.index("proof")])
        try:
            return KeyRing(secret).open(sealed, "instance.proof").decode().startswith(PROOF)
        except DatabaseError:
            return False
    return True


def restore(
    url: str, step: str, wanted: Mapping[str, TableSummary], source: Source, advance: Advance
) -> None:
    """Make the database hold exactly `wanted`: what it held before is dropped, what a run has done stays.

    Until the end the database carries a step with which no Homeroom starts.
    """
    if step not in known_steps():
        raise DatabaseError(
            f"the copy is of step {step}, which this version of Homeroom does not know: "
            "install a newer Homeroom; nothing was changed"
        )
    try:
        engine = make_engine(reading.parse(url), durable=True)
        try:
            stand_alone(engine)
            _prepare(engine, step)
            _fill(engine, wanted, source, advance)
            _finish(engine, step, wanted)
        finally:
            engine.dispose()
    except OSError as error:
        raise DatabaseError(f"{error.filename}: {error.strerror}: see who may write there") from None
    except DBAPIError as error:
        raise DatabaseError(
            f"the database did not take the copy ({describe(error)}): put that right and run the same again"
        ) from None


@contextmanager
def held(url: str) -> Iterator[None]:
    """Keep everybody else from writing to an SQLite database; DatabaseError where somebody has it open."""
    engine = make_engine(reading.parse(url), durable=True)
    try:
        stand_alone(engine)
        with engine.begin():  # immediate: no other writer until its end
            yield
    finally:
        engine.dispose()


def stand_alone(engine: Engine) -> None:
    """Refuse while somebody else has the database open: what they write would be lost."""
    with closing(engine.raw_connection()) as raw:
        cursor = raw.cursor()
        if engine.dialect.name == "sqlite":
            free = _sole_user(cursor)
        else:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            free = cursor.fetchone() == (0,)
        raw.commit()
    if not free:
        raise DatabaseError("the database is in use: stop Homeroom first, then run the same again")


def _sole_user(cursor: DBAPICursor) -> bool:
    try:  # only the sole user may leave the write-ahead log
        cursor.execute("PRAGMA journal_mode=DELETE")
        found = cursor.fetchone()
        cursor.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError:
        return False
    return found == ("delete",)


def _prepare(engine: Engine, step: str) -> None:
    """Empty tables of that step, unless a run that was interrupted has made them already."""
    with engine.begin() as connection:
        if reading.revision(connection) == RESTORING + step:
            return
        _drop(connection)
    upgrade(engine, None, step)
    with engine.begin() as connection:
        _mark(connection, RESTORING + step)


def _mark(connection: Connection, step: str) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = :step"), {"step": step})


def _drop(connection: Connection) -> None:
    ours = copying.tables(connection, metadata.tables.keys() | {copying.VERSIONS})
    functions = _trigger_functions(connection, ours)
    for table in reversed(ours):
        table.drop(connection)
    for function in functions:
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {function}")


def _trigger_functions(connection: Connection, ours: list[Table]) -> list[str]:
    """What a server's triggers on our tables call, which dropping the tables leaves behind."""
    if connection.dialect.name != "postgresql":
        return []
    wanted = text(
        "SELECT DISTINCT tgfoid::regprocedure::text FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid "
        "WHERE NOT tgisinternal AND c.relname = ANY(:names) AND pg_table_is_visible(c.oid)"
    )
    return list(connection.execute(wanted, {"names": [table.name for table in ours]}).scalars())


def _fill(engine: Engine, wanted: Mapping[str, TableSummary], source: Source, advance: Advance) -> None:
    with engine.begin() as connection:
        found = copying.tables(connection, wanted.keys())
        if {t.name: copying.columns(t) for t in found} != {n: s.columns for n, s in wanted.items()}:
            raise DatabaseError("the copy has other tables than its step: it was not made by Homeroom")
        done = _finished(connection, found, wanted)
        copying.empty(connection, found[done:])
    advance(sum(wanted[table.name].rows for table in found[:done]))
    for table in found[done:]:
        with engine.begin() as connection:
            copying.fill(connection, table, source(table.name), advance)


def _finished(connection: Connection, found: list[Table], wanted: Mapping[str, TableSummary]) -> int:
    """How many tables, from the first on, hold already what they should."""
    for number, table in enumerate(found):
        if copying.summary(connection, table) != wanted[table.name]:
            return number
    return len(found)


def _finish(engine: Engine, step: str, wanted: Mapping[str, TableSummary]) -> None:
    """See that every row arrived as it left, and only then give the database its step."""
    with engine.begin() as connection:
        found = copying.tables(connection, wanted.keys())
        wrong = [t.name for t in found if copying.summary(connection, t) != wanted[t.name]]
        if wrong:
            raise DatabaseError(f"these tables did not arrive whole: {', '.join(wrong)}; run the same again")
        copying.continue_numbers(connection, found)
        _mark(connection, step)
