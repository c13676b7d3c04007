"""Answers to a survey: one set a household, in the open or as nobody can read whose they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import delete
from sqlmodel import col, select

from classroom.events import Json
from classroom.text import PrivateStr
from storage.database import Records
from storage.households import Households
from storage.tables import SecretAnswers, SecretWords, Survey, SurveyAnswer, SurveyTurnout

SCALE, CHOICE, TEXT = "scale", "choice", "text"
MARKS = 5
SHOWN_FROM = 5
"""From so many answers on they are told; with fewer one could guess who."""

END = -1
"""What stands in the place of a question once the end was reached."""

Digest = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Question:
    """One question: marks from 1 to 5, one of `options`, or free words."""

    kind: str
    text: str
    options: tuple[str, ...] = ()

    @property
    def cells(self) -> int:
        """How many answers there are to choose from; none for free words."""
        return MARKS if self.kind == SCALE else len(self.options)

    def to_json(self) -> dict[str, Json]:
        """The question as it is kept."""
        return {"kind": self.kind, "text": self.text, "options": [*self.options]}

    @classmethod
    def from_json(cls, data: Json) -> Question:
        """The question that was kept."""
        kept = data if isinstance(data, dict) else {}
        options = kept.get("options")
        return cls(
            str(kept.get("kind")),
            str(kept.get("text")),
            tuple(str(o) for o in options) if isinstance(options, list) else (),
        )


def questions_of(survey: Survey) -> list[Question]:
    """What a survey asks, in order."""
    return [Question.from_json(data) for data in survey.questions]


@dataclass(frozen=True)
class Answers:
    """The answers to one survey, seen by the households of today.

    Households that were joined meanwhile answer together: what either has said counts, the smaller
    student's first, until they say it anew.
    """

    records: Records
    survey: Survey
    homes: Households
    digest: Digest

    @cached_property
    def questions(self) -> list[Question]:
        """What is asked."""
        return questions_of(self.survey)

    def chosen(self, home: int) -> dict[int, int]:
        """A household's choices by question."""
        if self.survey.anonymous:
            row = self._secret(home)
            return self._read(row.marks) if row is not None else {}
        found = reversed(self._named(home))
        return {row.question: row.choice for row in found if row.choice is not None}

    def worded(self, home: int) -> set[int]:
        """The questions that a household has answered in words."""
        if self.survey.anonymous:
            free = [i for i, q in enumerate(self.questions) if q.kind == TEXT]
            return {i for i in free if self._secret_words(home, i)}
        return {row.question for row in self._named(home) if row.words is not None}

    def first_open(self, home: int) -> int:
        """Where a household goes on: the first question without an answer, or the end."""
        done = self.chosen(home).keys() | self.worded(home)
        return next((i for i in range(len(self.questions)) if i not in done), len(self.questions))

    def choose(self, home: int, question: int, choice: int | None, person: int, now: datetime) -> None:
        """Let this be the household's answer; None takes it back."""
        if not self.survey.anonymous:
            self._put(home, question, person, now, choice=choice)
            return
        row = self._own_secret(home)
        start = sum(q.cells for q in self.questions[:question])
        marks = [*row.marks]
        for cell in range(self.questions[question].cells):
            marks[start + cell] = int(cell == choice)
        row.marks = marks
        self.records.flush()

    def write(self, home: int, question: int, words: PrivateStr | None, person: int, now: datetime) -> None:
        """Let these be the household's words; None takes them back."""
        if not self.survey.anonymous:
            self._put(home, question, person, now, words=words)
            return
        ids = [self._hash("words", s, question) for s in self.homes.students[home]]
        self.records.flush()
        self.records.connection().execute(delete(SecretWords).where(col(SecretWords.id).in_(ids)))
        self.records.expire_all()
        if words is not None:
            name = self._hash("words", home, question)
            self.records.add(SecretWords(id=name, survey_id=self.survey.id, question=question, words=words))
        self.records.flush()

    def finish(self, home: int, person: int, now: datetime) -> None:
        """The household has come to the end, whatever it has left out."""
        if home in self.finished():
            return
        if self.survey.anonymous:
            name = self._hash("turnout", home)
            self.records.add(SurveyTurnout(id=name, survey_id=self.survey.id, household=home))
            self.records.flush()
        else:
            self._put(home, END, person, now, choice=0)

    def finished(self) -> set[int]:
        """The households that have come to the end."""
        if self.survey.anonymous:
            rows = self.records.exec(
                select(SurveyTurnout.household).where(SurveyTurnout.survey_id == self.survey.id)
            ).all()
        else:
            rows = self.records.exec(
                select(SurveyAnswer.household).where(
                    SurveyAnswer.survey_id == self.survey.id, SurveyAnswer.question == END
                )
            ).all()
        return {self.homes.of[household] for household in rows if household in self.homes.of}

    def counts(self) -> list[list[int]]:
        """How often each answer was given, by question; of free words how many wrote any."""
        tally = [[0] * max(q.cells, 1) for q in self.questions]
        for home in self.homes.students:
            for question, choice in self.chosen(home).items():
                if 0 <= question < len(tally) and choice < self.questions[question].cells:
                    tally[question][choice] += 1
            for question in self.worded(home):
                tally[question][0] += 1
        return tally

    def by_family(self) -> dict[int, list[SurveyAnswer]]:
        """Who has said what in a named survey, by household; nobody knows it of an anonymous one."""
        if self.survey.anonymous:
            return {}
        found = {home: [r for r in self._named(home) if r.question != END] for home in self.homes.students}
        return {home: rows for home, rows in found.items() if rows}

    def secret_words(self, question: int) -> list[PrivateStr]:
        """Everything that was written to a question of an anonymous survey."""
        found = self.records.exec(
            select(SecretWords).where(
                SecretWords.survey_id == self.survey.id, SecretWords.question == question
            )
        ).all()
        return [row.words for row in found]

    def _put(
        self,
        home: int,
        question: int,
        person: int,
        now: datetime,
        *,
        choice: int | None = None,
        words: PrivateStr | None = None,
    ) -> None:
        mine = [row for row in self._named(home) if row.question == question]
        kept = next((row for row in mine if row.household == home), None)
        for row in mine:
            if row is not kept or (choice is None and words is None):
                self.records.delete(row)
        if choice is not None or words is not None:
            if kept is None:
                kept = SurveyAnswer(survey_id=self.survey.id, household=home, question=question, at=now)
                self.records.add(kept)
            kept.choice, kept.words, kept.person_id, kept.at = choice, words, person, now
        self.records.flush()

    def _named(self, home: int) -> list[SurveyAnswer]:
        return list(
            self.records.exec(
                select(SurveyAnswer)
                .where(
                    SurveyAnswer.survey_id == self.survey.id,
                    col(SurveyAnswer.household).in_(self.homes.students[home]),
                )
                .order_by(col(SurveyAnswer.household), col(SurveyAnswer.question))
            ).all()
        )

    def _secret(self, home: int) -> SecretAnswers | None:
        found = (self.records.get(SecretAnswers, self._hash("answers", s)) for s in self.homes.students[home])
        return next((row for row in found if row is not None), None)

    def _own_secret(self, home: int) -> SecretAnswers:
        """The household's one row, under its own hash."""
        name, found = self._hash("answers", home), self._secret(home)
        if found is not None and found.voter == name:
            return found
        marks = [*found.marks] if found is not None else [0] * sum(q.cells for q in self.questions)
        ids = [self._hash("answers", s) for s in self.homes.students[home]]
        self.records.flush()
        self.records.connection().execute(delete(SecretAnswers).where(col(SecretAnswers.voter).in_(ids)))
        self.records.expire_all()
        row = SecretAnswers(voter=name, survey_id=self.survey.id, marks=marks)
        self.records.add(row)
        return row

    def _secret_words(self, home: int, question: int) -> bool:
        names = (self._hash("words", s, question) for s in self.homes.students[home])
        return any(self.records.get(SecretWords, name) is not None for name in names)

    def _read(self, marks: Sequence[int]) -> dict[int, int]:
        found, start = {}, 0
        for index, question in enumerate(self.questions):
            cells = [*marks[start : start + question.cells]]
            if 1 in cells:
                found[index] = cells.index(1)
            start += question.cells
        return found

    def _hash(self, what: str, student: int, question: int | str = "") -> str:
        return self.digest(f"survey/{what}/{self.survey.id}/{student}/{question}/{self.survey.salt}")
