"""What becomes of the bot and of the people in its groups: added, removed, rights changed, joined, left."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import EditPost, Effect, LinkButton
from classroom.events import Answered, BotBlocked, BotMember, Joined, Json, Left, Migrated, Right
from classroom.text import PublicText
from handlers.feature import Feature, Happening
from handlers.links import class_token
from handlers.menus import has_command, menus_for
from handlers.room import Room
from storage import classrooms, guardians, identity, queue
from storage.tables import Chat
from templates.render import Say

feature = Feature("places")


# --- the bot itself -----------------------------------------------------------------------------


@feature.on(BotMember)
def my_place(event: Happening, room: Room) -> Iterable[Effect]:
    """Introduce the bot where it is new; tell the teachers what it may no longer do."""
    chat = room.db.get(Chat, room.group.chat) if room.group is not None else None
    if chat is None or not isinstance(event, BotMember):
        return []
    before, was_there = frozenset(chat.rights), chat.present
    _note(chat, event.present, event.admin, event.rights)
    if not event.present:
        chat.introduced = False
        return _tell_teachers(room, "places.removed", chat)
    if is_set_up(room):
        chat.introduced = True
        return _changed(room, chat, before) if was_there else _tell_teachers(room, "places.back", chat)
    return _introduce(room, chat, before)


def _note(chat: Chat, present: bool, admin: bool, rights: frozenset[Right]) -> None:
    chat.present, chat.admin = present, admin
    chat.rights = sorted(right.value for right in rights)


def _introduce(room: Room, chat: Chat, before: frozenset[str]) -> list[Effect]:
    """Once in a group; while nothing is set up, what it says of its rights is kept true."""
    say, handle = room.say_class, f"introduction/{chat.id}"
    text = say.group("places.introduction", lacking=lacking(chat, say), admin=chat.admin)
    if not chat.introduced:
        chat.introduced = True
        return [room.post(text, handle=handle)]
    if before == frozenset(chat.rights) or room.group is None:
        return []
    return [EditPost(room.group, handle, text)]


def _changed(room: Room, chat: Chat, before: frozenset[str]) -> list[Effect]:
    now = frozenset(chat.rights)
    if lost := before - now:
        return _tell_teachers(room, "places.rights_lost", chat, lost)
    return _tell_teachers(room, "places.rights_regained", chat, now - before) if now - before else []


def _tell_teachers(room: Room, block: str, chat: Chat, rights: frozenset[str] = frozenset()) -> list[Effect]:
    effects: list[Effect] = []
    for teacher in room.teachers() if is_set_up(room) else ():
        say = room.say_to(teacher)
        text = say.private(
            block,
            group=chat.title,
            rights=_words(rights, say),
            lacking=lacking(chat, say),
            name=room.here.name,
        )
        effects += room.tell_person(teacher, text, quiet=room.hours_of(teacher), park=True)
    return effects


def lacking(chat: Chat, say: Say) -> list[str]:
    """The administrator rights that the bot needs in a group and has not, in words."""
    return _words(frozenset(right.value for right in Right) - frozenset(chat.rights), say)


def _words(rights: frozenset[str], say: Say) -> list[str]:
    return [say.label(f"places.right_{right.value}").text for right in Right if right.value in rights]


@feature.answer("places.rights")
def my_rights(answered: Answered, room: Room) -> Iterable[Effect]:
    """Keep what the platform says the bot may do here."""
    keep_rights(room, answered.answer)
    return []


def keep_rights(room: Room, answer: Json) -> None:
    """Note the bot's rights in the group at hand, as the platform answered."""
    chat = room.db.get(Chat, room.group.chat) if room.group is not None else None
    if chat is not None and isinstance(answer, dict):
        told = answer.get("rights")
        may = frozenset(Right(r) for r in told if r in set(Right)) if isinstance(told, list) else frozenset()
        _note(chat, True, answer.get("admin") is True, may)


@feature.on(BotBlocked)
def door(event: Happening, room: Room) -> Iterable[Effect]:
    """Remember that a person closed the private door, or opened it: then what waited there goes out."""
    if isinstance(event, BotBlocked) and room.actor is not None:
        classrooms.set_door(room.db, room.actor.chat, "blocked" if event.blocked else "open")
        if not event.blocked:
            queue.unpark(room.db, room.actor.chat, room.now)
    return []


@feature.on(Migrated)
def moved(event: Happening, room: Room) -> Iterable[Effect]:
    """Follow a group to its new id."""
    chat = room.db.get(Chat, room.group.chat) if room.group is not None else None
    if chat is not None and isinstance(event, Migrated):
        identity.move_chat(room.db, chat, event.new_native)
    return []


# --- people -------------------------------------------------------------------------------------


@feature.on(Joined)
def newcomer(event: Happening, room: Room) -> Iterable[Effect]:
    """Tell a newcomer, once and in private, that a bot is here and what it keeps; never name them."""
    if not isinstance(event, Joined) or room.group is None or not is_set_up(room):
        return []
    who = room.who
    member = identity.saw_member(room.db, room.group.chat, who.account, room.now)
    menus = menus_for(room, who.person) if who.roles or who.guardian_of else []
    if member.greeted or (room.platform in room.instance.by_hand and not room.door_open):
        return menus
    member.greeted = True
    say = room.say_to(who.person)
    known = bool(who.roles or who.guardian_of)
    text = say.private("places.newcomer", name=room.here.name, known=known, bind=has_command(room, "bind"))
    told = room.tell_person(who.person, text, quiet=room.hours_of(who.person), park=True)
    return [*menus, *told, *([] if guardians.reachable(room.db, who.person) else point(room))]


def point(room: Room, text: PublicText | None = None) -> list[Effect]:
    """One neutral button in the group that leads to private: at most once a day, never in quiet hours.

    `text` says more than that newcomers may come in. A teacher's hand is not asked for that.
    """
    chat = room.db.get(Chat, room.group.chat) if room.group is not None else None
    if (
        chat is None
        or chat.platform in room.instance.by_hand
        or (room.quiet is not None and room.quiet.holds(room.now))
    ):
        return []
    if chat.pointed_at is not None and chat.pointed_at.astimezone(room.zone).date() == room.today.date():
        return []
    chat.pointed_at = room.now
    say = room.say_class
    button = LinkButton(say.label("places.claim"), class_token(room))
    return [room.post(text or say.group("places.come_in"), button)]


@feature.on(Left)
def gone(event: Happening, room: Room) -> Iterable[Effect]:
    """Note that somebody left. Roles and children stay theirs, since people leave groups by mistake
    and the teacher decides; of a teacher who leaves, the head teacher hears.
    """
    if not isinstance(event, Left) or room.group is None:
        return []
    who = room.who
    identity.saw_member(room.db, room.group.chat, who.account, room.now, present=False)
    head = classrooms.head_teacher(room.db, room.here.id) if is_set_up(room) else None
    if head is None or head == who.person or not who.teaches:
        return []
    text = room.say_to(head).private("places.teacher_left", who=who.name, name=room.here.name)
    return room.tell_person(head, text, quiet=room.hours_of(head), park=True)


def is_set_up(room: Room) -> bool:
    """True in a class that has begun and is not over."""
    return room.classroom is not None and room.classroom.state == "active"
