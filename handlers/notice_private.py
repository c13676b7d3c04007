"""A notice in private: for some families, never in the group; and for whoever reads none of the groups."""

from __future__ import annotations

from dataclasses import replace

from classroom.addresses import PersonAddress
from classroom.effects import Button, EditTold, Effect, Lane, Tell
from classroom.text import PrivateText
from handlers import notice_audience
from handlers.enclosing import enclosed
from handlers.notice_changes import pieces
from handlers.room import Room
from storage import guardians, identity, notices, queue, reminding
from storage.places import readers_of
from storage.tables import Notice

PURPOSE = "receipts.letter"
LIFE = 24 * 40


def send(row: Notice, room: Room) -> list[Effect]:
    """Tell everybody it is for, each alone, and remember whom."""
    today = room.today.date()
    effects: list[Effect] = []
    for person, students in _readers(row, room).items():
        effects += _tell(row, person, students, room)
        for student in students:
            reminding.note_nudge(room.db, row, student, today, room.now, reminding.LETTER)
    return effects


def _readers(row: Notice, room: Room) -> dict[int, list[int]]:
    """The persons and their children among those whom the notice is for since it was sent."""
    if row.audience == notices.CLASS:
        return {person: children_of(row, person, room) for person in readers_of(room.db, room.here.id)}
    meant = set(notices.families(room.db, row))
    found = notice_audience.readers_of(notice_audience.of_notice(row, room), room)
    theirs = {person: [s for s in students if s in meant] for person, students in found.items()}
    return {p: s for p, s in theirs.items() if s or row.audience == notices.COMMITTEE}


def children_of(row: Notice, person: int, room: Room) -> list[int]:
    """The children of one person whom the notice is for."""
    theirs = identity.guardian_of(room.db, person, room.here.id)
    if row.audience == notices.CLASS:
        return [*theirs]
    return [student for student in notices.families(room.db, row) if student in theirs]


def _tell(row: Notice, person: int, students: list[int], room: Room) -> list[Effect]:
    told = room.tell_person(
        person,
        text_of(row, person, students, room),
        *_keys(row, person, students, room),
        handle=reminding.letter_handle(row, person),
        quiet=None if row.urgent else room.hours_of(person),
        park=True,
    )
    return [_with_files(effect, row) for effect in told]


def _with_files(effect: Effect, row: Notice) -> Effect:
    if not isinstance(effect, Tell) or not isinstance(effect.to, PersonAddress):
        return effect
    return replace(effect, files=enclosed([*row.files]), lane=Lane.BULK)


def _keys(row: Notice, person: int, students: list[int], room: Room) -> tuple[Button, ...]:
    if not row.receipts or not students:
        return ()
    label = room.say_to(person).label("receipts.got_it")
    args = {"notice": row.id, "version": row.version}
    return (Button(label, PURPOSE, {**args}, person=person, hours=LIFE),)


def text_of(
    row: Notice, person: int, students: list[int], room: Room, *, confirmed: bool = False
) -> PrivateText:
    """The notice as one person reads it, in that person's language but for the teacher's own words."""
    by = guardians.display_name(room.db, row.by_person) if row.by_person else ""
    return room.say_to(person).private(
        "notice.letter",
        names=[guardians.student_name(room.db, s) for s in students],
        committee=row.audience == notices.COMMITTEE,
        classroom=room.here.name,
        number=row.number,
        kind=row.kind,
        urgent=row.urgent,
        corrected=row.before is not None,
        pieces=pieces(row.before, row.text),
        by=by,
        asked=row.receipts and bool(students),
        confirmed=confirmed,
        on_page=room.answers_on_a_page(person),
        whole=row.audience == notices.CLASS or room.alone,
    )


def settled(row: Notice, person: int, room: Room) -> list[Effect]:
    """Once the family has confirmed: the words stay, the button goes."""
    if row.audience == notices.CLASS and not _was_told(row, person, room):
        return []
    whole = row.audience == notices.CLASS
    students = children_of(row, person, room) if whole else _readers(row, room).get(person, [])
    text = text_of(row, person, students, room, confirmed=True)
    return [replace(e, lane=Lane.BULK) for e in _edits(row, person, text, room)]


def _edits(row: Notice, person: int, text: PrivateText, room: Room) -> list[EditTold]:
    """Change the letter where it has arrived."""
    chat = identity.private_address(room.db, person)
    if chat is None or not _was_told(row, person, room):
        return []
    return [EditTold(chat, reminding.letter_handle(row, person), text)]


def _was_told(row: Notice, person: int, room: Room) -> bool:
    chat = identity.private_address(room.db, person)
    told = (
        queue.told_at(room.db, reminding.letter_handle(row, person), chat.chat) if chat is not None else None
    )
    return told is not None


def call_back(row: Notice, block: str, room: Room) -> list[Effect]:
    """The letters of the version at hand: what waits goes to nobody, what came says what is so now."""
    effects: list[Effect] = []
    for person in _readers(row, room):
        queue.cancel(room.db, reminding.letter_handle(row, person), room.now)
        text = room.say_to(person).private(block, number=row.number, classroom=room.here.name)
        effects += _edits(row, person, text, room)
    return effects
