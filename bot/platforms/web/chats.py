"""What people see of a messenger: messages, and the chats that hold them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.ports import Key
from classroom.addresses import ChatKind
from classroom.events import Attachment, Right
from classroom.markup import Span

NAME = "web"
LIMIT = 4096
MARK = "…"
BOT = "class_bot"
ALL_RIGHTS = frozenset(Right)


@dataclass(frozen=True, slots=True)
class Card:
    """A message in the dress of another channel: `kind` is which, `fields` stand under its title.

    `label` and `url` are the link at its foot, `over` what stands in the place of keys that are gone, and
    `submit` is on the button under options to choose from.
    """

    kind: str
    title: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    label: str = ""
    url: str = ""
    over: str = ""
    submit: str = ""


@dataclass(slots=True)
class Shown:
    """A message as people see it; `by` is a native account id, BOT for the bot's own, `name` as it was then.

    `spans` are how the bot's words are set; `place` is what the sender's own screen calls the message.
    """

    ref: str
    by: str
    text: str
    keys: tuple[Key, ...] = ()
    files: tuple[str, ...] = ()
    reply_to: str | None = None
    album: str | None = None
    edited: bool = False
    removed: bool = False
    pinned: bool = False
    protected: bool = False
    private: bool = False
    reactions: list[str] = field(default_factory=list)
    attachments: tuple[Attachment, ...] = ()
    at: datetime | None = None
    name: str = ""
    tag: str = ""
    spans: tuple[Span, ...] = ()
    place: str | None = None
    card: Card | None = None


@dataclass(slots=True)
class WebChat:
    """A group or a private conversation with all that was ever shown in it.

    `channel` is the platform by whose name the bot knows it: the messenger itself, or another beside it.
    """

    native: str
    kind: ChatKind
    title: str = ""
    messages: list[Shown] = field(default_factory=list)
    members: set[str] = field(default_factory=set)
    admins: set[str] = field(default_factory=set)
    rights: frozenset[Right] = ALL_RIGHTS
    bot_inside: bool = True
    muted: set[str] = field(default_factory=set)
    tags: dict[str, str] = field(default_factory=dict)
    moved_to: str | None = None
    opened: bool = False
    blocked: bool = False
    channel: str = NAME

    @property
    def visible(self) -> list[Shown]:
        """What can still be read."""
        return [m for m in self.messages if not m.removed]

    def find(self, ref: str) -> Shown | None:
        """The message of that number, whether it can still be read or not."""
        return next((m for m in reversed(self.messages) if m.ref == ref), None)
