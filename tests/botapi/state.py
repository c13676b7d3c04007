"""What the server remembers: users, chats, members, messages, files, button presses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tests.botapi.jsons import Json, clean, objs, text

Kind = Literal["private", "group", "supergroup", "channel"]
_RIGHTS = (
    "can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
    "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories "
    "can_delete_stories can_post_messages can_edit_messages can_pin_messages can_manage_topics "
    "can_manage_direct_messages can_manage_tags"
)
ADMIN_RIGHTS = _RIGHTS.split()
_PERMISSIONS = (
    "can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos "
    "can_send_video_notes can_send_voice_notes can_send_polls can_send_other_messages "
    "can_add_web_page_previews can_react_to_messages can_edit_tag can_change_info "
    "can_invite_users can_pin_messages can_manage_topics"
)
PERMISSIONS = _PERMISSIONS.split()
_CHANNEL_ONLY = {"can_post_messages", "can_edit_messages", "can_manage_direct_messages"}
_GROUP_ONLY = {"can_pin_messages", "can_manage_topics", "can_manage_tags"}


@dataclass(eq=False)
class User:
    """An account."""

    id: int
    first_name: str
    username: str | None = None
    lang: str = "zh-hans"
    last_name: str = ""
    is_bot: bool = False
    started: bool = False
    blocked: bool = False
    met: bool = False

    def json(self) -> Json:
        """A User object."""
        return {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
            **clean(
                last_name=self.last_name,
                username=self.username,
                language_code=None if self.is_bot else self.lang,
            ),
        }


@dataclass(eq=False)
class Member:
    """Somebody's place in one chat."""

    user: User
    status: Literal["creator", "administrator", "member", "restricted", "left", "kicked"] = "member"
    rights: set[str] = field(default_factory=set)
    tag: str = ""
    title: str = ""
    anonymous: bool = False
    permissions: Json = field(default_factory=dict)
    until: int = 0
    by_bot: bool = False

    @property
    def inside(self) -> bool:
        """Whether they are in the chat now."""
        return self.status in ("creator", "administrator", "member", "restricted")

    @property
    def admin(self) -> bool:
        """Whether they are an administrator or the owner."""
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        """Whether an administrator's right is theirs."""
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)

    def json(self, chat: Chat) -> Json:
        """A ChatMember object."""
        body: Json = {"status": self.status, "user": self.user.json()}
        if self.status == "creator":
            return body | {"is_anonymous": self.anonymous} | clean(custom_title=self.title)
        if self.status == "administrator":
            body |= {"can_be_edited": self.by_bot, "is_anonymous": self.anonymous}
            hidden = _GROUP_ONLY if chat.kind == "channel" else _CHANNEL_ONLY
            hidden = hidden | (set() if chat.forum else {"can_manage_topics"})
            body |= {right: right in self.rights for right in ADMIN_RIGHTS if right not in hidden}
            return body | clean(custom_title=self.title)
        if self.status == "restricted":
            rights: Json = {name: self.permissions.get(name) is True for name in PERMISSIONS}
            return body | rights | {"is_member": True, "until_date": self.until} | clean(tag=self.tag)
        if self.status == "kicked":
            return body | {"until_date": self.until}
        return body | clean(tag=self.tag if self.status == "member" else "")


@dataclass(eq=False)
class Topic:
    """A topic of a forum."""

    id: int
    name: str
    closed: bool = False


@dataclass(eq=False)
class Chat:
    """A conversation."""

    id: int
    kind: Kind
    title: str = ""
    username: str | None = None
    person: User | None = None
    forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    permissions: Json = field(default_factory=dict)
    last_id: int = 0
    migrated_to: Chat | None = None
    linked: Chat | None = None
    known: bool = False

    @property
    def crowd(self) -> bool:
        """Whether this is a group of either kind."""
        return self.kind in ("group", "supergroup")

    @property
    def sparse(self) -> bool:
        """Whether message ids are counted in this chat rather than in the bot's whole account."""
        return self.kind in ("supergroup", "channel")

    def json(self) -> Json:
        """A Chat object."""
        if self.person is not None:
            who = self.person
            names = clean(first_name=who.first_name, last_name=who.last_name, username=who.username)
        else:
            names = clean(title=self.title, username=self.username, is_forum=self.forum)
        return {"id": self.id, "type": self.kind, **names}


@dataclass(eq=False)
class File:
    """An uploaded file."""

    id: str
    unique_id: str
    name: str
    data: bytes
    path: str
    size: int

    def json(self) -> Json:
        """The fields every file-like object shares."""
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}


@dataclass(eq=False)
class Message:
    """One message, also after it is gone."""

    chat: Chat
    id: int
    date: int
    sender: User | None
    content: Json
    sender_chat: Chat | None = None
    reply_to: Message | None = None
    quote: Json | None = None
    thread: int = 0
    markup: Json | None = None
    keyboard: Json | None = None
    extra: Json = field(default_factory=dict)
    edit_date: int = 0
    deleted: bool = False
    deleted_by: User | None = None
    service: bool = False
    silent: bool = False
    protected: bool = False
    reactions: dict[int, list[Json]] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What is to be read in it."""
        return text(self.content, "text") or text(self.content, "caption")

    @property
    def buttons(self) -> list[list[str]]:
        """The labels of its inline keyboard."""
        rows = self.markup["inline_keyboard"] if self.markup else []
        return [[text(b, "text") for b in objs(row)] for row in (rows if isinstance(rows, list) else [])]

    def json(self, nested: bool = False) -> Json:
        """A Message object; a replied-to message carries no further reply."""
        body: Json = {"message_id": self.id}
        member = self.chat.members.get(self.sender.id) if self.sender else None
        if self.sender is not None and self.chat.kind != "channel":
            body["from"] = self.sender.json()
        body |= clean(
            sender_chat=self.sender_chat.json() if self.sender_chat else None,
            sender_tag=member.tag if member and not self.sender_chat and not member.admin else "",
            message_thread_id=self.thread or None,
            is_topic_message=bool(self.thread) and self.chat.forum,
        )
        body |= {"date": self.date, "chat": self.chat.json()}
        if self.reply_to is not None and not nested:
            body |= clean(reply_to_message=self.reply_to.json(nested=True), quote=self.quote)
        body |= clean(edit_date=self.edit_date or None, has_protected_content=self.protected)
        body |= self.extra | self.content
        return body | clean(reply_markup=self.markup)


@dataclass(eq=False)
class Press:
    """A press of an inline button, and what the bot made of it."""

    id: str
    user: User
    message: Message
    data: str
    at: float
    answer: Json | None = None

    @property
    def answered(self) -> bool:
        """Whether the bot has answered."""
        return self.answer is not None

    @property
    def toast(self) -> str:
        """The text shown to who pressed."""
        return text(self.answer or {}, "text")
