"""What happened, in our words: every platform and the clock speak these."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from typing_extensions import TypeAliasType

from classroom.addresses import ChatKind

Json = TypeAliasType("Json", "str | int | float | bool | list[Json] | dict[str, Json] | None")
"""What travels through the queue; a named alias, since pydantic cannot follow an implicit recursive one."""


class SenderKind(StrEnum):
    """What stands behind a message: only a person is ever bound to a student."""

    PERSON = "person"
    ANONYMOUS_ADMIN = "anonymous_admin"
    CHANNEL = "channel"
    LINKED_CHANNEL = "linked_channel"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who did something, as the platform shows them; `native` is the platform's own id."""

    native: str
    name: str = ""
    username: str | None = None
    language: str | None = None
    kind: SenderKind = SenderKind.PERSON


@dataclass(frozen=True, slots=True)
class Origin:
    """The chat where something happened; `thread` is a forum topic.

    `page`: it was done on our own page, which stands for the buttons that the platform lacks.
    """

    platform: str
    native: str
    kind: ChatKind
    title: str = ""
    thread: str | None = None
    page: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message; `ref` fetches it from the platform, `size` is in bytes."""

    kind: str
    ref: str
    filename: str | None = None
    size: int | None = None
    mime: str | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """The message that another one answers."""

    ref: str
    text: str = ""
    sender: Sender | None = None
    attachments: tuple[Attachment, ...] = ()
    album: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """Somebody wrote, or edited; a caption is text, an album is one message with several `refs`."""

    origin: Origin
    sender: Sender
    ref: str
    text: str
    at: datetime
    edited: bool = False
    reply_to: Quoted | None = None
    quote: str = ""
    attachments: tuple[Attachment, ...] = ()
    album: str | None = None
    more_refs: tuple[str, ...] = ()

    @property
    def refs(self) -> tuple[str, ...]:
        """Every platform message this is: several for an album."""
        return (self.ref, *self.more_refs)


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody pressed a button of ours; `callback` answers the press, `token` says which button."""

    origin: Origin
    sender: Sender
    token: str
    callback: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody came into a group; `member` is the newcomer."""

    origin: Origin
    member: Sender


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody left a group or was removed."""

    origin: Origin
    member: Sender


@dataclass(frozen=True, slots=True)
class Renamed:
    """Somebody in a group is called otherwise now; only what is asked now and then tells so."""

    origin: Origin
    member: Sender


@dataclass(frozen=True, slots=True)
class Waits:
    """A post of ours that somebody has to send by hand. `owner` is who; `page` is a path that shows its text.

    `begin` is how it begins. `why`: new, again (with a number), sent; or what became of it otherwise:
    withdrawn, too_many, refused, over.
    """

    origin: Origin
    owner: Sender
    ref: str
    page: str
    begin: str
    why: str


class Right(StrEnum):
    """What an administrator may allow the bot to do in a group."""

    DELETE = "delete"
    RESTRICT = "restrict"
    PIN = "pin"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class BotMember:
    """The bot was added, removed, or its rights changed; `sender` did it."""

    origin: Origin
    sender: Sender
    present: bool
    admin: bool = False
    rights: frozenset[Right] = frozenset()


@dataclass(frozen=True, slots=True)
class BotBlocked:
    """A person closed the private door to the bot, or opened it again."""

    origin: Origin
    sender: Sender
    blocked: bool


@dataclass(frozen=True, slots=True)
class Migrated:
    """A group got a new id on its platform; everything else about it stays."""

    origin: Origin
    new_native: str


@dataclass(frozen=True, slots=True)
class SchoolChanged:
    """The school's own address book has changed; `userid` is whom it is about.

    `follows`: a parent follows the school's notices, or does so no more; None where anything else changed.
    """

    platform: str
    userid: str
    follows: bool | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A schedule fell due; `missed` if its grace was over before anybody could look."""

    schedule: int
    kind: str
    at: datetime
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What a platform answered to an `Ask`; `then` names the handler, `answer` is None where it failed.

    `chat` is our row of the chat asked about, `asked_by` our row of the account that wanted to know.
    """

    delivery: int
    then: str
    answer: Json
    data: dict[str, Json] = field(default_factory=dict)
    failure: str | None = None
    classroom: int | None = None
    chat: int | None = None
    asked_by: int | None = None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A delivery failed for good and somebody must hear of it; `then` names the handler."""

    delivery: int
    then: str
    reason: str
    data: dict[str, Json] = field(default_factory=dict)
    classroom: int | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery that a handler waits for has happened; `then` names the handler."""

    delivery: int
    then: str
    data: dict[str, Json] = field(default_factory=dict)
    classroom: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a platform tells later of messages that it took: their `fate`, or in `failure` why not after all.

    `origin` is the chat they went to. `tries` counts how often they were looked for in vain.
    """

    origin: Origin
    refs: tuple[str, ...]
    fate: str
    failure: str | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class PagePressed:
    """A family pressed the button on its own page; `link` is our row of the door that it came in by."""

    link: int
    purpose: str
    args: dict[str, Json] = field(default_factory=dict)


Event = (
    Message
    | Pressed
    | Joined
    | Left
    | Renamed
    | Waits
    | BotMember
    | BotBlocked
    | Migrated
    | SchoolChanged
    | Due
    | Answered
    | Undelivered
    | Delivered
    | Told
    | PagePressed
)
