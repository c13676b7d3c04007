"""Reading what stands behind /holiday: days, a name, when the children are back. Pure but for the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from classroom.folding import fold
from handlers.concern_people import cleaned
from handlers.room import Room
from scheduler.when import DateRange, WhenError, read_date_range, read_when
from scheduler.when.clock import read_clock
from scheduler.when.words import WEEK, WEEKDAYS_EN, comparable, weekday

LONGEST, LONGEST_TERM = timedelta(days=120), timedelta(days=230)
LONGEST_NAME = 20
_BACK = r"(?:返校|到校|回校|收假|复课|back|return)"
_BEHIND = re.compile(rf"(?:^|[\s,，、;；])\s*{_BACK}(?:时间)?\s*[:：]?\s*(?P<when>\S.{{0,40}})$", re.I)
_ALONE = re.compile(rf"\s*{_BACK}(?:时间)?\s*[:：]?\s*(?P<when>\S.{{0,40}})", re.I)
_TAIL = re.compile(r"(?:之?前(?:到校)?|到校|[。.])\s*$")
_WEEKDAY = re.compile(
    rf"(?:[\s,:]|(?<=[日号一二三四五六天)]))(?:按|上|follows?\s+|as\s+)?"
    rf"(?:{WEEK}(?P<zh>[一二三四五六日天1-7])|(?P<en>{WEEKDAYS_EN}))\s*(?:的?课表?|s?\s*timetable)?\s*$",
    re.I,
)
_ON = frozenset({"on", "开", "打开", "开启", "是", "要"})
_OFF = frozenset({"off", "关", "关闭", "关掉", "否", "不要"})

WORDS = {
    "add": ("添加", "新增", "加", "add"),
    "remove": ("删除", "去掉", "删", "remove", "delete"),
    "event": ("活动", "event"),
    "school": ("上课", "补课", "补班", "school"),
    "term": ("学期", "term"),
    "timetable": ("课表", "timetable"),
    "points": ("要点", "points"),
    "auto": ("自动", "auto"),
    "greetings": ("祝福", "问候", "greetings", "greeting"),
    "return": ("返校", "return"),
}
_HEAD = re.compile(
    "|".join(
        rf"(?P<{name}>{'|'.join(sorted(words, key=len, reverse=True))})" for name, words in WORDS.items()
    ),
    re.I,
)


@dataclass(frozen=True, slots=True)
class Back:
    """When the children are back, as far as it was said."""

    on: date | None = None
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Days with a name."""

    first: date
    last: date
    name: str
    back: Back = Back()


def subcommand(text: str) -> tuple[str, str]:
    """The word at the head, by its English name, and what stands behind it; "" if there is none."""
    typed = text.strip()
    found = _HEAD.match(fold(typed).text)
    if found is None or found.lastgroup is None:
        return "", typed
    end = found.end()
    behind = typed[end : end + 1]
    if found[0].isascii() and behind.isascii() and behind.isalpha():
        return "", typed
    return found.lastgroup, typed[end:].lstrip(" \t:：,，")


def switch(text: str) -> bool | None:
    """On or off; None for anything else."""
    word = fold(text).text.strip().casefold()
    return True if word in _ON else False if word in _OFF else None


def span(text: str, room: Room, longest: timedelta = LONGEST) -> Span | str:
    """Days at the head with a name behind them, or the word for what is wrong."""
    found = read_date_range(text, room.now, room.zone)
    if not isinstance(found, DateRange):
        return {WhenError.PAST: "past", WhenError.NONEXISTENT: "nonexistent"}.get(found, "unread")
    if found.last - found.first > longest:
        return "long"
    name, back = _split(found.rest, found.first, room)
    if back is None:
        return "return"
    if back.on is not None and back.on <= found.first:
        return "return"
    name = cleaned(" ".join(name.split())).reveal()
    if len(name) > LONGEST_NAME:
        return "name"
    return Span(found.first, found.last, name, back)


def named(text: str, room: Room) -> tuple[str, Back | None]:
    """A holiday's name, and when the children are back from it; None where that cannot be read."""
    return _split(text, room.today.date(), room)


def _split(text: str, first: date, room: Room) -> tuple[str, Back | None]:
    found = _BEHIND.search(text)
    if found is None:
        return text.strip(" ,，、;；。"), Back()
    return text[: found.start()].strip(" ,，、;；。"), back(found["when"], first, room)


def return_alone(text: str, first: date, room: Room) -> Back | Literal["unread"] | None:
    """A text that says nothing but when the children are back; None where it says more."""
    found = _ALONE.fullmatch(text.strip())
    return (back(found["when"], first, room) or "unread") if found else None


def back(typed: str, first: date, room: Room) -> Back | None:
    """A time, a day, or both; seen from the holiday's first day."""
    bare = _TAIL.sub("", typed.strip())
    folded = comparable(bare).text.strip()
    clock = read_clock(folded, 0)
    if clock is not None and clock.end == len(folded):
        return Back(at=time(*divmod(clock.minutes, 60))) if clock.minutes and clock.minutes < 1440 else None
    from_there = max(datetime.combine(first, time(), room.zone), room.today)
    when = read_when(bare, from_there, room.zone)
    if isinstance(when, WhenError) or when.rest:
        return None
    return Back(when.day, when.moment.time() if when.has_time else None)


def weekday_behind(text: str) -> tuple[str, int | None]:
    """Take 周五, 按周五的课 or fri off the end of a text: there it is no part of the date."""
    folded = comparable(text)
    found = _WEEKDAY.search(folded.text)
    if found is None or not found.start():
        return text.strip(), None
    return folded.source[: folded.start(found.start())].strip(" ,，、:："), weekday(
        found["zh"] or found["en"]
    )
