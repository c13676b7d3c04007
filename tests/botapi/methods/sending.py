"""Methods that put messages into chats."""

from __future__ import annotations

import secrets

from tests.botapi.errors import bad, too_many
from tests.botapi.jsons import Json, clean, flag, number, obj, objs, text
from tests.botapi.methods.base import Call, chat_of, inline_keyboard, message_by, method, writable
from tests.botapi.state import Chat, Message
from tests.botapi.texts import formatted, units

MEGABYTE = 1024 * 1024
_PICTURES = (b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF", b"BM")
_PERMISSION = {"photo": "can_send_photos", "video": "can_send_videos", "audio": "can_send_audios",
               "document": "can_send_documents", "voice": "can_send_voice_notes"}  # fmt: skip


def _reply(call: Call, chat: Chat) -> tuple[Message | None, Json | None]:
    """The message that is answered, and the quote out of it."""
    given = obj(call.params.get("reply_parameters"))
    if not given:
        return None, None
    source = chat_of(Call(call.world, call.method, given)) if "chat_id" in given else chat
    found = source.messages.get(number(given, "message_id"))
    if found is None or found.deleted:
        if flag(given, "allow_sending_without_reply"):
            return None, None
        raise bad("message to be replied not found")
    quote = text(given, "quote")
    if quote and quote not in found.text:
        raise bad("QUOTE_TEXT_INVALID")
    place = units(found.text.split(quote)[0]) if quote else 0
    return found, {"text": quote, "position": place} if quote else None


def _thread(call: Call, chat: Chat, reply: Message | None) -> int:
    """The topic that a message goes to."""
    wanted = number(call.params, "message_thread_id")
    if wanted and (not chat.forum or wanted not in chat.topics):
        raise bad("message thread not found")
    if wanted and chat.topics[wanted].closed and not call.world.me(chat).may("can_manage_topics"):
        raise bad("TOPIC_CLOSED")
    return wanted or (reply.thread if reply and reply.chat is chat else 0)


def _markup(call: Call, chat: Chat) -> tuple[Json | None, Json | None]:
    """The inline keyboard, and the other kind."""
    given = obj(call.params.get("reply_markup"))
    if not given or "inline_keyboard" in given:
        return inline_keyboard(given), None
    if chat.kind == "channel":
        raise bad("reply keyboards are not allowed in channels")
    return None, given


def _limit(call: Call, chat: Chat, count: int = 1) -> None:
    """Answers 429 when there are too many messages."""
    wait = call.world.limits_set.ask(chat.id, count)
    if wait:
        raise too_many(wait)


def _send(call: Call, content: Json, kind: str = "", extra: Json | None = None, count: int = 1) -> Message:
    """Checks everything that all sending methods check, then posts."""
    chat = chat_of(call)
    writable(call, chat, f"{kind}s" if kind else "text messages", _PERMISSION.get(kind, "can_send_messages"))
    reply, quote = _reply(call, chat)
    thread = _thread(call, chat, reply)
    markup, keyboard = _markup(call, chat)
    if count:
        _limit(call, chat, count)
    sender_chat = chat if chat.kind == "channel" else None
    message = call.world.post(
        chat,
        call.me,
        content,
        sender_chat=sender_chat,
        reply_to=reply,
        quote=quote,
        thread=thread,
        extra=extra,
    )
    message.markup, message.keyboard = markup, keyboard
    message.protected = flag(call.params, "protect_content")
    message.silent = flag(call.params, "disable_notification")
    return message


def caption_of(params: Json) -> Json:
    """The caption and its entities."""
    words, entities = formatted(params, "caption", "caption_entities", 1024, "message caption is too long")
    return clean(
        caption=words,
        caption_entities=entities,
        show_caption_above_media=flag(params, "show_caption_above_media"),
        has_media_spoiler=flag(params, "has_spoiler"),
    )


def text_of(params: Json) -> Json:
    """The text and its entities."""
    words, entities = formatted(params, "text", "entities", 4096, "message is too long")
    if not words.strip():
        raise bad("message text is empty")
    options = obj(params.get("link_preview_options"))
    return clean(text=words, entities=entities, link_preview_options=options)


def media(call: Call, kind: str, source: str) -> Json:
    """A photo, document … out of an upload or a file that Telegram has already."""
    world = call.world
    if source.startswith("attach://"):
        upload = call.uploads.get(source.removeprefix("attach://"))
        if upload is None:
            raise bad("wrong file identifier/HTTP URL specified")
        if not upload.data:
            raise bad("file must be non-empty")
        if len(upload.data) > (10 if kind == "photo" else 50) * MEGABYTE:
            raise bad("file is too big" if kind != "photo" else "PHOTO_SAVE_FILE_INVALID")
        name, data, mime = upload.name, upload.data, upload.mime
    elif source in world.files:
        file = world.files[source]
        name, data, mime = file.name, file.data, ""
        if kind == "document":
            return {"document": file.json() | clean(file_name=name)}
        if kind != "photo":
            return {kind: file.json() | _about(kind)}
    elif source.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    else:
        raise bad("wrong file identifier/HTTP URL specified")
    if kind == "photo":
        if not data.startswith(_PICTURES):
            raise bad("IMAGE_PROCESS_FAILED")
        return {"photo": world.photo(data)}
    if kind == "document":
        return {"document": world.document(name, data, mime)}
    return {kind: world.store(name, data, kind).json() | clean(file_name=name) | _about(kind)}


def _about(kind: str) -> Json:
    size: Json = {"width": 640, "height": 480} if kind in ("video", "animation") else {}
    return size | {"duration": 1}


@method("sendMessage")
def send_message(call: Call) -> object:
    """Text."""
    return _send(call, text_of(call.params)).json()


@method("sendPhoto", "sendDocument", "sendVideo", "sendAudio", "sendVoice", "sendAnimation")
def send_media(call: Call) -> object:
    """One file."""
    kind = call.method.removeprefix("send").lower()
    caption = caption_of(call.params)
    chat = chat_of(call)
    writable(call, chat, f"{kind}s", _PERMISSION.get(kind, "can_send_other_messages"))
    return _send(call, media(call, kind, text(call.params, kind)) | caption, kind).json()


@method("sendMediaGroup")
def send_media_group(call: Call) -> object:
    """An album."""
    parts = objs(call.params.get("media"))
    if not 2 <= len(parts) <= 10:
        raise bad("media group must include 2-10 items")
    kinds = {text(part, "type") for part in parts}
    if kinds & {"document", "audio"} and len(kinds) > 1:
        raise bad("document can't be mixed with other media types")
    contents = [media(call, text(p, "type"), text(p, "media")) | caption_of(p) for p in parts]
    extra: Json = {"media_group_id": str(secrets.randbits(62))}
    chat = chat_of(call)
    writable(call, chat, "media", "can_send_photos")
    _reply(call, chat)
    _limit(call, chat, len(parts))
    return [
        _send(call, content, text(part, "type"), dict(extra), 0).json()
        for part, content in zip(parts, contents, strict=True)
    ]


@method("copyMessage")
def copy_message(call: Call) -> object:
    """The same content once more, without its origin."""
    source = chat_of(call, "from_chat_id")
    found = message_by(source, number(call.params, "message_id"), "message to copy not found")
    if found.protected or found.service:
        raise bad("message can't be copied")
    content = dict(found.content)
    if "caption" in call.params and "text" not in content:
        content = {k: v for k, v in content.items() if not k.startswith("caption")} | caption_of(call.params)
    sent = _send(call, content)
    return {"message_id": sent.id}


@method("copyMessages", "forwardMessages")
def copy_messages(call: Call) -> object:
    """Several at once, those that are there."""
    ids = call.params.get("message_ids")
    wanted = sorted(i for i in ids if isinstance(i, int)) if isinstance(ids, list) else []
    if not 1 <= len(wanted) <= 100:
        raise bad("there are no messages to copy" if not wanted else "too many message identifiers specified")
    source = chat_of(call, "from_chat_id")
    there = [source.messages[i] for i in wanted if i in source.messages and not source.messages[i].deleted]
    if not there:
        raise bad("there are no messages to forward")
    single = copy_message if call.method == "copyMessages" else forward_message
    base = {k: v for k, v in call.params.items() if k not in ("message_ids", "remove_caption")}
    made = [obj(single(Call(call.world, call.method, base | {"message_id": m.id}))) for m in there]
    return [{"message_id": number(one, "message_id")} for one in made]


@method("forwardMessage")
def forward_message(call: Call) -> object:
    """The same content with its origin."""
    source = chat_of(call, "from_chat_id")
    found = message_by(source, number(call.params, "message_id"), "message to forward not found")
    if found.protected or found.service:
        raise bad("message can't be forwarded")
    origin: Json = {
        "type": "user",
        "date": found.date,
        "sender_user": found.sender.json() if found.sender else {},
    }
    if found.sender_chat is not None:
        kind = "channel" if found.sender_chat.kind == "channel" else "chat"
        key = "chat" if kind == "channel" else "sender_chat"
        origin = {"type": kind, "date": found.date, key: found.sender_chat.json()}
        origin |= {"message_id": found.id} if kind == "channel" else {}
    return _send(
        call, dict(found.content), extra={"forward_origin": found.extra.get("forward_origin", origin)}
    ).json()


@method("sendChatAction")
def send_chat_action(call: Call) -> object:
    """Typing and the like."""
    chat = chat_of(call)
    writable(call, chat)
    known = "typing upload_photo record_video upload_video record_voice upload_voice upload_document"
    more = "choose_sticker find_location record_video_note upload_video_note"
    action = text(call.params, "action")
    if action not in f"{known} {more}".split():
        raise bad("wrong parameter action in request")
    call.world.actions.append((chat.id, action))
    return True
