"""What WeCom's refusals mean for customer groups, and what is an id of one."""

from __future__ import annotations

import re

from bot.ports import Failure

TABLE: dict[int, Failure | float | None] = {
    40050: Failure.GONE,
    40096: Failure.NOT_FOUND,
    41048: Failure.NOT_FOUND,
    41063: 60.0,
    60111: Failure.NOT_FOUND,
    84061: Failure.NOT_FOUND,
    84074: Failure.NOT_ALLOWED,
    86003: Failure.GONE,
}
"""Some of these are from memory; what is not here is a refusal like any other."""

GONE = frozenset({40050, 86003})
"""The group is not there any more."""

CHAT = re.compile(r"wr[A-Za-z0-9_-]{4,62}")
"""A customer group's chat_id; appchats of an app are called otherwise by us."""


def chat(native: str) -> str | None:
    """The chat_id of a customer group; None for what is none."""
    return native if CHAT.fullmatch(native) else None
