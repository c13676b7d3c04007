"""What else is open for a family, whatever it asked for: people do not tell a poll from a sign-up."""

from __future__ import annotations

from datetime import datetime

from handlers.room import Room
from storage import polls, signups, slots, surveys
from storage.surveys import OPEN


def others(room: Room, but: str) -> list[str]:
    """The other things that families of the class can do something about now, each with its command."""
    say = room.say_to(room.who.person)
    found = {
        "poll": any(_runs(p.closes_at, room) for p in polls.open_in(room.db, room.here.id)),
        "signup": any(s.state == signups.OPEN for s in signups.current(room.db, room.here.id, room.now)),
        "survey": any(_runs(s.closes_at, room) for s in surveys.of_class(room.db, room.here.id, OPEN)),
        "slots": any(m.state == slots.OPEN for m in slots.coming(room.db, room.here.id, room.now)),
    }
    return [say.label(f"common.open_{kind}").text for kind, there in found.items() if there and kind != but]


def _runs(closes_at: datetime, room: Room) -> bool:
    return closes_at > room.now
