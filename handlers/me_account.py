"""A further account of the same person: a link and a code that work once, on whichever channel."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from classroom.effects import Effect
from handlers import accounts, channels, links
from handlers.feature import Press
from handlers.room import Room
from handlers.start import enter
from storage import codes, identity
from storage.tables import Classroom

LIFE = timedelta(minutes=15)
LONGEST = 60


def offered(room: Room) -> bool:
    """True where there is a door for further accounts, and something that they would share."""
    return links.ACCOUNT in room.instance.codes and _place(room) is not None


def pressed(_press: Press, room: Room) -> Iterable[Effect]:
    """The button 我的另一个账号: a link for one use, which is as good as the account itself."""
    return [_new(room)]


def typed(words: str, room: Room) -> Iterable[Effect]:
    """`/me account CODE` in the other account takes the code; without one it gives a new one."""
    token = codes.read_spoken(words[:LONGEST])
    return _take(token, room) if token else [_new(room)]


def _take(token: str, room: Room) -> list[Effect]:
    if not codes.may_guess(room.db, room.who.account, room.now):
        return [room.tell(room.say.private("start.too_many_guesses"))]
    code = codes.find(room.db, room.instance.digest, token, room.now)
    known = code is not None and code.purpose == links.ACCOUNT
    if code is None or not known or not enter(room, code.classroom_id):
        if not codes.was_one(room.db, room.instance.digest, token):
            codes.guessed_wrong(room.db, room.who.account, "account", room.now)
        return [room.tell(room.say.private("family.join_over"))]
    return accounts.ask(code, room)


def _new(room: Room) -> Effect:
    place = _place(room)
    if place is None:
        return room.tell(room.say.private("common.no_classroom"))
    token = codes.make(
        room.db,
        room.instance.digest,
        links.ACCOUNT,
        place.id,
        room.now,
        person=room.who.person,
        uses=1,
        life=LIFE,
        token=codes.spoken(),
    )
    there = [(channels.name_of(name, room), room.link(token, name)) for name in sorted(room.instance.tells)]
    doors = [(name, link) for name, link in there if token in link]
    return room.tell(room.say.private("me.account_link", doors=doors, code=codes.grouped(token)))


def _place(room: Room) -> Classroom | None:
    """A class in which the person is more than somebody seen in the group."""
    person, today = room.who.person, room.today.date()
    for classroom in identity.classrooms_of(room.db, person):
        roles = identity.roles_of(room.db, person, classroom.id, today)
        if roles or identity.guardian_of(room.db, person, classroom.id):
            return classroom
    return None
