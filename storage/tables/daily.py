"""Tables of the class's daily life: notices with receipts, polls with ballots, what parents bring, names."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Column, Index, String, UniqueConstraint
from sqlmodel import Field

from classroom.events import Json
from storage.tables.base import Table, key, link, open_json, sealed, sealed_json, time


def _said(default: str) -> Column[str]:
    """A word that older rows have by default."""
    return Column(String, nullable=False, server_default=default)


def _off() -> Column[bool]:
    """A switch that is off in older rows."""
    return Column(Boolean, nullable=False, server_default="0")


class Notice(Table, table=True):
    """A message to all families, or to some. `state`: draft, scheduled, open, withdrawn, over.

    `kind`: holiday, exam, activity, homework, payment, safety, meeting, free. `audience`: class, families,
    rest (those who have not confirmed the one numbered `rest_of`), committee; all but the first go to
    private, see NoticeFamily. `ladder`: what of the steps of reminding differs from the settings.

    `version` counts corrections: receipts belong to one. `names_date` is a date the text names, before
    which nudges are due. `files` are what goes along (platform refs). `before` is the text before the last
    correction, so that what changed stays marked.
    """

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("classroom_id", "number"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    number: int
    by_person: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    drafted_by: int | None = Field(
        default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL")
    )
    text: str = Field(sa_column=sealed("notices.text"))
    before: str | None = Field(default=None, sa_column=sealed("notices.before", empty=True))
    files: list[Json] = Field(default_factory=list, sa_column=sealed_json("notices.files"))
    kind: str = "free"
    audience: str = "class"
    rest_of: int | None = None
    ladder: dict[str, Json] = Field(default_factory=dict, sa_column=open_json())
    receipts: bool = True
    urgent: bool = False
    state: str = "draft"
    version: int = 1
    handle: str | None = None
    names_date: date | None = None
    pinned: bool = False
    made_at: datetime = Field(sa_column=time())
    sent_at: datetime | None = Field(default=None, sa_column=time(empty=True))
    ends_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class Receipt(Table, table=True):
    """A family's confirmation of one version of a notice. `how`: button, ack, nudge, voice, photo, paper."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("notice_id", "version", "student_id"),)
    id: int = Field(default=None, sa_column=key())
    notice_id: int = Field(sa_column=link("notices.id"))
    version: int
    student_id: int = Field(sa_column=link("students.id"))
    person_id: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    how: str
    at: datetime = Field(sa_column=time())


class Nudge(Table, table=True):
    """One private reminder to a person on a day: there is at most one a day and family."""

    __tablename__ = "nudges"
    __table_args__ = (UniqueConstraint("classroom_id", "student_id", "day", "about"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    student_id: int = Field(sa_column=link("students.id"))
    day: date
    about: str
    at: datetime = Field(sa_column=time())


class Poll(Table, table=True):
    """A vote. `state`: open, closed, cancelled. `totals`: one number an option, as last made public.

    `voted` and `households` are written at the close (with `live` and anonymous, `voted` is what `totals`
    were counted of). `salt` goes into the hashes of secret ballots and is destroyed at the close; `traces`:
    the database's files may still hold what was destroyed. `voters`: families, committee. `quorum`: 30 or
    50% or more (more than half) of the households. `hidden`: no figure is shown to anybody before the close.
    `grows`: families may add options.
    """

    __tablename__ = "polls"
    __table_args__ = (UniqueConstraint("classroom_id", "number"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    number: int
    by_person: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    question: str = Field(sa_column=sealed("polls.question"))
    options: list[str] = Field(default_factory=list, sa_column=sealed_json("polls.options"))
    anonymous: bool = False
    multiple: bool = False
    live: bool = False
    state: str = "open"
    handle: str | None = None
    totals: list[int] | None = Field(default=None, sa_column=sealed_json("polls.totals"))
    voted: int | None = None
    households: int | None = None
    salt: str | None = Field(default=None, sa_column=sealed("polls.salt", empty=True))
    traces: bool = False
    nudged: bool = False
    voters: str = Field(default="families", sa_column=_said("families"))
    quorum: str | None = None
    hidden: bool = Field(default=False, sa_column=_off())
    grows: bool = Field(default=False, sa_column=_off())
    opened_at: datetime = Field(sa_column=time())
    closes_at: datetime = Field(sa_column=time())
    closed_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class NamedBallot(Table, table=True):
    """A household's choice in a named poll; `household` is the smallest id of its students."""

    __tablename__ = "named_ballots"
    __table_args__ = (UniqueConstraint("poll_id", "household"),)
    id: int = Field(default=None, sa_column=key())
    poll_id: int = Field(sa_column=link("polls.id"))
    household: int
    person_id: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    choice: list[int] = Field(default_factory=list, sa_column=sealed_json("named_ballots.choice"))
    at: datetime = Field(sa_column=time())


class SecretBallot(Table, table=True):
    """A choice in an anonymous poll: no time, order or account, only the hash a change of mind needs.

    The hash is the primary key (and the table has no rowid), so that rows lie in no order of arrival.
    """

    __tablename__ = "secret_ballots"
    __table_args__ = (Index("ix_secret_ballots_poll_id", "poll_id"), {"sqlite_with_rowid": False})
    voter: str = Field(sa_column=Column(String, primary_key=True))
    poll_id: int = Field(sa_column=link("polls.id", index=False))
    choice: list[int] = Field(default_factory=list, sa_column=sealed_json("secret_ballots.choice"))


class Turnout(Table, table=True):
    """That a household has voted in an anonymous poll, and nothing else; dropped at the close.

    The id is a hash too, so that rows lie in no order of arrival, and there is one for a household.
    """

    __tablename__ = "turnouts"
    __table_args__ = ({"sqlite_with_rowid": False},)
    id: str = Field(sa_column=Column(String, primary_key=True))  # first: older SQLite misreads it elsewhere
    poll_id: int = Field(sa_column=link("polls.id", index=False), default=None)
    household: int


class Request(Table, table=True):
    """What a parent brings. `kind`: leave, message. `state`: open, answered, handed_over, closed.

    `reason` (an illness) and `text` are for the teachers concerned only. `assigned_to` answers it.
    """

    __tablename__ = "requests"
    __table_args__ = (UniqueConstraint("classroom_id", "number"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    number: int
    kind: str
    student_id: int | None = Field(default=None, sa_column=link("students.id", empty=True))
    person_id: int = Field(sa_column=link("people.id"))
    text: str = Field(sa_column=sealed("requests.text"))
    first_day: date | None = None
    last_day: date | None = None
    part: str | None = None
    state: str = "open"
    decision: str | None = None
    assigned_to: int | None = Field(
        default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL")
    )
    made_at: datetime = Field(sa_column=time())
    answered_at: datetime | None = Field(default=None, sa_column=time(empty=True))
    reminded_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class RequestLine(Table, table=True):
    """One line of the thread of a request; `files` are platform refs of photos and voice that go along."""

    __tablename__ = "request_lines"
    id: int = Field(default=None, sa_column=key())
    request_id: int = Field(sa_column=link("requests.id"))
    from_person: int | None = Field(
        default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL")
    )
    text: str = Field(sa_column=sealed("request_lines.text"))
    files: list[Json] = Field(default_factory=list, sa_column=sealed_json("request_lines.files"))
    at: datetime = Field(sa_column=time())


class NameState(Table, table=True):
    """How a member of a group stands with the rule on names. `state`: ok, wrong, muted.

    `checked` is a keyed hash of the name that was looked at last, so that it is read once only.
    """

    __tablename__ = "name_states"
    __table_args__ = (UniqueConstraint("member_id"),)
    id: int = Field(default=None, sa_column=key())
    member_id: int = Field(sa_column=link("members.id"))
    state: str
    checked: str | None = None
    wrong_since: datetime | None = Field(default=None, sa_column=time(empty=True))
    reminded_at: datetime | None = Field(default=None, sa_column=time(empty=True))
    muted_at: datetime | None = Field(default=None, sa_column=time(empty=True))
    reachable: bool = True


class Heard(Table, table=True):
    """That somebody wrote in a group lately, for floods: a time and a keyed hash, never the words."""

    __tablename__ = "heard"
    __table_args__ = (
        Index("ix_heard_chat_at", "chat_id", "at"),
        Index("ix_heard_sender", "chat_id", "account_id", "at"),
    )
    id: int = Field(default=None, sa_column=key())
    chat_id: int = Field(sa_column=link("chats.id", index=False))
    account_id: int | None = Field(default=None, sa_column=link("accounts.id", empty=True))
    ref: str
    digest: str
    album: str | None = None
    at: datetime = Field(sa_column=time())


class SaidTurn(Table, table=True):
    """That somebody chatted or grew heated in a group lately: a time and a word of ours, never theirs."""

    __tablename__ = "turns"
    __table_args__ = (Index("ix_turns_chat_at", "chat_id", "at"),)
    id: int = Field(default=None, sa_column=key())
    chat_id: int = Field(sa_column=link("chats.id", index=False))
    account_id: int = Field(sa_column=link("accounts.id"))
    ref: str
    talk: str
    at: datetime = Field(sa_column=time())


class Remembered(Table, table=True):
    """What a classroom keeps by name: keyed hashes of the messages that its teachers have decided about."""

    __tablename__ = "remembered"
    __table_args__ = (UniqueConstraint("classroom_id", "what", "name"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    what: str
    name: str
    data: dict[str, Json] = Field(default_factory=dict, sa_column=sealed_json("remembered.data"))
    flags: list[str] = Field(default_factory=list, sa_column=open_json())
    at: datetime = Field(sa_column=time())
