"""How plans of notices read in /schedule."""

from __future__ import annotations

from classroom.text import PrivateText
from handlers.aside import own
from handlers.room import Room
from handlers.schedule_lines import Planned
from storage import notices
from storage.tables import Notice, ScheduleRow

WORDS = 40


def sending(row: ScheduleRow, room: Room) -> PrivateText | None:
    """A notice that goes out later."""
    return _line("schedule.notice_send", row, room)


def reminding(row: ScheduleRow, room: Room) -> PrivateText | None:
    """The reminder to families that have not confirmed."""
    return _line("schedule.notice_nudge", row, room)


def _line(block: str, row: ScheduleRow, room: Room) -> PrivateText | None:
    found = _notice(row, room)
    if found is None:
        return None
    words = " ".join(found.text.split())
    cut = words if len(words) <= WORDS else words[: WORDS - 1] + "…"
    return own(room).private(block, number=found.number, words=cut)


def _notice(row: ScheduleRow, room: Room) -> Notice | None:
    return notices.get(room.db, row.args.get("notice"), room.here.id)


def _cancelled(row: ScheduleRow, room: Room) -> None:
    if found := _notice(row, room):
        found.state = notices.CANCELLED


def _restored(row: ScheduleRow, room: Room) -> None:
    if found := _notice(row, room):
        found.state = notices.SCHEDULED


LINES = {
    "notice.send": Planned(sending, cancelled=_cancelled, restored=_restored),
    "notice.nudge": Planned(reminding),
}
