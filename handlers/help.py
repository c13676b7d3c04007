"""What this person may do here, one line each."""

from __future__ import annotations

from collections.abc import Iterable

from classroom.effects import Effect
from handlers.feature import Command, Feature, Where, Who
from handlers.room import CommandLike, Room

feature = Feature("help")


@feature.command("help", "帮助", who=Who.ANYONE, classroom=False)
def help_(command: Command, room: Room) -> Iterable[Effect]:
    """List the commands that this person may use in this place."""
    lines = [(c, room.say.label(f"{c.feature}.command_{c.name}")) for c in usable(room)]
    if room.group is not None:
        return [room.post(room.say_class.group("help.commands", lines=lines), reply_to=command.message.ref)]
    return [room.tell(room.say.private("help.commands", lines=lines, classroom=room.classroom))]


def usable(room: Room) -> list[CommandLike]:
    """The commands for the actor here, in the order of the features."""
    here = Where.PRIVATE if room.group is None else Where.GROUP
    return [
        c
        for c in room.instance.commands
        if not c.hidden and c.where in (here, Where.BOTH) and (not c.classroom or room.classroom is not None)
        if c.admits(room.who)
    ]
