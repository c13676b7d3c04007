"""What a message in the group is about, and what follows: the judge's first form, all rules, no model."""

from classroom.rules.topics.judging import judge
from classroom.rules.topics.ladder import Consequence, Mode, Past, consequence
from classroom.rules.topics.reading import tight
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
    "Mode",
    "Past",
    "Reason",
    "Recent",
    "Said",
    "Speaker",
    "Sureness",
    "Verdict",
    "consequence",
    "judge",
    "tight",
]
