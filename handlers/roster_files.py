"""A spreadsheet that a teacher sends in private is an import of the roster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from classroom.effects import Ask, Button, Effect, Question
from classroom.events import Answered, Attachment, Message
from classroom.people import TEACHERS, Role
from classroom.roster_rows import LIMITS, MAX_FILE_BYTES, RefusalReason, RefusedRow, RosterSheet, SheetCode
from classroom.text import PrivateText
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.notice_post import recounted
from handlers.room import Room
from handlers.start import enter
from storage import identity, roster_imports
from storage.tables import Classroom
from templates.render import Say

ENDINGS = (".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt", ".ods", ".zip")
MIMES = ("spreadsheet", "csv", "ms-excel", "application/zip")
_MEGABYTE = 1024 * 1024


def attach(feature: Feature) -> None:
    """Declare what this part listens to."""
    feature.watch(look)
    feature.button("roster.into")(into)
    feature.answer("roster.sheet")(answered)


def look(message: Message, room: Room) -> Iterable[Effect] | None:
    """Take a file that looks like a roster, from a teacher, in private; everything else is not ours."""
    if room.group is not None or room.actor is None or message.edited:
        return None
    files = [a for a in message.attachments if _is_sheet(a)]
    classes = _taught(room) if files else []
    if not classes:
        return None
    if any((file.size or 0) > MAX_FILE_BYTES for file in files):
        return [room.tell(whole_file(own(room), SheetCode.TOO_LARGE.value))]
    if len(classes) > 1:
        return [room.tell(own(room).private("roster_file.which_class"), *_choices(room, classes, files))]
    return _asks(room, classes[0], files) if enter(room, classes[0].id) else None


def _is_sheet(file: Attachment) -> bool:
    name, mime = (file.filename or "").casefold(), (file.mime or "").casefold()
    return file.kind == "document" and (name.endswith(ENDINGS) or any(part in mime for part in MIMES))


def _taught(room: Room) -> list[Classroom]:
    """The classes in which the sender is the teacher: the one at hand, else all."""
    if room.classroom is not None and room.who.leads:
        return [room.classroom]
    today, person = room.today.date(), room.who.person
    return [
        c
        for c in identity.classrooms_of(room.db, person)
        if any(Role(r.role) in TEACHERS for r in identity.roles_of(room.db, person, c.id, today))
    ]


def _asks(room: Room, classroom: Classroom, files: Iterable[Attachment]) -> list[Effect]:
    return [_ask(room, classroom.id, file.ref, file.filename or "") for file in files]


def _ask(room: Room, classroom: int, ref: str, filename: str) -> Ask:
    place = room.private
    assert place is not None
    return Ask(
        place,
        Question.ROSTER_FILE,
        ref,
        "roster.sheet",
        data={"classroom": classroom},
        filename=filename,
        asked_by=room.who.account,
    )


def _choices(room: Room, classes: Sequence[Classroom], files: Sequence[Attachment]) -> list[Button]:
    say = own(room)
    return [
        Button(
            say.label("common.classroom", name=c.name[:20]),
            "roster.into",
            {"classroom": c.id, "files": [[f.ref, f.filename or ""] for f in files]},
            person=room.who.person,
        )
        for c in classes
    ]


def into(press: Press, room: Room) -> Iterable[Effect]:
    """The class was chosen: read the files."""
    classroom, files = press.args.get("classroom"), press.args.get("files")
    if not isinstance(classroom, int) or not isinstance(files, list):
        return []
    if not enter(room, classroom) or not room.who.leads:
        return [room.edit(press.handle, own(room).private("roster_file.not_yours"))]
    named = [(str(f[0]), str(f[1])) for f in files if isinstance(f, list)]
    text = own(room).private("roster_file.reading", classroom=room.here.name)
    return [room.edit(press.handle, text), *(_ask(room, classroom, *pair) for pair in named)]


def answered(event: Answered, room: Room) -> Iterable[Effect]:
    """The file was read, or could not be: take the good lines, and say of each other one why not."""
    classroom = event.data.get("classroom")
    if room.actor is None or not isinstance(classroom, int):
        return []
    if not enter(room, classroom) or not room.who.leads:
        return [room.tell(own(room).private("roster_file.not_yours"))]
    if event.answer is None:
        return [room.tell(whole_file(own(room), event.failure or ""))]
    return [room.tell(imported(RosterSheet.from_json(event.answer), room)), *recounted(room)]


def imported(sheet: RosterSheet, room: Room) -> PrivateText:
    """Take a sheet into the roster; gives what is to be said about it."""
    say = own(room)
    taken = roster_imports.take(room.db, room.here.id, sheet.rows, room.now)
    room.forget_roster()
    refused = sorted({*sheet.refused, *taken.refused}, key=lambda row: row.line)
    return say.private(
        "roster_file.done",
        classroom=room.here.name,
        added=len(taken.added),
        updated=len(taken.updated),
        unchanged=len(taken.unchanged),
        refused=[say.private("roster_file.line", line=r.line, reason=reason(say, r)) for r in refused],
    )


def whole_file(say: Say, failure: str) -> PrivateText:
    """Why nothing of a file could be taken, and what to do instead."""
    if failure not in {code.value for code in SheetCode}:
        return say.private("roster_file.unreadable")
    limit = LIMITS.get(SheetCode(failure))
    in_megabytes = failure in (SheetCode.TOO_LARGE, SheetCode.UNPACKED_TOO_LARGE)
    shown = limit // _MEGABYTE if limit and in_megabytes else limit
    return say.private(f"roster_file.{failure}", limit=shown)


def reason(say: Say, row: RefusedRow) -> PrivateText:
    """Why one line or name was not taken."""
    return say.private(f"roster_file.row_{RefusalReason(row.reason).value}", value=row.value)
