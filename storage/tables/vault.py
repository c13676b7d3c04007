"""The table of what a platform must not forget over a restart: tokens, codes, what a number stands for."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.tables.base import Table, key, sealed, time


class VaultRow(Table, table=True):
    """A value that a platform keeps under a name of its own, found by `digest`, a keyed hash of that name.

    `held_until`: somebody is about to put a new value there, and all others wait so long.
    """

    __tablename__ = "vault"
    id: int = Field(default=None, sa_column=key())
    digest: str = Field(unique=True)
    value: str | None = Field(default=None, sa_column=sealed("vault.value", empty=True))
    expires_at: datetime = Field(sa_column=time(index=True))
    held_until: datetime | None = Field(default=None, sa_column=time(empty=True))
