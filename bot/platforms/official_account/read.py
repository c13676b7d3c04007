"""What a stored call means in our words: pure, and at ease with whatever WeChat adds next year."""

from __future__ import annotations

import json

from bot.platforms.official_account.failures import person
from bot.platforms.tencent.fields import Fields, inner, text, when
from bot.platforms.tencent.files import words_of
from bot.ports import Failure, Fate
from classroom.addresses import ChatKind
from classroom.events import Attachment, BotBlocked, Event, Message, Origin, Sender, Told

PLATFORM = "official_account"
FOLLOWS, SCANS, LEAVES, PICKS = "subscribe", "SCAN", "unsubscribe", "CLICK"
TEMPLATE_OVER = "TEMPLATESENDJOBFINISH"
FILES = {"image": "photo", "voice": "voice", "video": "video", "shortvideo": "video"}


def read(raw: bytes) -> Event | None:
    """Turn a stored call into an event; None for what concerns us not."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    body, mark = inner(found, "xml"), text(found, "mark")
    who = person(text(body, "FromUserName"))
    if who is None or not mark:
        return None
    sender, origin = Sender(who), Origin(PLATFORM, who, ChatKind.PRIVATE)
    if text(body, "MsgType") == "event":
        return _event(body, sender, origin, mark, text(found, "payload"))
    return _message(body, sender, origin)


def template_ref(msgid: str) -> str:
    """What a template message is called among a delivery's refs."""
    return f"template:{msgid}"


def _message(body: Fields, sender: Sender, origin: Origin) -> Event | None:
    ref, kind = text(body, "MsgId"), text(body, "MsgType")
    said, files = words_of(body, kind), _files(body, kind)
    if not ref or not (said or files):
        return None
    return Message(origin, sender, ref, said, when(body, "CreateTime"), attachments=files)


def _event(body: Fields, sender: Sender, origin: Origin, mark: str, payload: str) -> Event | None:
    event, at = text(body, "Event"), when(body, "CreateTime")
    if event in (FOLLOWS, SCANS):
        return Message(origin, sender, mark, f"/start {payload}".rstrip(), at)
    if event == PICKS and (key := text(body, "EventKey")):
        return Message(origin, sender, mark, f"/{key}", at)
    if event == LEAVES:
        return BotBlocked(origin, sender, blocked=True)
    return _told(body, origin) if event == TEMPLATE_OVER else None


def _told(body: Fields, origin: Origin) -> Event | None:
    """What has become of a template message: it arrived, or the reader wants none, or nobody knows why."""
    msgid, status = text(body, "MsgID") or text(body, "MsgId"), text(body, "Status").replace(" ", "")
    if not msgid:
        return None
    failure = None
    if status != "success":
        failure = Failure.BLOCKED if status == "failed:userblock" else Failure.REFUSED
    return Told(origin, (template_ref(msgid),), Fate.DELIVERED, failure)


def _files(body: Fields, kind: str) -> tuple[Attachment, ...]:
    ref = text(body, "MediaId")
    return (Attachment(FILES[kind], ref),) if kind in FILES and ref else ()
