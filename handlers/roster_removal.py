"""Taking a child off the roster: said what goes with it, then done at one press."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from classroom.effects import Button, Effect
from classroom.events import Json
from classroom.roster import Student
from handlers import bind_requests
from handlers.aside import aside, own
from handlers.feature import Feature, Press
from handlers.menus import menus_for
from handlers.naming import choices
from handlers.notice_post import recounted
from handlers.room import Room
from handlers.tags import tags_for
from storage import guardians, rosters
from storage.tables import StudentRow


def attach(feature: Feature) -> None:
    """Declare the buttons of this part."""
    feature.button("roster.remove")(remove)
    feature.button("roster.remove_which")(chosen)
    feature.button("roster.keep")(keep)


def ask(text: str, room: Room) -> list[Effect]:
    """Ask before anybody is removed: the button says whom."""
    say = own(room)
    exact = room.roster.find(text)
    head = room.roster.names_at_head(text)
    students = exact if len(exact) == 1 else head.students
    if not text:
        return aside(room, say.private("roster.remove_whom"))
    ambiguous = exact if len(exact) > 1 else next(iter(head.ambiguous), ())
    if ambiguous:
        which = choices(room, ambiguous, "roster.remove_which")
        return aside(room, say.private("roster.which", name=ambiguous[0].name), *which)
    if head.unknown or head.rest or not students:
        unknown = head.unknown or head.rest or text
        near = room.roster.closest(unknown)
        return aside(
            room,
            say.private("roster.unknown", name=unknown, near=near),
            *choices(room, near, "roster.remove_which"),
        )
    return _confirm(students, room)


def _confirm(students: Sequence[Student], room: Room) -> list[Effect]:
    say, me = own(room), room.who.person
    bound = sum(len(guardians.active_of(room.db, s.id)) for s in students)
    text = say.private("roster.remove_sure", names=[s.name for s in students], bound=bound)
    ids: dict[str, Json] = {"students": [s.id for s in students]}
    return aside(
        room,
        text,
        Button(say.label("roster.remove"), "roster.remove", ids, person=me, row=1, hours=24, once=True),
        Button(say.label("common.cancel"), "roster.keep", ids, person=me, row=1, hours=24),
    )


def chosen(press: Press, room: Room) -> Iterable[Effect]:
    """One of several who were meant: now ask whether to remove."""
    found = _found([press.args.get("student")], room)
    if not found or not room.who.leads:
        return [room.edit(press.handle, own(room).private("roster.gone"))]
    return _confirm([rosters.as_student(row) for row in found], room)


def keep(press: Press, room: Room) -> Iterable[Effect]:
    """Nothing is removed."""
    return [room.edit(press.handle, own(room).private("roster.kept"))]


def remove(press: Press, room: Room) -> Iterable[Effect]:
    """Remove those who are still there; their guardians' access ends with this very moment."""
    say = own(room)
    ids = press.args.get("students")
    rows = _found(ids if isinstance(ids, list) else [], room)
    if not rows or not room.who.leads:
        return [room.edit(press.handle, say.private("roster.gone"))]
    people: dict[int, None] = {}
    for row in rows:
        for linked in rosters.remove(room.db, row, room.now, by=room.who.person):
            people[linked.person_id] = None
    room.forget_roster()
    done = say.private("roster.removed", names=[row.name for row in rows])
    return [
        room.edit(press.handle, done),
        *(e for p in people for e in (*tags_for(room, p), *menus_for(room, p))),
        *(bind_requests.lists(room, news=False) if people else []),
        *recounted(room),
    ]


def _found(ids: Iterable[object], room: Room) -> list[StudentRow]:
    rows = [rosters.find(room.db, room.here.id, s) for s in ids if isinstance(s, int)]
    return [row for row in rows if row is not None]
