"""Surveys: begun, closed, and what is left of them; of an anonymous one nothing but what is told."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col, select

from classroom.events import Json
from classroom.text import PrivateStr
from storage import schedules, survey_traces
from storage.database import Records
from storage.survey_answers import SHOWN_FROM, TEXT, Answers, Question
from storage.tables import SecretAnswers, SecretWords, Survey, SurveyAnswer, SurveyTurnout

OPEN, CLOSED, CANCELLED = "open", "closed", "cancelled"


def begin(
    records: Records,
    classroom: int,
    title: str,
    questions: Sequence[Question],
    now: datetime,
    closes_at: datetime,
    *,
    by: int | None,
    anonymous: bool,
    satisfaction: bool,
) -> Survey:
    """A new survey, open at once."""
    row = Survey(
        classroom_id=classroom,
        number=schedules.next_number(records, classroom, "survey"),
        by_person=by,
        title=title,
        questions=[q.to_json() for q in questions],
        anonymous=anonymous,
        satisfaction=satisfaction,
        salt=secrets.token_hex(16) if anonymous else None,
        opened_at=now,
        closes_at=closes_at,
    )
    records.add(row)
    records.flush()
    row.handle = f"survey/{row.id}"
    records.flush()
    return row


def get(records: Records, survey: int) -> Survey | None:
    """The survey with this id."""
    return records.get(Survey, survey)


def locked(records: Records, survey: int) -> Survey | None:
    """The survey, for writing an answer: whoever else answers or closes waits."""
    return records.exec(select(Survey).where(Survey.id == survey).with_for_update()).one_or_none()


def numbered(records: Records, classroom: int, number: int) -> Survey | None:
    """The survey that people of a class call by this number."""
    return records.exec(
        select(Survey).where(Survey.classroom_id == classroom, Survey.number == number)
    ).one_or_none()


def of_class(records: Records, classroom: int, *states: str) -> list[Survey]:
    """The surveys of a class in one of these states, oldest first."""
    return list(
        records.exec(
            select(Survey)
            .where(Survey.classroom_id == classroom, col(Survey.state).in_(states))
            .order_by(col(Survey.number))
        ).all()
    )


# --- the end --------------------------------------------------------------------------------------


def close(records: Records, answers: Answers, now: datetime) -> None:
    """Write what is told and end the survey; of an anonymous one everything else is destroyed.

    What fewer than SHOWN_FROM have answered to is not even written down, and words lose their order.
    """
    survey, counts = answers.survey, answers.counts()
    survey.answered, survey.households = len(answers.finished()), len(answers.homes.students)
    told: list[Json] = []
    kept: dict[str, list[str]] = {}
    for index, cells in enumerate(counts):
        enough = not survey.anonymous or sum(cells) >= SHOWN_FROM
        told.append([*cells] if enough else None)
        if enough and survey.anonymous and answers.questions[index].kind == TEXT:
            said = [words.reveal() for words in answers.secret_words(index)]
            secrets.SystemRandom().shuffle(said)
            kept[str(index)] = said
    survey.totals = told
    survey.words = PrivateStr(json.dumps(kept, ensure_ascii=False)) if kept else None
    _end(survey, CLOSED, now)
    destroy(records, survey)


def cancel(records: Records, survey: Survey, now: datetime) -> None:
    """End a survey that nobody has seen, without a result."""
    survey.totals = None
    _end(survey, CANCELLED, now)
    destroy(records, survey)


def _end(survey: Survey, state: str, now: datetime) -> None:
    survey.state = state
    survey.closed_at = now


def destroy(records: Records, survey: Survey) -> None:
    """Destroy what could tell who said what in an anonymous survey."""
    if not survey.anonymous:
        return
    run = records.connection().execute
    records.flush()
    run(delete(SecretAnswers).where(col(SecretAnswers.survey_id) == survey.id))
    run(delete(SecretWords).where(col(SecretWords.survey_id) == survey.id))
    run(delete(SurveyTurnout).where(col(SurveyTurnout.survey_id) == survey.id))
    survey.salt = None
    survey.traces = True
    records.flush()
    survey_traces.forget_marks(records, survey)


def totals_of(survey: Survey) -> list[list[int] | None]:
    """What was counted, by question; None where it is not told."""
    found = survey.totals if isinstance(survey.totals, list) else []
    return [
        [int(n) for n in cells if isinstance(n, int)] if isinstance(cells, list) else None for cells in found
    ]


def words_of(survey: Survey, question: int) -> list[PrivateStr]:
    """The free answers that are told, in no order."""
    kept = json.loads(survey.words.reveal()) if survey.words else {}
    return [PrivateStr(str(said)) for said in kept.get(str(question), [])]


def forget_words(records: Records, survey: Survey) -> None:
    """Let what families wrote and chose go; the totals stay."""
    survey.words = None
    records.flush()
    records.connection().execute(delete(SurveyAnswer).where(col(SurveyAnswer.survey_id) == survey.id))
    records.expire_all()


def swept(records: Records) -> bool:
    """Sweep again after anonymous surveys that are over; True if the files are all that is left."""
    over = records.exec(select(Survey).where(col(Survey.traces).is_(True))).all()
    done = [survey_traces.forget_marks(records, survey) for survey in over]
    return bool(done) and all(done)


def traces_gone(records: Records) -> None:
    """Note that the files hold nothing of them any more."""
    for survey in records.exec(select(Survey).where(col(Survey.traces).is_(True))):
        survey.traces = False
