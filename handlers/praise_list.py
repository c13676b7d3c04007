"""The honours list, and taking a praise back."""

from __future__ import annotations

import hashlib
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

from classroom.effects import Effect, RemovePost, Report
from handlers.aside import aside, own
from handlers.praise_post import UNDO_WITHIN, copy_handle
from handlers.room import Room
from storage import guardians, identity, praises, queue
from storage.tables import Praise


def show(room: Room, *, term: bool) -> list[Effect]:
    """Who was praised, in no order and without counts, so that nobody is first or last."""
    since = term_began(room.today.date(), room.instance.defaults.term_ends) if term else _month(room)
    began = datetime.combine(since, time(), room.zone).astimezone(UTC)
    listed = set(praises.honoured(room.db, room.here.id, began))
    students = [s for s in room.roster.students if s.id in listed]
    names = sorted(
        (s.name for s in students if guardians.wishes_public_mention(room.db, s.id)),
        key=lambda name: hashlib.sha256(f"{since}{name}".encode()).digest(),
    )
    if room.group is not None:
        return [room.post(room.say_class.group("praise.honours", names=names, term=term))]
    return [room.tell(own(room).private("praise.honours", names=names, term=term, classroom=room.here.name))]


def _month(room: Room) -> date:
    return room.today.date().replace(day=1)


def term_began(today: date, ends: tuple[str, ...]) -> date:
    """The day after the last end of a term ("01-31"); without any, the first of the year."""
    months = [(year, *map(int, end.split("-"))) for year in (today.year - 1, today.year) for end in ends]
    over = [date(year, month, min(day, monthrange(year, month)[1])) for year, month, day in months]
    return max(
        (day + timedelta(days=1) for day in over if day < today), default=today.replace(month=1, day=1)
    )


def undo_latest(room: Room) -> list[Effect]:
    """Take back this teacher's newest praise."""
    row = praises.latest_of(room.db, room.here.id, room.who.person)
    if row is None:
        return aside(room, own(room).private("praise.nothing_to_undo"))
    return undo(row, room)


def undo(row: Praise, room: Room, *, shown: str | None = None) -> list[Effect]:
    """Take a praise back within ten minutes: post and copies go, what is not sent yet is not sent."""
    if row.undone_at is not None:
        return _answer(room, "praise.undone_already", shown)
    if room.now - row.said_at > UNDO_WITHIN:
        return _answer(room, "praise.too_late", shown)
    row.undone_at = room.now
    return [*_post_gone(row, room), *_copies_gone(row, room), *_answer(room, "praise.undone", shown)]


def _answer(room: Room, block: str, shown: str | None) -> list[Effect]:
    text = own(room).private(block, minutes=int(UNDO_WITHIN.total_seconds() // 60))
    return [room.edit(shown, text)] if shown else aside(room, text)


def _post_gone(row: Praise, room: Room) -> list[Effect]:
    if row.handle is None or queue.cancel(room.db, row.handle, room.now):
        return []
    report = Report(failed="praise.not_removed", data={"praise": row.id})
    groups = identity.groups_of(room.db, room.here.id)
    return [RemovePost(identity.group_address(group), row.handle, report) for group in groups]


def _copies_gone(row: Praise, room: Room) -> list[Effect]:
    effects: list[Effect] = []
    people = {
        g.person_id for s in praises.students_of(room.db, row.id) for g in guardians.active_of(room.db, s)
    }
    for person in sorted(people):
        if not queue.cancel(room.db, copy_handle(row, person), room.now):
            text = room.say_to(person).private("praise.withdrawn", by=room.who.name)
            effects.append(room.edit(copy_handle(row, person), text, of=person))
    return effects
