"""What this person may do here, one line each."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Effect
from handlers.feature import Command, Feature, Who
from handlers.menus import usable_here
from handlers.room import Room

feature = Feature("help")


@feature.command("help", "帮助", who=Who.ANYONE, classroom=False)
def help_(command: Command, room: Room) -> Iterable[Effect]:
    """List the commands that this person may use in this place."""
    lines = [(c, room.say.label(f"{c.feature}.command_{c.name}")) for c in usable_here(room)]
    if room.group is not None:
        return [room.post(room.say_class.group("help.commands", lines=lines), reply_to=command.message.ref)]
    return [room.tell(room.say.private("help.commands", lines=lines))]
