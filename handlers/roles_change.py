"""What happens when a role is given or ends: access, drafts, buttons and menus at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from classroom.effects import Button, Effect
from classroom.people import ALL_TEACHERS, Role
from classroom.text import PrivateText
from handlers.menus import has_command, menus_for
from handlers.name_looking import recheck
from handlers.roles_reading import Wish
from handlers.room import Room
from storage import classrooms, drafts, guardians, identity, presses, schedules
from storage.tables import RoleGrant
from templates.render import Say

OFFER_HOURS = 24 * 7
LATE = timedelta(days=365)
"""A role's end is caught up however long the machine was down."""


@dataclass(frozen=True, slots=True)
class Change:
    """What came of a wish: what the teacher reads, and what else is done."""

    text: PrivateText
    effects: list[Effect] = field(default_factory=list)


def change(room: Room, person: int, wish: Wish, until: date | None) -> Change:
    """Give a role or end it, if that leaves the class a teacher; the person is told."""
    say = room.say_to(room.who.person)
    if wish is Wish.HEAD:
        return _offer_head(room, person, say)
    held = [r for r in _held(room) if r.person_id == person]
    if (refusal := _refusal(room, person, held, wish, until)) is not None:
        return Change(say.private(refusal, who=shown(room, person, say), role=role_word(wish.value, say)))
    if wish.role is None and not held:
        return Change(_without_role(room, person, wish, say), _told_how_to_bind(room, person, wish))
    set_role(room, person, wish.role, until)
    heard = recheck(room, person)  # who teaches or is of the committee is never muted for a name
    effects = [*_tell(room, person, wish, until), *menus_for(room, person), *heard]
    return Change(_done(room, person, wish, until, say), effects)


def _held(room: Room) -> list[RoleGrant]:
    return classrooms.roles_held(room.db, room.here.id, room.today.date())


def _refusal(room: Room, person: int, held: list[RoleGrant], wish: Wish, until: date | None) -> str | None:
    """The class must keep a head and a teacher without an end; what is so already is not done again."""
    if any(r.role == wish.value and r.until == until for r in held):
        return "roles.already"
    if any(r.head for r in held):
        return "roles.head_first"
    lasting = {r.person_id for r in _held(room) if r.role == Role.TEACHER and r.until is None}
    goes = wish is not Wish.TEACHER or until is not None
    return "roles.last_teacher" if goes and lasting == {person} else None


def set_role(room: Room, person: int, role: Role | None, until: date | None) -> None:
    """Let this be the person's only role from now on; what the old one allowed stops at once."""
    here = room.here.id
    taught = any(Role(r.role) in ALL_TEACHERS for r in _held(room) if r.person_id == person)
    classrooms.end_role(room.db, here, person, room.now)
    name = f"roles.end/{here}/{person}"
    schedules.cancel(room.db, name)
    if role is not None:
        classrooms.grant(room.db, here, person, role, room.now, by=_actor(room), until=until)
    if role is not None and until is not None:
        over = datetime.combine(until + timedelta(days=1), time(0), room.zone).astimezone(UTC)
        args = {"person": person}
        schedules.plan(
            room.db, name, "roles.end", over, room.now, grace=LATE, args=dict(args), classroom=here
        )
    if role is None or (taught and role not in ALL_TEACHERS):
        shut(room, person)


def _actor(room: Room) -> int | None:
    return room.actor.person if room.actor is not None else None


def shut(room: Room, person: int) -> None:
    """Stop what a person with an ended role was in the middle of; a parent's own buttons stay."""
    here = room.here.id
    drafts.drop_all(room.db, here, person)
    presses.end_dialogues_of(room.db, here, person)
    if not identity.guardian_of(room.db, person, here):
        presses.end_buttons_of(room.db, here, person, room.now)


# --- words --------------------------------------------------------------------------------------


def role_word(role: str, say: Say) -> str:
    """A role as people call it."""
    return say.label(f"roles.role_{role}").text


def shown(room: Room, person: int, say: Say) -> PrivateText:
    """A person as the platform shows them, so that nobody is mistaken: name and @username."""
    name, username = identity.names_of(room.db, person)
    return say.private("roles.person", name=name, username=username)


def last_day(room: Room, until: date | None, say: Say) -> str:
    """The last day of a role as people say it; empty if it has none."""
    if until is None:
        return ""
    return say.day(datetime.combine(until, time(12), room.zone), room.zone, room.now)


def _done(room: Room, person: int, wish: Wish, until: date | None, say: Say) -> PrivateText:
    if wish.role is None:
        return _without_role(room, person, wish, say)
    return say.private(
        "roles.given",
        who=shown(room, person, say),
        role=role_word(wish.value, say),
        until=last_day(room, until, say),
        sees=say.private("roles.sees", role=wish.value),
    )


def _without_role(room: Room, person: int, wish: Wish, say: Say) -> PrivateText:
    bound = bool(identity.guardian_of(room.db, person, room.here.id))
    block = "roles.now_guardian" if wish is Wish.GUARDIAN else "roles.ended"
    return say.private(block, who=shown(room, person, say), bound=bound)


def _tell(room: Room, person: int, wish: Wish, until: date | None) -> list[Effect]:
    """Tell the person what they now are, in their own hours and language; not who did it to themselves."""
    if person == _actor(room):
        return []
    if wish is Wish.GUARDIAN:
        return _told_how_to_bind(room, person, wish)
    say = room.say_to(person)
    if wish.role is None:
        text = say.private("roles.yours_ended", name=room.here.name)
    else:
        text = say.private(
            "roles.yours",
            name=room.here.name,
            role=role_word(wish.value, say),
            until=last_day(room, until, say),
            sees=say.private("roles.you_see", role=wish.value),
        )
    return room.tell_person(person, text, quiet=room.hours_of(person), park=True)


def _told_how_to_bind(room: Room, person: int, wish: Wish) -> list[Effect]:
    if wish is not Wish.GUARDIAN or identity.guardian_of(room.db, person, room.here.id):
        return []
    say = room.say_to(person)
    text = say.private("roles.come_in", name=room.here.name, bind=has_command(room, "bind"))
    return room.tell_person(person, text, quiet=room.hours_of(person), park=True)


# --- the head teacher ---------------------------------------------------------------------------


def _offer_head(room: Room, person: int, say: Say) -> Change:
    """Only the head teacher hands the class over, and only to who accepts it."""
    head = classrooms.head_teacher(room.db, room.here.id)
    who = shown(room, person, say)
    if head == person:
        return Change(say.private("roles.head_already", who=who))
    if head is not None and head != room.who.person:
        return Change(say.private("roles.only_head", who=shown(room, head, say)))
    theirs = room.say_to(person)
    giver = shown(room, room.who.person, theirs)
    args = {"giver": room.who.person}
    asked = room.tell_person(
        person,
        theirs.private("roles.head_offer", name=room.here.name, giver=giver),
        Button(theirs.label("roles.take"), "roles.take", dict(args), person=person, hours=OFFER_HOURS, row=0),
        Button(
            theirs.label("roles.leave"), "roles.leave", dict(args), person=person, hours=OFFER_HOURS, row=0
        ),
        quiet=room.hours_of(person),
        park=True,
    )
    reachable = guardians.reachable(room.db, person)
    return Change(say.private("roles.head_offered", who=who, reachable=reachable), asked)


def may_still_give(room: Room, giver: int) -> bool:
    """True while an offer of the head teacher's role holds: nobody else has it, and the giver teaches."""
    head = classrooms.head_teacher(room.db, room.here.id)
    teaches = any(r.person_id == giver and r.role == Role.TEACHER for r in _held(room))
    return teaches and head in (None, giver)
