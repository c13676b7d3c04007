"""What a teacher sees of a student's family, and the buttons under it."""

from __future__ import annotations

from dataclasses import dataclass

from classroom.effects import Button
from classroom.events import Json
from handlers.aside import own
from handlers.bind_steps import Screen
from handlers.room import Room
from storage import guardians, reaching
from storage.tables import Contact, Guardian, StudentRow
from templates.render import Say

HOWS = frozenset({"student_link", "proof", "teacher"})


@dataclass(frozen=True, slots=True)
class Line:
    """One guardian as the card shows it; `door` is empty where they can be told, else why not."""

    relation: str
    shown: str
    door: str
    since: str
    how: str
    notices_only: bool


def card(room: Room, student: StudentRow) -> Screen:
    """The student's guardians and contacts, with what can be done."""
    say = own(room)
    linked = guardians.active_of(room.db, student.id)
    text = say.private(
        "family.card",
        classroom=room.here.name,
        name=student.name,
        number=student.number,
        aliases=list(student.aliases or ()),
        lines=[_line(room, say, g) for g in linked],
        contacts=[_contact(say, c) for c in guardians.contacts_of(room.db, student.id)],
    )
    names = titles(linked, say)
    buttons = [b for i, g in enumerate(linked) for b in _buttons(room, g, names[g.id], i)]
    return Screen(text, (*buttons, *_link_buttons(room, student)))


def titles(linked: list[Guardian], say: Say) -> dict[int, str]:
    """What each guardian is called on the buttons: the relation, numbered where two share it."""
    words = {g.id: guardians.relation_word(g.relation, say.language) for g in linked}
    places = {g.id: i for i, g in enumerate(linked, start=1)}
    shared = {w for w in words.values() if list(words.values()).count(w) > 1}
    return {g: f"{w} {places[g]}" if w in shared else w for g, w in words.items()}


def _line(room: Room, say: Say, linked: Guardian) -> Line:
    since = linked.consented_at or linked.asked_at
    return Line(
        relation=guardians.relation_word(linked.relation, say.language),
        shown=guardians.display_name(room.db, linked.person_id),
        door=reaching.door(room.db, linked.person_id),
        since=since.astimezone(room.zone).date().isoformat(),
        how=linked.how if linked.how in HOWS else "",
        notices_only=linked.notices_only,
    )


def _contact(say: Say, contact: Contact) -> tuple[str, str, str]:
    relation = guardians.relation_word(contact.relation, say.language) if contact.relation else ""
    return relation, contact.name or "", contact.phone or ""


def _buttons(room: Room, linked: Guardian, title: str, place: int) -> list[Button]:
    say = own(room)
    shut = linked.notices_only
    wanted = [
        ("first", "first", place > 0),
        ("all_messages" if shut else "notices_only", "notices", _may_read_concerns(linked)),
        ("unbind", "unbind", True),
        ("new_account", "new_account", True),
    ]
    return [
        Button(
            say.label(f"family.{label}", who=title),
            f"family.{purpose}",
            {"guardian": linked.id, "notices_only": not shut},
            person=room.who.person,
            row=place * 2 + i // 2,
        )
        for i, (label, purpose) in enumerate((label, p) for label, p, shown in wanted if shown)
    ]


def _may_read_concerns(linked: Guardian) -> bool:
    return not guardians.relation_of(linked).stands_in_only


def _link_buttons(room: Room, student: StudentRow) -> list[Button]:
    say, me = own(room), room.who.person
    args: dict[str, Json] = {"student": student.id}
    return [
        Button(say.label("family.link"), "family.link", args, person=me, row=900),
        Button(say.label("family.stop_link"), "family.stop_link", args, person=me, row=900),
    ]
