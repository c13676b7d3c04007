"""Tables of what was said about children: praises, concerns with their threads, drafts, violations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from classroom.events import Json
from classroom.text import PrivateStr
from storage.tables.base import Table, key, link, sealed, sealed_json, sealed_private, time


class Praise(Table, table=True):
    """A public recognition, perhaps with a `title` of the class's own.

    `handle` names the post in the group; None where all of it went privately.
    """

    __tablename__ = "praises"
    __table_args__ = (UniqueConstraint("classroom_id", "number"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    number: int
    by_person: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    text: str = Field(sa_column=sealed("praises.text"))
    title: str | None = Field(default=None, sa_column=sealed("praises.title", empty=True))
    handle: str | None = None
    said_at: datetime = Field(sa_column=time())
    undone_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class PraisedStudent(Table, table=True):
    """A student named in a praise; `public` is False where the family wished no mention."""

    __tablename__ = "praised_students"
    __table_args__ = (UniqueConstraint("praise_id", "student_id"),)
    id: int = Field(default=None, sa_column=key())
    praise_id: int = Field(sa_column=link("praises.id"))
    student_id: int = Field(sa_column=link("students.id"))
    public: bool = True


class Draft(Table, table=True):
    """A text that waits for its author's decision. `state`: open, used, dropped.

    `kind` names the feature (concern, praise, held). The words are private, since a draft may be criticism.
    """

    __tablename__ = "drafts"
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    person_id: int = Field(sa_column=link("people.id"))
    kind: str
    words: PrivateStr = Field(sa_column=sealed_private("drafts.words"))
    data: dict[str, Json] = Field(default_factory=dict, sa_column=sealed_json("drafts.data"))
    state: str = "open"
    made_at: datetime = Field(sa_column=time())


class Concern(Table, table=True):
    """A private criticism that was sent. The words are erased at the end of the term unless kept."""

    __tablename__ = "concerns"
    __table_args__ = (UniqueConstraint("classroom_id", "number"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    number: int
    student_id: int = Field(sa_column=link("students.id"))
    by_person: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    words: PrivateStr | None = Field(default=None, sa_column=sealed_private("concerns.words", empty=True))
    sent_at: datetime = Field(sa_column=time())
    kept: bool = False
    erased_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class ConcernRecipient(Table, table=True):
    """One guardian to whom a concern went. `state`: pending, sent, failed; `failure` says why."""

    __tablename__ = "concern_recipients"
    __table_args__ = (UniqueConstraint("concern_id", "guardian_id"),)
    id: int = Field(default=None, sa_column=key())
    concern_id: int = Field(sa_column=link("concerns.id"))
    guardian_id: int = Field(sa_column=link("guardians.id"))
    state: str = "pending"
    failure: str | None = None
    read_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class ConcernLine(Table, table=True):
    """One line of the thread between a guardian and the teachers about a concern."""

    __tablename__ = "concern_lines"
    id: int = Field(default=None, sa_column=key())
    concern_id: int = Field(sa_column=link("concerns.id"))
    guardian_id: int = Field(sa_column=link("guardians.id"))
    from_person: int | None = Field(
        default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL")
    )
    words: PrivateStr | None = Field(
        default=None, sa_column=sealed_private("concern_lines.words", empty=True)
    )
    at: datetime = Field(sa_column=time())


class Violation(Table, table=True):
    """A message or a name that broke a rule, and what was really done.

    `text` is kept for a restore; a removed command has none, since it is never restorable.
    `done`: enforced, nudged, reported_to_teacher, unsupported.
    """

    __tablename__ = "violations"
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    chat_id: int = Field(sa_column=link("chats.id"))
    account_id: int | None = Field(
        default=None, sa_column=link("accounts.id", empty=True, on_delete="SET NULL")
    )
    rule: str
    reason: str = ""
    done: str
    ref: str | None = None
    text: str | None = Field(default=None, sa_column=sealed("violations.text", empty=True))
    data: dict[str, Json] = Field(default_factory=dict, sa_column=sealed_json("violations.data"))
    at: datetime = Field(sa_column=time())
    restored_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class RemovedRow(Table, table=True):
    """A message taken out of a group because of criticism: what belongs to it or quotes it goes too.

    `long`: it was near a platform's limit, so that the rest of it may follow as a message of its own.
    """

    __tablename__ = "removed"
    __table_args__ = (
        Index("ix_removed_ref", "chat_id", "ref"),
        Index("ix_removed_album", "chat_id", "album"),
        Index("ix_removed_sender", "chat_id", "sender"),
    )
    id: int = Field(default=None, sa_column=key())
    chat_id: int = Field(sa_column=link("chats.id", index=False))
    ref: str
    album: str | None = None
    sender: str
    long: bool = False
    draft_id: int | None = Field(default=None, sa_column=link("drafts.id", empty=True, on_delete="SET NULL"))
    at: datetime = Field(sa_column=time())
