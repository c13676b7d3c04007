"""What a bot that is killed in the middle has lost after its next start, and what it did twice."""

from __future__ import annotations

import time

from bench import load
from bench.running import running
from bench.subjects import Subject

MESSAGES = 500
CHATS = 50
QUIET = 4.0
"""So many seconds without news mean that nothing more will come."""


def killed(subject: Subject) -> tuple[int, int]:
    """Of 500 messages, so many neither answered nor deleted, and so many answered once more than asked."""
    with running(subject, CHATS) as bot:
        bot.standin.tell(reset=True, updates=load.acted(MESSAGES, CHATS))
        while (seen := bot.standin.tell())["answered"] + seen["deleted"] < MESSAGES / 10:
            time.sleep(0.002)
        bot.kill()
        bot.start()
        news, at = -1, time.monotonic()
        while time.monotonic() - at < QUIET:
            seen = bot.standin.tell()
            if (done := sum(seen["calls"].values()) - seen["calls"].get("getupdates", 0)) != news:
                news, at = done, time.monotonic()
            time.sleep(0.1)
        return MESSAGES - seen["answered"] - seen["deleted"], seen["repeated"]
