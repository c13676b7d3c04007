"""What a message in the group is about, and what follows: kinds of signs against guards, all in the open."""

from classroom.rules.topics.judging import judge
from classroom.rules.topics.ladder import Consequence, Mode, Past, consequence
from classroom.rules.topics.memory import Memory, Sketch, sketch
from classroom.rules.topics.posing import claims_to_teach, looks_like
from classroom.rules.topics.reading import tight
from classroom.rules.topics.talk import Talk, Turn, is_chat, quarrellers, talk_of
from classroom.rules.topics.verdicts import (
    Category,
    Context,
    Reason,
    Recent,
    Said,
    Speaker,
    Sureness,
    Verdict,
)

__all__ = [
    "Category",
    "Consequence",
    "Context",
    "Memory",
    "Mode",
    "Past",
    "Reason",
    "Recent",
    "Said",
    "Sketch",
    "Speaker",
    "Sureness",
    "Talk",
    "Turn",
    "Verdict",
    "claims_to_teach",
    "consequence",
    "is_chat",
    "judge",
    "looks_like",
    "quarrellers",
    "sketch",
    "talk_of",
    "tight",
]
