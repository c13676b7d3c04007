"""What the clock brings: the opening after the quiet hours, the reminder, the close, what is forgotten."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Effect
from classroom.events import Due, Undelivered
from handlers.feature import Feature
from handlers.room import Room
from handlers.survey import later, lists, offering, showing
from handlers.survey.reading import SurveyPlan
from storage import queue, surveys
from storage.places import places_of
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
    """Remind every family that has not come to the end: once, in private, where it has stopped."""
    survey = _planned(due, room)
    if survey is None or survey.state != OPEN or survey.nudged or due.missed:
        return []
    survey.nudged = True
    answers = showing.answers_of(survey, room)
    done = answers.finished()
    effects: list[Effect] = []
    for home, persons in answers.homes.guardians.items():
        for person in persons if home not in done else ():
            read_at = room.read_at(person)
            if read_at is not None and read_at >= survey.closes_at:
                continue
            card = showing.intro(answers, home, person, room, why="soon")
            name = later.nudge_handle(survey, person)
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
