"""How a survey looks while it runs: the post in the group, and the cards by which a family answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from classroom.effects import Button, EditPost, Effect, LinkButton
from classroom.text import PrivateText, PublicText
from handlers.room import Room
from handlers.survey.reading import SurveyPlan
from storage import codes, households, identity
from storage.households import Households
from storage.places import places_of
from storage.survey_answers import CHOICE, MARKS, SCALE, SHOWN_FROM, TEXT, Answers, Question
from storage.survey_traces import MARK
from storage.surveys import OPEN
from storage.tables import Survey
from templates.render import Say

DOOR = "survey"
"""What the code behind the group's button is for."""

SIGNS = "①②③④⑤⑥⑦⑧"
ON_A_BUTTON = 14
GATHER = 3
AFTER_THE_END = 7 * 24
"""Hours for which a button of a closed survey still says so."""


def stamp(say: Say, moment: datetime, room: Room) -> str:
    """A moment by its date and weekday, for what is read on other days too."""
    return say.when(moment, room.zone, moment - timedelta(days=10))


def answers_of(survey: Survey, room: Room, homes: Households | None = None) -> Answers:
    """The answers to a survey, seen by the households of today."""
    homes = homes or households.of_class(room.db, room.here.id)
    return Answers(room.db, survey, homes, room.instance.digest)


def is_open(survey: Survey, room: Room) -> bool:
    """True while families may answer."""
    return survey.state == OPEN and survey.closes_at > room.now


# --- the group ------------------------------------------------------------------------------------


def door_button(room: Room) -> LinkButton:
    """The way to one's own card; one code serves all surveys of a class."""
    standing = codes.standing(room.db, DOOR, room.here.id, room.now)
    token = (
        standing.token
        if standing is not None
        else codes.make(room.db, room.instance.digest, DOOR, room.here.id, room.now)
    )
    return LinkButton(room.say_class.label("survey.open"), token)


def preview_text(plan: SurveyPlan, closes_at: datetime, room: Room) -> PublicText:
    """What the group will see, before there is a survey."""
    total = len(households.of_class(room.db, room.here.id).students)
    return _post(plan, len(plan.questions), closes_at, "open", (0, total), room)


def post_text(survey: Survey, room: Room) -> PublicText:
    """What the group sees: what it is about and how many have answered, never what."""
    answers = answers_of(survey, room)
    running = survey.state == OPEN
    turnout = (
        len(answers.finished()) if running else survey.answered or 0,
        len(answers.homes.students) if running else survey.households or 0,
    )
    return _post(survey, len(survey.questions), survey.closes_at, survey.state, turnout, room)


def _post(
    shown: SurveyPlan | Survey,
    questions: int,
    closes_at: datetime,
    state: str,
    turnout: tuple[int, int],
    room: Room,
) -> PublicText:
    say = room.say_class
    return say.group(
        "survey.post",
        state=state,
        title=shown.title,
        questions=questions,
        anonymous=shown.anonymous,
        closes=stamp(say, closes_at, room),
        answered=turnout[0],
        total=turnout[1],
    )


def refreshed(survey: Survey, room: Room) -> list[Effect]:
    """The group's post as it is now; answers that come soon after go into the same change."""
    keys = (door_button(room),) if survey.state == OPEN else ()
    text = post_text(survey, room)
    return [
        EditPost(identity.group_address(g), survey.handle or "", text, keys, delay=GATHER)
        for g in places_of(room.db, room.here.id, room.now)
    ]


# --- a family's cards -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Card:
    """What a family reads, with its buttons."""

    text: PrivateText
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One option as it stands in a question."""

    sign: str
    text: str


def intro(answers: Answers, home: int, person: int, room: Room, *, why: str = "") -> Card:
    """What it is about, who will read what, and where to begin; `why`: because it closes soon."""
    survey, say = answers.survey, room.say_to(person)
    at, done = answers.first_open(home), home in answers.finished()
    text = say.private(
        "survey.intro",
        why=why,
        classroom=room.here.name,
        title=survey.title,
        questions=len(answers.questions),
        anonymous=survey.anonymous,
        free=any(q.kind == TEXT for q in answers.questions),
        least=SHOWN_FROM,
        closes=stamp(say, survey.closes_at, room),
        begun=at > 0,
        left=len(answers.questions) - at,
        done=done,
        state="open" if is_open(survey, room) else "closed",
    )
    if not is_open(survey, room):
        return Card(text)
    label = "survey.again" if done else "survey.go_on" if at else "survey.begin"
    purpose = "survey.again" if done else "survey.begin"
    args = {"survey": survey.id}
    return Card(text, (Button(say.label(label), purpose, {**args}, person=person, hours=life(survey, room)),))


def question_card(answers: Answers, home: int, index: int, person: int, room: Room) -> Card:
    """One question with its buttons, and the ways back and past it.

    What was answered before is shown in a named survey only: of an anonymous one no message knows it.
    """
    survey, say = answers.survey, room.say_to(person)
    question = answers.questions[index]
    chosen = None if survey.anonymous else answers.chosen(home).get(index)
    text = say.private(
        "survey.question",
        title=survey.title,
        number=index + 1,
        of=len(answers.questions),
        kind=question.kind,
        question=question.text,
        options=[Option(SIGNS[i], option) for i, option in enumerate(question.options)],
        chosen="" if chosen is None else answer_words(question, chosen),
        said=not survey.anonymous and index in answers.worded(home),
        anonymous=survey.anonymous,
        least=SHOWN_FROM,
    )
    return Card(text, (*_marks(survey, question, index, person, room), *_ways(survey, index, person, room)))


def answer_words(question: Question, choice: int) -> str:
    """A choice as people read it: 4, or ② 午餐."""
    if question.kind == SCALE:
        return str(choice + 1)
    return f"{SIGNS[choice]} {question.options[choice]}" if choice < len(question.options) else ""


def _marks(survey: Survey, question: Question, index: int, person: int, room: Room) -> list[Button]:
    say, hours = room.say_to(person), life(survey, room)
    shown = [str(i + 1) for i in range(MARKS)] if question.kind == SCALE else [*map(_cut, question.options)]
    signs = [""] * MARKS if question.kind == SCALE else SIGNS
    in_a_row = MARKS if question.kind == SCALE else 2
    return [
        Button(
            say.label("survey.option", sign=signs[i], text=text),
            MARK,
            {"survey": survey.id, "question": index, "option": i},
            person=person,
            row=i // in_a_row,
            hours=hours,
        )
        for i, text in enumerate(shown)
        if question.kind in (SCALE, CHOICE)
    ]


def _cut(option: str) -> str:
    return option if len(option) <= ON_A_BUTTON else option[: ON_A_BUTTON - 1] + "…"


def _ways(survey: Survey, index: int, person: int, room: Room) -> list[Button]:
    say, hours = room.say_to(person), life(survey, room)
    wanted = [*(["survey.before"] if index else []), "survey.skip"]
    return [
        Button(
            say.label(name),
            name,
            {"survey": survey.id, "question": index},
            person=person,
            row=90,
            hours=hours,
        )
        for name in wanted
    ]


def end_card(answers: Answers, person: int, room: Room) -> Card:
    """All is answered or passed over; it can be changed until the close."""
    survey, say = answers.survey, room.say_to(person)
    text = say.private("survey.done", title=survey.title, closes=stamp(say, survey.closes_at, room))
    key = Button(
        say.label("survey.again"),
        "survey.again",
        {"survey": survey.id},
        person=person,
        hours=life(survey, room),
    )
    return Card(text, (key,))


def life(survey: Survey, room: Room) -> int:
    """For how many hours a button is of use."""
    return max(0, int((survey.closes_at - room.now).total_seconds() // 3600)) + AFTER_THE_END
