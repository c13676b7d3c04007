"""The moment in which a class begins, and in which a group becomes one of its groups."""

from __future__ import annotations

from classroom.effects import Effect, LinkButton, Post
from classroom.people import Role
from handlers.links import class_token
from handlers.menus import group_menu, menus_for
from handlers.room import Room
from handlers.setup_checklist import checklist
from handlers.start import enter
from storage import classrooms, codes, identity
from storage.tables import Chat


def open_class(room: Room, group: Chat) -> list[Effect]:
    """The actor becomes the head teacher, the group becomes the class's, and the families may come in."""
    room.here.state = "active"
    classrooms.change_setting(room.here, classrooms.SETUP_CHAT, None)
    for purpose in ("setup", "teacher"):
        codes.revoke(room.db, room.here.id, purpose, room.now)
    classrooms.grant(room.db, room.here.id, room.who.person, Role.TEACHER, room.now, by=None, head=True)
    enter(room, room.here.id)
    return [*link_group(room, group), room.tell(checklist(room)), *menus_for(room, room.who.person)]


def link_group(room: Room, group: Chat) -> list[Effect]:
    """A group becomes the class's: one line for everybody, with the way in for the families."""
    group.classroom_id = room.here.id
    group.introduced = True
    room.db.flush()
    say = room.say_class
    button = LinkButton(say.label("places.claim"), class_token(room))
    text = say.group("setup.open", name=room.here.name)
    return [Post(identity.group_address(group), text, (button,)), group_menu(room, group)]
