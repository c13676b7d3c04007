"""Tables of the road: events in, deliveries out, what posts became, buttons, dialogues, schedules."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from classroom.events import Json
from storage.tables.base import Table, key, link, open_json, sealed, sealed_json, time


def _only(name: str, columns: str, state: str, *, unique: bool = False) -> Index:
    """An index of the few rows in one state, which stays small however many are done with.

    PostgreSQL's stands in the history alone: the word for it here would load all of its drivers.
    """
    return Index(name, *columns.split(), unique=unique, sqlite_where=text(state))


class EventRow(Table, table=True):
    """What came in. `state`: pending, done, failed (kept with the error). `raw` is erased once handled."""

    __tablename__ = "events"
    __table_args__ = (
        _only("ix_events_pending", "id", "state = 'pending'"),
        _only("ix_events_ready", "ready_at", "state = 'pending'"),
        Index("ix_events_handled", "handled_at"),
    )
    id: int = Field(default=None, sa_column=key())
    key: str = Field(unique=True)
    source: str
    raw: str | None = Field(default=None, sa_column=sealed("events.raw", empty=True))
    album: str | None = Field(default=None, index=True)
    ready_at: datetime = Field(sa_column=time())
    state: str = "pending"
    kind: str | None = None
    error: str | None = None
    received_at: datetime = Field(sa_column=time())
    handled_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class DeliveryRow(Table, table=True):
    """One effect on its way. `state`: pending, parked, sending, sent, failed, dead, merged.

    `outcome` of a message that was sent is what the platform tells of it (accepted, delivered,
    awaiting_teacher_confirm, possibly_dropped), of anything else that was done `enforced`, else why not.
    A delivery to a guardian has no chat until an attempt finds one. `lane_key` says behind what
    it queues. The CHECK is the second lock on criticism.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(["chat_id", "chat_kind"], ["chats.id", "chats.kind"], name="fk_deliveries_chat"),
        CheckConstraint(
            "NOT (audience = 'private' AND chat_kind = 'group')", name="no_private_text_in_a_group"
        ),
        CheckConstraint("(chat_id IS NULL) = (chat_kind IS NULL)", name="chat_has_kind"),
        CheckConstraint("chat_id IS NOT NULL OR guardian_id IS NOT NULL", name="goes_somewhere"),
        _only("ix_deliveries_pending", "lane_key lane id", "state = 'pending'"),
        _only("ix_deliveries_due", "due_at", "state = 'pending'"),
        _only("ix_deliveries_waiting", "lane due_at id lane_key", "state = 'pending'"),
        _only("ix_deliveries_tried", "due_at", "state = 'pending' AND attempts > 0"),
        _only("ix_deliveries_begun", "id", "state = 'sending'"),
        _only("ix_deliveries_odd", "state", "state IN ('parked', 'failed', 'dead')"),
        _only("ix_deliveries_doubtful", "possible_duplicates", "possible_duplicates > 0"),
        _only("ix_deliveries_texts", "finished_at", "payload IS NOT NULL AND finished_at IS NOT NULL"),
        Index("ix_deliveries_handle", "handle", "state"),
        Index("ix_deliveries_chat", "chat_id", "state"),
    )
    id: int = Field(default=None, sa_column=key())
    event_id: int | None = Field(default=None, sa_column=link("events.id", empty=True, on_delete="SET NULL"))
    classroom_id: int | None = Field(
        default=None, sa_column=link("classrooms.id", empty=True, on_delete="SET NULL", index=False)
    )
    platform: str | None = None
    chat_id: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), nullable=True)
    )
    chat_kind: str | None = None
    guardian_id: int | None = Field(default=None, sa_column=link("guardians.id", empty=True))
    audience: str | None = None
    kind: str
    lane: str
    lane_key: str
    payload: str | None = Field(default=None, sa_column=sealed("deliveries.payload", empty=True))
    handle: str | None = None
    quiet: str | None = None
    park: bool = False
    state: str = "pending"
    attempts: int = 0
    due_at: datetime = Field(sa_column=time())
    outcome: str | None = None
    detail: str | None = None
    possible_duplicates: int = 0
    created_at: datetime = Field(sa_column=time())
    finished_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class PostedRow(Table, table=True):
    """What a post of ours became on the platform: one row for each of its messages."""

    __tablename__ = "posted"
    __table_args__ = (
        Index("ix_posted_handle", "handle", "chat_id"),
        Index("ix_posted_ref", "chat_id", "ref"),
    )
    id: int = Field(default=None, sa_column=key())
    delivery_id: int | None = Field(
        default=None, sa_column=link("deliveries.id", empty=True, on_delete="SET NULL")
    )
    handle: str
    chat_id: int = Field(sa_column=link("chats.id"))
    ref: str
    at: datetime = Field(sa_column=time())


class TriedWay(Table, table=True):
    """A private conversation at which a message could not be told, so that no other is tried twice.

    `failure` is why. Most deliveries have none: they arrive by the first way.
    """

    __tablename__ = "tried_ways"
    __table_args__ = (UniqueConstraint("delivery_id", "chat_id"),)
    id: int = Field(default=None, sa_column=key())
    delivery_id: int = Field(sa_column=link("deliveries.id", index=False))
    chat_id: int = Field(sa_column=link("chats.id"))
    failure: str
    at: datetime = Field(sa_column=time())


class ButtonRow(Table, table=True):
    """A button out there: what it means, for whom, until when. The token is random and means nothing."""

    __tablename__ = "buttons"
    __table_args__ = (Index("ix_buttons_handle", "handle"),)
    token: str = Field(primary_key=True)
    purpose: str
    args: dict[str, Json] = Field(default_factory=dict, sa_column=sealed_json("buttons.args"))
    classroom_id: int | None = Field(default=None, sa_column=link("classrooms.id", empty=True))
    person_id: int | None = Field(default=None, sa_column=link("people.id", empty=True))
    roles: list[str] = Field(default_factory=list, sa_column=open_json())
    chat_id: int | None = Field(default=None, sa_column=link("chats.id", empty=True))
    handle: str | None = None
    once: bool = False
    expires_at: datetime = Field(sa_column=time(index=True))
    used_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class DialogueRow(Table, table=True):
    """What a private conversation is in the middle of; one per chat, 30 minutes to live."""

    __tablename__ = "dialogues"
    id: int = Field(default=None, sa_column=key())
    chat_id: int = Field(sa_column=link("chats.id"))
    purpose: str
    data: dict[str, Json] = Field(default_factory=dict, sa_column=sealed_json("dialogues.data"))
    classroom_id: int | None = Field(default=None, sa_column=link("classrooms.id", empty=True))
    expires_at: datetime = Field(sa_column=time())
    __table_args__ = (UniqueConstraint("chat_id"),)


class ScheduleRow(Table, table=True):
    """Something that happens later. `state`: waiting, fired, missed, cancelled.

    `name` is unique while waiting, so that the same thing is not scheduled twice. `grace` in seconds.
    """

    __tablename__ = "schedules"
    __table_args__ = (
        _only("ix_schedules_waiting", "due_at", "state = 'waiting'"),
        _only("uq_schedules_waiting_name", "name", "state = 'waiting'", unique=True),
    )
    id: int = Field(default=None, sa_column=key())
    name: str
    kind: str
    classroom_id: int | None = Field(default=None, sa_column=link("classrooms.id", empty=True))
    number: int | None = None
    args: dict[str, Json] = Field(default_factory=dict, sa_column=sealed_json("schedules.args"))
    due_at: datetime = Field(sa_column=time())
    grace: int
    every: str | None = None
    created_by: int | None = Field(
        default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL")
    )
    state: str = "waiting"
    fired_at: datetime | None = Field(default=None, sa_column=time(empty=True))
    created_at: datetime = Field(sa_column=time())


class Instance(Table, table=True):
    """One row that says whose key sealed this database; `rosters` counts the changes of any roster.

    `leader` is the process that carries the road, by a name of its own choosing.
    """

    __tablename__ = "instance"
    id: int = Field(default=1, primary_key=True)
    proof: str = Field(sa_column=sealed("instance.proof"))
    rosters: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    leader: str | None = None
    created_at: datetime = Field(sa_column=time())
