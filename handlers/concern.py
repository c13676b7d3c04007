"""/concern: a criticism for one child's family, drafted and sent in private; from a parent, a message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from classroom.concern_typed import looks_like_concern
from classroom.effects import Effect
from classroom.events import Message
from classroom.roster import Roster, Student
from classroom.text import PrivateStr
from handlers import concern_draft, concern_list, concern_parents
from handlers import concern_people as people
from handlers.feature import Command, Feature, Press, Said, Where, Who
from handlers.room import Room
from storage import drafts
from storage.tables import Draft

feature = Feature("concern")
LIST_WORDS = frozenset({"list", "列表", "记录", "清单"})
Question = Literal["nothing", "one_each", "which_of_them", "not_on_roster", "which_child"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a concern: the child and the words, or what has to be asked about the child."""

    student: Student | None
    words: PrivateStr
    ask: Question = "nothing"
    options: tuple[Student, ...] = ()
    typed_name: PrivateStr | None = None


@feature.command(
    "concern",
    "私聊",
    "沟通",
    "私信",
    who=Who.ANYONE,  # a parent's same words go to the teacher
    where=Where.PRIVATE,
    listed=Who.TEACHER | Who.SUBJECT_TEACHER,
)
def concern(command: Command, room: Room) -> Iterable[Effect]:
    """Draft a concern; whoever teaches may. From a parent the same words go to the teacher."""
    typed = people.cleaned(command.text)
    if room.who.teaches and command.text.strip().lower() in LIST_WORDS:
        return concern_list.show(room)
    if room.who.teaches:
        return begin(room, typed, command.message)
    if room.who.guardian_of:
        return concern_parents.begin(room, typed)
    return [room.tell(room.say.private("concern.visitor"))]


def begin(room: Room, typed: PrivateStr, message: Message) -> list[Effect]:
    """Start a draft with what a teacher has typed in private behind the command."""
    if not typed:
        room.expect("concern.first")
        return [room.tell(room.say.private("concern.how_to"))]
    place, files = _place(message, room), bool(message.attachments)
    draft = concern_draft.make(room, typed, None, came_from=place, files=files)
    return go_on(room, draft, typed)


def _place(message: Message, room: Room) -> str:
    return f"{room.who.chat}:{message.ref}"


@feature.watch
def edited(message: Message, room: Room) -> Iterable[Effect] | None:
    """Whoever edits the command in private means the draft that it began."""
    if not message.edited or room.group is not None or room.actor is None or room.classroom is None:
        return None
    found = looks_like_concern(message.text, room.roster, by_teacher=True)
    typed = people.cleaned(found.rest) if found else PrivateStr("")
    waiting = drafts.open_of(room.db, room.who.person, concern_draft.KIND)
    mine = [d for d in waiting if d.data.get("came_from") == _place(message, room)]
    if not typed or not mine or not room.who.teaches or mine[0].classroom_id != room.here.id:
        return None
    return go_on(room, mine[0], typed)


def go_on(
    room: Room, draft: Draft, typed: PrivateStr, *, before: PrivateStr | None = None, park: bool = False
) -> list[Effect]:
    """Show a draft whose child can be read out of `typed`, else ask; `park`: the door may be shut.

    `before` are words that stood in front of a command in mid-sentence.
    """
    found = read(room.roster, typed)
    draft.kind = concern_draft.KIND
    words = joined(before, found.words) if before else found.words
    student = found.student.id if found.student else None
    drafts.rewrite(room.db, draft, words=words, data={"student": student})
    if found.student is not None:
        return concern_draft.ask_or_show(room, draft, park=park)
    return ask_child(room, draft, found, park=park)


def joined(before: PrivateStr, behind: PrivateStr) -> PrivateStr:
    """Both in their order, a line each."""
    return PrivateStr("\n".join(part for part in (before.reveal(), behind.reveal()) if part))


def read(roster: Roster, typed: PrivateStr) -> Reading:
    """Read child and words; nothing that was typed is lost while the child is in doubt."""
    head = roster.names_at_head(typed.reveal())
    rest = PrivateStr(head.rest)
    if len(head.students) == 1 and not head.ambiguous:
        return Reading(head.students[0], typed if head.unknown else rest)
    if head.ambiguous and not head.students and len(head.ambiguous) == 1:
        return Reading(None, typed if head.unknown else rest, "which_of_them", head.ambiguous[0])
    if head.students or head.ambiguous:
        every = {s.id: s for s in (*head.students, *(s for group in head.ambiguous for s in group))}
        return Reading(None, typed, "one_each", tuple(every.values()))
    near = roster.closest(head.unknown) if head.unknown else ()
    if head.unknown and near:
        return Reading(None, rest, "not_on_roster", near, PrivateStr(head.unknown))
    return Reading(None, typed, "which_child")


def ask_child(room: Room, draft: Draft, found: Reading, *, park: bool = False) -> list[Effect]:
    """Ask which child is meant: by buttons where there are candidates, else by its name."""
    say = room.say
    text = say.private(
        f"concern.{found.ask}",
        typed=found.typed_name,
        options=[_told_apart(s, found.options) for s in found.options],
        classroom=room.here.name,
    )
    buttons = [
        concern_draft.button(
            room,
            say.label("concern.child", name=_told_apart(s, found.options)),
            "concern.child",
            {"draft": draft.id, "version": draft.data.get("version"), "student": s.id},
            row=row,
        )
        for row, s in enumerate(found.options[:12], 1)
    ]
    if park or found.options:
        return [room.tell(text, *buttons, *concern_draft.actions(room, draft, ("name", "cancel")), park=park)]
    room.expect("concern.who", {"draft": draft.id})
    return [room.tell(text)]


def _told_apart(student: Student, among: tuple[Student, ...]) -> str:
    """A child's name; with its number, or its place in the list, where two share the name."""
    same = [s for s in among if s.name == student.name]
    if len(same) < 2:
        return student.name
    return f"{student.name} {student.number or same.index(student) + 1}"


@feature.dialogue("concern.first")
def first_said(said: Said, room: Room) -> Iterable[Effect]:
    """Take the message after a bare /concern as name and text."""
    if not room.who.teaches:
        return [room.tell(room.say.private("concern.visitor"))]
    typed = people.cleaned(said.text)
    if not typed:
        room.expect("concern.first")
        return [room.tell(room.say.private("concern.only_text"))]
    return begin(room, typed, said.message)


@feature.button("concern.child")
def child_chosen(press: Press, room: Room) -> Iterable[Effect]:
    """Go on with the child that the teacher meant."""
    draft = concern_draft.pressed(press, room)
    if draft is None:
        return concern_draft.gone(press, room)
    drafts.rewrite(room.db, draft, data={"student": people.number(press.args, "student")})
    return concern_draft.ask_or_show(room, draft)


@feature.button("concern.name")
def ask_name(press: Press, room: Room) -> Iterable[Effect]:
    """Wait for the child's name, where no button fits."""
    draft = concern_draft.pressed(press, room)
    if draft is None:
        return concern_draft.gone(press, room)
    room.expect("concern.who", {"draft": draft.id})
    return [room.tell(room.say.private("concern.which_child", classroom=room.here.name))]


@feature.dialogue("concern.who")
def name_said(said: Said, room: Room) -> Iterable[Effect]:
    """Take the next message as the child's name."""
    draft = drafts.get(room.db, people.number(said.data, "draft"), room.who.person)
    if draft is None or not room.who.teaches:
        return [room.tell(room.say.private("concern.draft_is_gone"))]
    found = room.roster.find(said.text) or room.roster.mentioned_in(said.text)
    if len(found) == 1:
        drafts.rewrite(room.db, draft, data={"student": found[0].id})
        return concern_draft.ask_or_show(room, draft)
    near = found or room.roster.closest(said.text)
    if near:
        ask: Question = "which_of_them" if found else "not_on_roster"
        return ask_child(room, draft, Reading(None, draft.words, ask, near, PrivateStr(said.text[:20])))
    room.expect("concern.who", dict(said.data))
    return [room.tell(room.say.private("concern.nobody_called_so", classroom=room.here.name))]
