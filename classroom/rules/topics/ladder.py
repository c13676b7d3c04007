"""What follows from a verdict: the ladder from nothing to a mute, by sureness, rule and history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from classroom.rules.topics.verdicts import Category, Speaker, Sureness, Verdict

MEMORY = timedelta(days=30)
"""How long a violation counts."""

REMINDED_ENOUGH = timedelta(hours=24)
"""Nobody is reminded twice a day of the same thing."""

_NEVER_DELETED = frozenset({Category.GIFT, Category.CHITCHAT, Category.QUIET_HOURS})
_SAID_ANYWAY = frozenset({Category.GIFT, Category.QUIET_HOURS})
"""Friendly words that hurt nobody, also where the class merely watches yet."""

_HOUR, _DAY = timedelta(hours=1), timedelta(hours=24)


class Mode(StrEnum):
    """How the class keeps its rule of topics."""

    OFF = "off"
    WATCH = "watch"
    REMIND = "remind"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier violation of the same member here; `deleted` if the message went, and was not restored."""

    category: Category
    at: datetime
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Consequence:
    """What is to be done; a deletion is always told in private, a mute ends by itself after `mute`.

    `would`: what would be done in a class that does not merely watch yet: remind or delete.
    """

    remind: bool = False
    delete: bool = False
    mute: timedelta | None = None
    report: bool = False
    would: str = ""

    @property
    def nothing(self) -> bool:
        """True if nothing is to be done."""
        return self == Consequence()


def consequence(
    verdict: Verdict, history: tuple[Past, ...], *, speaker: Speaker, mode: Mode, now: datetime
) -> Consequence:
    """Choose the step of the ladder; the committee is never muted, what is not sure is never deleted."""
    if speaker is Speaker.TEACHER or mode is Mode.OFF:
        return Consequence()
    if verdict.ok or verdict.sureness is Sureness.DOUBTFUL:
        return Consequence(report=verdict.report)
    if mode is Mode.WATCH and verdict.category not in _SAID_ANYWAY:
        return _watched(verdict)
    if verdict.category is Category.SCAM and verdict.sureness is not Sureness.SURE:
        return Consequence(report=True)  # who collects honestly is not to be reproached; the teacher looks
    counted = tuple(past for past in history if timedelta() <= now - past.at <= MEMORY)
    surely = verdict.sureness is Sureness.SURE and verdict.category not in _NEVER_DELETED
    if mode is Mode.DELETE and surely:
        return _deleted(verdict, counted, speaker)
    return _reminded(verdict, counted, now)


def _watched(verdict: Verdict) -> Consequence:
    """In the first days only what is certain goes; all else is shown to the teacher as what would be."""
    if verdict.certain and verdict.category not in _NEVER_DELETED:
        return Consequence(remind=True, delete=True, report=True)
    surely = verdict.sureness is Sureness.SURE and verdict.category not in _NEVER_DELETED
    honest = verdict.category is Category.SCAM and not surely
    return Consequence(report=True, would="" if honest else "delete" if surely else "remind")


def _reminded(verdict: Verdict, counted: tuple[Past, ...], now: datetime) -> Consequence:
    """A reminder, once a day for the same thing; the third of its kind in a month is told to the teacher."""
    same = [past for past in counted if past.category is verdict.category]
    again = any(now - past.at < REMINDED_ENOUGH for past in same)
    tell = verdict.category not in _NEVER_DELETED and len(same) == 2
    return Consequence(remind=not again, report=verdict.report or tell)


def _deleted(verdict: Verdict, counted: tuple[Past, ...], speaker: Speaker) -> Consequence:
    """The first two go, the third mutes for an hour, the next for a day; visitors are a step ahead."""
    before = sum(past.deleted for past in counted)
    step = before + (1 if speaker in (Speaker.VISITOR, Speaker.CHANNEL) else 0)
    mute = None if step < 2 else _HOUR if step == 2 else _DAY
    report = verdict.report or verdict.category is Category.LEAK or step >= 1
    return Consequence(
        remind=True, delete=True, mute=None if speaker is Speaker.COMMITTEE else mute, report=report
    )
