"""How plans of surveys read in /schedule."""

from __future__ import annotations

from classroom.text import PrivateText
from handlers.aside import own
from handlers.room import Room
from handlers.schedule_lines import Planned
from storage import surveys
from storage.surveys import CLOSED, OPEN
from storage.tables import ScheduleRow


def opening(row: ScheduleRow, room: Room) -> PrivateText | None:
    """A survey that opens after the quiet hours."""
    plan = row.args.get("plan")
    if not isinstance(plan, dict):
        return None
    return own(room).private("survey.line_open", title=str(plan.get("title")))


def closing(row: ScheduleRow, room: Room) -> PrivateText | None:
    """The end of a survey."""
    return _line("survey.line_close", row, OPEN, room)


def reminding(row: ScheduleRow, room: Room) -> PrivateText | None:
    """The reminder to families that have not answered."""
    return _line("survey.line_nudge", row, OPEN, room)


def publishing(row: ScheduleRow, room: Room) -> PrivateText | None:
    """Shares that wait for the morning."""
    return _line("survey.line_publish", row, CLOSED, room)


LINES = {
    "survey.open": Planned(opening),
    "survey.close": Planned(closing, cancellable=False),
    "survey.nudge": Planned(reminding),
    "survey.publish": Planned(publishing),
}


def _line(block: str, row: ScheduleRow, state: str, room: Room) -> PrivateText | None:
    wanted = row.args.get("survey")
    found = surveys.get(room.db, wanted) if isinstance(wanted, int) else None
    if found is None or found.state != state:
        return None
    return own(room).private(block, number=found.number, title=found.title)
