"""Notices in groups where a teacher sends by hand what is prepared: nothing can be changed there any more.

What still waits for the tap gives way to what is right; what is out already is followed by it.
"""

from __future__ import annotations

from classroom.addresses import GroupAddress
from classroom.effects import RemovePost, Report
from handlers.room import Room
from storage import identity
from storage.tables import Notice

REPLACED = "notice.replaced"


def is_by_hand(to: GroupAddress, room: Room) -> bool:
    """True where a teacher sends what is posted."""
    return to.platform in room.instance.by_hand


def titles(room: Room) -> tuple[list[str], bool]:
    """What the class's groups are called that are posted to by hand, and whether there are no others."""
    groups = identity.groups_of(room.db, room.here.id)
    found = [group.title for group in groups if group.platform in room.instance.by_hand]
    return found, len(found) == len(groups)


def replace(row: Notice, to: GroupAddress, room: Room) -> RemovePost:
    """Take the old words back if they wait still; the new ones follow either way."""
    report = Report(failed=REPLACED, sent=REPLACED, data={"notice": row.id, "chat": to.chat})
    return RemovePost(to, row.handle or "", report)
