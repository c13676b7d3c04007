"""A family's own hands: it takes a time, changes it, gives it back; all in private."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from classroom.effects import Button, Effect
from handlers import open_now
from handlers.aside import own
from handlers.feature import Feature, Opened, Press
from handlers.room import Room
from handlers.slots import later, showing, telling
from handlers.slots.showing import DOOR, Card, card
from storage import guardians, households, slots
from storage.households import Households
from storage.slots import CANCELLED, CLOSED
from storage.tables import Meeting, Slot

feature = Feature("slots_choosing")


@dataclass(frozen=True, slots=True)
class Family:
    """The one who presses, with the household as it is today."""

    homes: Households
    home: int

    @property
    def students(self) -> tuple[int, ...]:
        """The children, the first of whom a time is booked under."""
        return self.homes.students[self.home]


def family(room: Room) -> Family | None:
    """The actor's household; None for who has no child in this class."""
    homes = households.of_class(room.db, room.here.id)
    home = homes.of_person(room.who.person)
    return Family(homes, home) if home is not None else None


@feature.code(DOOR)
def came_in(_opened: Opened, room: Room) -> Iterable[Effect]:
    """The button under the group's post leads here."""
    return show_all(room)


def show_all(room: Room) -> list[Effect]:
    """A card for each meeting that is to come; who has no child here is told how to claim one."""
    mine = family(room)
    if mine is None:
        return [_no_family(room)]
    found = slots.coming(room.db, room.here.id, room.now)
    if not found:
        others = open_now.others(room, "slots")
        return [room.tell(own(room).private("slots.nothing_coming", classroom=room.here.name, others=others))]
    return [_shown(meeting, mine, room) for meeting in found]


def _shown(meeting: Meeting, mine: Family, room: Room) -> Effect:
    shown = card(meeting, mine.students, room.who.person, room)
    name = f"{telling.handle(meeting, 'card', room.who.person)}/{room.event_id}"
    return room.tell(shown.text, *shown.buttons, handle=name)


def _no_family(room: Room) -> Effect:
    links = guardians.links_of_person(room.db, room.who.person)
    waits = any(link.classroom_id == room.here.id for link in links)
    return room.tell(own(room).private("slots.claim_first", classroom=room.here.name, waits=waits))


# --- buttons --------------------------------------------------------------------------------------


@feature.button("slots.show")
def show(press: Press, room: Room) -> Iterable[Effect]:
    """A fresh card, from a message that only told something."""
    mine, meeting = family(room), meeting_of(press, room)
    if mine is None or meeting is None or meeting.state == CANCELLED:
        return [gone(press, room)]
    return [_shown(meeting, mine, room)]


@feature.button("slots.take")
def take(press: Press, room: Room) -> Iterable[Effect]:
    """Take this time, if nobody was faster."""
    wanted = press.args.get("slot")
    row = slots.slot(room.db, wanted) if isinstance(wanted, int) else None
    meeting = slots.locked(room.db, row.meeting_id) if row is not None else None
    mine = family(room)
    if row is None or meeting is None or mine is None or meeting.classroom_id != room.here.id:
        return [gone(press, room)]
    if not showing.is_open(meeting, room) or row.starts_at <= room.now:
        return _too_late(meeting, mine, press, room)
    before = slots.of_family(room.db, meeting.id, mine.students)
    if not slots.choose(room.db, meeting, mine.students, row.id, room.who.person, room.now):
        shown = card(meeting, mine.students, room.who.person, room, lost=True)
        return [toast(press, room, "slots.was_taken"), _edit(press, shown, room)]
    if before is not None and before.id == row.id:
        return [toast(press, room, "slots.kept"), _edit_card(press, meeting, mine, room)]
    return _taken(meeting, mine, before, row, press, room)


def _taken(
    meeting: Meeting, mine: Family, before: Slot | None, row: Slot, press: Press, room: Room
) -> list[Effect]:
    slots.over_offers(room.db, [row.id, *([before.id] if before else [])])
    later.settle_soon(meeting, room)
    what = "changed" if before else "taken"
    others = telling.tell_family(meeting, mine.homes, mine.home, what, row, room, but=room.who.person)
    told = own(room).label("slots.taken", time=showing.clock(row.starts_at, room))
    return [
        room.toast(press.callback, told),
        _edit_card(press, meeting, mine, room),
        telling.calendar_for(meeting, row, mine.students[0], room),
        *others,
        *showing.refreshed(meeting, room),
    ]


@feature.button("slots.change")
def change(press: Press, room: Room) -> Iterable[Effect]:
    """Show the other times; what one has stays until another is taken."""
    mine, meeting = family(room), meeting_of(press, room)
    if mine is None or meeting is None or meeting.state == CANCELLED:
        return [gone(press, room)]
    if not showing.is_open(meeting, room):
        return _too_late(meeting, mine, press, room)
    rows = slots.slots_of(room.db, meeting.id)
    held = slots.of_family(room.db, meeting.id, mine.students)
    return [_edit(press, showing.choices(meeting, rows, held, room.who.person, room), room)]


@feature.button("slots.back")
def back(press: Press, room: Room) -> Iterable[Effect]:
    """Leave it as it is."""
    mine, meeting = family(room), meeting_of(press, room)
    if mine is None or meeting is None or meeting.state == CANCELLED:
        return [gone(press, room)]
    return [_edit_card(press, meeting, mine, room)]


@feature.button("slots.cancel")
def cancel(press: Press, room: Room) -> Iterable[Effect]:
    """Ask first: what is given back, another family may have at once."""
    held = _held(press, room)
    if isinstance(held, list):
        return held
    meeting, _, row = held
    say, person, args = own(room), room.who.person, {"meeting": meeting.id}
    text = say.private("slots.really", **showing.facts(say, meeting, row, room))
    keys = [
        Button(say.label("slots.cancel_now"), "slots.cancel_now", {**args}, person=person, row=0),
        Button(say.label("slots.keep"), "slots.back", {**args}, person=person, row=0),
    ]
    return [room.edit(press.handle, text, *keys)]


@feature.button("slots.cancel_now")
def cancel_now(press: Press, room: Room) -> Iterable[Effect]:
    """Give it back; once nobody can choose any more, the teacher hears of it."""
    held = _held(press, room)
    if isinstance(held, list):
        return held
    meeting, mine, row = held
    slots.free(room.db, row)
    slots.over_offers(room.db, [row.id])
    later.settle_soon(meeting, room)
    say, person = own(room), room.who.person
    text = say.private("slots.cancelled", **showing.facts(say, meeting, row, room))
    others = telling.tell_family(meeting, mine.homes, mine.home, "cancelled", row, room, but=person)
    keys = (telling.show_button(meeting, person, room),) if showing.is_open(meeting, room) else ()
    return [
        room.edit(press.handle, text, *keys),
        telling.calendar_for(meeting, row, mine.students[0], room, cancelled=True),
        *others,
        *showing.refreshed(meeting, room),
        *_tell_teachers(meeting, mine, row, room),
    ]


def _tell_teachers(meeting: Meeting, mine: Family, row: Slot, room: Room) -> list[Effect]:
    if showing.is_open(meeting, room) and meeting.state != CLOSED:
        return []
    effects: list[Effect] = []
    for teacher in room.teachers():
        say = room.say_to(teacher)
        child = names_of(mine.students, room)
        text = say.private("slots.family_gone", **showing.facts(say, meeting, row, room), child=child)
        effects += room.tell_person(teacher, text, quiet=room.hours_of(teacher), park=True)
    return effects


def names_of(students: Sequence[int], room: Room) -> str:
    """The children of a household, as its appointment is called."""
    return "＋".join(s.name for s in room.roster.students if s.id in students)


# --- shared ---------------------------------------------------------------------------------------


def meeting_of(press: Press, room: Room) -> Meeting | None:
    """The meeting that a button is about, locked, if it is this class's."""
    wanted = press.args.get("meeting")
    meeting = slots.locked(room.db, wanted) if isinstance(wanted, int) else None
    return meeting if meeting is not None and meeting.classroom_id == room.here.id else None


def _held(press: Press, room: Room) -> tuple[Meeting, Family, Slot] | list[Effect]:
    """What the family has and may still give back; else what to say."""
    mine, meeting = family(room), meeting_of(press, room)
    if mine is None or meeting is None or meeting.state == CANCELLED:
        return [gone(press, room)]
    row = slots.of_family(room.db, meeting.id, mine.students)
    if row is None or row.starts_at <= room.now:
        return [toast(press, room, "slots.nothing_held"), _edit_card(press, meeting, mine, room)]
    return meeting, mine, row


def _too_late(meeting: Meeting, mine: Family, press: Press, room: Room) -> list[Effect]:
    return [toast(press, room, "slots.closed"), _edit_card(press, meeting, mine, room)]


def toast(press: Press, room: Room, name: str) -> Effect:
    """A short word to the one who pressed, loud enough not to be missed."""
    return room.toast(press.callback, own(room).label(name), alert=True)


def gone(press: Press, room: Room) -> Effect:
    """The appointments are not there any more, or not this person's."""
    return toast(press, room, "slots.gone")


def _edit(press: Press, shown: Card, room: Room) -> Effect:
    return room.edit(press.handle, shown.text, *shown.buttons)


def _edit_card(press: Press, meeting: Meeting, mine: Family, room: Room) -> Effect:
    return _edit(press, card(meeting, mine.students, room.who.person, room), room)
