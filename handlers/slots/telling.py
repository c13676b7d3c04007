"""What a family hears of its appointment, and what it need not hear any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from classroom.effects import Button, Effect, Tell
from handlers.room import Room
from handlers.slots.calendar_file import calendar_file
from handlers.slots.showing import facts
from storage import queue, slots
from storage.households import Households
from storage.slots import OPEN
from storage.tables import Meeting, Slot

WORDS = ("eve", "soon", "nudge", "told")
"""What may wait for a person under a handle of its own."""


def handle(meeting: Meeting, word: str, person: int) -> str:
    """Our name for something that one person is told of a meeting."""
    return f"slots/{meeting.id}/{word}/{person}"


def take_back(meeting: Meeting, persons: Sequence[int], room: Room, words: Sequence[str] = WORDS) -> None:
    """What waits for the morning is not sent if it is not true any more."""
    for person in persons:
        for word in words:
            queue.cancel(room.db, handle(meeting, word, person), room.now)


def calendar_for(meeting: Meeting, row: Slot, student: int, room: Room, *, cancelled: bool = False) -> Effect:
    """The calendar file for the one who has just pressed."""
    say = room.say_to(room.who.person)
    told = room.tell(say.private("slots.calendar", cancelled=cancelled))
    return replace(told, files=(calendar_file(say, meeting, row, student, room, cancelled=cancelled),))


def tell_family(
    meeting: Meeting,
    homes: Households,
    home: int,
    what: str,
    row: Slot,
    room: Room,
    *,
    but: int | None = None,
) -> list[Effect]:
    """Tell the guardians of a family what became of its appointment, with the calendar file.

    `what`: taken, changed, swapped, cancelled by another guardian; moved, placed, dropped by the teacher;
    called_off. A word that is not sent yet makes room for the newer one.
    """
    persons = [p for p in homes.guardians.get(home, ()) if p != but]
    take_back(meeting, homes.guardians.get(home, ()), room)
    gone = what in ("cancelled", "dropped", "called_off")
    effects: list[Effect] = []
    for person in persons:
        say = room.say_to(person)
        chooses = _may_choose(meeting, person, room)
        text = say.private("slots.told", **facts(say, meeting, row, room), what=what, chooses=chooses)
        closed = what == "called_off" or (what == "dropped" and not chooses)
        keys = () if closed else (show_button(meeting, person, room),)
        file = calendar_file(say, meeting, row, homes.students[home][0], room, cancelled=gone)
        name = handle(meeting, "told", person)
        for told in room.tell_person(
            person, text, *keys, handle=name, quiet=room.hours_of(person), park=True
        ):
            effects.append(replace(told, files=(file,)) if isinstance(told, Tell) else told)
    return effects


def _may_choose(meeting: Meeting, person: int, room: Room) -> bool:
    """True if there will be a time left to choose when this person reads it."""
    reads = room.read_at(person) or room.now
    rows = slots.slots_of(room.db, meeting.id)
    left = any(row.student_id is None and row.starts_at > reads for row in rows)
    return left and meeting.state == OPEN and meeting.closes_at > reads


def show_button(meeting: Meeting, person: int, room: Room) -> Button:
    """The way back to one's own card."""
    label = room.say_to(person).label("slots.show")
    return Button(label, "slots.show", {"meeting": meeting.id}, person=person, row=0)
