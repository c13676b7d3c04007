"""A group that the bot makes for a class, where nobody can add it to one: of those it knows there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from classroom.addresses import ChatKind
from classroom.effects import Ask, Button, Effect, Question
from classroom.events import Answered, Json, Origin
from handlers.feature import Feature, Press
from handlers.room import Room
from handlers.setup_opening import link_group
from handlers.setup_rules import teaches_in
from handlers.start import enter
from storage import classrooms, guardians, identity

WORDS = ("group", "建群", "建群組")


def attach(feature: Feature) -> None:
    """Let the feature hear of the press and of the platform's answer."""
    feature.button("setup.make_group")(make)
    feature.answer("setup.group_made")(made)


def offer(room: Room) -> Iterable[Effect]:
    """Say who would be in the group, and ask: the newest class of the teacher's that has none is meant."""
    say = room.say_to(room.who.person)
    if room.platform not in room.instance.makes_groups:
        return [room.tell(say.private("setup.in_the_group"))]
    without = [one for one in teaches_in(room) if not identity.groups_of(room.db, one.id)]
    if not without:
        return [room.tell(say.private("setup.group_there"))]
    if not enter(room, without[-1].id) or not (members := _members(room)):
        return [room.tell(say.private("setup.group_nobody", name=without[-1].name))]
    args: dict[str, Json] = {"classroom": room.here.id}
    button = Button(say.label("setup.make_group"), "setup.make_group", args, person=room.who.person, hours=24)
    return [
        room.tell(say.private("setup.group_sure", name=room.here.name, members=[*members.values()]), button)
    ]


def make(press: Press, room: Room) -> Iterable[Effect]:
    """Have the group made, if the one who pressed leads the class still and it has none."""
    classroom = press.args.get("classroom")
    say = room.say_to(room.who.person)
    entered = isinstance(classroom, int) and enter(room, classroom) and room.who.leads
    if not entered or room.private is None or identity.groups_of(room.db, room.here.id):
        return [room.edit(press.handle, say.private("setup.group_there"))]
    members = _members(room)
    if not members:
        return [room.edit(press.handle, say.private("setup.group_nobody", name=room.here.name))]
    key = room.instance.digest(f"group of class {room.here.id}")
    data: dict[str, Json] = {"classroom": room.here.id, "members": [*members], "key": key}
    asked_by = room.who.account
    ask = Ask(room.private, Question.GROUP, room.here.name, "setup.group_made", data, asked_by=asked_by)
    return [room.edit(press.handle, say.private("setup.group_making", name=room.here.name)), ask]


def made(answered: Answered, room: Room) -> Iterable[Effect]:
    """The group becomes the class's, or the teacher hears that the platform did not make it."""
    classroom, told = answered.data.get("classroom"), answered.answer
    if not isinstance(classroom, int) or not enter(room, classroom) or not room.who.leads:
        return []
    say = room.say_to(room.who.person)
    native = told.get("native") if isinstance(told, dict) else None
    if not isinstance(native, str):
        return [room.tell(say.private("setup.group_refused", name=room.here.name))]
    origin = Origin(room.platform, native, ChatKind.GROUP, room.here.name)
    chat = identity.meet_chat(room.db, origin, room.now)
    if chat.classroom_id is not None:
        return []
    chat.present = True
    return [room.tell(say.private("setup.group_made", name=room.here.name)), *link_group(room, chat)]


def _members(room: Room) -> dict[str, str]:
    """Who of the class has an account on this platform, but for the one who asks: id there and name."""
    found: dict[str, str] = {}
    for person in dict.fromkeys(_people(room)):
        for _, chat in identity.accounts_of(room.db, person):
            if chat.platform == room.platform and person != room.who.person:
                found[chat.native] = guardians.display_name(room.db, person)
    return found


def _people(room: Room) -> Iterator[int]:
    """Teachers and committee, then the families."""
    for grant in classrooms.roles_held(room.db, room.here.id, room.today.date()):
        yield grant.person_id
    for student in room.roster.students:
        for guardian in guardians.active_of(room.db, student.id):
            yield guardian.person_id
