"""A further account of somebody known: whoever opens its link says yes, and both accounts are one person.

An account that has children or a role of its own is not swallowed by a press: the person shows that both
are theirs by carrying a number from the one to the other.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator

from classroom.effects import Button, Effect, Tell
from classroom.events import Json
from handlers import channels
from handlers.aside import own
from handlers.feature import Feature, Opened, Press, Said
from handlers.links import ACCOUNT
from handlers.menus import menus_for
from handlers.room import Room
from handlers.start import enter
from handlers.tags import tags_for
from storage import classrooms, codes, guardians, identity, joining, presses
from storage.tables import Account, Code, Guardian

NUMBER = "family.join_number"
TRIES = 3


def attach(feature: Feature) -> None:
    """Declare what this part answers to."""
    feature.code(ACCOUNT)(opened)
    feature.button("family.join")(join)
    feature.button("family.stay_apart")(stay_apart)
    feature.dialogue(NUMBER)(shown)


def opened(event: Opened, room: Room) -> Iterable[Effect]:
    """The link was opened."""
    return ask(event.code, room)


def ask(code: Code, room: Room) -> list[Effect]:
    """Ask before anything is joined: the link may have been opened by mistake."""
    refusal = _refusal(code, room)
    say = own(room)
    if refusal or code.person_id is None:
        return [room.tell(say.private(refusal or "family.join_over"))]
    me, args = room.who.person, {"code": code.id}
    text = say.private(
        "family.join_sure",
        name=guardians.display_name(room.db, code.person_id),
        mine=room.who.name,
        own=joining.stands_alone(room.db, me, code.person_id),
    )
    return [
        room.tell(
            text,
            Button(say.label("family.join"), "family.join", {**args}, person=me, row=1, hours=24),
            Button(say.label("common.no"), "family.stay_apart", {**args}, person=me, row=1, hours=24),
        )
    ]


def _refusal(code: Code | None, room: Room) -> str | None:
    """Why this link cannot be taken by the one who is here; None if it can."""
    if code is None or code.person_id is None or not codes.valid(code, room.now):
        return "family.join_over"
    if code.person_id == room.who.person:
        return "family.join_same"
    return "family.join_two" if joining.two_people(room.db, room.who.person, code.person_id) else None


def stay_apart(press: Press, room: Room) -> Iterable[Effect]:
    """Nothing is joined; the link still works for whom it was meant."""
    return [room.edit(press.handle, own(room).private("family.apart"))]


def join(press: Press, room: Room) -> Iterable[Effect]:
    """Join the accounts, once, and say so to the person's other ones."""
    wanted = press.args.get("code")
    code = room.db.get(Code, wanted) if isinstance(wanted, int) else None
    account = room.db.get(Account, room.who.account)
    refusal = _refusal(code, room)
    if refusal or code is None or code.person_id is None or account is None:
        return [room.edit(press.handle, own(room).private(refusal or "family.join_over"))]
    codes.use(code)
    if joining.stands_alone(room.db, room.who.person, code.person_id):
        return _prove(press, code, code.person_id, room)
    return _join(press.handle, account, code.person_id, code.classroom_id, room)


def _join(handle: str, account: Account, person: int, classroom: int, room: Room) -> list[Effect]:
    doubled = joining.give(room.db, account, person, room.now)
    identity.acted(room.db, account)
    enter(room, classroom)
    return [
        room.edit(handle, own(room).private("family.joined")),
        *_others_hear(room, person, account),
        *_heads_hear(room, doubled),
        *tags_for(room, person),
        *menus_for(room, person),
    ]


def _others_hear(room: Room, person: int, new: Account) -> list[Effect]:
    text = room.say_to(person).private("family.new_account_joined", name=new.name)
    return [
        Tell(identity.person_address(chat), text, quiet=room.hours_of(person), park=True)
        for account, chat in identity.accounts_of(room.db, person)
        if account.id != new.id
    ]


def _heads_hear(room: Room, doubled: Iterable[Guardian]) -> Iterator[Effect]:
    """The head teacher hears that two of a child's guardians were one: only they could know better."""
    for link in doubled:
        classroom = classrooms.get(room.db, link.classroom_id)
        head = classrooms.head_teacher(room.db, link.classroom_id)
        if classroom is None or head is None or head == room.who.person:
            continue
        there = room.inside(classroom, room.who)
        say = there.say_to(head)
        text = say.private(
            "family.one_now",
            classroom=classroom.name,
            who=guardians.label_of(room.db, link, say.language),
            name=guardians.student_name(room.db, link.student_id),
        )
        yield from there.tell_person(head, text, quiet=there.hours_of(head), park=True)


# --- both are somebody -------------------------------------------------------------------------------


def _prove(press: Press, code: Code, person: int, room: Room) -> list[Effect]:
    """Show a number here, and ask for it there: only who has both accounts in hand can bring it over."""
    there = next(iter(channels.of_person(room, person)), None)
    say = own(room)
    if there is None:
        return [room.edit(press.handle, say.private("family.join_over"))]
    number = f"{secrets.randbelow(1_000_000):06}"
    data: dict[str, Json] = {"number": _digest(number, room), "account": room.who.account, "tries": TRIES}
    account, chat = there
    presses.begin_dialogue(room.db, chat.id, NUMBER, data, code.classroom_id, room.now)
    channel = channels.name_of(account.platform, room)
    asked = room.say_to(person).private(
        "family.join_ask_number", name=room.who.name, channel=channels.name_of(room.platform, room)
    )
    shown_here = say.private("family.join_number", number=number, channel=channel, name=account.name)
    return [room.edit(press.handle, shown_here), Tell(identity.person_address(chat), asked, protect=True)]


def _digest(number: str, room: Room) -> str:
    return room.instance.digest(f"{NUMBER}:{number}")


def shown(said: Said, room: Room) -> Iterable[Effect]:
    """The number, typed in the account that was there first: then all of the other one's is this one's."""
    wanted, tries = said.data.get("account"), said.data.get("tries")
    account = room.db.get(Account, wanted) if isinstance(wanted, int) else None
    say = own(room)
    if account is None or account.person_id == room.who.person:
        return [room.tell(say.private("family.join_over"))]
    typed = "".join(c for c in said.text if c.isdigit())
    if _digest(typed, room) != said.data.get("number"):
        return _wrong(said, tries if isinstance(tries, int) else 0, room)
    if joining.two_people(room.db, account.person_id, room.who.person):
        return [room.tell(say.private("family.join_two"))]
    return _unite(account, room)


def _wrong(said: Said, tries: int, room: Room) -> list[Effect]:
    left = tries - 1
    if left > 0:
        room.expect(NUMBER, {**said.data, "tries": left})
    return [room.tell(own(room).private("family.join_wrong_number", left=left))]


def _unite(account: Account, room: Room) -> list[Effect]:
    person = room.who.person
    name, place = account.name, room.classroom
    doubled = joining.unite(room.db, account.person_id, person, room.now)
    if place is not None:
        enter(room, place.id)
    say = own(room)
    return [
        room.tell(say.private("family.united", name=name)),
        *(
            Tell(identity.person_address(chat), say.private("family.joined"), park=True)
            for other, chat in identity.accounts_of(room.db, person)
            if other.id == account.id
        ),
        *_heads_hear(room, doubled),
        *tags_for(room, person),
        *menus_for(room, person),
    ]
