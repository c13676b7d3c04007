"""The teacher's hands: moving a family, placing one, taking one out, calling it off. All in private."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Button, Effect
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.room import Room
from handlers.slots import later, showing, telling
from handlers.slots.choosing import gone, names_of, toast
from handlers.slots.lists import PER_ROW, again, child_of, leads, without
from storage import households, slots
from storage.slots import CANCELLED
from storage.tables import Meeting, Slot

feature = Feature("slots_leading")


# --- moving and taking out ------------------------------------------------------------------------


@feature.button("slots.pick")
def pick(press: Press, room: Room) -> Iterable[Effect]:
    """Which family's appointment is to be moved or taken out?"""
    meeting = leads(press, room)
    if meeting is None:
        return [gone(press, room)]
    say, person = own(room), room.who.person
    homes = households.of_class(room.db, room.here.id)
    taken = [r for r in slots.slots_of(room.db, meeting.id) if r.student_id is not None]
    keys = [
        Button(
            say.label("slots.booked", time=showing.clock(r.starts_at, room), child=child_of(r, homes, room)),
            "slots.picked",
            {"slot": r.id},
            person=person,
            row=index // PER_ROW,
        )
        for index, r in enumerate(taken)
    ]
    return [room.edit(press.handle, say.private("slots.which_family"), *keys, _back(meeting, room))]


def _back(meeting: Meeting, room: Room) -> Button:
    label = own(room).label("common.back")
    return Button(label, "slots.list", {"meeting": meeting.id}, person=room.who.person, row=99)


@feature.button("slots.picked")
def picked(press: Press, room: Room) -> Iterable[Effect]:
    """Where to? The free times, or out of the list."""
    found = _booked(press, room)
    if found is None:
        return [gone(press, room)]
    meeting, row = found
    say, person = own(room), room.who.person
    homes = households.of_class(room.db, room.here.id)
    free = showing.free_ones(slots.slots_of(room.db, meeting.id), room)
    text = say.private(
        "slots.where_to",
        child=child_of(row, homes, room),
        mine=showing.clock(row.starts_at, room),
        free=len(free),
    )
    keys = showing.slot_buttons(free, "slots.move", person, room, of=row.student_id or 0)
    out = Button(
        say.label("slots.drop"),
        "slots.drop",
        {"slot": row.id, "of": row.student_id},
        person=person,
        row=98,
    )
    return [room.edit(press.handle, text, *keys, out, _back(meeting, room))]


def _booked(press: Press, room: Room) -> tuple[Meeting, Slot] | None:
    """A time that a family has, in a meeting of the actor's class; `of`: it must still be that family's."""
    wanted, of = press.args.get("slot"), press.args.get("of")
    row = slots.slot(room.db, wanted) if isinstance(wanted, int) else None
    meeting = slots.locked(room.db, row.meeting_id) if row is not None else None
    if row is None or meeting is None or meeting.classroom_id != room.here.id or not room.who.leads:
        return None
    return (meeting, row) if row.student_id is not None and of in (None, row.student_id) else None


@feature.button("slots.move")
def move(press: Press, room: Room) -> Iterable[Effect]:
    """Give a family (with or without a time until now) this one; it is told."""
    wanted, student = press.args.get("slot"), press.args.get("of")
    row = slots.slot(room.db, wanted) if isinstance(wanted, int) else None
    meeting = slots.locked(room.db, row.meeting_id) if row is not None else None
    homes = households.of_class(room.db, room.here.id)
    home = homes.of.get(student) if isinstance(student, int) else None
    ours = meeting is not None and meeting.classroom_id == room.here.id and room.who.leads
    if row is None or meeting is None or home is None or not ours or meeting.state == CANCELLED:
        return [gone(press, room)]
    before = slots.of_family(room.db, meeting.id, homes.students[home])
    if row.starts_at <= room.now or not slots.choose(
        room.db, meeting, homes.students[home], row.id, None, room.now
    ):
        return [toast(press, room, "slots.was_taken"), again(press, meeting, room)]
    slots.over_offers(room.db, [row.id, *([before.id] if before else [])])
    later.settle_soon(meeting, room)
    what = "moved" if before else "placed"
    return [
        room.toast(press.callback, own(room).label("slots.done")),
        again(press, meeting, room),
        *telling.tell_family(meeting, homes, home, what, row, room, but=room.who.person),
        *showing.refreshed(meeting, room),
    ]


@feature.button("slots.drop")
def drop(press: Press, room: Room) -> Iterable[Effect]:
    """Take a family's appointment out; it is told kindly, and may choose again while that is open."""
    found = _booked(press, room)
    if found is None:
        return [gone(press, room)]
    meeting, row = found
    homes = households.of_class(room.db, room.here.id)
    home = homes.of.get(row.student_id or 0)
    slots.free(room.db, row)
    slots.over_offers(room.db, [row.id])
    later.settle_soon(meeting, room)
    told = telling.tell_family(meeting, homes, home, "dropped", row, room) if home is not None else []
    return [
        room.toast(press.callback, own(room).label("slots.done")),
        again(press, meeting, room),
        *told,
        *showing.refreshed(meeting, room),
    ]


@feature.button("slots.place")
def place(press: Press, room: Room) -> Iterable[Effect]:
    """Which family without a time shall get one, because it rang up or cannot press?"""
    meeting = leads(press, room)
    if meeting is None:
        return [gone(press, room)]
    say, person = own(room), room.who.person
    homes = households.of_class(room.db, room.here.id)
    missing = without(slots.slots_of(room.db, meeting.id), homes)
    keys = [
        Button(
            say.label("slots.child", name=names_of(homes.students[home], room)),
            "slots.placing",
            {"meeting": meeting.id, "of": home},
            person=person,
            row=index // PER_ROW,
        )
        for index, home in enumerate(missing)
    ]
    return [room.edit(press.handle, say.private("slots.which_without"), *keys, _back(meeting, room))]


@feature.button("slots.placing")
def placing(press: Press, room: Room) -> Iterable[Effect]:
    """At which of the free times?"""
    meeting, home = leads(press, room), press.args.get("of")
    homes = households.of_class(room.db, room.here.id)
    if meeting is None or not isinstance(home, int) or home not in homes.students:
        return [gone(press, room)]
    free = showing.free_ones(slots.slots_of(room.db, meeting.id), room)
    child = names_of(homes.students[home], room)
    text = own(room).private("slots.where_to", child=child, mine="", free=len(free))
    keys = showing.slot_buttons(free, "slots.move", room.who.person, room, of=home)
    return [room.edit(press.handle, text, *keys, _back(meeting, room))]


# --- calling it off -------------------------------------------------------------------------------


@feature.button("slots.call_off")
def call_off(press: Press, room: Room) -> Iterable[Effect]:
    """Ask first: every family that has a time is told."""
    meeting = leads(press, room)
    if meeting is None or meeting.state == CANCELLED:
        return [gone(press, room)]
    say, person = own(room), room.who.person
    taken = sum(r.student_id is not None for r in slots.slots_of(room.db, meeting.id))
    sure = Button(
        say.label("slots.call_off_now"), "slots.call_off_now", {"meeting": meeting.id}, person=person
    )
    text = say.private("slots.really_all", title=meeting.title, taken=taken)
    return [room.edit(press.handle, text, sure, _back(meeting, room))]


@feature.button("slots.call_off_now")
def call_off_now(press: Press, room: Room) -> Iterable[Effect]:
    """Nobody comes: the families that had a time are told, the group's post says so."""
    meeting = leads(press, room)
    if meeting is None or meeting.state == CANCELLED:
        return [gone(press, room)]
    slots.end(room.db, meeting, CANCELLED)
    later.unplan(meeting, room)
    rows = slots.slots_of(room.db, meeting.id)
    later.unplan_soon(rows, room)
    homes = households.of_class(room.db, room.here.id)
    told: list[Effect] = []
    for row in rows:
        home = homes.of.get(row.student_id or 0)
        if home is not None and row.starts_at > room.now:
            told += telling.tell_family(meeting, homes, home, "called_off", row, room)
    for home in without(rows, homes):
        telling.take_back(meeting, homes.guardians.get(home, ()), room)
    text = own(room).private("slots.called_off", title=meeting.title, told=len(told))
    return [room.edit(press.handle, text), *told, *showing.refreshed(meeting, room)]
