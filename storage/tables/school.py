"""Tables of the school's own address book: which class of ours is which of its, and which child is which."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from classroom.events import Json
from storage.tables.base import Table, key, link, open_json, sealed, time


class SchoolClass(Table, table=True):
    """A class that is filled from the school's address book. `department` is its number there.

    `shown`: ids of links and children that are not there any more, of which the teacher knows already.
    """

    __tablename__ = "school_classes"
    __table_args__ = (UniqueConstraint("classroom_id"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id", index=False))
    department: str
    title: str = Field(sa_column=sealed("school_classes.title"))
    shown: dict[str, Json] = Field(default_factory=dict, sa_column=open_json())
    looked_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class SchoolStudent(Table, table=True):
    """What the school's address book calls a child; never an address that anything is sent to."""

    __tablename__ = "school_students"
    __table_args__ = (UniqueConstraint("student_id"),)
    id: int = Field(default=None, sa_column=key())
    student_id: int = Field(sa_column=link("students.id", index=False))
    userid: str = Field(sa_column=sealed("school_students.userid"))
