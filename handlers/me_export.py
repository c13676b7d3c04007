"""Everything that is kept about a person, as a file, in private."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable

from classroom.effects import Effect, Enclosed, Tell
from handlers.feature import Press
from handlers.room import Room
from storage import personal


def typed(_words: str, room: Room) -> Iterable[Effect]:
    """`/me export`."""
    return [_file(room)]


def pressed(_press: Press, room: Room) -> Iterable[Effect]:
    """The button 导出."""
    return [_file(room)]


def _file(room: Room) -> Tell:
    kept = personal.export(room.db, room.who.person, room.zone, room.now)
    data = json.dumps(kept, ensure_ascii=False, indent=2).encode()
    name = f"homeroom-{room.today:%Y-%m-%d}.json"
    to = room.tell(room.say.private("me.exported", name=name)).to
    enclosed = Enclosed("document", name, data=base64.b64encode(data).decode())
    return Tell(to, room.say.private("me.exported", name=name), files=(enclosed,))
