"""The card that /me shows: everything kept about a person, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass

from classroom.effects import Button, Effect
from classroom.events import Json
from classroom.text import Label, PrivateText
from handlers import channels, me_account
from handlers.room import Room
from scheduler.hours import QuietHours
from storage import guardians, identity, personal
from storage.tables import Classroom, Guardian

NAME_ON_BUTTON = 10


@dataclass(frozen=True, slots=True)
class Child:
    """A child as the card shows it; `state` is active or pending."""

    name: str
    relation: str
    state: str
    how: str
    asked: str
    consented: str
    notices_only: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A class as the card shows it; roles as they are stored, `head` for the head teacher."""

    name: str
    roles: tuple[str, ...]
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class HoursOf:
    """A person's hours: `window` is when a teacher may be reached, or a parent's quiet; None: off."""

    teacher: bool
    own: bool
    window: QuietHours | None


def show(room: Room) -> list[Effect]:
    """Tell the actor what is kept about them."""
    return [room.tell(text_of(room), *buttons_of(room))]


def text_of(room: Room) -> PrivateText:
    """The card's text."""
    person = room.who.person
    wishes = personal.wishes(room.db, person)
    return room.say.private(
        "me.card",
        accounts=[(channels.name_of(a.platform, room), a) for a in personal.accounts(room.db, person)],
        channel_line=channels.line(room),
        places=[_place(room, c) for c in identity.classrooms_of(room.db, person)],
        guardian=bool(links(room)),
        public=wishes_public(room),
        language_chosen=wishes.language is not None,
        hours_line=hours_line(room),
    )


def links(room: Room) -> list[Guardian]:
    """The actor's links to children that are in force."""
    found = personal.links(room.db, room.who.person)
    return [link for link in found if link.state == guardians.ACTIVE]


def wishes_public(room: Room) -> bool:
    """True if the actor has nothing against public mention of any of their children."""
    return all(link.public_mention for link in links(room))


def teaches_anywhere(room: Room) -> bool:
    """True if the actor teaches in any class: then hours mean when a teacher may be reached."""
    person = room.who.person
    return any(room.inside(c, room.who).teaches(person) for c in identity.classrooms_of(room.db, person))


def hours_of(room: Room) -> HoursOf:
    """The actor's hours, in the sense that fits what they are."""
    person = room.who.person
    classes = identity.classrooms_of(room.db, person)
    teaching = [c for c in classes if room.inside(c, room.who).teaches(person)]
    there = next(iter(teaching or classes), None)
    quiet = (room.inside(there, room.who) if there else room).quiet_of(person)
    own = personal.wishes(room.db, person).hours is not None
    return HoursOf(bool(teaching), own, quiet.outside() if quiet and teaching else quiet)


def hours_line(room: Room) -> PrivateText:
    """The actor's hours in one line, which says which sort they are."""
    return room.say.private("me.hours_line", hours=hours_of(room))


def _place(room: Room, classroom: Classroom) -> Place:
    roles = identity.roles_of(room.db, room.who.person, classroom.id, room.today.date())
    theirs = [g for g in personal.links(room.db, room.who.person) if g.classroom_id == classroom.id]
    return Place(
        classroom.name,
        tuple("head" if r.head else r.role for r in roles),
        tuple(_child(room, link) for link in theirs),
    )


def _child(room: Room, link: Guardian) -> Child:
    return Child(
        guardians.student_name(room.db, link.student_id),
        guardians.relation_word(link.relation, room.say.language),
        link.state,
        link.how,
        room.say.day(link.asked_at, room.zone, room.now),
        room.say.day(link.consented_at, room.zone, room.now) if link.consented_at else "",
        link.notices_only,
    )


def buttons_of(room: Room) -> list[Button]:
    """What can be done about what is kept."""
    say, mine = room.say, links(room)
    hours = "me.teacher_hours" if teaches_anywhere(room) else "me.quiet_hours"
    made = [
        button(room, say.label("me.export"), "me.export", row=0),
        button(room, say.label("me.erase"), "me.erase", row=0),
        button(room, say.label("me.language"), "me.language", row=1),
        button(room, say.label(hours), "me.hours", row=1),
    ]
    if mine:
        public = wishes_public(room)
        label = say.label("me.public_off" if public else "me.public_on")
        made.append(button(room, label, "me.public", {"on": not public}, row=2))
    if me_account.offered(room):
        made.append(button(room, say.label("me.account"), "me.account", row=3))
    if len(channels.of_person(room, room.who.person)) > 1:
        made.append(button(room, say.label("me.channel"), "me.channel", row=3))
    for row, link in enumerate(mine, 4):
        name = guardians.student_name(room.db, link.student_id)[:NAME_ON_BUTTON]
        made.append(button(room, say.label("me.stop", name=name), "me.stop", {"link": link.id}, row=row))
    return made


def button(
    room: Room, label: Label, purpose: str, args: dict[str, Json] | None = None, *, row: int | None = None
) -> Button:
    """A button that only the actor may press."""
    return Button(label, purpose, args or {}, person=room.who.person, row=row)
