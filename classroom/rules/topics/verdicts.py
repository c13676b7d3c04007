"""What the judge of topics is given and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from classroom.rules.topics.leaning import Head, Weights
from classroom.rules.topics.memory import Memory


class Speaker(StrEnum):
    """Who speaks, as far as the rules care; `TEACHER` is everybody who teaches here."""

    TEACHER = "teacher"
    COMMITTEE = "committee"
    GUARDIAN = "guardian"
    VISITOR = "visitor"
    CHANNEL = "channel"


class Category(StrEnum):
    """What a message is; the names are those of the violations in storage."""

    OK = "ok"
    AD = "ad"
    SCAM = "scam"
    VOTE_BEGGING = "vote_begging"
    CONTACT_DROP = "contact_drop"
    LEAK = "leak"
    GIFT = "gift"
    FLOOD = "flood"
    CHITCHAT = "chitchat"
    QUIET_HOURS = "quiet_hours"


class Sureness(IntEnum):
    """How sure a verdict is: a doubtful one has no consequence, a likely one a reminder at most."""

    DOUBTFUL = 1
    LIKELY = 2
    SURE = 3


@dataclass(frozen=True, slots=True)
class Said:
    """One message; `attachments` are kinds (photo, voice …), `urls` links that its text does not show.

    `pictured`: kinds of signs that were read in its pictures (group_link, pay). `poses`: the sender is no
    teacher, and the name says or imitates one.
    """

    text: str
    speaker: Speaker
    attachments: tuple[str, ...] = ()
    is_forward: bool = False
    urls: tuple[str, ...] = ()
    pictured: tuple[str, ...] = ()
    poses: bool = False


@dataclass(frozen=True, slots=True)
class Recent:
    """An earlier message of the same sender in the same chat; `text` as `tight` gives it."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """What the judge knows beside the message.

    `recent`: the sender's messages of the last ten minutes here, without the one judged. `added` and
    `removed`: the class's own words as typed. `quiet`: the group's quiet hours are set and now.
    `memory`: what the class's teachers have decided about earlier messages. `weights`: other models than
    those of weights.py, for whoever measures the judge.
    """

    now: datetime
    recent: tuple[Recent, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    quiet: bool = False
    memory: Memory | None = None
    weights: Mapping[Head, Weights] | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One sign: its kind (contact, sell, word …) and the phrase that showed it, in comparable form."""

    code: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message is, how surely, and why; `report`: the teacher should know, whatever else follows."""

    category: Category
    sureness: Sureness
    reasons: tuple[Reason, ...] = ()
    report: bool = False

    @property
    def ok(self) -> bool:
        """True if no rule is broken."""
        return self.category is Category.OK

    @property
    def certain(self) -> bool:
        """True for what is surer than sure: three kinds of signs, or a teacher's own word on its like."""
        kinds = {reason.code for reason in self.reasons}
        return self.sureness is Sureness.SURE and (len(kinds) >= 3 or bool(kinds & {"confirmed", "word"}))


def verdict_of(
    category: Category,
    sureness: Sureness,
    found: Mapping[str, Sequence[str]],
    codes: Iterable[str],
    *,
    report: bool = False,
) -> Verdict:
    """A verdict with the phrases that led to it, at most three of a kind."""
    wanted = set(codes)
    reasons = tuple(Reason(code, p) for code in found if code in wanted for p in found[code][:3])
    return Verdict(category, sureness, reasons, report)
