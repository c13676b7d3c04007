"""What a stored call means in our words: pure, and at ease with whatever WeCom adds next year.

WeCom never tells what is written in a group: whatever a person writes comes from the app's 1:1 conversation.
"""

from __future__ import annotations

import json

from bot.platforms.tencent.cards import START
from bot.platforms.tencent.fields import Fields, inner, number, several, text, when, words
from bot.platforms.tencent.files import words_of
from bot.platforms.wecom.failures import member
from classroom.addresses import ChatKind
from classroom.events import Attachment, BotBlocked, Event, Json, Message, Origin, Pressed, Sender

PLATFORM = "wecom"
FILES = {"image": "photo", "file": "document", "voice": "voice", "video": "video"}
PRESSES = ("template_card_event", "template_card_menu_event")
OPENS, CLOSES = ("enter_agent", "subscribe"), ("unsubscribe",)


def read(raw: bytes) -> Event | None:
    """Turn a stored call into an event; None for what concerns us not."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    body = inner(found, "xml")
    who = member(text(body, "FromUserName"))
    if who is None:
        return None
    sender, origin = Sender(who, text(found, "name")), Origin(PLATFORM, who, ChatKind.PRIVATE)
    if text(body, "MsgType") == "event":
        return _event(body, sender, origin, found)
    return _message(body, sender, origin, found)


def _message(body: Fields, sender: Sender, origin: Origin, found: Fields) -> Event | None:
    ref, chosen = text(body, "MsgId"), text(found, "key")
    if not ref:
        return None
    if chosen:
        return _meant(chosen, sender, origin, body, ref, text(found, "ref"))
    kind = text(body, "MsgType")
    said, files = words_of(body, kind), _files(body, kind)
    if not said and not files:
        return None
    return Message(origin, sender, ref, said, when(body, "CreateTime"), attachments=files)


def _event(body: Fields, sender: Sender, origin: Origin, found: Fields) -> Event | None:
    event, mark = text(body, "Event"), text(found, "mark")
    if event in PRESSES:
        key, task = pressed_key(body), text(body, "TaskId")
        return _meant(key, sender, origin, body, mark, task) if key and mark else None
    if event in OPENS:
        if found.get("first") is True and mark:
            return Message(origin, sender, mark, "/start", when(body, "CreateTime"))
        return BotBlocked(origin, sender, blocked=False)
    return BotBlocked(origin, sender, blocked=True) if event in CLOSES else None


def pressed_key(body: Fields) -> str:
    """The key of the button that was pressed, or of the option that was chosen and submitted."""
    chosen = [
        key
        for item in several(body, "SelectedItems", "SelectedItem")
        for key in words(item, "OptionIds", "OptionId")
    ]
    key = text(body, "EventKey")
    if key == "submit":
        return chosen[0] if chosen else ""
    return "" if key == "over" else key


def _meant(key: str, sender: Sender, origin: Origin, body: Fields, mark: str, ref: str) -> Event:
    if key.startswith(START):
        return Message(origin, sender, mark, f"/{key}", when(body, "CreateTime"))
    return Pressed(origin, sender, key, callback_of(sender.native, mark), ref or None)


def callback_of(who: str, mark: str) -> str:
    """By what a press is answered: who pressed, and which time."""
    return f"{who}|{mark}"


def who_pressed(callback: str) -> str | None:
    """Whose press a callback is."""
    who, line, mark = callback.partition("|")
    return member(who) if line and mark else None


def _files(body: Fields, kind: str) -> tuple[Attachment, ...]:
    ref = text(body, "MediaId")
    if kind not in FILES or not ref:
        return ()
    name = text(body, "FileName") or text(body, "Title") or None
    size: Json = number(body, "FileSize")
    return (Attachment(FILES[kind], ref, name, size if isinstance(size, int) else None),)
