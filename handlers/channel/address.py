"""Reading a group's webhook as people paste it: the address whole, with whatever stands around it."""

from __future__ import annotations

import re

ADDRESS = re.compile(
    r"https?://[a-z0-9.-]+(?::\d+)?/cgi-bin/webhook/send\?(?:[a-z_]+=[^\s&]*&)*key=(?P<key>[0-9A-Za-z-]{16,64})",
    re.IGNORECASE,
)
OFF = re.compile(r"(?:off|stop|停|停用|关|关闭|關|關閉|删除|刪除)\s*(?P<number>\d{1,2})?", re.IGNORECASE)
WORD = re.compile(r"(?:webhook|群机器人|群機器人|机器人|機器人)(?![a-z])\s*[:：]?\s*", re.IGNORECASE)


def token_in(text: str) -> str | None:
    """The secret of the first webhook in a text; None where there is none."""
    found = ADDRESS.search(text)
    return found["key"] if found else None


def after_word(text: str) -> str | None:
    """What stands behind `webhook`; None where the text is about something else."""
    found = WORD.match(text.strip())
    return text.strip()[found.end() :].strip() if found else None


def switched_off(text: str) -> int | None:
    """Which webhook is to end: its number, 0 where none is given; None where nothing is to end."""
    found = OFF.fullmatch(text.strip())
    return int(found["number"] or 0) if found else None
