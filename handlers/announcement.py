"""What whoever runs the server tells many classes: fanned out in slices, so that nobody waits behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from classroom.effects import Effect, Lane, Tell
from classroom.events import Due, Json
from handlers.feature import Feature
from handlers.room import Room
from storage import announcements, classrooms, identity, schedules
from storage.announcements import Reader

feature = Feature("announcement")
SLICE = 40
"""So many at a time: what one second carries, and too few to hold up the writer."""
ENOUGH = 2 * SLICE


@feature.due(announcements.KIND)
def send_slice(due: Due, room: Room) -> Iterable[Effect]:
    """Tell the next few, and plan those after them for the next tick; nothing while enough are under way."""
    plan = schedules.get(room.db, due.schedule)
    if plan is None:
        return []
    args = dict(plan.args)
    if announcements.backlog(room.db, room.now) >= ENOUGH:
        announcements.go_on(room.db, plan.name, args, room.now)
        return []
    readers = announcements.next_readers(room.db, _numbers(args["classes"]), _number(args["after"]), SLICE)
    if len(readers) == SLICE:
        announcements.go_on(room.db, plan.name, {**args, "after": readers[-1].person}, room.now)
    return list(_told(room, readers, str(args["words"])))


def _told(room: Room, readers: Iterable[Reader], words: str) -> Iterator[Effect]:
    for reader in readers:
        to = identity.private_address(room.db, reader.person)
        here = classrooms.get(room.db, reader.classroom)
        if to is None or here is None:
            continue
        inside = replace(room, classroom=here)
        text = inside.say_to(reader.person).private("announcement.told", words=words)
        yield Tell(to, text, lane=Lane.BULK, quiet=inside.hours_of(reader.person))


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _numbers(value: Json) -> list[int] | None:
    return [_number(each) for each in value] if isinstance(value, list) else None
