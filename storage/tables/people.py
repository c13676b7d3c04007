"""Tables of people and places: persons, their accounts, chats and who was seen where."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, String, UniqueConstraint
from sqlmodel import Field

from classroom.addresses import ChatKind
from storage.tables.base import Table, key, link, open_json, sealed, time


class Person(Table, table=True):
    """A human; language and hours are this person's own wish, None where not said.

    `hours` are quiet hours ("20:00-07:00" or "off"), for teachers too: one may teach in this class
    and be a parent in that. `channel` is the private chat where they wish to be told, `last_channel`
    the one where they last did something; one that is no longer theirs counts for nothing.
    """

    __tablename__ = "people"
    id: int = Field(default=None, sa_column=key())
    language: str | None = None
    hours: str | None = None
    channel: int | None = None
    last_channel: int | None = None
    created_at: datetime = Field(sa_column=time())


class Chat(Table, table=True):
    """A group or a private conversation on a platform; its kind never changes.

    `door` of a private chat: unknown, open, never_started, blocked, not_subscribed, window_closed, gone.
    The rest belongs to groups: `introduced` once the bot has said there who it is, `pointed_at` when it
    last pointed to private.
    """

    __tablename__ = "chats"
    __table_args__ = (
        UniqueConstraint("platform", "native"),
        UniqueConstraint("id", "kind"),
        CheckConstraint("kind IN ('group', 'private')", name="kind"),
    )
    id: int = Field(default=None, sa_column=key())
    platform: str
    native: str
    kind: ChatKind = Field(sa_column=Column(String, nullable=False))
    classroom_id: int | None = Field(
        default=None, sa_column=link("classrooms.id", empty=True, on_delete="SET NULL")
    )
    title: str = Field(default="", sa_column=sealed("chats.title"))
    door: str = "unknown"
    present: bool = True
    admin: bool = False
    rights: list[str] = Field(default_factory=list, sa_column=open_json())
    thread: str | None = None
    introduced: bool = False
    pointed_at: datetime | None = Field(default=None, sa_column=time(empty=True))
    created_at: datetime = Field(sa_column=time())


class Account(Table, table=True):
    """A person's identity on one platform, with the private chat that belongs to it."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("platform", "native"),)
    id: int = Field(default=None, sa_column=key())
    person_id: int = Field(sa_column=link("people.id"))
    chat_id: int = Field(sa_column=link("chats.id"))
    platform: str
    native: str
    name: str = Field(sa_column=sealed("accounts.name"))
    username: str | None = Field(default=None, sa_column=sealed("accounts.username", empty=True))
    language: str | None = None
    kind: str = "person"
    created_at: datetime = Field(sa_column=time())


class Member(Table, table=True):
    """An account seen in a group; `tag` is what the bot set beside the name."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("chat_id", "account_id"),)
    id: int = Field(default=None, sa_column=key())
    chat_id: int = Field(sa_column=link("chats.id"))
    account_id: int = Field(sa_column=link("accounts.id"))
    present: bool = True
    greeted: bool = False
    tag: str | None = Field(default=None, sa_column=sealed("members.tag", empty=True))
    seen_at: datetime = Field(sa_column=time())


class Erasure(Table, table=True):
    """That somebody was erased, so that a backup from before does not bring them back.

    `kind`: person, student; `number` is the id of the row that is left of them, without a word in it.
    """

    __tablename__ = "erasures"
    __table_args__ = (Index("ix_erasures_of", "kind", "number"),)
    id: int = Field(default=None, sa_column=key())
    kind: str
    number: int
    at: datetime = Field(sa_column=time())
