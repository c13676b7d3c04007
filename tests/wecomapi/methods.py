"""What the app may ask of WeCom, by path."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from classroom.events import Json
from tests.tencentapi.checks import Obj, obj, text, words
from tests.tencentapi.refusal import RefusedError
from tests.wecomapi import checks
from tests.wecomapi.corp import DAY, Chat, Corp, File, Shown

Answer = dict[str, Json]


@dataclass(frozen=True)
class Asked:
    """One request after its token was found good."""

    corp: Corp
    query: dict[str, str]
    body: Obj
    upload: tuple[str, bytes] | None = None


def message_send(asked: Asked) -> Answer:
    """To members: partial failures come with errcode 0, and what is too much is dropped in silence."""
    corp, body = asked.corp, asked.body
    _agent(corp, body)
    named = [one for one in text(body, "touser").split("|") if one]
    if len(named) > 1000:
        raise RefusedError(40031, "too many users")
    if "@all" in named:
        named = [*corp.visible]
    invalid = [one for one in named if one not in corp.visible]
    unlicensed = [one for one in named if one in corp.unlicensed]
    reached = [one for one in named if one not in (*invalid, *unlicensed)]
    if not reached and not unlicensed:
        raise RefusedError(81013, "user & party & tag all invalid")
    shown = _message(corp, body, ("text", "image", "file", "textcard", "markdown", "template_card"))
    answer: Answer = {"invaliduser": "|".join(invalid), "unlicenseduser": "|".join(unlicensed)}
    if is_repetition(corp, body):
        return answer
    if shown.task:
        if shown.task in corp.tasks:
            raise RefusedError(40058, "task_id was used before")
        corp.tasks.add(shown.task)
        answer["response_code"] = corp.make_code(shown.task)
    for who in reached:
        mine = Shown(**vars(shown))
        (corp.screen(who) if corp.allow(who) else corp.dropped).append(mine)
    return {**answer, "msgid": shown.msgid}


def update_template_card(asked: Asked) -> Answer:
    """Change a card where it stands."""
    corp, body = asked.corp, asked.body
    _agent(corp, body)
    users = body.get("userids")
    if not isinstance(users, list) or not 1 <= len(users) <= 1000:
        raise RefusedError(40058, "userids")
    new = obj(body["template_card"]) if "template_card" in body else None
    named = text(obj(body["button"]), "replace_name") if "button" in body else ""
    if (new is None) == (not named):
        raise RefusedError(40058, "template_card or button")
    changed = (checks.card_text(new), checks.card_buttons(new, update=True)) if new is not None else None
    code = corp.use_code(text(body, "response_code"))
    for who in users:
        for one in corp.screen(str(who)):
            if one.task == code.task:
                one.edited = True
                one.text, one.buttons = changed if changed is not None else (one.text, {})
    return {"invaliduser": []}


def recall(asked: Asked) -> Answer:
    """Take a message back."""
    asked.corp.recall(text(asked.body, "msgid"))
    return {}


def appchat_create(asked: Asked) -> Answer:
    """Make a group of members."""
    corp, body = asked.corp, asked.body
    listed = body.get("userlist")
    users = [str(one) for one in listed] if isinstance(listed, list) else []
    if not 2 <= len(users) <= 2000:
        raise RefusedError(86006, "invalid chat member list size")
    if any(one not in corp.members for one in users):
        raise RefusedError(86007, "member does not exist")
    if (owner := text(body, "owner") or users[0]) not in users:
        raise RefusedError(86005, "invalid owner")
    if len(text(body, "name")) > 50:
        raise RefusedError(86004, "invalid name")
    chatid = text(body, "chatid") or f"wrchat{corp.number()}"
    if chatid in corp.chats:
        raise RefusedError(86001, "chatid is taken")
    corp.chats[chatid] = Chat(chatid, text(body, "name"), owner, users)
    return {"chatid": chatid}


def appchat_get(asked: Asked) -> Answer:
    """Who is in a group of the app's."""
    found = _chat(asked.corp, asked.query.get("chatid", ""))
    users: list[Json] = [*found.members]
    return {
        "chat_info": {"chatid": found.chatid, "name": found.name, "owner": found.owner, "userlist": users}
    }


def appchat_send(asked: Asked) -> Answer:
    """Into a group; cards are not taken, and what was sent has no id."""
    found = _chat(asked.corp, text(asked.body, "chatid"))
    found.screen.append(_message(asked.corp, asked.body, ("text", "image", "file", "textcard", "markdown")))
    return {}


def media_upload(asked: Asked) -> Answer:
    """Keep a file for three days."""
    if asked.upload is None:
        raise RefusedError(41005, "media data missing")
    name, data = asked.upload
    kind = asked.query.get("type", "")
    most = {"image": 10 << 20, "file": 20 << 20, "voice": 2 << 20, "video": 10 << 20}.get(kind)
    if most is None:
        raise RefusedError(40004, "invalid media type")
    if not 5 < len(data) <= most:
        raise RefusedError(40006, "invalid file size")
    media = keep_file(asked.corp, kind, name, data)
    return {"type": kind, "media_id": media, "created_at": str(int(asked.corp.now()))}


def keep_file(corp: Corp, kind: str, name: str, data: bytes) -> str:
    """Keep a file that somebody has handed over."""
    media = f"media-{corp.number()}"
    corp.files[media] = File(media, kind, name, data, corp.now())
    return media


def file_of(corp: Corp, media: str) -> File:
    """A file as long as it is kept."""
    found = corp.files.get(media)
    if found is None or corp.now() - found.at > 3 * DAY:
        raise RefusedError(40007, "invalid media_id")
    return found


def user_get(asked: Asked) -> Answer:
    """What somebody is called."""
    who = asked.query.get("userid", "")
    if who not in asked.corp.members:
        raise RefusedError(60111, "userid not found")
    return {"userid": who, "name": asked.corp.members[who]}


def agent_get(asked: Asked) -> Answer:
    """What the app is called."""
    if asked.query.get("agentid") != str(asked.corp.agent_id):
        raise RefusedError(40056, "invalid agentid")
    return {"agentid": asked.corp.agent_id, "name": asked.corp.app_name}


METHODS: dict[str, tuple[str, Callable[[Asked], Answer]]] = {
    "message/send": ("POST", message_send),
    "message/update_template_card": ("POST", update_template_card),
    "message/recall": ("POST", recall),
    "appchat/create": ("POST", appchat_create),
    "appchat/get": ("GET", appchat_get),
    "appchat/send": ("POST", appchat_send),
    "media/upload": ("POST", media_upload),
    "user/get": ("GET", user_get),
    "agent/get": ("GET", agent_get),
}


def _agent(corp: Corp, body: Obj) -> None:
    if body.get("agentid") != corp.agent_id:
        raise RefusedError(40056, "invalid agentid")


def _chat(corp: Corp, chatid: str) -> Chat:
    if chatid not in corp.chats:
        raise RefusedError(86003, "chat does not exist")
    return corp.chats[chatid]


def _message(corp: Corp, body: Obj, kinds: Sequence[str]) -> Shown:
    kind = text(body, "msgtype")
    if kind not in kinds:
        raise RefusedError(40008, "invalid message type")
    inner = obj(body.get(kind))
    shown = Shown(f"msg-{corp.number()}", kind, safe=body.get("safe") == 1, at=corp.now())
    if kind in ("text", "markdown"):
        shown.text = words(inner, "content", 2048)
    elif kind == "textcard":
        parts = [words(inner, "title", 128), words(inner, "description", 512), words(inner, "url", 2048)]
        shown.text = "\n".join(parts)
    elif kind == "template_card":
        if body.get("safe") == 1:
            raise RefusedError(40058, "a card cannot be safe")
        shown.text, shown.buttons = checks.card_text(inner), checks.card_buttons(inner)
        shown.task, shown.card_type = text(inner, "task_id"), text(inner, "card_type")
    else:
        shown.filename = file_of(corp, text(inner, "media_id")).name
    return shown


def is_repetition(corp: Corp, body: Obj) -> bool:
    """Whether the app asked to drop what is the same as before."""
    seconds = body.get("duplicate_check_interval")
    same = {key: value for key, value in body.items() if "duplicate_check" not in key}
    mark = hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()
    before, corp.recent[mark] = corp.recent.get(mark), corp.now()
    if body.get("enable_duplicate_check") != 1 or not isinstance(seconds, int) or before is None:
        return False
    return corp.now() - before < min(seconds, 14400)
