"""How a feature declares its commands, buttons and events, and who may use them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Flag, StrEnum, auto
from typing import TypeVar

from classroom.effects import Effect
from classroom.events import (
    Answered,
    BotBlocked,
    BotMember,
    Delivered,
    Due,
    Joined,
    Json,
    Left,
    Message,
    Migrated,
    PagePressed,
    Renamed,
    SchoolChanged,
    Undelivered,
    Waits,
)
from classroom.pages import Page
from classroom.people import Actor, Role
from handlers.room import Room
from storage.tables import Code, FamilyLink


class Who(Flag):
    """Who may use a command; values compose: Who.TEACHER | Who.COMMITTEE."""

    TEACHER = auto()
    SUBJECT_TEACHER = auto()
    COMMITTEE = auto()
    GUARDIAN = auto()
    ANYONE = auto()

    def admits(self, actor: Actor) -> bool:
        """True if this person, as known in the classroom, may."""
        if Who.ANYONE in self:
            return True
        return (
            (Who.TEACHER in self and actor.leads)
            or (Who.SUBJECT_TEACHER in self and Role.SUBJECT_TEACHER in actor.roles)
            or (Who.COMMITTEE in self and Role.COMMITTEE in actor.roles)
            or (Who.GUARDIAN in self and bool(actor.guardian_of))
        )


class Where(StrEnum):
    """Where a command may be typed."""

    GROUP = "group"
    PRIVATE = "private"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it was typed: `text` is what stands behind its name, `message` the whole of it.

    `ended` is what the dialogue remembered that this command ended.
    """

    name: str
    text: str
    message: Message
    typed: str = ""
    ended: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed by somebody whom it is for; `handle` names the post it stands under."""

    args: dict[str, Json]
    handle: str
    callback: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that somebody came in by: its code was found, is valid, and says what it is for."""

    code: Code
    token: str
    message: Message


@dataclass(frozen=True, slots=True)
class Said:
    """Free text in private that a dialogue was waiting for, with what the dialogue remembered."""

    text: str
    data: dict[str, Json]
    message: Message


T = TypeVar("T")
Effects = Iterable[Effect]
OnCommand = Callable[[Command, Room], Effects]
OnPress = Callable[[Press, Room], Effects]
OnSaid = Callable[[Said, Room], Effects]
OnOpened = Callable[[Opened, Room], Effects]
OnMessage = Callable[[Message, Room], Effects | None]
OnAnswered = Callable[[Answered, Room], Effects]
OnDue = Callable[[Due, Room], Effects]
OnUndelivered = Callable[[Undelivered, Room], Effects]
OnDelivered = Callable[[Delivered, Room], Effects]
OnPage = Callable[[FamilyLink, Room], Page]
OnPagePress = Callable[[PagePressed, Room], Effects]
Happening = Joined | Left | Renamed | Waits | BotMember | BotBlocked | Migrated | SchoolChanged
OnHappening = Callable[[Happening, Room], Effects]


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A command's names, who may use it where, and what runs.

    `classroom` False: it works outside any class too. `listed`: to whom /help and the menus show it.
    """

    name: str
    chinese: tuple[str, ...]
    who: Who
    where: Where
    run: OnCommand
    classroom: bool = True
    hidden: bool = False
    listed: Who | None = None


@dataclass
class Feature:
    """A registry that is attached explicitly in handlers/features.py; a name used twice is refused there."""

    name: str
    commands: list[CommandSpec] = field(default_factory=list)
    buttons: dict[str, OnPress] = field(default_factory=dict)
    dialogues: dict[str, OnSaid] = field(default_factory=dict)
    answers: dict[str, OnAnswered] = field(default_factory=dict)
    dues: dict[str, OnDue] = field(default_factory=dict)
    failures: dict[str, OnUndelivered] = field(default_factory=dict)
    arrivals: dict[str, OnDelivered] = field(default_factory=dict)
    outliving: set[str] = field(default_factory=set)
    codes: dict[str, OnOpened] = field(default_factory=dict)
    pages: dict[str, OnPage] = field(default_factory=dict)
    page_presses: dict[str, OnPagePress] = field(default_factory=dict)
    first: list[OnMessage] = field(default_factory=list)
    watchers: list[OnMessage] = field(default_factory=list)
    besides: list[OnMessage] = field(default_factory=list)
    happenings: list[tuple[type[Happening], OnHappening]] = field(default_factory=list)

    def command(
        self,
        name: str,
        *chinese: str,
        who: Who,
        where: Where = Where.BOTH,
        classroom: bool = True,
        hidden: bool = False,
        listed: Who | None = None,
    ) -> Callable[[OnCommand], OnCommand]:
        """Run this for `/name` and its Chinese names; dispatch has checked who and where."""

        def attach(run: OnCommand) -> OnCommand:
            self.commands.append(CommandSpec(name, chinese, who, where, run, classroom, hidden, listed))
            return run

        return attach

    def button(self, purpose: str) -> Callable[[OnPress], OnPress]:
        """Run this when a button made with `purpose` is pressed by somebody whom it is for."""
        return _into(self.buttons, purpose)

    def dialogue(self, purpose: str, *, outlives_commands: bool = False) -> Callable[[OnSaid], OnSaid]:
        """Run this for the free text that a dialogue of `purpose` waits for.

        `outlives_commands`: a command in between does not end it. Only for what leads to a draft: whoever
        meant something else by the text sees it there, and nothing has gone out.
        """
        if outlives_commands:
            self.outliving.add(purpose)
        return _into(self.dialogues, purpose)

    def code(self, purpose: str) -> Callable[[OnOpened], OnOpened]:
        """Run this when somebody opens the bot by a link whose code is for `purpose`."""
        return _into(self.codes, purpose)

    def page(self, purpose: str) -> Callable[[OnPage], OnPage]:
        """Show this to a family that opens its page by a link of `purpose`; it only reads."""
        return _into(self.pages, purpose)

    def page_press(self, purpose: str) -> Callable[[OnPagePress], OnPagePress]:
        """Run this when the button on that page is pressed."""
        return _into(self.page_presses, purpose)

    def answer(self, then: str) -> Callable[[OnAnswered], OnAnswered]:
        """Run this for the platform's answer to an Ask with this `then`."""
        return _into(self.answers, then)

    def due(self, kind: str) -> Callable[[OnDue], OnDue]:
        """Run this when a schedule of `kind` falls due (or was missed: look at `due.missed`)."""
        return _into(self.dues, kind)

    def undelivered(self, then: str) -> Callable[[OnUndelivered], OnUndelivered]:
        """Run this when a delivery whose report names `then` as failed has failed for good."""
        return _into(self.failures, then)

    def delivered(self, then: str) -> Callable[[OnDelivered], OnDelivered]:
        """Run this when a delivery whose report names `then` as sent has been sent."""
        return _into(self.arrivals, then)

    def before_commands(self, run: OnMessage) -> OnMessage:
        """Look at every message, before any command is read; effects end the road, None lets it go on."""
        self.first.append(run)
        return run

    def watch(self, run: OnMessage) -> OnMessage:
        """Look at every message that was no command; effects end the road, None lets it go on."""
        self.watchers.append(run)
        return run

    def beside(self, run: OnMessage) -> OnMessage:
        """Look at every message beside whatever it leads to: the effects are added, the road goes on."""
        self.besides.append(run)
        return run

    def on(self, kind: type[Happening]) -> Callable[[OnHappening], OnHappening]:
        """Run this for joins, leaves and what becomes of the bot itself; all features' are run."""

        def attach(run: OnHappening) -> OnHappening:
            self.happenings.append((kind, run))
            return run

        return attach


def _into(registry: dict[str, T], name: str) -> Callable[[T], T]:
    def attach(run: T) -> T:
        if name in registry:
            raise ValueError(f"{name} is declared twice")
        registry[name] = run
        return run

    return attach
