"""Tables of appointments: the hours a teacher offers, which family has which, and offers to change places."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.tables.base import Table, key, link, sealed, time


class Meeting(Table, table=True):
    """An afternoon of appointments, one for each family. `state`: open, closed, cancelled.

    After `closes_at` families change nothing any more; the teacher still may. `nudged`: who had none was
    reminded.
    """

    __tablename__ = "meetings"
    __table_args__ = (UniqueConstraint("classroom_id", "number"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    number: int
    by_person: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    title: str = Field(sa_column=sealed("meetings.title"))
    place: str | None = Field(default=None, sa_column=sealed("meetings.place", empty=True))
    state: str = "open"
    handle: str | None = None
    nudged: bool = False
    opened_at: datetime = Field(sa_column=time())
    closes_at: datetime = Field(sa_column=time())


class Slot(Table, table=True):
    """One appointment. `student_id` (the first child of the family) is None while it is free.

    The constraints are the rule: a time has one family, and a family one time of a meeting.
    """

    __tablename__ = "slots"
    __table_args__ = (
        UniqueConstraint("meeting_id", "starts_at"),
        UniqueConstraint("meeting_id", "student_id"),
    )
    id: int = Field(default=None, sa_column=key())
    meeting_id: int = Field(sa_column=link("meetings.id", index=False))
    starts_at: datetime = Field(sa_column=time())
    ends_at: datetime = Field(sa_column=time())
    student_id: int | None = Field(
        default=None, sa_column=link("students.id", empty=True, on_delete="SET NULL")
    )
    person_id: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    taken_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class SlotSwap(Table, table=True):
    """One family's offer to change places with another, which hears no name. `state`: open, done, over.

    `student_id` asks and has `slot_id`; `wanted_by` is asked and has `wanted_id`: if either has not any
    more, the offer is void.
    """

    __tablename__ = "slot_swaps"
    id: int = Field(default=None, sa_column=key())
    slot_id: int = Field(sa_column=link("slots.id"))
    wanted_id: int = Field(sa_column=link("slots.id"))
    student_id: int = Field(sa_column=link("students.id"))
    wanted_by: int = Field(sa_column=link("students.id"))
    person_id: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    state: str = "open"
    at: datetime = Field(sa_column=time())
