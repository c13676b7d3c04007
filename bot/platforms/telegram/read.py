"""What a raw update means in our words: pure, and at ease with whatever Telegram adds next year.

Who joined or left comes twice where the bot is an administrator, as a service message and as a
`chat_member` update, in either order: large groups have no service messages and a bot that is
no administrator gets no `chat_member`, so neither can be left out. Handlers must take the second
`Joined` or `Left` of one member as no news. The bot's own coming and going is `BotMember` alone.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.platforms.telegram.fields import EPOCH, Obj, ident, number, obj, objs, text, when
from classroom.addresses import ChatKind
from classroom.events import (
    Attachment,
    BotBlocked,
    BotMember,
    Event,
    Joined,
    Json,
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

PLATFORM = "telegram"
KINDS = {
    "group": ChatKind.GROUP,
    "supergroup": ChatKind.GROUP,
    "private": ChatKind.PRIVATE,
}
GROUP_ANONYMOUS_BOT = "1087968824"
RIGHTS = {
    "can_delete_messages": Right.DELETE,
    "can_restrict_members": Right.RESTRICT,
    "can_pin_messages": Right.PIN,
    "can_manage_tags": Right.TAG,
}
INSIDE = ("creator", "administrator", "member")
FILES = ("animation", "video", "audio", "voice", "video_note", "sticker", "live_photo", "document")
CONTENT = (
    *("text", "caption", "photo", *FILES),
    *("contact", "dice", "game", "poll", "venue", "location", "story", "paid_media", "checklist"),
    *("giveaway", "giveaway_winners", "invoice"),
)
"""A message with one of these was written by somebody; any other is a service message."""


def read(update: Json, me: str) -> Event | None:
    """Turn an update into an event; None for what concerns us not. `me` is the bot's own id."""
    for kind, reader in READERS.items():
        body = obj(update, kind)
        if body:
            return reader(body, me)
    return None


def rights(member: Obj) -> frozenset[Right]:
    """Give what a chat member may do, of what matters to us."""
    if text(member, "status") == "creator":
        return frozenset(Right)
    if text(member, "status") != "administrator":
        return frozenset()
    return frozenset(right for flag, right in RIGHTS.items() if member.get(flag) is True)


def person(user: Obj) -> Sender | None:
    """Read a user; a bot is one too."""
    native = ident(user, "id")
    if not native:
        return None
    kind = SenderKind.BOT if user.get("is_bot") is True else SenderKind.PERSON
    return Sender(
        native,
        full_name(user),
        text(user, "username") or None,
        text(user, "language_code") or None,
        kind,
    )


def full_name(user: Obj) -> str:
    """Give the name as people see it."""
    return f"{text(user, 'first_name')} {text(user, 'last_name')}".strip()


def is_inside(member: Obj) -> bool:
    """Tell whether somebody is in the chat: the restricted may have left."""
    status = text(member, "status")
    return status in INSIDE or (status == "restricted" and member.get("is_member") is True)


def _message(body: Obj, me: str) -> Event | None:
    origin = _origin(body)
    if origin is None:
        return None
    if not any(key in body for key in CONTENT):
        return _service(body, origin, me)
    return _written(body, origin, edited=False)


def _edited(body: Obj, me: str) -> Event | None:
    origin = _origin(body)
    if origin is None or "location" in body:  # a live location moves every few seconds
        return None
    return _written(body, origin, edited=True)


def _written(body: Obj, origin: Origin, edited: bool) -> Event | None:
    sender, ref = _sender(body), ident(body, "message_id")
    if sender is None or not ref:
        return None
    return Message(
        origin,
        sender,
        ref,
        _words(body),
        (when(body, "edit_date") if edited else None) or when(body, "date") or EPOCH,
        edited,
        _quoted(obj(body, "reply_to_message")),
        text(obj(body, "quote"), "text"),
        _attachments(body),
        text(body, "media_group_id") or None,
    )


def _service(body: Obj, origin: Origin, me: str) -> Event | None:
    new = ident(body, "migrate_to_chat_id")
    if new:
        return Migrated(origin, new)
    for user in objs(body, "new_chat_members"):  # one each: updates.py takes several apart
        newcomer = person(user)
        if newcomer is not None and newcomer.native != me:
            return Joined(origin, newcomer)
    gone = person(obj(body, "left_chat_member"))
    return Left(origin, gone) if gone is not None and gone.native != me else None


def _pressed(body: Obj, me: str) -> Event | None:
    message = obj(body, "message")
    origin, sender = _origin(message), person(obj(body, "from"))
    token, callback = text(body, "data"), text(body, "id")
    if origin is None or sender is None or not token or not callback:
        return None
    return Pressed(origin, sender, token, callback, ident(message, "message_id") or None)


def _my_place(body: Obj, me: str) -> Event | None:
    origin, sender = _origin(body), _sender(body)
    if origin is None or sender is None:
        return None
    now = obj(body, "new_chat_member")
    if origin.kind is ChatKind.PRIVATE:
        return BotBlocked(origin, sender, blocked=not is_inside(now))
    admin = text(now, "status") in ("creator", "administrator")
    return BotMember(origin, sender, is_inside(now), admin, rights(now))


def _place(body: Obj, me: str) -> Event | None:
    origin, now = _origin(body), obj(body, "new_chat_member")
    member = person(obj(now, "user"))
    if origin is None or origin.kind is ChatKind.PRIVATE or member is None or member.native == me:
        return None
    was, is_now = is_inside(obj(body, "old_chat_member")), is_inside(now)
    if was == is_now:
        return None
    return Joined(origin, member) if is_now else Left(origin, member)


READERS: dict[str, Callable[[Obj, str], Event | None]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _pressed,
    "my_chat_member": _my_place,
    "chat_member": _place,
}


def _origin(body: Obj) -> Origin | None:
    chat = obj(body, "chat")
    kind, native = KINDS.get(text(chat, "type")), ident(chat, "id")
    if kind is None or not native:
        return None
    thread = ident(body, "message_thread_id") if body.get("is_topic_message") is True else ""
    return Origin(PLATFORM, native, kind, text(chat, "title"), thread or None)


def _sender(body: Obj) -> Sender | None:
    chat, user = obj(body, "chat"), obj(body, "from")
    behind = obj(body, "sender_chat")
    if ident(user, "id") == GROUP_ANONYMOUS_BOT:  # a change of members by such a one has no sender_chat
        behind = behind or chat
    native = ident(behind, "id")
    if not native:
        return person(user)
    if body.get("is_automatic_forward") is True:
        kind = SenderKind.LINKED_CHANNEL
    elif native == ident(chat, "id"):
        kind = SenderKind.ANONYMOUS_ADMIN
    else:
        kind = SenderKind.CHANNEL
    return Sender(native, text(behind, "title"), text(behind, "username") or None, kind=kind)


def _words(body: Obj) -> str:
    """Give what people read, in polls, lists and cards as well: rules and locks look at it."""
    poll, tasks, venue, card = (obj(body, key) for key in ("poll", "checklist", "venue", "contact"))
    lines = [
        text(body, "text") or text(body, "caption"),
        text(poll, "question"),
        *(text(option, "text") for option in objs(poll, "options")),
        text(tasks, "title"),
        *(text(task, "text") for task in objs(tasks, "tasks")),
        text(venue, "title"),
        text(venue, "address"),
        full_name(card),
        text(card, "phone_number"),
        text(obj(body, "game"), "title"),
    ]
    return "\n".join(line for line in lines if line)


def _quoted(body: Obj) -> Quoted | None:
    ref = ident(body, "message_id")
    # in a topic every message "answers" the one that opened the topic
    if not ref or "forum_topic_created" in body:
        return None
    return Quoted(ref, _words(body), _sender(body), _attachments(body), text(body, "media_group_id") or None)


def _attachments(body: Obj) -> tuple[Attachment, ...]:
    found = [_file("photo", size) for size in sorted(objs(body, "photo"), key=_area)[-1:]]
    # an animation comes with the same file as `document`, a live photo with `photo`
    kind = next((kind for kind in FILES if obj(body, kind)), None)
    if kind is not None and not found:
        found.append(_file(kind, obj(body, kind)))
    return tuple(file for file in found if file.ref)


def _area(size: Obj) -> int:
    return (number(size, "width") or 0) * (number(size, "height") or 0)


def _file(kind: str, body: Obj) -> Attachment:
    return Attachment(
        kind,
        text(body, "file_id"),
        text(body, "file_name") or None,
        number(body, "file_size"),
        text(body, "mime_type") or None,
    )
