"""Putting a survey together in private, a question at a time; it is kept, so that it can wait."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from classroom.effects import Button, Effect
from classroom.events import Json
from classroom.text import PrivateStr, PrivateText
from handlers.aside import own
from handlers.feature import Feature, Press, Said
from handlers.room import Room
from handlers.survey.reading import (
    LONGEST_QUESTION,
    MOST_QUESTIONS,
    SurveyPlan,
    SurveyProblem,
    read_head,
    read_question,
)
from storage import drafts
from storage.survey_answers import CHOICE, SCALE, TEXT, Question
from storage.tables import Draft

feature = Feature("survey_building")
KIND = "survey"
KINDS = (SCALE, CHOICE, TEXT)
_PIPES = re.compile(r"[|｜¦│\n]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A question as a teacher reads it in a list."""

    number: int
    kind: str
    text: str
    options: tuple[str, ...]


def lines_of(plan: SurveyPlan) -> list[Line]:
    """The questions with their numbers."""
    return [Line(i + 1, q.kind, q.text, q.options) for i, q in enumerate(plan.questions)]


def draft_of(press: Press, room: Room) -> Draft | None:
    """The draft, if it is still open, the actor's own, and the actor still teaches here."""
    wanted = press.args.get("draft")
    return _draft(wanted if isinstance(wanted, int) else 0, room)


def _draft(wanted: int, room: Room) -> Draft | None:
    draft = drafts.get(room.db, wanted, room.who.person)
    if draft is None or draft.kind != KIND or draft.classroom_id != room.here.id:
        return None
    return draft if room.who.leads else None


def over(press: Press, room: Room) -> list[Effect]:
    """The draft is decided, or not this person's any more."""
    return [room.edit(press.handle, own(room).private("survey.draft_over"))]


@feature.button("survey.new")
def new(_press: Press, room: Room) -> Iterable[Effect]:
    """Ask for the title."""
    if not room.who.leads:
        return []
    room.expect("survey.title")
    return [room.tell(own(room).private("survey.which_title"))]


@feature.dialogue("survey.title")
def title(said: Said, room: Room) -> Iterable[Effect]:
    """The title, with settings in brackets if one likes."""
    if not room.who.leads:
        return []
    plan = read_head(_PIPES.sub(" ", said.text), room.now, room.zone)
    if isinstance(plan, SurveyProblem):
        room.expect("survey.title")
        return [_problem(plan, room)]
    words = PrivateStr(plan.to_text())
    draft = drafts.keep(room.db, room.here.id, room.who.person, KIND, words, room.now, plan.to_json())
    return [_shown(draft, plan, room)]


def _problem(problem: SurveyProblem, room: Room) -> Effect:
    return room.tell(own(room).private("survey.problem", because=problem.because, what=problem.what))


def _shown(draft: Draft, plan: SurveyPlan, room: Room) -> Effect:
    _listen(draft, plan, room)
    return room.tell(
        _text(plan, room), *_keys(draft, plan, room), handle=f"survey-draft/{draft.id}/{room.event_id}"
    )


def _listen(draft: Draft, plan: SurveyPlan, room: Room) -> None:
    """A line that is typed without a button is a question too."""
    if len(plan.questions) < MOST_QUESTIONS:
        room.expect("survey.question", {"draft": draft.id})
    else:
        room.expect_nothing()


def _text(plan: SurveyPlan, room: Room) -> PrivateText:
    return own(room).private(
        "survey.building",
        title=plan.title,
        questions=lines_of(plan),
        anonymous=plan.anonymous,
        satisfaction=plan.satisfaction,
        most=MOST_QUESTIONS,
    )


def _keys(draft: Draft, plan: SurveyPlan, room: Room) -> list[Button]:
    say, person, args = own(room), room.who.person, {"draft": draft.id}
    adding = KINDS if len(plan.questions) < MOST_QUESTIONS else ()
    keys = [
        Button(say.label(f"survey.add_{kind}"), "survey.add", {**args, "kind": kind}, person=person, row=0)
        for kind in adding
    ]
    wanted = [
        ("survey.less", "survey.less", bool(plan.questions), 1),
        ("survey.make_named" if plan.anonymous else "survey.make_anonymous", "survey.turn", True, 1),
        ("survey.to_preview", "survey.built", bool(plan.questions), 2),
        ("common.cancel", "survey.discard", True, 2),
    ]
    keys += [
        Button(say.label(label), purpose, {**args}, person=person, row=row)
        for label, purpose, on, row in wanted
        if on
    ]
    return keys


@feature.button("survey.add")
def add(press: Press, room: Room) -> Iterable[Effect]:
    """Ask for the words of one more question."""
    draft, kind = draft_of(press, room), press.args.get("kind")
    if draft is None or not isinstance(kind, str) or kind not in KINDS:
        return over(press, room)
    if isinstance(typed := press.args.get("text"), str):
        return _add(draft, kind, typed, room)
    room.expect("survey.question", {"draft": draft.id, "kind": kind})
    return [room.tell(own(room).private("survey.which_question", kind=kind))]


@feature.dialogue("survey.question")
def question(said: Said, room: Room) -> Iterable[Effect]:
    """The question; what is wrong with it can be put right at once."""
    wanted, kind = said.data.get("draft"), said.data.get("kind")
    draft = _draft(wanted, room) if isinstance(wanted, int) else None
    if draft is None:
        return [room.tell(own(room).private("survey.draft_over"))]
    if isinstance(kind, str):
        return _add(draft, kind, said.text, room)
    parts = [part.strip() for part in _PIPES.split(said.text) if part.strip()]
    found = [read_question(part) for part in parts]
    if len(found) == 1 and isinstance(found[0], SurveyProblem) and found[0].because == "kind":
        return [_which_kind(draft, parts[0], room)]
    return _added(draft, found or [SurveyProblem("empty")], {"draft": draft.id}, room)


def _add(draft: Draft, kind: str, text: str, room: Room) -> list[Effect]:
    """One more question, whose kind is known."""
    found = read_question(_PIPES.sub(" / " if kind == CHOICE else " ", text), kind)
    return _added(draft, [found], {"draft": draft.id, "kind": kind}, room)


def _added(
    draft: Draft, found: list[Question | SurveyProblem], again: dict[str, Json], room: Room
) -> list[Effect]:
    """All of them, or none where one is wrong."""
    problem = next((q for q in found if isinstance(q, SurveyProblem)), None)
    if problem is not None:
        room.expect("survey.question", again)
        return [_problem(problem, room)]
    plan = SurveyPlan.from_json(draft.data)
    questions = (*plan.questions, *(q for q in found if isinstance(q, Question)))
    return _kept(draft, replace(plan, questions=questions[:MOST_QUESTIONS]), room)


def _which_kind(draft: Draft, text: str, room: Room) -> Effect:
    """A line that does not say how it is to be answered."""
    say = own(room)
    args: dict[str, Json] = {"draft": draft.id, "text": text[: 2 * LONGEST_QUESTION]}
    keys = [
        Button(say.label(f"survey.add_{kind}"), "survey.add", {**args, "kind": kind}, person=room.who.person)
        for kind in KINDS
    ]
    room.expect("survey.question", {"draft": draft.id})
    return room.tell(say.private("survey.which_kind", words=text[: 2 * LONGEST_QUESTION]), *keys)


def _kept(draft: Draft, plan: SurveyPlan, room: Room) -> list[Effect]:
    drafts.rewrite(room.db, draft, words=PrivateStr(plan.to_text()), data=plan.to_json())
    return [_shown(draft, plan, room)]


@feature.button("survey.less")
def less(press: Press, room: Room) -> Iterable[Effect]:
    """Take the last question away again."""
    draft = draft_of(press, room)
    if draft is None:
        return over(press, room)
    plan = SurveyPlan.from_json(draft.data)
    return _again(press, draft, replace(plan, questions=plan.questions[:-1]), room)


@feature.button("survey.turn")
def turn(press: Press, room: Room) -> Iterable[Effect]:
    """Anonymous, or named again."""
    draft = draft_of(press, room)
    if draft is None:
        return over(press, room)
    plan = SurveyPlan.from_json(draft.data)
    return _again(press, draft, replace(plan, anonymous=not plan.anonymous), room)


def _again(press: Press, draft: Draft, plan: SurveyPlan, room: Room) -> list[Effect]:
    drafts.rewrite(room.db, draft, words=PrivateStr(plan.to_text()), data=plan.to_json())
    _listen(draft, plan, room)
    return [room.edit(press.handle, _text(plan, room), *_keys(draft, plan, room))]
