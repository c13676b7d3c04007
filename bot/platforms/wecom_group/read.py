"""What a stored change of a group means in our words: pure, and at ease with what it does not know."""

from __future__ import annotations

import json

from bot.platforms.tencent.fields import Fields, number, text, words
from bot.platforms.wecom_group.failures import chat
from bot.platforms.wecom_group.settings import PATH, PLATFORM
from classroom.addresses import ChatKind
from classroom.events import BotMember, Event, Joined, Left, Origin, Renamed, Sender, Told, Waits


def read(raw: bytes) -> Event | None:
    """Turn a stored change into an event; None for what concerns us not."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or chat(text(found, "chat")) is None:
        return None
    origin = Origin(PLATFORM, text(found, "chat"), ChatKind.GROUP, text(found, "title"))
    if text(found, "what") == "told":
        return _told(found, origin)
    who = Sender(text(found, "who"), text(found, "name"))
    match text(found, "what") if who.native else "":
        case "joined":
            return Joined(origin, who)
        case "renamed":
            return Renamed(origin, who)
        case "left":
            return Left(origin, who)
        case "dismissed":
            return BotMember(origin, who, present=False)
        case "waits":
            page = f"{PATH}{text(found, 'page')}"
            return Waits(origin, who, text(found, "ref"), page, text(found, "begin"), text(found, "why"))
    return None


def _told(found: Fields, origin: Origin) -> Told:
    failure = text(found, "failure") or None
    return Told(
        origin, (*words(found, "refs"),), text(found, "fate"), failure, tries=number(found, "tries") or 0
    )
