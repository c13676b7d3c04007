"""What the parts of setting up share: who may, how they are asked and answered."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

from classroom.effects import Ask, Effect, Post, Question, Tell
from classroom.events import Answered, Json
from classroom.folding import is_chinese
from classroom.traditional import SIMPLIFIED
from handlers.room import Room
from storage import classrooms, identity
from storage.tables import Classroom

LONGEST_NAME = 40
ACCEPT_LIFE = timedelta(days=7)


def ask_member(room: Room, then: str, data: dict[str, Json]) -> list[Effect]:
    """Ask the platform what the bot may do here and what the actor is here."""
    if room.group is None:
        return []
    account = room.who.account
    return [
        Ask(room.group, Question.RIGHTS, "", "places.rights", asked_by=account),
        Ask(room.group, Question.MEMBER, room.who.native, then, data, asked_by=account),
    ]


def is_admin(answered: Answered, room: Room) -> bool:
    """True if the platform says so of the one who was asked about, or cannot say it of anybody.

    There the one who says to be the teacher is believed, as in a class that is opened without a group.
    """
    if room.platform not in room.instance.knows:
        return True
    told = answered.answer
    return isinstance(told, dict) and told.get("admin") is True


def answer(room: Room, block: str, *, reply_to: str | None = None, **values: object) -> Tell | Post:
    """Answer with a text that anybody may read: in private if that door is open, else in the group."""
    if room.group is None or room.door_open:
        return room.tell(room.say_to(room.who.person).group(block, **values))
    return room.post(room.say_class.group(block, **values), reply_to=reply_to)


def teaches_in(room: Room) -> list[Classroom]:
    """The classes whose teacher the actor is."""
    person, today = room.who.person, room.today.date()
    return [
        c
        for c in identity.classrooms_of(room.db, person)
        if c.state == "active" and person in classrooms.teachers(room.db, c.id, today)
    ]


def name_problem(name: str) -> str | None:
    """What is wrong with a class's name, as the text that says so."""
    if not name:
        return "setup.name_missing"
    if len(name) > LONGEST_NAME:
        return "setup.name_long"
    hidden = [c for c in name if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")]
    return "setup.name_odd" if hidden or not any(c.isalnum() for c in name) else None


def language_for(room: Room, name: str) -> str:
    """A class with a Chinese name speaks Chinese, another one what its founder speaks."""
    founder = room.say_to(room.who.person).language
    if not any(map(is_chinese, name)):
        return founder
    return "zh_TW" if founder == "zh_TW" or name.translate(SIMPLIFIED) != name else "zh_CN"
