"""Opening a class: who may, who becomes its teacher, and what is still missing afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from classroom.effects import Ask, Button, Effect, LinkButton, Post, Question, Report
from classroom.events import Answered, Json, Undelivered
from handlers import setup_alone, setup_chats, setup_group
from handlers.feature import Command, Feature, Opened, Press, Where, Who
from handlers.places import is_set_up, keep_rights
from handlers.room import Room
from handlers.setup_checklist import checklist
from handlers.setup_opening import open_class
from handlers.setup_rules import (
    ACCEPT_LIFE,
    LONGEST_NAME,
    answer,
    ask_member,
    is_admin,
    language_for,
    name_problem,
    teaches_in,
)
from handlers.start import enter
from storage import classrooms, codes, identity
from storage.tables import Chat, Classroom

feature = Feature("setup")
DOOR_LIFE = timedelta(days=1)
SETUP, TEACHER = "setup", "teacher"


@feature.command("setup", "开通", "建班", who=Who.ANYONE, where=Where.BOTH, classroom=False)
def setup(command: Command, room: Room) -> Iterable[Effect]:
    """Open a class in this group, link the group to one, or show what is still missing."""
    link = setup_chats.read_link(command.text)
    if link is not None:
        return setup_chats.make_link(room) if link == "" else setup_chats.use_link(link, command, room)
    if room.group is None:
        return _in_private(command, room)
    if is_set_up(room):
        return again(room)
    return begin(command, room)


def begin(command: Command, room: Room) -> Iterable[Effect]:
    """Ask the platform who is asking; a class that was begun here keeps its name if none is given."""
    name = " ".join(command.text.split(" ")).strip()
    waiting = classrooms.awaiting(room.db, room.group.chat) if room.group is not None else None
    problem = name_problem(name) if name or waiting is None else None
    if problem is not None:
        return [answer(room, problem, reply_to=command.message.ref, most=LONGEST_NAME)]
    return ask_member(room, "setup.member", {"name": name, "ref": command.message.ref})


@feature.answer("setup.member")
def member_known(answered: Answered, room: Room) -> Iterable[Effect]:
    """An administrator is asked who will be the teacher; anybody else hears whom to ask."""
    if (refusal := refuse_member(answered, room)) is not None:
        return refusal
    if is_set_up(room) or room.group is None:
        return again(room)
    room.classroom = _begun(room, room.group.chat, str(answered.data.get("name") or ""))
    return ask_who(room)


def refuse_member(answered: Answered, room: Room) -> list[Effect] | None:
    """The refusal to somebody who is no administrator, or of whom nothing could be learnt."""
    if is_admin(answered, room):
        return None
    block = "setup.could_not_check" if answered.answer is None else "setup.only_admin"
    ref = answered.data.get("ref")
    return [answer(room, block, reply_to=ref if isinstance(ref, str) else None)]


def _begun(room: Room, chat: int, name: str) -> Classroom:
    """The class that waits for its teacher in this group: one, however often it is begun."""
    row = classrooms.awaiting(room.db, chat)
    if row is None:
        defaults = room.instance.defaults
        row = classrooms.create(
            room.db,
            name,
            room.now,
            language=language_for(room, name),
            timezone=defaults.timezone,
            country=defaults.country,
            by=room.who.person,
            state="awaiting_teacher",
        )
        classrooms.change_setting(row, classrooms.SETUP_CHAT, chat)
    row.name = name or row.name
    if (group := room.db.get(Chat, chat)) is not None and not group.title:
        group.title = row.name  # a platform may not say what a group is called
    return row


def ask_who(room: Room) -> list[Effect]:
    """Ask in private; where that door is shut, a button in the group leads to it, for this person only."""
    person, group = room.who.person, classrooms.group_awaiting(room.db, room.here)
    say = room.say_to(person)
    if group is None:
        return []
    if room.group is not None and not room.door_open:
        return [_door(room, group, person)]
    buttons = [
        Button(say.label("setup.mine"), "setup.mine", person=person, hours=24),
        Button(say.label("setup.for_teacher"), "setup.for_teacher", person=person, hours=24),
    ]
    text = say.private("setup.who_teaches", name=room.here.name, group=group.title)
    report = Report(failed="setup.shut", data={"person": person})
    return [room.tell(text, *buttons, report=report)]


def _door(room: Room, group: Chat, person: int) -> Post:
    token = codes.make(
        room.db, room.instance.digest, SETUP, room.here.id, room.now, person=person, life=DOOR_LIFE
    )
    say = room.say_class
    button = LinkButton(say.label("setup.go_on"), token)
    return Post(identity.group_address(group), say.group("setup.go_on_in_private"), (button,))


@feature.undelivered("setup.shut")
def door_is_shut(undelivered: Undelivered, room: Room) -> Iterable[Effect]:
    """The private door was thought open and is not: the way to it goes into the group."""
    person = undelivered.data.get("person")
    group = classrooms.group_awaiting(room.db, room.here)
    return [_door(room, group, person)] if group is not None and isinstance(person, int) else []


@feature.code(SETUP)
def door_opened(opened: Opened, room: Room) -> Iterable[Effect]:
    """The administrator came through the button; whoever else pressed it hears that it is not theirs."""
    if opened.code.person_id != room.who.person:
        return [room.tell(room.say.private("setup.not_your_button"))]
    if room.here.state != "awaiting_teacher":
        return [room.tell(room.say.private("setup.over", name=room.here.name))]
    return ask_who(room)


# --- who is the teacher -------------------------------------------------------------------------


@feature.button("setup.mine")
def mine(press: Press, room: Room) -> Iterable[Effect]:
    """The administrator is the teacher, if still an administrator now."""
    return _choose(press, room, "mine")


@feature.button("setup.for_teacher")
def for_teacher(press: Press, room: Room) -> Iterable[Effect]:
    """The administrator opens the class for somebody else, if still an administrator now."""
    return _choose(press, room, "for_teacher")


def _choose(press: Press, room: Room, choice: str) -> list[Effect]:
    group = classrooms.group_awaiting(room.db, room.here)
    if room.here.state != "awaiting_teacher" or group is None:
        return [room.edit(press.handle, room.say.private("setup.over", name=room.here.name))]
    data: dict[str, Json] = {"choice": choice, "handle": press.handle}
    to = identity.group_address(group)
    asked_by = room.who.account
    return [
        Ask(to, Question.RIGHTS, "", "places.rights", asked_by=asked_by),
        Ask(to, Question.MEMBER, room.who.native, "setup.chosen", data, asked_by=asked_by),
    ]


@feature.answer("setup.chosen")
def chosen(answered: Answered, room: Room) -> Iterable[Effect]:
    """Open the class, or make the link by which its teacher accepts it."""
    handle, person = str(answered.data.get("handle")), room.who.person
    say, name = room.say_to(person), room.here.name
    group = classrooms.group_awaiting(room.db, room.here)
    if not is_admin(answered, room):
        return [room.edit(handle, say.group("setup.only_admin"))]
    if room.here.state != "awaiting_teacher" or group is None or group.classroom_id is not None:
        return [room.edit(handle, say.private("setup.over", name=name))]
    if answered.data.get("choice") == "mine":
        return [room.edit(handle, say.private("setup.you_teach", name=name)), *open_class(room, group)]
    room.here.created_by = person
    link = room.link(_teacher_token(room), group.platform)
    return [room.edit(handle, say.private("setup.forward_link", name=name, link=link))]


def _teacher_token(room: Room) -> str:
    codes.revoke(room.db, room.here.id, TEACHER, room.now)
    return codes.make(
        room.db, room.instance.digest, TEACHER, room.here.id, room.now, uses=1, life=ACCEPT_LIFE
    )


@feature.code(TEACHER)
def invited(opened: Opened, room: Room) -> Iterable[Effect]:
    """Ask whoever opens the teacher's link; its maker is reminded to hand it on."""
    say, name = room.say, room.here.name
    if room.here.state != "awaiting_teacher":
        return [room.tell(say.private("setup.over", name=name))]
    if room.who.person == room.here.created_by:
        return [room.tell(say.private("setup.hand_it_on", name=name))]
    group = classrooms.group_awaiting(room.db, room.here)
    buttons = [
        Button(say.label("setup.accept"), "setup.accept", {"token": opened.token}, person=room.who.person),
        Button(say.label("setup.decline"), "setup.decline", person=room.who.person),
    ]
    text = say.private("setup.will_you", name=name, group=group.title if group is not None else "")
    return [room.tell(text, *buttons)]


@feature.button("setup.accept")
def accept(press: Press, room: Room) -> Iterable[Effect]:
    """The teacher takes the class; its founder hears of it and gets no part in it."""
    code = codes.find(room.db, room.instance.digest, str(press.args.get("token")), room.now)
    group = classrooms.group_awaiting(room.db, room.here)
    say, name = room.say, room.here.name
    free = group is not None and group.classroom_id is None and room.here.state == "awaiting_teacher"
    if code is None or code.classroom_id != room.here.id or group is None or not free:
        return [room.edit(press.handle, say.private("setup.link_over", name=name))]
    codes.use(code)
    founder = room.here.created_by
    effects = [room.edit(press.handle, say.private("setup.you_teach", name=name)), *open_class(room, group)]
    if founder is not None:
        text = room.say_to(founder).private("setup.accepted", name=name, teacher=room.who.name)
        effects += room.tell_person(founder, text, quiet=room.hours_of(founder))
    return effects


@feature.button("setup.decline")
def decline(press: Press, room: Room) -> Iterable[Effect]:
    """Not this person: the link stays good for the teacher."""
    return [room.edit(press.handle, room.say.private("setup.declined", name=room.here.name))]


# --- again --------------------------------------------------------------------------------------


def again(room: Room) -> list[Effect]:
    """A class is opened once; its teacher gets the checklist, in private, with the rights as they are now."""
    if room.group is None:
        return []
    if room.who.leads:
        ask = Ask(room.group, Question.RIGHTS, "", "setup.checklist", asked_by=room.who.account)
        return [ask, *([] if room.door_open else [room.pointer()])]
    block = "setup.already" if room.teachers() else "setup.no_teacher"
    return [answer(room, block, name=room.here.name)]


@feature.answer("setup.checklist")
def rights_known(answered: Answered, room: Room) -> Iterable[Effect]:
    """Show what is still missing, to somebody who still teaches here."""
    keep_rights(room, answered.answer)
    return [room.tell(checklist(room), park=True)] if room.who.leads else []


def _in_private(command: Command, room: Room) -> Iterable[Effect]:
    classes = teaches_in(room)
    if room.platform in room.instance.private_only and (command.text or not classes):
        wants_group = command.text.strip().lower() in setup_group.WORDS
        return setup_group.offer(room) if wants_group else setup_alone.ask(command, room)
    if not classes:
        return [room.tell(room.say.private("setup.in_the_group"))]
    if len(classes) == 1 and enter(room, classes[0].id):
        return [room.tell(checklist(room))]
    return [room.tell(room.say.private("common.which_classroom"), *setup_chats.choices(room, "list"))]


@feature.button("setup.which")
def which(press: Press, room: Room) -> Iterable[Effect]:
    """Of several classes the teacher chose one: its checklist, or a link for a further chat."""
    classroom = press.args.get("classroom")
    if not isinstance(classroom, int) or not enter(room, classroom) or not room.who.leads:
        return [room.edit(press.handle, room.say.private("setup.in_the_group"))]
    if press.args.get("what") == "link":
        return [room.edit(press.handle, setup_chats.link_text(room))]
    return [room.edit(press.handle, checklist(room))]


setup_chats.attach(feature)
setup_alone.attach(feature)
setup_group.attach(feature)
