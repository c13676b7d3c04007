"""What a stored frame means in our words: pure, and at ease with whatever WeCom adds next year."""

from __future__ import annotations

import json

from bot.platforms.tencent.cards import START
from bot.platforms.tencent.fields import Fields, inner, several, text, when, words
from bot.platforms.wecom_bot.failures import member, native_of
from classroom.addresses import ChatKind
from classroom.events import Attachment, BotBlocked, Event, Message, Origin, Pressed, Quoted, Sender

PLATFORM = "wecom.bot"
FILES = {"image": "photo", "file": "document", "voice": "voice", "video": "video"}
PRESSED, OPENED = "template_card_event", "enter_chat"


def read(raw: bytes) -> Event | None:
    """Turn a stored frame into an event; None for what concerns us not."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    body = inner(found, "body")
    who, ref = member(text(inner(body, "from"), "userid")), text(body, "msgid")
    origin = origin_of(body)
    if who is None or origin is None or not ref:
        return None
    sender = Sender(who, text(found, "name"))
    if chosen := text(found, "key"):
        return _meant(chosen, sender, origin, found, ref, text(found, "ref"))
    if text(body, "msgtype") == "event":
        return _event(body, sender, origin, found, ref)
    said, files = text(found, "said"), attachments(body)
    if not said and not files:
        return None
    return Message(
        origin, sender, ref, said, when(found, "at"), reply_to=_quoted(body, ref), attachments=files
    )


def origin_of(body: Fields) -> Origin | None:
    """Where it happened: in a group, or in the writer's own conversation."""
    who, chat = text(inner(body, "from"), "userid"), text(body, "chatid")
    match text(body, "chattype"):
        case "group" if chat:
            return Origin(PLATFORM, native_of(chat), ChatKind.GROUP)
        case "single" if member(who):
            return Origin(PLATFORM, who, ChatKind.PRIVATE)
    return None


def pressed_key(body: Fields) -> str:
    """The key of the button that was pressed, or of the option that was chosen and submitted."""
    event = inner(inner(body, "event"), PRESSED)
    chosen = [
        key
        for item in several(event, "selected_items", "selected_item")
        for key in words(item, "option_ids", "option_id")
    ]
    key = text(event, "event_key")
    if key == "submit":
        return chosen[0] if chosen else ""
    return "" if key == "over" else key


def task_of(body: Fields) -> str:
    """Which card was pressed."""
    return text(inner(inner(body, "event"), PRESSED), "task_id")


def event_of(body: Fields) -> str:
    """What kind of event a frame is; empty for a message."""
    return text(inner(body, "event"), "eventtype") if text(body, "msgtype") == "event" else ""


def words_of(body: Fields) -> str:
    """What was written or spoken, the call by @ included."""
    kind = text(body, "msgtype")
    if kind == "mixed":
        items = several(body, "mixed", "msg_item")
        return "\n".join(text(inner(item, "text"), "content") for item in items if "text" in item).strip()
    return text(inner(body, kind), "content") if kind in ("text", "voice") else ""


def attachments(body: Fields) -> tuple[Attachment, ...]:
    """The files that came along, named by their place; their addresses are stored nowhere."""
    return tuple(
        Attachment(FILES[kind], f"{text(body, 'msgid')}#{place}", text(found, "filename") or None)
        for place, (kind, found) in enumerate(files_of(body))
    )


def files_of(body: Fields) -> list[tuple[str, Fields]]:
    """Each file's kind and what is said of it."""
    kind = text(body, "msgtype")
    if kind == "mixed":
        items = several(body, "mixed", "msg_item")
        return [("image", inner(item, "image")) for item in items if "image" in item]
    return [(kind, inner(body, kind))] if kind in FILES and kind in body else []


def _event(body: Fields, sender: Sender, origin: Origin, found: Fields, ref: str) -> Event | None:
    kind = event_of(body)
    if kind == PRESSED and (key := pressed_key(body)):
        return _meant(key, sender, origin, found, ref, task_of(body))
    if kind != OPENED or origin.kind is not ChatKind.PRIVATE:
        return None
    return BotBlocked(origin, sender, blocked=False)


def _meant(key: str, sender: Sender, origin: Origin, found: Fields, ref: str, card: str) -> Event:
    """What a press means; one that leads to the private conversation happens there."""
    if key.startswith(START):
        alone = Origin(PLATFORM, sender.native, ChatKind.PRIVATE)
        return Message(alone, sender, ref, f"/{key}", when(found, "at"))
    return Pressed(origin, sender, key, callback_of(sender.native, ref), card or None)


def callback_of(who: str, msgid: str) -> str:
    """By what a press is answered: who pressed, and which time."""
    return f"{who}|{msgid}"


def pressed_by(callback: str) -> tuple[str, str] | None:
    """Whose press a callback is, and which."""
    who, line, msgid = callback.partition("|")
    return (who, msgid) if line and msgid and member(who) else None


def _quoted(body: Fields, ref: str) -> Quoted | None:
    """What the message answers: WeCom gives its words, and neither its id nor its author."""
    quote = inner(body, "quote")
    said = text(inner(quote, text(quote, "msgtype")), "content")
    return Quoted(f"{ref}#quoted", said) if said else None
