"""Where a class is spoken to: in its groups, and alone with every family that reads none of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists
from sqlmodel import col, select

from classroom.addresses import FAMILIES, ChatKind
from classroom.events import Origin
from classroom.school_book import IN_GROUPS
from storage import identity
from storage.database import Records
from storage.tables import Account, Chat, Guardian, Member, StudentRow

_CORP = (*identity.ONE_DIRECTORY, identity.WEBHOOK)
_READ_BY: dict[str, tuple[str, ...]] = {**dict.fromkeys(_CORP, _CORP), IN_GROUPS: ()}
"""By the platform of a group: those whose people are in it, where an account alone tells that."""


def places_of(records: Records, classroom: int, now: datetime) -> list[Chat]:
    """The class's groups, and the one place that stands for all families whom none of them reaches.

    None at all where the only group was lost: that is to be mended, not gone round.
    """
    groups = identity.groups_of(records, classroom)
    if not (outside(records, classroom, groups) if groups else is_alone(records, classroom)):
        return groups
    return [*groups, identity.meet_chat(records, Origin(FAMILIES, str(classroom), ChatKind.GROUP), now)]


def is_alone(records: Records, classroom: int) -> bool:
    """True for a class that has never had a group: a lost one is to be mended, not gone round."""
    ever = select(Chat.id).where(Chat.classroom_id == classroom, Chat.kind == ChatKind.GROUP)
    return records.exec(ever.limit(1)).first() is None


def readers_of(records: Records, classroom: int) -> list[int]:
    """The persons who answer for a child of a class and are told in private what is for all, each once."""
    return outside(records, classroom, identity.groups_of(records, classroom))


def outside(records: Records, classroom: int, groups: Sequence[Chat]) -> list[int]:
    """The persons who answer for a child of a class and read none of these groups.

    Who has an account where a group is reads it; of a parents' group it is known who is in it.
    """
    read = {platform for group in groups for platform in _READ_BY.get(group.platform, (group.platform,))}
    known = [group.id for group in groups if group.platform == IN_GROUPS]
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
    theirs = exists().where(col(Account.person_id) == col(Guardian.person_id))
    if read:
        found = found.where(~theirs.where(col(Account.platform).in_(read)))
    if known:
        present = (col(Member.account_id) == col(Account.id)) & col(Member.present).is_(True)
        found = found.where(~theirs.where(present, col(Member.chat_id).in_(known)))
    return list(dict.fromkeys(records.exec(found).all()))
