"""Once a day every known member is looked at: the platform says how they are called and tagged now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from classroom.effects import Ask, Effect, Question, Report
from classroom.events import Answered, Delivered, Due, Json, Right, Undelivered
from handlers import name_looking, places
from handlers.customer_groups import names
from handlers.feature import Feature
from handlers.room import Room
from handlers.rule_book import able, rules_of
from handlers.tags import OUTSIDE, tag_of, tags_for
from storage import identity, member_names, schedules, violations
from storage.member_names import Known
from storage.tables import Chat

POINT_AFTER = timedelta(minutes=10)
"""The platform has answered by then."""


def attach(feature: Feature) -> None:
    """Declare what this part waits for."""
    feature.due("names.sweep")(sweep)
    feature.due("names.point")(point)
    feature.answer("names.seen")(seen)
    feature.delivered("names.tagged")(tagged)
    feature.undelivered("names.not_tagged")(not_tagged)


def sweep(due: Due, room: Room) -> Iterable[Effect]:
    """Ask how each member is called now; missed or not, tomorrow is another day."""
    if not places.is_set_up(room):
        return []
    name_looking.plan_sweep(room)
    if due.missed or rules_of(room).pattern is None:
        return []
    here = room.here.id
    later = room.now + POINT_AFTER
    schedules.plan(
        room.db,
        f"names.point/{here}",
        "names.point",
        later,
        room.now,
        grace=timedelta(hours=1),
        classroom=here,
    )
    names.plan(room, POINT_AFTER)
    return [ask for group in identity.groups_of(room.db, here) for ask in _asks(room, group)]


def _asks(room: Room, group: Chat) -> list[Ask]:
    address = identity.group_address(group)
    return [
        Ask(address, Question.MEMBER, known.account.native, "names.seen", asked_by=known.account.id)
        for known in member_names.present(room.db, group.id)
        if not name_looking.standing_of(room, known).exempt
    ]


def seen(event: Answered, room: Room) -> Iterable[Effect]:
    """The platform's word on one member; where it says nothing, what is known has to do."""
    if room.group is None or room.actor is None or not places.is_set_up(room):
        return []
    known = member_names.find(room.db, room.group.chat, room.who.account)
    told = event.answer if isinstance(event.answer, dict) else {}
    if known is None or _has_left(event, told):
        if known is not None:
            known.member.present = False
        return []
    name = told.get("name")
    if isinstance(name, str) and name:
        known.account.name = name
    if told.get("admin") is True:  # a platform lets no bot label or mute an administrator
        return []
    return [*_tag_put_right(room, known, told), *name_looking.look(room, known, anew=True)]


def _has_left(event: Answered, told: dict[str, Json]) -> bool:
    return told.get("status") in OUTSIDE or (event.answer is None and event.failure == "not_found")


def _tag_put_right(room: Room, known: Known, told: dict[str, Json]) -> list[Effect]:
    """A tag counts only while it is what the bot set: another one is replaced."""
    worn, chat = told.get("tag"), known.chat
    labels = able(room, chat.platform, Right.TAG) and Right.TAG.value in chat.rights
    if not isinstance(worn, str) or not labels or not room.who.guardian_of:
        return []
    if worn == tag_of(room, room.who.person):
        known.member.tag = worn or None
        return []
    known.member.tag = worn or None
    room.db.flush()
    noted = violations.record(
        room.db,
        room.here.id,
        chat.id,
        name_looking.RULE,
        violations.ASKED,
        room.now,
        account=known.account.id,
        reason="tag",
    )
    report = Report(failed="names.not_tagged", sent="names.tagged", data={"violation": noted.id})
    return [replace(tag, report=report) for tag in tags_for(room, room.who.person)]


def tagged(event: Delivered, room: Room) -> Iterable[Effect]:
    """The tag is what it should be again."""
    name_looking.settle(room, event.data, violations.ENFORCED)
    return []


def not_tagged(event: Undelivered, room: Room) -> Iterable[Effect]:
    """The tag could not be set; nobody is asked to do anything about it, least of all the member."""
    name_looking.settle(room, event.data, violations.UNSUPPORTED)
    return []


def point(due: Due, room: Room) -> Iterable[Effect]:
    """Count, and name nobody, whom the bot cannot reach in private: one neutral pointer in each group."""
    if due.missed or not places.is_set_up(room):
        return []
    return [e for group in identity.groups_of(room.db, room.here.id) for e in _point(room, group)]


def _point(room: Room, group: Chat) -> list[Effect]:
    found = member_names.not_fitting(room.db, room.here.id, chat=group.id)
    lost = [k.state for k in found if k.state is not None and not k.state.reachable]
    if not any(name_looking.may_try(room, state.reminded_at) for state in lost):
        return []
    inside = replace(room, group=identity.group_address(group), platform=group.platform)
    posted = places.point(inside, room.say_class.group("names.pointer", count=len(lost)))
    for state in lost if posted else ():
        state.reminded_at = room.now
    return posted
