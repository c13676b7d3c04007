"""What the methods share: a call, finding chats and messages, rights, keyboards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.botapi.errors import RefusedError, bad, forbidden
from tests.botapi.jsons import Json, items, number, obj, objs, text
from tests.botapi.state import Chat, Member, Message, User
from tests.botapi.world import World

Method = Callable[["Call"], object]
METHODS: dict[str, Method] = {}
TWO_DAYS = 2 * 86400
_ACTIONS = {
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
}  # fmt: skip


@dataclass
class Upload:
    """A file that came with a request."""

    name: str
    mime: str
    data: bytes


@dataclass
class Call:
    """One request to one method, already checked against the specification."""

    world: World
    method: str
    params: Json
    uploads: dict[str, Upload] = field(default_factory=dict)

    @property
    def me(self) -> User:
        """The bot."""
        return self.world.bot


def method(*names: str) -> Callable[[Method], Method]:
    """Registers what a method does."""

    def register(function: Method) -> Method:
        METHODS.update(dict.fromkeys(names, function))
        return function

    return register


def chat_by(world: World, ident: object) -> Chat:
    """A chat that the bot knows, by number or @name."""
    if isinstance(ident, str) and ident.startswith("@"):
        named = [c for c in world.chats.values() if (c.username or "").lower() == ident[1:].lower()]
        found = named[0] if named else None
    elif isinstance(ident, int):
        found = world.chats.get(ident)
        person = world.users.get(ident)
        if found is None and person is not None and person.met:
            found = world.private(person)
        if found is not None and found.id < 0 and not found.known:
            found = None
        if found is not None and found.person is not None and not found.person.met:
            found = None
    else:
        found = None
    if found is None:
        raise bad("chat not found")
    if found.migrated_to is not None:
        raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=found.migrated_to.id)
    return found


def chat_of(call: Call, key: str = "chat_id", *, inside: bool = True) -> Chat:
    """The chat of a request, which the bot has not been removed from."""
    chat = chat_by(call.world, call.params.get(key))
    me = call.world.me(chat)
    if inside and chat.kind != "private" and not me.inside:
        how = "was kicked from" if me.status == "kicked" else "is not a member of"
        raise forbidden(f"bot {how} the {chat.kind} chat")
    return chat


def writable(
    call: Call, chat: Chat, what: str = "text messages", permission: str = "can_send_messages"
) -> None:
    """Refuses where the bot may not write."""
    if chat.person is not None:
        if chat.person.is_bot:
            raise forbidden("bot can't send messages to bots")
        if chat.person.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.person.started:
            raise forbidden("bot can't initiate conversation with a user")
        return
    me = call.world.me(chat)
    if chat.kind == "channel" and not me.may("can_post_messages"):
        raise bad("need administrator rights in the channel chat")
    may = me.permissions if me.status == "restricted" else chat.permissions
    if chat.crowd and not me.admin and may.get(permission) is not True:
        raise bad(f"not enough rights to send {what} to the chat")


def message_by(chat: Chat, ident: int, missing: str) -> Message:
    """A message that still stands."""
    found = chat.messages.get(ident)
    if found is None or found.deleted:
        raise bad(missing)
    return found


def own_message(call: Call, missing: str = "message to edit not found") -> Message:
    """The bot's own message that a request wants to change."""
    if "inline_message_id" in call.params:
        raise bad("MESSAGE_ID_INVALID")
    if "chat_id" not in call.params:
        raise bad("chat_id is empty")
    if "message_id" not in call.params:
        raise bad("message identifier is not specified")
    chat = chat_of(call)
    if chat.person is not None and chat.person.blocked:
        raise forbidden("bot was blocked by the user")
    found = message_by(chat, number(call.params, "message_id"), missing)
    if found.sender is not call.me or found.service:
        raise bad("message can't be edited")
    return found


def need(call: Call, chat: Chat, right: str, refusal: str) -> Member:
    """The bot's place in a chat, if it has the right there."""
    me = call.world.me(chat)
    everyone = (
        chat.permissions.get(right) is True and me.inside and chat.crowd and right == "can_pin_messages"
    )
    if not me.may(right) and not everyone:
        raise bad(refusal)
    return me


def target(call: Call, chat: Chat) -> Member:
    """The member that a request is about."""
    user = call.world.users.get(number(call.params, "user_id"))
    if user is None or not (user.met or user.id in chat.members):
        raise bad("PARTICIPANT_ID_INVALID" if chat.sparse else "user not found")
    return call.world.member(chat, user)


def inline_keyboard(markup: object) -> Json | None:
    """Checks an inline keyboard; an empty one is none."""
    rows = [objs(row) for row in items(obj(markup).get("inline_keyboard"))]
    keys = [key for row in rows for key in row]
    if len(keys) > 100:
        raise bad("reply markup is too long")
    for key in keys:
        _check_key(key)
    kept = [row for row in rows if row]
    return {"inline_keyboard": kept} if kept else None


def _check_key(key: Json) -> None:
    actions = _ACTIONS & set(key)
    if not text(key, "text").strip():
        raise bad('can\'t parse inline keyboard button: field "text" must be non-empty')
    if not actions:
        raise bad("can't parse inline keyboard button: text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise RefusedError(400, f"Bad Request: exactly one action a button, not {sorted(actions)}")
    if "callback_data" in key and not 1 <= len(text(key, "callback_data").encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    url = text(key, "url")
    if "url" in key and not (url.startswith(("http://", "https://", "tg://")) and "." in url + "."):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if "url" in key and url.startswith("http") and "." not in url.split("//", 1)[1].split("/")[0]:
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if text(key, "style") not in ("", "danger", "success", "primary"):
        raise bad("can't parse inline keyboard button: invalid button style")
