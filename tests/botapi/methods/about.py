"""Methods about the bot, chats, files, commands and button presses."""

from __future__ import annotations

import re

from tests.botapi.errors import bad
from tests.botapi.jsons import Json, clean, number, obj, objs, text
from tests.botapi.methods.base import Call, chat_by, chat_of, method
from tests.botapi.methods.sending import MEGABYTE
from tests.botapi.texts import units


@method("getMe")
def get_me(call: Call) -> object:
    """The bot itself."""
    return call.me.json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not call.world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
    }


@method("logOut", "close")
def close(call: Call) -> object:
    """Accepted, without the ten minutes' wait of the real one."""
    return True


@method("getChat")
def get_chat(call: Call) -> object:
    """Everything about a chat."""
    chat = chat_of(call)
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    pinned = [chat.messages[i] for i in chat.pinned if not chat.messages[i].deleted]
    body = chat.json() | {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }
    body |= clean(pinned_message=pinned[-1].json(nested=True) if pinned else None)
    body |= clean(linked_chat_id=chat.linked.id if chat.linked else None)
    return body | (clean(permissions=chat.permissions) if chat.crowd else {})


@method("getFile")
def get_file(call: Call) -> object:
    """Where a file can be fetched; 20 MB at most."""
    file = call.world.files.get(text(call.params, "file_id"))
    if file is None:
        raise bad("invalid file_id")
    if file.size > 20 * MEGABYTE:
        raise bad("file is too big")
    return file.json() | {"file_path": file.path}


@method("answerCallbackQuery")
def answer_callback_query(call: Call) -> object:
    """Answers a press, once and in time."""
    press = call.world.presses.get(text(call.params, "callback_query_id"))
    late = press is None or press.answered or call.world.now() - press.at > call.world.press_lives
    if press is None or late:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if units(text(call.params, "text")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    url = text(call.params, "url")
    if url and not url.lower().startswith((f"https://t.me/{call.me.username}?start=".lower(), "tg://")):
        raise bad("URL_INVALID")
    press.answer = {k: v for k, v in call.params.items() if k != "callback_query_id"}
    return True


def _scope(call: Call) -> tuple[str, int, int, str]:
    """Scope, chat, user and language of a list of commands."""
    scope = obj(call.params.get("scope"))
    kind = text(scope, "type", "default")
    language = text(call.params, "language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad("BOT_COMMAND_LANG_CODE_INVALID" if len(language) < 9 else "invalid language code specified")
    if kind not in ("chat", "chat_administrators", "chat_member"):
        return kind, 0, 0, language
    chat = chat_by(call.world, scope.get("chat_id"))
    if chat.kind == "channel" or (chat.kind == "private" and kind != "chat"):
        raise bad(f"can't use specified scope in {chat.kind} chats")
    if chat.kind != "private":
        chat_of(Call(call.world, call.method, scope))
    user_id = number(scope, "user_id") if kind == "chat_member" else 0
    if kind == "chat_member":
        user = call.world.users.get(user_id)
        if user is None or not user.met:
            raise bad("user not found")
    return kind, chat.id, user_id, language


@method("setMyCommands")
def set_my_commands(call: Call) -> object:
    """A list of commands for a scope and language."""
    commands = objs(call.params.get("commands"))
    key = _scope(call)
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    kept: list[Json] = []
    for command in commands:
        name, about = text(command, "command").removeprefix("/"), text(command, "description").strip()
        if not name:
            raise bad("command must be non-empty")
        if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
            raise bad("BOT_COMMAND_INVALID")
        if not about:
            raise bad("command description must be non-empty")
        if units(about) > 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": name, "description": about})
    if len({text(c, "command") for c in kept}) < len(kept):
        raise bad("BOT_COMMAND_INVALID")
    call.world.commands[key] = kept
    return True


@method("deleteMyCommands")
def delete_my_commands(call: Call) -> object:
    """Falls back to the wider scope."""
    call.world.commands.pop(_scope(call), None)
    return True


@method("getMyCommands")
def get_my_commands(call: Call) -> object:
    """Exactly this scope and language."""
    return call.world.commands.get(_scope(call), [])


@method("getUserProfilePhotos")
def get_user_profile_photos(call: Call) -> object:
    """Nobody here has any."""
    return {"total_count": 0, "photos": []}


@method("createForumTopic")
def create_forum_topic(call: Call) -> object:
    """A new topic by the bot."""
    chat = chat_of(call)
    if not chat.forum:
        raise bad("the chat is not a forum")
    if not call.world.me(chat).may("can_manage_topics"):
        raise bad("not enough rights to create a topic")
    topic = call.world.topic(chat, text(call.params, "name"))
    return {"message_thread_id": topic.id, "name": topic.name, "icon_color": 7322096}


_SHORT = {"setMyName": ("name", 64), "setMyDescription": ("description", 512),
          "setMyShortDescription": ("short_description", 120)}  # fmt: skip


@method(*_SHORT)
def set_about(call: Call) -> object:
    """The bot's texts about itself: checked, not kept."""
    key, limit = _SHORT[call.method]
    if units(text(call.params, key)) > limit:
        raise bad(f"{key.replace('_', ' ')} is too long")
    return True
