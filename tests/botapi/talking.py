"""What people do with messages: say, edit, delete, press, react, pin."""

from __future__ import annotations

import secrets

from tests.botapi.core import CHANNEL_BOT, GROUP_ANONYMOUS_BOT, TELEGRAM, Core, NotAllowed, NotThere, locked
from tests.botapi.jsons import Json, clean, items, objs, text
from tests.botapi.state import Chat, Message, Press, Topic, User
from tests.botapi.texts import units


class Talking(Core):
    """A person speaks as themselves, as an anonymous administrator, or in a channel's name."""

    def _voice(
        self, user: User, chat: Chat, anonymous: bool, channel: Chat | None
    ) -> tuple[User, Chat | None, Json]:
        """Who a message is from, as the group sees it."""
        if chat.kind == "private":
            if user.blocked:
                raise NotAllowed(f"{user.first_name} has blocked the bot: start() again")
            user.started = True
            return user, None, {}
        member = self.member(chat, user)
        if not member.inside:
            raise NotAllowed(f"{user.first_name} is not in {chat.title}")
        may = member.permissions if member.status == "restricted" else chat.permissions
        if not member.admin and may.get("can_send_messages") is not True:
            raise NotAllowed(f"{user.first_name} may not write in {chat.title}")
        if channel is not None:
            return self.users[CHANNEL_BOT], channel, {}
        if anonymous or member.anonymous:
            return self.users[GROUP_ANONYMOUS_BOT], chat, clean(author_signature=member.title)
        return user, None, {}

    @locked
    def put(
        self,
        user: User,
        where: Chat | User,
        content: Json,
        *,
        reply_to: Message | None = None,
        quote: str = "",
        thread: Topic | int = 0,
        anonymous: bool = False,
        as_channel: Chat | None = None,
        forwarded_from: User | Chat | str | None = None,
        extra: Json | None = None,
    ) -> Message:
        """Somebody sends content of any kind; the bot is told if Telegram would."""
        chat = self.chat(user if isinstance(where, User) else where)
        sender, sender_chat, more = self._voice(user, chat, anonymous, as_channel)
        body = more | (extra or {}) | clean(forward_origin=self._origin(forwarded_from))
        quoted = self._quote(reply_to, quote) if quote and reply_to else None
        place = thread.id if isinstance(thread, Topic) else thread
        if reply_to is not None and chat.forum and not place:
            place = reply_to.thread
        message = self.post(
            chat,
            sender,
            content,
            sender_chat=sender_chat,
            reply_to=reply_to,
            quote=quoted,
            thread=place,
            extra=body,
        )
        self.deliver(message)
        return message

    def _quote(self, message: Message, part: str) -> Json:
        if part not in message.text:
            raise NotThere(f"{part!r} is not in {message.text!r}")
        return {"text": part, "position": units(message.text.split(part)[0]), "is_manual": True}

    def _origin(self, source: User | Chat | str | None) -> Json | None:
        date = int(self.now()) - 60
        if isinstance(source, User):
            return {"type": "user", "date": date, "sender_user": source.json()}
        if isinstance(source, Chat) and source.kind == "channel":
            return {"type": "channel", "date": date, "chat": source.json(), "message_id": source.last_id or 1}
        if isinstance(source, Chat):
            return {"type": "chat", "date": date, "sender_chat": source.json()}
        return {"type": "hidden_user", "date": date, "sender_user_name": source} if source else None

    @locked
    def say(
        self,
        user: User,
        where: Chat | User,
        words: str,
        *,
        reply_to: Message | None = None,
        quote: str = "",
        thread: Topic | int = 0,
        anonymous: bool = False,
        as_channel: Chat | None = None,
        forwarded_from: User | Chat | str | None = None,
        entities: list[Json] | None = None,
        extra: Json | None = None,
    ) -> Message:
        """Somebody writes; commands, mentions and links become entities by themselves."""
        return self.put(
            user,
            where,
            self.words(words, entities=entities),
            reply_to=reply_to,
            quote=quote,
            thread=thread,
            anonymous=anonymous,
            as_channel=as_channel,
            forwarded_from=forwarded_from,
            extra=extra,
        )

    def dm(self, user: User, words: str, reply_to: Message | None = None) -> Message:
        """Somebody writes to the bot in private."""
        return self.say(user, user, words, reply_to=reply_to)

    def start(self, user: User, payload: str = "") -> Message:
        """Somebody presses Start, perhaps through a link with a payload."""
        if user.blocked:
            self.unblock(user)
        return self.dm(user, f"/start {payload}".strip())

    def unblock(self, user: User) -> None:
        """Somebody lets the bot write again; block() is its opposite."""
        raise NotImplementedError

    @locked
    def edit(self, message: Message, words: str) -> Message:
        """The author changes a text or caption."""
        key = "caption" if "text" not in message.content else "text"
        message.versions.append(message.text)
        kept = {k: v for k, v in message.content.items() if k not in (key, "entities", "caption_entities")}
        message.content = kept | self.words(words, key)
        message.edit_date = int(self.now())
        self.deliver(message, edited=True)
        return message

    @locked
    def remove(self, message: Message, by: User | None = None) -> None:
        """A person deletes a message; Telegram does not tell the bot."""
        message.deleted, message.deleted_by = True, by or message.sender

    @locked
    def send_photo(
        self,
        user: User,
        where: Chat | User,
        data: bytes | list[bytes] = b"\xff\xd8\xff photo",
        caption: str = "",
        *,
        reply_to: Message | None = None,
        size: int | None = None,
    ) -> list[Message]:
        """Somebody sends a photo, or several as an album (the caption stands under the first)."""
        pictures = data if isinstance(data, list) else [data]
        extra: Json = {"media_group_id": str(secrets.randbits(62))} if len(pictures) > 1 else {}
        return [
            self.put(
                user,
                where,
                {"photo": self.photo(picture, size)} | (self.words(caption, "caption") if i == 0 else {}),
                reply_to=reply_to,
                extra=extra,
            )
            for i, picture in enumerate(pictures)
        ]

    @locked
    def send_document(
        self,
        user: User,
        where: Chat | User,
        filename: str,
        data: bytes,
        caption: str = "",
        *,
        mime: str = "application/octet-stream",
        size: int | None = None,
    ) -> Message:
        """Somebody sends a file; size claims more than the bytes given."""
        content = {"document": self.document(filename, data, mime, size)} | self.words(caption, "caption")
        return self.put(user, where, content)

    @locked
    def send_voice(
        self, user: User, where: Chat | User, seconds: int = 3, reply_to: Message | None = None
    ) -> Message:
        """Somebody speaks a message."""
        voice = self.store("voice.oga", b"OggS", "voice").json() | {
            "duration": seconds,
            "mime_type": "audio/ogg",
        }
        return self.put(user, where, {"voice": voice}, reply_to=reply_to)

    @locked
    def send_sticker(self, user: User, where: Chat | User, emoji: str = "👍") -> Message:
        """Somebody sends a sticker."""
        about: Json = {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
        }
        sticker = self.store("sticker.webp", b"RIFF", "stickers").json() | about | {"emoji": emoji}
        return self.put(user, where, {"sticker": sticker})

    @locked
    def send_contact(self, user: User, where: Chat | User, phone: str, name: str) -> Message:
        """Somebody shares a contact."""
        return self.put(user, where, {"contact": {"phone_number": phone, "first_name": name}})

    @locked
    def press(self, user: User, message: Message, button: str) -> Press:
        """Somebody presses an inline button, found by its whole label, its data, or a part of its label."""
        keys = [
            k for row in items(message.markup and message.markup.get("inline_keyboard")) for k in objs(row)
        ]
        found = [k for k in keys if button in (text(k, "text"), text(k, "callback_data"))]
        found = found or [k for k in keys if button in text(k, "text")]
        if not found:
            raise NotThere(f"no button {button!r} in {message.buttons} under {message.text!r}")
        if "callback_data" not in found[0]:
            raise NotThere(f"{button!r} is not answered by the bot: {found[0]}")
        return self.press_data(user, message, text(found[0], "callback_data"))

    @locked
    def press_data(self, user: User, message: Message, data: str) -> Press:
        """A client sends any data for a message, also for buttons that are gone."""
        press = Press(str(secrets.randbits(62)), user, message, data, self.now())
        self.presses[press.id] = press
        gone: Json = {"chat": message.chat.json(), "message_id": message.id, "date": 0}
        body: Json = {
            "id": press.id,
            "from": user.json(),
            "message": gone if message.deleted else message.json(),
            "chat_instance": str(message.chat.id * 7919),
            "data": data,
        }
        self.emit("callback_query", body, message.chat)
        return press

    @locked
    def react(self, user: User, message: Message, emoji: str = "") -> None:
        """Somebody sets (or, with no emoji, takes back) a reaction."""
        old = message.reactions.pop(user.id, [])
        new: list[Json] = [{"type": "emoji", "emoji": emoji}] if emoji else []
        if new:
            message.reactions[user.id] = new
        body: Json = {"chat": message.chat.json(), "message_id": message.id, "user": user.json()}
        body |= {"date": int(self.now()), "old_reaction": old, "new_reaction": new}
        if message.chat.kind == "private" or self.me(message.chat).admin:
            self.emit("message_reaction", body, message.chat)

    @locked
    def pin(self, user: User, message: Message) -> None:
        """An administrator pins a message."""
        if message.chat.crowd and not self.member(message.chat, user).may("can_pin_messages"):
            raise NotAllowed(f"{user.first_name} may not pin")
        message.chat.pinned.append(message.id)
        self.service(message.chat, user, pinned_message=message.json(nested=True))

    @locked
    def channel(
        self, title: str, creator: User, username: str | None = None, discussion: Chat | None = None
    ) -> Chat:
        """A channel, perhaps with a discussion group that its posts are forwarded to."""
        channel = self.new_chat("channel", title, creator, username)
        channel.linked = discussion
        if discussion is not None:
            discussion.linked = channel
        return channel

    @locked
    def publish(self, channel: Chat, words: str) -> tuple[Message, Message | None]:
        """A post in a channel, and its automatic forward in the discussion group."""
        post = self.post(channel, None, self.words(words), sender_chat=channel)
        self.deliver(post)
        if channel.linked is None:
            return post, None
        origin: Json = {"type": "channel", "date": post.date, "chat": channel.json(), "message_id": post.id}
        extra: Json = {"is_automatic_forward": True, "forward_origin": origin}
        forward = self.post(
            channel.linked, self.users[TELEGRAM], dict(post.content), sender_chat=channel, extra=extra
        )
        self.deliver(forward)
        return post, forward
