"""Where a class is spoken to: in its groups, or, where it has never had one, in every family's conversation."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from classroom.addresses import FAMILIES, ChatKind
from classroom.events import Origin
from storage import identity
from storage.database import Records
from storage.tables import Chat, Guardian, StudentRow


def places_of(records: Records, classroom: int, now: datetime) -> list[Chat]:
    """The class's groups; without any, the one place that stands for all families; none where one was lost."""
    groups = identity.groups_of(records, classroom)
    if groups or not is_alone(records, classroom):
        return groups
    return [identity.meet_chat(records, Origin(FAMILIES, str(classroom), ChatKind.GROUP), now)]


def is_alone(records: Records, classroom: int) -> bool:
    """True for a class that has never had a group: a lost one is to be mended, not gone round."""
    ever = select(Chat.id).where(Chat.classroom_id == classroom, Chat.kind == ChatKind.GROUP)
    return records.exec(ever.limit(1)).first() is None


def readers_of(records: Records, classroom: int) -> list[int]:
    """The persons who answer for a child of a class, each once."""
    found = (
        select(Guardian.person_id)
        .join(StudentRow, col(StudentRow.id) == col(Guardian.student_id))
        .where(
            Guardian.classroom_id == classroom,
            Guardian.state == "active",
            col(StudentRow.removed_at).is_(None),
        )
        .order_by(col(Guardian.id))
    )
    return list(dict.fromkeys(records.exec(found).all()))
