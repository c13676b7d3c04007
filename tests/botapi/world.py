"""What a test drives and looks at."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tests.botapi.core import NotThere, locked
from tests.botapi.jsons import Json, text
from tests.botapi.membership import CLASS_RIGHTS, Membership
from tests.botapi.state import Chat, Message, User

__all__ = ["CLASS_RIGHTS", "Shown", "World"]
T = TypeVar("T")


@dataclass(frozen=True)
class Shown:
    """One message as the people in a chat see it now."""

    id: int
    who: str
    text: str
    buttons: list[list[str]]
    deleted: bool
    edited: bool
    pinned: bool
    protected: bool
    silent: bool
    by_bot: bool
    kind: str
    reactions: list[str]
    message: Message

    def __str__(self) -> str:
        marks = "".join(m for m, on in (("✂", self.deleted), ("✎", self.edited), ("📌", self.pinned)) if on)
        rows = "".join(f" [{' | '.join(row)}]" for row in self.buttons)
        return f"{self.id}{marks} {self.who}: {self.text or self.kind}{rows}"


class World(Membership):
    """The whole of Telegram around one bot."""

    def limits(
        self, *, private_per_second: float = 1, group_per_minute: int = 20, total: int = 30, burst: int = 3
    ) -> None:
        """Switches rate limits on; zero switches one off."""
        set_ = self.limits_set
        set_.private_per_second, set_.group_per_minute = private_per_second, group_per_minute
        set_.total, set_.burst = total, burst
        set_.sent.clear()

    def no_limits(self) -> None:
        """Switches rate limits off, as at the start."""
        self.limits(private_per_second=0, group_per_minute=0, total=0)

    def _shown(self, message: Message) -> Shown:
        who = message.sender_chat.title if message.sender_chat else ""
        who = who or (message.sender.first_name if message.sender else "")
        kind = next((k for k in message.content if k not in ("entities", "caption", "caption_entities")), "")
        reactions = [text(r, "emoji") for given in message.reactions.values() for r in given]
        pinned = message.id in message.chat.pinned and not message.deleted
        return Shown(
            message.id,
            who,
            message.text,
            message.buttons,
            message.deleted,
            bool(message.edit_date),
            pinned,
            message.protected,
            message.silent,
            message.sender is self.bot,
            kind,
            reactions,
            message,
        )

    @locked
    def transcript(self, where: Chat | User, *, deleted: bool = True, service: bool = False) -> list[Shown]:
        """Everything in a chat in order; what was deleted is marked, or left out."""
        chat = self.chat(where)
        return [
            self._shown(m)
            for m in chat.messages.values()
            if (deleted or not m.deleted) and (service or not m.service)
        ]

    @locked
    def inbox(self, user: User) -> list[Shown]:
        """What the bot has said to somebody in private and still stands."""
        return [shown for shown in self.transcript(user, deleted=False) if shown.by_bot]

    @locked
    def last(self, where: Chat | User) -> Message:
        """The bot's latest standing message in a chat."""
        found = [s for s in self.transcript(where, deleted=False) if s.by_bot]
        if not found:
            raise NotThere("the bot has said nothing there")
        return found[-1].message

    @locked
    def find(self, where: Chat | User, words: str) -> Message:
        """The bot's latest standing message with these words in it."""
        for shown in reversed(self.transcript(where, deleted=False)):
            if shown.by_bot and words in shown.text:
                return shown.message
        raise NotThere(f"no {words!r} in {[str(s) for s in self.transcript(where)]}")

    @locked
    def menu(self, user: User, where: Chat | User | None = None) -> list[str]:
        """The commands somebody is offered in a chat, narrowest scope and own language first."""
        chat = self.chat(where or user)
        admin = chat.kind != "private" and self.member(chat, user).admin
        scopes = [("chat_member", chat.id, user.id)] if chat.kind != "private" else []
        scopes += [("chat_administrators", chat.id, 0)] if admin else []
        scopes += [("chat", chat.id, 0)]
        scopes += [("all_chat_administrators", 0, 0)] if admin else []
        scopes += [
            ("all_private_chats" if chat.kind == "private" else "all_group_chats", 0, 0),
            ("default", 0, 0),
        ]
        lang = user.lang.split("-")[0]
        for scope in scopes:
            for language in (lang, ""):
                found = self.commands.get((*scope, language))
                if found:
                    return [text(command, "command") for command in found]
        return []

    def update_log(self) -> list[Json]:
        """Every update that was queued, in order."""
        return list(self.updates.history)

    async def eventually(self, look: Callable[[], T], seconds: float = 5.0) -> T:
        """Waits until a look at the world gives something true (NotThere counts as false)."""
        deadline = time.monotonic() + seconds
        while True:
            last: Exception | None = None
            try:
                value = look()
            except NotThere as error:
                last = error
            else:
                if value:
                    return value
            if time.monotonic() > deadline:
                raise NotThere(f"it did not happen within {seconds} s") from last
            await asyncio.sleep(0.01)
