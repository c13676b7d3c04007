"""What the clock brings: the opening after the quiet hours, the reminder, the close, what is forgotten."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Effect
from classroom.events import Due, Undelivered
from handlers.feature import Feature
from handlers.first_then_others import asked_before, first_of, in_time, others_at, plan_others
from handlers.room import Room
from handlers.survey import later, lists, offering, showing
from handlers.survey.reading import SurveyPlan
from storage import queue, surveys
from storage.places import places_of
from storage.survey_answers import Answers
from storage.surveys import CLOSED, OPEN
from storage.tables import ScheduleRow, Survey

feature = Feature("survey_clock")


@feature.due("survey.open")
def opens(due: Due, room: Room) -> Iterable[Effect]:
    """What was to be asked after the quiet hours."""
    row = room.db.get(ScheduleRow, due.schedule)
    kept = row.args.get("plan") if row else None
    if row is None or row.created_by is None or not isinstance(kept, dict):
        return []
    if not room.teaches(row.created_by):
        return []
    if due.missed or not places_of(room.db, room.here.id, room.now):
        return _tell(row.created_by, "survey.open_missed", str(kept.get("title")), room)
    return offering.publish(SurveyPlan.from_json(kept), row.created_by, room)[1]


def _tell(person: int, block: str, title: str, room: Room) -> list[Effect]:
    text = room.say_to(person).private(block, title=title)
    return room.tell_person(person, text, quiet=room.hours_of(person), park=True)


@feature.undelivered("survey.not_posted")
def not_posted(event: Undelivered, room: Room) -> Iterable[Effect]:
    """What no group has heard of is over; the teacher hears why nobody answers."""
    wanted = event.data.get("survey")
    survey = surveys.locked(room.db, wanted) if isinstance(wanted, int) else None
    if survey is None or survey.state != OPEN or survey.by_person is None:
        return []
    groups = places_of(room.db, room.here.id, room.now)
    if any(queue.posted(room.db, survey.handle or "", group.id) for group in groups):
        return []
    surveys.cancel(room.db, survey, room.now)
    later.unplan(survey, room)
    return _tell(survey.by_person, "survey.not_posted", survey.title, room)


def _planned(due: Due, room: Room) -> Survey | None:
    row = room.db.get(ScheduleRow, due.schedule)
    wanted = row.args.get("survey") if row else None
    return surveys.locked(room.db, wanted) if isinstance(wanted, int) else None


@feature.due("survey.nudge")
def nudge(due: Due, room: Room) -> Iterable[Effect]:
    """Remind every family that has not come to the end, in private, where it has stopped.

    One guardian of each is asked first, the others later if the family is not through by then.
    """
    survey = _planned(due, room)
    if survey is None or survey.state != OPEN or survey.nudged or due.missed:
        return []
    survey.nudged = True
    answers = showing.answers_of(survey, room)
    others = others_at(survey.closes_at, later.LEAST_LEFT, room)
    asked = {
        person: home
        for home in _missing(answers)
        for person in first_of(answers.homes, home, survey.closes_at, others, room)
    }
    if asked and others is not None:
        until = survey.closes_at - later.LEAST_LEFT
        plan_others("survey.second", survey.id, {"survey": survey.id}, asked, others, until, room)
    return _remind(asked, answers, room)


@feature.due("survey.second")
def second(due: Due, room: Room) -> Iterable[Effect]:
    """Remind the other guardians of families that are still not through."""
    survey, before = _planned(due, room), asked_before(room.db.get(ScheduleRow, due.schedule))
    if survey is None or survey.state != OPEN or due.missed:
        return []
    answers = showing.answers_of(survey, room)
    asked = {
        person: home
        for home in _missing(answers)
        for person in in_time(answers.homes, home, survey.closes_at, room)
        if person not in before
    }
    return _remind(asked, answers, room)


def _missing(answers: Answers) -> list[int]:
    """The households that are not through and have somebody to be asked."""
    return [home for home in answers.homes.guardians if home not in answers.finished()]


def _remind(asked: dict[int, int], answers: Answers, room: Room) -> list[Effect]:
    """A card for each person, of their household."""
    effects: list[Effect] = []
    for person, home in asked.items():
        card = showing.intro(answers, home, person, room, why="soon")
        name = later.nudge_handle(answers.survey, person)
        effects += room.tell_person(
            person, card.text, *card.buttons, handle=name, quiet=room.hours_of(person)
        )
    return effects


@feature.due("survey.close")
def close(due: Due, room: Room) -> Iterable[Effect]:
    """Its time has come; after a long absence it is closed all the same."""
    survey = _planned(due, room)
    return lists.close(survey, room) if survey is not None and survey.state == OPEN else []


@feature.due("survey.publish")
def publish(due: Due, room: Room) -> Iterable[Effect]:
    """The shares that were to wait for the morning."""
    survey = _planned(due, room)
    return lists.posts(survey, room) if survey is not None and survey.state == CLOSED else []


@feature.due("survey.forget")
def forget(due: Due, room: Room) -> Iterable[Effect]:
    """What families wrote goes; the totals, of which terms are compared, stay."""
    survey = _planned(due, room)
    if survey is not None:
        surveys.forget_words(room.db, survey)
    return []
