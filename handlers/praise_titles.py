"""Titles of the class's own: 三好学生, 劳动小能手, 小雷锋; kept by the class, given by a praise."""

from __future__ import annotations

import re

from classroom.effects import Effect
from classroom.events import Json
from classroom.folding import fold
from classroom.roster import Roster, Student
from handlers.aside import aside, own
from handlers.held_back import judge
from handlers.room import Room
from storage import classrooms
from templates.render import Say

SETTING = "titles"
LONGEST, MOST = 16, 20
ASKED = re.compile(
    r"(?:titles?|称号)(?![a-z])\s*(?:(?P<add>add|添加|增加|加)|(?P<remove>remove|delete|删除|去掉|减|删))?"
    r"\s*[:：]?\s*(?P<names>.*)",
    re.I | re.S,
)
_BETWEEN = re.compile(r"[,，、;；|/\n]+")
_BLANKS = re.compile(r"\s+")
_EDGES = " \t\n,，.。:：;；、!！-—~～「」“”\"'#"


def titles_of(room: Room) -> tuple[str, ...]:
    """The titles that this class gives; those that every school knows, as long as it has said nothing."""
    kept = room.here.settings.get(SETTING)
    if isinstance(kept, list):
        return tuple(str(title) for title in kept)
    return tuple(room.say_class.label("praise.first_titles").text.split("|"))


def at_head(words: str, room: Room) -> tuple[str | None, str]:
    """The title that words begin with, and what is said beside it."""
    folded = fold(words).text.casefold()
    for title in sorted(titles_of(room), key=len, reverse=True):
        end = len(title)
        if folded.startswith(fold(title).text.casefold()) and not folded[end : end + 1].isalnum():
            return title, words[end:].strip(_EDGES)
    return None, words


def change(asked: re.Match[str], room: Room) -> list[Effect]:
    """Show the titles, or add and remove some; only whoever leads the class changes them."""
    say, names = own(room), _names(asked["names"])
    if not (asked["add"] or asked["remove"]) or not names:
        return _shown(room, say, how=bool(asked["add"] or asked["remove"] or names))
    if not room.who.leads:
        return aside(room, say.private("praise.titles_by_teacher"))
    titles = list(titles_of(room))
    if asked["remove"]:
        unknown = [name for name in names if name not in titles]
        titles = [title for title in titles if title not in names]
        return _kept(titles, room, say, unknown=unknown)
    refused = [(name, why) for name in names if (why := _refusal(name, room))]
    good = [name for name in names if not _refusal(name, room)]
    titles = list(dict.fromkeys([*titles, *good]))
    if len(titles) > MOST:
        return aside(room, say.private("praise.too_many_titles", most=MOST))
    return _kept(titles, room, say, refused=refused)


def _names(typed: str) -> list[str]:
    """Titles between commas; Chinese ones may have blanks between them, of which an English one is made."""
    parts = [part.strip() for part in _BETWEEN.split(typed) if part.strip()]
    if len(parts) == 1 and not re.search("[a-z]", parts[0], re.I):
        parts = _BLANKS.split(parts[0])
    return list(dict.fromkeys(" ".join(part.split()) for part in parts))


def _refusal(title: str, room: Room) -> str:
    """Why something is no title, in a word; empty if it is one."""
    if len(title) > LONGEST:
        return "long"
    if room.roster.find(title):
        return "name"
    anybody = Roster((Student(0, "张小明"),))
    return "unkind" if judge(f"张小明 {title}", anybody, names_are_given=True) else ""


def _kept(
    titles: list[str],
    room: Room,
    say: Say,
    *,
    refused: list[tuple[str, str]] | None = None,
    unknown: list[str] | None = None,
) -> list[Effect]:
    kept: list[Json] = [*titles]
    classrooms.change_setting(room.here, SETTING, kept)
    return _shown(room, say, refused=refused or [], unknown=unknown or [])


def _shown(
    room: Room,
    say: Say,
    *,
    how: bool = False,
    refused: list[tuple[str, str]] | None = None,
    unknown: list[str] | None = None,
) -> list[Effect]:
    text = say.private(
        "praise.titles",
        titles=titles_of(room),
        refused=refused or [],
        unknown=unknown or [],
        longest=LONGEST,
        how=how,
    )
    return aside(room, text)
