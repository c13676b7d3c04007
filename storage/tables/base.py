"""What all tables share: one metadata with named constraints, and short ways to write columns."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Integer, MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel
from sqlmodel._compat import SQLModelConfig

from classroom.events import Json
from classroom.text import PrivateStr
from storage.sealing import Sealed, SealedJson, SealedPrivate, Utc

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Table(SQLModel, registry=registry(metadata=metadata)):
    """The base of every table; `metadata` is ours, so that other users of SQLModel do not meet it."""

    metadata = metadata
    # rows are never validated: what Pydantic would build for that is built when first asked for
    model_config = SQLModelConfig(arbitrary_types_allowed=True, defer_build=True)


def key() -> Column[int]:
    """A primary key that counts up."""
    return Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def sealed(context: str, *, empty: bool = False) -> Column[str]:
    """A sealed text; `empty` allows NULL."""
    return Column(Sealed(context), nullable=empty)


def sealed_private(context: str, *, empty: bool = False) -> Column[PrivateStr]:
    """A sealed text of criticism."""
    return Column(SealedPrivate(context), nullable=empty)


def sealed_json(context: str) -> Column[Json]:
    """Sealed JSON, NULL allowed."""
    return Column(SealedJson(context), nullable=True)


def open_json() -> Column[Json]:
    """JSON in the clear, for what is not personal."""
    return Column(JSON, nullable=False)


def time(*, empty: bool = False, index: bool = False) -> Column[datetime]:
    """A point in time in UTC."""
    return Column(Utc, nullable=empty, index=index)


def link(target: str, *, empty: bool = False, index: bool = True, on_delete: str = "CASCADE") -> Column[int]:
    """A reference to another table's row."""
    return Column(
        BigInteger().with_variant(Integer, "sqlite"),
        ForeignKey(target, ondelete=on_delete),
        nullable=empty,
        index=index,
    )
