"""What may be asked of the account, by path."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from classroom.events import Json
from tests.officialapi.account import MEDIA_LIFE, Account, Code, File, Shown
from tests.tencentapi.checks import Obj, obj, objects, text, words
from tests.tencentapi.refusal import RefusedError

Answer = dict[str, Json]
FIELD = re.compile(r"\{\{(\w+)\.DATA\}\}")
TIME = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日( \d{2}:\d{2})?")
KINDS = {
    "thing": re.compile(r".{1,20}", re.DOTALL),
    "name": re.compile(r"[\u4e00-\u9fff]{1,10}|[A-Za-z ]{1,20}"),
    "phrase": re.compile(r"[\u4e00-\u9fff]{1,5}"),
    "time": TIME,
    "date": TIME,
    "character_string": re.compile(r"[\x20-\x7e]{1,32}"),
}


@dataclass(frozen=True)
class Asked:
    """One request after its token was found good; `told` brings what the server itself calls us with."""

    account: Account
    query: dict[str, str]
    body: Obj
    upload: tuple[str, bytes] | None
    told: Callable[[str, str, str], None]


def custom_send(asked: Asked) -> Answer:
    """A customer-service message, within a window."""
    account, body = asked.account, asked.body
    person = account.known(text(body, "touser"))
    kind = text(body, "msgtype")
    if kind not in ("text", "image", "voice", "video"):
        raise RefusedError(40008, "invalid message type")
    inner = obj(body.get(kind))
    shown = Shown(kind, words(inner, "content", 2048)) if kind == "text" else _media(account, kind, inner)
    if not person.following:
        raise RefusedError(43004, "require subscribe")
    account.use_id(text(body, "clientmsgid"))
    account.use_window(person)
    if person.blacklisted:
        raise RefusedError(43019, "require remove blacklist")
    shown.msgid = f"message:{text(body, 'clientmsgid')}"
    person.screen.append(shown)
    return {}


def template_send(asked: Asked) -> Answer:
    """A template message, at any time, to those who follow."""
    account, body = asked.account, asked.body
    person = account.known(text(body, "touser"))
    content = account.templates.get(text(body, "template_id"))
    if content is None:
        raise RefusedError(40037, "invalid template_id")
    data = obj(body.get("data"), 47003)
    shown = FIELD.sub(lambda found: _value(data, found[1]), content)
    if not person.following:
        raise RefusedError(43004, "require subscribe")
    if person.refuses:
        raise RefusedError(43101, "user refuse to accept the msg")
    account.use_id(text(body, "client_msg_id"))
    msgid = str(2_000_000_000_000_000_000 + account.number())
    person.screen.append(Shown("template", shown.strip(), url=text(body, "url"), msgid=msgid))
    asked.told(person.openid, msgid, "failed:user block" if person.blacklisted else "success")
    return {"msgid": int(msgid)}


def templates(asked: Asked) -> Answer:
    """The account's templates."""
    listed: list[Json] = [
        {"template_id": name, "title": "消息提醒", "content": content, "example": ""}
        for name, content in asked.account.templates.items()
    ]
    return {"template_list": listed}


def qrcode_create(asked: Asked) -> Answer:
    """A code for a while, or for ever."""
    body = asked.body
    seconds, action = body.get("expire_seconds"), text(body, "action_name")
    scene = text(obj(obj(body.get("action_info")).get("scene")), "scene_str")
    if action != "QR_STR_SCENE" or not 1 <= len(scene.encode()) <= 64:
        raise RefusedError(40053, "invalid action info")
    if not isinstance(seconds, int) or not 1 <= seconds <= 2_592_000:
        raise RefusedError(40053, "invalid expire_seconds")
    ticket, url = f"gQ{secrets.token_urlsafe(60)}", f"http://weixin.qq.com/q/{secrets.token_urlsafe(16)}"
    asked.account.codes[url] = Code(scene, asked.account.now() + seconds)
    asked.account.issued.append(ticket)
    return {"ticket": ticket, "expire_seconds": seconds, "url": url}


def menu_create(asked: Asked) -> Answer:
    """Everybody's menu."""
    asked.account.menus.everybody = _menu(asked.body)
    return {}


def menu_conditional(asked: Asked) -> Answer:
    """A menu for people with a tag; everybody's must be there."""
    account = asked.account
    tag = text(obj(asked.body.get("matchrule")), "tag_id")
    if not account.menus.everybody:
        raise RefusedError(65303, "there is no selfmenu, please create selfmenu first")
    if not tag.isdecimal() or int(tag) not in account.tags:
        raise RefusedError(65305, "unknown tag")
    account.menus.by_tag.append((int(tag), _menu(asked.body)))
    return {"menuid": str(account.number())}


def menu_delete(asked: Asked) -> Answer:
    """All menus go."""
    asked.account.menus.everybody = {}
    asked.account.menus.by_tag = []
    return {}


def tags_create(asked: Asked) -> Answer:
    """A tag, by a name that is not there yet."""
    name = words(obj(asked.body.get("tag")), "name", 30)
    if name in asked.account.tags.values():
        raise RefusedError(45157, "invalid tag name")
    number = 100 + asked.account.number()
    asked.account.tags[number] = name
    return {"tag": {"id": number, "name": name}}


def tags_get(asked: Asked) -> Answer:
    """All tags."""
    listed: list[Json] = [{"id": n, "name": name, "count": 0} for n, name in asked.account.tags.items()]
    return {"tags": listed}


def tagging(asked: Asked) -> Answer:
    """Put a tag on followers."""
    for tags, number in _tagged(asked):
        tags.append(number)
    return {}


def untagging(asked: Asked) -> Answer:
    """Take a tag off followers."""
    for tags, number in _tagged(asked):
        if number in tags:
            tags.remove(number)
    return {}


def media_upload(asked: Asked) -> Answer:
    """Keep a picture, a voice or a video for three days; other files cannot be sent."""
    if asked.upload is None:
        raise RefusedError(41005, "media data missing")
    name, data = asked.upload
    kind = asked.query.get("type", "")
    most = {"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "thumb": 64 << 10}.get(kind)
    if most is None or (kind == "image" and not name.endswith((".png", ".jpg", ".gif", ".bmp"))):
        raise RefusedError(40004, "invalid media type")
    if not 0 < len(data) <= most:
        raise RefusedError(40006, "invalid file size")
    media = keep_file(asked.account, kind, data)
    return {"type": kind, "media_id": media, "created_at": int(asked.account.now())}


def keep_file(account: Account, kind: str, data: bytes) -> str:
    """Keep what was handed over."""
    media = f"media-{account.number()}"
    account.files[media] = File(kind, data, account.now())
    return media


def file_of(account: Account, media: str) -> File:
    """A file as long as it is kept."""
    found = account.files.get(media)
    if found is None or account.now() - found.at > MEDIA_LIFE:
        raise RefusedError(40007, "invalid media_id")
    return found


METHODS: dict[str, tuple[str, Callable[[Asked], Answer]]] = {
    "message/custom/send": ("POST", custom_send),
    "message/template/send": ("POST", template_send),
    "template/get_all_private_template": ("GET", templates),
    "qrcode/create": ("POST", qrcode_create),
    "menu/create": ("POST", menu_create),
    "menu/addconditional": ("POST", menu_conditional),
    "menu/delete": ("GET", menu_delete),
    "tags/create": ("POST", tags_create),
    "tags/get": ("GET", tags_get),
    "tags/members/batchtagging": ("POST", tagging),
    "tags/members/batchuntagging": ("POST", untagging),
    "media/upload": ("POST", media_upload),
}


def _media(account: Account, kind: str, inner: Obj) -> Shown:
    media = text(inner, "media_id")
    if file_of(account, media).kind != kind:
        raise RefusedError(40007, "invalid media_id")
    return Shown(kind, "", media=media)


def _value(data: Obj, name: str) -> str:
    kind = name.rstrip("0123456789")
    value = text(obj(data.get(name), 47003), "value")
    if kind in KINDS and not KINDS[kind].fullmatch(value):
        raise RefusedError(47003, f"argument invalid! data.{name}.value is invalid")
    return value


def _menu(body: Obj) -> dict[str, dict[str, str]]:
    columns = objects(body, "button", 3, 1)
    return {_name(one, 16): _entries(one) for one in columns}


def _entries(column: Obj) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in objects(column, "sub_button", 5, 1):
        key = text(one, "key")
        if text(one, "type") != "click":
            raise RefusedError(40017, "invalid button type")
        if not 1 <= len(key.encode()) <= 128:
            raise RefusedError(40019, "invalid button key size")
        found[_name(one, 60)] = key
    return found


def _name(one: Obj, most: int) -> str:
    name = text(one, "name")
    if not 1 <= len(name.encode()) <= most:
        raise RefusedError(40018, "invalid button name size")
    return name


def _tagged(asked: Asked) -> list[tuple[list[int], int]]:
    number, listed = asked.body.get("tagid"), asked.body.get("openid_list")
    if not isinstance(number, int) or number not in asked.account.tags:
        raise RefusedError(45159, "invalid tag id")
    if not isinstance(listed, list) or not 1 <= len(listed) <= 50:
        raise RefusedError(40032, "invalid openid list size")
    return [(asked.account.known(str(one)).tags, number) for one in listed]
