"""Polls that open by themselves: once after the quiet hours, or again and again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from classroom.effects import Effect
from classroom.events import Due
from classroom.people import TEACHERS, Role
from handlers import poll_later, poll_post
from handlers.feature import Feature
from handlers.poll_plan import PollPlan
from handlers.room import Room
from storage import identity
from storage.tables import ScheduleRow

feature = Feature("poll_repeat")


@feature.due("poll.open")
def opens(due: Due, room: Room) -> Iterable[Effect]:
    """Open a poll whose time has come, and plan the next one of a repeat."""
    row = room.db.get(ScheduleRow, due.schedule)
    plan = plan_of(row)
    if row is None or plan is None or row.created_by is None:
        return []
    by = row.created_by
    if not _may_still(by, room):
        return _stopped(plan, by, room)
    again = _plan_next(row, plan, room) if plan.every else None
    if due.missed:
        return _tell(by, "poll.open_missed", plan, room, again)
    if room.quiet is not None and room.quiet.holds(room.now):
        return _after_quiet(row, plan, room)
    if plan.closes_at is not None and plan.closes_at <= room.now:
        return _tell(by, "poll.open_missed", plan, room, None)
    made = poll_post.publish(plan, by, room)
    if made is None:
        return _tell(by, "poll.open_missed", plan, room, again)
    poll_later.plan_end(made[0], room)
    return made[1]


def plan_of(row: ScheduleRow | None) -> PollPlan | None:
    """What a planned opening will ask."""
    kept = row.args.get("plan") if row else None
    return PollPlan.from_json(kept) if isinstance(kept, dict) else None


def _plan_next(row: ScheduleRow, plan: PollPlan, room: Room) -> datetime:
    at = poll_later.repeat(plan, room).next_after(room.now)
    name = str(row.args.get("name"))
    poll_later.plan_opening(plan, name, at, room, by=row.created_by, number=row.number)
    return at


def _after_quiet(row: ScheduleRow, plan: PollPlan, room: Room) -> list[Effect]:
    """A poll whose time lies in the quiet hours opens when they are over."""
    assert room.quiet is not None
    once = PollPlan.from_json(plan.to_json() | {"every": ""})
    name = f"{row.args.get('name')}/{row.id}"
    poll_later.plan_opening(once, name, room.quiet.over(room.now), room, by=row.created_by)
    return []


def _may_still(person: int, room: Room) -> bool:
    roles = identity.roles_of(room.db, person, room.here.id, room.today.date())
    return any(Role(r.role) in TEACHERS | {Role.COMMITTEE} for r in roles)


def _stopped(plan: PollPlan, by: int, room: Room) -> list[Effect]:
    """Whoever planned it may not any more: it ends, and the teachers hear what would have been asked."""
    name = identity.names_of(room.db, by)[0]
    effects: list[Effect] = []
    for teacher in room.teachers():
        text = room.say_to(teacher).private("poll.stopped", question=plan.question, name=name)
        effects += room.tell_person(teacher, text, quiet=room.hours_of(teacher), park=True)
    return effects


def _tell(person: int, block: str, plan: PollPlan, room: Room, again: datetime | None) -> list[Effect]:
    say = room.say_to(person)
    text = say.private(
        block, question=plan.question, again=poll_post.stamp(say, again, room) if again else None
    )
    return room.tell_person(person, text, quiet=room.hours_of(person), park=True)
