"""Tables of a classroom: its settings, roster, guardians, roles, codes and numbers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from classroom.events import Json
from storage.tables.base import Table, key, link, open_json, sealed, sealed_json, time


class Classroom(Table, table=True):
    """A school class. `state`: awaiting_teacher, active, ended. `settings`: what differs from defaults."""

    __tablename__ = "classrooms"
    id: int = Field(default=None, sa_column=key())
    name: str = Field(sa_column=sealed("classrooms.name"))
    language: str
    timezone: str
    country: str
    state: str = "active"
    settings: dict[str, Json] = Field(default_factory=dict, sa_column=open_json())
    created_by: int | None = Field(
        default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL")
    )
    created_at: datetime = Field(sa_column=time())


class RoleGrant(Table, table=True):
    """A person's role in a classroom, until a date or until ended."""

    __tablename__ = "roles"
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    person_id: int = Field(sa_column=link("people.id"))
    role: str
    head: bool = False
    until: date | None = None
    given_by: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    given_at: datetime = Field(sa_column=time())
    ended_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class StudentRow(Table, table=True):
    """A child on the roster; `aliases` is a JSON list."""

    __tablename__ = "students"
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    name: str = Field(sa_column=sealed("students.name"))
    number: str | None = Field(default=None, sa_column=sealed("students.number", empty=True))
    aliases: list[str] = Field(default_factory=list, sa_column=sealed_json("students.aliases"))
    public_mention: bool = True
    added_at: datetime = Field(sa_column=time())
    removed_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class Contact(Table, table=True):
    """Somebody on the roster who answers for a student, whether or not they use the bot."""

    __tablename__ = "contacts"
    id: int = Field(default=None, sa_column=key())
    student_id: int = Field(sa_column=link("students.id"))
    name: str | None = Field(default=None, sa_column=sealed("contacts.name", empty=True))
    relation: str | None = None
    phone: str | None = Field(default=None, sa_column=sealed("contacts.phone", empty=True))


class Guardian(Table, table=True):
    """A person's link to a student. `state`: pending (teacher decides), active, refused, ended.

    `notices_only`: never gets concerns. `position` orders whom to contact first.
    """

    __tablename__ = "guardians"
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    student_id: int = Field(sa_column=link("students.id"))
    person_id: int = Field(sa_column=link("people.id"))
    relation: str
    state: str
    notices_only: bool = False
    position: int = 0
    public_mention: bool = True
    how: str = ""
    consented_at: datetime | None = Field(default=None, sa_column=time(empty=True))
    asked_at: datetime = Field(sa_column=time())
    decided_by: int | None = Field(
        default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL")
    )
    ended_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class Code(Table, table=True):
    """A secret that opens a door: a classroom's or a student's link, a person's further account or role.

    Found by `digest`; `token` is sealed, so that a link can be shown again.
    """

    __tablename__ = "codes"
    id: int = Field(default=None, sa_column=key())
    digest: str = Field(unique=True)
    token: str = Field(sa_column=sealed("codes.token"))
    purpose: str
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    student_id: int | None = Field(default=None, sa_column=link("students.id", empty=True))
    person_id: int | None = Field(default=None, sa_column=link("people.id", empty=True))
    uses_left: int | None = None
    expires_at: datetime | None = Field(default=None, sa_column=time(empty=True))
    made_at: datetime = Field(sa_column=time())
    revoked_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class Guess(Table, table=True):
    """A wrong code or a wrong proof, kept so that guessing can be slowed down."""

    __tablename__ = "guesses"
    id: int = Field(default=None, sa_column=key())
    account_id: int = Field(sa_column=link("accounts.id"))
    what: str
    at: datetime = Field(sa_column=time())


class Counter(Table, table=True):
    """The last number given within a classroom, per kind of thing."""

    __tablename__ = "counters"
    __table_args__ = (UniqueConstraint("classroom_id", "kind"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    kind: str
    last: int = 0
