"""A link by which a person comes in with a further account of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from classroom.effects import Effect
from handlers import links
from handlers.feature import Press
from handlers.room import Room
from storage import codes, identity
from storage.tables import Classroom

LIFE = timedelta(minutes=10)


def offered(room: Room) -> bool:
    """True where there is a door for further accounts, and something that they would share."""
    return links.ACCOUNT in room.instance.codes and _place(room) is not None


def pressed(_press: Press, room: Room) -> Iterable[Effect]:
    """The button 我的另一个账号: a link for one use, which is as good as the account itself."""
    place = _place(room)
    if place is None:
        return [room.tell(room.say.private("common.no_classroom"))]
    token = codes.make(
        room.db,
        room.instance.digest,
        links.ACCOUNT,
        place.id,
        room.now,
        person=room.who.person,
        uses=1,
        life=LIFE,
    )
    return [room.tell(room.say.private("me.account_link", link=room.link(token)))]


def _place(room: Room) -> Classroom | None:
    """A class in which the person is more than somebody seen in the group."""
    person, today = room.who.person, room.today.date()
    for classroom in identity.classrooms_of(room.db, person):
        roles = identity.roles_of(room.db, person, classroom.id, today)
        if roles or identity.guardian_of(room.db, person, classroom.id):
            return classroom
    return None
