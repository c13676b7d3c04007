"""Raw Telegram updates read into events: a table of what really comes, and everything that might."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.telegram.fields import Obj
from bot.platforms.telegram.read import FILES, READERS, read
from bot.platforms.telegram.updates import incoming
from classroom.addresses import ChatKind
from classroom.events import (
    Attachment,
    BotBlocked,
    BotMember,
    Event,
    Joined,
    Json,
    Left,
    Message,
    Migrated,
    Origin,
    Pressed,
    Quoted,
    Right,
    Sender,
    SenderKind,
)

ME = "7000000001"
DATE = 1_795_305_600
AT = datetime.fromtimestamp(DATE, UTC)
LATER = datetime.fromtimestamp(DATE + 60, UTC)

GROUP: Obj = {"id": -1002000104729, "type": "supergroup", "title": "三年级2班", "is_forum": True}
PRIVATE: Obj = {"id": 5100000001, "type": "private", "first_name": "张小明", "last_name": "妈妈"}
MOTHER: Obj = {
    "id": 5100000001,
    "is_bot": False,
    "first_name": "张小明",
    "last_name": "妈妈",
    "username": "mama",
    "language_code": "zh-hans",
}
FATHER: Obj = {"id": 5100000002, "is_bot": False, "first_name": "李雷爸爸"}
BOT: Obj = {"id": 7000000001, "is_bot": True, "first_name": "班务助手", "username": "homeroom_bot"}
OTHER_BOT: Obj = {"id": 7000000002, "is_bot": True, "first_name": "群管"}
ANONYMOUS: Obj = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
CHANNEL: Obj = {"id": -1002000209458, "type": "channel", "title": "家长之声", "username": "voices"}
TELEGRAM: Obj = {"id": 777000, "is_bot": False, "first_name": "Telegram"}

HERE = Origin("telegram", "-1002000104729", ChatKind.GROUP, "三年级2班")
ALONE = Origin("telegram", "5100000001", ChatKind.PRIVATE)
MAMA = Sender("5100000001", "张小明 妈妈", "mama", "zh-hans")
BABA = Sender("5100000002", "李雷爸爸")


def message(chat: Obj = GROUP, sender: Obj = MOTHER, **fields: Json) -> Obj:
    return {"message_id": 42, "date": DATE, "chat": chat, "from": sender, **fields}


def said(text: str = "", origin: Origin = HERE, sender: Sender = MAMA) -> Message:
    return Message(origin, sender, "42", text, AT)


def changed(kind: str, chat: Obj, user: Obj, was: Json, now: Json, by: Obj = FATHER) -> Obj:
    return {
        kind: {
            "chat": chat,
            "from": by,
            "date": DATE,
            "old_chat_member": {"user": user, **_status(was)},
            "new_chat_member": {"user": user, **_status(now)},
        }
    }


def _status(value: Json) -> Obj:
    return value if isinstance(value, dict) else {"status": value}


def with_(
    text: str = "",
    origin: Origin = HERE,
    at: datetime = AT,
    edited: bool = False,
    reply_to: Quoted | None = None,
    quote: str = "",
    attachments: tuple[Attachment, ...] = (),
    album: str | None = None,
) -> Message:
    return Message(origin, MAMA, "42", text, at, edited, reply_to, quote, attachments, album)


DOCUMENT: Obj = {
    "file_id": "BQAC1",
    "file_unique_id": "u1",
    "file_name": "名册.xlsx",
    "file_size": 2048,
    "mime_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHEET = Attachment("document", "BQAC1", "名册.xlsx", 2048, str(DOCUMENT["mime_type"]))
PHOTO: Json = [
    {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 67, "file_size": 1000},
    {"file_id": "large", "file_unique_id": "l", "width": 1280, "height": 960, "file_size": 90000},
    {"file_id": "middle", "file_unique_id": "m", "width": 320, "height": 240, "file_size": 9000},
]
PICTURE = Attachment("photo", "large", None, 90000)
TOPIC_OPENED: Obj = message(message_id=7, forum_topic_created={"name": "作业", "icon_color": 1})

TABLE: list[tuple[str, Obj, Event | None]] = [
    ("a text", {"message": message(text="老师好")}, said("老师好")),
    (
        "start with a payload stays a message",
        {"message": message(PRIVATE, text="/start b-abc")},
        said("/start b-abc", ALONE),
    ),
    (
        "an edit",
        {"edited_message": message(text="/私聊 李雷", edit_date=DATE + 60)},
        with_(text="/私聊 李雷", at=LATER, edited=True),
    ),
    (
        "a caption",
        {"message": message(caption="春游", photo=PHOTO)},
        with_(text="春游", attachments=(PICTURE,)),
    ),
    (
        "an album",
        {"message": message(photo=PHOTO, media_group_id="139")},
        with_(attachments=(PICTURE,), album="139"),
    ),
    ("a document", {"message": message(document=DOCUMENT)}, with_(attachments=(SHEET,))),
    (
        "an animation is not a document too",
        {"message": message(animation={"file_id": "gif"}, document={"file_id": "gif"})},
        with_(attachments=(Attachment("animation", "gif"),)),
    ),
    ("a voice", {"message": message(voice={"file_id": "v"})}, with_(attachments=(Attachment("voice", "v"),))),
    (
        "a sticker",
        {"message": message(sticker={"file_id": "s", "emoji": "👍"})},
        with_(attachments=(Attachment("sticker", "s"),)),
    ),
    (
        "the words of a poll",
        {"message": message(poll={"question": "给谁投票？", "options": [{"text": "甲"}, {"text": "乙"}]})},
        said("给谁投票？\n甲\n乙"),
    ),
    (
        "a contact card",
        {"message": message(contact={"phone_number": "+8613800000000", "first_name": "代写"})},
        said("代写\n+8613800000000"),
    ),
    (
        "a topic",
        {
            "message": message(
                text="好", is_topic_message=True, message_thread_id=7, reply_to_message=TOPIC_OPENED
            )
        },
        with_(text="好", origin=Origin("telegram", "-1002000104729", ChatKind.GROUP, "三年级2班", "7")),
    ),
    ("a thread that is no topic", {"message": message(text="好", message_thread_id=7)}, said("好")),
    (
        "an answer to an album",
        {
            "message": message(
                text="收到",
                reply_to_message=message(
                    sender=FATHER, message_id=40, caption="通知", photo=PHOTO, media_group_id="138"
                ),
                quote={"text": "通", "position": 0},
            )
        },
        with_(text="收到", reply_to=Quoted("40", "通知", BABA, (PICTURE,), "138"), quote="通"),
    ),
    (
        "a quote from another chat",
        {"message": message(text="看", external_reply={"origin": {"type": "user"}}, quote={"text": "秘密"})},
        with_(text="看", quote="秘密"),
    ),
    (
        "an answer to what is gone",
        {"message": message(text="?", reply_to_message={"message_id": 3, "chat": GROUP, "date": 0})},
        with_(text="?", reply_to=Quoted("3")),
    ),
    (
        "an anonymous administrator",
        {"message": message(sender=ANONYMOUS, sender_chat=GROUP, text="/setup")},
        said("/setup", sender=Sender("-1002000104729", "三年级2班", kind=SenderKind.ANONYMOUS_ADMIN)),
    ),
    (
        "in a channel's name",
        {"message": message(sender={"id": 136817688, "is_bot": True}, sender_chat=CHANNEL, text="买")},
        said("买", sender=Sender("-1002000209458", "家长之声", "voices", kind=SenderKind.CHANNEL)),
    ),
    (
        "a post of the linked channel",
        {"message": message(sender=TELEGRAM, sender_chat=CHANNEL, is_automatic_forward=True, text="新")},
        said("新", sender=Sender("-1002000209458", "家长之声", "voices", kind=SenderKind.LINKED_CHANNEL)),
    ),
    (
        "another bot",
        {"message": message(sender=OTHER_BOT, text="hi")},
        said("hi", sender=Sender("7000000002", "群管", kind=SenderKind.BOT)),
    ),
    ("a post in a channel", {"channel_post": message(CHANNEL, text="x")}, None),
    ("a message in a channel", {"message": message(CHANNEL, text="x")}, None),
    ("a live location that moves", {"edited_message": message(location={"latitude": 1.0})}, None),
    ("somebody joins", {"message": message(new_chat_members=[FATHER])}, Joined(HERE, BABA)),
    ("the bot joins", {"message": message(new_chat_members=[BOT])}, None),
    ("somebody leaves", {"message": message(left_chat_member=FATHER)}, Left(HERE, BABA)),
    ("the bot leaves", {"message": message(left_chat_member=BOT)}, None),
    (
        "a group becomes a supergroup",
        {"message": message({**GROUP, "id": -45, "type": "group"}, migrate_to_chat_id=-1002000104729)},
        Migrated(Origin("telegram", "-45", ChatKind.GROUP, "三年级2班"), "-1002000104729"),
    ),
    ("the other side of that", {"message": message(migrate_from_chat_id=-45)}, None),
    ("a pin", {"message": message(pinned_message=message(text="x"))}, None),
    ("a new title", {"message": message(new_chat_title="三年级3班")}, None),
    (
        "a press",
        {
            "callback_query": {
                "id": "99",
                "from": FATHER,
                "message": message(sender=BOT, text="?"),
                "data": "tk",
            }
        },
        Pressed(HERE, BABA, "tk", "99", "42"),
    ),
    (
        "a press under a message that is gone",
        {
            "callback_query": {
                "id": "99",
                "from": FATHER,
                "message": {"chat": GROUP, "message_id": 42, "date": 0},
                "data": "tk",
            }
        },
        Pressed(HERE, BABA, "tk", "99", "42"),
    ),
    ("a press without a chat", {"callback_query": {"id": "99", "from": FATHER, "data": "tk"}}, None),
    (
        "the bot becomes administrator",
        changed(
            "my_chat_member",
            GROUP,
            BOT,
            "member",
            {
                "status": "administrator",
                "can_delete_messages": True,
                "can_restrict_members": True,
                "can_pin_messages": False,
                "can_manage_tags": True,
            },
        ),
        BotMember(HERE, BABA, True, True, frozenset({Right.DELETE, Right.RESTRICT, Right.TAG})),
    ),
    (
        "the bot is added by an anonymous administrator",
        changed("my_chat_member", GROUP, BOT, "left", "member", ANONYMOUS),
        BotMember(
            HERE,
            Sender("-1002000104729", "三年级2班", kind=SenderKind.ANONYMOUS_ADMIN),
            present=True,
        ),
    ),
    (
        "the bot is removed",
        changed("my_chat_member", GROUP, BOT, "member", "kicked"),
        BotMember(HERE, BABA, present=False),
    ),
    (
        "the bot is blocked",
        changed("my_chat_member", PRIVATE, BOT, "member", "kicked", MOTHER),
        BotBlocked(ALONE, MAMA, blocked=True),
    ),
    (
        "the bot is let in again",
        changed("my_chat_member", PRIVATE, BOT, "kicked", "member", MOTHER),
        BotBlocked(ALONE, MAMA, blocked=False),
    ),
    ("the bot in a channel", changed("my_chat_member", CHANNEL, BOT, "left", "administrator"), None),
    ("a member comes", changed("chat_member", GROUP, MOTHER, "left", "member"), Joined(HERE, MAMA)),
    ("a member is thrown out", changed("chat_member", GROUP, MOTHER, "member", "kicked"), Left(HERE, MAMA)),
    (
        "a muted member leaves",
        changed(
            "chat_member",
            GROUP,
            MOTHER,
            {"status": "restricted", "is_member": True},
            {"status": "restricted", "is_member": False},
        ),
        Left(HERE, MAMA),
    ),
    (
        "a member is muted",
        changed("chat_member", GROUP, MOTHER, "member", {"status": "restricted", "is_member": True}),
        None,
    ),
    ("a member is promoted", changed("chat_member", GROUP, MOTHER, "member", "administrator"), None),
    ("a reaction", {"message_reaction": {"chat": GROUP, "message_id": 42, "date": DATE}}, None),
    ("nothing known", {"something_of_2031": {"chat": GROUP}}, None),
]


@pytest.mark.parametrize(("update", "event"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_an_update_means(update: Obj, event: Event | None) -> None:
    assert read({"update_id": 1, **update}, ME) == event


def test_text_keeps_nothing_that_a_database_refuses() -> None:
    update: Obj = {"message": message(text="a\x00b\ud83dc")}
    found = read(update, ME)
    assert isinstance(found, Message)
    assert found.text == "ab?c"


def test_several_who_join_at_once_come_one_by_one() -> None:
    update: Obj = {"update_id": 5, "message": message(new_chat_members=[MOTHER, BOT, FATHER])}
    parts = incoming(update)
    assert [part.key for part in parts] == ["telegram:5:0", "telegram:5:1", "telegram:5:2"]
    assert [read(json.loads(part.raw), ME) for part in parts] == [
        Joined(HERE, MAMA),
        None,
        Joined(HERE, BABA),
    ]


def test_an_album_waits_for_its_siblings_and_an_edit_does_not() -> None:
    sent = incoming({"update_id": 5, "message": message(photo=PHOTO, media_group_id="139")})
    edited = incoming({"update_id": 6, "edited_message": message(photo=PHOTO, media_group_id="139")})
    assert [(part.key, part.album, part.wait) for part in sent] == [("telegram:5", "-1002000104729:139", 1.0)]
    assert [(part.album, part.wait) for part in edited] == [(None, 0.0)]


def test_an_update_without_an_id_is_none() -> None:
    assert incoming({"message": message(text="x")}) == ()
    assert incoming({"update_id": True}) == ()


NAMES = sorted(
    {
        *READERS,
        *FILES,
        *("chat", "id", "type", "title", "from", "sender_chat", "message", "message_id", "date"),
        *("edit_date", "text", "caption", "photo", "poll", "options", "contact", "reply_to_message", "quote"),
        *("new_chat_members", "left_chat_member", "migrate_to_chat_id", "old_chat_member"),
        *("new_chat_member", "user", "status", "data", "message_thread_id", "is_topic_message", "update_id"),
        *("media_group_id", "file_id", "file_size", "width", "height", "is_automatic_forward", "is_bot"),
    }
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**25), max_value=10**25)
    | st.floats()
    | st.text(st.characters(codec=None), max_size=5)
    | st.sampled_from(["supergroup", "private", "member", "administrator", "restricted", "left"])
)
ANYTHING: st.SearchStrategy[Json] = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=25,
)
OBJECTS = st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=6)


@given(OBJECTS)
def test_reading_never_raises(update: Obj) -> None:
    read(update, ME)
    incoming(update)


@given(st.sampled_from([row[1] for row in TABLE]), st.data())
def test_reading_never_raises_whatever_becomes_of_one_field(update: Obj, data: st.DataObject) -> None:
    broken = json.loads(json.dumps(update))
    place = broken
    while True:
        key = data.draw(st.sampled_from(sorted(place)))
        inner = place[key]
        if not isinstance(inner, dict) or not inner or data.draw(st.booleans()):
            place[key] = data.draw(ANYTHING)
            break
        place = inner
    read(broken, ME)
    incoming({"update_id": 1, **broken})
