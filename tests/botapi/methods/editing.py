"""Methods that change what stands in a chat."""

from __future__ import annotations

from tests.botapi.errors import RefusedError, bad
from tests.botapi.jsons import Json, flag, number, obj, objs, text
from tests.botapi.methods.base import (
    TWO_DAYS,
    Call,
    chat_of,
    inline_keyboard,
    message_by,
    method,
    need,
    own_message,
)
from tests.botapi.methods.sending import _limit, caption_of, media, text_of
from tests.botapi.state import Chat, Message

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
_EMOJI = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 "
    "🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 "
    "🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡 "
)
EMOJI = _EMOJI.split()


def _apply(call: Call, message: Message, content: Json, markup: Json | None) -> Json:
    """Puts the new content in place unless nothing is new."""
    if message.content == content and message.markup == markup:
        raise bad(NOT_MODIFIED)
    _limit(call, message.chat)
    if message.content != content:
        message.versions.append(message.text)
        message.edit_date = int(call.world.now())
    message.content, message.markup = content, markup
    return message.json()


@method("editMessageText")
def edit_message_text(call: Call) -> object:
    """New text; without a keyboard in the request the old one goes."""
    message = own_message(call)
    content = text_of(call.params)
    if "text" not in message.content:
        raise bad("there is no text in the message to edit")
    return _apply(call, message, content, inline_keyboard(call.params.get("reply_markup")))


@method("editMessageCaption")
def edit_message_caption(call: Call) -> object:
    """New caption."""
    message = own_message(call)
    if "text" in message.content:
        raise bad("there is no caption in the message to edit")
    gone = ("caption", "caption_entities", "show_caption_above_media")
    kept = {k: v for k, v in message.content.items() if k not in gone}
    return _apply(
        call, message, kept | caption_of(call.params), inline_keyboard(call.params.get("reply_markup"))
    )


@method("editMessageReplyMarkup")
def edit_message_reply_markup(call: Call) -> object:
    """New keyboard."""
    message = own_message(call)
    return _apply(call, message, message.content, inline_keyboard(call.params.get("reply_markup")))


@method("editMessageMedia")
def edit_message_media(call: Call) -> object:
    """New file and caption."""
    message = own_message(call)
    part = obj(call.params.get("media"))
    content = media(call, text(part, "type"), text(part, "media")) | caption_of(part)
    return _apply(call, message, content, inline_keyboard(call.params.get("reply_markup")))


def _check_deletable(call: Call, message: Message) -> None:
    """Two days, and a right: bots cannot delete older messages even as administrators (tdlib)."""
    chat = message.chat
    if call.world.now() >= message.date + TWO_DAYS:
        raise bad("message can't be deleted" + ("" if chat.sparse else " for everyone"))
    if "supergroup_chat_created" in message.content:
        raise bad("message can't be deleted")
    own = message.sender is call.me
    if chat.kind == "private" or call.world.me(chat).may("can_delete_messages"):
        return
    if not own or (chat.kind == "channel" and not call.world.me(chat).may("can_post_messages")):
        raise bad("message can't be deleted")


def _delete(call: Call, message: Message) -> None:
    message.deleted, message.deleted_by = True, call.me
    if message.id in message.chat.pinned:
        message.chat.pinned.remove(message.id)


@method("deleteMessage")
def delete_message(call: Call) -> object:
    """One message."""
    chat = chat_of(call)
    message = message_by(chat, number(call.params, "message_id"), "message to delete not found")
    _check_deletable(call, message)
    _delete(call, message)
    return True


@method("deleteMessages")
def delete_messages(call: Call) -> object:
    """Several; those that are not there are skipped."""
    chat = chat_of(call)
    ids = call.params.get("message_ids")
    wanted = [i for i in ids if isinstance(i, int)] if isinstance(ids, list) else []
    if not 1 <= len(wanted) <= 100:
        raise bad(
            "message identifiers are not specified"
            if not wanted
            else "too many message identifiers specified"
        )
    there = [chat.messages[i] for i in wanted if i in chat.messages and not chat.messages[i].deleted]
    for message in there:
        _check_deletable(call, message)
    for message in there:
        _delete(call, message)
    return True


def _need_pin(call: Call, chat: Chat) -> None:
    if chat.kind == "channel":
        need(call, chat, "can_edit_messages", "not enough rights to manage pinned messages in the chat")
    elif chat.crowd:
        need(call, chat, "can_pin_messages", "not enough rights to manage pinned messages in the chat")


@method("pinChatMessage")
def pin_chat_message(call: Call) -> object:
    """Pins, with a service message that the bot is told of as well."""
    chat = chat_of(call)
    message = message_by(chat, number(call.params, "message_id"), "message to pin not found")
    _need_pin(call, chat)
    if message.service:
        raise bad("message can't be pinned")
    if message.id in chat.pinned:
        return True
    chat.pinned.append(message.id)
    if chat.kind != "channel":
        note = call.world.service(chat, call.me, pinned_message=message.json(nested=True))
        note.silent = flag(call.params, "disable_notification")
    return True


@method("unpinChatMessage")
def unpin_chat_message(call: Call) -> object:
    """Unpins one, or the latest."""
    chat = chat_of(call)
    _need_pin(call, chat)
    wanted = number(call.params, "message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if wanted not in chat.messages or chat.messages[wanted].deleted:
        raise bad("message to unpin not found")
    if wanted in chat.pinned:
        chat.pinned.remove(wanted)
    return True


@method("unpinAllChatMessages")
def unpin_all(call: Call) -> object:
    """Unpins everything."""
    chat = chat_of(call)
    _need_pin(call, chat)
    chat.pinned.clear()
    return True


@method("setMessageReaction")
def set_message_reaction(call: Call) -> object:
    """One of the standard emoji, or none."""
    chat = chat_of(call)
    message = message_by(chat, number(call.params, "message_id"), "message to react not found")
    reactions = objs(call.params.get("reaction"))
    if len(reactions) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if any(
        r.get("type") != "emoji" or text(r, "emoji").replace("\ufe0f", "") not in EMOJI for r in reactions
    ):
        raise bad("REACTION_INVALID")
    if message.service and not {"new_chat_members", "left_chat_member", "pinned_message"} & set(
        message.content
    ):
        raise RefusedError(400, "Bad Request: message can't be reacted")
    message.reactions.pop(call.me.id, None)
    if reactions:
        message.reactions[call.me.id] = reactions
    return True
