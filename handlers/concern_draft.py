"""The draft of a concern: what the parents will see, who will get it, and what to think over first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from classroom.effects import Button, Effect
from classroom.events import Json
from classroom.people import ALL_TEACHERS
from classroom.roster import Roster, Student
from classroom.rules.wording import grave_in, labels_in, other_children, parts, without_names
from classroom.text import Label, PrivateStr, PrivateText
from handlers import concern_people as people
from handlers.feature import Feature, Press, Said
from handlers.room import Room
from storage import drafts, guardians, presses
from storage.tables import Draft, Guardian
from templates.render import Say

feature = Feature("concern_draft")
KIND = "concern"
ROW_OF_ACTIONS = 90


@dataclass(frozen=True, slots=True)
class Advice:
    """What the teacher is told about the words; all but `others` and `too_long` is only advice."""

    others: tuple[Student, ...]
    too_long: int
    labels: tuple[tuple[str, str], ...]
    grave: frozenset[str]
    missing: tuple[str, ...]

    @property
    def must_report(self) -> bool:
        """Whether the words tell of more than an injury, so that the law may want others told."""
        return bool(self.grave - {"injury"})

    @property
    def may_send(self) -> bool:
        """Whether the draft may be sent as it is."""
        return not self.others and not self.too_long


def advice_on(words: PrivateStr, student: Student, roster: Roster, say: Say) -> Advice:
    """Look at the words of a draft with all the rules of wording."""
    text = words.reveal()
    found = parts(text)
    zh = say.language.startswith("zh")
    labels = {x.word: x.alternative_zh if zh else x.alternative_en for x in labels_in(text)}
    missing = {
        "fact": found.fact or found.free,
        "impact": found.impact,
        "suggestion": found.suggestion,
    }
    return Advice(
        other_children(text, student, roster),
        len(text) if len(text) > people.TEXT_LIMIT else 0,
        tuple(labels.items())[:6],
        frozenset(sign.kind for sign in grave_in(text)),
        tuple(part for part, said in missing.items() if not said),
    )


# --- making and showing ---------------------------------------------------------------------------


def make(room: Room, words: PrivateStr, student: int | None, **data: Json) -> Draft:
    """Keep the actor's words as a draft about this child (None: to be asked)."""
    remembered: dict[str, Json] = {"student": student, "version": 0, **data}
    return drafts.keep(room.db, room.here.id, room.who.person, KIND, words, room.now, remembered)


def begin_about(room: Room, student: int, words: PrivateStr) -> list[Effect]:
    """Start a draft about a child whose name is known already, and show it."""
    return ask_or_show(room, make(room, words, student))


def ask_or_show(room: Room, draft: Draft, *, park: bool = False) -> list[Effect]:
    """Show the draft, or ask for its words if there are none yet."""
    student = student_of(room, draft)
    if student is None:
        return [room.tell(room.say.private("concern.child_gone"), park=park)]
    if not draft.words:
        return [_ask_words(room, draft, student, park)]
    return show(room, draft, student, park=park)


def _ask_words(room: Room, draft: Draft, student: Student, park: bool) -> Effect:
    if park:  # a dialogue might be over before the door is opened, and another one may be under way
        text = room.say.private("concern.words_missing", student=student.name)
        return room.tell(text, *actions(room, draft, ("write", "cancel")), park=True)
    room.expect("concern.words", {"draft": draft.id})
    return room.tell(room.say.private("concern.words_please", student=student.name))


def student_of(room: Room, draft: Draft) -> Student | None:
    """The child that a draft is about, if it is (still) on the roster."""
    wanted = draft.data.get("student")
    return next((s for s in room.roster.students if s.id == wanted), None)


def show(room: Room, draft: Draft, student: Student, *, park: bool = False) -> list[Effect]:
    """Show what the parents will read, and below it the list and the buttons; older buttons stop."""
    effects = retire(room, draft)
    version = people.number(draft.data, "version") + 1
    drafts.rewrite(room.db, draft, data={"version": version})
    say = room.say
    letter = received(room.say_class, room, student, draft.words)
    preview = say.private("concern.preview", classroom=room.here.name, student=student.name, letter=letter)
    text, buttons = controls(room, draft, student)
    return [
        *effects,
        room.tell(preview, handle=f"{handle(draft)}/text", park=park),
        room.tell(text, *buttons, handle=handle(draft), park=park),
    ]


def retire(room: Room, draft: Draft) -> list[Effect]:
    """Switch off what was shown of an earlier version of a draft."""
    if not people.number(draft.data, "version"):
        return []
    presses.end_buttons(room.db, handle(draft), room.now)
    return [room.edit(handle(draft), room.say.private("concern.newer_below"))]


def handle(draft: Draft) -> str:
    """Our name for the message under which the draft's buttons stand."""
    return f"concern-draft/{draft.id}/{people.number(draft.data, 'version')}"


def received(say: Say, room: Room, student: Student, words: PrivateStr, teacher: str = "") -> PrivateText:
    """The concern as a guardian reads it; its first line says nothing of the child."""
    return say.private(
        "concern.received",
        student=student.name,
        classroom=room.here.name,
        words=words,
        teacher=teacher or room.who.name,
    )


def controls(room: Room, draft: Draft, student: Student) -> tuple[PrivateText, list[Button]]:
    """Who gets it, what to think over, and the buttons that go with that."""
    say = room.say
    found = people.eligible(room, student.id)
    ticked = {g.id for g in people.chosen(draft, found)}
    advice = advice_on(draft.words, student, room.roster, say)
    lines = [(people.called(room, g, say), g.id in ticked, _reached(room, g)) for g in found]
    text = say.private(
        "concern.controls",
        student=student.name,
        recipients=lines,
        phones=people.phones(room, student.id, say),
        advice=advice,
        others=[s.name for s in advice.others],
        limit=people.TEXT_LIMIT,
        files=draft.data.get("files") is True,
        in_china=room.here.country == "CN",
    )
    wanted = ("send",) if advice.may_send else ("hide",) if advice.others else ()
    buttons = [_tick(room, draft, g, g.id in ticked, row) for row, g in enumerate(found, 1)]
    return text, [*buttons, *actions(room, draft, (*wanted, "change", "cancel"))]


def _reached(room: Room, guardian: Guardian) -> bool:
    return guardians.reachable(room.db, guardian.person_id)


def _tick(room: Room, draft: Draft, guardian: Guardian, on: bool, row: int) -> Button:
    return button(
        room,
        room.say.label("concern.recipient", on=on, name=people.called(room, guardian, room.say)[:40]),
        "concern.tick",
        {"draft": draft.id, "version": draft.data.get("version"), "guardian": guardian.id, "on": not on},
        row=row,
    )


def actions(room: Room, draft: Draft, names: Iterable[str]) -> list[Button]:
    """The buttons under a draft, by name."""
    labels = {"send": "common.send", "change": "common.change", "cancel": "common.cancel"}
    args: dict[str, Json] = {"draft": draft.id, "version": draft.data.get("version")}
    return [
        button(
            room,
            room.say.label(labels.get(name, f"concern.{name}")),
            f"concern.{name}",
            args,
            row=ROW_OF_ACTIONS if name in labels else ROW_OF_ACTIONS - 1,
        )
        for name in names
    ]


def button(room: Room, label: Label, purpose: str, args: dict[str, Json], row: int | None = None) -> Button:
    """A button for the acting teacher alone, useless once the role is over."""
    return Button(
        label,
        purpose,
        args,
        person=room.who.person,
        roles=frozenset(ALL_TEACHERS),
        row=row,
        hours=people.TERM_HOURS,
    )


# --- deciding -------------------------------------------------------------------------------------


def pressed(press: Press, room: Room) -> Draft | None:
    """The open draft that a button belongs to; None if it is decided, or was changed since."""
    draft = drafts.get(room.db, people.number(press.args, "draft"), room.who.person)
    if draft is None or draft.classroom_id != room.here.id or draft.kind != KIND:
        return None
    return draft if press.args.get("version", 0) == draft.data.get("version", 0) else None


def gone(press: Press, room: Room) -> list[Effect]:
    """Say that there is a newer draft, or none any more."""
    return [room.toast(press.callback, room.say.label("concern.draft_gone"), alert=True)]


@feature.button("concern.tick")
def tick(press: Press, room: Room) -> Iterable[Effect]:
    """Put a guardian on the list, or take one off; pressed twice it is the same."""
    draft = pressed(press, room)
    student = student_of(room, draft) if draft else None
    if draft is None or student is None:
        return gone(press, room)
    guardian = people.number(press.args, "guardian")
    on, off = people.ids(draft.data, "on"), people.ids(draft.data, "off")
    (on if press.args.get("on") else off).add(guardian)
    (off if press.args.get("on") else on).discard(guardian)
    drafts.rewrite(room.db, draft, data={"on": [*sorted(on)], "off": [*sorted(off)]})
    text, buttons = controls(room, draft, student)
    return [room.edit(handle(draft), text, *buttons)]


@feature.button("concern.hide")
def hide(press: Press, room: Room) -> Iterable[Effect]:
    """Replace the names of other children by 一位同学."""
    draft = pressed(press, room)
    student = student_of(room, draft) if draft else None
    if draft is None or student is None:
        return gone(press, room)
    text = draft.words.reveal()
    others = other_children(text, student, room.roster)
    stand_in = room.say_class.label("concern.a_classmate").text
    replaced = without_names(text, others, stand_in, roster=room.roster)
    drafts.rewrite(room.db, draft, words=PrivateStr(replaced))
    return show(room, draft, student)


@feature.button("concern.change")
def change(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for the new text."""
    draft = pressed(press, room)
    if draft is None:
        return gone(press, room)
    room.expect("concern.words", {"draft": draft.id})
    return [room.tell(room.say.private("concern.new_words_please"))]


@feature.button("concern.write")
def write(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for the first text, where the command was typed without."""
    draft = pressed(press, room)
    return gone(press, room) if draft is None else ask_or_show(room, draft)


@feature.dialogue("concern.words", outlives_commands=True)
def words_said(said: Said, room: Room) -> Iterable[Effect]:
    """Take the next message as the draft's text."""
    draft = drafts.get(room.db, people.number(said.data, "draft"), room.who.person)
    student = student_of(room, draft) if draft else None
    if draft is None or student is None or not room.who.teaches:
        return [room.tell(room.say.private("concern.draft_is_gone"))]
    words = people.cleaned(said.text)
    if not words:
        room.expect("concern.words", dict(said.data))
        return [room.tell(room.say.private("concern.only_text"))]
    drafts.rewrite(room.db, draft, words=words)
    return show(room, draft, student)


@feature.button("concern.cancel")
def cancel(press: Press, room: Room) -> Iterable[Effect]:
    """Drop the draft; nobody gets anything."""
    draft = pressed(press, room)
    if draft is None:
        return gone(press, room)
    shown = handle(draft)
    presses.end_buttons(room.db, shown, room.now)
    drafts.decide(draft, "dropped")
    return [
        room.toast(press.callback, room.say.label("concern.cancelled")),
        room.edit(press.handle, room.say.private("concern.nothing_sent")),
    ]
