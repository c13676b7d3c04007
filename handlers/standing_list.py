"""A teacher's one private list of something, edited where it stands, said anew when there is news of old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from classroom.addresses import PersonAddress
from classroom.effects import Button, EditTold, Effect, Tell
from classroom.text import PrivateText
from handlers.room import Room
from storage import identity, presses, queue, told

FRESH = timedelta(hours=24)
"""How old a list may be and still be edited; an older one has scrolled out of sight."""


def keep_current(
    room: Room,
    teacher: int,
    handle: str,
    text: PrivateText,
    buttons: Sequence[Button],
    *,
    lines: int,
    news: bool,
    below: PrivateText,
) -> list[Effect]:
    """Bring a list of so many lines up to date; `news`: somebody or something new is on it.

    `below` stands in the place of an old list once it was said anew.
    """
    to = identity.private_address(room.db, teacher)
    if to is None:
        return []
    unsent = queue.cancel(room.db, handle, room.now)
    at = told.last_told(room.db, handle, to.chat)
    if unsent or (news and (at is None or room.now - at > FRESH or lines == 1)):
        return say_anew(room, teacher, to, handle, text, buttons, below) if lines else []
    return [EditTold(to, handle, text, tuple(buttons))] if at is not None else []


def say_anew(
    room: Room,
    teacher: int,
    to: PersonAddress,
    handle: str,
    text: PrivateText,
    buttons: Sequence[Button],
    below: PrivateText,
) -> list[Effect]:
    """Say it as a new message; the old one, edited first in the same lane, gives way."""
    presses.end_buttons(room.db, handle, room.now)
    awake = room.actor is not None and room.actor.person == teacher
    quiet = None if awake else room.hours_of(teacher)
    tell = Tell(to, text, tuple(buttons), handle=handle, quiet=quiet, park=True)
    if told.last_told(room.db, handle, to.chat) is None:
        return [tell]
    return [EditTold(to, handle, below), tell]
