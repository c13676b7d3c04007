"""Customer groups: members of the corp, people from WeChat, and messages that an owner has to send."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from classroom.events import Json
from tests.tencentapi.checks import obj, objects, text, words
from tests.tencentapi.refusal import RefusedError
from tests.wecomapi.corp import DAY, Corp
from tests.wecomapi.methods import Answer, Asked, file_of
from tests.wecomapi.postman import Postman

LONGEST, MOST_FILES = 4000, 9
REMINDERS, PER_MONTH = 3, 30


@dataclass
class Guest:
    """Somebody in a group; `external` for WeChat's people."""

    userid: str
    name: str
    nickname: str = ""
    external: bool = True


@dataclass
class Mass:
    """A message that waits for the group's owner. `status`: 0 waits, 1 sent, 2 no friend, 3 one too many."""

    msgid: str
    sender: str
    chat: str
    text: str
    attachments: list[dict[str, Json]]
    at: float
    status: int = 0
    reminders: list[float] = field(default_factory=list)


@dataclass
class CustomerGroup:
    """One group and its screen."""

    chat_id: str
    name: str
    owner: str
    guests: dict[str, Guest]
    screen: list[str] = field(default_factory=list)


class Customers:
    """All customer groups of a corp; `allowed` is whether the app may look into them."""

    def __init__(self) -> None:
        self.allowed = True
        self.groups: dict[str, CustomerGroup] = {}
        self.masses: dict[str, Mass] = {}
        self.tickets: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        """What WeCom gives who opens a page, and whose it is."""
        self.per_month = PER_MONTH

    def group(self, corp: Corp, owner: str, name: str, *nicknames: str) -> CustomerGroup:
        """A group of a member's, with these people from WeChat."""
        chat = f"wrOgQhDgAAMYQiS5{corp.number():08d}"
        staff = Guest(owner, corp.members[owner], external=False)
        made = self.groups[chat] = CustomerGroup(chat, name, owner, {owner: staff})
        for nickname in nicknames:
            self.enter(corp, made, nickname)
        return made

    def enter(self, corp: Corp, group: CustomerGroup, nickname: str, name: str = "幸福一家人") -> str:
        """Somebody from WeChat comes in; gives the external userid."""
        who = f"wmqfasd1e1927831{corp.number():08d}"
        group.guests[who] = Guest(who, name, nickname)
        return who

    def sends(self, mass: Mass) -> None:
        """The owner taps "send"; one too many in a month does not arrive."""
        group = self.groups[mass.chat]
        sent = [one for one in self.masses.values() if one.chat == mass.chat and one.status == 1]
        mass.status = 3 if len(sent) >= self.per_month else 1
        if mass.status == 1:
            group.screen.append(mass.text)

    def waiting(self, owner: str) -> list[Mass]:
        """What somebody is still to send."""
        return [one for one in self.masses.values() if one.sender == owner and one.status == 0]


_ALL: WeakKeyDictionary[Corp, Customers] = WeakKeyDictionary()


def of(corp: Corp) -> Customers:
    """The customer groups of a corp."""
    return _ALL.setdefault(corp, Customers())


def changed(postman: Postman, group: CustomerGroup, change: str, detail: str = "") -> None:
    """WeCom calls: something has happened in a group."""
    inside = {
        "ToUserName": postman.corp.corp_id,
        "FromUserName": "sys",
        "CreateTime": str(int(postman.corp.now())),
        "MsgType": "event",
        "Event": "change_external_chat",
        "ChatId": group.chat_id,
        "ChangeType": change,
        **({"UpdateDetail": detail} if detail else {}),
    }
    postman.call(
        "<xml>" + "".join(f"<{key}><![CDATA[{value}]]></{key}>" for key, value in inside.items()) + "</xml>"
    )


def _customers(asked: Asked) -> Customers:
    found = of(asked.corp)
    if not found.allowed:
        raise RefusedError(48002, "api forbidden")
    return found


def _group(asked: Asked, chat: str) -> CustomerGroup:
    found = _customers(asked).groups.get(chat)
    if found is None:
        raise RefusedError(40050, "invalid chat_id")
    return found


def _mass(asked: Asked) -> Mass:
    found = _customers(asked).masses.get(text(asked.body, "msgid"))
    if found is None:
        raise RefusedError(41048, "invalid msgid")
    return found


def get_follow_user_list(asked: Asked) -> Answer:
    """Who may have contacts in WeChat."""
    _customers(asked)
    return {"follow_user": [*asked.corp.visible]}


def getuserinfo(asked: Asked) -> Answer:
    """Who opened a page: a code counts once."""
    who = of(asked.corp).codes.pop(asked.query.get("code", ""), None)
    if who is None:
        raise RefusedError(40029, "invalid code")
    return {"userid": who}


def groupchat_list(asked: Asked) -> Answer:
    """A page of the groups that these members own."""
    groups, limit = _customers(asked).groups, asked.body.get("limit")
    if not isinstance(limit, int) or not 1 <= limit <= 1000 or asked.body.get("status_filter") not in (0, 1):
        raise RefusedError(40058, "limit or status_filter")
    owners = obj(asked.body.get("owner_filter")).get("userid_list")
    if not isinstance(owners, list) or not 1 <= len(owners) <= 100:
        raise RefusedError(40058, "owner_filter")
    if any(one not in asked.corp.visible for one in owners):
        raise RefusedError(60011, "no privilege to access/modify contact")
    cursor = text(asked.body, "cursor")
    mine = [chat for chat, one in groups.items() if one.owner in owners]
    begin = int(cursor) if cursor else 0
    page: list[Json] = [{"chat_id": chat, "status": 0} for chat in mine[begin : begin + limit]]
    more = begin + limit < len(mine)
    return {"group_chat_list": page, **({"next_cursor": str(begin + limit)} if more else {})}


def groupchat_get(asked: Asked) -> Answer:
    """One group; names only where they are asked for."""
    group, named = _group(asked, text(asked.body, "chat_id")), asked.body.get("need_name") == 1
    members: list[Json] = []
    for guest in group.guests.values():
        one: dict[str, Json] = {"userid": guest.userid, "type": 2 if guest.external else 1, "join_scene": 3}
        if named:
            one |= {"group_nickname": guest.nickname, "name": guest.name}
        members.append(one)
    whole: Json = {
        "chat_id": group.chat_id,
        "name": group.name,
        "owner": group.owner,
        "create_time": 1572505490,
        "member_list": members,
        "admin_list": [],
        "member_version": "v",
    }
    return {"group_chat": whole}


def add_msg_template(asked: Asked) -> Answer:
    """A message that the owner of a group is to send: taken, and not sent yet."""
    customers, body = _customers(asked), asked.body
    chats = body.get("chat_id_list")
    if body.get("chat_type") != "group" or not isinstance(chats, list) or len(chats) != 1:
        raise RefusedError(40058, "chat_type or chat_id_list")
    sender = text(body, "sender")
    if sender not in asked.corp.visible:
        raise RefusedError(60111, "userid not found")
    files = [dict(one) for one in objects(body, "attachments", MOST_FILES)]
    for one in files:
        _attachment(asked.corp, one)
    said = words(obj(body["text"]), "content", LONGEST) if "text" in body else ""
    if not said and not files:
        raise RefusedError(41033, "nothing to send")
    group = customers.groups.get(str(chats[0]))
    if group is None or group.owner != sender:
        return {"fail_list": [*chats], "msgid": ""}
    made = Mass(f"msgGCAAAX{asked.corp.number():08d}", sender, group.chat_id, said, files, asked.corp.now())
    customers.masses[made.msgid] = made
    return {"fail_list": [], "msgid": made.msgid}


def _attachment(corp: Corp, one: dict[str, Json]) -> None:
    kind = text(one, "msgtype")
    inner = obj(one.get(kind))
    match kind:
        case "link":
            words(inner, "title", 128), words(inner, "url", 2048)
        case "image" | "file" | "video":
            if file_of(corp, text(inner, "media_id")).kind != kind:
                raise RefusedError(40058, "media_id of another kind")
        case _:
            raise RefusedError(40058, "msgtype")


def get_groupmsg_send_result(asked: Asked) -> Answer:
    """Whether the owner has sent it."""
    found = _mass(asked)
    if text(asked.body, "userid") != found.sender:
        raise RefusedError(60111, "userid not found")
    one: Json = {"chat_id": found.chat, "userid": found.sender, "status": found.status}
    return {"send_list": [one]}


def remind_groupmsg_send(asked: Asked) -> Answer:
    """Remind the owner: three times a day."""
    found, now = _mass(asked), asked.corp.now()
    if len([at for at in found.reminders if at > now - DAY]) >= REMINDERS:
        raise RefusedError(45009, "reminded too often")
    found.reminders.append(now)
    return {}


def cancel_groupmsg_send(asked: Asked) -> Answer:
    """What was not sent waits no longer."""
    found = _mass(asked)
    if found.status == 0:
        del of(asked.corp).masses[found.msgid]
    return {}


def get_groupmsg_list_v2(asked: Asked) -> Answer:
    """What was made lately."""
    body, customers = asked.body, _customers(asked)
    begin, end = body.get("start_time"), body.get("end_time")
    if body.get("chat_type") != "group" or not isinstance(begin, int) or not isinstance(end, int):
        raise RefusedError(40058, "chat_type, start_time or end_time")
    listed: list[Json] = [
        {"msgid": one.msgid, "creator": one.sender, "create_time": int(one.at), "text": {"content": one.text}}
        for one in customers.masses.values()
        if begin <= one.at <= end + 1 and text(body, "creator") in ("", one.sender)
    ]
    return {"group_msg_list": listed}


def ticket_get(asked: Asked) -> Answer:
    """What a page's signature is made with."""
    if asked.query.get("type") != "agent_config":
        raise RefusedError(40058, "type")
    return _ticket(asked.corp, "agent")


def get_jsapi_ticket(asked: Asked) -> Answer:
    """As `ticket_get`, for the whole corp."""
    return _ticket(asked.corp, "corp")


def _ticket(corp: Corp, kind: str) -> Answer:
    tickets = of(corp).tickets
    if kind not in tickets:
        tickets[kind] = f"ticket-{secrets.token_hex(16)}"
        corp.issued.append(tickets[kind])
    return {"ticket": tickets[kind], "expires_in": 7200}


METHODS: dict[str, tuple[str, Callable[[Asked], Answer]]] = {
    "auth/getuserinfo": ("GET", getuserinfo),
    "externalcontact/get_follow_user_list": ("GET", get_follow_user_list),
    "externalcontact/groupchat/list": ("POST", groupchat_list),
    "externalcontact/groupchat/get": ("POST", groupchat_get),
    "externalcontact/add_msg_template": ("POST", add_msg_template),
    "externalcontact/get_groupmsg_send_result": ("POST", get_groupmsg_send_result),
    "externalcontact/remind_groupmsg_send": ("POST", remind_groupmsg_send),
    "externalcontact/cancel_groupmsg_send": ("POST", cancel_groupmsg_send),
    "externalcontact/get_groupmsg_list_v2": ("POST", get_groupmsg_list_v2),
    "ticket/get": ("GET", ticket_get),
    "get_jsapi_ticket": ("GET", get_jsapi_ticket),
}
