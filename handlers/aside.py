"""Answers to one person alone, wherever the question was asked."""

from __future__ import annotations

from dataclasses import replace

from classroom.drawings import Drawing
from classroom.effects import AnyButton, Effect, Enclosed
from classroom.text import PrivateText
from handlers.room import Room
from templates.render import Say


def own(room: Room) -> Say:
    """Speaks the actor's language, also where the group speaks another."""
    return room.say_to(room.who.person)


def aside(
    room: Room,
    text: PrivateText,
    *buttons: AnyButton,
    handle: str | None = None,
    files: tuple[Enclosed | Drawing, ...] = (),
) -> list[Effect]:
    """Answer in private; a group gets a pointer where the private door is not open, and the answer waits."""
    told = replace(room.tell(text, *buttons, handle=handle, park=True), files=files)
    return [told] if room.group is None or room.door_open else [told, room.pointer()]
