"""Coming in by the private door: with a link, or just to say hello."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from classroom.commands import CommandLine
from classroom.effects import Effect
from classroom.people import Actor, Role
from handlers.feature import Command, Feature, Opened, Who
from handlers.menus import as_known, has_command, menus_for
from handlers.room import Room
from storage import classrooms, codes, guardians, identity, presses
from storage.tables import Account

feature = Feature("start")
HI = "hi"
"""The payload of buttons that only open the private door."""


@feature.command("start", who=Who.ANYONE, classroom=False, hidden=True)
def start(command: Command, room: Room) -> Iterable[Effect]:
    """Let somebody in: by the code of a link, or with a welcome. In a group it is another bot's business."""
    if room.group is not None:
        return []
    token = command.text.strip()
    if token == HI and presses.dialogue(room.db, room.who.chat, room.now) is not None:
        effects: Iterable[Effect] = []  # the question that waited behind the door is before them
    else:
        effects = welcome(room) if token in ("", HI) else _by_link(token, command, room)
    return [*effects, *menus_for(room, room.who.person)]


def opens_the_door(line: CommandLine) -> bool:
    """Whether a command only opens the private door, so that what was asked behind it goes on."""
    return line.name == "start" and line.rest.strip() == HI


def _by_link(token: str, command: Command, room: Room) -> Iterable[Effect]:
    if not codes.may_guess(room.db, room.who.account, room.now):
        return [room.tell(room.say.private("start.too_many_guesses"))]
    code = codes.find(room.db, room.instance.digest, token, room.now)
    run = room.instance.codes.get(code.purpose) if code is not None else None
    if code is not None and run is not None and enter(room, code.classroom_id):
        return list(run(Opened(code, token, command.message), room))
    if codes.was_one(room.db, room.instance.digest, token):
        return [room.tell(room.say.private("start.link_over"))]
    codes.guessed_wrong(room.db, room.who.account, "start", room.now)
    return [room.tell(room.say.private("start.link_unknown"))]


def enter(room: Room, classroom: int) -> bool:
    """Go on inside a class, the actor as known there; False if there is no such class (any more).

    The room itself is changed: the buttons and deliveries that follow belong to that class.
    """
    found = classrooms.get(room.db, classroom)
    account = room.db.get(Account, room.who.account)
    if found is None or found.state == "ended" or account is None:
        return False
    room.classroom = found
    room.actor = identity.actor(room.db, account, found.id, room.today.date())
    room.forget_roster()
    return True


@dataclass(frozen=True, slots=True)
class Place:
    """A class of somebody's and what they are in it, for the welcome."""

    name: str
    kind: str
    children: tuple[str, ...] = ()


def welcome(room: Room) -> list[Effect]:
    """Say who the bot is and what this person can do next."""
    account = room.db.get(Account, room.who.account)
    theirs = identity.classrooms_of(room.db, room.who.person)
    actors = as_known(room, account) if account is not None and theirs else []
    places = [_place(room, c.id, c.name, a) for c, a in zip(theirs, actors, strict=False)]
    can = {name: has_command(room, name) for name in ("roster", "bind", "message", "me", "praise")}
    return [room.tell(room.say.private("start.welcome", places=places, can=can))]


def _place(room: Room, classroom: int, name: str, actor: Actor) -> Place:
    children = guardians.students_of_person(room.db, actor.person, classroom)
    kinds = {
        "teacher": actor.leads,
        "subject_teacher": Role.SUBJECT_TEACHER in actor.roles,
        "committee": Role.COMMITTEE in actor.roles,
        "guardian": bool(children),
    }
    kind = next((kind for kind, true in kinds.items() if true), "visitor")
    return Place(name, kind, tuple(child.name for child in children))
