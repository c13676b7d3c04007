"""The class's roster: who is on it, whose family can be reached, adding, removing, files in and out."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable

from classroom.effects import Button, Effect, Enclosed
from classroom.roster_rows import RefusedRow
from classroom.roster_typed import MOST_NAMES, read_names
from classroom.text import PrivateText
from handlers import roster_files, roster_removal
from handlers.aside import aside, own
from handlers.feature import Command, Feature, Who
from handlers.links import class_link, student_links
from handlers.notice_post import recounted
from handlers.room import Room
from handlers.school import asking
from storage import guardians, roster_imports, rosters
from storage.tables import StudentRow

feature = Feature("roster")
roster_removal.attach(feature)
roster_files.attach(feature)

MOST_LINKS_IN_TEXT = 60
_NOT_IN_FILENAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@feature.command("roster", "名册", "名单", who=Who.TEACHER)
def roster(command: Command, room: Room) -> Iterable[Effect]:
    """Show the coverage, or do what the word behind the command says."""
    word, rest = _subcommand(command.text)
    if word is None:
        return usage(room) if rest else coverage(room)
    return word(rest, room)


def _subcommand(text: str) -> tuple[Callable[[str, Room], list[Effect]] | None, str]:
    """The first word, English or Chinese; Chinese needs no blank behind it."""
    for spelling, run in SUBCOMMANDS.items():
        if text[: len(spelling)].casefold() != spelling:
            continue
        rest = text[len(spelling) :]
        if not spelling.isascii() or not rest or not (rest[0].isascii() and rest[0].isalnum()):
            return run, rest.lstrip(" \t\n:：,，、").strip()
    return None, text


def usage(room: Room) -> list[Effect]:
    """Say what stands behind /roster."""
    return aside(room, own(room).private("roster.usage", tables=room.takes_tables))


# --- who can be reached --------------------------------------------------------------------------


def coverage(room: Room) -> list[Effect]:
    """How many families can be reached, who cannot, and by which link they come in."""
    say = own(room)
    rows = rosters.rows_of(room.db, room.here.id)
    if not rows:
        return aside(room, say.private("roster.empty", classroom=room.here.name, tables=room.takes_tables))
    reached = guardians.reached_students(room.db, room.here.id)
    waiting = len(guardians.pending_in(room.db, room.here.id))
    text = say.private(
        "roster.coverage",
        classroom=room.here.name,
        total=len(rows),
        reached=sum(row.id in reached for row in rows),
        missing=[shown(row, rows) for row in rows if row.id not in reached],
        link=class_link(room),
        waiting=waiting,
    )
    return aside(room, text, *_coverage_buttons(room, waiting))


def _coverage_buttons(room: Room, waiting: int) -> list[Button]:
    say, me = own(room), room.who.person
    buttons = [Button(say.label("roster.see_requests", count=waiting), "bind.requests", person=me)]
    return [
        *(buttons if waiting else []),
        Button(say.label("roster.export"), "roster.export", person=me, row=1),
        Button(say.label("roster.links"), "roster.links", person=me, row=1),
    ]


def shown(row: StudentRow, among: Iterable[StudentRow]) -> str:
    """A child's name as a teacher tells it apart: with the number where two share it."""
    shared = row.number and sum(other.name == row.name for other in among) > 1
    return f"{row.name} {row.number}" if shared else row.name


# --- adding --------------------------------------------------------------------------------------


def add(text: str, room: Room) -> list[Effect]:
    """Put typed names on the roster."""
    say = own(room)
    typed = read_names(text)
    if typed.too_many:
        return aside(room, say.private("roster.too_many", most=MOST_NAMES, tables=room.takes_tables))
    if not typed.rows and not typed.refused:
        return aside(room, say.private("roster.add_whom"))
    taken = roster_imports.take(room.db, room.here.id, typed.rows, room.now)
    room.forget_roster()
    text_ = say.private(
        "roster.added",
        added=[shown(row, taken.added) for row in taken.added],
        updated=[f"{row.name} {row.number}" for row in taken.updated],
        unchanged=[row.name for row in taken.unchanged],
        refused=refused_names(room, (*typed.refused, *taken.refused)),
    )
    return [*aside(room, text_), *(recounted(room) if taken.added else [])]


def refused_names(room: Room, refused: Iterable[RefusedRow]) -> list[PrivateText]:
    """Why each name was not taken, and what to do."""
    say = own(room)
    return [say.private("roster_file.name", reason=roster_files.reason(say, row)) for row in refused]


# --- out -----------------------------------------------------------------------------------------


def export(_: str, room: Room) -> list[Effect]:
    """Send the roster as a file."""
    from classroom.sheets.rosters import write_roster  # noqa: PLC0415 - what writes tables is seldom needed

    say = own(room)
    rows = rosters.export_rows(room.db, room.here.id, say.language)
    if not rows:
        return aside(room, say.private("roster.empty", classroom=room.here.name, tables=room.takes_tables))
    file = _enclosed(
        say.label("roster.file_name", name=room.here.name).text, write_roster(rows, say.language)
    )
    return aside(room, say.private("roster.exported", lines=len(rows)), files=(file,))


def links(_: str, room: Room) -> list[Effect]:
    """Send each child's own link: as a file, and as text while that can still be read."""
    from classroom.sheets.rosters import write_table  # noqa: PLC0415 - what writes tables is seldom needed

    say = own(room)
    rows = rosters.rows_of(room.db, room.here.id)
    if not rows:
        return aside(room, say.private("roster.empty", classroom=room.here.name, tables=room.takes_tables))
    made = student_links(room, [row.id for row in rows])
    lines = [(row.name, row.number or "", made[row.id]) for row in rows]
    header = tuple(say.label(f"roster.column_{word}").text for word in ("name", "number", "link"))
    file = _enclosed(say.label("roster.links_name", name=room.here.name).text, write_table(header, lines))
    few = lines if len(lines) <= MOST_LINKS_IN_TEXT else []
    return aside(room, say.private("roster.student_links", lines=few), files=(file,))


def _enclosed(name: str, data: bytes) -> Enclosed:
    filename = f"{_NOT_IN_FILENAMES.sub('_', name)[:60]}.xlsx"
    return Enclosed("document", filename, data=base64.b64encode(data).decode())


@feature.button("roster.export")
def press_export(_: object, room: Room) -> Iterable[Effect]:
    """The file, from the button under the coverage."""
    return export("", room) if room.who.leads else usage(room)


@feature.button("roster.links")
def press_links(_: object, room: Room) -> Iterable[Effect]:
    """The links, from the button under the coverage."""
    return links("", room) if room.who.leads else usage(room)


def _import(_: str, room: Room) -> list[Effect]:
    return aside(room, own(room).private("roster_file.how"))


SUBCOMMANDS: dict[str, Callable[[str, Room], list[Effect]]] = {
    "添加": add,
    "增加": add,
    "加": add,
    "add": add,
    "删除": roster_removal.ask,
    "移除": roster_removal.ask,
    "remove": roster_removal.ask,
    "delete": roster_removal.ask,
    "导出": export,
    "export": export,
    "学校": asking.begin,
    "通讯录": asking.begin,
    "school": asking.begin,
    "导入": _import,
    "import": _import,
    "链接": links,
    "links": links,
}
