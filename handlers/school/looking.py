"""What the address book says is taken in and told; it is looked at again when it changes, and once a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from classroom.addresses import GuardianAddress
from classroom.effects import Effect, Lane, Tell
from classroom.events import Answered, Due, Json, SchoolChanged
from classroom.school_book import SchoolBook
from handlers.aside import own
from handlers.feature import Feature, Happening
from handlers.notice_post import recounted
from handlers.room import Room
from handlers.school import asking, doubles, reviewing
from handlers.start import enter
from storage import classrooms, guardians, queue, schedules, school
from storage.database import Records

SETTLES = timedelta(minutes=10)
"""A school seldom changes one thing alone: so long is waited for the others."""

EARLY = time(5, 30)
GRACE = timedelta(days=2)
LOOK, WELCOME = "school.look", "school.welcome"


def attach(feature: Feature) -> None:
    """Declare what this part listens to."""
    feature.on(SchoolChanged)(changed)
    feature.due(LOOK)(look)
    feature.due(WELCOME)(welcome)
    feature.answer("school.taken")(taken)


def changed(event: Happening, room: Room) -> Iterable[Effect]:
    """A door opens or shuts; anything else is looked at soon, in all classes: it is not said in which."""
    if not isinstance(event, SchoolChanged):
        return []
    if event.follows is not None:
        chat = school.follow(room.db, event.userid, event.follows)
        if chat is not None and event.follows:
            queue.unpark(room.db, chat, room.now)
        return []
    for row in school.linked_classes(room.db):
        plan(room.db, row.classroom_id, room.now + SETTLES, room.now)
    return []


def plan(records: Records, classroom: int, at: datetime, now: datetime) -> None:
    """Look into the address book then, or before if that is planned already."""
    name = f"{LOOK}:{classroom}"
    waiting = schedules.waiting(records, name)
    if waiting is None or waiting.due_at > at:
        schedules.plan(records, name, LOOK, at, now, grace=GRACE, classroom=classroom)


def look(due: Due, room: Room) -> Iterable[Effect]:
    """Its time has come; a class that is linked no more is left alone."""
    row = school.linked_class(room.db, room.here.id) if room.classroom is not None else None
    if row is None or not asking.here(room) or room.here.state == "ended":
        return []
    plan(room.db, row.classroom_id, _tomorrow(room), room.now)
    return [asking.ask(room, row.department, "school.taken", unasked=True)]


def _tomorrow(room: Room) -> datetime:
    day = room.today.date() + timedelta(days=1)
    return datetime.combine(day, EARLY, room.zone)


def taken(event: Answered, room: Room) -> Iterable[Effect]:
    """Take in what was read. Who asked hears all of it; where nobody did, the teachers hear what is new."""
    wanted, unasked = event.data.get("class"), event.data.get("unasked") is True
    if not isinstance(wanted, int):
        return []
    if unasked:
        room.classroom = classrooms.get(room.db, wanted)
    elif room.actor is None or not enter(room, wanted) or not room.who.leads:
        return []
    if room.classroom is None or not isinstance(event.answer, dict):
        return [] if unasked else [room.tell(own(room).private(f"school.{_trouble(event)}"))]
    return _take(SchoolBook.from_json(event.answer), room, unasked)


def _trouble(event: Answered) -> str:
    return "no_class" if event.failure == "no class" else "unreadable"


def _take(book: SchoolBook, room: Room, unasked: bool) -> list[Effect]:
    found = school.take(room.db, room.here.id, book, room.now)
    fresh = school.news(room.db, room.here.id, book, found, room.now)
    room.forget_roster()
    plan(room.db, room.here.id, _tomorrow(room), room.now)
    effects = welcomed(room, [linked.id for linked in found.bound])
    readers = [room.who.person] if not unasked else room.teachers() if fresh else []
    for reader in readers:
        effects += reviewing.told(room, book, found, reader)
        effects += doubles.offered(room, found, reader)
    return [*effects, *(recounted(room) if found.anything else [])]


def welcome(due: Due, room: Room) -> Iterable[Effect]:
    """Say hello to parents who were bound from the server."""
    row = schedules.get(room.db, due.schedule)
    links = row.args.get("links") if row is not None else None
    return welcomed(room, [one for one in links if isinstance(one, int)] if isinstance(links, list) else [])


def welcomed(room: Room, links: Iterable[int]) -> list[Effect]:
    """Tell each new guardian who writes to them here and why; who does not follow yet hears it then."""
    effects: list[Effect] = []
    for number in links:
        linked = guardians.get(room.db, number)
        if linked is None or linked.state != guardians.ACTIVE or linked.classroom_id != room.here.id:
            continue
        say = room.say_to(linked.person_id)
        text = say.private(
            "school.welcome",
            classroom=room.here.name,
            name=guardians.student_name(room.db, linked.student_id),
            relation=guardians.relation_word(linked.relation, say.language),
            notices_only=linked.notices_only,
        )
        quiet = room.hours_of(linked.person_id)
        effects.append(Tell(GuardianAddress(linked.id), text, lane=Lane.BULK, quiet=quiet, park=True))
    return effects


def plan_welcome(records: Records, classroom: int, links: Iterable[int], now: datetime) -> None:
    """Have the bot that runs say hello."""
    listed: list[Json] = [*links]
    if listed:
        name = f"{WELCOME}:{classroom}:{listed[0]}"
        schedules.plan(
            records, name, WELCOME, now, now, grace=GRACE, args={"links": listed}, classroom=classroom
        )
