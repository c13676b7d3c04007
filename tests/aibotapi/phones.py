"""Who talks with the bot, and what stands on their screens."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from tests.wecomapi.corp import RefusedError

MINUTE, HOUR = (30, 60.0), (1000, 3600.0)


@dataclass
class Shown:
    """One message on the screens of one conversation."""

    msgid: str
    kind: str
    text: str = ""
    by: str = ""
    """Who wrote it; empty for the bot."""
    buttons: dict[str, str] = field(default_factory=dict)
    card_type: str = ""
    task: str = ""
    filename: str = ""
    links: tuple[str, ...] = ()
    edited: bool = False
    whispers: dict[str, str] = field(default_factory=dict)
    """What one person alone reads on this card, by userid."""


@dataclass
class Chat:
    """A group, or one person's conversation with the bot."""

    chatid: str
    kind: int
    members: list[str]
    screen: list[Shown] = field(default_factory=list)
    talked: bool = False
    present: bool = True


class Phones:
    """People and groups of one corp with one AI bot in it."""

    def __init__(self) -> None:
        self.bot_id, self.secret, self.name = "aibCLASSBOT01", "s3cr3t-of-the-ai-bot-0123456789", "班务助手"
        self.people: dict[str, str] = {}
        self.chats: dict[str, Chat] = {}
        self.tasks: set[str] = set()
        self.files: dict[str, tuple[str, str, bytes]] = {}
        self.later = 0.0
        self._numbers = itertools.count(1)
        self._sent: dict[str, deque[float]] = defaultdict(deque)

    def number(self) -> int:
        return next(self._numbers)

    def now(self) -> float:
        return time.monotonic() + self.later

    def person(self, name: str) -> str:
        who = f"p{self.number()}"
        self.people[who] = name
        self.chats[who] = Chat(who, 1, [who])
        return who

    def group(self, *members: str) -> str:
        """A group with the bot in it; nobody has called it there yet."""
        chatid = f"wr{self.number()}"
        self.chats[chatid] = Chat(chatid, 2, list(members))
        return chatid

    def open_chat(self, chatid: str, kind: int) -> Chat:
        """A conversation that the bot may speak in by itself."""
        found = self.chats.get(chatid)
        if found is None or (kind and found.kind != kind) or not found.present or not found.talked:
            raise RefusedError(93006, "invalid chatid")
        return found

    def count(self, chatid: str) -> None:
        """Count a message of the bot's; too many are refused."""
        now, sent = self.now(), self._sent[chatid]
        for most, seconds in (MINUTE, HOUR):
            if sum(at > now - seconds for at in sent) >= most:
                raise RefusedError(45009, "api freq out of limit")
        sent.append(now)

    def shown(self, chatid: str, by: str, kind: str, text: str) -> Shown:
        """Somebody's own message on the screens."""
        made = Shown(f"CAIQ{self.number()}", kind, text, by)
        self.chats[chatid].screen.append(made)
        return made
