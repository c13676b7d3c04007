"""A teacher has a class filled from the school's address book: first which class is theirs there."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.addresses import ChatKind, PersonAddress
from classroom.effects import Ask, Button, Effect, Question
from classroom.events import Answered, Json, Origin
from classroom.folding import squeeze
from classroom.people import TEACHERS
from classroom.school_book import SCHOOL, WHOLE, SchoolClassName
from handlers.aside import aside, own
from handlers.feature import Feature, Press
from handlers.room import Room
from handlers.start import enter
from storage import identity, school

feature = Feature("school")
MEMBERS = "wecom"
"""The platform whose accounts the address book names as a class's teachers."""

MOST_CLASSES = 12


def here(room: Room) -> bool:
    """Whether this server is linked with a school's address book."""
    return SCHOOL in room.instance.links


def ask(room: Room, about: str, then: str, **data: Json) -> Ask:
    """Ask the school about one class, or about which there are."""
    chat = identity.meet_chat(room.db, Origin(SCHOOL, WHOLE, ChatKind.PRIVATE), room.now)
    asked_by = room.actor.account if room.actor is not None else None
    place = PersonAddress(chat.id, SCHOOL, WHOLE)
    return Ask(place, Question.SCHOOL, about, then, data={"class": room.here.id, **data}, asked_by=asked_by)


def begin(text: str, room: Room) -> list[Effect]:
    """Look at the class's own page of the address book; the first time, find out which one it is."""
    say = own(room)
    if not here(room):
        return aside(room, say.private("school.not_here"))
    if text in ("停", "断开", "stop", "off"):
        done = "stopped" if school.part(room.db, room.here.id) else "not_linked"
        return aside(room, say.private(f"school.{done}", classroom=room.here.name))
    linked = school.linked_class(room.db, room.here.id)
    if linked is not None and not text:
        return [
            *aside(room, say.private("school.looking", title=linked.title)),
            ask(room, linked.department, "school.taken"),
        ]
    return [ask(room, "", "school.classes", wanted=text[:40])]


@feature.answer("school.classes")
def classes(event: Answered, room: Room) -> Iterable[Effect]:
    """Offer the classes in which the school says that this person teaches; nobody reads another class."""
    if not _back(event, room):
        return []
    say = own(room)
    if not isinstance(event.answer, list):
        return [room.tell(say.private("school.unreadable"))]
    theirs = [c for c in map(SchoolClassName.from_json, event.answer) if _teaches(room, c)]
    if not theirs:
        return [room.tell(say.private("school.no_class_of_yours", classroom=room.here.name))]
    wanted = squeeze(str(event.data.get("wanted") or room.here.name))
    named = [c for c in theirs if squeeze(c.title) == wanted]
    if len(named) == 1:
        text = say.private("school.found", title=named[0].title, classroom=room.here.name)
        return [room.tell(text, _button(room, named[0], say.label("school.take").text, 0))]
    text = say.private("school.which", classroom=room.here.name, more=max(0, len(theirs) - MOST_CLASSES))
    return [room.tell(text, *(_button(room, c, c.title, n) for n, c in enumerate(theirs[:MOST_CLASSES])))]


def _button(room: Room, chosen: SchoolClassName, words: str, row: int) -> Button:
    label = own(room).label("school.class_name", title=words[:20])
    args: dict[str, Json] = {"number": chosen.number, "title": chosen.title}
    return Button(label, "school.take", args, person=room.who.person, row=row, hours=1, once=True)


@feature.button("school.take")
def pressed(press: Press, room: Room) -> Iterable[Effect]:
    """The class was chosen; that its teacher is one there was looked at when the button was made."""
    number, title = press.args.get("number"), press.args.get("title")
    if not isinstance(number, str) or not room.who.leads or not here(room):
        return [room.edit(press.handle, own(room).private("school.not_yours"))]
    text = own(room).private("school.looking", title=str(title))
    return [room.edit(press.handle, text), ask(room, number, "school.taken")]


def _back(event: Answered, room: Room) -> bool:
    """Come back into the class for which was asked, as its teacher."""
    classroom = event.data.get("class")
    if room.actor is None or not isinstance(classroom, int):
        return False
    return enter(room, classroom) and any(role in TEACHERS for role in room.who.roles)


def _teaches(room: Room, chosen: SchoolClassName) -> bool:
    accounts = identity.accounts_of(room.db, room.who.person)
    own_ids = {account.native.lower() for account, _ in accounts if account.platform == MEMBERS}
    return bool(own_ids & {teacher.lower() for teacher in chosen.teachers})
