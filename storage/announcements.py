"""What whoever runs the server tells many classes: whom it reaches, and how far it has come."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, union_all

from classroom.events import Json
from storage import schedules
from storage.database import Records
from storage.queue.deliveries import DELIVERIES
from storage.tables import EventRow

TABLES = EventRow.metadata.tables
GUARDIANS, ROLES = TABLES["guardians"], TABLES["roles"]
CLASSROOMS = TABLES["classrooms"]
KIND = "announcement.slice"
GRACE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Reader:
    """A person who is to read it, with one of their classes, whose hours hold."""

    person: int
    classroom: int


def _people(classes: Collection[int] | None) -> Select[tuple[int, int]]:
    """Everybody who answers for a child or teaches in these classes (None: in all), each once."""
    guardians = select(GUARDIANS.c.person_id, GUARDIANS.c.classroom_id).where(GUARDIANS.c.state == "active")
    teachers = select(ROLES.c.person_id, ROLES.c.classroom_id).where(ROLES.c.ended_at.is_(None))
    active = select(CLASSROOMS.c.id).where(CLASSROOMS.c.state == "active")
    found = union_all(guardians, teachers).subquery()
    wanted = select(found.c.person_id, func.min(found.c.classroom_id)).where(found.c.classroom_id.in_(active))
    if classes is not None:
        wanted = wanted.where(found.c.classroom_id.in_(list(classes)))
    return wanted.group_by(found.c.person_id)


def count(records: Records, classes: Collection[int] | None) -> int:
    """How many people it will reach."""
    people = _people(classes).subquery()
    return int(records.connection().execute(select(func.count()).select_from(people)).scalar() or 0)


def next_readers(records: Records, classes: Collection[int] | None, after: int, limit: int) -> list[Reader]:
    """The next of them in the order of their numbers, those after `after`."""
    people = _people(classes).subquery()
    person = people.c.person_id
    wanted = select(*people.c).where(person > after).order_by(person).limit(limit)
    return [Reader(*row) for row in records.connection().execute(wanted)]


def begin(records: Records, words: str, classes: Collection[int] | None, now: datetime) -> str:
    """Accept it, in the caller's transaction; slices follow by themselves. Gives its name."""
    name = f"announcement/{secrets.token_hex(6)}"
    chosen: Json = [*sorted(classes)] if classes is not None else None
    go_on(records, name, {"words": words, "classes": chosen, "after": 0}, now)
    return name


def go_on(records: Records, name: str, args: dict[str, Json], at: datetime) -> None:
    """Plan the next slice."""
    schedules.plan(records, name, KIND, at, at, grace=GRACE, args=args)


def backlog(records: Records, now: datetime) -> int:
    """How many messages to everybody could be sent now and are not; who sleeps is not counted."""
    waiting = DELIVERIES.c.state == "pending", DELIVERIES.c.lane == "bulk", DELIVERIES.c.due_at <= now
    return int(records.connection().execute(select(func.count()).where(*waiting)).scalar() or 0)
