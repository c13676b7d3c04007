"""Who is in a group, as WeCom tells when it is asked; and what has changed since it was asked before.

Of a name only a mark is kept, by which a change is seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.platforms.tencent.fields import Fields, inner, number, several, text
from bot.platforms.wecom_group.settings import PLATFORM
from bot.ports import Incoming
from classroom.events import Json

EXTERNAL = 2
"""The type of who is in WeChat, and no member of the corp."""

NAMELESS = ""


@dataclass(frozen=True, slots=True)
class Roll:
    """A group at one moment: its people from WeChat by their id, each with the mark of a name.

    `change` counts how often it was different from before.
    """

    title: str
    owner: str
    people: dict[str, str] = field(default_factory=dict)
    change: int = 0

    def to_json(self) -> str:
        """As it is kept."""
        whole = {"title": self.title, "owner": self.owner, "people": self.people, "change": self.change}
        return json.dumps(whole, ensure_ascii=False)


def kept(words: str | None) -> Roll | None:
    """What was kept of a group; None where nothing was."""
    try:
        found = json.loads(words) if words else None
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    people = {str(who): str(mark) for who, mark in inner(found, "people").items()}
    return Roll(text(found, "title"), text(found, "owner"), people, number(found, "change") or 0)


def names_in(answer: Fields) -> dict[str, str]:
    """What the group shows its people from WeChat as: their nickname in it, else their own name."""
    return {
        text(one, "userid"): text(one, "group_nickname").strip() or text(one, "name").strip()
        for one in several(inner(answer, "group_chat"), "member_list")
        if number(one, "type") == EXTERNAL and text(one, "userid")
    }


def roll_of(answer: Fields, before: Roll | None) -> Roll:
    """The group that WeCom answered with."""
    group, change = inner(answer, "group_chat"), before.change if before else 0
    people = {who: _mark(name) for who, name in names_in(answer).items()}
    return Roll(text(group, "name"), text(group, "owner"), people, change)


def changes(chat: str, before: Roll | None, now: Roll, names: dict[str, str]) -> Iterator[Incoming]:
    """What is to be told of a group: who has come, who is called otherwise, who is gone."""
    known = before.people if before is not None else {}
    for who, mark in now.people.items():
        if who not in known:
            yield told("joined", chat, now, who, names[who])
        elif known[who] != mark and mark != NAMELESS:
            yield told("renamed", chat, now, who, names[who])
    for who in known:
        if who not in now.people:
            yield told("left", chat, now, who)
    if before is not None and before.title != now.title and now.title:
        yield told("titled", chat, now)


def told(what: str, chat: str, now: Roll, who: str = "", name: str = "") -> Incoming:
    """Something that happened in a group; the same has the same key, until it happens again."""
    found: dict[str, Json] = {"what": what, "chat": chat, "title": now.title, "who": who, "name": name}
    mark = hashlib.sha256(f"{what}|{who}|{name}|{now.title}".encode("utf-8", "replace")).hexdigest()[:16]
    return Incoming(f"{PLATFORM}:{chat}:{now.change}:{mark}", json.dumps(found, ensure_ascii=False).encode())


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16] if name else NAMELESS
