"""A platform in memory: what was posted can be read, and what real platforms refuse is refused.

Tests and other people's plug-ins use it; it speaks Telegram's kind of rules (a person must have opened
the private door, rights are needed to delete, restrict, pin and tag).
"""

from __future__ import annotations

import asyncio
import base64
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import TypeAdapter

from bot.ports import Done, Failure, Incoming, Key, Moved, Outcome, Refused, Store
from classroom import markup
from classroom.addresses import ChatKind, GroupAddress, PersonAddress
from classroom.effects import Enclosed
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
)
from classroom.text import Label, PrivateText, PublicText

NAME = "fake"
LIMIT = 4096
BOT = "class_bot"
_EVENTS: TypeAdapter[Event] = TypeAdapter(Event)
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
        """An empty world; `now` stamps what is said."""
        self.chats: dict[str, FakeChat] = {}
        self.people: dict[str, Sender] = {}
        self.files: dict[str, bytes] = {}
        self.toasts: list[tuple[str, str]] = []
        self.menus: dict[tuple[str, str | None], tuple[tuple[str, str], ...]] = {}
        self.calls: list[str] = []
        self.failing: dict[str, list[Outcome]] = {}
        self.waiting: list[Incoming] = []
        self._now = now or (lambda: datetime.now(UTC))
        self._numbers = itertools.count(1)
        self._store: Store | None = None
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
        """Hand over what people do, as they do it."""
        self._store = store
        while True:
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
        """Events travel as themselves here."""
        return _EVENTS.validate_json(raw)

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
        """Say something in a group."""
        chat = self._find("post", to)
        if not isinstance(chat, FakeChat):
            return chat
        return Done(self._show(chat, text, keys, files, reply_to=reply_to))

    async def tell(
        self,
        to: PersonAddress,
        text: PrivateText | PublicText,
        keys: Sequence[Key],
        files: Sequence[Enclosed],
        protect: bool,
    ) -> Outcome:
        """Say something to one person; refused where the door was never opened, or where this is a group."""
        known = self.chats.get(to.native)
        if known is not None and known.kind is ChatKind.GROUP:
            return Refused(Failure.LEAK)
        chat = self._find("tell", to)
        if not isinstance(chat, FakeChat):
            return chat
        if chat.blocked:
            return Refused(Failure.BLOCKED)
        if not chat.opened:
            return Refused(Failure.NEVER_STARTED)
        refs = self._show(chat, text, keys, files)
        for shown in chat.messages[-len(refs) :]:
            shown.protected = protect
        return Done(refs)

    async def edit(
        self,
        chat: GroupAddress | PersonAddress,
        refs: Sequence[str],
        text: PrivateText | PublicText,
        keys: Sequence[Key],
    ) -> Outcome:
        """Change what the bot said."""
        where = self._find("edit", chat)
        if not isinstance(where, FakeChat):
            return where
        if where.kind is ChatKind.GROUP and isinstance(text, PrivateText):
            return Refused(Failure.LEAK)
        shown = self._shown(where, refs[-1])
        if shown is None or shown.removed or shown.by != BOT:
            return Refused(Failure.NOT_FOUND)
        shown.text, shown.keys, shown.edited = markup.plain(text.body), tuple(keys), True
        return Done(tuple(refs))

    async def delete(self, chat: GroupAddress | PersonAddress, refs: Sequence[str]) -> Outcome:
        """Take messages away; others' only with the right to."""
        where = self._find("delete", chat)
        if not isinstance(where, FakeChat):
            return where
        for shown in [self._shown(where, ref) for ref in refs]:
            if shown is None:
                continue
            foreign = shown.by != BOT
            if foreign and (where.kind is ChatKind.PRIVATE or Right.DELETE not in where.rights):
                return Refused(Failure.NOT_ALLOWED)
            shown.removed = True
        return Done()

    async def pin(self, chat: GroupAddress, ref: str, on: bool) -> Outcome:
        """Pin or unpin silently."""
        where = self._find("pin", chat)
        if not isinstance(where, FakeChat):
            return where
        shown = self._shown(where, ref)
        if Right.PIN not in where.rights:
            return Refused(Failure.NOT_ALLOWED)
        if shown is None or shown.removed:
            return Refused(Failure.NOT_FOUND)
        shown.pinned = on
        return Done()

    async def react(self, chat: GroupAddress | PersonAddress, ref: str, emoji: str) -> Outcome:
        """Put a sign under a message."""
        where = self._find("react", chat)
        if not isinstance(where, FakeChat):
            return where
        shown = self._shown(where, ref)
        if shown is None or shown.removed:
            return Refused(Failure.NOT_FOUND)
        shown.reactions = [emoji]
        return Done()

    async def restrict(self, chat: GroupAddress, member: str, muted: bool, until: datetime | None) -> Outcome:
        """Mute or unmute; never an administrator."""
        where = self._find("restrict", chat)
        if not isinstance(where, FakeChat):
            return where
        if Right.RESTRICT not in where.rights or member in where.admins:
            return Refused(Failure.NOT_ALLOWED)
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
        self.toasts.append((who, text.text if text else ""))
        return Done()

    async def member(self, chat: GroupAddress, native: str) -> Outcome:
        """Who a member is."""
        where = self._find("member", chat)
        if not isinstance(where, FakeChat):
            return where
        if native not in where.members:
            return Refused(Failure.NOT_FOUND)
        admin = native in where.admins
        return Done(
            answer={
                "status": "administrator" if admin else "member",
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
    ) -> Shown:
        """Write a message; writing in private opens the door."""
        if chat.kind is ChatKind.PRIVATE:
            chat.opened, chat.blocked = True, False
        else:
            chat.members.add(sender.native)
        shown = Shown(str(next(self._numbers)), sender.native, text, album=album)
        shown.attachments = tuple(attachments)
        shown.reply_to = reply_to.ref if reply_to else None
        chat.messages.append(shown)
        self._happened(self._message(sender, chat, shown, reply_to, thread), album)
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

    def _happened(self, event: Event, album: str | None = None) -> None:
        raw = _EVENTS.dump_json(event)
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
    ) -> tuple[str, ...]:
        pieces = markup.split(text.body, LIMIT)
        made = [
            Shown(str(next(self._numbers)), BOT, piece.text, private=isinstance(text, PrivateText))
            for piece in pieces
        ]
        made[0].reply_to = reply_to
        made[-1].keys = tuple(keys)
        made[-1].files = tuple(f.filename for f in files)
        for file in files:
            if file.data is not None:
                self.files[f"sent:{made[-1].ref}:{file.filename}"] = base64.b64decode(file.data)
        chat.messages.extend(made)
        return tuple(m.ref for m in made)

    def _shown(self, chat: FakeChat, ref: str) -> Shown | None:
        return next((m for m in chat.messages if m.ref == ref), None)
