"""/survey: a teacher asks the families several questions, after a look at what they will read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from classroom.effects import Button, Effect, Post, Report
from classroom.folding import fold
from classroom.text import PrivateStr, PrivateText
from handlers import poll_words
from handlers.aside import aside, own
from handlers.feature import Command, Feature, Press, Who
from handlers.held_back import SHAMING, Way, hold_back, way
from handlers.planning import plan_opening
from handlers.room import Room
from handlers.survey import answering, building, later, lists, showing
from handlers.survey.building import KIND, draft_of, over
from handlers.survey.reading import SurveyPlan, SurveyProblem, read_survey
from storage import drafts, households, identity, surveys
from storage.places import places_of
from storage.survey_answers import SHOWN_FROM
from storage.tables import Draft, Survey

feature = Feature("survey")
NUMBER = re.compile(r"[#第]?\s*(\d{1,6})\s*[号#]?")
CLOSE = re.compile(r"(?:截止|close)\s*[#第]?\s*(\d{1,6})\s*[号#]?")
TREND = frozenset(("满意度", "trend", "satisfaction"))


@feature.command("survey", "问卷", who=Who.TEACHER | Who.GUARDIAN)
def survey_command(command: Command, room: Room) -> Iterable[Effect]:
    """Ask; bare or with a number: how it stands. A parent gets what is open."""
    text, message = command.text.strip(), command.message
    if not room.who.leads:
        return _for_family(room)
    typed = fold(text).text
    if not text:
        return [*lists.show_all(room), *(_for_family(room) if room.who.guardian_of else [])]
    if typed in TREND:
        return lists.show_trend(room)
    if asked := NUMBER.fullmatch(typed):
        return lists.show(int(asked[1]), room)
    if asked := CLOSE.fullmatch(typed):
        return lists.close_numbered(int(asked[1]), room)
    came = Way("survey")
    if room.group is not None:
        came = Way("survey", room.group.chat, message.origin.thread, message.refs)
    return list(go(text, came, False, room))


def _for_family(room: Room) -> list[Effect]:
    told = answering.show_all(room)
    return told if room.group is None or room.door_open else [*told, room.pointer()]


@way("survey")
def go(text: str, came: Way, approved: bool, room: Room) -> list[Effect]:
    """Bring a survey to its preview, if nothing speaks against its words: its results may be read by all."""
    verdict = poll_words.verdict(text, came, room)
    if verdict is not None and not (approved and verdict.because == SHAMING):
        return hold_back(PrivateStr(text), verdict, came, room)
    plan = read_survey(text, room.now, room.zone)
    if isinstance(plan, SurveyProblem):
        return aside(room, own(room).private("survey.problem", because=plan.because, what=plan.what))
    return [*poll_words.cleared(came, room), *_preview(plan, room)]


# --- the preview ----------------------------------------------------------------------------------


def _preview(plan: SurveyPlan, room: Room) -> list[Effect]:
    if plan.until:  # as it is read now, whenever it is sent
        plan = replace(plan, until=f"{plan.end(room.now, room.zone).astimezone(room.zone):%Y-%m-%d %H:%M}")
    words = PrivateStr(plan.to_text())
    draft = drafts.keep(room.db, room.here.id, room.who.person, KIND, words, room.now, plan.to_json())
    handle = f"survey-draft/{draft.id}"
    return aside(room, _preview_text(plan, room), *_choices(draft, plan, room), handle=handle)


def _preview_text(plan: SurveyPlan, room: Room) -> PrivateText:
    say = own(room)
    opens = room.quiet.over(room.now) if room.quiet else room.now
    closes = plan.end(opens, room.zone)
    return say.private(
        "survey.preview",
        classroom=room.here.name,
        post=showing.preview_text(plan, closes, room),
        questions=building.lines_of(plan),
        satisfaction=plan.satisfaction,
        anonymous=plan.anonymous,
        few=plan.anonymous and len(households.of_class(room.db, room.here.id).students) < SHOWN_FROM,
        least=SHOWN_FROM,
        opens=showing.stamp(say, opens, room) if opens > room.now else None,
    )


def _choices(draft: Draft, plan: SurveyPlan, room: Room) -> list[Button]:
    say, person = own(room), room.who.person
    words = {"send": "common.send", "anonymous": "survey.make_anonymous", "discard": "common.cancel"}
    offered = [name for name in words if name != "anonymous" or not plan.anonymous]
    return [
        Button(say.label(words[name]), f"survey.{name}", {"draft": draft.id}, person=person)
        for name in offered
    ]


@feature.button("survey.anonymous")
def anonymous(press: Press, room: Room) -> Iterable[Effect]:
    """One press makes it anonymous."""
    draft = draft_of(press, room)
    if draft is None:
        return over(press, room)
    plan = replace(SurveyPlan.from_json(draft.data), anonymous=True)
    drafts.rewrite(room.db, draft, data=plan.to_json())
    return [room.edit(press.handle, _preview_text(plan, room), *_choices(draft, plan, room))]


@feature.button("survey.discard")
def discard(press: Press, room: Room) -> Iterable[Effect]:
    """Nothing is asked."""
    draft = draft_of(press, room)
    if draft is None:
        return over(press, room)
    drafts.decide(draft, "dropped")
    room.expect_nothing()
    return [room.edit(press.handle, own(room).private("survey.dropped"))]


@feature.button("survey.built")
def built(press: Press, room: Room) -> Iterable[Effect]:
    """What was put together step by step comes to the same preview, under the same look at its words."""
    draft = draft_of(press, room)
    if draft is None:
        return over(press, room)
    plan = SurveyPlan.from_json(draft.data)
    if not plan.questions:
        return [room.toast(press.callback, own(room).label("survey.no_question_yet"), alert=True)]
    drafts.decide(draft, "used")
    room.expect_nothing()
    text = own(room).private("survey.putting_together", title=plan.title, questions=building.lines_of(plan))
    return [room.edit(press.handle, text), *go(plan.to_text(), Way("survey"), False, room)]


@feature.button("survey.send")
def send(press: Press, room: Room) -> Iterable[Effect]:
    """Off to the group: at once, or after the quiet hours."""
    draft = draft_of(press, room)
    if draft is None:
        return over(press, room)
    plan, say = SurveyPlan.from_json(draft.data), own(room)
    opens = room.quiet.over(room.now) if room.quiet else room.now
    if not places_of(room.db, room.here.id, room.now):
        return [room.edit(press.handle, say.private("survey.no_group"))]
    drafts.decide(draft, "used")
    if opens > room.now:
        plan_opening("survey", draft.id, plan.to_json(), opens, room)
        text = say.private("survey.planned", title=plan.title, opens=showing.stamp(say, opens, room))
        return [room.edit(press.handle, text)]
    made, posts = publish(plan, room.who.person, room)
    closes = showing.stamp(say, made.closes_at, room)
    text = say.private("survey.sent", number=made.number, title=made.title, closes=closes)
    return [*posts, room.edit(press.handle, text)]


def publish(plan: SurveyPlan, by: int, room: Room) -> tuple[Survey, list[Effect]]:
    """Open it, and say so in every group of the class."""
    survey = surveys.begin(
        room.db,
        room.here.id,
        plan.title,
        plan.questions,
        room.now,
        plan.end(room.now, room.zone),
        by=by,
        anonymous=plan.anonymous,
        satisfaction=plan.satisfaction,
    )
    later.plan_end(survey, room)
    report = Report(failed="survey.not_posted", data={"survey": survey.id})
    text, key = showing.post_text(survey, room), showing.door_button(room)
    return survey, [
        Post(identity.group_address(g), text, (key,), handle=survey.handle, report=report)
        for g in places_of(room.db, room.here.id, room.now)
    ]
