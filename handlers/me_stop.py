"""A guardian takes the consent for one child back, without losing the notices in the group."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Effect, Tag
from handlers.feature import Press
from handlers.me_card import button, links
from handlers.menus import menus_for
from handlers.room import Room
from storage import classrooms, erasing, guardians, identity, personal
from storage.tables import Guardian


def pressed(press: Press, room: Room) -> Iterable[Effect]:
    """The button 停止接收: say what it means, and ask."""
    link = _link(press, room)
    if link is None:
        return [room.tell(room.say.private("me.stopped_already"))]
    name = guardians.student_name(room.db, link.student_id)
    yes = button(room, room.say.label("me.stop_now"), "me.stop_now", {"link": link.id}, row=0)
    no = button(room, room.say.label("common.cancel"), "me.keep", row=0)
    return [room.tell(room.say.private("me.stop_asked", name=name), yes, no)]


def confirmed(press: Press, room: Room) -> Iterable[Effect]:
    """End the link, and let the head teacher know that the family has one reader less."""
    link = _link(press, room)
    if link is None:
        return [room.edit(press.handle, room.say.private("me.stopped_already"))]
    name = guardians.student_name(room.db, link.student_id)
    erasing.withdraw(room.db, link, room.now)
    return [
        room.edit(press.handle, room.say.private("me.stopped", name=name)),
        *untagged(room, [link]),
        *head_hears(room, link),
        *menus_for(room, room.who.person),
    ]


def kept(press: Press, room: Room) -> Iterable[Effect]:
    """The button 取消."""
    return [room.edit(press.handle, room.say.private("me.kept"))]


def _link(press: Press, room: Room) -> Guardian | None:
    return next((link for link in links(room) if link.id == press.args.get("link")), None)


def untagged(room: Room, ended: Iterable[Guardian]) -> list[Effect]:
    """Take the tags 李雷妈妈 off that the actor wears in the groups of these classes."""
    effects: list[Effect] = []
    for classroom in dict.fromkeys(link.classroom_id for link in ended):
        for member, chat, account in personal.tagged(room.db, room.who.person, classroom):
            member.tag = None
            effects.append(Tag(identity.group_address(chat), account.native, ""))
    return effects


def head_hears(room: Room, link: Guardian) -> list[Effect]:
    """Tell the head teacher, in the teacher's hours, that a guardian of this child is no longer there."""
    classroom = classrooms.get(room.db, link.classroom_id)
    head = classrooms.head_teacher(room.db, link.classroom_id)
    if classroom is None or head is None or head == room.who.person:
        return []
    there = room.inside(classroom, room.who)
    say = there.say_to(head)
    text = say.private(
        "me.guardian_left",
        classroom=classroom.name,
        name=guardians.student_name(room.db, link.student_id),
        relation=guardians.relation_word(link.relation, say.language),
        left=len(guardians.active_of(room.db, link.student_id)),
    )
    return there.tell_person(head, text, quiet=there.hours_of(head))
