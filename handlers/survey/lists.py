"""The teacher's side: what is asked, who is missing, the results, the line over terms. All in private."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from classroom.effects import Button, Effect, Post
from classroom.text import PrivateText
from handlers.aside import aside, own
from handlers.feature import Feature, Press
from handlers.room import Room
from handlers.survey import later, results, showing, trend
from storage import identity, surveys
from storage.places import places_of
from storage.surveys import CANCELLED, CLOSED, OPEN
from storage.tables import Survey
from templates.render import Say

feature = Feature("survey_lists")
MOST = 6


@dataclass(frozen=True, slots=True)
class Row:
    """A survey in the list."""

    number: int
    title: str
    answered: int
    total: int
    state: str
    closes: str


# --- lists ----------------------------------------------------------------------------------------


def show_all(room: Room) -> list[Effect]:
    """The surveys of late, and how to begin one."""
    say, person = own(room), room.who.person
    found = surveys.of_class(room.db, room.here.id, OPEN, CLOSED)[-MOST:]
    keys = [
        Button(
            say.label("survey.number", number=s.number),
            "survey.list",
            {"survey": s.id},
            person=person,
            row=index // 3,
        )
        for index, s in enumerate(found)
    ]
    keys.append(Button(say.label("survey.new"), "survey.new", {}, person=person, row=98))
    if any(s.satisfaction and s.state == CLOSED for s in found):
        keys.append(Button(say.label("survey.trend"), "survey.trend", {}, person=person, row=98))
    rows = [_row(s, say, room) for s in found]
    return aside(room, say.private("survey.all", rows=rows, classroom=room.here.name), *keys)


def _row(survey: Survey, say: Say, room: Room) -> Row:
    answered, total = _turnout(survey, room)
    closes = showing.stamp(say, survey.closes_at, room)
    return Row(survey.number, survey.title, answered, total, survey.state, closes)


def _turnout(survey: Survey, room: Room) -> tuple[int, int]:
    if survey.state != OPEN:
        return survey.answered or 0, survey.households or 0
    answers = showing.answers_of(survey, room)
    return len(answers.finished()), len(answers.homes.students)


def show(number: int, room: Room) -> list[Effect]:
    """One survey by its number; an unknown one: what there is."""
    survey = surveys.numbered(room.db, room.here.id, number)
    if survey is None:
        return [*aside(room, own(room).private("survey.unknown", number=number)), *show_all(room)]
    return aside(room, state_of(survey, own(room), room), *keys_of(survey, room.who.person, room))


def state_of(survey: Survey, say: Say, room: Room) -> PrivateText:
    """How it stands, or what it has brought."""
    if survey.state == CLOSED:
        return results.for_teacher(survey, say, room)
    return say.private("survey.running", row=_row(survey, say, room), anonymous=survey.anonymous)


def keys_of(survey: Survey, person: int, room: Room) -> list[Button]:
    """What a teacher can do with a survey."""
    wanted = {
        "survey.missing": survey.state == OPEN,
        "survey.close_now": survey.state == OPEN,
        "survey.publish": survey.state == CLOSED and not survey.published,
        "survey.trend": survey.state == CLOSED and survey.satisfaction,
    }
    say = room.say_to(person)
    return [
        Button(say.label(name), name, {"survey": survey.id}, person=person)
        for name, on in wanted.items()
        if on
    ]


@feature.button("survey.list")
def listed(press: Press, room: Room) -> Iterable[Effect]:
    """One survey out of the list."""
    survey = _led(press, room)
    return show(survey.number, room) if survey is not None else [_gone(press, room)]


def _led(press: Press, room: Room) -> Survey | None:
    wanted = press.args.get("survey")
    survey = surveys.locked(room.db, wanted) if isinstance(wanted, int) else None
    ours = survey is not None and survey.classroom_id == room.here.id and survey.state != CANCELLED
    return survey if ours and room.who.leads else None


def _gone(press: Press, room: Room) -> Effect:
    return room.toast(press.callback, own(room).label("survey.gone"), alert=True)


@feature.button("survey.missing")
def missing(press: Press, room: Room) -> Iterable[Effect]:
    """Which families have not answered to the end, by the children's names; never in the group."""
    survey = _led(press, room)
    if survey is None or survey.state != OPEN:
        return [_gone(press, room)]
    answers = showing.answers_of(survey, room)
    left = [home for home in sorted(answers.homes.students) if home not in answers.finished()]
    bound = answers.homes.guardians
    text = own(room).private(
        "survey.missing",
        number=survey.number,
        families=[results.name_of(h, answers.homes, room) for h in left if h in bound],
        unbound=[results.name_of(h, answers.homes, room) for h in left if h not in bound],
    )
    return [room.tell(text)]


# --- the end --------------------------------------------------------------------------------------


def close(survey: Survey, room: Room) -> list[Effect]:
    """Close it: the group's post says so, every teacher gets the results."""
    surveys.close(room.db, showing.answers_of(survey, room), room.now)
    later.unplan(survey, room)
    later.plan_forgetting(survey, room)
    effects = showing.refreshed(survey, room)
    for teacher in room.teachers():
        text = results.for_teacher(survey, room.say_to(teacher), room)
        awake = room.actor is not None and room.actor.person == teacher
        quiet = None if awake else room.hours_of(teacher)
        effects += room.tell_person(teacher, text, *keys_of(survey, teacher, room), quiet=quiet, park=True)
    return effects


def close_numbered(number: int, room: Room) -> list[Effect]:
    """Close the survey of this number now."""
    survey = surveys.numbered(room.db, room.here.id, number)
    if survey is None or survey.state != OPEN:
        return show(number, room)
    return close(survey, room)


@feature.button("survey.close_now")
def close_now(press: Press, room: Room) -> Iterable[Effect]:
    """Close it at once."""
    survey = _led(press, room)
    if survey is None or survey.state != OPEN:
        return [_gone(press, room)]
    return close(survey, room)


@feature.button("survey.publish")
def publish(press: Press, room: Room) -> Iterable[Effect]:
    """Let the group see the shares, and nothing of the free words; not in the quiet hours."""
    survey = _led(press, room)
    if survey is None or survey.state != CLOSED or survey.published:
        return [_gone(press, room)]
    survey.published = True
    if room.quiet is not None and room.quiet.holds(room.now):
        later.plan_publishing(survey, room.quiet.over(room.now), room)
        return [room.toast(press.callback, own(room).label("survey.in_the_morning"), alert=True)]
    return [*posts(survey, room), room.toast(press.callback, own(room).label("survey.is_published"))]


def posts(survey: Survey, room: Room) -> list[Effect]:
    """The shares as a post in every group of the class."""
    text = results.for_group(survey, room)
    return [
        Post(identity.group_address(g), text, handle=f"survey-result/{survey.id}")
        for g in places_of(room.db, room.here.id, room.now)
    ]


# --- over terms -----------------------------------------------------------------------------------


@feature.button("survey.trend")
def trend_pressed(_press: Press, room: Room) -> Iterable[Effect]:
    """Satisfaction over the terms."""
    return show_trend(room) if room.who.leads else []


def show_trend(room: Room) -> list[Effect]:
    """Satisfaction over the terms, in figures and as a picture."""
    say = own(room)
    terms = trend.terms_of(room, say)
    return aside(room, trend.text_of(terms, say, room), files=trend.picture_of(terms, say, room))
