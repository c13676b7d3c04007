"""Whoever passes for a teacher: the teachers are told on sight, the families when it is about money."""

from __future__ import annotations

from classroom.effects import Effect
from classroom.events import Joined, Message, SenderKind
from classroom.rules.topics import Category, Speaker, Verdict, claims_to_teach, looks_like
from handlers import requests_people as people
from handlers import topic_reports
from handlers.feature import Feature, Happening
from handlers.places import is_set_up
from handlers.room import Room
from storage import guardians, identity, rosters, violations


def attach(feature: Feature) -> None:
    """Declare what this part hears of."""
    feature.on(Joined)(joined)


def poses(message: Message, speaker: Speaker, verdict: Verdict, room: Room) -> bool:
    """True if the sender is no teacher and the name says or imitates one.

    Of families who are known only a name that is like a teacher's counts: 李老师 may be somebody's mother.
    The teachers' names are looked up only where something else is amiss: most messages are what they seem.
    """
    claims = claims_to_teach(message.sender.name)
    if message.sender.kind is SenderKind.CHANNEL:
        return claims
    if speaker in (Speaker.GUARDIAN, Speaker.COMMITTEE):
        return claims and looks_like(message.sender.name, _teachers(room))
    return claims or (not verdict.ok and looks_like(message.sender.name, _teachers(room)))


def _teachers(room: Room) -> list[str]:
    names: list[str] = []
    for person in people.everybody_who_teaches(room):
        names += [account.name for account, _ in identity.accounts_of(room.db, person)]
    return [name for name in names if name]


def joined(event: Happening, room: Room) -> list[Effect]:
    """A newcomer with a teacher's name: the teachers look before anybody believes it."""
    if not isinstance(event, Joined) or room.classroom is None or not is_set_up(room) or room.group is None:
        return []
    account = identity.find_account(room.db, event.origin.platform, event.member.native)
    if account is None or room.teaches(account.person_id) or not looks_like(account.name, _teachers(room)):
        return []
    return _tell_teachers(account.id, account.name, room)


def seen(message: Message, verdict: Verdict, room: Room) -> list[Effect]:
    """Somebody who poses has written: tell the teachers once, and the families where it is about money."""
    account = room.who.account if room.actor else None
    effects = _tell_teachers(account, message.sender.name, room)
    if verdict.category is Category.SCAM:
        effects += _warn_families(account, room)
    return effects


def _once(account: int | None, what: str, room: Room) -> bool:
    """True the first time in a month."""
    rows = violations.of_class(room.db, room.here.id, room.now - violations.KEEP)
    if any(r.rule == topic_reports.POSING and r.account_id == account and r.reason == what for r in rows):
        return False
    chat = room.group.chat if room.group else 0
    rule, done = topic_reports.POSING, violations.REPORTED
    violations.record(room.db, room.here.id, chat, rule, done, room.now, account=account, reason=what)
    return True


def _tell_teachers(account: int | None, name: str, room: Room) -> list[Effect]:
    if not _once(account, "teachers", room):
        return []
    told: list[Effect] = []
    for person in room.teachers():
        text = room.say_to(person).private("topics.poses", name=room.here.name, who=name)
        told += room.tell_person(person, text, park=True)
    return told


def _warn_families(account: int | None, room: Room) -> list[Effect]:
    if not _once(account, "families", room):
        return []
    told: list[Effect] = []
    bound = {
        g.person_id
        for s in rosters.load(room.db, room.here.id).students
        for g in guardians.active_of(room.db, s.id)
    }
    for person in sorted(bound - {room.who.person if room.actor else 0}):
        text = room.say_to(person).private("topics.poses_families", name=room.here.name)
        told += room.tell_person(person, text)
    return told
