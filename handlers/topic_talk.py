"""Runs of messages: a gentle pointer where it becomes chit-chat, 冷静一下 where it becomes a quarrel."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from classroom.effects import Button, Effect, Post, Restrict
from classroom.events import Json, Message, Right
from classroom.people import Role
from classroom.rules.topics import Mode, Talk, Turn, is_chat, quarrellers, talk_of
from classroom.rules.topics.talk import CHAT_ENOUGH, CHAT_SHARE, CHAT_WINDOW
from handlers import topic_reports
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.room import Room
from handlers.rule_book import able
from storage import identity, turns, violations
from storage.tables import Chat

POINT_EVERY, TELL_EVERY = timedelta(hours=2), timedelta(minutes=30)
CALM_FOR = timedelta(minutes=10)
CHAT = "chat"
"""The rule under which a pointer is noted; nobody's violation."""


def attach(feature: Feature) -> None:
    """Declare the button of this part."""
    feature.button("topics.calm")(calm)


def look(message: Message, mode: Mode, room: Room) -> list[Effect]:
    """Note what a message adds to the talk; most add nothing, and cost nothing."""
    if room.actor is None or room.group is None or message.edited or message.attachments:
        return []
    talk = talk_of(message.text)
    if talk not in (Talk.SMALL, Talk.HEATED):
        return []
    turns.note(room.db, room.group.chat, room.who.account, message.ref, talk.value, message.at)
    if talk is Talk.HEATED:
        return quarrel(message, room)
    return _chat(message, room) if mode in (Mode.REMIND, Mode.DELETE) else []


def _turns(room: Room, since: datetime) -> list[Turn]:
    found = turns.lately(room.db, room.group.chat if room.group else 0, since)
    return [Turn(at, native, Talk(word)) for at, native, word in found]


def _quiet_since(rule: str, wait: timedelta, room: Room) -> bool:
    """True if nothing was said about this in the group for a while."""
    chat = room.group.chat if room.group else 0
    rows = violations.of_class(room.db, room.here.id, room.now - wait)
    return not any(row.rule == rule and row.chat_id == chat for row in rows)


def _chat(message: Message, room: Room) -> list[Effect]:
    """Five messages beside the point in ten minutes: one pointer in the group, which names nobody."""
    since = message.at - CHAT_WINDOW
    small = [t for t in _turns(room, since) if t.talk is Talk.SMALL]
    if len(small) < CHAT_ENOUGH * CHAT_SHARE:
        return []
    others = turns.said(room.db, room.group.chat if room.group else 0, since, message.at) - len(small)
    run = [*small, *(Turn(message.at, "", Talk.SCHOOL) for _ in range(max(0, others)))]
    if not is_chat(run, message.at) or not _quiet_since(CHAT, POINT_EVERY, room):
        return []
    chat = room.group.chat if room.group else 0
    violations.record(room.db, room.here.id, chat, CHAT, violations.NUDGED, room.now)
    return [room.post(room.say_class.group("topics.chat"))]


def quarrel(message: Message, room: Room) -> list[Effect]:
    """Some grow heated: the teachers are told in private, with a way to let everybody cool down."""
    turned = _turns(room, message.at - CHAT_WINDOW)
    who = quarrellers(turned, message.at)
    if not who or room.group is None or not _quiet_since(topic_reports.QUARREL, TELL_EVERY, room):
        return []
    members: list[Json] = [*who]
    data: dict[str, Json] = {"members": members}
    noted = violations.record(
        room.db,
        room.here.id,
        room.group.chat,
        topic_reports.QUARREL,
        violations.REPORTED,
        room.now,
        data=data,
    )
    told: list[Effect] = []
    for person in room.teachers():
        say = room.say_to(person)
        button = Button(
            say.label("topics.calm"),
            "topics.calm",
            {"violation": noted.id},
            person=person,
            hours=2,
            once=True,
        )
        text = say.private(
            "topics.quarrel",
            name=room.here.name,
            people=[_name(room, native) for native in who],
            mutes=able(room, room.platform, Right.RESTRICT),
        )
        told += room.tell_person(person, text, button, park=True)  # it burns now: also outside the hours
    return told


def _name(room: Room, native: str) -> str:
    account = identity.find_account(room.db, room.platform, native)
    return account.name if account else ""


def calm(press: Press, room: Room) -> Iterable[Effect]:
    """Those who quarrel rest for ten minutes, the group reads a neutral line, the rest is private."""
    noted = press.args.get("violation")
    row = violations.get(room.db, noted) if isinstance(noted, int) else None
    chat = room.db.get(Chat, row.chat_id) if row is not None else None
    if row is None or chat is None or row.classroom_id != room.here.id or not room.who.leads:
        return [room.toast(press.callback, own(room).label("toast.gone"))]
    group = identity.group_address(chat)
    effects: list[Effect] = [Post(group, room.say_class.group("topics.calm"))]
    members = row.data.get("members")
    for native in members if isinstance(members, list) else []:
        account = identity.find_account(room.db, chat.platform, str(native))
        if account is None or _spared(room, account.person_id):
            continue
        until = room.now + CALM_FOR
        effects.append(Restrict(group, account.native, muted=True, until=until))
        text = room.say_to(account.person_id).private("topics.calm_you", name=room.here.name)
        effects += room.tell_person(account.person_id, text)
    row.data = {**row.data, "settled": "calmed"}
    return [room.toast(press.callback, own(room).label("topics.calmed")), *effects]


def _spared(room: Room, person: int) -> bool:
    """Teachers are not muted, nor is the committee."""
    held = identity.roles_of(room.db, person, room.here.id, room.today.date())
    return any(Role(r.role) in set(Role) for r in held)
