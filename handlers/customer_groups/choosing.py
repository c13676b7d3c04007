"""/groups: a teacher sees the parents' groups that are theirs, and says which one is the class's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from classroom.addresses import ChatKind
from classroom.effects import Ask, Button, Effect, Question
from classroom.events import Answered, Json, Origin
from classroom.rules.names import conforms
from classroom.school_book import IN_GROUPS
from classroom.text import PrivateText
from handlers.customer_groups import names
from handlers.feature import Command, Feature, Press, Where, Who
from handlers.name_looking import look
from handlers.room import Room
from handlers.rule_book import rules_of
from storage import further, identity, member_names
from storage.member_names import Known
from storage.tables import Account, Chat, Classroom

feature = Feature("groups")
APP, GROUPS = "wecom", IN_GROUPS
"""The app in which a teacher talks with the bot, and where the groups of the same teacher are."""

MOST_BUTTONS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One group as its teacher reads it. `state`: ours, free, taken."""

    title: str
    people: int
    state: str
    wrong: int = 0
    missing: tuple[str, ...] = ()
    """Children of whom no name in the group speaks."""


@feature.command("groups", "家长群", who=Who.TEACHER, where=Where.PRIVATE)
def groups(command: Command, room: Room) -> Iterable[Effect]:
    """Ask WeCom which groups are the teacher's."""
    if GROUPS not in room.instance.by_hand:
        return [room.tell(room.say.private("groups.not_here"))]
    own = _in_the_app(room)
    if own is None:
        return [room.tell(room.say.private("groups.in_the_app"))]
    there = further.known_as(room.db, GROUPS, own.native, room.who.person, room.now)
    chat = room.db.get(Chat, there.chat_id)
    if chat is None:
        return []
    to = identity.person_address(chat)
    return [Ask(to, Question.GROUPS, own.native, "groups.listed", asked_by=room.who.account)]


def _in_the_app(room: Room) -> Account | None:
    found = identity.accounts_of(room.db, room.who.person)
    return next((account for account, _ in found if account.platform == APP), None)


@feature.answer("groups.listed")
def listed(answered: Answered, room: Room) -> Iterable[Effect]:
    """Show the groups, with a button for each that may be chosen or let go."""
    if not room.who.leads:
        return []
    told = answered.answer
    found = told.get("groups") if isinstance(told, dict) else None
    if not isinstance(found, list):
        return [room.tell(room.say.private("groups.could_not_look"))]
    theirs = {str(one["native"]): one for one in found if isinstance(one, dict) and "native" in one}
    ours = [chat for chat in identity.groups_of(room.db, room.here.id) if chat.platform == GROUPS]
    lines, buttons = [_ours(room, chat) for chat in ours], [_let_go(room, chat) for chat in ours]
    for native, one in theirs.items():
        if native not in {chat.native for chat in ours}:
            title, people = str(one.get("title") or ""), one.get("people")
            chat = identity.find_chat(room.db, GROUPS, native)
            taken = _taken(room, chat)
            count = people if isinstance(people, int) else 0
            lines.append(Line(title, count, "taken" if taken else "free"))
            buttons += [] if taken else [_choose(room, native, title)]
    text = room.say.private("groups.listed", name=room.here.name, lines=lines)
    return [room.tell(text, *buttons[:MOST_BUTTONS])]


def _ours(room: Room, chat: Chat) -> Line:
    present = member_names.present(room.db, chat.id)
    wrong = member_names.not_fitting(room.db, room.here.id, chat=chat.id) if rules_of(room).pattern else []
    return Line(chat.title, len(present), "ours", len(wrong), _missing(room, present))


def _missing(room: Room, present: Sequence[Known]) -> tuple[str, ...]:
    pattern, roster = rules_of(room).pattern, room.roster
    if pattern is None:
        return ()
    found = [conforms(one.account.name, roster, pattern, room.here.name) for one in present]
    there = {student.id for match in found if match is not None for student in match.students}
    there |= {
        child
        for one in present
        for child in identity.guardian_of(room.db, one.account.person_id, room.here.id)
    }
    return tuple(student.name for student in roster.students if student.id not in there)


def _choose(room: Room, native: str, title: str) -> Button:
    args: dict[str, Json] = {"native": native, "title": title}
    label = room.say.label("groups.choose", title=title)
    return Button(label, "groups.choose", args, person=room.who.person, hours=24)


def _let_go(room: Room, chat: Chat) -> Button:
    label = room.say.label("groups.let_go", title=chat.title)
    return Button(label, "groups.let_go", {"chat": chat.id}, person=room.who.person, hours=24)


@feature.button("groups.choose")
def choose(press: Press, room: Room) -> Iterable[Effect]:
    """The group becomes the class's; nothing is posted there, since each post takes the teacher's hand."""
    native, title = str(press.args.get("native")), str(press.args.get("title"))
    if not room.who.leads:
        return [room.edit(press.handle, room.say.private("groups.only_teacher"))]
    chat = identity.meet_chat(room.db, Origin(GROUPS, native, ChatKind.GROUP, title), room.now)
    if _taken(room, chat):
        return [room.edit(press.handle, room.say.private("groups.taken", title=title))]
    chat.classroom_id, chat.present, chat.introduced = room.here.id, True, True
    return [room.edit(press.handle, _chosen(room, title)), *_looked_at(room, chat)]


def _taken(room: Room, chat: Chat | None) -> bool:
    """True if a group is another class's that is not over."""
    if chat is None or chat.classroom_id in (None, room.here.id):
        return False
    theirs = room.db.get(Classroom, chat.classroom_id)
    return theirs is not None and theirs.state != "ended"


def _looked_at(room: Room, chat: Chat) -> list[Effect]:
    """Who is known to be in the group already is looked at as a member of this class."""
    names.plan(room)
    room.db.flush()
    found = member_names.present(room.db, chat.id)
    return [e for known in found for e in look(room, known, anew=True)]


def _chosen(room: Room, title: str) -> PrivateText:
    students = len(room.roster.students)
    return room.say.private("groups.chosen", title=title, name=room.here.name, students=students)


@feature.button("groups.let_go")
def let_go(press: Press, room: Room) -> Iterable[Effect]:
    """The group is the class's no longer, and is not looked into any more."""
    wanted = press.args.get("chat")
    chat = room.db.get(Chat, wanted) if isinstance(wanted, int) else None
    if chat is None or chat.classroom_id != room.here.id or not room.who.leads:
        return [room.edit(press.handle, room.say.private("groups.gone"))]
    chat.classroom_id = None
    return [room.edit(press.handle, room.say.private("groups.let_go", title=chat.title, name=room.here.name))]
