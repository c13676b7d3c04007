"""Tables of surveys: what is asked, and the answers, in the open or as nobody can read whose they are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, String, UniqueConstraint
from sqlmodel import Field

from classroom.events import Json
from classroom.text import PrivateStr
from storage.tables.base import Table, key, link, sealed, sealed_json, sealed_private, time


class Survey(Table, table=True):
    """Several questions to every family. `state`: open, closed, cancelled.

    At the close `totals` gets one list of counts a question (None where it had too few answers to be told)
    and `words` the free answers of an anonymous survey, shuffled, as JSON by question. `salt` and `traces`
    are those of a secret poll.
    """

    __tablename__ = "surveys"
    __table_args__ = (UniqueConstraint("classroom_id", "number"),)
    id: int = Field(default=None, sa_column=key())
    classroom_id: int = Field(sa_column=link("classrooms.id"))
    number: int
    by_person: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    title: str = Field(sa_column=sealed("surveys.title"))
    questions: list[Json] = Field(default_factory=list, sa_column=sealed_json("surveys.questions"))
    anonymous: bool = False
    satisfaction: bool = False
    state: str = "open"
    handle: str | None = None
    salt: str | None = Field(default=None, sa_column=sealed("surveys.salt", empty=True))
    traces: bool = False
    nudged: bool = False
    published: bool = False
    totals: list[Json] | None = Field(default=None, sa_column=sealed_json("surveys.totals"))
    words: PrivateStr | None = Field(default=None, sa_column=sealed_private("surveys.words", empty=True))
    answered: int | None = None
    households: int | None = None
    opened_at: datetime = Field(sa_column=time())
    closes_at: datetime = Field(sa_column=time())
    closed_at: datetime | None = Field(default=None, sa_column=time(empty=True))


class SurveyAnswer(Table, table=True):
    """A household's answer to one question of a named survey; `household` as of a named ballot.

    `choice` is the index of an option or of a mark; the row of question -1 says that the end was reached.
    """

    __tablename__ = "survey_answers"
    __table_args__ = (UniqueConstraint("survey_id", "household", "question"),)
    id: int = Field(default=None, sa_column=key())
    survey_id: int = Field(sa_column=link("surveys.id", index=False))
    household: int
    question: int
    person_id: int | None = Field(default=None, sa_column=link("people.id", empty=True, on_delete="SET NULL"))
    choice: int | None = Field(default=None, sa_column=sealed_json("survey_answers.choice"))
    words: PrivateStr | None = Field(
        default=None, sa_column=sealed_private("survey_answers.words", empty=True)
    )
    at: datetime = Field(sa_column=time())


class SecretAnswers(Table, table=True):
    """What a household has chosen in an anonymous survey: no time, order or account, as a secret ballot.

    `marks` has one figure an option of every question, so that all rows are of one length.
    """

    __tablename__ = "secret_answers"
    __table_args__ = (Index("ix_secret_answers_survey_id", "survey_id"), {"sqlite_with_rowid": False})
    voter: str = Field(sa_column=Column(String, primary_key=True))
    survey_id: int = Field(sa_column=link("surveys.id", index=False))
    marks: list[int] = Field(default_factory=list, sa_column=sealed_json("secret_answers.marks"))


class SecretWords(Table, table=True):
    """A free answer in an anonymous survey, under a hash that no other row knows; gone at the close."""

    __tablename__ = "secret_words"
    __table_args__ = (Index("ix_secret_words_survey_id", "survey_id"), {"sqlite_with_rowid": False})
    id: str = Field(sa_column=Column(String, primary_key=True))
    survey_id: int = Field(sa_column=link("surveys.id", index=False))
    question: int
    words: PrivateStr = Field(sa_column=sealed_private("secret_words.words"))


class SurveyTurnout(Table, table=True):
    """That a household has answered an anonymous survey to its end, and nothing else; gone at the close."""

    __tablename__ = "survey_turnouts"
    __table_args__ = (
        Index("ix_survey_turnouts_survey_id", "survey_id"),
        {"sqlite_with_rowid": False},
    )
    id: str = Field(sa_column=Column(String, primary_key=True))
    survey_id: int = Field(sa_column=link("surveys.id", index=False))
    household: int
