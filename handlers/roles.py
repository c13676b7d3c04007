"""Who is what in the class: teachers give roles, hand the class over, and roles end in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from classroom.effects import AnyButton, Button, Effect
from classroom.events import Due, Json, SenderKind
from classroom.people import Role
from classroom.text import PrivateText
from handlers.feature import Command, Feature, Press, Who
from handlers.menus import menus_for
from handlers.roles_change import change, last_day, may_still_give, role_word, shown, shut
from handlers.roles_reading import Asked, Wish, read_role
from handlers.room import Room
from storage import classrooms, identity, schedules
from storage.tables import ScheduleRow

feature = Feature("roles")


@feature.command("role", "设为", who=Who.TEACHER)
def role(command: Command, room: Room) -> Iterable[Effect]:
    """Give somebody a role: at once in answer to their message, by a button where only a name is given."""
    if not command.text and (room.group is None or command.message.reply_to is None):
        return _answer(room, _who_is_what(room))
    say = room.say_to(room.who.person)
    if Role.TEACHER not in room.who.roles:
        return _answer(room, say.private("roles.only_teacher"))
    today = room.today.date()
    asked = read_role(command.text, today)
    if (problem := _problem(asked, today)) is not None:
        return _answer(room, say.private(problem, word=asked.odd))
    if asked.username is not None:
        return _by_name(room, asked.username, asked)
    person = _answered_person(command, room)
    if person is None or asked.wish is None:
        block = "roles.whom" if command.message.reply_to is None or room.group is None else "roles.no_person"
        return _answer(room, say.private(block))
    done = change(room, person, asked.wish, asked.day)
    return [*_answer(room, done.text), *done.effects]


def _answer(room: Room, text: PrivateText, *buttons: AnyButton) -> list[Effect]:
    """In private, wherever it was typed; a shut door gets a pointer, and the answer waits behind it."""
    pointer = [room.pointer()] if room.group is not None and not room.door_open else []
    return [room.tell(text, *buttons, park=True), *pointer]


def _problem(asked: Asked, today: date) -> str | None:
    """What is wrong with what was typed, as the text that says so."""
    if asked.wish is None:
        return "roles.unknown_role"
    if asked.odd or (asked.day is not None and asked.wish in (Wish.HEAD, Wish.GUARDIAN, Wish.NONE)):
        return "roles.until_odd"
    if asked.wish is Wish.SUBSTITUTE and asked.day is None:
        return "roles.until_missing"
    return "roles.until_past" if asked.day is not None and asked.day < today else None


def _answered_person(command: Command, room: Room) -> int | None:
    """Whoever wrote the message that is answered; nobody behind a channel, a bot or an anonymous name."""
    quoted = command.message.reply_to
    if room.group is None or quoted is None or quoted.sender is None:
        return None
    if quoted.sender.kind is not SenderKind.PERSON:
        return None
    return identity.meet_account(room.db, room.platform, quoted.sender, room.now).person_id


def _by_name(room: Room, username: str, asked: Asked) -> list[Effect]:
    """Anybody may take a name like another's, so the teacher looks at who it is before it holds."""
    say = room.say_to(room.who.person)
    found = identity.by_username(room.db, room.here.id, username)
    found.sort(key=lambda account: account.platform != room.platform)
    if not found or asked.wish is None:
        return _answer(room, say.private("roles.unknown_user", username=username))
    person = found[0].person_id
    args: dict[str, Json] = {
        "person": person,
        "wish": asked.wish.value,
        "until": asked.day.isoformat() if asked.day else None,
    }
    text = say.private(
        "roles.confirm",
        who=shown(room, person, say),
        role=role_word(asked.wish.value, say),
        until=last_day(room, asked.day, say),
        sees=say.private("roles.sees", role=asked.wish.value),
    )
    me = room.who.person
    return _answer(
        room,
        text,
        Button(say.label("common.yes"), "roles.confirm", args, person=me, hours=24, row=0),
        Button(say.label("common.cancel"), "roles.cancel", person=me, hours=24, row=0),
    )


@feature.button("roles.confirm")
def confirm(press: Press, room: Room) -> Iterable[Effect]:
    """The teacher has seen who it is: now it holds, if the teacher still is one and the day is not past."""
    person, until = press.args.get("person"), press.args.get("until")
    day = date.fromisoformat(until) if isinstance(until, str) else None
    if Role.TEACHER not in room.who.roles:
        return [room.edit(press.handle, room.say.private("roles.only_teacher"))]
    if not isinstance(person, int) or (day is not None and day < room.today.date()):
        return [room.edit(press.handle, room.say.private("roles.until_past"))]
    done = change(room, person, Wish(str(press.args.get("wish"))), day)
    return [room.edit(press.handle, done.text), *done.effects]


@feature.button("roles.cancel")
def cancel(press: Press, room: Room) -> Iterable[Effect]:
    """Nothing is changed."""
    return [room.edit(press.handle, room.say.private("roles.cancelled"))]


# --- handing the class over ---------------------------------------------------------------------


@feature.button("roles.take")
def take(press: Press, room: Room) -> Iterable[Effect]:
    """The new head teacher accepts; the old one stays a teacher."""
    giver, me = press.args.get("giver"), room.who.person
    if not isinstance(giver, int) or not may_still_give(room, giver):
        return [room.edit(press.handle, room.say.private("roles.offer_over"))]
    schedules.cancel(room.db, f"roles.end/{room.here.id}/{me}")
    classrooms.hand_over(room.db, room.here.id, me, room.now, by=giver)
    say = room.say_to(giver)
    told = say.private("roles.head_taken", who=shown(room, me, say), name=room.here.name)
    return [
        room.edit(press.handle, room.say.private("roles.you_are_head", name=room.here.name)),
        *room.tell_person(giver, told, quiet=room.hours_of(giver), park=True),
        *menus_for(room, me),
        *menus_for(room, giver),
    ]


@feature.button("roles.leave")
def leave(press: Press, room: Room) -> Iterable[Effect]:
    """Not accepted: everything stays as it is, and the head teacher hears of it."""
    giver = press.args.get("giver")
    if not isinstance(giver, int) or not may_still_give(room, giver):
        return [room.edit(press.handle, room.say.private("roles.offer_over"))]
    say = room.say_to(giver)
    text = say.private("roles.head_declined", who=shown(room, room.who.person, say), name=room.here.name)
    return [
        room.edit(press.handle, room.say.private("roles.you_declined", name=room.here.name)),
        *room.tell_person(giver, text, quiet=room.hours_of(giver), park=True),
    ]


# --- the end of a role --------------------------------------------------------------------------


@feature.due("roles.end")
def over(due: Due, room: Room) -> Iterable[Effect]:
    """The last day is over: access ends, and the person and the head teacher hear of it in the morning."""
    row = room.db.get(ScheduleRow, due.schedule)
    person = row.args.get("person") if row is not None else None
    if not isinstance(person, int) or room.classroom is None:
        return []
    ended = classrooms.end_expired(room.db, room.here.id, person, room.today.date(), room.now)
    if not ended:
        return []
    shut(room, person)
    say = room.say_to(person)
    text = say.private("roles.yours_ended", name=room.here.name)
    effects = room.tell_person(person, text, quiet=room.hours_of(person), park=True)
    head = classrooms.head_teacher(room.db, room.here.id)
    if head is not None and head != person:
        say = room.say_to(head)
        word, who = role_word(ended[0].value, say), shown(room, person, say)
        told = say.private("roles.time_is_over", who=who, role=word, name=room.here.name)
        effects += room.tell_person(head, told, quiet=room.hours_of(head), park=True)
    return [*effects, *menus_for(room, person)]


# --- who is what --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody with a role, for the list."""

    role: str
    who: PrivateText
    until: str


def _who_is_what(room: Room) -> PrivateText:
    say = room.say_to(room.who.person)
    held = classrooms.roles_held(room.db, room.here.id, room.today.date())
    lines = [
        Line(
            role_word("head" if r.head else r.role, say),
            shown(room, r.person_id, say),
            last_day(room, r.until, say),
        )
        for r in held
    ]
    return say.private("roles.list", name=room.here.name, lines=lines)
