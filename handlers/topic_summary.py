"""Once a day the teachers read in one message what was removed and why; nothing if nothing was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from classroom.effects import Effect
from classroom.events import Due
from classroom.rules.topics import Category
from handlers.feature import Feature
from handlers.room import Room
from storage import schedules, violations

AT = time(19)
GRACE = timedelta(hours=12)
MOST = 12
SHOWN = 40


def attach(feature: Feature) -> None:
    """Declare what this part hears of."""
    feature.due("topics.summary")(tell)


def plan(room: Room) -> None:
    """See that the day ends with a summary: something is being removed."""
    name = f"topics.summary/{room.here.id}"
    if schedules.waiting(room.db, name) is not None:
        return
    day = room.today.date() if room.today.time() < AT else room.today.date() + timedelta(days=1)
    due_at = datetime.combine(day, AT, room.zone).astimezone(UTC)
    schedules.plan(room.db, name, "topics.summary", due_at, room.now, grace=GRACE, classroom=room.here.id)


def tell(due: Due, room: Room) -> Iterable[Effect]:
    """Tell every teacher, in their hours, each removed message in a line."""
    rules = {category.value for category in Category}
    rows = violations.of_class(room.db, room.here.id, room.now - timedelta(days=1))
    gone = [row for row in rows if row.rule in rules and row.done == violations.ENFORCED]
    told: list[Effect] = []
    for person in room.teachers() if gone else ():
        say = room.say_to(person)
        lines = [
            {
                "name": str(row.data.get("name") or ""),
                "kind": say.label(f"topics.rule_{row.rule}").text,
                "words": (row.text or "").replace("\n", " ")[:SHOWN],
                "back": row.restored_at is not None,
            }
            for row in gone[:MOST]
        ]
        reminded = sum(row.done == violations.NUDGED for row in rows)
        text = say.private(
            "topics.summary",
            name=room.here.name,
            lines=lines,
            more=max(0, len(gone) - MOST),
            reminded=reminded,
        )
        told += room.tell_person(person, text, quiet=room.hours_of(person), park=True)
    return told
