"""Alembic's entry: runs the steps on the engine that storage opened."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Engine
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import AutoString

from storage.sealing import Sealed, SealedJson, SealedPrivate, Utc
from storage.tables import metadata


def render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write what the database sees: a step of the history must not change with the program."""
    if kind != "type" or not isinstance(item, TypeEngine):
        return False
    if isinstance(item, Sealed | SealedJson | SealedPrivate):
        return "sa.LargeBinary()"
    if isinstance(item, Utc):
        return "sa.BigInteger()"
    return "sa.String()" if isinstance(item, AutoString) else False


def check_references(connection: Connection, on: bool) -> None:
    """SQLite changes some columns by making a table anew: what refers to the old one must not go with it."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


engine = context.config.attributes["engine"]
assert isinstance(engine, Engine)
with engine.connect() as connection:
    check_references(connection, False)
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=False,
        render_item=render,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    check_references(connection, True)
