"""Tables of sign-ups (接龙): what a class's families put their names down for, and who has."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Column, UniqueConstraint
from sqlmodel import Field

from storage.tables.base import Table, key, link, open_json, sealed, sealed_json, time


class Signup(Table, table=True):
    """A list to sign up on. `state`: open, closed, cancelled.

    `places`: one number a line, 0 where there is room for everybody. `held_at` is when it takes place.
    `unlisted`: the group sees how many have signed up, not who.
    """

    __tablename__ = "signups"
    __table_args__ = (UniqueConstraint("classroom_id", "number"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    number: int
    by_person: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    title: str = Field(sa_column=sealed("signups.title"))
    lines: list[str] = Field(default_factory=list, sa_column=sealed_json("signups.lines"))
    places: list[int] = Field(default_factory=list, sa_column=open_json())
    unlisted: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default="0"))
    state: str = "open"
    handle: str | None = None
    opened_at: datetime = Field(sa_column=time())
    closes_at: datetime = Field(sa_column=time())
    held_at: datetime | None = Field(default=None, sa_column=time(empty=True))
    closed_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class SignupEntry(Table, table=True):
    """A family on one line of a sign-up, by one of its children; the order of the ids is that of arrival.

    `waiting`: all places were taken. Who moves up is told, so that is written down and not counted anew.
    """

    __tablename__ = "signup_entries"
    __table_args__ = (UniqueConstraint("signup_id", "line", "student_id"),)
    id: int = Field(default=None, sa_column=key())
    signup_id: int = Field(sa_column=link("signups.id"))
    line: int
    student_id: int = Field(sa_column=link("students.id"))
    person_id: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    waiting: bool = False
    at: datetime = Field(sa_column=time())
