"""How appointments look: the post in the group, a family's card, the times on buttons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from classroom.effects import Button, EditPost, Effect, LinkButton
from classroom.text import PrivateText, PublicText
from handlers.room import Room
from handlers.slots.reading import SlotPlan
from storage import codes, identity, slots
from storage.places import places_of
from storage.slots import OPEN
from storage.tables import Meeting, Slot
from templates.render import Say

DOOR = "slots"
"""What the code behind the group's button is for."""

IN_A_ROW = 4
GATHER = 3
"""Seconds in which choices gather before the group's post is changed."""


def stamp(say: Say, moment: datetime, room: Room) -> str:
    """A moment by its date and weekday, for what is read on other days too."""
    return say.when(moment, room.zone, moment - timedelta(days=10))


def day(say: Say, moment: datetime, room: Room) -> str:
    """The day of a moment by its date and weekday."""
    return say.day(moment, room.zone, moment - timedelta(days=10))


def clock(moment: datetime, room: Room) -> str:
    """An hour as it stands on a button."""
    return f"{moment.astimezone(room.zone):%H:%M}"


def runs(times: Iterable[tuple[datetime, datetime]], room: Room) -> list[str]:
    """The stretches without a break, from when to when."""
    joined: list[tuple[datetime, datetime]] = []
    for start, end in times:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [f"{clock(start, room)}–{clock(end, room)}" for start, end in joined]


def times_of(rows: Sequence[Slot]) -> list[tuple[datetime, datetime]]:
    """When the slots are."""
    return [(row.starts_at, row.ends_at) for row in rows]


# --- the group ------------------------------------------------------------------------------------


def door_button(room: Room) -> LinkButton:
    """The way to one's own card; one code serves all meetings of a class."""
    standing = codes.standing(room.db, DOOR, room.here.id, room.now)
    token = (
        standing.token
        if standing is not None
        else codes.make(room.db, room.instance.digest, DOOR, room.here.id, room.now)
    )
    return LinkButton(room.say_class.label("slots.open"), token)


def preview_text(plan: SlotPlan, room: Room) -> PublicText:
    """What the group will see, before anything is offered."""
    return _post(plan, plan.times, "preview", 0, room)


def post_text(meeting: Meeting, rows: Sequence[Slot], room: Room) -> PublicText:
    """What the group sees: how many times are left, never who has which."""
    taken = sum(row.student_id is not None for row in rows)
    return _post(meeting, times_of(rows), meeting.state, taken, room)


def _post(
    shown: SlotPlan | Meeting,
    times: Sequence[tuple[datetime, datetime]],
    state: str,
    taken: int,
    room: Room,
) -> PublicText:
    say, (start, end) = room.say_class, times[0]
    return say.group(
        "slots.post",
        state=state,
        title=shown.title,
        place=shown.place or "",
        day=day(say, start, room),
        runs=runs(times, room),
        minutes=int((end - start).total_seconds() // 60),
        closes=stamp(say, shown.closes_at, room),
        taken=taken,
        free=len(times) - taken,
    )


def refreshed(meeting: Meeting, room: Room) -> list[Effect]:
    """The group's post as it is now; choices that come soon after go into the same change."""
    text = post_text(meeting, slots.slots_of(room.db, meeting.id), room)
    keys = (door_button(room),) if meeting.state == OPEN else ()
    return [
        EditPost(identity.group_address(g), meeting.handle or "", text, keys, delay=GATHER)
        for g in places_of(room.db, room.here.id, room.now)
    ]


# --- a family -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Card:
    """What a family reads of a meeting, with its buttons."""

    text: PrivateText
    buttons: tuple[Button, ...] = ()


def is_open(meeting: Meeting, room: Room) -> bool:
    """True while families may choose and change."""
    return meeting.state == OPEN and meeting.closes_at > room.now


def free_ones(rows: Sequence[Slot], room: Room) -> list[Slot]:
    """The times that may still be taken."""
    return [row for row in rows if row.student_id is None and row.starts_at > room.now]


def card(meeting: Meeting, students: Sequence[int], person: int, room: Room, *, lost: bool = False) -> Card:
    """What a family has, or what it may choose from; `lost`: another was faster just now."""
    rows = slots.slots_of(room.db, meeting.id)
    mine = next((row for row in rows if row.student_id in students), None)
    if mine is not None and not lost:
        return _own(meeting, mine, person, room)
    return choices(meeting, rows, mine, person, room, lost=lost)


def _own(meeting: Meeting, mine: Slot, person: int, room: Room) -> Card:
    say = room.say_to(person)
    may_change = is_open(meeting, room)
    text = say.private("slots.yours", **facts(say, meeting, mine, room), changing=may_change)
    wanted = [("slots.change", may_change), ("slots.cancel", mine.starts_at > room.now)]
    args = {"meeting": meeting.id}
    return Card(
        text,
        tuple(Button(say.label(name), name, {**args}, person=person, row=0) for name, on in wanted if on),
    )


def cancel_button(meeting: Meeting, person: int, room: Room) -> Button:
    """The way to give a time back, which asks first."""
    label = room.say_to(person).label("slots.cancel")
    return Button(label, "slots.cancel", {"meeting": meeting.id}, person=person, row=0)


def facts(say: Say, meeting: Meeting, row: Slot, room: Room) -> dict[str, object]:
    """What every word about an appointment says: what for, when, where."""
    return {
        "classroom": room.here.name,
        "title": meeting.title,
        "place": meeting.place or "",
        "when": stamp(say, row.starts_at, room),
        "until": clock(row.ends_at, room),
        "closes": stamp(say, meeting.closes_at, room),
    }


def choices(
    meeting: Meeting, rows: Sequence[Slot], mine: Slot | None, person: int, room: Room, *, lost: bool = False
) -> Card:
    """The free times as buttons; who has a time may also ask other families, and stay as it is."""
    say = room.say_to(person)
    open_ = is_open(meeting, room)
    left = free_ones(rows, room) if open_ else []
    text = say.private(
        "slots.choose",
        classroom=room.here.name,
        title=meeting.title,
        place=meeting.place or "",
        day=day(say, rows[0].starts_at, room),
        closes=stamp(say, meeting.closes_at, room),
        mine=clock(mine.starts_at, room) if mine else "",
        free=len(left),
        state="open" if open_ else "closed",
        lost=lost,
    )
    keys = slot_buttons(left, "slots.take", person, room)
    more = [("slots.ask_others", "slots.ask"), ("common.back", "slots.back")] if mine is not None else []
    args = {"meeting": meeting.id}
    keys += [
        Button(say.label(label), purpose, {**args}, person=person, row=99)
        for label, purpose in more
        if open_ or purpose == "slots.back"
    ]
    return Card(text, tuple(keys))


def slot_buttons(rows: Sequence[Slot], purpose: str, person: int, room: Room, **more: int) -> list[Button]:
    """Times as buttons, some in a row."""
    say = room.say_to(person)
    return [
        Button(
            say.label("slots.time", time=clock(row.starts_at, room)),
            purpose,
            {"slot": row.id, **more},
            person=person,
            row=index // IN_A_ROW,
        )
        for index, row in enumerate(rows)
    ]
