"""The dialogue of a bare /notice: kind, questions, files, time, readers; each step with a way back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from classroom.effects import Button, Effect
from classroom.events import Json
from classroom.text import PrivateStr, PrivateText
from handlers import notice_reading
from handlers.aside import aside, own
from handlers.notice_form import fields
from handlers.notice_reading import Wish
from handlers.room import Room
from scheduler.when import When, read_when
from storage import drafts, notices
from storage.tables import Draft

KIND = "notice-form"
SAID = "notice_form.said"
MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class Form:
    """How far a dialogue has come. `shown` counts its messages: the buttons of an older one do nothing."""

    draft: Draft
    kind: str = ""
    step: str = "kind"
    answers: dict[str, Json] = field(default_factory=dict)
    shown: int = 0
    wish: Wish = field(default_factory=lambda: Wish(""))

    @property
    def handle(self) -> str:
        """Our name for the message that shows the step at hand."""
        return f"notice-form/{self.draft.id}/{self.shown}"


def start(wish: Wish, room: Room) -> list[Effect]:
    """Ask what kind of notice it is to be; a text that comes instead is one of no special kind."""
    draft = drafts.keep(room.db, room.here.id, room.who.person, KIND, PrivateStr(""), room.now)
    return show(keep(Form(draft, wish=wish), room), room)


def open_form(draft: Json, room: Room) -> Form | None:
    """A dialogue of the actor's that is not over."""
    row = drafts.get(room.db, draft, room.who.person) if isinstance(draft, int) else None
    if row is None or row.kind != KIND or row.classroom_id != room.here.id:
        return None
    kind, step, answers, shown = (row.data.get(n) for n in ("form_kind", "step", "answers", "shown"))
    return Form(
        row,
        kind if isinstance(kind, str) else "",
        step if isinstance(step, str) else "kind",
        answers if isinstance(answers, dict) else {},
        shown if isinstance(shown, int) else 0,
        notice_reading.kept(row.data),
    )


def end(draft: Json, room: Room, state: str = "used") -> None:
    """The dialogue has led to something, or to nothing: its words go."""
    form = open_form(draft, room)
    if form is not None:
        drafts.decide(form.draft, state)


def keep(form: Form, room: Room) -> Form:
    """Write down how far it has come."""
    data = notice_reading.as_kept(form.wish) | {
        "form_kind": form.kind,
        "step": form.step,
        "answers": form.answers,
        "shown": form.shown,
    }
    drafts.rewrite(room.db, form.draft, data=data)
    return form


def order(form: Form, room: Room) -> list[str]:
    """The steps of this kind; only a teacher chooses whom it is for."""
    asked = [f.name for f in fields.FIELDS.get(form.kind, ())]
    return ["kind", *asked, "files", "time", *(["whom"] if room.who.leads else [])]


def neighbour(form: Form, room: Room, by: int) -> str | None:
    """The step after (1) or before (-1) the one at hand; None behind the last: the preview."""
    steps = order(form, room)
    at = steps.index(form.step) + by if form.step in steps else 0
    return steps[max(at, 0)] if at < len(steps) else None


# --- a step as it is seen ------------------------------------------------------------------------


def show(form: Form, room: Room, *, handle: str | None = None) -> list[Effect]:
    """Ask the step at hand, in place of the message `handle` or in a new one."""
    room.expect(SAID, {"draft": form.draft.id})
    if handle is not None:
        return [room.edit(handle, text_of(form, room), *_keys(form, room))]
    form = keep(replace(form, shown=form.shown + 1), room)
    return aside(room, text_of(form, room), *_keys(form, room), handle=form.handle)


def text_of(form: Form, room: Room) -> PrivateText:
    """The question of the step at hand."""
    say = own(room)
    asked = fields.field_of(form.kind, form.step)
    if asked is not None:
        now = form.answers.get(asked.name)
        return say.private(
            "notice_form.ask", kind=form.kind, field=asked.name, needed=asked.needed, answer=now
        )
    files = len(form.wish.files)
    return say.private(f"notice_form.{form.step}", files=files, classroom=room.here.name)


def _keys(form: Form, room: Room) -> list[Button]:
    if form.step == "kind":
        rows = [(kind, index // 3) for index, kind in enumerate(notices.KINDS)]
        kinds = [_key(form, f"kind_{kind}", "kind", {"kind": kind}, room, row) for kind, row in rows]
        return [*kinds, _key(form, "cancel", "drop", {}, room, 9)]
    return [
        *_choices(form, room),
        _key(form, "back", "back", {}, room, 9),
        _key(form, "cancel", "drop", {}, room, 9),
    ]


def _choices(form: Form, room: Room) -> list[Button]:
    if form.step == "files":
        return [_key(form, "next" if form.wish.files else "without", "next", {}, room, 0)]
    if form.step == "time":
        return [_key(form, "now", "time", {"at": None}, room, 0), *_times(form, room)]
    if form.step == "whom":
        return _readers(form, room)
    asked = fields.field_of(form.kind, form.step)
    if asked is None:
        return []
    offered = [
        _key(form, f"{asked.name}_{choice}", "choice", {"choice": choice}, room, index // 2)
        for index, choice in enumerate(asked.choices)
    ]
    going = "next" if asked.name in form.answers else "skip"
    may_go = not asked.needed or asked.name in form.answers
    return [*offered, *([_key(form, going, "next", {}, room, 8)] if may_go else [])]


def times(room: Room) -> list[datetime]:
    """The usual hours to come: this evening, tomorrow morning, Friday after school."""
    found = [read_when(text, room.now, room.zone) for text in ("18:00", "明天 7:30", "周五 16:00")]
    moments = [w.at(notice_reading.USUAL) for w in found if isinstance(w, When)]
    soonest = room.now + timedelta(minutes=10)
    return sorted({m for m in moments if m > soonest})


def _times(form: Form, room: Room) -> list[Button]:
    say = own(room)
    return [
        Button(
            say.label("notice_form.at", when=say.when(at, room.zone, room.now)),
            "notice_form.time",
            {"draft": form.draft.id, "shown": form.shown, "at": at.isoformat()},
            person=room.who.person,
            row=1 + index // 2,
            hours=24,
        )
        for index, at in enumerate(times(room))
    ]


def _readers(form: Form, room: Room) -> list[Button]:
    row = next((n for n in notices.sent(room.db, room.here.id, 5) if n.receipts), None)
    open_ = row is not None and row.state == notices.OPEN and bool(notices.missing(room.db, row))
    made = [
        _key(form, "whom_class", "whom", {"who": notices.CLASS}, room, 0),
        _key(form, "whom_committee", "whom", {"who": notices.COMMITTEE}, room, 1),
    ]
    if row is not None and open_:
        rest: dict[str, Json] = {"who": notices.REST, "of": row.number}
        made.append(_key(form, "whom_rest", "whom", rest, room, 1, number=row.number))
    return made


def _key(
    form: Form, label: str, purpose: str, args: dict[str, Json], room: Room, row: int, **values: object
) -> Button:
    return Button(
        own(room).label(f"notice_form.{label}", **values),
        f"notice_form.{purpose}",
        {"draft": form.draft.id, "shown": form.shown, **args},
        person=room.who.person,
        row=row,
        hours=24,
    )
