"""A teacher changes one rule; every answer shows how it stands now."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from classroom.commands import spelling_at
from classroom.effects import Effect, Post
from classroom.events import Json
from classroom.folding import fold
from classroom.rules.topics import Mode, tight
from classroom.text import PublicText
from handlers import name_looking
from handlers.aside import aside, own
from handlers.room import Room
from handlers.rule_book import (
    ACKS,
    ADDED,
    COLLAPSE,
    MUTE,
    OFF,
    PATTERN,
    QUIET,
    REMOVED,
    TOPICS,
    example,
    rules_of,
    words,
)
from scheduler.hours import OFF as OFF_WORDS
from scheduler.hours import read_hours, valid_hours
from storage import classrooms, identity
from templates.render import Say

SUBJECTS = {
    "topics": "topics", "topic": "topics", "话题": "topics", "主题": "topics",
    "words": "words", "word": "words", "词": "words", "词语": "words", "关键词": "words", "敏感词": "words",
    "quiet": "quiet", "安静": "quiet", "安静时间": "quiet", "免打扰": "quiet",
    "name": "name", "names": "name", "名字": "name", "昵称": "name", "名片": "name",
    "acks": "acks", "ack": "acks", "收到": "acks",
    "mute": "mute", "禁言": "mute",
}  # fmt: skip
OFF_ALSO = OFF_WORDS | {"不限", "不要", "不用"}
DEFAULT = frozenset({"default", "默认"})
ON = frozenset({"on", "开", "开启", "打开", "yes"})
MODES = {
    "watch": Mode.WATCH,
    "观察": Mode.WATCH,
    "remind": Mode.REMIND,
    "提醒": Mode.REMIND,
    "delete": Mode.DELETE,
    "删除": Mode.DELETE,
    "删": Mode.DELETE,
}
ADDING = {"add": True, "加": True, "加上": True, "添加": True, "增加": True}
TAKING = {
    "remove": False,
    "减": False,
    "减去": False,
    "去掉": False,
    "删": False,
    "删除": False,
    "移除": False,
}
PARTS = {
    "{学生}": "{student}",
    "{姓名}": "{student}",
    "{孩子}": "{student}",
    "{关系}": "{relation}",
    "{班级}": "{class}",
}
LONGEST_PATTERN, SHORTEST_WORD, LONGEST_WORD, MOST_WORDS = 40, 2, 20, 100
_BEHIND = " \t\n:：,，="
_BETWEEN_WORDS = re.compile(r"[\s,，、;；]+")
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")


def change(text: str, ref: str, room: Room) -> list[Effect]:
    """Read which rule is meant and what it shall be; what cannot be read is answered with an example."""
    folded = fold(text)
    found = spelling_at(folded.text, 0, SUBJECTS)
    if found is None:
        return aside(room, own(room).private("rules.unread", subject="", typed=text[:40]))
    subject = SUBJECTS[found[0]]
    behind = folded.source[folded.start(found[1]) :]
    value = behind.lstrip(_BEHIND).strip()
    effects = CHANGES[subject](value, room)
    if effects is None:
        return aside(room, own(room).private("rules.unread", subject=subject, typed=value[:40]))
    return [*_answered(room, subject, ref), *effects]


def _answered(room: Room, subject: str, ref: str) -> list[Effect]:
    if room.group is not None:
        return [room.post(now_holds(room, room.say_class, subject), reply_to=ref)]
    return [room.tell(now_holds(room, room.say, subject))]


def now_holds(room: Room, say: Say, subject: str) -> PublicText:
    """One rule as it stands now."""
    book = rules_of(room)
    quiet = room.quiet
    return say.group(
        "rules.now_holds",
        subject=subject,
        topics=book.topics.value,
        added=list(book.added),
        removed=list(book.removed),
        quiet=f"{quiet.start_text}–{quiet.end_text}" if quiet else "",
        in_group=book.quiet is not None,
        pattern=book.pattern or "",
        example=example(book.pattern, room) if book.pattern else "",
        collapse=book.collapse,
        mute=book.mute,
        grace=room.instance.defaults.name_grace.days,
    )


def _set(room: Room, name: str, value: Json) -> list[Effect]:
    classrooms.change_setting(room.here, name, value)
    return []


def _topics(value: str, room: Room) -> list[Effect] | None:
    word = value.casefold()
    mode = Mode.OFF if word in OFF_ALSO else MODES.get(word)
    return None if mode is None else _set(room, TOPICS, mode.value)


def _words(value: str, room: Room) -> list[Effect] | None:
    found = spelling_at(fold(value).text, 0, {**_same(ADDING), **_same(TAKING)})
    if found is None:
        return None
    typed = [w for w in _BETWEEN_WORDS.split(value[found[1] :].strip(" :：，,")) if w]
    if not typed or not all(len(tight(w)) >= SHORTEST_WORD and len(w) <= LONGEST_WORD for w in typed):
        return None
    into, out_of = (ADDED, REMOVED) if found[0] in ADDING else (REMOVED, ADDED)
    known = {tight(w) for w in typed}
    stays = [w for w in words(room.here, out_of) if tight(w) not in known]
    gone = {tight(w) for w in words(room.here, out_of)} & known
    # what the class itself had put on one list only comes off it; it does not go onto the other
    new = [w for w in typed if tight(w) not in gone and tight(w) not in map(tight, words(room.here, into))]
    if len(words(room.here, into)) + len(new) > MOST_WORDS:
        return None
    _set(room, out_of, [*stays] or None)
    return _set(room, into, [*words(room.here, into), *new] or None)


def _same(spellings: Mapping[str, bool]) -> dict[str, str]:
    return {spelling: spelling for spelling in spellings}


def _quiet(value: str, room: Room) -> list[Effect] | None:
    if value.casefold() in DEFAULT:
        return _set(room, QUIET, None)
    if value.casefold() in OFF_ALSO:
        return _set(room, QUIET, OFF)
    window = read_hours(value, room.zone) if valid_hours(value) else None
    return None if window is None else _set(room, QUIET, f"{window.start_text}-{window.end_text}")


def _name(value: str, room: Room) -> list[Effect] | None:
    if value.casefold() in DEFAULT | OFF_ALSO:
        _set(room, PATTERN, None if value.casefold() in DEFAULT else OFF)
        return name_looking.reconsider(room)
    pattern = value
    for spoken, part in PARTS.items():
        pattern = pattern.replace(spoken, part)
    if not readable_pattern(pattern):
        return None
    _set(room, PATTERN, pattern)
    return name_looking.reconsider(room)


def readable_pattern(pattern: str) -> bool:
    """True if a pattern names the child once, and uses no braces but ours."""
    parts = _BRACES.findall(pattern)
    known = set(parts) <= {"{student}", "{relation}", "{class}"}
    once = len(parts) == len(set(parts)) and "{student}" in parts
    return known and once and len(pattern) <= LONGEST_PATTERN and pattern.isprintable()


def _acks(value: str, room: Room) -> list[Effect] | None:
    word = value.casefold()
    if word in {"keep", "保留", "留", "留着", *OFF_ALSO}:
        return _set(room, ACKS, None)
    if word not in {COLLAPSE, "收起", "折叠", *ON}:
        return None
    before = rules_of(room).collapse
    _set(room, ACKS, COLLAPSE)
    return [] if before else _announced(room)


def _announced(room: Room) -> list[Effect]:
    """Say it once in the class's groups, where it was not just said."""
    here = room.group.chat if room.group else None
    text = now_holds(room, room.say_class, "acks")
    groups: Sequence[Post] = [
        Post(identity.group_address(g), text)
        for g in identity.groups_of(room.db, room.here.id)
        if g.id != here
    ]
    return [*groups]


def _mute(value: str, room: Room) -> list[Effect] | None:
    word = value.casefold()
    if word not in ON | OFF_ALSO:
        return None
    _set(room, MUTE, word in ON)
    return name_looking.reconsider(room)


CHANGES: dict[str, Callable[[str, Room], list[Effect] | None]] = {
    "topics": _topics,
    "words": _words,
    "quiet": _quiet,
    "name": _name,
    "acks": _acks,
    "mute": _mute,
}
