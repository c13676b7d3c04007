"""Methods about members of a chat."""

from __future__ import annotations

import unicodedata

from tests.botapi.errors import bad, forbidden
from tests.botapi.jsons import Json, flag, number, obj, text
from tests.botapi.methods.base import Call, chat_of, method, need, target
from tests.botapi.state import PERMISSIONS, Chat, Member

NO_RESTRICT = "not enough rights to restrict/unrestrict chat member"
_MEDIA = PERMISSIONS[:7]


def _restrictable(call: Call, chat: Chat) -> Member:
    """The member that the bot may mute or remove."""
    need(call, chat, "can_restrict_members", NO_RESTRICT)
    member = target(call, chat)
    if member.user is call.me:
        raise bad("can't restrict self")
    if member.status == "creator":
        raise bad("can't remove chat owner")
    if member.status == "administrator" and not member.by_bot:
        raise bad("user is an administrator of the chat")
    return member


def _until(call: Call) -> int:
    """Less than half a minute or more than a year means for ever."""
    until = number(call.params, "until_date")
    ahead = until - call.world.now()
    return until if 30 <= ahead <= 366 * 86400 else 0


@method("restrictChatMember")
def restrict_chat_member(call: Call) -> object:
    """Mutes, or with all permissions unmutes; supergroups only."""
    chat = chat_of(call)
    if chat.kind != "supergroup":
        raise bad("method is available only for supergroups")
    member = _restrictable(call, chat)
    wanted = obj(call.params.get("permissions"))
    given: Json = {name: flag(wanted, name) for name in PERMISSIONS}
    if "can_edit_tag" not in wanted:
        given["can_edit_tag"] = flag(wanted, "can_pin_messages")
    if not flag(call.params, "use_independent_chat_permissions"):
        if flag(given, "can_send_other_messages") or flag(given, "can_add_web_page_previews"):
            given |= dict.fromkeys(_MEDIA, True)
        if any(flag(given, name) for name in [*_MEDIA[1:], "can_send_polls"]):
            given["can_send_messages"] = True
    allowed = all(flag(given, name) or not flag(chat.permissions, name) for name in PERMISSIONS)
    status = "left" if not member.inside else "member" if allowed else "restricted"
    until = 0 if allowed else _until(call)
    call.world.change(chat, member.user, call.me, status=status, permissions=given, until=until)
    return True


@method("banChatMember")
def ban_chat_member(call: Call) -> object:
    """Removes somebody for good or for a time."""
    chat = chat_of(call)
    member = _restrictable(call, chat)
    if member.inside and chat.crowd:
        call.world.service(chat, call.me, left_chat_member=member.user.json())
    call.world.change(chat, member.user, call.me, status="kicked", until=_until(call), tag="", rights=set())
    return True


@method("unbanChatMember")
def unban_chat_member(call: Call) -> object:
    """Lifts a ban; removes a member unless only_if_banned."""
    chat = chat_of(call)
    if not chat.sparse:
        raise bad("method is available for supergroup and channel chats only")
    member = _restrictable(call, chat)
    if member.status == "kicked" or not flag(call.params, "only_if_banned"):
        call.world.change(chat, member.user, call.me, status="left", until=0)
    return True


@method("setChatMemberTag")
def set_chat_member_tag(call: Call) -> object:
    """Labels a regular member; the wording of these refusals is not verified against the real server."""
    chat = chat_of(call)
    if not chat.crowd:
        raise bad("method is available for group and supergroup chats only")
    need(call, chat, "can_manage_tags", "not enough rights to manage tags in the chat")
    member = target(call, chat)
    if not member.inside:
        raise bad("USER_NOT_PARTICIPANT")
    if member.admin:
        raise bad("user is an administrator of the chat")
    tag = text(call.params, "tag").strip()
    if len(tag) > 16 or any(
        unicodedata.category(c) in ("So", "Sk", "Cs", "Cn") or c == "\u200d" for c in tag
    ):
        raise bad("TAG_INVALID")
    call.world.change(chat, member.user, call.me, tag=tag)
    return True


@method("getChatMember")
def get_chat_member(call: Call) -> object:
    """Somebody's place in a chat."""
    chat = chat_of(call)
    if chat.kind == "private":
        user = call.world.users.get(number(call.params, "user_id"))
        if user is not chat.person and user is not call.me:
            raise bad("user not found")
        return Member(user or call.me).json(chat)
    return target(call, chat).json(chat)


@method("getChatAdministrators")
def get_chat_administrators(call: Call) -> object:
    """All administrators but other bots."""
    chat = chat_of(call)
    if chat.kind == "private":
        raise bad("there are no administrators in the private chat")
    members = [call.world.member(chat, m.user) for m in chat.members.values()]
    listed = [m for m in members if m.admin and (not m.user.is_bot or m.user is call.me)]
    for member in listed:
        member.user.met = True
    return [m.json(chat) for m in listed]


@method("getChatMemberCount")
def get_chat_member_count(call: Call) -> object:
    """How many are in a chat."""
    chat = chat_of(call)
    return 2 if chat.kind == "private" else sum(m.inside for m in chat.members.values())


@method("leaveChat")
def leave_chat(call: Call) -> object:
    """The bot goes."""
    chat = chat_of(call)
    if chat.kind == "private":
        raise bad("chat member status can't be changed in private chats")
    if not call.world.me(chat).inside:
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    call.world.change(chat, call.me, call.me, status="left", rights=set())
    return True
