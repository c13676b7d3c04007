"""/schedule: what will be sent when, and taking it back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from classroom.effects import Button, Effect
from classroom.folding import fold
from classroom.people import Role
from classroom.text import PrivateText
from handlers import notice_lines, poll_lines
from handlers.aside import aside, own
from handlers.feature import Command, Feature, Press, Who
from handlers.holiday import greeting, returning
from handlers.room import Room
from handlers.schedule_lines import Planned
from handlers.signup import lines as signup_lines
from handlers.slots import lines as slots_lines
from handlers.survey import lines as survey_lines
from storage import schedules
from storage.tables import ScheduleRow

feature = Feature("schedule")
LINES: dict[str, Planned] = {
    **notice_lines.LINES,
    **poll_lines.LINES,
    **signup_lines.LINES,
    **slots_lines.LINES,
    **survey_lines.LINES,
    **returning.LINES,
    **greeting.LINES,
}
CANCEL = re.compile(r"(?:cancel|取消|撤销|删除)\s*[#第]?\s*(?P<number>\d{1,6})?\s*[号#]?")
MOST_BUTTONS = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One plan as people read it."""

    number: int
    when: str
    line: PrivateText


@feature.command("schedule", "待发", "日程", who=Who.TEACHER | Who.COMMITTEE)
def schedule(command: Command, room: Room) -> Iterable[Effect]:
    """List what is planned; `cancel 3` takes the third back."""
    typed = fold(command.text).text.strip()
    asked = CANCEL.fullmatch(typed)
    if asked is None:
        return _listed(room, unread=bool(typed))
    number = int(asked["number"]) if asked["number"] else None
    row = next((r for r in _visible(room) if r.number == number), None)
    if row is None:
        return _listed(room, unknown=number)
    text, *keys = _cancelled(row, room)
    return aside(room, text, *keys)


def _visible(room: Room) -> list[ScheduleRow]:
    """What the actor may see, the next first; each with a number."""
    found = [r for r in schedules.of_classroom(room.db, room.here.id) if r.kind in LINES]
    mine = [r for r in found if _may(r, room) and LINES[r.kind].line(r, room) is not None]
    for row in mine:
        if row.number is None:
            row.number = schedules.next_number(room.db, room.here.id, "schedule")
    return mine


def _may(row: ScheduleRow, room: Room) -> bool:
    """A teacher sees all of the class's; one of the committee what is their own."""
    if row.classroom_id != room.here.id:
        return False
    return room.who.leads or (Role.COMMITTEE in room.who.roles and row.created_by == room.who.person)


def _listed(room: Room, *, unknown: int | None = None, unread: bool = False) -> list[Effect]:
    say, rows = own(room), _visible(room)
    entries: list[Entry] = []
    for row in rows:
        line = LINES[row.kind].line(row, room)
        if line is not None and row.number is not None:
            entries.append(Entry(row.number, say.when(row.due_at, room.zone, room.now), line))
    text = say.private(
        "schedule.listed", entries=entries, unknown=unknown, unread=unread, classroom=room.here.name
    )
    return aside(room, text, *_buttons(rows, room))


def _buttons(rows: list[ScheduleRow], room: Room) -> list[Button]:
    say, person = own(room), room.who.person
    offered = [row for row in rows if LINES[row.kind].cancellable][:MOST_BUTTONS]
    return [
        Button(
            say.label("schedule.cancel", number=row.number),
            "schedule.cancel",
            {"schedule": row.id},
            person=person,
            row=index // 3,
        )
        for index, row in enumerate(offered)
    ]


@feature.button("schedule.cancel")
def cancel(press: Press, room: Room) -> Iterable[Effect]:
    """Take one back; the list stays, so that the others can be seen."""
    row = _row(press, room)
    if row is None or row.state != schedules.WAITING:
        return [room.toast(press.callback, own(room).label("schedule.over"), alert=True)]
    text, *keys = _cancelled(row, room)
    return [room.tell(text, *keys)]


def _cancelled(row: ScheduleRow, room: Room) -> tuple[PrivateText, *tuple[Button, ...]]:
    """Cancel without asking, with a way back."""
    say, kind = own(room), LINES[row.kind]
    line = kind.line(row, room)
    if not kind.cancellable:
        return (say.private("schedule.not_here", line=line),)
    schedules.cancel(room.db, row.name)
    if kind.cancelled is not None:
        kind.cancelled(row, room)
    button = Button(
        say.label("common.undo"), "schedule.restore", {"schedule": row.id}, person=room.who.person
    )
    return say.private("schedule.cancelled", line=line, number=row.number), button


@feature.button("schedule.restore")
def restore(press: Press, room: Room) -> Iterable[Effect]:
    """It will be sent after all, if its time has not passed meanwhile."""
    row = _row(press, room)
    if row is None or row.due_at <= room.now or not schedules.take_up(room.db, row):
        return [room.edit(press.handle, own(room).private("schedule.too_late"))]
    again = LINES[row.kind].restored
    if again is not None:
        again(row, room)
    say = own(room)
    when = say.when(row.due_at, room.zone, room.now)
    return [
        room.edit(
            press.handle, say.private("schedule.restored", line=LINES[row.kind].line(row, room), when=when)
        )
    ]


def _row(press: Press, room: Room) -> ScheduleRow | None:
    wanted = press.args.get("schedule")
    row = schedules.get(room.db, wanted) if isinstance(wanted, int) else None
    return row if row is not None and row.kind in LINES and _may(row, room) else None
