"""Tables of the school calendar: the class's own days, its holidays, what it says about them, its feed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from classroom.events import Json
from storage.tables.base import Table, key, link, sealed, sealed_json, time


class CalendarDay(Table, table=True):
    """A day of the class's own, or some. `kind`: off, school, event, term, timetable.

    `state`: draft (nothing counts it yet), live, gone. `weekday` (0 is Monday) is whose timetable a school
    day follows. `returns_at` is a time as "06:20".
    """

    __tablename__ = "calendar_days"
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    number: int
    kind: str
    name: str = Field(sa_column=sealed("calendar_days.name"))
    first: date
    last: date
    returns_on: date | None = None
    returns_at: str | None = None
    weekday: int | None = None
    state: str = "live"
    changed_at: datetime = Field(sa_column=time())


class HolidayRow(Table, table=True):
    """What has become of one holiday here. `state`: asked, unknown (its dates are), sent, skipped.

    `key` names it: "2026/国庆节", or "own/12" for a row of calendar_days.
    """

    __tablename__ = "holidays"
    __table_args__ = (UniqueConstraint("classroom_id", "key"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    key: str
    state: str
    first: date
    last: date
    returns_on: date
    returns_at: str | None = None
    draft_id: int | None = Field(default=None, sa_column=link("drafts.id", empty=True, on_delete="SET NULL"))
    notice_id: int | None = Field(
        default=None, sa_column=link("notices.id", empty=True, on_delete="SET NULL")
    )
    changed_at: datetime = Field(sa_column=time())


class HolidayPoint(Table, table=True):
    """One of the points that the class's holiday notices end with; without any, the first form holds."""

    __tablename__ = "holiday_points"
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    text: str = Field(sa_column=sealed("holiday_points.text"))


class CalendarFeed(Table, table=True):
    """The calendar that phones subscribe to: found by `digest`, served as `body` stands.

    `kept` is what each entry last said, with its sequence, so that a changed one is known as such.
    """

    __tablename__ = "calendar_feeds"
    __table_args__ = (UniqueConstraint("classroom_id"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    digest: str = Field(unique=True)
    token: str = Field(sa_column=sealed("calendar_feeds.token"))
    body: str = Field(sa_column=sealed("calendar_feeds.body"))
    kept: dict[str, Json] = Field(default_factory=dict, sa_column=sealed_json("calendar_feeds.kept"))
    etag: str
    changed_at: datetime = Field(sa_column=time())
