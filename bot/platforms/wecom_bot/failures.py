"""Where the AI bot can speak, and what WeCom's refusals mean to us there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.platforms.tencent.errors import ADMIN_WAIT, ApiError, LineError
from bot.platforms.tencent.errors import outcome as meaning
from bot.ports import Failure, Outcome, Refused

SINGLE, GROUP = 1, 2
UNKNOWN_CHAT = 93006
HOPELESS = frozenset({40001, 40013, 853000})
"""Refusals of the secret itself: no waiting cures them."""

TABLE: dict[int, Failure | float | None] = {
    40008: Failure.REFUSED,
    846605: Failure.EXPIRED,
    846608: Failure.EXPIRED,
    853000: ADMIN_WAIT,
}
MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,127}")
CHAT = re.compile(r"chat:([^\s|:]{1,128})")
"""How we name a group, so that it can never be taken for somebody's userid."""


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation as WeCom names it: its id, and whether that is one person or a group."""

    chatid: str
    kind: int


def member(native: str) -> str | None:
    """The userid of a person; None for what is none."""
    return native if MEMBER.fullmatch(native) else None


def single(native: str) -> Place | None:
    """One person's own conversation; None for what is none."""
    return Place(native, SINGLE) if member(native) else None


def group(native: str) -> Place | None:
    """A group's conversation; None for what is none."""
    found = CHAT.fullmatch(native)
    return Place(found[1], GROUP) if found else None


def native_of(chatid: str) -> str:
    """Our name for a group."""
    return f"chat:{chatid}"


def outcome(error: ApiError | LineError, place: Place) -> Outcome:
    """Say what an error means there: where nobody has talked to the bot yet it may not speak."""
    if isinstance(error, ApiError) and error.code == UNKNOWN_CHAT:
        shut = Failure.NEVER_STARTED if place.kind == SINGLE else Failure.GONE
        return Refused(shut, str(error.code))
    return meaning(error, TABLE)
