"""A parent who was here by another account before the school named them: joined on a teacher's word alone.

Names are never compared. Two links that are the same to one child are shown; whether they are one person,
the teacher says.
"""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Button, Effect, Tell
from classroom.events import Json
from classroom.school_book import IN_GROUPS, SCHOOL
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.room import Room
from storage import guardians, identity, joining
from storage.school import HOW, Taken
from storage.tables import Guardian

MOST = 8


def attach(feature: Feature) -> None:
    """Declare the buttons of this part."""
    feature.button("school.same")(same)
    feature.button("school.not_same")(not_same)


def offered(room: Room, found: Taken, reader: int) -> list[Effect]:
    """Ask a teacher about each pair, some at a time."""
    return _asked(room, [(new.id, old.id) for new, old in found.doubles], reader)


def _asked(room: Room, pairs: list[tuple[int, int]], reader: int) -> list[Effect]:
    to = identity.private_address(room.db, reader)
    if not pairs or to is None:
        return []
    say, now, later = room.say_to(reader), pairs[:MOST], pairs[MOST:]
    text = say.private("school.doubles", who=[_called(room, old, say.language) for _, old in now])
    buttons = [
        _button(room, [pair], [p for p in now if p != pair], later, reader, n) for n, pair in enumerate(now)
    ]
    if len(now) > 1:
        buttons.append(_button(room, now, [], later, reader, len(now)))
    args: dict[str, Json] = {"later": _json(later)}
    none = Button(say.label("school.none_same"), "school.not_same", args, person=reader, row=99, hours=24 * 7)
    asked = room.actor is not None and room.actor.person == reader
    return [Tell(to, text, (*buttons, none), quiet=None if asked else room.hours_of(reader), park=True)]


def _button(
    room: Room,
    pairs: list[tuple[int, int]],
    left: list[tuple[int, int]],
    later: list[tuple[int, int]],
    reader: int,
    row: int,
) -> Button:
    say = room.say_to(reader)
    one = _called(room, pairs[0][1], say.language)[:14]
    label = say.label("school.same", who=one) if left or len(pairs) == 1 else say.label("school.all_same")
    args: dict[str, Json] = {"pairs": _json(pairs), "left": _json(left), "later": _json(later)}
    return Button(label, "school.same", args, person=reader, row=row, hours=24 * 7, once=True)


def same(press: Press, room: Room) -> Iterable[Effect]:
    """They are one person: the school's account becomes a further one of whoever was here before."""
    say = own(room)
    if not room.who.leads:
        return [room.edit(press.handle, say.private("school.not_yours"))]
    joined, effects = [], []
    for new, old in _pairs(press.args.get("pairs")):
        done = _join(room, guardians.get(room.db, new), guardians.get(room.db, old))
        if done is not None:
            joined.append(_called(room, old, say.language))
            effects += done
    left = _pairs(press.args.get("left")) + _pairs(press.args.get("later"))
    return [
        room.edit(press.handle, say.private("school.joined", who=joined)),
        *effects,
        *_asked(room, left, room.who.person),
    ]


def not_same(press: Press, room: Room) -> Iterable[Effect]:
    """They are different people, or nobody can tell: both go on being told."""
    later = _asked(room, _pairs(press.args.get("later")), room.who.person) if room.who.leads else []
    return [room.edit(press.handle, own(room).private("school.apart")), *later]


def _join(room: Room, new: Guardian | None, old: Guardian | None) -> list[Effect] | None:
    """Join two links' people; None where they are not (any more) what they were, or one has more children.

    Then a teacher's word about one child would open the door to another's.
    """
    if new is None or old is None or new.student_id != old.student_id or new.how != HOW:
        return None
    both = {new.state, old.state} == {
        guardians.ACTIVE
    } and new.classroom_id == old.classroom_id == room.here.id
    if not both or new.person_id == old.person_id:
        return None
    accounts = [account for account, _ in identity.accounts_of(room.db, new.person_id)]
    known = {account.platform for account in accounts}
    if (
        not accounts
        or known - {SCHOOL, IN_GROUPS}
        or joining.stands_alone(room.db, new.person_id, old.person_id)
    ):
        return None
    before = identity.private_address(room.db, old.person_id)
    for account in accounts:
        joining.give(room.db, account, old.person_id, room.now)
    say = room.say_to(old.person_id)
    text = say.private("school.joined_here", who=guardians.label_of(room.db, old, say.language))
    return [Tell(before, text, quiet=room.hours_of(old.person_id), park=True)] if before is not None else []


def _called(room: Room, guardian: int, language: str) -> str:
    linked = guardians.get(room.db, guardian)
    return guardians.label_of(room.db, linked, language) if linked is not None else ""


def _json(pairs: Iterable[tuple[int, int]]) -> Json:
    return [[new, old] for new, old in pairs]


def _pairs(value: Json) -> list[tuple[int, int]]:
    found = []
    for pair in value if isinstance(value, list) else []:
        if (
            isinstance(pair, list)
            and len(pair) == 2
            and isinstance(pair[0], int)
            and isinstance(pair[1], int)
        ):
            found.append((pair[0], pair[1]))
    return found
