"""A parent asks for polls: what the family may vote on now, with the options to press, in private."""

from __future__ import annotations

from classroom.effects import Effect
from handlers import open_now, poll_nudge
from handlers.aside import aside, own
from handlers.room import Room
from storage import polls
from storage.tables import Poll

MOST = 5


def show(room: Room, *, begins: bool) -> list[Effect]:
    """The open polls of the actor's family; `begins`: more was typed, as by who wants to begin one."""
    found = _open(room)
    if not found:
        others = open_now.others(room, "poll")
        text = own(room).private("poll.nothing_open", classroom=room.here.name, others=others, begins=begins)
        return aside(room, text)
    text, keys = poll_nudge.card(room.who.person, found, room, begins=begins)
    name = f"{poll_nudge.handle([p.id for p in found], room.who.person)}/{room.event_id}"
    return aside(room, text, *keys, handle=name)


def _open(room: Room) -> list[Poll]:
    """Those in which the family has a vote, the next to close first."""
    running = [p for p in polls.open_in(room.db, room.here.id) if p.closes_at > room.now]
    mine = [p for p in running if poll_nudge.votes_in(p, room.who.person, room)]
    return sorted(mine, key=lambda p: p.closes_at)[:MOST]
