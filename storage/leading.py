"""Who leads: of all processes on one database one carries the road, the others stand by.

PostgreSQL keeps the lead as an advisory lock of a connection, so that it is free as soon as its
process is dead; SQLite as a lock on a file beside the database. The leader's name stands in the
database, and every transaction of the road looks at it (`Database.fence`): whoever has lost the
lead without knowing writes nothing.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Connection, update
from sqlalchemy.exc import DBAPIError

from classroom.errors import DatabaseError
from storage.database import Database, LeadLostError, Records
from storage.tables import Instance

if TYPE_CHECKING:
    import psycopg

LOCK = int.from_bytes(b"homeroom", "big")
CHANNEL = "homeroom_events"
_PATIENCE = ("tcp_keepalives_idle = 3", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 2")
"""A machine that is gone without a word loses the lead within seven seconds."""


class _Hold(Protocol):
    def heard(self, seconds: float) -> bool: ...

    def give(self) -> None: ...


class Leadership:
    """One process's claim to lead."""

    def __init__(self, database: Database) -> None:
        """Nothing is claimed yet."""
        self.name = secrets.token_hex(8)
        self.leads = False
        self.stands_by = False
        """True once another process was found to lead."""
        self._database = database
        self._hold: _Hold | None = None
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="leading")

    async def take(self) -> bool:
        """Take the lead; False if another process has it."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, self._take)

    def _take(self) -> bool:
        try:
            hold = _held(self._database)
        except DBAPIError as error:
            raise DatabaseError(type(error.orig).__name__) from None
        if hold is None:
            self.stands_by = True
            return False
        self._database.fence = None
        try:
            with self._database.transaction() as records:  # waits for what the one before us has under way
                records.connection().execute(update(Instance).values(leader=self.name))
        except DatabaseError:
            hold.give()  # or this process would wait for itself for ever
            raise
        self._hold, self.stands_by = hold, False
        self._database.fence = self.name
        self.leads = True
        return True

    async def heard(self, seconds: float) -> bool:
        """Wait so long for word of what another process has stored; LeadLostError if the lead is gone."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, self._heard, seconds)

    def _heard(self, seconds: float) -> bool:
        if self._hold is None:
            raise LeadLostError
        return self._hold.heard(seconds)

    async def give(self) -> None:
        """Let another lead; for who has lost the lead, too."""
        await asyncio.get_running_loop().run_in_executor(self._worker, self._give)

    def _give(self) -> None:
        self.stands_by = self.stands_by or self.leads
        hold, self._hold, self.leads = self._hold, None, False
        self._database.fence = None
        if hold is not None:
            hold.give()


def tell(records: Records) -> None:
    """Let the leader know, once this is committed, that something came in."""
    if records.get_bind().dialect.name == "postgresql":
        records.connection().exec_driver_sql(f"NOTIFY {CHANNEL}")


def _held(database: Database) -> _Hold | None:
    if database.kind == "postgresql":
        return _Connected.take(database)
    return _Locked.take(Path(f"{database.engine.url.database}.lock"))


class _Connected:
    """The lead as PostgreSQL knows it: a lock of this connection, which listens, too."""

    def __init__(self, connection: Connection, line: psycopg.Connection[tuple[object, ...]]) -> None:
        self._connection = connection
        self._line = line

    @classmethod
    def take(cls, database: Database) -> _Connected | None:
        import psycopg  # noqa: PLC0415 - 10 MiB that a class on SQLite never needs

        connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        line = connection.connection.driver_connection
        connection.detach()  # it is ours for as long as we lead
        assert isinstance(line, psycopg.Connection)
        hold = cls(connection, line)
        try:
            if not _ask(line, f"SELECT pg_try_advisory_lock({LOCK})"):
                hold.give()
                return None
            for patience in _PATIENCE:
                line.execute(f"SET {patience}".encode())
            line.execute(f"LISTEN {CHANNEL}".encode())
        except psycopg.Error as error:
            hold.give()
            raise DatabaseError(type(error).__name__) from None
        return hold

    def heard(self, seconds: float) -> bool:
        """Wait for a word; it is asked for life as well."""
        import psycopg  # noqa: PLC0415

        try:
            _ask(self._line, "SELECT 1")
            return any(True for _ in self._line.notifies(timeout=seconds, stop_after=1))
        except psycopg.Error:
            raise LeadLostError from None

    def give(self) -> None:
        """Close the connection, and with it the lock."""
        import psycopg  # noqa: PLC0415

        try:
            self._connection.close()
        except (DBAPIError, psycopg.Error):
            self._connection.invalidate()


def _ask(line: psycopg.Connection[tuple[object, ...]], question: str) -> object:
    row = line.execute(question.encode()).fetchone()
    return row[0] if row else None


class _Locked:
    """The lead as a lock on a file, which the system frees when the process ends in whatever way."""

    def __init__(self, file: int) -> None:
        self._file = file

    @classmethod
    def take(cls, path: Path) -> _Locked | None:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - not to be had everywhere

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
                return None
        return cls(file)

    def heard(self, seconds: float) -> bool:
        """Nobody else stores anything here."""
        del seconds
        return False

    def give(self) -> None:
        """Unlock."""
        os.close(self._file)
