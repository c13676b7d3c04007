"""How updates are handed to intake: one `Incoming` each, under a key that Telegram's redelivery keeps.

Telegram counts updates upward and keeps an unconfirmed one for 24 hours at most, so a key has to
be remembered for at least that long. After a week without any update the count goes on from a
random number: storage that forgets keys between one day and seven days after they came can meet
neither a redelivery it does not know nor an old key worn by a new update.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.platforms.telegram.fields import Obj, ident, number, obj, objs, text
from bot.ports import Incoming, Store
from classroom.errors import HomeroomError

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")
ALBUM_WAIT = 1.0


def incoming(update: Obj) -> Sequence[Incoming]:
    """Prepare an update for storing; nothing for what has no id."""
    number_ = number(update, "update_id")
    if number_ is None:
        return ()
    key = f"telegram:{number_}"
    message = obj(update, "message")
    newcomers = objs(message, "new_chat_members")
    if len(newcomers) > 1:
        return [
            Incoming(f"{key}:{place}", _raw({**update, "message": {**message, "new_chat_members": [one]}}))
            for place, one in enumerate(newcomers)
        ]
    album = text(message, "media_group_id")
    if album:
        return [Incoming(key, _raw(update), f"{ident(obj(message, 'chat'), 'id')}:{album}", ALBUM_WAIT)]
    return [Incoming(key, _raw(update))]


async def committed(store: Store, batch: Sequence[Incoming]) -> HomeroomError | None:
    """Store a batch; the trouble if that failed: then Telegram keeps the updates."""
    try:
        await store(batch)
    except HomeroomError as trouble:
        return trouble
    return None


def _raw(update: Obj) -> bytes:
    return json.dumps(update, separators=(",", ":")).encode()
