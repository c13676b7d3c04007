"""Changing places: one family asks another through the bot, and neither hears a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from classroom.effects import Button, Effect
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.room import Room
from handlers.slots import showing, telling
from handlers.slots.choosing import Family, family, gone, meeting_of, toast
from storage import households, identity, queue, slots
from storage.households import Households
from storage.slots import ASKED, OVER
from storage.tables import Meeting, Slot, SlotSwap

feature = Feature("slots_swapping")
MOST_OFFERS = 5
"""How many other families one may ask about one meeting."""


@feature.button("slots.ask")
def ask(press: Press, room: Room) -> Iterable[Effect]:
    """Show the times that others have: when, never who."""
    mine, meeting = family(room), meeting_of(press, room)
    held = slots.of_family(room.db, meeting.id, mine.students) if mine and meeting else None
    if mine is None or meeting is None or held is None:
        return [gone(press, room)]
    if not showing.is_open(meeting, room):
        return [toast(press, room, "slots.closed")]
    say, person = own(room), room.who.person
    rows, asked = _others(meeting, mine, held, room)
    text = say.private(
        "slots.ask_whom",
        mine=showing.clock(held.starts_at, room),
        some=bool(rows),
        left=MOST_OFFERS - asked,
    )
    keys = showing.slot_buttons(rows, "slots.offer", person, room)
    back = Button(say.label("common.back"), "slots.change", {"meeting": meeting.id}, person=person, row=99)
    return [room.edit(press.handle, text, *keys, back)]


def _others(meeting: Meeting, mine: Family, held: Slot, room: Room) -> tuple[list[Slot], int]:
    """The times of families that may be asked, and how many were asked before.

    A family is asked once by another, and hears of one wish at a time.
    """
    rows = slots.slots_of(room.db, meeting.id)
    made = slots.offers(room.db, [row.id for row in rows])
    own_ones = [swap for swap in made if swap.student_id in mine.students]
    if len(own_ones) >= MOST_OFFERS:
        return [], len(own_ones)
    spared = {swap.wanted_by for swap in own_ones} | {swap.wanted_by for swap in made if swap.state == ASKED}
    found = [
        row
        for row in rows
        if row.student_id is not None
        and row.student_id not in mine.students
        and row.student_id not in spared
        and row.id != held.id
        and row.starts_at > room.now
    ]
    return found, len(own_ones)


@feature.button("slots.offer")
def offer(press: Press, room: Room) -> Iterable[Effect]:
    """Ask the family that has this time, in private, without a name."""
    wanted = press.args.get("slot")
    row = slots.slot(room.db, wanted) if isinstance(wanted, int) else None
    meeting = slots.locked(room.db, row.meeting_id) if row is not None else None
    mine = family(room)
    held = slots.of_family(room.db, meeting.id, mine.students) if mine and meeting else None
    if row is None or meeting is None or mine is None or held is None:
        return [gone(press, room)]
    if not showing.is_open(meeting, room):
        return [toast(press, room, "slots.closed")]
    rows, _ = _others(meeting, mine, held, room)
    if row.id not in {other.id for other in rows}:
        return [toast(press, room, "slots.not_askable"), *ask(_about(meeting, press), room)]
    void = [
        swap for swap in slots.offers(room.db, [held.id]) if swap.state == ASKED and swap.slot_id == held.id
    ]
    swap = slots.offer(room.db, held, row, room.who.person, room.now)
    asked = _ask_family(swap, meeting, held, row, mine.homes, room)
    say = own(room)
    if not asked:
        swap.state = OVER
        return [toast(press, room, "slots.not_askable")]
    text = say.private(
        "slots.asked", **_both(held, row, room), closes=showing.stamp(say, meeting.closes_at, room)
    )
    key = Button(say.label("slots.withdraw"), "slots.withdraw", {"swap": swap.id}, person=room.who.person)
    taken_back = [effect for older in void for effect in _close_asked(older, mine.homes, "withdrawn", room)]
    return [room.edit(press.handle, text, key), *taken_back, *asked]


def _about(meeting: Meeting, press: Press) -> Press:
    return Press({"meeting": meeting.id}, press.handle, press.callback, press.ref)


def _both(held: Slot, wanted: Slot, room: Room) -> dict[str, object]:
    return {"mine": showing.clock(held.starts_at, room), "theirs": showing.clock(wanted.starts_at, room)}


def _ask_family(
    swap: SlotSwap, meeting: Meeting, held: Slot, wanted: Slot, homes: Households, room: Room
) -> list[Effect]:
    effects: list[Effect] = []
    for person in _persons(homes, swap.wanted_by):
        say, args = room.say_to(person), {"swap": swap.id}
        text = say.private(
            "slots.would_you",
            classroom=room.here.name,
            title=meeting.title,
            day=showing.day(say, held.starts_at, room),
            wish=showing.clock(held.starts_at, room),
            yours=showing.clock(wanted.starts_at, room),
        )
        keys = [
            Button(say.label("slots.accept"), "slots.accept", {**args}, person=person, row=0),
            Button(say.label("slots.decline"), "slots.decline", {**args}, person=person, row=0),
        ]
        effects += room.tell_person(
            person, text, *keys, handle=_handle(swap, person), quiet=room.hours_of(person), park=True
        )
    return effects


def _handle(swap: SlotSwap, person: int) -> str:
    return f"slots/swap/{swap.id}/{person}"


def _persons(homes: Households, student: int) -> Sequence[int]:
    return homes.guardians.get(homes.of.get(student, 0), ())


# --- the answer -----------------------------------------------------------------------------------


@feature.button("slots.accept")
def accept(press: Press, room: Room) -> Iterable[Effect]:
    """Change places, if both still have what they had."""
    found = _asked_of_actor(press, room)
    if found is None:
        return _void(press, room)
    swap, meeting = found
    if not showing.is_open(meeting, room) or not slots.exchange(room.db, swap, room.who.person, room.now):
        return _void(press, room)
    homes = households.of_class(room.db, room.here.id)
    mine, theirs = slots.slot(room.db, swap.slot_id), slots.slot(room.db, swap.wanted_id)
    if mine is None or theirs is None:
        raise LookupError("an exchange is between two times")
    here, there = homes.of[swap.wanted_by], homes.of[swap.student_id]
    say = own(room)
    done = say.private("slots.swapped", **showing.facts(say, meeting, mine, room))
    return [
        room.edit(press.handle, done, telling.show_button(meeting, room.who.person, room)),
        telling.calendar_for(meeting, mine, homes.students[here][0], room),
        *_close_asked(swap, homes, "done", room, but=room.who.person),
        *telling.tell_family(meeting, homes, here, "swapped", mine, room, but=room.who.person),
        *telling.tell_family(meeting, homes, there, "swapped", theirs, room),
    ]


@feature.button("slots.decline")
def decline(press: Press, room: Room) -> Iterable[Effect]:
    """Stay; the other hears that it is not possible, and no more."""
    found = _asked_of_actor(press, room)
    if found is None or not slots.still_stands(room.db, found[0]):
        return _void(press, room)
    swap, meeting = found
    swap.state = OVER
    homes = households.of_class(room.db, room.here.id)
    effects: list[Effect] = [
        room.edit(press.handle, own(room).private("slots.declined")),
        *_close_asked(swap, homes, "declined", room, but=room.who.person),
    ]
    row = slots.slot(room.db, swap.wanted_id)
    person = swap.person_id
    if person is None or row is None:
        return effects
    text = room.say_to(person).private("slots.not_possible", theirs=showing.clock(row.starts_at, room))
    key = telling.show_button(meeting, person, room)
    return [*effects, *room.tell_person(person, text, key, quiet=room.hours_of(person))]


@feature.button("slots.withdraw")
def withdraw(press: Press, room: Room) -> Iterable[Effect]:
    """Take the question back before it is answered."""
    wanted = press.args.get("swap")
    swap = slots.get_offer(room.db, wanted) if isinstance(wanted, int) else None
    mine = family(room)
    meeting = _meeting(swap, room)
    if swap is None or meeting is None or mine is None or swap.student_id not in mine.students:
        return [gone(press, room)]
    shown = showing.card(meeting, mine.students, room.who.person, room)
    card = room.edit(press.handle, shown.text, *shown.buttons)
    if swap.state != ASKED:
        return [toast(press, room, "slots.offer_over"), card]
    swap.state = OVER
    return [card, *_close_asked(swap, mine.homes, "withdrawn", room)]


def _meeting(swap: SlotSwap | None, room: Room) -> Meeting | None:
    row = slots.slot(room.db, swap.slot_id) if swap is not None else None
    meeting = slots.locked(room.db, row.meeting_id) if row is not None else None
    return meeting if meeting is not None and meeting.classroom_id == room.here.id else None


def _asked_of_actor(press: Press, room: Room) -> tuple[SlotSwap, Meeting] | None:
    wanted = press.args.get("swap")
    swap = slots.get_offer(room.db, wanted) if isinstance(wanted, int) else None
    mine, meeting = family(room), _meeting(swap, room)
    if swap is None or meeting is None or mine is None or swap.wanted_by not in mine.students:
        return None
    return swap, meeting


def _void(press: Press, room: Room) -> list[Effect]:
    return [room.edit(press.handle, own(room).private("slots.offer_void"))]


def _close_asked(
    swap: SlotSwap, homes: Households, why: str, room: Room, *, but: int | None = None
) -> list[Effect]:
    """Take the question from where it still stands: done, declined, or withdrawn."""
    effects: list[Effect] = []
    for person in _persons(homes, swap.wanted_by):
        address = identity.private_address(room.db, person)
        if person == but or address is None:
            continue
        queue.cancel(room.db, _handle(swap, person), room.now)
        if queue.told_at(room.db, _handle(swap, person), address.chat) is not None:
            text = room.say_to(person).private("slots.question_closed", why=why)
            effects.append(room.edit(_handle(swap, person), text, of=person))
    return effects
