"""What WeCom's refusals mean to us, beside those that all of WeChat's servers share."""

from __future__ import annotations

import re

from bot.ports import Failure, Outcome, Refused

TABLE: dict[int, Failure | float | None] = {
    60111: Failure.GONE,
    81013: Failure.NEVER_STARTED,
    82001: Failure.NOT_FOUND,
    82002: Failure.NOT_FOUND,
    82003: Failure.NOT_FOUND,
    84061: Failure.NOT_FOUND,
    86001: Failure.NOT_FOUND,
    86003: Failure.GONE,
    86004: Failure.REFUSED,
    86005: Failure.NOT_FOUND,
    86006: Failure.REFUSED,
    86007: Failure.NOT_FOUND,
    86008: Failure.NOT_ALLOWED,
}
MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
"""A userid: what else could be written there means several people, or all (`a|b`, `@all`)."""

CHAT = re.compile(r"appchat:([A-Za-z0-9_-]{1,64})")
"""How we name an app's own group."""


def member(native: str) -> str | None:
    """The userid of a person; None for what is none."""
    return native if MEMBER.fullmatch(native) else None


def chat(native: str) -> str | None:
    """The chatid of a group; None for what is none."""
    found = CHAT.fullmatch(native)
    return found[1] if found else None


def left_out(answer: object, who: str) -> Outcome | None:
    """Whom a message that was accepted does not reach, all the same."""
    if not isinstance(answer, dict):
        return None
    if who.lower() in _ids(answer.get("invaliduser")):
        return Refused(Failure.NEVER_STARTED, "invaliduser")
    if who.lower() in _ids(answer.get("unlicenseduser")):
        return Refused(Failure.NOT_ALLOWED, "unlicenseduser")
    return None


def _ids(listed: object) -> set[str]:
    return set(listed.lower().split("|")) if isinstance(listed, str) else set()
