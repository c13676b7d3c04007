"""Names in a group where nobody can be told anything: those that do not fit are one list of the teacher's.

Whoever can be reached elsewhere in private is told there (handlers/name_looking.py) and is not on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from classroom.effects import Effect
from classroom.events import Due, Joined, Left, Renamed
from handlers.feature import Feature, Happening
from handlers.name_looking import RULE
from handlers.places import is_set_up
from handlers.room import Room
from handlers.rule_book import example, rules_of
from handlers.standing_list import keep_current
from storage import identity, member_names, schedules, violations
from storage.member_names import Known
from storage.tables import Chat

feature = Feature("group_names")
SOON, GRACE = timedelta(minutes=1), timedelta(days=2)
MOST_LINES = 30


@feature.on(Joined)
@feature.on(Renamed)
@feature.on(Left)
def changed(event: Happening, room: Room) -> Iterable[Effect]:
    """See that the list is looked at once all that has changed is known."""
    if room.platform in room.instance.by_hand and is_set_up(room):
        plan(room)
    return []


def plan(room: Room, after: timedelta = SOON) -> None:
    """Look at the list in a moment, in a class that has such a group; what is planned already stays."""
    name = f"group_names/{room.here.id}"
    if _groups(room) and schedules.waiting(room.db, name) is None:
        due_at = room.now + after
        schedules.plan(
            room.db, name, "group_names.list", due_at, room.now, grace=GRACE, classroom=room.here.id
        )


@feature.due("group_names.list")
def bring_up_to_date(due: Due, room: Room) -> Iterable[Effect]:
    """Each wrong name is news once; what was put right goes from the list where it stands."""
    if not is_set_up(room):
        return []
    wrong = _wrong(room)
    fresh = [one for one in wrong if one.state is not None and one.state.reminded_at is None]
    effects = [e for teacher in room.teachers() for e in _list(room, teacher, wrong, news=bool(fresh))]
    for one in fresh if effects else ():
        if one.state is not None:
            one.state.reminded_at = room.now
        account = one.account.id
        violations.record(
            room.db, room.here.id, one.chat.id, RULE, violations.REPORTED, room.now, account=account
        )
    return effects


def _groups(room: Room) -> list[Chat]:
    groups = identity.groups_of(room.db, room.here.id)
    return [group for group in groups if group.platform in room.instance.by_hand]


def _wrong(room: Room) -> list[Known]:
    if rules_of(room).pattern is None:
        return []
    found = [one for g in _groups(room) for one in member_names.not_fitting(room.db, room.here.id, chat=g.id)]
    return [one for one in found if one.state is not None and not one.state.reachable]


def _list(room: Room, teacher: int, wrong: list[Known], *, news: bool) -> list[Effect]:
    say, pattern = room.say_to(teacher), rules_of(room).pattern
    text = (
        say.private(
            "groups.names",
            name=room.here.name,
            lines=[one.account.name for one in wrong[:MOST_LINES]],
            more=max(0, len(wrong) - MOST_LINES),
            example=example(pattern, room) if pattern else "",
        )
        if wrong
        else say.private("groups.names_fit", name=room.here.name)
    )
    return keep_current(
        room,
        teacher,
        f"group_names/{room.here.id}/{teacher}",
        text,
        (),
        lines=len(wrong),
        news=news,
        below=say.private("groups.names_below"),
    )
