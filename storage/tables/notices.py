"""Tables of notices that are not for the whole class."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from storage.tables.base import Table, key, link


class NoticeFamily(Table, table=True):
    """A family, by its child, that a notice is for; a notice to the whole class has no such rows."""

    __tablename__ = "notice_families"
    __table_args__ = (UniqueConstraint("notice_id", "student_id"),)
    id: int = Field(default=None, sa_column=key())
    notice_id: int = Field(sa_column=link("notices.id"))
    student_id: int = Field(sa_column=link("students.id"))
