"""A praise goes out: to the group, to each child's guardians, into the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from classroom.addresses import PersonAddress
from classroom.effects import Button, Effect, Enclosed, Post, Report, Tell
from classroom.events import Json
from classroom.roster import Student
from handlers.aside import aside, own
from handlers.held_back import Way, group_of, remove
from handlers.room import Room
from storage import guardians, identity, praises
from storage.tables import Chat, Praise

UNDO_WITHIN = timedelta(minutes=10)


def publish(
    shown: list[Student], kept: list[Student], words: str, came: Way, room: Room, *, title: str | None = None
) -> list[Effect]:
    """Praise `shown` in the group and `kept` in private only; the families of all hear of it.

    A photo that may show a child who is not to be named in public goes to no group, and to no other family.
    In a class that never had a group each family hears of its own child.
    """
    group = group_of(came, room)
    if group is None and room.alone:
        shown, kept = [], [*shown, *kept]
    if group is None and shown:
        return aside(room, own(room).private("praise.no_group"))
    public, private = [s.id for s in shown], [s.id for s in kept]
    row = praises.record(
        room.db, room.here.id, room.who.person, words, room.now, title=title, public=public, private=private
    )
    photo = came.files if not (shown and kept) else ()
    effects: list[Effect] = []
    if kept and came.refs:
        effects.append(remove(came, None, room))  # the typed command names a child who must not be named
    if shown and group is not None:
        text = room.say_class.group(
            "praise.praised", names=[s.name for s in shown], words=words, title=title, by=room.who.name
        )
        report = Report(failed="praise.not_posted", data={"praise": row.id})
        under = _stands_there(came) if photo else None
        files = photo if under is None else ()
        effects.append(Post(group, text, handle=row.handle, report=report, reply_to=under, files=files))
    effects += _to_families(row, shown, kept, photo, room)
    return [*effects, *_confirmed(row, shown, kept, came, room)]


def _stands_there(came: Way) -> str | None:
    """The message with the photo, where it can be seen in the group already."""
    ref = came.more.get("photo")
    return ref if came.refs and isinstance(ref, str) else None


def _to_families(
    row: Praise, shown: list[Student], kept: list[Student], photo: tuple[Enclosed, ...], room: Room
) -> list[Effect]:
    """Every guardian hears once, however many children of theirs are praised."""
    children: dict[int, list[Student]] = {}
    for student in (*shown, *kept):
        for guardian in guardians.active_of(room.db, student.id):
            named = children.setdefault(guardian.person_id, [])
            if student not in named:
                named.append(student)
    effects: list[Effect] = []
    for person, own_children in children.items():
        text = room.say_to(person).private(
            "praise.to_family",
            names=[s.name for s in own_children],
            words=row.text,
            title=row.title,
            by=room.who.name,
            shown=all(s in shown for s in own_children),
            alone=room.alone,
        )
        handle = copy_handle(row, person)
        told = room.tell_person(person, text, handle=handle, quiet=room.hours_of(person), park=True)
        effects += [_with(photo, effect, room) for effect in told]
    return effects


def _with(photo: tuple[Enclosed, ...], effect: Effect, room: Room) -> Effect:
    """The photo goes along where the family is on the platform that has it."""
    if not isinstance(effect, Tell) or not isinstance(effect.to, PersonAddress):
        return effect
    return replace(effect, files=photo) if effect.to.platform == room.platform else effect


def copy_handle(row: Praise, person: int) -> str:
    """Our name for one guardian's copy."""
    return f"praise-copy/{row.id}/{person}"


def _confirmed(row: Praise, shown: list[Student], kept: list[Student], came: Way, room: Room) -> list[Effect]:
    """The way back, and what did not go to the group; it waits for nobody who has only seen the post."""
    unreached = [s.name for s in (*shown, *kept) if not guardians.active_of(room.db, s.id)]
    group = room.db.get(Chat, came.chat) if came.chat else next(iter(_groups(room)), None)
    text = own(room).private(
        "praise.done",
        shown=[s.name for s in shown],
        kept=[s.name for s in kept],
        unreached=unreached,
        photo_kept=bool(came.files and shown and kept),
        group=group.title if group else "",
        alone=room.alone,
        minutes=int(UNDO_WITHIN.total_seconds() // 60),
        classroom=room.here.name,
    )
    button = Button(
        own(room).label("praise.take_back"), "praise.undo", {"praise": row.id}, person=room.who.person
    )
    if room.group is not None and not room.door_open and not kept:
        return []
    return aside(room, text, button, handle=f"praise-done/{row.id}")


def _groups(room: Room) -> list[Chat]:
    return identity.groups_of(room.db, room.here.id)


def tell_author(data: dict[str, Json], block: str, room: Room) -> list[Effect]:
    """Something about a praise went wrong: its author hears in private."""
    wanted = data.get("praise")
    row = praises.get(room.db, wanted) if isinstance(wanted, int) else None
    if row is None or row.by_person is None:
        return []
    text = room.say_to(row.by_person).private(block)
    return room.tell_person(row.by_person, text, park=True)
