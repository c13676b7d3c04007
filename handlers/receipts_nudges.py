"""Nudges: who has not confirmed is reminded in private, guardian by guardian; then the teacher hears."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from classroom.effects import EditTold, Effect
from classroom.events import Due
from classroom.text import PrivateText
from handlers import notice_ladder, notice_post, receipts_list, receipts_steps
from handlers.feature import Feature
from handlers.room import Room
from scheduler.nudging import URGENT_AFTER, next_slot
from storage import guardians, identity, notices, queue, reminding, schedules
from storage.reminding import AGAIN, FIRST, OTHERS
from storage.tables import Notice, ScheduleRow

GRACE = timedelta(days=2)
LOOK_BACK = timedelta(hours=48)


def attach(feature: Feature) -> None:
    """Declare what the clock brings."""
    feature.due("notice.nudge")(nudge)
    feature.due("notice.missing")(summary)


def _planned(due: Due, room: Room) -> tuple[Notice | None, str]:
    """The notice that is still asked about, and which step this is."""
    plan = room.db.get(ScheduleRow, due.schedule)
    row = notices.get(room.db, plan.args.get("notice"), room.here.id) if plan is not None else None
    asked = row is not None and row.state == notices.OPEN and row.receipts
    step = plan.args.get("step") if plan is not None else None
    return row if asked else None, OTHERS if step == OTHERS else FIRST


def nudge(due: Due, room: Room) -> Iterable[Effect]:
    """Remind the families that have not confirmed: one message a day and person, notices merged.

    The first guardian of each is asked first, the others where nothing has come of that.
    """
    row, step = _planned(due, room)
    if row is None or not notices.missing(room.db, row):
        return []
    if due.missed:
        return _tell_teachers(row, room, "receipts.nudge_missed")
    effects, waiting = receipts_steps.take(row, step, room)
    if waiting:
        again = next_slot(room.now + timedelta(minutes=1), room.quiet, room.zone)
        _plan(row, "nudge", again, room, step)
    else:
        _go_on(row, step, bool(effects), room)
    return effects


def _go_on(row: Notice, step: str, asked: bool, room: Room) -> None:
    """Plan what comes next: the other guardians, else the teacher's list, at once if nobody was asked."""
    steps, second = notice_ladder.of(row, room), receipts_steps.second_at(row, room)
    if step == FIRST and second is not None and receipts_steps.others_left(row, room):
        _plan(row, "nudge", second, room, OTHERS)
    elif steps.calls is not None:
        after = min(steps.calls, URGENT_AFTER) if row.urgent else steps.calls
        _plan(row, "missing", room.now + after if asked else room.now, room)


def _plan(row: Notice, what: str, at: datetime, room: Room, step: str = FIRST) -> None:
    schedules.plan(
        room.db,
        f"notice-{what}/{row.id}",
        f"notice.{what}",
        at,
        room.now,
        grace=GRACE,
        args={"notice": row.id, "step": step},
        classroom=room.here.id,
        by=row.by_person,
    )


# --- what is settled -----------------------------------------------------------------------------


def thanks(rows: Collection[Notice], person: int, room: Room) -> PrivateText:
    """What a nudge becomes once nothing in it is open."""
    gone = [n.number for n in rows if n.state == notices.WITHDRAWN]
    confirmed = [n.number for n in rows if n.state != notices.WITHDRAWN]
    return room.say_to(person).private("receipts.thanked", numbers=confirmed, withdrawn=gone)


def settle(students: Collection[int], room: Room) -> list[Effect]:
    """Nobody is reminded of what the family has confirmed: what waits is taken back, what came says so."""
    if not students or not reminding.reminders(room.db, students, room.now - LOOK_BACK):
        return []
    people = {g.person_id for s in students for g in guardians.active_of(room.db, s)}
    return [e for person in sorted(people) for e in _settle_one(person, room)]


def _settle_one(person: int, room: Room) -> list[Effect]:
    children = identity.guardian_of(room.db, person, room.here.id)
    rows = reminding.reminders(room.db, children, room.now - LOOK_BACK)
    if any(n.state == notices.OPEN and set(children) & set(notices.missing(room.db, n)) for n in rows):
        return []
    chat = identity.private_address(room.db, person)
    effects: list[Effect] = []
    for row in rows:
        for step in (FIRST, AGAIN):
            handle = reminding.nudge_handle(row, person, step)
            queue.cancel(room.db, handle, room.now)
            if chat is not None and queue.told_at(room.db, handle, chat.chat) is not None:
                effects.append(EditTold(chat, handle, thanks(rows, person, room)))
    return effects


# --- who is still missing ------------------------------------------------------------------------


def summary(due: Due, room: Room) -> Iterable[Effect]:
    """Some time after the nudge, in the teacher's hours: the families to call."""
    row, _ = _planned(due, room)
    person = notice_post.owner(row, room) if row is not None else None
    if row is None or person is None or not notices.missing(room.db, row):
        return []
    later = room.read_at(person)
    if later is not None and not row.urgent:
        _plan(row, "missing", later, room)
        return []
    text = receipts_list.state_of(row, room, room.say_to(person), "receipts.summary")
    return room.tell_person(person, text, *receipts_list.further(row, person, room), park=True)


def _tell_teachers(row: Notice, room: Room, block: str) -> list[Effect]:
    person = notice_post.owner(row, room)
    if person is None:
        return []
    text = room.say_to(person).private(block, number=row.number)
    return room.tell_person(person, text, quiet=room.hours_of(person), park=True)
