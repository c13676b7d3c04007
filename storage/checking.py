"""What `homeroom doctor` looks at in a database: counts, states and rights, nobody's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select, text
from sqlmodel import col

from classroom.addresses import ChatKind, GroupAddress
from classroom.errors import DatabaseError
from storage import classrooms, identity
from storage.database import PROOF, Records
from storage.queue import EVENTS
from storage.sealing import KeyRing
from storage.tables import Chat, Classroom


@dataclass(frozen=True, slots=True)
class ClassState:
    """A class as whoever runs the server may call it, its zone, and whether anybody teaches it."""

    number: int
    called: str
    timezone: str
    has_teacher: bool


def damage(connection: Connection) -> str:
    """What SQLite finds wrong with its file; empty if nothing, or where a server looks after itself."""
    if connection.dialect.name != "sqlite":
        return ""
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    return "" if found == "ok" else str(found)


def key_opens(connection: Connection, secret: bytes) -> bool:
    """True if this key opens the proof that lies in the database; True too where there is none yet."""
    sealed = connection.execute(text("SELECT proof FROM instance")).scalar()
    if sealed is None:
        return True
    try:
        return KeyRing(secret).open(bytes(sealed), "instance.proof").decode() == PROOF
    except DatabaseError:
        return False


def failed_events(records: Records) -> int:
    """How many events no handler could handle; they are kept for a month."""
    failed = select(func.count()).where(EVENTS.c.state == "failed")
    return int(records.connection().execute(failed).scalar() or 0)


def classes(records: Records, today: date) -> list[ClassState]:
    """Every class that is served."""
    return [
        ClassState(c.id, _called(c), c.timezone, bool(classrooms.teachers(records, c.id, today)))
        for c in classrooms.everyone(records)
        if c.state == "active"
    ]


def groups(records: Records, platform: str) -> list[tuple[str, GroupAddress]]:
    """Every group of a platform in which the bot is, by what it may be called."""
    wanted = select(Chat).where(
        col(Chat.platform) == platform, col(Chat.kind) == ChatKind.GROUP, col(Chat.present).is_(True)
    )
    found = records.scalars(wanted.order_by(col(Chat.id))).all()
    return [(_of_class(records, chat), identity.group_address(chat)) for chat in found]


def groups_of_classes(records: Records, platform: str) -> list[GroupAddress]:
    """Every group of a platform that belongs to a class which is not over."""
    wanted = (
        select(Chat)
        .join(Classroom, col(Classroom.id) == col(Chat.classroom_id))
        .where(
            col(Chat.platform) == platform,
            col(Chat.kind) == ChatKind.GROUP,
            col(Chat.present).is_(True),
            col(Classroom.state) == "active",
        )
    )
    return [identity.group_address(chat) for chat in records.scalars(wanted.order_by(col(Chat.id))).all()]


def _of_class(records: Records, chat: Chat) -> str:
    found = classrooms.get(records, chat.classroom_id) if chat.classroom_id else None
    return f"group {chat.native} of {_called(found)}" if found else f"group {chat.native}, no class yet"


def _called(classroom: Classroom) -> str:
    return f"class {classroom.id} ({classroom.name})"
