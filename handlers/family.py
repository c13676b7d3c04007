"""A student's family, for the teacher: whom to contact first, who gets notices only, unbinding, links."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from classroom.effects import Button, Effect
from classroom.events import Json
from handlers import accounts
from handlers.aside import own
from handlers.bind_news import ended
from handlers.bind_steps import Screen
from handlers.family_card import card
from handlers.feature import Command, Feature, Press, Where, Who
from handlers.links import ACCOUNT, STUDENT, student_links
from handlers.naming import Question, one_student
from handlers.room import Room
from storage import codes, guardians, rosters
from storage.tables import Guardian, StudentRow

feature = Feature("family")
accounts.attach(feature)

NEW_ACCOUNT_LIFE = timedelta(days=3)


@feature.command("family", "家庭", who=Who.TEACHER, where=Where.PRIVATE)
def family(command: Command, room: Room) -> Iterable[Effect]:
    """Show the family of the student named."""
    if not command.text:
        return [room.tell(own(room).private("family.whose"))]
    found = one_student(room, command.text, "family.show")
    if isinstance(found, Question):
        return [room.tell(found.text, *found.buttons)]
    student = rosters.find(room.db, room.here.id, found.id)
    return _told(card(room, student), room) if student is not None else []


def _told(screen: Screen, room: Room) -> list[Effect]:
    return [room.tell(screen.text, *screen.buttons)]


def _student(press: Press, room: Room) -> StudentRow | None:
    """The student on the button, if still on the roster and the presser still its teacher."""
    wanted = press.args.get("student")
    found = rosters.find(room.db, room.here.id, wanted) if isinstance(wanted, int) else None
    return found if room.who.leads else None


def _linked(press: Press, room: Room) -> tuple[Guardian, StudentRow] | None:
    wanted = press.args.get("guardian")
    linked = guardians.get(room.db, wanted) if isinstance(wanted, int) else None
    if linked is None or linked.state != guardians.ACTIVE or not room.who.leads:
        return None
    student = rosters.find(room.db, room.here.id, linked.student_id)
    return (linked, student) if student is not None else None


def _gone(press: Press, room: Room) -> list[Effect]:
    return [room.edit(press.handle, own(room).private("family.gone"))]


def _again(press: Press, room: Room, student: StudentRow) -> list[Effect]:
    screen = card(room, student)
    return [room.edit(press.handle, screen.text, *screen.buttons)]


@feature.button("family.show")
def show(press: Press, room: Room) -> Iterable[Effect]:
    """The family of the student who was chosen, or the way back to it."""
    student = _student(press, room)
    return _again(press, room, student) if student else _gone(press, room)


@feature.button("family.first")
def first(press: Press, room: Room) -> Iterable[Effect]:
    """This guardian is contacted before the others."""
    found = _linked(press, room)
    if found is None:
        return _gone(press, room)
    guardians.put_first(room.db, found[0])
    return _again(press, room, found[1])


@feature.button("family.notices")
def notices_only(press: Press, room: Room) -> Iterable[Effect]:
    """Notices only, or everything again; a brother or sister never gets more than notices."""
    found = _linked(press, room)
    if found is None:
        return _gone(press, room)
    wanted = bool(press.args.get("notices_only"))
    found[0].notices_only = wanted or guardians.relation_of(found[0]).stands_in_only
    room.db.flush()
    return _again(press, room, found[1])


# --- unbinding -----------------------------------------------------------------------------------


@feature.button("family.unbind")
def unbind(press: Press, room: Room) -> Iterable[Effect]:
    """Ask before a binding ends."""
    found = _linked(press, room)
    if found is None:
        return _gone(press, room)
    linked, student = found
    say, me = own(room), room.who.person
    alone = len(guardians.active_of(room.db, student.id)) == 1
    text = say.private(
        "family.unbind_sure", who=guardians.label_of(room.db, linked, say.language), alone=alone
    )
    yes: dict[str, Json] = {"guardian": linked.id}
    back: dict[str, Json] = {"student": student.id}
    return [
        room.edit(
            press.handle,
            text,
            Button(say.label("family.unbind_yes"), "family.unbind_yes", yes, person=me, row=1),
            Button(say.label("common.back"), "family.show", back, person=me, row=1),
        )
    ]


@feature.button("family.unbind_yes")
def unbind_yes(press: Press, room: Room) -> Iterable[Effect]:
    """End the binding at once; the guardian is told, and the card shows who is left."""
    found = _linked(press, room)
    if found is None:
        return _gone(press, room)
    effects = ended(room, found[0], "family.was_unbound")
    return [*_again(press, room, found[1]), *effects]


# --- links ---------------------------------------------------------------------------------------


@feature.button("family.new_account")
def new_account(press: Press, room: Room) -> Iterable[Effect]:
    """A link for once, by which this guardian comes in with another account."""
    found = _linked(press, room)
    if found is None:
        return _gone(press, room)
    linked, say = found[0], own(room)
    token = codes.make(
        room.db,
        room.instance.digest,
        ACCOUNT,
        room.here.id,
        room.now,
        person=linked.person_id,
        uses=1,
        life=NEW_ACCOUNT_LIFE,
    )
    who = guardians.label_of(room.db, linked, say.language)
    text = say.private("family.account_link", who=who, link=room.link(token), days=NEW_ACCOUNT_LIFE.days)
    return [room.tell(text)]


@feature.button("family.link")
def link(press: Press, room: Room) -> Iterable[Effect]:
    """The child's own link, to be sent to the family."""
    student = _student(press, room)
    if student is None:
        return _gone(press, room)
    return [_link_told(room, student, "family.student_link")]


@feature.button("family.stop_link")
def stop_link(press: Press, room: Room) -> Iterable[Effect]:
    """The old link stops at once; the new one is there already."""
    student = _student(press, room)
    if student is None:
        return _gone(press, room)
    codes.revoke(room.db, room.here.id, STUDENT, room.now, student=student.id)
    room.db.flush()
    return [_link_told(room, student, "family.link_stopped")]


def _link_told(room: Room, student: StudentRow, block: str) -> Effect:
    address = student_links(room, [student.id])[student.id]
    return room.tell(own(room).private(block, name=student.name, link=address))
