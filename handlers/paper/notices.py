"""A notice on paper: a slip for each family that has not confirmed it, with a code that does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from classroom.drawings import NoticeSlips, PrivateDrawing, QrCode, Slip
from classroom.effects import Effect
from handlers import notice_words
from handlers.aside import aside, own
from handlers.room import Room
from storage import family_links, guardians, notices
from storage.tables import Notice
from templates.render import Say

PATH = "/f/"
"""Where the families' page is, under the server's public address."""

STANDS = timedelta(days=7)


@notice_words.word(notice_words.PRINT, "打印", "打印纸条")
def print_slips(row: Notice | None, room: Room) -> Iterable[Effect]:
    """Give the teacher the slips of a notice as a file, in private."""
    say = own(room)
    if row is None:
        return aside(room, say.private("paper.no_such_notice"))
    if row.state != notices.OPEN:
        return aside(room, say.private("paper.notice_over", number=row.number))
    students = _without_receipt(row, room)
    if not students:
        return aside(room, say.private("paper.all_reached", number=row.number, receipts=row.receipts))
    coded = row.receipts and bool(room.instance.defaults.public_url)
    codes = _codes(row, students, room) if coded else {}
    text = say.private(
        "paper.notice_printed",
        number=row.number,
        count=len(students),
        coded=coded,
        receipts=row.receipts,
        files=len(row.files),
    )
    name = say.label("paper.notice_file", number=row.number).text
    sheet = PrivateDrawing(_sheet(row, students, codes, room), name, room.say_class.language)
    return aside(room, text, files=(sheet,))


def _without_receipt(row: Notice, room: Room) -> dict[int, str]:
    """The children whose families are still missing; of a notice without receipts, those nobody reads for."""
    meant = notices.missing(room.db, row) if row.receipts else notices.families(room.db, row)
    reached = guardians.reached_students(room.db, room.here.id) if not row.receipts else set()
    names = {s.id: s.name for s in room.roster.students}
    return {s: names[s] for s in meant if s in names and s not in reached}


def _codes(row: Notice, students: Iterable[int], room: Room) -> dict[int, QrCode]:
    made = family_links.make(
        room.db,
        room.instance.digest,
        family_links.NOTICE,
        row.id,
        students,
        room.now,
        classroom=room.here.id,
        expires_at=row.ends_at or room.now + STANDS,
    )
    base = room.instance.defaults.public_url + PATH
    return {student: QrCode(base + token) for student, token in made.items()}


def _sheet(row: Notice, students: dict[int, str], codes: dict[int, QrCode], room: Room) -> NoticeSlips:
    """In the class's language, since it is for families."""
    say = room.say_class
    author = guardians.display_name(room.db, row.by_person) if row.by_person else ""
    return NoticeSlips(
        head=say.private("paper.head", classroom=room.here.name),
        title=say.private("paper.notice_title", number=row.number, day=_day(row, room, say)),
        words=say.private("paper.words", words=row.text),
        signed=say.private("paper.signed", by=author),
        scan=say.private("paper.scan"),
        reply=say.private("paper.reply", number=row.number),
        sign_here=say.private("paper.sign_here"),
        slips=tuple(
            Slip(
                say.private("paper.to", name=name),
                say.private("paper.words", words=name),
                codes.get(student),
            )
            for student, name in students.items()
        ),
    )


def _day(row: Notice, room: Room, say: Say) -> str:
    return say.day(row.sent_at or room.now, room.zone, room.now - timedelta(days=10))
