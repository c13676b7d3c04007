"""What a survey has brought: to the teacher with the free words, to the group in shares alone."""

from __future__ import annotations

from dataclasses import dataclass

from classroom.text import PrivateStr, PrivateText, PublicText
from handlers.room import Room
from handlers.survey.counting import GOAL, Share, guarded, satisfied, together, without_small
from handlers.survey.showing import answer_words, answers_of, stamp
from storage import surveys
from storage.households import Households
from storage.survey_answers import SCALE, SHOWN_FROM, TEXT, Question, questions_of
from storage.surveys import CLOSED
from storage.tables import Survey
from templates.render import Say

BAR = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer with its bar; `votes` is None where it is hidden."""

    label: str
    bar: str
    votes: int | None
    percent: int


@dataclass(frozen=True, slots=True)
class Result:
    """One question as it was answered; `cells` is None where there were too few to tell.

    `words` are free answers, which only ever stand in private texts.
    """

    number: int
    kind: str
    text: str
    count: int
    cells: list[Cell] | None
    share: Share | None = None
    words: tuple[PrivateStr, ...] = ()


def shares_of(survey: Survey, *, hide: bool) -> list[Share]:
    """The satisfied in each question of marks that had enough answers to be told.

    `hide`: nobody who reads it may learn how a few have answered.
    """
    pairs = zip(questions_of(survey), surveys.totals_of(survey), strict=False)
    told = [cells for question, cells in pairs if question.kind == SCALE and cells is not None]
    found = [guarded(cells) if hide else satisfied(cells) for cells in told]
    return [share for share in found if share is not None and share.of >= SHOWN_FROM]


def for_group(survey: Survey, room: Room) -> PublicText:
    """Shares alone: no free words, and no cell under five, whether the survey was anonymous or not."""
    say, results = room.say_class, []
    for index, question in enumerate(questions_of(survey)):
        result = _result(survey, question, index, hide=True)
        if question.kind != TEXT:
            results.append(result)
    return say.group("survey.result", **_head(survey, say, room, hide=True), results=results)


def for_teacher(survey: Survey, say: Say, room: Room) -> PrivateText:
    """All that may be read: of a named survey the counts as they are, of an anonymous one the large ones."""
    results = [
        _result(survey, question, index, hide=survey.anonymous, words=True)
        for index, question in enumerate(questions_of(survey))
    ]
    return say.private(
        "survey.result",
        **_head(survey, say, room, hide=survey.anonymous),
        results=results,
        families=_families(survey, room),
        published=survey.published,
    )


def _head(survey: Survey, say: Say, room: Room, *, hide: bool) -> dict[str, object]:
    share = together(shares_of(survey, hide=hide)) if survey.satisfaction else None
    answered, total = survey.answered or 0, survey.households or 0
    return {
        "number": survey.number,
        "title": survey.title,
        "anonymous": survey.anonymous,
        "closed": stamp(say, survey.closed_at or survey.closes_at, room),
        "answered": answered,
        "total": total,
        "percent": round(100 * answered / total) if total else 0,
        "share": share if share is not None and share.of else None,
        "goal": GOAL,
        "least": SHOWN_FROM,
    }


def _result(survey: Survey, question: Question, index: int, *, hide: bool, words: bool = False) -> Result:
    totals = surveys.totals_of(survey)
    counts = totals[index] if index < len(totals) else None
    count = sum(counts) if counts is not None else 0
    told = counts is not None and (not hide or count >= SHOWN_FROM)
    if question.kind == TEXT or counts is None or not told:
        said = tuple(surveys.words_of(survey, index)) if words else ()
        return Result(index + 1, question.kind, question.text, count if told else 0, None, words=said)
    shown = without_small(question.kind, counts) if hide else [*counts]
    order = reversed(range(len(shown))) if question.kind == SCALE else range(len(shown))
    cells = [_cell(answer_words(question, i), shown[i], count) for i in order]
    share = (guarded(counts) if hide else satisfied(counts)) if question.kind == SCALE else None
    return Result(index + 1, question.kind, question.text, count, cells, share)


def _cell(label: str, votes: int | None, of: int) -> Cell:
    if votes is None or not of:
        return Cell(label, "", votes, 0)
    full = min(BAR, max(1, round(BAR * votes / of))) if votes else 0
    return Cell(label, "▇" * full + "▁" * (BAR - full), votes, round(100 * votes / of))


@dataclass(frozen=True, slots=True)
class FamilyAnswers:
    """What one family has said in a named survey; for its teacher alone."""

    name: str
    answers: list[tuple[int, str, PrivateStr | None]]


def _families(survey: Survey, room: Room) -> list[FamilyAnswers]:
    """Who has said what in a named survey; of an anonymous one nobody knows it."""
    if survey.anonymous or survey.state != CLOSED:
        return []
    answers = answers_of(survey, room)
    return [
        FamilyAnswers(
            name_of(home, answers.homes, room),
            [
                (row.question + 1, answer_words(answers.questions[row.question], row.choice), None)
                if row.choice is not None
                else (row.question + 1, "", row.words)
                for row in rows
                if row.question < len(answers.questions)
            ],
        )
        for home, rows in sorted(answers.by_family().items())
    ]


def name_of(home: int, homes: Households, room: Room) -> str:
    """A household by its children."""
    return "＋".join(s.name for s in room.roster.students if s.id in homes.students[home])
