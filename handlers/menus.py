"""Which commands somebody may use where: what /help lists and the platforms' menus show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from classroom.effects import Effect, Menu
from classroom.people import Actor
from handlers.feature import Where
from handlers.room import CommandLike, Room
from storage import identity
from storage.tables import Account, Chat
from templates.render import Say

NAME = re.compile(r"[a-z]{1,32}")
OPENS = "setup"
"""Anybody may ask for a class to be opened; once it is, the command is of use to its teachers only."""
LONGEST = 256  # characters of a description, as Telegram takes them


def menus_for(room: Room, person: int) -> list[Effect]:
    """The menus of one person, set anew: in private, and in the groups of the class at hand.

    Call it after whatever changes what a person may do or reads: a role, a binding, the language.
    """
    say = room.say_to(person)
    menus: list[Effect] = []
    for account, chat in identity.accounts_of(room.db, person):
        if chat.door == "open":
            listed = usable(room, Where.PRIVATE, as_known(room, account))
            menus.append(Menu(identity.person_address(chat), _lines(listed, say)))
        for group in _groups_with(room, account):
            listed = usable(room, Where.GROUP, as_known(room, account, here=True))
            menus.append(Menu(identity.group_address(group), _lines(listed, say), account.native))
    return menus


def group_menu(room: Room, group: Chat) -> Menu:
    """What everybody in a group of the class is shown who has no menu of their own."""
    nobody = Actor(0, 0, 0, "", group.platform, "", "")
    listed = usable(room, Where.GROUP, [nobody])
    return Menu(identity.group_address(group), _lines(listed, room.say_class))


def usable(room: Room, where: Where, actors: Sequence[Actor], in_class: bool = True) -> list[CommandLike]:
    """The commands that somebody may use in such a place, in the order of the features."""
    return [
        c
        for c in room.instance.commands
        if not c.hidden and c.where in (where, Where.BOTH) and (in_class or not c.classroom)
        if any(c.admits(actor) for actor in actors)
        if c.name != OPENS or not in_class or any(actor.leads for actor in actors)
    ]


def as_known(room: Room, account: Account, *, here: bool = False) -> list[Actor]:
    """What an account's person is in each of their classes, or in the class at hand alone."""
    classes = [] if here else identity.classrooms_of(room.db, account.person_id)
    if room.classroom is not None and room.classroom.id not in [c.id for c in classes]:
        classes.append(room.classroom)
    today = room.today.date()
    known = [identity.actor(room.db, account, c.id, today) for c in classes]
    return known or [identity.actor(room.db, account, None)]


def usable_here(room: Room) -> list[CommandLike]:
    """The commands for the actor in this place; in private those of every class they are in."""
    if room.group is not None:
        return usable(room, Where.GROUP, [room.who], room.classroom is not None)
    account = room.db.get(Account, room.who.account)
    if account is None:
        return []
    in_class = room.classroom is not None or bool(identity.classrooms_of(room.db, account.person_id))
    return usable(room, Where.PRIVATE, as_known(room, account), in_class)


def has_command(room: Room, name: str) -> bool:
    """True if there is such a command: what is not there is not recommended."""
    return any(c.name == name for c in room.instance.commands)


def _groups_with(room: Room, account: Account) -> Iterable[Chat]:
    if room.classroom is None:
        return
    for group in identity.groups_of(room.db, room.classroom.id):
        member = identity.member(room.db, group.id, account.id)
        if group.platform == account.platform and member is not None and member.present:
            yield group


def _lines(listed: Iterable[CommandLike], say: Say) -> tuple[tuple[str, str], ...]:
    return tuple(
        (c.name, say.label(f"{c.feature}.command_{c.name}").text[:LONGEST])
        for c in listed
        if NAME.fullmatch(c.name)
    )
