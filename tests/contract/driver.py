"""What a test can make people do and see on a platform; a new platform brings one of these.

Everything is named by the platform's own ids as strings: a person, a group, a message. A person's
private conversation with the bot has the person's id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot import ports
from bot.ports import Platform
from classroom.events import Right

ALL_RIGHTS = frozenset(Right)
RETRY_AFTER = 7.0
EVERYTHING: tuple[type[object], ...] = (
    ports.PostsToGroup,
    ports.TellsPeople,
    ports.EditsPosts,
    ports.DeletesMessages,
    ports.PinsPosts,
    ports.Reacts,
    ports.RestrictsMembers,
    ports.SetsTags,
    ports.AnswersPresses,
    ports.KnowsMembers,
    ports.FetchesFiles,
    ports.ShowsMenus,
)
"""All the small protocols of bot/ports.py."""


class Trouble(StrEnum):
    """How the next sending ends."""

    BUSY = "busy"
    """Refused for now; to be tried again after `busy_for` seconds."""
    BROKEN = "broken"
    """Carried out, but the line breaks before the answer."""


class Saying(StrEnum):
    """What may get into trouble."""

    POST = "post"
    TELL = "tell"


@dataclass(frozen=True)
class Seen:
    """A message as people see it."""

    ref: str
    by_bot: bool
    text: str
    buttons: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    removed: bool = False
    edited: bool = False
    pinned: bool = False
    protected: bool = False
    reactions: tuple[str, ...] = ()
    reply_to: str | None = None


@dataclass(frozen=True)
class Parcel:
    """A file in somebody's hands; `kind` is photo or document."""

    kind: str
    filename: str
    data: bytes


class Driver(Protocol):
    """The people around one bot on one platform, which is open."""

    @property
    def platform(self) -> Platform:
        """The platform that is tested."""
        ...

    @property
    def able(self) -> frozenset[type[object]]:
        """Which of EVERYTHING the platform can do."""
        ...

    @property
    def cannot(self) -> Mapping[str, str]:
        """Tests that ask for what no bot can do on this platform, by name, and why that is so."""
        ...

    @property
    def busy_for(self) -> float:
        """After how many seconds a refused sending is tried again, as the platform says or as we choose."""
        ...

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen in a log: tokens and keys."""
        ...

    # --- people and groups ----------------------------------------------------------------------

    def person(self, name: str) -> str:
        """Somebody with an account who has never met the bot."""
        ...

    def other_bot(self, name: str) -> str:
        """A bot of somebody else's."""
        ...

    def channel(self, title: str, owner: str) -> str:
        """A channel in whose name its owner can speak."""
        ...

    def group(
        self,
        title: str,
        owner: str,
        *members: str,
        rights: frozenset[Right] = ALL_RIGHTS,
        can_move: bool = False,
    ) -> str:
        """A group that the bot was just added to by its owner; `can_move` where `migrate` will be called."""
        ...

    def set_rights(self, group: str, owner: str, rights: frozenset[Right]) -> None:
        """The owner changes what the bot may do."""
        ...

    def remove_bot(self, group: str, owner: str) -> None:
        """The owner throws the bot out."""
        ...

    def join(self, group: str, who: str) -> None:
        """Somebody comes in."""
        ...

    def leave(self, group: str, who: str) -> None:
        """Somebody goes."""
        ...

    def migrate(self, group: str) -> str:
        """The group gets another id, which is given."""
        ...

    def open_door(self, who: str) -> None:
        """Somebody begins the private conversation."""
        ...

    def block(self, who: str) -> None:
        """Somebody closes the private door."""
        ...

    def unblock(self, who: str) -> None:
        """Somebody opens it again without a word."""
        ...

    def becomes_group(self, who: str) -> None:
        """From now on the platform says that this person's id is a group's."""
        ...

    # --- messages -------------------------------------------------------------------------------

    def say(self, who: str, where: str, text: str, *, reply_to: str | None = None, quote: str = "") -> str:
        """Somebody writes; `quote` is the part of the answered message that they marked."""
        ...

    def say_as_group(self, who: str, group: str, text: str) -> str:
        """An administrator writes anonymously, in the group's name."""
        ...

    def say_as_channel(self, who: str, group: str, channel: str, text: str) -> str:
        """Somebody writes in a channel's name."""
        ...

    def send(self, who: str, where: str, *files: Parcel, caption: str = "") -> tuple[str, ...]:
        """Somebody sends a file, or several as one album."""
        ...

    def edit(self, where: str, ref: str, text: str) -> None:
        """The author changes a text or a caption."""
        ...

    def press(self, who: str, where: str, ref: str, label: str) -> str:
        """Somebody presses a button; gives the id by which the press can be answered."""
        ...

    def days_pass(self, days: float) -> None:
        """The platform's clock goes on."""
        ...

    # --- what is seen ---------------------------------------------------------------------------

    def seen(self, where: str) -> list[Seen]:
        """All messages of a chat, removed ones marked, oldest first; notices of the platform left out."""
        ...

    def toast_of(self, callback: str) -> str | None:
        """What the one who pressed was shown; None while the press is unanswered."""
        ...

    def muted(self, group: str, who: str) -> bool:
        """Whether somebody cannot write now."""
        ...

    def tag_of(self, group: str, who: str) -> str:
        """The label beside a member's name."""
        ...

    def menu_of(self, who: str, where: str) -> list[str]:
        """The commands that somebody is offered in a chat."""
        ...

    # --- trouble --------------------------------------------------------------------------------

    def trouble(self, saying: Saying, kind: Trouble) -> None:
        """The next sending ends so."""
        ...

    def check(self) -> None:
        """Look after the test whether the platform was used as it wants to be."""
        ...


Stage = Callable[[], Driver]
"""Gives a fresh driver for every test."""

Opening = Callable[[], AbstractAsyncContextManager[Stage]]
"""What tests share: a server that is started once, connections that are opened once."""
