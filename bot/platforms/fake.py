"""A platform in memory: what was posted can be read, and what real platforms refuse is refused.

Tests and other people's plug-ins use it; it speaks Telegram's kind of rules (a person must have opened
the private door, rights are needed to delete, restrict, pin and tag).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from bot.ports import Done, Failure, Incoming, Key, Moved, Outcome, Refused, Store, TryAgain
from classroom import markup
from classroom.addresses import ChatKind, GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.errors import HomeroomError
from classroom.events import (
    Attachment,
    BotBlocked,
    BotMember,
    Event,
    Joined,
    Left,
    Message,
    Migrated,
    Origin,
    Pressed,
    Quoted,
    Right,
    Sender,
    SenderKind,
)
from classroom.text import Label, PrivateText, PublicText

NAME = "fake"
LIMIT = 4096
MARK = "…"
BOT = "class_bot"
_Happening = Message | Pressed | Joined | Left | BotMember | BotBlocked | Migrated
_TOLD: dict[str, TypeAdapter[_Happening]] = {
    kind.__name__: TypeAdapter(kind)
    for kind in (Message, Pressed, Joined, Left, BotMember, BotBlocked, Migrated)
}
"""By name, since some kinds of event look alike."""
ALL_RIGHTS = frozenset(Right)


@dataclass(slots=True)
class Shown:
    """A message as people see it; `by` is a native account id, BOT for the bot's own."""

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


@dataclass(slots=True)
class FakeChat:
    """A group or a private conversation with all that was ever shown in it."""

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

    @property
    def visible(self) -> list[Shown]:
        """What can still be read."""
        return [m for m in self.messages if not m.removed]


class FakePlatform:
    """The platform itself, and the hands of the people on it (`say`, `press`, `join` …)."""

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        """An empty world; `now` stamps what is said, `oldest` limits what can still be deleted."""
        self.chats: dict[str, FakeChat] = {}
        self.people: dict[str, Sender] = {}
        self.files: dict[str, bytes] = {}
        self.toasts: list[tuple[str, str]] = []
        self.menus: dict[tuple[str, str | None], tuple[tuple[str, str], ...]] = {}
        self.answered: dict[str, str] = {}
        self.calls: list[str] = []
        self.failing: dict[str, list[Outcome]] = {}
        self.waiting: list[Incoming] = []
        self.oldest: timedelta | None = None
        self._breaking: list[str] = []
        self._now = now or (lambda: datetime.now(UTC))
        self._numbers = itertools.count(1)
        self._callbacks: dict[str, str] = {}

    # --- what a platform is ---------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The word in [brackets] of the configuration."""
        return NAME

    @property
    def mention(self) -> str:
        """The bot's name in commands."""
        return BOT

    async def open(self) -> None:
        """Nothing to connect to."""

    async def close(self) -> None:
        """Nothing to give back."""

    async def listen(self, store: Store) -> None:
        """Hand over what people do, as they do it; what could not be stored is offered again."""
        while True:
            with contextlib.suppress(HomeroomError):
                await self.hand_over(store)
            await asyncio.sleep(0.01)

    async def hand_over(self, store: Store) -> int:
        """Hand over everything that has happened; forgotten only after it was stored."""
        batch = list(self.waiting)
        if batch:
            await store(batch)
            del self.waiting[: len(batch)]
        return len(batch)

    def read(self, raw: bytes) -> Event | None:
        """Events travel as themselves here; what is none concerns us not."""
        kind, _, words = raw.partition(b":")
        try:
            return _TOLD[kind.decode(errors="replace")].validate_json(words)
        except (KeyError, ValidationError):
            return None

    def start_link(self, payload: str) -> str:
        """An address of the private conversation."""
        return f"https://fake.example/{BOT}?start={payload}"

    # --- what a platform does -------------------------------------------------------------------

    async def post(
        self,
        to: GroupAddress,
        text: PublicText,
        keys: Sequence[Key],
        reply_to: str | None,
        files: Sequence[Enclosed],
    ) -> Outcome:
        """Say something in a group; private text is refused whatever a type checker was told."""
        if _is_private(text):
            return Refused(Failure.LEAK)
        chat = self._find("post", to)
        if not isinstance(chat, FakeChat):
            return chat
        return self._said("post", self._show(chat, text, keys, files, reply_to=reply_to))

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        """Say something to one person; refused where the door was never opened, or where this is a group."""
        if self._is_group(to):
            return Refused(Failure.LEAK)
        if to.native not in self.chats and to.native not in self.people:
            return Refused(Failure.NEVER_STARTED)
        chat = self._find("tell", to)
        if not isinstance(chat, FakeChat):
            return chat
        if chat.blocked:
            return Refused(Failure.BLOCKED)
        if not chat.opened:
            return Refused(Failure.NEVER_STARTED)
        return self._said("tell", self._show(chat, text, keys, files, protect=protect))

    async def edit(
        self,
        chat: GroupAddress | PersonAddress,
        refs: Sequence[str],
        text: PrivateText | PublicText,
        keys: Sequence[Key],
    ) -> Outcome:
        """Change what the bot said: a mark stands for what is left over, or for what does not fit."""
        if _is_private(text) and (isinstance(chat, GroupAddress) or self._is_group(chat)):
            return Refused(Failure.LEAK)
        where = self._find("edit", chat)
        if not isinstance(where, FakeChat):
            return where
        if where.blocked:
            return Refused(Failure.BLOCKED)
        found = [self._shown(where, ref) for ref in refs]
        mine = [shown for shown in found if shown is not None and not shown.removed and shown.by == BOT]
        if not mine or len(mine) < len(found):
            return Refused(Failure.NOT_FOUND)
        fitted = _fitted(text.body, len(mine))
        if not fitted:
            return Refused(Failure.REFUSED, "nothing to say")
        for shown, words in zip(mine, fitted, strict=True):
            shown.text, shown.keys, shown.edited = words, (), True
        mine[-1].keys = tuple(keys)
        return Done(tuple(refs))

    async def delete(self, chat: GroupAddress | PersonAddress, refs: Sequence[str]) -> Outcome:
        """Take messages away, in a group others' only with the right to; one that stays saves no other."""
        where = self._find("delete", chat)
        if not isinstance(where, FakeChat):
            return where
        result: Outcome = Done()
        for shown in [self._shown(where, ref) for ref in refs]:
            if shown is None or shown.removed:
                continue
            if where.kind is ChatKind.GROUP and shown.by != BOT and Right.DELETE not in where.rights:
                result = Refused(Failure.NOT_ALLOWED)
            elif self._is_too_old(shown):
                result = Refused(Failure.TOO_OLD)
            else:
                shown.removed = True
        return result

    async def pin(self, chat: GroupAddress, ref: str, on: bool) -> Outcome:
        """Pin or unpin silently."""
        where = self._find("pin", chat)
        if not isinstance(where, FakeChat):
            return where
        shown = self._shown(where, ref)
        if Right.PIN not in where.rights:
            return Refused(Failure.NOT_ALLOWED)
        if shown is None or shown.removed:
            return Refused(Failure.NOT_FOUND) if on else Done()
        shown.pinned = on
        return Done()

    async def react(self, chat: GroupAddress | PersonAddress, ref: str, emoji: str) -> Outcome:
        """Put a sign under a message; without any, take it back."""
        where = self._find("react", chat)
        if not isinstance(where, FakeChat):
            return where
        shown = self._shown(where, ref)
        if shown is None or shown.removed:
            return Refused(Failure.NOT_FOUND)
        shown.reactions = [emoji] if emoji else []
        return Done()

    async def restrict(self, chat: GroupAddress, member: str, muted: bool, until: datetime | None) -> Outcome:
        """Mute or unmute, never an administrator; a mute whose end has passed is over already."""
        where = self._find("restrict", chat)
        if not isinstance(where, FakeChat):
            return where
        if Right.RESTRICT not in where.rights or member in where.admins:
            return Refused(Failure.NOT_ALLOWED)
        if muted and until is not None and until <= self._now():
            return Done()
        (where.muted.add if muted else where.muted.discard)(member)
        return Done()

    async def tag(self, chat: GroupAddress, member: str, tag: str) -> Outcome:
        """Label a member; never an administrator."""
        where = self._find("tag", chat)
        if not isinstance(where, FakeChat):
            return where
        if Right.TAG not in where.rights or member in where.admins:
            return Refused(Failure.NOT_ALLOWED)
        if len(tag) > 16:
            return Refused(Failure.REFUSED, "tag too long")
        where.tags[member] = tag
        return Done()

    async def toast(self, callback: str, text: Label | None, alert: bool) -> Outcome:
        """Answer a press, once."""
        who = self._callbacks.pop(callback, None)
        if who is None:
            return Refused(Failure.EXPIRED)
        self.answered[callback] = text.text if text else ""
        self.toasts.append((who, self.answered[callback]))
        return Done()

    async def member(self, chat: GroupAddress, native: str) -> Outcome:
        """Who a member is; somebody known who is not in the group has left it."""
        where = self._find("member", chat)
        if not isinstance(where, FakeChat):
            return where
        if native not in where.members and native not in self.people:
            return Refused(Failure.NOT_FOUND)
        inside = native in where.members
        admin = inside and native in where.admins
        return Done(
            answer={
                "status": "administrator" if admin else "member" if inside else "left",
                "admin": admin,
                "creator": False,
                "name": self.people[native].name if native in self.people else "",
                "tag": where.tags.get(native, ""),
            }
        )

    async def rights(self, chat: GroupAddress) -> Outcome:
        """What the bot may do."""
        where = self._find("rights", chat)
        if not isinstance(where, FakeChat):
            return where
        return Done(
            answer={
                "admin": bool(where.rights),
                "rights": [r.value for r in sorted(where.rights)],
                "title": where.title,
            }
        )

    async def fetch(self, ref: str, limit: int) -> bytes | Outcome:
        """A file that somebody sent."""
        data = self.files.get(ref)
        if data is None:
            return Refused(Failure.NOT_FOUND)
        return data if len(data) <= limit else Refused(Failure.REFUSED, "too_large")

    async def menu(
        self,
        chat: GroupAddress | PersonAddress,
        member: str | None,
        commands: Sequence[tuple[str, str]],
    ) -> Outcome:
        """Keep the list of commands for a chat or a member in it."""
        self.menus[chat.native, member] = tuple(commands)
        return Done()

    # --- the hands of people --------------------------------------------------------------------

    def person(self, native: str, name: str, *, username: str | None = None, language: str = "zh") -> Sender:
        """A person with a name, or the same one under a new name."""
        self.people[native] = Sender(native, name, username, language)
        return self.people[native]

    def group(self, native: str, title: str, *, rights: frozenset[Right] = ALL_RIGHTS) -> FakeChat:
        """A group in which the bot is."""
        return self.chats.setdefault(native, FakeChat(native, ChatKind.GROUP, title, rights=rights))

    def private(self, person: Sender) -> FakeChat:
        """A person's conversation with the bot."""
        return self.chats.setdefault(person.native, FakeChat(person.native, ChatKind.PRIVATE))

    def origin(self, chat: FakeChat, thread: str | None = None) -> Origin:
        """Where an event in this chat happens."""
        return Origin(NAME, chat.native, chat.kind, chat.title, thread)

    def say(
        self,
        sender: Sender,
        chat: FakeChat,
        text: str,
        *,
        reply_to: Shown | None = None,
        attachments: Sequence[Attachment] = (),
        album: str | None = None,
        thread: str | None = None,
        quote: str = "",
    ) -> Shown:
        """Write a message; writing in private opens the door."""
        if chat.kind is ChatKind.PRIVATE:
            chat.opened, chat.blocked = True, False
        elif sender.kind is SenderKind.PERSON:
            chat.members.add(sender.native)
        shown = Shown(str(next(self._numbers)), sender.native, text, album=album, at=self._now())
        shown.attachments = tuple(attachments)
        shown.reply_to = reply_to.ref if reply_to else None
        chat.messages.append(shown)
        self._happened(replace(self._message(sender, chat, shown, reply_to, thread), quote=quote), album)
        return shown

    def edit_own(self, sender: Sender, chat: FakeChat, shown: Shown, text: str) -> None:
        """A person edits what they wrote."""
        shown.text, shown.edited = text, True
        message = self._message(sender, chat, shown, None, None)
        self._happened(message)

    def press(self, person: Sender, chat: FakeChat, shown: Shown, label: str) -> str:
        """Press the button with this label (or beginning with it); gives the callback's id."""
        key = next(k for k in shown.keys if k.label.startswith(label))
        return self.press_token(person, chat, key.token or "", shown.ref)

    def press_token(self, person: Sender, chat: FakeChat, token: str, ref: str | None = None) -> str:
        """Press with a token, forged ones as well."""
        callback = f"cb{next(self._numbers)}"
        self._callbacks[callback] = person.native
        self._happened(Pressed(self.origin(chat), person, token, callback, ref))
        return callback

    def join(self, person: Sender, chat: FakeChat) -> None:
        """Come into a group."""
        chat.members.add(person.native)
        self._happened(Joined(self.origin(chat), person))

    def leave(self, person: Sender, chat: FakeChat) -> None:
        """Leave a group."""
        chat.members.discard(person.native)
        self._happened(Left(self.origin(chat), person))

    def add_bot(self, by: Sender, chat: FakeChat, rights: frozenset[Right] = ALL_RIGHTS) -> None:
        """Bring the bot into a group, or change its rights."""
        chat.bot_inside, chat.rights = True, rights
        self._happened(BotMember(self.origin(chat), by, True, bool(rights), rights))

    def remove_bot(self, by: Sender, chat: FakeChat) -> None:
        """Throw the bot out."""
        chat.bot_inside = False
        self._happened(BotMember(self.origin(chat), by, False))

    def block(self, person: Sender, blocked: bool = True) -> None:
        """Close the private door, or open it again."""
        chat = self.private(person)
        chat.blocked = blocked
        self._happened(BotBlocked(self.origin(chat), person, blocked))

    def migrate(self, chat: FakeChat, new_native: str) -> FakeChat:
        """Give a group a new id, as Telegram does."""
        moved = FakeChat(new_native, chat.kind, chat.title, members=chat.members, admins=chat.admins)
        moved.rights = chat.rights
        self.chats[new_native] = moved
        chat.moved_to = new_native
        self._happened(Migrated(self.origin(chat), new_native))
        return moved

    def file(self, data: bytes, filename: str, kind: str = "document") -> Attachment:
        """A file that can be sent."""
        ref = f"file{next(self._numbers)}"
        self.files[ref] = data
        return Attachment(kind, ref, filename, len(data))

    def fail_next(self, what: str, *outcomes: Outcome) -> None:
        """Let the next calls of `post`, `tell`, `delete` … end like this."""
        self.failing.setdefault(what, []).extend(outcomes)

    def break_next(self, what: str) -> None:
        """Let the next `post` or `tell` be carried out while its answer is lost."""
        self._breaking.append(what)

    def redeliver(self, update: Incoming) -> None:
        """Let the platform send an update a second time."""
        self.waiting.append(update)

    # --- inside ---------------------------------------------------------------------------------

    def _message(
        self, sender: Sender, chat: FakeChat, shown: Shown, reply_to: Shown | None, thread: str | None
    ) -> Message:
        quoted = None
        if reply_to is not None:
            author = self.people.get(reply_to.by, Sender(reply_to.by, reply_to.by))
            quoted = Quoted(reply_to.ref, reply_to.text, author, reply_to.attachments, reply_to.album)
        return Message(
            self.origin(chat, thread),
            sender,
            shown.ref,
            shown.text,
            self._now(),
            edited=shown.edited,
            reply_to=quoted,
            attachments=shown.attachments,
            album=shown.album,
        )

    def _happened(self, event: _Happening, album: str | None = None) -> None:
        kind = type(event).__name__
        raw = f"{kind}:".encode() + _TOLD[kind].dump_json(event)
        key = f"{NAME}:{next(self._numbers)}"
        wait = 0.5 if album else 0.0
        self.waiting.append(Incoming(key, raw, album, wait))

    def _find(self, call: str, to: GroupAddress | PersonAddress) -> FakeChat | Outcome:
        self.calls.append(call)
        if self.failing.get(call):
            return self.failing[call].pop(0)
        kind = ChatKind.GROUP if isinstance(to, GroupAddress) else ChatKind.PRIVATE
        chat = self.chats.get(to.native)
        if chat is None and kind is ChatKind.PRIVATE and to.native in self.people:
            return self.private(self.people[to.native])
        if chat is None or chat.kind is not kind:
            return Refused(Failure.NOT_FOUND)
        if chat.moved_to is not None:
            return Moved(chat.moved_to)
        return chat if chat.bot_inside else Refused(Failure.GONE)

    def _show(
        self,
        chat: FakeChat,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        reply_to: str | None = None,
        protect: bool = False,
    ) -> tuple[str, ...]:
        pieces = [piece.text for piece in markup.split(text.body, LIMIT)] or [""] * bool(files)
        made = [
            Shown(str(next(self._numbers)), BOT, words, private=_is_private(text), at=self._now())
            for words in pieces
        ]
        if not made:
            return ()
        for shown in made:
            shown.protected = protect
        made[0].reply_to = reply_to
        made[-1].keys = tuple(keys)
        made[-1].files = tuple(f.filename for f in files)
        for file in files:
            if file.data is not None:
                self.files[f"sent:{made[-1].ref}:{file.filename}"] = base64.b64decode(file.data)
        chat.messages.extend(made)
        return tuple(m.ref for m in made)

    def _said(self, what: str, refs: tuple[str, ...]) -> Outcome:
        if not refs:
            return Refused(Failure.REFUSED, "nothing to say")
        if what in self._breaking:
            self._breaking.remove(what)
            return TryAgain("the line broke", uncertain=True)
        return Done(refs)

    def _shown(self, chat: FakeChat, ref: str) -> Shown | None:
        return next((m for m in chat.messages if m.ref == ref), None)

    def _is_group(self, to: PersonAddress) -> bool:
        known = self.chats.get(to.native)
        return known is not None and known.kind is ChatKind.GROUP

    def _is_too_old(self, shown: Shown) -> bool:
        return self.oldest is not None and shown.at is not None and self._now() - shown.at > self.oldest


def _is_private(text: PrivateText | PublicText) -> bool:
    return isinstance(text, PrivateText)


def _fitted(body: str, room: int) -> list[str]:
    """Fit a text into `room` messages that are there already, its end in the last."""
    pieces = [piece.text for piece in markup.split(body, LIMIT)]
    if len(pieces) > room:
        pieces = [*pieces[: room - 1], pieces[room - 1][: LIMIT - 1] + MARK]
    return [MARK] * (room - len(pieces)) + pieces if pieces else []
