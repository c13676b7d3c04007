"""What is typed, sent and pressed in the dialogue of a bare /notice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from classroom.effects import Effect
from handlers import notice, notice_audience, notice_preview, notice_reading
from handlers.aside import own
from handlers.concern_people import cleaned
from handlers.enclosing import own_files
from handlers.feature import Feature, Press, Said
from handlers.notice_audience import Audience, Unclear
from handlers.notice_form import fields, steps
from handlers.notice_form.steps import Form
from handlers.room import Room
from scheduler.when import When, WhenError, read_when
from storage import drafts, notices

feature = Feature("notice_form")
LONGEST = 600
"""Of one answer, so that all of them make a notice; the text of a free one may be as long as any."""


# --- typed and sent ------------------------------------------------------------------------------


@feature.dialogue(steps.SAID)
def said(said: Said, room: Room) -> Iterable[Effect]:
    """An answer in words, or files; at the first step a text is a whole notice of no special kind."""
    form = steps.open_form(said.data.get("draft"), room)
    if form is None or not notice_preview.may_write(room):
        return [room.tell(own(room).private("notice.over"))]
    files = tuple(own_files(said.message))
    form = replace(form, wish=replace(form.wish, files=(*form.wish.files, *files)[: steps.MOST_FILES]))
    words = cleaned(said.text).reveal()
    if form.step == "kind" and words:
        return _at_once(form, said.text, room)
    steps.keep(form, room)
    asked = fields.field_of(form.kind, form.step)
    if asked is not None and words:
        return _answered(form, asked.name, words, room)
    if form.step == "time" and words:
        return _time_typed(form, words, room)
    if form.step == "whom" and words:
        return _readers_typed(form, words, room)
    return _next_message(form, room)  # files came, or what cannot be of use here: asked once more


def _at_once(form: Form, text: str, room: Room) -> list[Effect]:
    shown = _without_keys(form, "notice_form.at_once", room)
    drafts.decide(form.draft, "used")
    return [*shown, *notice.begin(text, form.wish, room)]


def _answered(form: Form, name: str, words: str, room: Room) -> list[Effect]:
    longest = notice_reading.LONGEST if form.kind == fields.FREE else LONGEST
    if len(words) > longest:
        room.expect(steps.SAID, {"draft": form.draft.id})
        return [room.tell(own(room).private("notice.again", longest=longest))]
    return _on(replace(form, answers={**form.answers, name: words}), room)


def _time_typed(form: Form, words: str, room: Room) -> list[Effect]:
    found = read_when(words, room.now, room.zone)
    at = found.at(notice_reading.USUAL) if isinstance(found, When) and not found.rest else None
    if at is None or at <= room.now:
        room.expect(steps.SAID, {"draft": form.draft.id})
        past = at is not None or found is WhenError.PAST
        return [room.tell(own(room).private("notice_form.which_time", past=past))]
    return _on(replace(form, wish=replace(form.wish, at=at)), room)


def _readers_typed(form: Form, words: str, room: Room) -> list[Effect]:
    to = notice_audience.read(words, room)
    if isinstance(to, Unclear):
        room.expect(steps.SAID, {"draft": form.draft.id})
        return [room.tell(notice.answer(to, words, room))]
    return _on(replace(form, wish=replace(form.wish, to=to)), room)


def _on(form: Form, room: Room) -> list[Effect]:
    """After an answer in words: the question loses its buttons, the next one is a message of its own."""
    shown = _without_keys(form, "notice_form.noted", room)
    return [*shown, *_step_on(form, room)]


def _without_keys(form: Form, block: str, room: Room) -> list[Effect]:
    return [room.edit(form.handle, own(room).private(block))]


def _next_message(form: Form, room: Room) -> list[Effect]:
    return [*_without_keys(form, "notice_form.noted", room), *steps.show(form, room)]


def _step_on(form: Form, room: Room, *, handle: str | None = None) -> list[Effect]:
    """Ask the next step; behind the last one comes the preview."""
    following = steps.neighbour(form, room, 1)
    if following is None:
        return _preview(form, room, handle)
    return steps.show(steps.keep(replace(form, step=following), room), room, handle=handle)


def _preview(form: Form, room: Room, handle: str | None) -> list[Effect]:
    steps.keep(form, room)
    room.expect_nothing()
    words = fields.composed(form.kind, form.answers, room)
    wish = replace(form.wish, kind=form.kind, form=form.draft.id)
    shown: list[Effect] = [room.edit(handle, own(room).private("notice_form.ready"))] if handle else []
    if form.kind == fields.FREE:
        return [*shown, *notice.begin(words, wish, room)]  # marks at its head are read as ever
    return [*shown, *notice.show(replace(wish, text=words), room)]


# --- pressed -------------------------------------------------------------------------------------


def _open(press: Press, room: Room) -> Form | None:
    """The dialogue at hand, if this is a button of its newest message."""
    form = steps.open_form(press.args.get("draft"), room)
    if form is None or not notice_preview.may_write(room):
        return None
    return form if press.args.get("shown") == form.shown else None


def _gone(press: Press, room: Room) -> list[Effect]:
    return [room.toast(press.callback, own(room).label("notice_form.older"), alert=True)]


@feature.button("notice_form.kind")
def kind(press: Press, room: Room) -> Iterable[Effect]:
    """Which kind of notice it is; another kind asks other things."""
    form, chosen = _open(press, room), press.args.get("kind")
    if form is None or form.step != "kind" or not isinstance(chosen, str) or chosen not in fields.FIELDS:
        return _gone(press, room)
    answers = form.answers if chosen == form.kind else {}
    return _step_on(replace(form, kind=chosen, answers=answers), room, handle=press.handle)


@feature.button("notice_form.choice")
def choice(press: Press, room: Room) -> Iterable[Effect]:
    """An answer that is offered."""
    form = _open(press, room)
    asked = fields.field_of(form.kind, form.step) if form is not None else None
    if form is None or asked is None or press.args.get("choice") not in asked.choices:
        return _gone(press, room)
    answers = {**form.answers, asked.name: press.args.get("choice")}
    return _step_on(replace(form, answers=answers), room, handle=press.handle)


@feature.button("notice_form.next")
def following(press: Press, room: Room) -> Iterable[Effect]:
    """Skip a question, or go on as things are."""
    form = _open(press, room)
    asked = fields.field_of(form.kind, form.step) if form is not None else None
    if form is None or (asked is not None and asked.needed and asked.name not in form.answers):
        return _gone(press, room)
    return _step_on(form, room, handle=press.handle)


@feature.button("notice_form.time")
def time(press: Press, room: Room) -> Iterable[Effect]:
    """Now, or at one of the usual hours."""
    form, at = _open(press, room), press.args.get("at")
    if form is None or form.step != "time":
        return _gone(press, room)
    moment = datetime.fromisoformat(at) if isinstance(at, str) else None
    later = moment if moment is not None and moment > room.now else None
    return _step_on(replace(form, wish=replace(form.wish, at=later)), room, handle=press.handle)


@feature.button("notice_form.whom")
def whom(press: Press, room: Room) -> Iterable[Effect]:
    """The class, the committee, or those who have not confirmed the latest notice."""
    form, who, of = _open(press, room), press.args.get("who"), press.args.get("of")
    if form is None or form.step != "whom" or not room.who.leads:
        return _gone(press, room)
    to = Audience(str(who), of=of if isinstance(of, int) else None)
    if who not in (notices.CLASS, notices.COMMITTEE, notices.REST):
        return _gone(press, room)
    return _step_on(replace(form, wish=replace(form.wish, to=to)), room, handle=press.handle)


@feature.button("notice_form.back")
def back(press: Press, room: Room) -> Iterable[Effect]:
    """To the step before; what was answered stays."""
    form = _open(press, room)
    if form is None:
        return _gone(press, room)
    before = steps.neighbour(form, room, -1) or "kind"
    return steps.show(steps.keep(replace(form, step=before), room), room, handle=press.handle)


@feature.button("notice_form.reopen")
def reopen(press: Press, room: Room) -> Iterable[Effect]:
    """Back from the preview to its last step."""
    preview = notices.open_draft(room.db, press.args.get("draft"), room.here.id)
    mine = preview is not None and preview.person_id == room.who.person
    form = steps.open_form(preview.data.get("form"), room) if preview is not None and mine else None
    if preview is None or form is None or not notice_preview.may_write(room):
        return [room.edit(press.handle, own(room).private("notice.over"))]
    drafts.decide(preview, "dropped")
    return [room.edit(press.handle, own(room).private("notice_form.noted")), *steps.show(form, room)]


@feature.button("notice_form.drop")
def drop(press: Press, room: Room) -> Iterable[Effect]:
    """Nothing is sent."""
    form = _open(press, room)
    if form is None:
        return _gone(press, room)
    room.expect_nothing()
    drafts.decide(form.draft, "dropped")
    return [room.edit(press.handle, own(room).private("notice.dropped", returned=False))]
