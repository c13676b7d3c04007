"""What a platform is and what it may be able to do: small protocols, absent by default."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from classroom.addresses import GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.events import Event, Json
from classroom.text import Label, PrivateText, PublicText


class Failure(StrEnum):
    """Why a platform will never do what was asked."""

    NEVER_STARTED = "never_started"
    BLOCKED = "blocked"
    GONE = "gone"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    TOO_OLD = "too_old"
    REFUSED = "refused"
    UNSUPPORTED = "unsupported"
    LEAK = "leak"
    NOT_A_GUARDIAN = "not_a_guardian"
    EXPIRED = "expired"
    NOT_SUBSCRIBED = "not_subscribed"
    WINDOW_CLOSED = "window_closed"


class Fate(StrEnum):
    """What a platform tells of a message that it took: taking is not yet arriving."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    AWAITING_TEACHER = "awaiting_teacher_confirm"
    POSSIBLY_DROPPED = "possibly_dropped"


@dataclass(frozen=True, slots=True)
class Done:
    """It happened; `refs` are the platform's messages it became, `answer` what was asked for."""

    refs: tuple[str, ...] = ()
    answer: Json = None
    fate: Fate = Fate.ACCEPTED


@dataclass(frozen=True, slots=True)
class TryAgain:
    """It did not happen now; `after` seconds if the platform says so.

    `uncertain` where the request may have been carried out before the line broke.
    """

    why: str
    after: float | None = None
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never happen; `detail` is the platform's own code or sentence, without any text of ours."""

    failure: Failure
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """The group has another native id now; the same is to be done there."""

    new_native: str


Outcome = Done | TryAgain | Refused | Moved


@dataclass(frozen=True, slots=True)
class Key:
    """A button as a platform shows it: a `token` of at most 64 bytes, a start `payload`, or a `url`.

    `url` is our own page, given to platforms that show no buttons (`LinksOnly`) in the place of all others.
    """

    label: str
    token: str | None = None
    payload: str | None = None
    row: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update as it came: `key` makes it unique, `raw` is what the platform's `read` understands.

    `wait` seconds are given to its siblings of one `album` to arrive.
    """

    key: str
    raw: bytes
    album: str | None = None
    wait: float = 0.0


Store = Callable[[Sequence[Incoming]], Awaitable[None]]
"""Intake's door: returns once everything handed in is committed."""


class Platform(Protocol):
    """The least a platform is: it can be opened, listened to and closed, and its updates can be read."""

    @property
    def name(self) -> str:
        """The word in [brackets] of the configuration, e.g. telegram."""
        ...

    async def open(self) -> None:
        """Connect and learn who the bot is there; raises ConfigError where the token is refused."""
        ...

    async def listen(self, store: Store) -> None:
        """Hand every update to `store`, and confirm it to the platform only after that returns."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...

    def read(self, raw: bytes) -> Event | None:
        """Turn a stored update into an event; None for what concerns us not. Pure."""
        ...

    def start_link(self, payload: str) -> str:
        """The address that opens the private conversation with `payload`."""
        ...

    @property
    def mention(self) -> str:
        """The bot's own name in commands, e.g. class_bot of /help@class_bot."""
        ...


@runtime_checkable
class TellsTrouble(Protocol):
    """Knows whether its line works."""

    @property
    def trouble(self) -> str:
        """What is wrong with the line now, in our own words; empty if nothing is known to be."""
        ...


@runtime_checkable
class PostsToGroup(Protocol):
    """Says something in a group."""

    async def post(
        self,
        to: GroupAddress,
        text: PublicText,
        keys: Sequence[Key],
        reply_to: str | None,
        files: Sequence[Enclosed],
    ) -> Outcome:
        """Send; long text becomes several messages, the keys stand under the last."""
        ...


@runtime_checkable
class TellsPeople(Protocol):
    """Says something to one person; must refuse private text for what is a group (third lock)."""

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        """Send as `post` does."""
        ...


@runtime_checkable
class TellsMany(Protocol):
    """Says the same to several people in one call; each is told alone, and none sees who else is."""

    async def tell_many(
        self, to: Sequence[PersonAddress], text: PrivateText | PublicText, protect: bool
    ) -> Sequence[Outcome]:
        """Send as `tell` does; an outcome for each of `to`, without refs: it is not changed or taken back."""
        ...


@runtime_checkable
class EditsPosts(Protocol):
    """Changes what the bot said."""

    async def edit(
        self,
        chat: GroupAddress | PersonAddress,
        refs: Sequence[str],
        text: PrivateText | PublicText,
        keys: Sequence[Key],
    ) -> Outcome:
        """Replace text and keys of the messages `refs`."""
        ...


@runtime_checkable
class DeletesMessages(Protocol):
    """Takes messages away, others' in a group as well."""

    async def delete(self, chat: GroupAddress | PersonAddress, refs: Sequence[str]) -> Outcome:
        """Delete; what is gone already counts as done."""
        ...


@runtime_checkable
class TakesBack(Protocol):
    """Takes back what the bot told somebody, and nothing of anybody else's."""

    async def recall(self, chat: PersonAddress, refs: Sequence[str]) -> Outcome:
        """Take back the messages `refs`; what cannot be is said by the outcome."""
        ...


@runtime_checkable
class PrivateOnly(Protocol):
    """Hears nobody but in private: so a command needs no slash there, and a class begins there."""

    @property
    def private_only(self) -> bool:
        """Whether that is so."""
        ...


@runtime_checkable
class CalledOnly(Protocol):
    """Hears in a group nothing but what is said to it by @: so a command needs no slash, there and alone."""

    @property
    def called_only(self) -> bool:
        """Whether that is so."""
        ...


@runtime_checkable
class PostsStay(Protocol):
    """Cannot change what it has posted in a group: what is put right must be said there anew."""

    @property
    def posts_stay(self) -> bool:
        """Whether that is so."""
        ...


@runtime_checkable
class LinksOnly(Protocol):
    """Shows no buttons to people: all keys of a message come as one `Key.url`, a page that has them."""

    @property
    def links_only(self) -> bool:
        """Whether that is so."""
        ...


@runtime_checkable
class NeedsPages(Protocol):
    """May say less than a message says: one without keys comes with a page, in a `Key` without a label."""

    @property
    def needs_pages(self) -> bool:
        """Whether that is so."""
        ...


@runtime_checkable
class PicturesOnly(Protocol):
    """People can send it pictures and voices, and no other files."""

    @property
    def pictures_only(self) -> bool:
        """Whether that is so."""
        ...


@runtime_checkable
class ForEverybody(Protocol):
    """Anybody may begin with it who is a member of nothing: where a teacher's own channel is not so."""

    @property
    def for_everybody(self) -> bool:
        """Whether that is so."""
        ...


@runtime_checkable
class GivenInChat(Protocol):
    """Has no line of its own that is up or down: each class gives its own addresses in chat, or none."""

    @property
    def given_in_chat(self) -> bool:
        """Whether that is so."""
        ...


def has_line(platform: Platform) -> bool:
    """True for what is up or down as a whole."""
    return not (isinstance(platform, GivenInChat) and platform.given_in_chat)


@runtime_checkable
class MakesGroups(Protocol):
    """Makes groups of its own, where nobody can add it to one."""

    async def make_group(self, owner: PersonAddress, title: str, members: Sequence[str], key: str) -> Outcome:
        """Make a group and answer {"native"}; the same key makes the same group, once."""
        ...


@runtime_checkable
class KnowsSchool(Protocol):
    """Can read the school's own address book."""

    async def school(self, about: str) -> Outcome:
        """Answer a SchoolBook as JSON for the class `about`; where that is empty, its classes."""
        ...


@runtime_checkable
class PostsByHand(Protocol):
    """Only prepares what it posts, which a teacher then sends by hand; and can tell nobody anything."""

    @property
    def by_hand(self) -> bool:
        """Whether that is so."""
        ...


@runtime_checkable
class WithdrawsPosts(Protocol):
    """Takes back posts of its own from a group while they are in its hands, and nothing of anybody else's."""

    async def withdraw(self, chat: GroupAddress, refs: Sequence[str]) -> Outcome:
        """Take back the posts `refs`; what is out already is refused."""
        ...


@runtime_checkable
class ListsGroups(Protocol):
    """Knows groups that it was not added to, by who owns them."""

    async def groups_of(self, owner: PersonAddress) -> Outcome:
        """Answer {"groups": [{"native", "title", "people"}]}."""
        ...


@runtime_checkable
class PinsPosts(Protocol):
    """Pins a post silently."""

    async def pin(self, chat: GroupAddress, ref: str, on: bool) -> Outcome:
        """Pin or unpin."""
        ...


@runtime_checkable
class Reacts(Protocol):
    """Puts a sign under a message."""

    async def react(self, chat: GroupAddress | PersonAddress, ref: str, emoji: str) -> Outcome:
        """React with one emoji."""
        ...


@runtime_checkable
class RestrictsMembers(Protocol):
    """Mutes members of a group."""

    async def restrict(self, chat: GroupAddress, member: str, muted: bool, until: datetime | None) -> Outcome:
        """Mute until then, or unmute."""
        ...


@runtime_checkable
class SetsTags(Protocol):
    """Labels a member within one group."""

    async def tag(self, chat: GroupAddress, member: str, tag: str) -> Outcome:
        """Set the tag; empty takes it off."""
        ...


@runtime_checkable
class AnswersPresses(Protocol):
    """Answers the press of a button."""

    async def toast(self, callback: str, text: Label | None, alert: bool) -> Outcome:
        """Show a short line to the one who pressed."""
        ...


@runtime_checkable
class KnowsMembers(Protocol):
    """Can say who a member is and what the bot may do."""

    async def member(self, chat: GroupAddress, native: str) -> Outcome:
        """Answer {"status", "admin", "creator", "name", "tag"}."""
        ...

    async def rights(self, chat: GroupAddress) -> Outcome:
        """Answer {"admin", "rights", "title"} of the bot itself."""
        ...


@runtime_checkable
class FetchesFiles(Protocol):
    """Brings a file that somebody sent."""

    async def fetch(self, ref: str, limit: int) -> bytes | Outcome:
        """The bytes, at most `limit`; an Outcome where that fails."""
        ...


@runtime_checkable
class ShowsMenus(Protocol):
    """Shows each person the commands they may use."""

    async def menu(
        self,
        chat: GroupAddress | PersonAddress,
        member: str | None,
        commands: Sequence[tuple[str, str]],
    ) -> Outcome:
        """Set the menu of one chat, or of one member in it."""
        ...


class Vault(Protocol):
    """Keeps what a platform must not forget over a restart, sealed; raises DatabaseError where it cannot."""

    async def get(self, name: str) -> str | None:
        """What is kept under a name; None where its time is over."""
        ...

    async def put(self, name: str, value: str, seconds: float) -> None:
        """Keep a value for so long, in the place of an older one."""
        ...

    async def take(self, name: str) -> str | None:
        """What is kept under a name, which is kept no longer: for what can be used once."""
        ...

    async def drop(self, name: str) -> None:
        """Forget a value."""
        ...

    async def hold(self, name: str, seconds: float) -> bool:
        """Announce a new value; False while another process has announced one."""
        ...

    async def release(self, name: str) -> None:
        """There will be no new value after all."""
        ...


class Level(StrEnum):
    """How a finding weighs."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what is so, and what to do where it should not be. Names nobody."""

    level: Level
    topic: str
    what: str
    cure: str = ""


@runtime_checkable
class ChecksItself(Protocol):
    """Can look at its own account, its line and its rights without changing anything there."""

    def findings(self, groups: Sequence[tuple[str, GroupAddress]]) -> AsyncIterator[Finding]:
        """What `homeroom doctor` says of it, and of each of these groups (what to call it, where it is)."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
