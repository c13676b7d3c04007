"""The points that a class's holiday notices end with: its own list, kept from one holiday to the next."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Button, Effect
from classroom.folding import fold
from handlers.aside import aside, own
from handlers.concern_people import cleaned
from handlers.feature import Feature, Press
from handlers.holiday.own_days import names_a_child
from handlers.holiday.words import points_of
from handlers.room import Room
from storage import calendar

MOST, LONGEST = 15, 120
_ADD = ("添加", "加", "add")
_REMOVE = ("删除", "去掉", "减", "删", "remove", "delete")
_RESET = frozenset({"恢复", "还原", "默认", "重置", "reset", "default", "restore"})


def attach(feature: Feature) -> None:
    """Declare what this part waits for."""
    feature.button("holiday.points_reset")(reset)


def typed(text: str, room: Room) -> list[Effect]:
    """`/holiday points`, and what is added or removed."""
    if not text.strip():
        return _shown(room, "")
    if fold(text).text.strip().casefold() in _RESET:
        calendar.set_points(room.db, room.here.id, [])
        return _shown(room, "reset")
    if (words := _behind(text, _ADD)) is not None:
        return _add(words, room)
    if (words := _behind(text, _REMOVE)) is not None:
        return _remove(words, room)
    return _shown(room, "unread")


def _behind(text: str, words: tuple[str, ...]) -> str | None:
    folded = fold(text.strip()).text.casefold()
    word = next((w for w in words if folded.startswith(w)), None)
    return text.strip()[len(word) :].strip(" :：,，") if word else None


def _add(words: str, room: Room) -> list[Effect]:
    point, have = " ".join(cleaned(words).reveal().split()), points_of(room)
    if not point or len(point) > LONGEST:
        return _shown(room, "long")
    if names_a_child(point, room):
        return _shown(room, "child")
    if len(have) >= MOST:
        return _shown(room, "many")
    if point not in have:
        calendar.set_points(room.db, room.here.id, [*have, point])
    return _shown(room, "added")


def _remove(words: str, room: Room) -> list[Effect]:
    have, asked = points_of(room), fold(words).text.strip(" #第条点.、")
    found = None
    if asked.isdecimal() and 1 <= int(asked) <= len(have):
        found = int(asked) - 1
    elif not asked.isdecimal():
        hits = [n for n, point in enumerate(have) if words and words in point]
        found = hits[0] if len(hits) == 1 else None
    if found is None or len(have) == 1:
        return _shown(room, "which" if found is None else "last")
    calendar.set_points(room.db, room.here.id, [p for n, p in enumerate(have) if n != found])
    return _shown(room, "removed")


def _shown(room: Room, what: str) -> list[Effect]:
    say, mine = own(room), calendar.points(room.db, room.here.id)
    text = say.private(
        "holiday.points", points=points_of(room), what=what, longest=LONGEST, most=MOST, own=bool(mine)
    )
    if not mine:
        return aside(room, text)
    key = Button(say.label("holiday.points_reset"), "holiday.points_reset", person=room.who.person)
    return aside(room, text, key)


def reset(press: Press, room: Room) -> Iterable[Effect]:
    """Back to the first form."""
    if not room.who.leads:
        return [room.edit(press.handle, own(room).private("holiday.over"))]
    return typed("reset", room)
