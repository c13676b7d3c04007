"""What the clock brings: the opening after the quiet hours, reminders, the close with the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from classroom.effects import Effect, Tell
from classroom.events import Due, Undelivered
from handlers.feature import Feature
from handlers.first_then_others import asked_before, first_of, in_time, others_at, plan_others
from handlers.room import Room
from handlers.slots import later, lists, offering, showing, telling
from handlers.slots.reading import SlotPlan
from storage import households, queue, slots
from storage.households import Households
from storage.places import places_of
from storage.slots import CANCELLED, CLOSED, OPEN
from storage.tables import Meeting, ScheduleRow, Slot

feature = Feature("slots_clock")


@feature.due("slots.open")
def opens(due: Due, room: Room) -> Iterable[Effect]:
    """What was to be offered after the quiet hours."""
    row = room.db.get(ScheduleRow, due.schedule)
    kept = row.args.get("plan") if row else None
    if row is None or row.created_by is None or not isinstance(kept, dict):
        return []
    plan = offering.in_time(SlotPlan.from_json(kept), room.now, room)
    groups = places_of(room.db, room.here.id, room.now)
    if not room.teaches(row.created_by):
        return []
    if due.missed or plan is None or not groups:
        return _tell_teacher(row.created_by, room, "slots.open_missed", title=str(kept.get("title")))
    return offering.publish(plan, row.created_by, room)[1]


def _tell_teacher(person: int, room: Room, block: str, **values: object) -> list[Effect]:
    text = room.say_to(person).private(block, **values)
    return room.tell_person(person, text, quiet=room.hours_of(person), park=True)


@feature.undelivered("slots.not_posted")
def not_posted(event: Undelivered, room: Room) -> Iterable[Effect]:
    """What no group has heard of is called off; the teacher hears why nobody chooses."""
    wanted = event.data.get("meeting")
    meeting = slots.locked(room.db, wanted) if isinstance(wanted, int) else None
    groups = places_of(room.db, room.here.id, room.now)
    if meeting is None or meeting.state != OPEN or meeting.by_person is None:
        return []
    if any(queue.posted(room.db, meeting.handle or "", group.id) for group in groups):
        return []
    slots.end(room.db, meeting, CANCELLED)
    later.unplan(meeting, room)
    return _tell_teacher(meeting.by_person, room, "slots.not_posted", title=meeting.title)


def _meeting(due: Due, room: Room) -> Meeting | None:
    row = room.db.get(ScheduleRow, due.schedule)
    wanted = row.args.get("meeting") if row else None
    return slots.locked(room.db, wanted) if isinstance(wanted, int) else None


# --- before the close -----------------------------------------------------------------------------


@feature.due("slots.nudge")
def nudge(due: Due, room: Room) -> Iterable[Effect]:
    """Families without a time are reminded, with the free times to press; the teacher sees which.

    One guardian of each is asked first, the others later if the family has no time by then.
    """
    meeting = _meeting(due, room)
    if meeting is None or meeting.state != OPEN or meeting.nudged:
        return []
    meeting.nudged = True
    rows = slots.slots_of(room.db, meeting.id)
    homes = households.of_class(room.db, room.here.id)
    missing = lists.without(rows, homes)
    if not missing:
        return []
    worth_it = not due.missed and bool(showing.free_ones(rows, room))
    others = others_at(meeting.closes_at, later.LEAST_LEFT, room)
    asked = {
        person: home
        for home in (missing if worth_it else ())
        for person in first_of(homes, home, meeting.closes_at, others, room)
    }
    if asked and others is not None:
        until = meeting.closes_at - later.LEAST_LEFT
        plan_others("slots.second", meeting.id, {"meeting": meeting.id}, asked, others, until, room)
    told = _remind(meeting, asked, homes, room)
    return [*told, *_to_teachers(meeting, room, "nudged" if told else "missing")]


@feature.due("slots.second")
def second(due: Due, room: Room) -> Iterable[Effect]:
    """Remind the other guardians of families that still have no time."""
    meeting, before = _meeting(due, room), asked_before(room.db.get(ScheduleRow, due.schedule))
    if meeting is None or meeting.state != OPEN or due.missed:
        return []
    rows, homes = slots.slots_of(room.db, meeting.id), households.of_class(room.db, room.here.id)
    left = lists.without(rows, homes) if showing.free_ones(rows, room) else []
    asked = {
        person: home
        for home in left
        for person in in_time(homes, home, meeting.closes_at, room)
        if person not in before
    }
    return _remind(meeting, asked, homes, room)


def _remind(meeting: Meeting, asked: dict[int, int], homes: Households, room: Room) -> list[Effect]:
    """A card for each person, of their household."""
    effects: list[Effect] = []
    for person, home in asked.items():
        shown = showing.card(meeting, homes.students[home], person, room)
        name = telling.handle(meeting, "nudge", person)
        effects += room.tell_person(
            person, shown.text, *shown.buttons, handle=name, quiet=room.hours_of(person)
        )
    return effects


def _to_teachers(meeting: Meeting, room: Room, why: str, *, paper: bool = False) -> list[Effect]:
    """The list with who has no time; at the close on paper too."""
    effects: list[Effect] = []
    for teacher in room.teachers():
        say = room.say_to(teacher)
        text = lists.list_text(meeting, say, room, why=why)
        key = lists.open_button(meeting, teacher, room)
        files = (lists.paper(meeting, say, room),) if paper else ()
        for told in room.tell_person(teacher, text, key, quiet=room.hours_of(teacher), park=True):
            effects.append(replace(told, files=files) if isinstance(told, Tell) else told)
    return effects


@feature.due("slots.close")
def close(due: Due, room: Room) -> Iterable[Effect]:
    """Families change nothing any more, and the teacher gets the list."""
    meeting = _meeting(due, room)
    if meeting is None or meeting.state != OPEN:
        return []
    slots.end(room.db, meeting, CLOSED)
    later.unplan(meeting, room, ("nudge", "second"))
    return [*showing.refreshed(meeting, room), *_to_teachers(meeting, room, "closed", paper=True)]


# --- before the appointment -----------------------------------------------------------------------


@feature.due("slots.noon")
def noon(due: Due, room: Room) -> Iterable[Effect]:
    """Remind at noon of tomorrow whoever is not to be disturbed in the evening."""
    return [] if due.missed else _day_before(_meeting(due, room), room, at_noon=True)


@feature.due("slots.eve")
def eve(due: Due, room: Room) -> Iterable[Effect]:
    """Remind in the evening of tomorrow."""
    return [] if due.missed else _day_before(_meeting(due, room), room, at_noon=False)


def _day_before(meeting: Meeting | None, room: Room, *, at_noon: bool) -> list[Effect]:
    if meeting is None or meeting.state == CANCELLED:
        return []
    rows = slots.slots_of(room.db, meeting.id)
    homes = households.of_class(room.db, room.here.id)
    return [
        effect
        for row in rows
        if row.starts_at - room.now > later.TOO_LATE
        for person in _coming(row, homes, room)
        if later.evening_is_quiet(rows[0].starts_at, room.quiet_of(person), room) is at_noon
        for effect in _of_appointment("eve", meeting, row, person, room)
    ]


def _coming(row: Slot, homes: Households, room: Room) -> Sequence[int]:
    """Who is reminded of a family's appointment: who has taken it, else its first guardian."""
    home = homes.of.get(row.student_id) if row.student_id is not None else None
    if home is None:
        return ()
    if row.person_id is not None and row.person_id in homes.guardians.get(home, ()):
        return (row.person_id,)
    return in_time(homes, home, row.starts_at, room)[:1]


def _of_appointment(word: str, meeting: Meeting, row: Slot, person: int, room: Room) -> list[Effect]:
    say = room.say_to(person)
    text = say.private("slots.reminder", **showing.facts(say, meeting, row, room), soon=word == "soon")
    keys = (showing.cancel_button(meeting, person, room), telling.show_button(meeting, person, room))
    name = telling.handle(meeting, word, person)
    return room.tell_person(person, text, *keys, handle=name, quiet=room.hours_of(person))


@feature.due("slots.soon")
def soon(due: Due, room: Room) -> Iterable[Effect]:
    """Remind an hour before; who is not to be disturbed then was reminded the day before."""
    plan = room.db.get(ScheduleRow, due.schedule)
    wanted = plan.args.get("slot") if plan else None
    row = slots.slot(room.db, wanted) if isinstance(wanted, int) else None
    meeting = slots.get(room.db, row.meeting_id) if row is not None else None
    if due.missed or row is None or meeting is None or meeting.state == CANCELLED:
        return []
    homes = households.of_class(room.db, room.here.id)
    awake = [p for p in _coming(row, homes, room) if room.read_at(p) is None]
    return [e for person in awake for e in _of_appointment("soon", meeting, row, person, room)]
