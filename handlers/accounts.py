"""A further account of somebody known: whoever opens its link says yes, and both accounts are one person."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Button, Effect, Tell
from handlers.aside import own
from handlers.feature import Feature, Opened, Press
from handlers.links import ACCOUNT
from handlers.menus import menus_for
from handlers.room import Room
from handlers.start import enter
from handlers.tags import tags_for
from storage import codes, guardians, identity, joining
from storage.tables import Account, Code


def attach(feature: Feature) -> None:
    """Declare what this part answers to."""
    feature.code(ACCOUNT)(opened)
    feature.button("family.join")(join)
    feature.button("family.stay_apart")(stay_apart)


def opened(event: Opened, room: Room) -> Iterable[Effect]:
    """Ask before anything is joined: the link may have been opened by mistake."""
    refusal = _refusal(event.code, room)
    say = own(room)
    if refusal or event.code.person_id is None:
        return [room.tell(say.private(refusal or "family.join_over"))]
    me, args = room.who.person, {"code": event.code.id}
    text = say.private(
        "family.join_sure",
        name=guardians.display_name(room.db, event.code.person_id),
        mine=room.who.name,
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
    alone = joining.stands_alone(room.db, room.who.person, code.person_id)
    return "family.join_has_own" if alone else None


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
    person = code.person_id
    codes.use(code)
    joining.give(room.db, account, person, room.now)
    enter(room, code.classroom_id)
    return [
        room.edit(press.handle, own(room).private("family.joined")),
        *_others_hear(room, person, account),
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
