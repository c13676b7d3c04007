"""What a run of messages is: chit-chat shows in five of them, a quarrel in who answers whom; never in one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from classroom.rules.acks import Ack, read_ack
from classroom.rules.topics.judging import signs
from classroom.rules.topics.reading import read

CHAT_WINDOW, CHAT_ENOUGH, CHAT_SHARE = timedelta(minutes=10), 5, 0.75
"""So many messages within the window, and such a share of them beside the point."""

HEAT_WINDOW, HEAT_ENOUGH, HEAT_MOST = timedelta(minutes=5), 3, 4
"""So many heated messages of two to four people who answer each other within the window."""

_CHILDREN = re.compile(
    r"老师|孩子|同学|家长|[学本进离到返]校|校[服园门车长医]|班[里级会费]|[咱我]们班|娃|作业|教室|考试|成绩|teacher|school|kids|myson|daughter|homework|class"
)
_CONFIRMS = re.compile(r"收到|收道|知|了解|明白|清楚|阅|已读|roger|receive|gotit|noted|copy|understood|ok")
"""What every 收到 holds, however it is said; all else need not be asked about."""

_ON_TOPIC = frozenset(
    {"school", "child", "classwork", "loss", "warning", "forbids", "fee", "giving", "complaint"}
)


class Talk(StrEnum):
    """What one message adds to the talk; short answers add nothing."""

    SCHOOL = "school"
    SMALL = "small"
    HEATED = "heated"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the talk: whose it was and what it added."""

    at: datetime
    sender: str
    talk: Talk


def talk_of(text: str) -> Talk:
    """Say what a message adds; a guess that only counts among others."""
    reading = read(text)
    if len(reading.text) < 2 or (_CONFIRMS.search(reading.text) and read_ack(text) is not Ack.NONE):
        return Talk.NOTHING
    found = signs(reading.text, reading)
    if "outburst" in found:
        return Talk.HEATED
    if found.keys() & _ON_TOPIC or _CHILDREN.search(reading.text):
        return Talk.SCHOOL
    return Talk.NOTHING if found.keys() == {"thanks"} else Talk.SMALL


def is_chat(turns: Sequence[Turn], now: datetime) -> bool:
    """True if the last minutes were mostly beside the point."""
    lately = [t for t in turns if timedelta() <= now - t.at <= CHAT_WINDOW and t.talk is not Talk.NOTHING]
    small = sum(t.talk is Talk.SMALL for t in lately)
    return len(lately) >= CHAT_ENOUGH and small >= CHAT_SHARE * len(lately)


def quarrellers(turns: Sequence[Turn], now: datetime) -> tuple[str, ...]:
    """Those who quarrel now, by the order in which they grew heated; empty if nobody does."""
    lately = [t for t in turns if timedelta() <= now - t.at <= HEAT_WINDOW]
    heated = [t for t in lately if t.talk is Talk.HEATED]
    who = tuple(dict.fromkeys(t.sender for t in heated))
    changes = sum(a.sender != b.sender for a, b in pairwise(lately))
    return who if len(heated) >= HEAT_ENOUGH and 2 <= len(who) <= HEAT_MOST and changes >= 2 else ()
