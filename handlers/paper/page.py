"""A notice on the family's own page: read by whoever has the paper, confirmed by one press."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Effect
from classroom.events import PagePressed
from classroom.pages import Page
from handlers import receipts
from handlers.feature import Feature
from handlers.room import Room
from storage import family_links, guardians, notices
from storage.tables import FamilyLink, Notice

feature = Feature("family_page")
ON_PAPER = "paper"
"""How a receipt came that was scanned from a slip."""


@feature.page(family_links.NOTICE)
def show(door: FamilyLink, room: Room) -> Page:
    """The notice as it is now, with the button; once the notice is over, neither its words nor a name."""
    say, name = room.say_class, guardians.student_name(room.db, door.student_id)
    row = notices.get(room.db, door.about, room.here.id)
    head = say.private("family_page.head", classroom=room.here.name)
    if row is None or not asks(row, door, room):
        withdrawn = row is None or row.state == notices.WITHDRAWN
        note = say.private("family_page.over", withdrawn=withdrawn)
        return Page(say.language, head, say.private("family_page.thank_you"), note)
    author = guardians.display_name(room.db, row.by_person) if row.by_person else ""
    title = say.private("family_page.title", name=name)
    words = say.private("family_page.words", words=row.text, by=author)
    if door.student_id in notices.confirmed(room.db, row):
        note = say.private("family_page.confirmed", number=row.number)
        return Page(say.language, head, title, note, words, done=True)
    return Page(
        say.language,
        head,
        title,
        say.private("family_page.please", number=row.number, corrected=row.version > 1),
        words,
        say.label("family_page.got_it"),
        once=f"{row.id}/{row.version}",
        args={"version": row.version},
    )


def asks(row: Notice, door: FamilyLink, room: Room) -> bool:
    """True as long as the notice stands, and is for this family."""
    return receipts.is_open(row, room) and door.student_id in notices.families(room.db, row)


@feature.page_press(family_links.NOTICE)
def confirm(event: PagePressed, room: Room) -> Iterable[Effect]:
    """The press counts as the family's receipt, if it was this text that was read."""
    door = family_links.get(room.db, event.link)
    row = notices.get(room.db, door.about, room.here.id) if door is not None else None
    if door is None or row is None or not asks(row, door, room):
        return []
    if event.args.get("version") != row.version:
        return []
    door.used_at = door.used_at or room.now
    new = notices.confirm(room.db, row, [door.student_id], None, ON_PAPER, room.now)
    return receipts.counted(row, new, room) if new else []
