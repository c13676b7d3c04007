"""What came of a look into the address book, for the teacher to review; who is not there may be unlinked."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Button, Effect, Tell
from classroom.school_book import SchoolBook
from handlers import bind_news
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.room import Room
from storage import guardians, identity
from storage.school import HOW, Taken
from storage.tables import Guardian

MOST_BUTTONS = 8


def attach(feature: Feature) -> None:
    """Declare the button of this part."""
    feature.button("school.unlink")(unlink)


def told(room: Room, book: SchoolBook, found: Taken, reader: int) -> list[Effect]:
    """Tell a teacher: at once where that one asked for it, else outside of their quiet hours."""
    say = room.say_to(reader)
    text = say.private(
        "school.taken",
        classroom=room.here.name,
        title=book.title,
        added=len(found.added),
        updated=len(found.updated),
        unchanged=found.unchanged,
        bound=len(found.bound),
        silent=[row.name for row in found.silent],
        gone=[guardians.label_of(room.db, linked, say.language) for linked in found.gone],
        left=[row.name for row in found.left],
        kept_off=found.kept_off,
        shared=sorted(set(found.shared)),
        in_scope=book.in_scope,
        withdrew=sorted(set(found.withdrew)),
        odd=sorted(set(found.odd)),
    )
    buttons = [_unlink_button(room, linked, reader) for linked in found.gone[:MOST_BUTTONS]]
    to = identity.private_address(room.db, reader)
    if to is None:
        return []
    asked = room.actor is not None and room.actor.person == reader
    quiet = None if asked else room.hours_of(reader)
    return [Tell(to, text, tuple(buttons), quiet=quiet, park=True)]


def _unlink_button(room: Room, linked: Guardian, reader: int) -> Button:
    say = room.say_to(reader)
    label = say.label("school.unlink", who=guardians.label_of(room.db, linked, say.language)[:16])
    return Button(label, "school.unlink", {"guardian": linked.id}, person=reader, hours=24 * 7)


def unlink(press: Press, room: Room) -> Iterable[Effect]:
    """End the link of a parent whom the address book does not name any more."""
    wanted = press.args.get("guardian")
    linked = guardians.get(room.db, wanted) if isinstance(wanted, int) else None
    say = own(room)
    if not room.who.leads:
        return [room.edit(press.handle, say.private("school.not_yours"))]
    if linked is None or linked.classroom_id != room.here.id or linked.how != HOW:
        return [room.edit(press.handle, say.private("bind.revoked_already"))]
    if linked.state != guardians.ACTIVE:
        return [room.edit(press.handle, say.private("bind.revoked_already"))]
    who = guardians.label_of(room.db, linked, say.language)
    effects = bind_news.ended(room, linked, "bind.was_revoked")
    return [room.tell(say.private("school.unlinked", who=who)), *effects]
