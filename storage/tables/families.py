"""Tables of what reaches a family on paper or by a link: its doors to its own page."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.tables.base import Table, key, link, time


class FamilyLink(Table, table=True):
    """One family's door to a page of its own. `purpose` says which, `about` the row it is about (a notice).

    The code is known to its paper alone; here is a keyed hash of it. `used_at` is when the family pressed.
    """

    __tablename__ = "family_links"
    id: int = Field(default=None, sa_column=key())
    digest: str = Field(unique=True)
    purpose: str
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    student_id: int = Field(sa_column=link("students.id"))
    about: int
    made_at: datetime = Field(sa_column=time())
    expires_at: datetime = Field(sa_column=time())
    used_at: datetime | None = Field(default=None, sa_column=time(empty=True))
