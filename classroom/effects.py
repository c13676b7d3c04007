"""What the bot does to a platform: plain values that handlers return and delivery carries out."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from classroom.addresses import GroupAddress, PersonAddress, Private
from classroom.drawings import Drawing, PublicDrawing
from classroom.events import Json
from classroom.people import Role
from classroom.text import Label, PrivateText, PublicText

TOKEN_LIFE_DAYS = 30


class Lane(StrEnum):
    """How soon: instant waits for nobody, talk answers people, bulk is for everybody."""

    INSTANT = "instant"
    TALK = "talk"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class Button:
    """A button of ours. Whoever is not `person`, and has none of `roles`, finds it useless.

    `purpose` names the handler, `args` go to it. With neither person nor roles anybody in the
    chat may press. `row` puts buttons of equal number side by side. `hours` is its life.
    """

    label: Label
    purpose: str
    args: dict[str, Json] = field(default_factory=dict)
    person: int | None = None
    roles: frozenset[Role] = frozenset()
    row: int | None = None
    hours: int = 24 * TOKEN_LIFE_DAYS
    once: bool = False


@dataclass(frozen=True, slots=True)
class LinkButton:
    """A button that opens the private conversation with the bot, carrying `payload` to its start."""

    label: Label
    payload: str
    row: int | None = None


AnyButton = Button | LinkButton


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes along: `ref` is one the platform gave us, `data` is base64 of one we made.

    `private`: no platform shows it in a group. `platform` is the one whose `ref` it is: another one is
    brought the file itself.
    """

    kind: str
    filename: str
    ref: str | None = None
    data: str | None = None
    private: bool = False
    platform: str | None = None

    @property
    def content(self) -> bytes:
        """The bytes of one that we made; none where it is the platform's, or cannot be read."""
        try:
            return base64.b64decode(self.data or "", validate=True)
        except binascii.Error:
            return b""


@dataclass(frozen=True, slots=True)
class Report:
    """Which handler hears how a delivery went: `failed` for good, `sent` at last."""

    failed: str | None = None
    sent: str | None = None
    data: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a person wants quiet: `start` and `end` as "21:00", in `zone`; what would arrive then waits."""

    start: str
    end: str
    zone: str


@dataclass(frozen=True, slots=True)
class Post:
    """Say something in a group. `handle` is our name for the post: edit, pin and remove use it."""

    to: GroupAddress
    text: PublicText
    buttons: tuple[AnyButton, ...] = ()
    handle: str | None = None
    reply_to: str | None = None
    files: tuple[Enclosed | PublicDrawing, ...] = ()
    lane: Lane = Lane.TALK
    report: Report | None = None
    kind: Literal["post"] = "post"


@dataclass(frozen=True, slots=True)
class Tell:
    """Say something to one person.

    `quiet` holds it back in that person's hours. `park` keeps it until the person opens the
    private door, where that is shut. `protect` forbids copying, for criticism. A `guardian`
    address is looked up anew at every attempt.
    """

    to: Private
    text: PrivateText | PublicText
    buttons: tuple[AnyButton, ...] = ()
    handle: str | None = None
    files: tuple[Enclosed | Drawing, ...] = ()
    lane: Lane = Lane.TALK
    quiet: Hours | None = None
    park: bool = False
    protect: bool = False
    report: Report | None = None
    kind: Literal["tell"] = "tell"


@dataclass(frozen=True, slots=True)
class EditPost:
    """Change a post of ours in a group; waiting edits of one handle merge into the last.

    `delay`: seconds in which more of them may come, counted from the first.
    """

    to: GroupAddress
    handle: str
    text: PublicText
    buttons: tuple[AnyButton, ...] = ()
    delay: int = 0
    lane: Lane = Lane.TALK
    kind: Literal["edit_post"] = "edit_post"


@dataclass(frozen=True, slots=True)
class EditTold:
    """Change what we told a person, named by its handle."""

    to: Private
    handle: str
    text: PrivateText | PublicText
    buttons: tuple[AnyButton, ...] = ()
    lane: Lane = Lane.TALK
    kind: Literal["edit_told"] = "edit_told"


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete messages of others in a group, at once; `report` hears where that is refused."""

    chat: GroupAddress
    refs: tuple[str, ...]
    report: Report | None = None
    lane: Lane = Lane.INSTANT
    kind: Literal["remove"] = "remove"


@dataclass(frozen=True, slots=True)
class RemovePost:
    """Delete a post of ours, named by its handle."""

    chat: GroupAddress | PersonAddress
    handle: str
    report: Report | None = None
    lane: Lane = Lane.INSTANT
    kind: Literal["remove_post"] = "remove_post"


@dataclass(frozen=True, slots=True)
class Pin:
    """Pin a post of ours silently, or take the pin off."""

    chat: GroupAddress
    handle: str
    on: bool = True
    lane: Lane = Lane.TALK
    report: Report | None = None
    kind: Literal["pin"] = "pin"


@dataclass(frozen=True, slots=True)
class React:
    """Put a small sign under somebody's message."""

    chat: GroupAddress | PersonAddress
    ref: str
    emoji: str
    lane: Lane = Lane.INSTANT
    kind: Literal["react"] = "react"


@dataclass(frozen=True, slots=True)
class Restrict:
    """Mute a member of a group until `until` (UTC; None: for good), or give the voice back."""

    chat: GroupAddress
    member: str
    muted: bool
    until: datetime | None = None
    report: Report | None = None
    lane: Lane = Lane.INSTANT
    kind: Literal["restrict"] = "restrict"


@dataclass(frozen=True, slots=True)
class Tag:
    """Set the tag beside a member's name in one group (張小明妈妈); an empty tag takes it off."""

    chat: GroupAddress
    member: str
    tag: str
    report: Report | None = None
    lane: Lane = Lane.TALK
    kind: Literal["tag"] = "tag"


@dataclass(frozen=True, slots=True)
class Toast:
    """Answer a button press, seen by the one who pressed; tried once and dropped after 10 s."""

    chat: GroupAddress | PersonAddress
    callback: str
    text: Label | None = None
    alert: bool = False
    asked_at: datetime | None = None
    lane: Lane = Lane.INSTANT
    kind: Literal["toast"] = "toast"


class Question(StrEnum):
    """What a platform may be asked."""

    MEMBER = "member"
    RIGHTS = "rights"
    ROSTER_FILE = "roster_file"
    PICTURE = "picture"
    SCHOOL = "school"
    GROUP = "group"
    """A new group for the one asked, called `about`; `data` has its members' ids and its key."""
    GROUPS = "groups"
    """The groups that the one asked owns: {"groups": [{"native", "title", "people"}]}."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the platform something; the answer comes as an `Answered` event for the handler `then`.

    MEMBER: `about` is a native account id, the answer {"status", "admin", "creator", "name", "tag"}.
    RIGHTS: the bot's own rights here, the answer {"admin", "rights", "title"}.
    ROSTER_FILE: `about` is an attachment's ref, the answer a RosterSheet as JSON.
    PICTURE: `about` is an attachment's ref, the answer {"codes": the texts of the codes in it}.
    SCHOOL: `about` is a class's number in the school's address book, the answer a SchoolBook as JSON; empty
    for all of its classes.
    `asked_by` is our row of the account that becomes the actor of the answer.
    """

    chat: GroupAddress | PersonAddress
    question: Question
    about: str
    then: str
    data: dict[str, Json] = field(default_factory=dict)
    filename: str = ""
    asked_by: int | None = None
    lane: Lane = Lane.INSTANT
    kind: Literal["ask"] = "ask"


@dataclass(frozen=True, slots=True)
class Menu:
    """The list of commands that one person sees in one chat; `commands` are (name, what it does)."""

    chat: GroupAddress | PersonAddress
    commands: tuple[tuple[str, str], ...]
    member: str | None = None
    lane: Lane = Lane.BULK
    kind: Literal["menu"] = "menu"


Effect = (
    Post
    | Tell
    | EditPost
    | EditTold
    | Remove
    | RemovePost
    | Pin
    | React
    | Restrict
    | Tag
    | Toast
    | Ask
    | Menu
)
