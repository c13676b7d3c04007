"""The messenger's memory, and who hears of a change in it."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from bot.platforms.web.chats import NAME, Shown, WebChat
from bot.ports import Incoming, Outcome
from classroom.addresses import ChatKind
from classroom.events import (
    Attachment,
    BotBlocked,
    BotMember,
    Event,
    Joined,
    Left,
    Message,
    Migrated,
    Pressed,
    Sender,
)

REMEMBERED = 400
"""So many of the last events can be looked at."""
Happening = Message | Pressed | Joined | Left | BotMember | BotBlocked | Migrated
_TOLD: dict[str, TypeAdapter[Happening]] = {
    kind.__name__: TypeAdapter(kind)
    for kind in (Message, Pressed, Joined, Left, BotMember, BotBlocked, Migrated)
}
"""By name, since some kinds of event look alike."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be drawn anew: a message of a chat, a chat's members, or a short answer to a press."""

    chat: WebChat
    shown: Shown | None = None
    toast: tuple[str, str, bool] | None = None


class Room:
    """All chats and people; `now` stamps what is said, `oldest` limits what can still be deleted."""

    def __init__(
        self, now: Callable[[], datetime] | None = None, home: str = "https://web.example/class_bot"
    ) -> None:
        """Make an empty one; `listeners` are called at every change, `home` is where its page is."""
        self.chats: dict[str, WebChat] = {}
        self.people: dict[str, Sender] = {}
        self.files: dict[str, bytes] = {}
        self.uploaded: dict[str, Attachment] = {}
        self.toasts: list[tuple[str, str]] = []
        self.menus: dict[tuple[str, str | None], tuple[tuple[str, str], ...]] = {}
        self.answered: dict[str, str] = {}
        self.calls: list[str] = []
        self.failing: dict[str, list[Outcome]] = {}
        self.waiting: list[Incoming] = []
        self.elsewhere: dict[str, list[Incoming]] = {}
        """What people did on other channels, by the channels' names."""
        self.heard: OrderedDict[str, Happening] = OrderedDict()
        self.oldest: timedelta | None = None
        self.listeners: list[Callable[[Change], None]] = []
        self.breaking: list[str] = []
        self.home = home
        self.now = now or (lambda: datetime.now(UTC))
        self.numbers = itertools.count(1)
        self.callbacks: dict[str, str] = {}

    def private(self, person: Sender) -> WebChat:
        """A person's conversation with the bot."""
        return self.chats.setdefault(person.native, WebChat(person.native, ChatKind.PRIVATE))

    def changed(
        self, chat: WebChat, shown: Shown | None = None, toast: tuple[str, str, bool] | None = None
    ) -> None:
        """Let everybody who looks know."""
        for listener in self.listeners:
            listener(Change(chat, shown, toast))

    def happened(self, event: Happening, album: str | None = None) -> None:
        """Keep what somebody did until the bot has stored it."""
        kind = type(event).__name__
        raw = f"{kind}:".encode() + _TOLD[kind].dump_json(event)
        key = f"{NAME}:{next(self.numbers)}"
        own = event.origin.platform == NAME
        waiting = self.waiting if own else self.elsewhere.setdefault(event.origin.platform, [])
        waiting.append(Incoming(key, raw, album, 0.5 if album else 0.0))
        self.heard[key] = event
        if len(self.heard) > REMEMBERED:
            self.heard.popitem(last=False)


def told(raw: bytes) -> Event | None:
    """Read what `happened` wrote; None for anything else."""
    kind, _, words = raw.partition(b":")
    try:
        return _TOLD[kind.decode(errors="replace")].validate_json(words)
    except (KeyError, ValidationError):
        return None
