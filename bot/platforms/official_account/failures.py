"""What the service account's refusals mean to us, beside those that all of WeChat's servers share."""

from __future__ import annotations

import re

from bot.ports import Failure

TABLE: dict[int, Failure | float | None] = {
    40003: Failure.GONE,
    40037: Failure.NOT_ALLOWED,
    43004: Failure.NOT_SUBSCRIBED,
    43019: Failure.BLOCKED,
    43101: Failure.NOT_SUBSCRIBED,
    45015: Failure.WINDOW_CLOSED,
    45047: Failure.WINDOW_CLOSED,
    47003: Failure.REFUSED,
    50005: Failure.NOT_SUBSCRIBED,
}
WINDOW = frozenset({45015, 45047})
"""Customer-service messages are over for now: only a template message reaches this person."""

QUOTA = 45009
"""Today's calls are used up: WeChat counts anew after midnight."""

BUSY = -1
"""WeChat does not say whether it was done."""

ALREADY = 45065
"""What has this id was sent before: it is there."""

TOKEN_REFUSED = frozenset({40001, 40014, 42001})
HOPELESS = frozenset({40013, 40125, 41002, 41004})
"""Refusals of the id or the secret itself: no waiting cures them."""

OPENID = re.compile(r"[A-Za-z0-9_-]{16,64}")


def person(native: str) -> str | None:
    """The openid of a follower; None for what is none."""
    return native if OPENID.fullmatch(native) else None
