"""A new key for all that is sealed, in one transaction: no value is ever left between two keys."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, LargeBinary, bindparam, select, update
from sqlalchemy.exc import DBAPIError

from classroom.errors import DatabaseError
from storage import reading
from storage.database import PROOF, describe, make_engine, next_key, open_database
from storage.restoring import stand_alone
from storage.sealing import KeyRing, Sealed, SealedJson, SealedPrivate, new_key, read_key
from storage.tables import metadata

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many values have been sealed anew, and where the old key lies now."""

    values: int
    old_key: Path


def rotate(url: str, key_file: Path | None, now: datetime) -> Rotated:
    """Seal everything with a new key; DatabaseError while somebody else has the database open.

    The new key lies beside the old one before the first value is changed, and takes its place after the
    last: killed at any moment, one of the two opens everything, and the next start knows which.
    """
    open_database(url, key_file).close()  # of this program's step, its key right, an older rotation finished
    path = reading.key_file_of(url, key_file)
    coming, kept = next_key(path), path.with_name(f"{path.name}.until-{now:%Y%m%dT%H%M%S}")
    coming.unlink(missing_ok=True)
    old = KeyRing(read_key(path))
    new = KeyRing(new_key(coming))
    try:
        new_key(kept, read_key(path))
        values = _reseal(url, old, new)
    except (DatabaseError, OSError) as error:
        coming.unlink(missing_ok=True)
        kept.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise DatabaseError(f"{error.filename}: {error.strerror}: see who may write there") from None
        raise
    _settle(coming, path)
    return Rotated(values, kept)


def _settle(coming: Path, path: Path) -> None:
    coming.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _reseal(url: str, old: KeyRing, new: KeyRing) -> int:
    engine = make_engine(reading.parse(url), durable=True)
    try:
        with _alone(engine) as connection:
            _carry_digests(connection, old, new)
            values = sum(_reseal_table(connection, table, old, new) for table in metadata.sorted_tables)
        _leave_nothing(engine)
    except DBAPIError as error:
        raise DatabaseError(f"the key was not changed ({describe(error)})") from None
    finally:
        engine.dispose()
    return values


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One transaction during which nobody else can read or write a sealed value."""
    stand_alone(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA locking_mode=EXCLUSIVE")
        with connection.begin():
            if engine.dialect.name != "sqlite":
                names = ", ".join(table.name for table in metadata.sorted_tables)
                connection.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
            yield connection


def _carry_digests(connection: Connection, old: KeyRing, new: KeyRing) -> None:
    """Let codes, ballots and the rules' memory be found as before: their hashes keep their secret."""
    table = _raw(metadata.tables["instance"], ["proof"])
    proof = old.open(connection.execute(select(table.c.proof)).scalar_one(), "instance.proof").decode()
    if proof != PROOF:
        old.keep_digests(bytes.fromhex(proof.removeprefix(f"{PROOF}/")))
    carried = f"{PROOF}/{old.digest_secret.hex()}".encode()
    connection.execute(update(table).values(proof=old.seal(carried, "instance.proof")))
    new.keep_digests(old.digest_secret)


def _reseal_table(connection: Connection, table: sa.Table, old: KeyRing, new: KeyRing) -> int:
    contexts = {
        column.name: column.type.context
        for column in table.columns
        if isinstance(column.type, Sealed | SealedPrivate | SealedJson)
    }
    if not contexts:
        return 0
    [key] = table.primary_key.columns
    raw = _raw(table, list(contexts))
    change = update(raw).where(raw.c[key.name] == bindparam("key"))
    change = change.values({name: bindparam(f"new_{name}", type_=LargeBinary()) for name in contexts})
    values = 0
    for batch in _batches(connection, raw, key.name):
        rows = [_sealed_anew(row, contexts, old, new) for row in batch]
        values += sum(value is not None for row in rows for value in row.values()) - len(rows)
        connection.execute(change, rows)
    return values


def _sealed_anew(
    row: sa.Row[tuple[object, ...]], contexts: Mapping[str, str], old: KeyRing, new: KeyRing
) -> dict[str, object]:
    found: dict[str, object] = {"key": row[0]}
    values: Sequence[object] = tuple(row)[1:]
    for (name, context), value in zip(contexts.items(), values, strict=True):
        opened = old.open(value, context) if isinstance(value, bytes) else None
        found[f"new_{name}"] = None if opened is None else new.seal(opened, context)
    return found


def _batches(
    connection: Connection, raw: sa.TableClause, key: str
) -> Iterator[Sequence[sa.Row[tuple[object, ...]]]]:
    wanted = select(*raw.c).order_by(raw.c[key]).limit(BATCH)
    found = connection.execute(wanted).fetchall()
    while found:
        yield found
        found = connection.execute(wanted.where(raw.c[key] > found[-1][0])).fetchall()


def _raw(table: sa.Table, sealed: list[str]) -> sa.TableClause:
    """A table as its bytes lie there, without opening them: its key, and these columns."""
    [key] = table.primary_key.columns
    columns = [sa.column(name, LargeBinary()) for name in sealed]
    return sa.table(table.name, sa.column(key.name, key.type), *columns)


def _leave_nothing(engine: Engine) -> None:
    """Let what the old key opens leave the database's files too."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()  # an engine's own connection would say BEGIN first
        try:
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                raw.cursor().execute(statement)
        finally:
            raw.close()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM (FULL) {', '.join(t.name for t in metadata.sorted_tables)}")
