"""What a class without a group is told goes to each family in private, and is changed and removed there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from classroom.addresses import FAMILIES, GroupAddress, PersonAddress
from classroom.effects import EditPost, EditTold, Effect, Lane, Post, RemovePost, Tell
from handlers.room import Room
from storage import identity
from storage.places import readers_of


def spread(effects: Sequence[Effect], room: Room) -> Sequence[Effect]:
    """The effects, and behind each that is for all families the same for every one of them.

    A count that only moves on is not sent round: nobody looks at it there, and it would ring each time.
    """
    if not any(_is_for_all(effect) for effect in effects):
        return effects
    people = readers_of(room.db, room.here.id)
    return [one for effect in effects for one in (effect, *_to_each(effect, people, room))]


def _is_for_all(effect: Effect) -> bool:
    to = getattr(effect, "to", None) or getattr(effect, "chat", None)
    return isinstance(to, GroupAddress) and to.platform == FAMILIES


def _to_each(effect: Effect, people: Iterable[int], room: Room) -> Iterable[Effect]:
    if not _is_for_all(effect) or not isinstance(effect, Post | EditPost | RemovePost):
        return
    if isinstance(effect, EditPost) and effect.delay:
        return
    for person in people:
        address = identity.private_address(room.db, person)
        if address is not None:
            yield _one(effect, address, person, room)


def _one(effect: Post | EditPost | RemovePost, to: PersonAddress, person: int, room: Room) -> Effect:
    handle = f"{effect.handle}/{person}"
    match effect:
        case Post():
            return Tell(
                to,
                effect.text,
                effect.buttons,
                handle=handle if effect.handle else None,
                files=effect.files,
                lane=Lane.BULK,
                quiet=room.hours_of(person),
                park=True,
            )
        case EditPost():
            return EditTold(to, handle, effect.text, effect.buttons, lane=Lane.BULK)
        case RemovePost():
            return RemovePost(to, handle, lane=Lane.BULK)
