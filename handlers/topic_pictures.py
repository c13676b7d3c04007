"""Pictures of those who do not teach: their codes are read elsewhere, and the answer is judged here."""

from __future__ import annotations

import re
from datetime import datetime

from classroom.addresses import ChatKind
from classroom.effects import Ask, Effect, Question
from classroom.events import Answered, Attachment, Json, Message, Origin, Sender, SenderKind
from classroom.rules.topics import Speaker
from handlers.room import Room
from storage import identity
from storage.tables import Chat

MOST = 3
"""So many pictures of one message are read."""

_PAYING = re.compile(
    r"^wxp://|payapp\.(?:weixin|wechat)|qr\.alipay\.com|^alipays?:|ds\.alipay\.com|qr\.95516\.com|tenpay\.com|/pay/"
)
_JOINING = re.compile(
    r"weixin\.qq\.com/g/|u\.wechat\.com|weixin\.qq\.com/r/|wxaurl|qm\.qq\.com|jq\.qq\.com|t\.me/|chat\.whatsapp\.com"
    r"|line\.me|work\.weixin\.qq\.com/(?:gm|ca|u)|discord\.gg",
    re.IGNORECASE,
)
Found = tuple[Message, Speaker, tuple[str, ...], tuple[str, ...]]


def ask(message: Message, speaker: Speaker, room: Room) -> list[Effect]:
    """Have the first pictures of a message read; nobody waits for it."""
    photos = [a for a in message.attachments if a.kind == "photo"][:MOST]
    if room.group is None or message.edited or not photos or speaker is Speaker.COMMITTEE:
        return []
    refs: list[Json] = [*message.refs]
    files: list[Json] = [
        {"kind": a.kind, "name": a.filename or a.kind, "ref": a.ref} for a in message.attachments
    ]
    data: dict[str, Json] = {
        "refs": refs,
        "text": message.text,
        "at": message.at.isoformat(),
        "native": message.sender.native,
        "name": message.sender.name,
        "kind": message.sender.kind.value,
        "thread": message.origin.thread,
        "speaker": speaker.value,
        "files": files,
    }
    account = room.who.account if room.actor else None
    return [
        Ask(room.group, Question.PICTURE, a.ref, "topics.pictured", data, asked_by=account) for a in photos
    ]


def read(event: Answered, room: Room) -> Found | None:
    """The message with what its picture says; None where no code of interest was in it."""
    answer = event.answer.get("codes") if isinstance(event.answer, dict) else None
    codes = tuple(str(code) for code in answer) if isinstance(answer, list) else ()
    kinds = tuple(dict.fromkeys(kind for code in codes if (kind := kind_of(code))))
    chat = room.db.get(Chat, event.chat) if event.chat is not None else None
    if not kinds or chat is None:
        return None
    thread, kept = event.data.get("thread"), event.data.get("files")
    room.group = identity.group_address(chat, thread if isinstance(thread, str) else None)
    room.platform = chat.platform
    files = [f for f in kept if isinstance(f, dict)] if isinstance(kept, list) else []
    refs = event.data.get("refs")
    ref, *more = [str(r) for r in refs] if isinstance(refs, list) and refs else [""]
    message = Message(
        Origin(chat.platform, chat.native, ChatKind.GROUP, chat.title, room.group.thread),
        Sender(_word(event, "native"), _word(event, "name"), kind=SenderKind(_word(event, "kind"))),
        ref,
        _word(event, "text"),
        datetime.fromisoformat(_word(event, "at")),
        attachments=tuple(Attachment(str(f["kind"]), str(f["ref"]), str(f["name"])) for f in files),
        more_refs=tuple(more),
    )
    return message, Speaker(_word(event, "speaker")), codes, kinds


def _word(event: Answered, name: str) -> str:
    return str(event.data.get(name) or "")


def kind_of(code: str) -> str:
    """What a code is for: a payment, a way into a group or to a person, or nothing of interest."""
    if _PAYING.search(code):
        return "pay"
    return "group_link" if _JOINING.search(code) else ""
