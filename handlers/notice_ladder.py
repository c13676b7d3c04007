"""The steps by which a family that has not answered is reached, as the settings or the notice say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from classroom.events import Json
from classroom.folding import fold
from handlers.room import Room
from storage.tables import Notice

NUDGE, SECOND, CALLS = "nudge", "second", "calls"
LONGEST = timedelta(days=30)
WITHOUT_NUDGE = timedelta(hours=12)
"""When the teacher's list comes of a notice that nobody is reminded of, besides what it waits anyway."""

_STEP = {
    "提醒": NUDGE,
    "催": NUDGE,
    "nudge": NUDGE,
    "remind": NUDGE,
    "第二位": SECOND,
    "另一位": SECOND,
    "second": SECOND,
    "名单": CALLS,
    "电话": CALLS,
    "list": CALLS,
    "calls": CALLS,
}
_UNITS = {"m": "minutes", "分": "minutes", "h": "hours", "小": "hours", "d": "days", "天": "days"}
_OFF = r"off|no|关|不要?|停|没有"
_MARK = re.compile(
    rf"\s*[\[【［]\s*(?:(?P<step>{'|'.join(_STEP)})\s*[:：]?\s*(?:(?P<number>\d{{1,4}}(?:\.\d)?)\s*"
    rf"(?P<unit>m(?:in)?|h|d|分钟?|小时|天)(?:后|之后)?|(?P<off>{_OFF}))"
    r"|(?P<none>免催|免提醒|不提醒|不催|no[ -]?(?:nudges?|reminders?)))\s*[\]】］]",
    re.I,
)
_TRIED = re.compile(rf"\s*[\[【［]\s*(?:{'|'.join(_STEP)})\b", re.I)


@dataclass(frozen=True, slots=True)
class Ladder:
    """How long each step waits for the one before it; None: that step is left out."""

    nudge: timedelta | None
    second: timedelta | None
    calls: timedelta | None


def of(row: Notice, room: Room) -> Ladder:
    """The steps of one notice: the settings', but for what was said with it."""
    usual = room.instance.defaults
    return Ladder(
        _step(row, NUDGE, usual.nudge_after),
        _step(row, SECOND, usual.second_after),
        _step(row, CALLS, usual.list_after),
    )


def _step(row: Notice, name: str, usual: timedelta | None) -> timedelta | None:
    wish = row.ladder.get(name, "usual")
    if wish == "usual":
        return usual
    return timedelta(seconds=wish) if isinstance(wish, int) else None


def read_mark(text: str) -> tuple[dict[str, Json], str] | None:
    """Read `[提醒 2小时]`, `[第二位 关]`, `[免催]` at the head; gives what it says and the text behind."""
    folded = fold(text)
    found = _MARK.match(folded.text)
    if found is None:
        return None
    rest = text[folded.span(0, found.end())[1] :].strip()
    if found["none"]:
        return {NUDGE: None}, rest
    step = _STEP[found["step"].lower()]
    if found["off"]:
        return {step: None}, rest
    span = timedelta(**{_UNITS[found["unit"][0].lower()]: float(found["number"])})
    return {step: int(min(span, LONGEST).total_seconds())}, rest


def described(wish: dict[str, Json]) -> list[tuple[str, int | None]]:
    """What a notice says itself of its steps, as (step, seconds or None for off), in their order."""
    found = [(step, wish[step]) for step in (NUDGE, SECOND, CALLS) if step in wish]
    return [(step, seconds if isinstance(seconds, int) else None) for step, seconds in found]


def is_tried(text: str) -> bool:
    """True if such a mark was meant, though it cannot be read."""
    return bool(_TRIED.match(fold(text).text))
