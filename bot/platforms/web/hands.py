"""The hands of people on the messenger: they write, press, come and go; each act waits to be stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.platforms.web.chats import ALL_RIGHTS, Shown, WebChat
from bot.platforms.web.room import Room
from bot.ports import Incoming, Outcome
from classroom.addresses import ChatKind
from classroom.events import (
    Attachment,
    BotBlocked,
    BotMember,
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


class Hands(Room):
    """What people do."""

    def person(self, native: str, name: str, *, username: str | None = None, language: str = "zh") -> Sender:
        """A person with a name, or the same one under a new name."""
        self.people[native] = Sender(native, name, username, language)
        for chat in self.chats.values():
            if native in chat.members:
                self.changed(chat)
        return self.people[native]

    def person_on(self, channel: str, native: str, name: str, *, language: str = "zh") -> Sender:
        """Somebody whose private conversation is on another channel, with its door open."""
        sender = self.person(native, name, language=language)
        private = self.private(sender)
        private.channel, private.opened = channel, True
        return sender

    def group(self, native: str, title: str, *, rights: frozenset[Right] = ALL_RIGHTS) -> WebChat:
        """A group in which the bot is."""
        return self.chats.setdefault(native, WebChat(native, ChatKind.GROUP, title, rights=rights))

    def origin(self, chat: WebChat, thread: str | None = None) -> Origin:
        """Where an event in this chat happens."""
        return Origin(chat.channel, chat.native, chat.kind, chat.title, thread)

    def say(
        self,
        sender: Sender,
        chat: WebChat,
        text: str,
        *,
        reply_to: Shown | None = None,
        attachments: Sequence[Attachment] = (),
        album: str | None = None,
        thread: str | None = None,
        quote: str = "",
        place: str | None = None,
        heard: bool = True,
    ) -> Shown:
        """Write a message; writing in private opens the door. Not `heard`: it stands for a press."""
        if chat.kind is ChatKind.PRIVATE:
            chat.opened, chat.blocked = True, False
        elif sender.kind is SenderKind.PERSON:
            chat.members.add(sender.native)
        shown = Shown(str(next(self.numbers)), sender.native, text, album=album, at=self.now(), place=place)
        shown.name, shown.tag = sender.name, chat.tags.get(sender.native, "")
        shown.attachments = tuple(attachments)
        shown.reply_to = reply_to.ref if reply_to else None
        chat.messages.append(shown)
        self.changed(chat, shown)
        if heard:
            self.happened(replace(self._message(sender, chat, shown, reply_to, thread), quote=quote), album)
        return shown

    def edit_own(self, sender: Sender, chat: WebChat, shown: Shown, text: str) -> None:
        """A person edits what they wrote."""
        shown.text, shown.edited = text, True
        self.changed(chat, shown)
        message = self._message(sender, chat, shown, None, None)
        self.happened(message)

    def press(self, person: Sender, chat: WebChat, shown: Shown, label: str) -> str:
        """Press the button with this label (or beginning with it); gives the callback's id."""
        key = next(k for k in shown.keys if k.label.startswith(label))
        return self.press_token(person, chat, key.token or "", shown.ref)

    def press_token(self, person: Sender, chat: WebChat, token: str, ref: str | None = None) -> str:
        """Press with a token, forged ones as well."""
        callback = f"cb{next(self.numbers)}"
        self.callbacks[callback] = person.native
        self.happened(Pressed(self.origin(chat), person, token, callback, ref))
        return callback

    def join(self, person: Sender, chat: WebChat) -> None:
        """Come into a group."""
        chat.members.add(person.native)
        self.changed(chat)
        self.happened(Joined(self.origin(chat), person))

    def leave(self, person: Sender, chat: WebChat) -> None:
        """Leave a group."""
        chat.members.discard(person.native)
        self.changed(chat)
        self.happened(Left(self.origin(chat), person))

    def add_bot(self, by: Sender, chat: WebChat, rights: frozenset[Right] = ALL_RIGHTS) -> None:
        """Bring the bot into a group, or change its rights."""
        chat.bot_inside, chat.rights = True, rights
        self.happened(BotMember(self.origin(chat), by, True, bool(rights), rights))

    def remove_bot(self, by: Sender, chat: WebChat) -> None:
        """Throw the bot out."""
        chat.bot_inside = False
        self.happened(BotMember(self.origin(chat), by, False))

    def block(self, person: Sender, blocked: bool = True) -> None:
        """Close the private door, or open it again."""
        chat = self.private(person)
        chat.blocked = blocked
        self.changed(chat)
        self.happened(BotBlocked(self.origin(chat), person, blocked))

    def migrate(self, chat: WebChat, new_native: str) -> WebChat:
        """Give a group a new id, as Telegram does."""
        moved = WebChat(new_native, chat.kind, chat.title, members=chat.members, admins=chat.admins)
        moved.rights = chat.rights
        self.chats[new_native] = moved
        chat.moved_to = new_native
        self.happened(Migrated(self.origin(chat), new_native))
        return moved

    def file(self, data: bytes, filename: str, kind: str = "document") -> Attachment:
        """A file that can be sent."""
        ref = f"file{next(self.numbers)}"
        self.files[ref] = data
        self.uploaded[ref] = Attachment(kind, ref, filename, len(data))
        return self.uploaded[ref]

    def fail_next(self, what: str, *outcomes: Outcome) -> None:
        """Let the next calls of `post`, `tell`, `delete` … end like this."""
        self.failing.setdefault(what, []).extend(outcomes)

    def break_next(self, what: str) -> None:
        """Let the next `post` or `tell` be carried out while its answer is lost."""
        self.breaking.append(what)

    def redeliver(self, update: Incoming) -> None:
        """Let the platform send an update a second time."""
        self.waiting.append(update)

    def _message(
        self, sender: Sender, chat: WebChat, shown: Shown, reply_to: Shown | None, thread: str | None
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
            self.now(),
            edited=shown.edited,
            reply_to=quoted,
            attachments=shown.attachments,
            album=shown.album,
        )
