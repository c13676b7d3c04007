"""How plans of sign-ups read in /schedule."""

from __future__ import annotations

from collections.abc import Callable

from classroom.text import PrivateText
from handlers.aside import own
from handlers.room import Room
from handlers.schedule_lines import Planned
from storage import signups
from storage.signups import CANCELLED
from storage.tables import ScheduleRow


def _line(block: str) -> Callable[[ScheduleRow, Room], PrivateText | None]:
    def line(row: ScheduleRow, room: Room) -> PrivateText | None:
        wanted = row.args.get("signup")
        signup = signups.get(room.db, wanted) if isinstance(wanted, int) else None
        if signup is None or signup.state == CANCELLED:
            return None
        return own(room).private(block, number=signup.number, title=signup.title)

    return line


def opening(row: ScheduleRow, room: Room) -> PrivateText | None:
    """One that goes to the group in the morning."""
    plan = row.args.get("plan")
    title = str(plan.get("title")) if isinstance(plan, dict) else ""
    return own(room).private("signup.line_open", title=title) if title else None


LINES = {
    "signup.open": Planned(opening),
    "signup.close": Planned(_line("signup.line_close"), cancellable=False),
    "signup.remind": Planned(_line("signup.line_remind")),
    "signup.result": Planned(_line("signup.line_result"), cancellable=False),
}
