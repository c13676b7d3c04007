"""The teacher's lists: what is offered, who comes when, and the same on paper. All in private."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from classroom.drawings import PrivateDrawing, Table
from classroom.effects import Button, Effect
from classroom.text import PrivateText
from handlers.aside import aside, own
from handlers.concern_people import phones
from handlers.feature import Feature, Press
from handlers.room import Room
from handlers.slots import showing, telling
from handlers.slots.choosing import gone, meeting_of, names_of
from storage import households, slots
from storage.households import Households
from storage.slots import CANCELLED
from storage.tables import Meeting, Slot
from templates.render import Say

feature = Feature("slots_lists")
MOST_BUTTONS = 6
PER_ROW = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A meeting in the list of those to come."""

    number: int
    title: str
    day: str
    taken: int
    total: int


@dataclass(frozen=True, slots=True)
class Time:
    """One time in the teacher's list; `child` is empty while it is free."""

    clock: str
    child: str


def show_coming(room: Room) -> list[Effect]:
    """The meetings to come, and how to offer times."""
    say, person = own(room), room.who.person
    found = slots.coming(room.db, room.here.id, room.now)[-MOST_BUTTONS:]
    keys = [
        Button(
            say.label("slots.number", number=m.number), "slots.list", {"meeting": m.id}, person=person, row=0
        )
        for m in found
    ]
    keys.append(Button(say.label("slots.new"), "slots.new", {}, person=person, row=1))
    text = say.private("slots.coming", rows=[_row(m, say, room) for m in found], classroom=room.here.name)
    return aside(room, text, *keys)


def _row(meeting: Meeting, say: Say, room: Room) -> Row:
    rows = slots.slots_of(room.db, meeting.id)
    day = showing.day(say, rows[0].starts_at, room)
    return Row(meeting.number, meeting.title, day, sum(r.student_id is not None for r in rows), len(rows))


def show(number: int, room: Room) -> list[Effect]:
    """One meeting by its number; an unknown one: what there is."""
    meeting = slots.numbered(room.db, room.here.id, number)
    if meeting is None:
        return [*aside(room, own(room).private("slots.unknown", number=number)), *show_coming(room)]
    name = f"{telling.handle(meeting, 'list', room.who.person)}/{room.event_id}"
    return aside(room, list_text(meeting, own(room), room), *_keys(meeting, room), handle=name)


def list_text(meeting: Meeting, say: Say, room: Room, *, why: str = "") -> PrivateText:
    """Who comes when, and which families have no time yet, with their numbers; `why`: what it comes for."""
    rows = slots.slots_of(room.db, meeting.id)
    homes = households.of_class(room.db, room.here.id)
    missing = without(rows, homes)
    bound = homes.guardians
    return say.private(
        "slots.list",
        why=why,
        number=meeting.number,
        title=meeting.title,
        place=meeting.place or "",
        day=showing.day(say, rows[0].starts_at, room),
        state=meeting.state,
        closes=showing.stamp(say, meeting.closes_at, room),
        times=[Time(showing.clock(r.starts_at, room), child_of(r, homes, room)) for r in rows],
        taken=sum(r.student_id is not None for r in rows),
        missing=[
            (names_of(homes.students[h], room), h in bound, _phones(h, homes, say, room)) for h in missing
        ],
    )


def _phones(home: int, homes: Households, say: Say, room: Room) -> list[str]:
    return [number for student in homes.students[home] for number in phones(room, student, say)]


def without(rows: Sequence[Slot], homes: Households) -> list[int]:
    """The households that have no time."""
    have = {homes.of.get(row.student_id) for row in rows if row.student_id is not None}
    return [home for home in sorted(homes.students) if home not in have]


def child_of(row: Slot, homes: Households, room: Room) -> str:
    """The children whose family has a time; empty while it is free."""
    if row.student_id is None:
        return ""
    home = homes.of.get(row.student_id)
    return names_of(homes.students[home], room) if home is not None else ""


def open_button(meeting: Meeting, person: int, room: Room) -> Button:
    """The way from a message to the list with its buttons."""
    label = room.say_to(person).label("slots.open_list")
    return Button(label, "slots.list", {"meeting": meeting.id}, person=person)


def _keys(meeting: Meeting, room: Room) -> list[Button]:
    if meeting.state == CANCELLED:
        return []
    rows = slots.slots_of(room.db, meeting.id)
    homes = households.of_class(room.db, room.here.id)
    some = any(r.student_id is not None for r in rows)
    to_come = rows[-1].starts_at > room.now
    offered = {
        "slots.print": True,
        "slots.pick": some and to_come,
        "slots.place": bool(showing.free_ones(rows, room)) and bool(without(rows, homes)),
        "slots.call_off": to_come,
    }
    say, person, args = own(room), room.who.person, {"meeting": meeting.id}
    return [
        Button(say.label(name), name, {**args}, person=person, row=index // PER_ROW)
        for index, name in enumerate(n for n, on in offered.items() if on)
    ]


@feature.button("slots.list")
def listed(press: Press, room: Room) -> Iterable[Effect]:
    """One meeting, from the list or back from a question."""
    meeting = leads(press, room)
    if meeting is None:
        return [gone(press, room)]
    if press.handle.startswith(telling.handle(meeting, "list", room.who.person)):
        return [again(press, meeting, room)]
    return show(meeting.number, room)


def again(press: Press, meeting: Meeting, room: Room) -> Effect:
    """The list as it is now, where the button stood."""
    return room.edit(press.handle, list_text(meeting, own(room), room), *_keys(meeting, room))


def leads(press: Press, room: Room) -> Meeting | None:
    """The meeting that a button is about, for who teaches here."""
    meeting = meeting_of(press, room)
    return meeting if meeting is not None and room.who.leads else None


# --- on paper -------------------------------------------------------------------------------------


def print_numbered(number: int | None, room: Room) -> list[Effect]:
    """The list of one meeting to print; without a number the only one that comes."""
    coming = slots.coming(room.db, room.here.id, room.now)
    meeting = slots.numbered(room.db, room.here.id, number) if number is not None else None
    if number is None and len(coming) == 1:
        meeting = coming[0]
    if meeting is None:
        return show_coming(room)
    return aside(
        room,
        own(room).private("slots.printed", title=meeting.title),
        files=(paper(meeting, own(room), room),),
    )


@feature.button("slots.print")
def printed(press: Press, room: Room) -> Iterable[Effect]:
    """The list to print, to lie on the desk or hang on the door."""
    meeting = leads(press, room)
    return print_numbered(meeting.number, room) if meeting is not None else [gone(press, room)]


def paper(meeting: Meeting, say: Say, room: Room) -> PrivateDrawing:
    """The times with the children, and room for notes."""
    rows = slots.slots_of(room.db, meeting.id)
    homes = households.of_class(room.db, room.here.id)
    columns = tuple(say.private(f"slots.column_{name}") for name in ("time", "child", "notes"))
    lines = tuple(
        (
            say.private(
                "slots.cell", text=f"{showing.clock(r.starts_at, room)}–{showing.clock(r.ends_at, room)}"
            ),
            say.private("slots.cell", text=child_of(r, homes, room)),
            say.private("slots.cell", text=""),
        )
        for r in rows
    )
    return PrivateDrawing(
        Table(
            say.private("slots.cell", text=room.here.name),
            say.private(
                "slots.paper_title", title=meeting.title, day=showing.day(say, rows[0].starts_at, room)
            ),
            columns,
            lines,
            say.private("slots.paper_note", place=meeting.place or ""),
            (2, 3, 5),
        ),
        say.label("slots.file_name", number=meeting.number).text,
        say.language,
    )
