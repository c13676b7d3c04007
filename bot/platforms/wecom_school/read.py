"""What a stored call means in our words: parents cannot write here, the address book says what changes."""

from __future__ import annotations

import hashlib
import json

from bot.platforms.tencent.callback import Call
from bot.platforms.tencent.fields import Fields, inner, text
from bot.platforms.wecom_school.addressing import userid
from bot.ports import Incoming
from classroom.events import Event, SchoolChanged

PLATFORM = "wecom.school"
CHANGED = "change_school_contact"
FOLLOWS = {"subscribe": True, "unsubscribe": False}


def incoming(call: Call) -> Incoming:
    """A call as it is stored: under a key that only a repetition shares."""
    mark = hashlib.sha256(call.words.encode("utf-8", "replace")).hexdigest()[:24]
    wanted = {key: text(call.fields, key) for key in ("Event", "ChangeType", "Id")}
    return Incoming(f"{PLATFORM}:{mark}", json.dumps({"xml": wanted}, ensure_ascii=False).encode())


def read(raw: bytes) -> Event | None:
    """Turn a stored call into an event; None for what concerns us not."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    body: Fields = inner(found, "xml") if isinstance(found, dict) else {}
    if text(body, "Event") != CHANGED:
        return None
    who = userid(text(body, "Id"))
    return SchoolChanged(PLATFORM, who or "", FOLLOWS.get(text(body, "ChangeType")) if who else None)
