"""How plans of appointments read in /schedule."""

from __future__ import annotations

from classroom.text import PrivateText
from handlers.aside import own
from handlers.room import Room
from handlers.schedule_lines import Planned
from storage import slots
from storage.slots import OPEN
from storage.tables import ScheduleRow


def opening(row: ScheduleRow, room: Room) -> PrivateText | None:
    """Times that are offered after the quiet hours."""
    plan = row.args.get("plan")
    if not isinstance(plan, dict):
        return None
    return own(room).private("slots.line_open", title=str(plan.get("title")))


def closing(row: ScheduleRow, room: Room) -> PrivateText | None:
    """The end of choosing."""
    return _line("slots.line_close", row, room)


def reminding(row: ScheduleRow, room: Room) -> PrivateText | None:
    """The reminder to families without a time."""
    return _line("slots.line_nudge", row, room)


LINES = {
    "slots.open": Planned(opening),
    "slots.close": Planned(closing, cancellable=False),
    "slots.nudge": Planned(reminding),
}


def _line(block: str, row: ScheduleRow, room: Room) -> PrivateText | None:
    wanted = row.args.get("meeting")
    found = slots.get(room.db, wanted) if isinstance(wanted, int) else None
    if found is None or found.state != OPEN:
        return None
    return own(room).private(block, number=found.number, title=found.title)
