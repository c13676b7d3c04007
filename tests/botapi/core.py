"""The state of the world and how what happens in it becomes updates."""

from __future__ import annotations

import functools
import random
import secrets
import threading
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from tests.botapi.jsons import Json, clean, objs, text
from tests.botapi.limits import Limits
from tests.botapi.state import PERMISSIONS, Chat, File, Kind, Member, Message, Press, Topic, User
from tests.botapi.texts import auto_entities
from tests.botapi.updates import Updates

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="Core")
GROUP_ANONYMOUS_BOT, CHANNEL_BOT, TELEGRAM = 1087968824, 136817688, 777000


class NotAllowed(AssertionError):  # noqa: N818 - reads well in a test
    """A person of the test does what Telegram's app would not let them do."""


class NotThere(AssertionError):  # noqa: N818
    """The test looks for a message or button that is not to be seen."""


def locked(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Tests drive from one thread while the server answers in another."""

    @functools.wraps(method)
    def inner(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.lock:
            return method(self, *args, **kwargs)

    return inner


class Core:
    """Users, chats, messages and files of one bot's Telegram."""

    def __init__(self, username: str = "homeroom_bot", name: str = "班务助手") -> None:
        self.lock = threading.RLock()
        self.offset = 0.0
        self.random = random.Random(7)
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.presses: dict[str, Press] = {}
        self.commands: dict[tuple[str, int, int, str], list[Json]] = {}
        self.actions: list[tuple[int, str]] = []
        self.updates = Updates(self.now)
        self.limits_set = Limits(self.now)
        self.privacy = False
        self.bots_see_bots = False
        self.press_lives = 900.0
        self._box = 0
        self.bot = self._account(7_000_000_001, name, username, "", is_bot=True)
        self._account(GROUP_ANONYMOUS_BOT, "Group", "GroupAnonymousBot", "", is_bot=True)
        self._account(CHANNEL_BOT, "Channel", "Channel_Bot", "", is_bot=True)
        self._account(TELEGRAM, "Telegram", None, "")

    def now(self) -> float:
        """The server's clock."""
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        """Moves the server's clock on."""
        self.offset += seconds

    def _account(self, ident: int, name: str, username: str | None, lang: str, is_bot: bool = False) -> User:
        user = User(ident, name, username, lang or "en", is_bot=is_bot)
        self.users[ident] = user
        return user

    @locked
    def user(
        self,
        name: str,
        username: str | None = None,
        lang: str = "zh-hans",
        *,
        is_bot: bool = False,
        last_name: str = "",
    ) -> User:
        """A person with an account (or another bot) who has not met our bot yet."""
        user = self._account(5_100_000_001 + 7919 * len(self.users), name, username, lang, is_bot)
        user.last_name = last_name
        return user

    def new_chat(self, kind: Kind, title: str, creator: User, username: str | None = None) -> Chat:
        """A group or channel with its owner."""
        base = 1_000_000_000_000 + 2_000_000_000 if kind in ("supergroup", "channel") else 4_500_000_000
        chat = Chat(-(base + 104_729 * (len(self.chats) + 1)), kind, title, username)
        chat.permissions = {name: name not in ("can_change_info", "can_pin_messages") for name in PERMISSIONS}
        chat.members[creator.id] = Member(creator, "creator")
        self.chats[chat.id] = chat
        return chat

    @locked
    def private(self, user: User) -> Chat:
        """The private chat of a person with the bot."""
        chat = self.chats.get(user.id)
        if chat is None:
            chat = self.chats[user.id] = Chat(user.id, "private", person=user)
        return chat

    def chat(self, where: Chat | User) -> Chat:
        """A chat, or a person's private chat; an upgraded group is the supergroup that it became."""
        chat = self.private(where) if isinstance(where, User) else where
        return chat.migrated_to or chat

    @locked
    def member(self, chat: Chat, user: User) -> Member:
        """Somebody's place in a chat; a mute or ban that has run out is over."""
        member = chat.members.get(user.id)
        if member is None:
            return Member(user, "left")
        if member.until and member.until <= self.now():
            if member.status == "restricted":
                member.status, member.permissions, member.until = "member", {}, 0
            elif member.status == "kicked":
                member.status, member.until = "left", 0
        return member

    def me(self, chat: Chat) -> Member:
        """The bot's own place in a chat."""
        return self.member(chat, self.bot)

    def next_id(self, chat: Chat) -> int:
        """Supergroups and channels count for themselves, everything else together."""
        if chat.sparse:
            chat.last_id += 1
            return chat.last_id
        self._box += 1
        return self._box

    @locked
    def post(
        self,
        chat: Chat,
        sender: User | None,
        content: Json,
        *,
        sender_chat: Chat | None = None,
        reply_to: Message | None = None,
        quote: Json | None = None,
        thread: int = 0,
        extra: Json | None = None,
        service: bool = False,
    ) -> Message:
        """Puts a message into a chat, without telling the bot."""
        message = Message(
            chat, self.next_id(chat), int(self.now()), sender, content, sender_chat, reply_to, quote
        )
        message.thread = thread
        message.extra = extra or {}
        message.service = service
        chat.messages[message.id] = message
        return message

    def service(self, chat: Chat, actor: User | None, deliver: bool = True, **content: object) -> Message:
        """Puts a service message into a chat and tells the bot."""
        message = self.post(chat, actor, dict(content), service=True)
        if deliver:
            self.deliver(message)
        return message

    def topic(self, group: Chat, name: str) -> Topic:
        """Opens a topic; the group becomes a forum."""
        group.forum = True
        made = self.post(
            group, None, {"forum_topic_created": {"name": name, "icon_color": 7322096}}, service=True
        )
        made.thread = made.id
        made.sender = next(m.user for m in group.members.values() if m.status == "creator")
        topic = group.topics[made.id] = Topic(made.id, name)
        self.deliver(made)
        return topic

    def _sees(self, message: Message) -> bool:
        """Whether Telegram tells the bot of a message."""
        chat, sender = message.chat, message.sender
        if chat.kind == "private":
            return not (chat.person and chat.person.blocked) and (message.service or sender is not self.bot)
        me = self.me(chat)
        if not me.inside:
            return False
        if message.service:
            return True
        if sender is self.bot:
            return False
        other_bot = sender is not None and sender.is_bot and message.sender_chat is None
        if other_bot and not self.bots_see_bots:
            return False
        return chat.kind == "channel" or me.admin or not self.privacy or self._addressed(message)

    def _addressed(self, message: Message) -> bool:
        """What a bot in privacy mode still gets: commands, mentions and replies."""
        if message.reply_to is not None and message.reply_to.sender is self.bot:
            return True
        whole = message.text.encode("utf-16-le")
        for entity in objs(message.content.get("entities")) + objs(message.content.get("caption_entities")):
            start, length = entity["offset"], entity["length"]
            if not isinstance(start, int) or not isinstance(length, int):
                continue
            part = whole[2 * start : 2 * (start + length)].decode("utf-16-le").lower()
            name = f"@{self.bot.username}".lower()
            kind = text(entity, "type")
            if (kind == "mention" and part == name) or (
                kind == "bot_command" and ("@" not in part or name in part)
            ):
                return True
        return False

    def deliver(self, message: Message, edited: bool = False) -> Json | None:
        """Tells the bot of a message if Telegram would."""
        if not self._sees(message):
            return None
        kind = "channel_post" if message.chat.kind == "channel" else "message"
        return self.emit(f"edited_{kind}" if edited else kind, message.json(), message.chat)

    def emit(self, kind: str, body: Json, chat: Chat | None = None) -> Json | None:
        """Queues an update; from then on the bot knows the people and the chat in it."""
        if chat is not None:
            chat.known = True
        self._meet(body)
        return self.updates.add(kind, body)

    def _meet(self, value: object) -> None:
        if isinstance(value, dict):
            ident = value.get("id")
            if "is_bot" in value and isinstance(ident, int) and ident in self.users:
                self.users[ident].met = True
            for inner in value.values():
                self._meet(inner)
        elif isinstance(value, list):
            for inner in value:
                self._meet(inner)

    def change(self, chat: Chat, user: User, actor: User, **values: object) -> Member:
        """Changes somebody's place in a chat and tells the bot by my_chat_member or chat_member."""
        before = self.member(chat, user).json(chat)
        member = chat.members.setdefault(user.id, Member(user, "left"))
        for name, value in values.items():
            setattr(member, name, value)
        after = member.json(chat)
        if before != after:
            body: Json = {
                "chat": chat.json(),
                "from": actor.json(),
                "date": int(self.now()),
                "old_chat_member": before,
                "new_chat_member": after,
            }
            if user is self.bot:
                self.emit("my_chat_member", body, chat)
            elif self.me(chat).admin:
                self.emit("chat_member", body, chat)
        return member

    def store(self, name: str, data: bytes, folder: str, size: int | None = None) -> File:
        """Keeps a file; a size larger than the bytes stands for a large one."""
        ending = name.rsplit(".", 1)[-1] if "." in name else "bin"
        path = f"{folder}/file_{len(self.files)}.{ending}"
        file = File(
            "BQAC" + secrets.token_urlsafe(24),
            "AgAD" + secrets.token_hex(6),
            name,
            data,
            path,
            size or len(data),
        )
        self.files[file.id] = file
        return file

    def photo(self, data: bytes, size: int | None = None) -> list[Json]:
        """A photo in two sizes."""
        small, large = (
            self.store("photo.jpg", data[:500], "photos"),
            self.store("photo.jpg", data, "photos", size),
        )
        return [small.json() | {"width": 90, "height": 67}, large.json() | {"width": 1280, "height": 960}]

    def document(self, name: str, data: bytes, mime: str = "", size: int | None = None) -> Json:
        """A document."""
        return self.store(name, data, "documents", size).json() | clean(file_name=name, mime_type=mime)

    def words(self, value: str, key: str = "text", entities: list[Json] | None = None) -> Json:
        """Text or caption with the entities that Telegram finds in it."""
        found = auto_entities(value, entities or [])
        return clean(**{key: value, "entities" if key == "text" else f"{key}_entities": found})
