"""A draft for a child that nobody has praised for long: read, exchanged, sent, or written by the teacher."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Button, Effect
from classroom.events import Json
from handlers import praise_ask
from handlers.aside import own
from handlers.feature import Feature, Press
from handlers.held_back import Way, write_way
from handlers.praise_even import Waiting, draft_of, recorded_lines
from handlers.room import Room
from storage import guardians, praises, rosters


def attach(feature: Feature) -> None:
    """Declare the buttons of a draft."""
    feature.button("praise.even_child")(show)
    feature.button("praise.even_send")(send)


def show(press: Press, room: Room) -> Iterable[Effect]:
    """The draft for one child, or another one in its place."""
    one, variant = _of(press, room), press.args.get("variant")
    if one is None:
        return [room.edit(press.handle, own(room).private("praise.gone"))]
    say, number = own(room), variant if isinstance(variant, int) else 0
    text = say.private(
        "praise.even_preview",
        name=one.row.name,
        private=not guardians.wishes_public_mention(room.db, one.row.id),
        recorded=recorded_lines(one, room, say),
        draft=draft_of(one, number, room),
    )
    keys = _keys(one, number, room)
    return [room.tell(text, *keys) if variant is None else room.edit(press.handle, text, *keys)]


def _keys(one: Waiting, variant: int, room: Room) -> list[Button]:
    say, person, student = own(room), room.who.person, one.row.id
    here: dict[str, Json] = {"student": student, "variant": variant}
    again: dict[str, Json] = {"student": student, "variant": variant + 1}
    words = write_way(Way("praise")) | {"student": student}
    return [
        Button(say.label("common.send"), "praise.even_send", here, person=person, row=0, once=True),
        Button(say.label("praise.even_other"), "praise.even_child", again, person=person, row=0),
        Button(say.label("praise.even_own"), "praise.child", words, person=person, row=1),
    ]


def send(press: Press, room: Room) -> Iterable[Effect]:
    """Out by the way of every praise, which looks at it once more."""
    one, variant = _of(press, room), press.args.get("variant")
    if one is None or not isinstance(variant, int):
        return [room.edit(press.handle, own(room).private("praise.gone"))]
    chosen: list[Json] = [one.row.id]
    text = f"{one.row.name}：{draft_of(one, variant, room)}"
    said = praise_ask.go(text, Way("praise", more={"chosen": chosen}), False, room)
    return [room.edit(press.handle, own(room).private("praise.understood")), *said]


def _of(press: Press, room: Room) -> Waiting | None:
    """The child that the button is about, as long as it is in the class and the presser teaches there."""
    wanted = press.args.get("student")
    row = rosters.find(room.db, room.here.id, wanted) if isinstance(wanted, int) else None
    if row is None or not room.who.teaches:
        return None
    return Waiting(row, praises.on_record(room.db, room.here.id).get(row.id, []))
