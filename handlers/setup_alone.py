"""Opening a class where no group can be heard: in private, by its teacher, and a group may come later."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Button, Effect
from classroom.people import Role
from handlers.feature import Command, Feature, Press
from handlers.menus import menus_for
from handlers.room import Room
from handlers.setup_checklist import checklist
from handlers.setup_rules import LONGEST_NAME, answer, language_for, name_problem, teaches_in
from handlers.start import enter
from storage import classrooms


def attach(feature: Feature) -> None:
    """Let the feature hear of the press that opens the class."""
    feature.button("setup.alone")(open_alone)


def ask(command: Command, room: Room) -> Iterable[Effect]:
    """Whoever names a class is asked whether they are its teacher."""
    name = " ".join(command.text.split())
    if not name:
        return [room.tell(room.say.private("setup.alone_name"))]
    if (problem := name_problem(name)) is not None:
        return [answer(room, problem, most=LONGEST_NAME)]
    say = room.say_to(room.who.person)
    button = Button(say.label("setup.mine"), "setup.alone", {"name": name}, person=room.who.person, hours=24)
    return [room.tell(say.private("setup.alone_sure", name=name), button)]


def open_alone(press: Press, room: Room) -> Iterable[Effect]:
    """The one who pressed is the head teacher of a new class; a second press opens no second one."""
    name, person = str(press.args.get("name")), room.who.person
    say = room.say_to(person)
    if any(one.name == name for one in teaches_in(room)):
        return [room.edit(press.handle, say.private("setup.over", name=name))]
    defaults = room.instance.defaults
    made = classrooms.create(
        room.db,
        name,
        room.now,
        language=language_for(room, name),
        timezone=defaults.timezone,
        country=defaults.country,
        by=person,
    )
    classrooms.grant(room.db, made.id, person, Role.TEACHER, room.now, by=None, head=True)
    enter(room, made.id)
    done = room.edit(press.handle, say.private("setup.you_teach", name=name))
    return [done, room.tell(checklist(room)), *menus_for(room, person)]
