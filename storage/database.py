"""The one database: opened with its key, brought up to date, used one transaction at a time by one thread."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, event, func, inspect, make_url, update
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor, ExecutionContext
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, col, create_engine, select

from classroom.errors import DatabaseError
from storage.memory import KeptRosters, Memory
from storage.putting_off import APART, reads_leaving, write_heard, write_leaving
from storage.sealing import KeyRing, load_key, read_key
from storage.tables import Instance

T = TypeVar("T")
GIVEN_UP_AFTER = "8s"
"""So long PostgreSQL waits for a leader that vanished in the middle of a transaction, before it ends that."""

PROOF = "homeroom"
"""What the proof of the key says; once the key was changed, the secret of the hashes stands behind it."""

MEMORY = "homeroom_memory"
PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""How long a PostgreSQL server may be gone without a word before a connection to it counts as broken."""

READS = "homeroom_reads"
"""The option of a connection that only reads, so that its transaction need not shut others out."""


class Records(Session):
    """One transaction's view of the database: what handlers hand to the queries of storage."""

    @cached_property
    def memory(self) -> Memory:
        """What was read for the whole batch; ask `recall` where rows may have been changed just now."""
        return Memory()

    def recall(self) -> Memory:
        """The memory, after rows that were changed have been written and what they touch is forgotten."""
        if self.new or self.dirty or self.deleted:
            self.flush()
        return self.memory

    def write_put_off(self) -> None:
        """Write who wrote what, which was put off for the whole batch to be written at once."""
        write_heard(self.connection(), self.memory)

    def write_leaving(self) -> None:
        """Write what leaves, which was put off for the whole batch as well."""
        write_leaving(self.connection(), self.memory)

    def finish(self) -> None:
        """Write the last of it: what was put off, and that rosters have changed if they have."""
        self.write_put_off()
        self.flush()
        self.write_leaving()
        if "students" in self.memory.written:
            self.connection().execute(update(Instance).values(rosters=col(Instance.rosters) + 1))


class Database:
    """An opened database. `write` runs a function in a transaction in the writer's thread."""

    def __init__(self, engine: Engine, keys: KeyRing) -> None:
        """Use `open_database`; this binds the key to the engine."""
        self.engine = engine
        self.fence: str | None = None
        """The name under which this process leads: while it is set, `write` looks whether it still does."""
        self.use(keys)
        self._kept = KeptRosters()
        event.listen(engine, "before_cursor_execute", _note)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._looker = ThreadPoolExecutor(1, thread_name_prefix="looker")

    def use(self, keys: KeyRing) -> None:
        """Seal and open with this key from now on."""
        vars(self.engine.dialect)["homeroom_keys"] = keys
        self.keys = keys

    @property
    def kind(self) -> str:
        """sqlite or postgresql."""
        return self.engine.dialect.name

    @contextmanager
    def transaction(self) -> Iterator[Records]:
        """Everything inside happens or nothing does. Errors carry SQLSTATE and constraint, never values."""
        with Records(self.engine, expire_on_commit=False) as records:
            try:
                records.memory.kept = self._kept
                yield records
                records.finish()
                records.commit()
            except DBAPIError as error:
                records.rollback()
                raise DatabaseError(_without_values(error)) from None

    async def write(self, work: Callable[[Records], T]) -> T:
        """Run `work` in one transaction in the writer's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._run, work)

    def _run(self, work: Callable[[Records], T]) -> T:
        with self.transaction() as records:
            self._look_at_fence(records)
            return work(records)

    def _look_at_fence(self, records: Records) -> None:
        """See that we still lead; a successor waits until this transaction is over.

        On SQLite the lead is a lock of the system's, which nobody loses unknowingly.
        """
        if self.fence is None or self.kind != "postgresql":
            return
        given_up = func.set_config("idle_in_transaction_session_timeout", GIVEN_UP_AFTER, True)
        leader = select(Instance.leader, given_up).where(Instance.id == 1).with_for_update(read=True)
        found = records.exec(leader).one_or_none()
        if found is None or found[0] != self.fence:
            raise LeadLostError

    async def look(self, work: Callable[[Records], T]) -> T:
        """Run `work`, which only reads, beside the writer: neither waits for the other."""
        return await asyncio.get_running_loop().run_in_executor(self._looker, self.looked, work)

    def looked(self, work: Callable[[Records], T]) -> T:
        """The same for who has no loop."""
        with Records(self.engine.execution_options(**{READS: True})) as records:
            try:
                return work(records)
            except DBAPIError as error:
                raise DatabaseError(_without_values(error)) from None

    async def wipe(self, tables: Sequence[str]) -> bool:
        """Let what was deleted from `tables` leave the database's files too; False: not now, try again.

        SQLite overwrites deleted rows (secure_delete), so that only its log has to be emptied; PostgreSQL
        writes the tables anew. What neither can reach is in docs/decisions/0006-secret-ballots.md.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._wipe, tables)

    def _wipe(self, tables: Sequence[str]) -> bool:
        if self.engine.dialect.name != "sqlite":
            return self._write_anew(tables)
        raw = self.engine.raw_connection()  # an engine's own connection would say BEGIN first
        try:
            found = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            raw.close()
        return found is not None and found[0] == 0

    def _write_anew(self, tables: Sequence[str]) -> bool:
        try:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("SET lock_timeout = '2s'")
                connection.exec_driver_sql(f"VACUUM (FULL) {', '.join(tables)}")
                connection.exec_driver_sql("RESET lock_timeout")
        except OperationalError:  # somebody else holds a table: later
            return False
        return True

    def close(self) -> None:
        """Let the writer finish and give back connections."""
        self._writer.shutdown(wait=True)
        self._looker.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()


@event.listens_for(Records, "after_begin")
def _begun(records: Records, _transaction: SessionTransaction, connection: Connection) -> None:
    connection.info[MEMORY] = records.memory


def _note(
    connection: Connection,
    _cursor: DBAPICursor,
    statement: str,
    _parameters: object,
    context: ExecutionContext,
    _many: bool,
) -> None:
    memory = connection.info.get(MEMORY)
    if isinstance(memory, Memory):
        if memory.leaving and reads_leaving(statement) and not context.execution_options.get(APART):
            write_leaving(connection, memory)
        memory.note(statement)


class LeadLostError(DatabaseError):
    """Another process leads now: what this one was about to write is its business no more."""

    def __init__(self) -> None:
        """There is nothing more to say."""
        super().__init__("another process leads")


def is_database_trouble(error: Exception) -> bool:
    """True if the database itself is at fault (gone, locked, full), so that no event is to blame."""
    return isinstance(error, OperationalError | InterfaceError)


def describe(error: Exception) -> str:
    """An error in a few words that hold no value: a class, and for the database its own code."""
    return _without_values(error) if isinstance(error, DBAPIError) else type(error).__name__


def _without_values(error: DBAPIError) -> str:
    original = error.orig
    state = getattr(original, "sqlstate", None) or getattr(original, "sqlite_errorname", "")
    constraint = getattr(getattr(original, "diag", None), "constraint_name", None)
    return f"{type(original).__name__} {state} {constraint or ''}".strip()


def open_database(url: str, key_file: Path | None = None, *, durable: bool = True) -> Database:
    """Open, check and migrate. DatabaseError if it cannot be, is newer than the program or has another key.

    `durable` False does not wait for the disk: for what may be lost, such as a test's database.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # such as a port that is no number
        raise DatabaseError("[storage] url is not the address of a database: correct it") from None
    try:
        keys = KeyRing(load_key(key_path(parsed, key_file)))
        database = Database(make_engine(parsed, durable=durable), keys)
        _upgrade(database.engine)
    except OSError as error:
        raise DatabaseError(
            f"{error.filename}: {error.strerror}: correct [storage] url or key_file, or who may write there"
        ) from None
    except DBAPIError as error:
        raise DatabaseError(
            f"the database cannot be opened ({_without_values(error)}): see that it runs; check [storage] url"
        ) from None
    return _proved(database, key_path(parsed, key_file))


def key_path(url: URL, key_file: Path | None) -> Path:
    """Where the key of a database is: as set, else beside the SQLite file."""
    if key_file is not None:
        return key_file
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(url.database).with_suffix(".key")
    return Path("homeroom.key")


def make_engine(url: URL, *, durable: bool) -> Engine:
    """Connections as Homeroom needs them; the file of an SQLite database is made if it is not there."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, durable)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    patience = {name: value for name, value in PATIENCE.items() if name not in url.query}
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=4, connect_args=patience)


def _sqlite(url: URL, durable: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise DatabaseError("storage.url needs a file, e.g. sqlite:///homeroom.db")
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connect = {"check_same_thread": False, "cached_statements": 1024}
    engine = create_engine(url, hide_parameters=True, connect_args=connect)
    event.listen(engine, "connect", lambda made, entry: _sqlite_connect(made, entry, durable))
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _sqlite_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry, durable: bool) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    waits = "synchronous=FULL" if durable else "synchronous=OFF"
    for pragma in ("journal_mode=WAL", "busy_timeout=5000", "foreign_keys=ON", "secure_delete=ON", waits):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    # a deferred transaction that begins by reading loses updates silently when it comes to write
    connection.exec_driver_sql(
        "BEGIN" if connection.get_execution_options().get(READS) else "BEGIN IMMEDIATE"
    )


def _upgrade(engine: Engine) -> None:
    from storage.migrations import head, upgrade  # noqa: PLC0415 - alembic is slow to import

    # only read: who leads may be writing without a pause
    with engine.connect().execution_options(**{READS: True}) as connection:
        known = inspect(connection).has_table("alembic_version")
        found = (
            connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() if known else None
        )
    if found == head():
        return
    upgrade(engine, found)


def _proved(database: Database, key: Path) -> Database:
    """The database, if its key opens the proof; a change of the key that was cut short is finished first."""
    coming = next_key(key)
    try:
        _prove_key(database)
    except DatabaseError:
        if not coming.exists():
            raise
        database.use(KeyRing(read_key(coming)))
        _prove_key(database)
        coming.replace(key)
    return database


def next_key(key: Path) -> Path:
    """Where the key lies that is about to become this one."""
    return key.with_name(f"{key.name}.next")


def _prove_key(database: Database) -> None:
    try:
        found = database.looked(_proof)
    except DatabaseError as error:
        raise DatabaseError(
            "the key file does not belong to this database: set storage.key_file to the one it was made with"
        ) from error
    if found is None:
        with database.transaction() as records:
            records.add(Instance(id=1, proof=PROOF, created_at=datetime.now(UTC)))
    elif found != PROOF:
        database.keys.keep_digests(bytes.fromhex(found.removeprefix(f"{PROOF}/")))


def _proof(records: Records) -> str | None:
    row = records.get(Instance, 1)  # which opens the seal
    return row.proof if row is not None else None
