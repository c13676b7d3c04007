"""Reading at once what the messages of a batch will need: who wrote, where, and what they are there.

Only what the database knows already is foreseen; whoever or whatever is new takes the way of single steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlmodel
from sqlalchemy import bindparam, select

from classroom.addresses import ChatKind
from classroom.events import Message, Origin, Sender, SenderKind
from classroom.people import Role
from storage import hearing, removals
from storage.database import Records
from storage.identity import SEEN_EVERY
from storage.memory import Face, Place, Standing
from storage.tables import Account, Classroom

TABLES = Account.metadata.tables
CHATS, ACCOUNTS, PEOPLE = TABLES["chats"], TABLES["accounts"], TABLES["people"]
MEMBERS, ROLES, GUARDIANS, STUDENTS = (
    TABLES["members"],
    TABLES["roles"],
    TABLES["guardians"],
    TABLES["students"],
)
HEARD_FOR = timedelta(minutes=10)
CUT_FOR = timedelta(seconds=30)
_PLACES = select(CHATS.c.native, CHATS.c.id, CHATS.c.classroom_id, CHATS.c.title, CHATS.c.thread).where(
    CHATS.c.platform == bindparam("platform"),
    CHATS.c.native.in_(bindparam("natives", expanding=True)),
    CHATS.c.kind == ChatKind.GROUP.value,
)
_CLASSROOMS = sqlmodel.select(Classroom).where(
    sqlmodel.col(Classroom.id).in_(bindparam("ids", expanding=True))
)
_FACES = (
    select(
        ACCOUNTS.c.native,
        ACCOUNTS.c.id,
        ACCOUNTS.c.person_id,
        ACCOUNTS.c.chat_id,
        ACCOUNTS.c.name,
        ACCOUNTS.c.username,
        ACCOUNTS.c.language,
        PEOPLE.c.language,
        ACCOUNTS.c.kind,
        CHATS.c.door,
    )
    .join(PEOPLE, PEOPLE.c.id == ACCOUNTS.c.person_id)
    .join(CHATS, CHATS.c.id == ACCOUNTS.c.chat_id)
    .where(
        ACCOUNTS.c.platform == bindparam("platform"),
        ACCOUNTS.c.native.in_(bindparam("natives", expanding=True)),
    )
)
_MEMBERS = select(MEMBERS.c.chat_id, MEMBERS.c.account_id, MEMBERS.c.seen_at).where(
    MEMBERS.c.account_id.in_(bindparam("accounts", expanding=True)), MEMBERS.c.present
)
_ROLES = select(ROLES.c.classroom_id, ROLES.c.person_id, ROLES.c.role, ROLES.c.until, ROLES.c.head).where(
    ROLES.c.person_id.in_(bindparam("people", expanding=True)), ROLES.c.ended_at.is_(None)
)
_CHILDREN = (
    select(GUARDIANS.c.classroom_id, GUARDIANS.c.person_id, GUARDIANS.c.student_id)
    .join(STUDENTS, STUDENTS.c.id == GUARDIANS.c.student_id)
    .where(
        GUARDIANS.c.person_id.in_(bindparam("people", expanding=True)),
        GUARDIANS.c.state == "active",
        STUDENTS.c.removed_at.is_(None),
    )
    .order_by(GUARDIANS.c.id)
)


def foresee(records: Records, messages: Sequence[Message]) -> None:
    """Read what these messages of groups will need."""
    if not messages:
        return
    pairs: dict[tuple[int, int], tuple[Place, Face]] = {}
    for platform in {m.origin.platform for m in messages}:
        theirs = [m for m in messages if m.origin.platform == platform]
        places = _places(records, platform, list({m.origin.native for m in theirs}))
        faces = _faces(records, platform, list({m.sender.native for m in theirs}))
        for message in theirs:
            place, face = places.get(message.origin.native), faces.get(message.sender.native)
            if place is not None and face is not None:
                pairs[place.chat, face.account] = (place, face)
    if not pairs:
        return
    _members(records, list(pairs))
    classes = {(p.classroom.id, f.person) for p, f in pairs.values() if p.classroom is not None}
    _standings(records, list(classes))
    first = min(m.at for m in messages)
    hearing.foresee(records, list(pairs), first - HEARD_FOR)
    removals.foresee(records, list({chat for chat, _ in pairs}), first - CUT_FOR)


def recall(records: Records, origin: Origin, sender: Sender) -> tuple[Place, Face, Standing] | None:
    """What was foreseen about somebody who writes in a group; None where anything is missing or new."""
    memory = records.recall()
    place = memory.places.get((origin.platform, origin.native))
    face = memory.faces.get((origin.platform, sender.native))
    if place is None or face is None or sender.kind is not SenderKind.PERSON:
        return None
    renamed = (sender.name and sender.name != face.name) or sender.username != face.username
    if renamed or (sender.language and sender.language != face.language):
        return None
    if (origin.title and origin.title != place.title) or memory.members.get(
        (place.chat, face.account)
    ) is None:
        return None
    if place.classroom is None:
        return place, face, Standing()
    standing = memory.standings.get((place.classroom.id, face.person))
    return None if standing is None else (place, face, standing)


def saw(records: Records, place: Place, face: Face, now: datetime) -> None:
    """Note that somebody was seen in a group, if the last time is some while ago."""
    one = (place.chat, face.account)
    seen = records.memory.members.get(one)
    if seen is not None and now - seen > SEEN_EVERY:
        records.memory.members.put(one, now)
        records.memory.sightings[one] = now


def _places(records: Records, platform: str, natives: Sequence[str]) -> dict[str, Place]:
    rows = records.connection().execute(_PLACES, {"platform": platform, "natives": natives}).all()
    rooms = _classrooms(records, list({row[2] for row in rows if row[2] is not None}))
    places: dict[str, Place] = {}
    for native, chat, classroom, title, thread in rows:
        places[native] = Place(chat, rooms.get(classroom), title, thread)
        records.memory.places.put((platform, native), places[native])
    return places


def _classrooms(records: Records, ids: Sequence[int]) -> dict[int, Classroom]:
    if not ids:
        return {}
    return {row.id: row for row in records.exec(_CLASSROOMS, params={"ids": ids})}


def _faces(records: Records, platform: str, natives: Sequence[str]) -> dict[str, Face]:
    found = records.connection().execute(_FACES, {"platform": platform, "natives": natives})
    faces: dict[str, Face] = {}
    for native, account, person, chat, name, username, language, wish, kind, door in found:
        known = kind == SenderKind.PERSON.value
        face = Face(account, person, chat, name, username, language, wish, known)
        faces[native] = face
        records.memory.faces.put((platform, native), face)
        records.memory.doors.put(chat, door)
    return faces


def _members(records: Records, pairs: Sequence[tuple[int, int]]) -> None:
    found = records.connection().execute(_MEMBERS, {"accounts": [account for _, account in pairs]})
    for chat, account, seen in found:
        records.memory.members.put((chat, account), seen)


def _standings(records: Records, classes: Sequence[tuple[int, int]]) -> None:
    """What each (classroom, person) is."""
    people = [person for _, person in classes]
    run = records.connection().execute
    held = {one: Standing() for one in classes}
    for classroom, person, role, until, head in run(_ROLES, {"people": people}):
        one = held.get((classroom, person))
        if one is not None:
            held[classroom, person] = Standing((*one.roles, (Role(role), until, head)), one.children)
    for classroom, person, student in run(_CHILDREN, {"people": people}):
        one = held.get((classroom, person))
        if one is not None:
            held[classroom, person] = Standing(one.roles, (*one.children, student))
    for key, standing in held.items():
        records.memory.standings.put(key, standing)
