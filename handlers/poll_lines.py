"""How plans of polls read in /schedule."""

from __future__ import annotations

from classroom.text import PrivateText
from handlers import poll
from handlers.aside import own
from handlers.poll_repeat import plan_of
from handlers.room import Room
from handlers.schedule_lines import Planned
from storage import polls
from storage.polls import OPEN
from storage.tables import Poll, ScheduleRow


def opening(row: ScheduleRow, room: Room) -> PrivateText | None:
    """A poll that opens later, with its repeat."""
    plan = plan_of(row)
    if plan is None:
        return None
    return own(room).private("poll.line_open", question=plan.question, repeat=poll.every_text(plan, room))


def closing(row: ScheduleRow, room: Room) -> PrivateText | None:
    """A poll's close, which only /close moves."""
    return _line("poll.line_close", _open(row, room), room)


def reminding(row: ScheduleRow, room: Room) -> PrivateText | None:
    """The reminder to those who have not voted."""
    found = _open(row, room)
    return None if found is None or found.nudged else _line("poll.line_nudge", found, room)


def result(row: ScheduleRow, room: Room) -> PrivateText | None:
    """A result that waits for the morning."""
    return _line("poll.line_result", _poll(row, room), room)


LINES = {
    "poll.open": Planned(opening),
    "poll.close": Planned(closing, cancellable=False),
    "poll.nudge": Planned(reminding),
    "poll.result": Planned(result, cancellable=False),
}


def _line(block: str, found: Poll | None, room: Room) -> PrivateText | None:
    if found is None:
        return None
    return own(room).private(block, number=found.number, question=found.question)


def _poll(row: ScheduleRow, room: Room) -> Poll | None:
    wanted = row.args.get("poll")
    return polls.get(room.db, wanted) if isinstance(wanted, int) else None


def _open(row: ScheduleRow, room: Room) -> Poll | None:
    found = _poll(row, room)
    return found if found is not None and found.state == OPEN else None
