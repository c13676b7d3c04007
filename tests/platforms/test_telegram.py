"""Telegram as a platform, against the stand-in for its server."""

import asyncio
import base64
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot import ports
from bot.platforms.telegram import DefaultMenu, TelegramPlatform, TelegramSettings
from bot.ports import Done, Failure, Incoming, Key, Moved, Outcome, Refused, TryAgain
from classroom.addresses import ChatKind, GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.errors import ConfigError
from classroom.events import BotMember, Event, Joined, Message, Pressed, Right
from classroom.text import Label, PrivateText, PublicText
from tests.botapi import BotApiServer, Chat, User, World
from tests.botapi.world import CLASS_RIGHTS

PNG = b"\x89PNG\r\n\x1a\n and the rest"
SECRET = "a-secret-of-the-webhook-0123456789"
PARAGRAPH = "今天春游，请穿校服。" * 40 + "\n\n"


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server
        assert server.defects == []
        assert server.violations == []


@pytest.fixture
def world(server: BotApiServer) -> World:
    return server.world


def settings(server: BotApiServer) -> TelegramSettings:
    return TelegramSettings(
        server.token,
        api_root=server.url,
        poll_timeout=1,
        read_timeout=0.5,
        retry_first=0.02,
        retry_most=0.1,
    )


@pytest.fixture
async def platform(server: BotApiServer) -> AsyncIterator[TelegramPlatform]:
    platform = TelegramPlatform(settings(server), now=lambda: datetime.now(UTC))
    await platform.open()
    yield platform
    await platform.close()


@pytest.fixture
def teacher(world: World) -> User:
    return world.user("王老师", "teacher_wang")


@pytest.fixture
def mother(world: World) -> User:
    return world.user("张小明妈妈")


@pytest.fixture
def group(world: World, teacher: User, mother: User) -> Chat:
    group = world.group("三年级2班", teacher)
    world.populate(group, mother)
    world.add_bot(group, CLASS_RIGHTS)
    world.say(mother, group, "您好")
    return group


def to_group(chat: Chat, thread: str | None = None) -> GroupAddress:
    return GroupAddress(1, "telegram", str(chat.id), thread)


def to_person(user: User) -> PersonAddress:
    return PersonAddress(2, "telegram", str(user.id))


async def post(
    platform: TelegramPlatform,
    chat: Chat,
    body: str,
    *keys: Key,
    reply_to: str | None = None,
    files: Sequence[Enclosed] = (),
    thread: str | None = None,
) -> Outcome:
    return await platform.post(to_group(chat, thread), PublicText(body), keys, reply_to, files)


async def tell(
    platform: TelegramPlatform,
    user: User,
    body: str,
    *keys: Key,
    files: Sequence[Enclosed] = (),
    protect: bool = False,
) -> Outcome:
    return await platform.tell(to_person(user), PrivateText(body), keys, files, protect)


def done(outcome: Outcome) -> Done:
    assert isinstance(outcome, Done)
    return outcome


def texts(world: World, where: Chat | User) -> list[str]:
    return [shown.text for shown in world.transcript(where, deleted=False) if shown.by_bot]


def file(kind: str, name: str, data: bytes = PNG) -> Enclosed:
    return Enclosed(kind, name, data=base64.b64encode(data).decode())


def test_it_is_everything_that_a_platform_can_be(server: BotApiServer) -> None:
    platform: ports.Platform = TelegramPlatform(settings(server), now=lambda: datetime.now(UTC))
    for able in (
        ports.PostsToGroup,
        ports.TellsPeople,
        ports.EditsPosts,
        ports.DeletesMessages,
        ports.PinsPosts,
        ports.Reacts,
        ports.RestrictsMembers,
        ports.SetsTags,
        ports.AnswersPresses,
        ports.KnowsMembers,
        ports.FetchesFiles,
        ports.ShowsMenus,
    ):
        assert isinstance(platform, able)


# --- opening -----------------------------------------------------------------------------------


async def test_open_learns_who_the_bot_is(platform: TelegramPlatform) -> None:
    assert platform.name == "telegram"
    assert platform.mention == "homeroom_bot"
    assert platform.start_link("b-x_1") == "https://t.me/homeroom_bot?start=b-x_1"


async def test_open_outlives_a_server_that_is_not_well(server: BotApiServer) -> None:
    for kind in ("500", "html200", "half_json", "reset_before"):
        server.faults.next("getMe", kind)
    server.faults.next("deleteWebhook", "502")
    platform = TelegramPlatform(settings(server), now=lambda: datetime.now(UTC))
    await asyncio.wait_for(platform.open(), 5)
    assert platform.mention == "homeroom_bot"
    await platform.close()


async def test_a_token_that_telegram_refuses_is_named_with_its_cure(server: BotApiServer) -> None:
    token = "7000000001:AAwrong_wrong_wrong_wrong_wrong_wrong"
    platform = TelegramPlatform(TelegramSettings(token, api_root=server.url), now=lambda: datetime.now(UTC))
    with pytest.raises(ConfigError, match=r"telegram\.token.*BotFather") as caught:
        await platform.open()
    assert token not in str(caught.value)
    await platform.close()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (TelegramSettings(""), "token"),
        (TelegramSettings("bot7000000001:AAE"), "token"),
        (TelegramSettings("1:A", mode="webhook"), "webhook_url"),
        (
            TelegramSettings("1:A", mode="webhook", webhook_url="https://x.cn/telegram/webhook"),
            "webhook_secret",
        ),
        (TelegramSettings("1:A", poll_timeout=0), "poll_timeout"),
    ],
)
def test_settings_that_cannot_work_are_named(wrong: TelegramSettings, named: str) -> None:
    with pytest.raises(ConfigError, match=f"telegram.{named}"):
        TelegramPlatform(wrong, now=lambda: datetime.now(UTC))


async def test_default_menus_are_set_and_a_refused_one_does_not_stop_the_bot(
    server: BotApiServer, world: World, mother: User, group: Chat
) -> None:
    server.faults.next("setMyCommands", "500")
    platform = TelegramPlatform(settings(server), now=lambda: datetime.now(UTC))
    help_ = (("help", "怎么用"),)
    await platform.open(
        [
            DefaultMenu(ChatKind.GROUP, help_),
            DefaultMenu(ChatKind.GROUP, (*help_, ("rules", "群规"), ("表扬", "…"), ("help", "twice")), "zh"),
            DefaultMenu(ChatKind.PRIVATE, (("bind", "认领"),)),
        ]
    )
    assert world.menu(mother, group) == ["help", "rules"]
    assert world.menu(mother) == ["bind"]
    await platform.close()


# --- listening ---------------------------------------------------------------------------------


@dataclass
class Memory:
    """A store that keeps what it is given, and may fail."""

    platform: TelegramPlatform
    kept: list[Incoming] = field(default_factory=list)
    fails: int = 0
    calls: int = 0

    async def __call__(self, batch: Sequence[Incoming]) -> None:
        self.calls += 1
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the disk is full")
        self.kept += batch

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self.kept]

    @property
    def events(self) -> list[Event | None]:
        return [self.platform.read(one.raw) for one in self.kept]

    @property
    def said(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Message)]


@contextlib.asynccontextmanager
async def listening(platform: TelegramPlatform, memory: Memory) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(platform.listen(memory))
    yield task
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, ConfigError):
        await asyncio.wait_for(task, 1)


async def test_what_people_do_arrives(
    platform: TelegramPlatform, world: World, group: Chat, mother: User, teacher: User
) -> None:
    memory = Memory(platform)
    father = world.user("李雷爸爸")
    async with listening(platform, memory):
        await world.eventually(lambda: "您好" in memory.said)
        world.join(group, father)
        outcome = await post(platform, group, "去哪里？", Key("植物园", token="t1"))
        world.press(mother, world.last(group), "植物园")
        world.say(mother, group, "😀收到", reply_to=world.last(group), quote="去哪里")
        await world.eventually(lambda: "😀收到" in memory.said)
    placed = [event for event in memory.events if isinstance(event, BotMember)]
    assert placed[0].rights == {Right.DELETE, Right.RESTRICT, Right.PIN, Right.TAG}
    joined = [event.member.name for event in memory.events if isinstance(event, Joined)]
    assert set(joined) == {"李雷爸爸"}
    [pressed] = [event for event in memory.events if isinstance(event, Pressed)]
    assert (pressed.token, pressed.sender.name, pressed.ref) == ("t1", "张小明妈妈", done(outcome).refs[-1])
    answer = memory.events[-1]
    assert isinstance(answer, Message)
    assert answer.reply_to is not None
    assert (answer.reply_to.ref, answer.quote) == (pressed.ref, "去哪里")
    done(await platform.toast(pressed.callback, Label("好"), False))


async def test_nothing_is_confirmed_before_it_is_stored(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat
) -> None:
    memory = Memory(platform, fails=3)
    waiting = [update["update_id"] for _, update in world.updates.pending]
    async with listening(platform, memory):
        await world.eventually(lambda: memory.kept)
    assert memory.calls == 4
    assert memory.keys == [f"telegram:{ident}" for ident in waiting]
    offsets = [call.params.get("offset") for call in server.calls("getUpdates")]
    assert offsets[:4] == [None] * 4


async def test_a_stop_while_storing_confirms_nothing(
    platform: TelegramPlatform, world: World, group: Chat
) -> None:
    begun = asyncio.Event()

    async def slow(batch: Sequence[Incoming]) -> None:
        begun.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(platform.listen(slow))
    await begun.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait_for(task, 1)
    memory = Memory(platform)
    async with listening(platform, memory):
        await world.eventually(lambda: "您好" in memory.said)


async def test_polling_outlives_whatever_the_line_does(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat, mother: User
) -> None:
    memory = Memory(platform)
    for kind in ("500", "502", "html200", "half_json", "cut", "reset_before", "reset_after", "429"):
        server.faults.next("getUpdates", kind)
    async with listening(platform, memory):
        await world.eventually(lambda: "您好" in memory.said, 10)
        server.stop()
        server.start()
        world.say(mother, group, "还在吗")
        await world.eventually(lambda: "还在吗" in memory.said, 10)
    assert len(memory.keys) == len(set(memory.keys))


async def test_another_poller_is_named_once_and_outlived(
    platform: TelegramPlatform,
    server: BotApiServer,
    world: World,
    group: Chat,
    mother: User,
) -> None:
    memory = Memory(platform)
    with capture_logs() as lines:
        await _two_pollers(platform, server, world, group, mother, memory)
    said = [line for line in lines if "another program fetches" in str(line["trouble"])]
    assert 1 <= len(said) <= 3
    assert server.token not in str(lines)


async def _two_pollers(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat, mother: User, memory: Memory
) -> None:
    async with listening(platform, memory), httpx.AsyncClient(trust_env=False) as other:
        await world.eventually(lambda: memory.kept)
        for _ in range(3):
            await other.get(f"{server.base_url}{server.token}/getUpdates?timeout=0&offset=1")
            await asyncio.sleep(0.05)
        world.say(mother, group, "两个机器人")
        await world.eventually(lambda: "两个机器人" in memory.said)


async def test_a_count_that_begins_anew_is_followed(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat, mother: User
) -> None:
    memory = Memory(platform)
    async with listening(platform, memory):
        await world.eventually(lambda: memory.kept)
        empty = len(server.calls("getUpdates")) + 1
        await world.eventually(lambda: len(server.calls("getUpdates")) > empty)
        world.updates.next_id = 1000
        world.say(mother, group, "一周以后")
        await world.eventually(lambda: "一周以后" in memory.said)
    assert memory.keys[-1] == "telegram:1000"


async def test_a_token_that_is_revoked_ends_the_polling(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat
) -> None:
    memory = Memory(platform)
    async with listening(platform, memory) as task:
        await world.eventually(lambda: memory.kept)
        server.token = "7000000001:another"
        with pytest.raises(ConfigError, match=r"telegram\.token"):
            await asyncio.wait_for(task, 5)


async def test_a_stop_does_not_wait_for_the_long_poll(
    platform: TelegramPlatform, server: BotApiServer
) -> None:
    hold = server.faults.hold("getUpdates")
    task = asyncio.create_task(platform.listen(Memory(platform)))
    assert await hold.wait_arrived()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait_for(task, 0.5)
    hold.release()


# --- the webhook -------------------------------------------------------------------------------


@pytest.fixture
async def hooked(server: BotApiServer) -> AsyncIterator[TelegramPlatform]:
    platform = TelegramPlatform(
        TelegramSettings(
            server.token,
            api_root=server.url,
            mode="webhook",
            webhook_url="http://127.0.0.1:9/telegram/webhook",
            webhook_secret=SECRET,
        ),
        now=lambda: datetime.now(UTC),
    )
    await platform.open()
    yield platform
    await platform.close()


def client(platform: TelegramPlatform, memory: Memory) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=platform.webhook_routes(memory)))
    return httpx.AsyncClient(transport=transport, base_url="http://class")


HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
UPDATE = {"update_id": 7, "message": {"message_id": 1}}


async def test_the_webhook_is_set_with_its_secret(hooked: TelegramPlatform, server: BotApiServer) -> None:
    [call] = server.calls("setWebhook")
    assert call.params["secret_token"] == SECRET
    assert json.loads(str(call.params["allowed_updates"]).replace("'", '"')) == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "chat_member",
    ]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(hooked.listen(Memory(hooked)), 0.05)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (HEADERS, json.dumps(UPDATE).encode(), 200),
        ({}, json.dumps(UPDATE).encode(), 401),
        ({"X-Telegram-Bot-Api-Secret-Token": "wrong"}, json.dumps(UPDATE).encode(), 403),
        ({"X-Telegram-Bot-Api-Secret-Token": "密"}, b"{}", 403),
        (HEADERS, b"{", 400),
        (HEADERS, b"[" * 100_000, 400),
        (HEADERS, b"[1]", 400),
        (HEADERS, b'{"update_id": "7"}', 400),
        (HEADERS, b" " * (1 << 20) + b"{}", 413),
    ],
)
async def test_the_webhook_answers(
    hooked: TelegramPlatform, headers: dict[str, str], body: bytes, status: int
) -> None:
    memory = Memory(hooked)
    async with client(hooked, memory) as http:
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        answer = await http.post("/telegram/webhook", headers=sent, content=body)
    assert (answer.status_code, answer.content) == (status, b"")
    assert memory.keys == (["telegram:7"] if status == 200 else [])


async def test_the_webhook_takes_nothing_that_is_not_stored(hooked: TelegramPlatform) -> None:
    memory = Memory(hooked, fails=1)
    async with client(hooked, memory) as http:
        assert (await http.post("/telegram/webhook", headers=HEADERS, json=UPDATE)).status_code == 503
        assert (await http.post("/telegram/webhook", headers=HEADERS, json=UPDATE)).status_code == 200
    assert memory.keys == ["telegram:7"]


async def test_who_has_no_secret_is_not_listened_to(hooked: TelegramPlatform) -> None:
    read: list[bytes] = []

    async def body() -> AsyncIterator[bytes]:
        for piece in (b"{", b"}"):
            read.append(piece)
            yield piece

    async with client(hooked, Memory(hooked)) as http:
        assert (await http.post("/telegram/webhook", content=body())).status_code == 401
    assert read == []


def test_polling_has_no_webhook(platform: TelegramPlatform) -> None:
    assert platform.webhook_routes(Memory(platform)) == []


# --- saying ------------------------------------------------------------------------------------


async def test_text_is_shown_as_it_was_written(
    platform: TelegramPlatform, world: World, group: Chat, server: BotApiServer
) -> None:
    body = "😀<b>通知</b> 1 &lt; 2 *x* _y_ <a href='https://school.example/a'>表</a>"
    done(await post(platform, group, body))
    message = world.last(group)
    assert message.text == "😀通知 1 < 2 *x* _y_ 表"
    assert message.content["entities"] == [
        {"type": "bold", "offset": 2, "length": 2},
        {"type": "text_link", "offset": 19, "length": 1, "url": "https://school.example/a"},
    ]
    [call] = server.calls("sendMessage")
    assert "parse_mode" not in call.params
    assert call.params["link_preview_options"] == {"is_disabled": True}


async def test_keys_stand_in_rows(platform: TelegramPlatform, world: World, group: Chat) -> None:
    keys = [
        Key("发送", token="a" * 64, row=1),
        Key("修改", token="b", row=1),
        Key("取消", token="c"),
        Key("去私聊", payload="b-1"),
    ]
    done(await post(platform, group, "好吗", *keys))
    assert world.last(group).buttons == [["发送", "修改"], ["取消"], ["去私聊"]]
    with pytest.raises(AssertionError):
        await post(platform, group, "好吗", Key("长", token="班" * 22))


async def test_a_long_text_becomes_several_messages(
    platform: TelegramPlatform, world: World, group: Chat
) -> None:
    refs = done(await post(platform, group, PARAGRAPH * 25, Key("收到", token="t"))).refs
    shown = [s for s in world.transcript(group) if s.by_bot]
    assert [str(s.id) for s in shown] == list(refs)
    assert len(shown) == 3
    assert [s.buttons for s in shown] == [[], [], [["收到"]]]
    assert "".join(s.text for s in shown).replace("\n", "") == (PARAGRAPH * 25).replace("\n", "")


async def test_an_answer_and_a_topic(
    platform: TelegramPlatform, world: World, group: Chat, mother: User
) -> None:
    topic = world.topic(group, "作业")
    asked = world.say(mother, group, "几点？", thread=topic)
    done(await post(platform, group, "四点", reply_to=str(asked.id), thread=str(topic.id)))
    assert world.last(group).reply_to is asked
    assert world.last(group).thread == topic.id
    done(await post(platform, group, "四点", reply_to="999999"))
    assert await post(platform, group, "四点", thread="999999") == Refused(
        Failure.NOT_FOUND, "message thread not found"
    )


async def test_one_file_carries_the_text(platform: TelegramPlatform, world: World, group: Chat) -> None:
    refs = done(
        await post(platform, group, "<b>春游</b>", Key("收到", token="t"), files=[file("photo", "a.png")])
    ).refs
    [shown] = [s for s in world.transcript(group) if s.by_bot]
    assert ([str(shown.id)], shown.kind, shown.text, shown.buttons) == (
        list(refs),
        "photo",
        "春游",
        [["收到"]],
    )
    done(await platform.edit(to_group(group), refs, PublicText("改期"), [Key("知道", token="u")]))
    assert (world.last(group).text, world.last(group).buttons) == ("改期", [["知道"]])


async def test_one_file_comes_after_a_text_too_long_for_it(
    platform: TelegramPlatform, world: World, group: Chat
) -> None:
    refs = done(
        await post(
            platform, group, PARAGRAPH * 4, Key("收到", token="t"), files=[file("document", "名册.txt", b"x")]
        )
    ).refs
    first, second = (s for s in world.transcript(group) if s.by_bot)
    assert (first.buttons, second.kind) == ([["收到"]], "document")
    assert list(refs) == [str(second.id), str(first.id)]


async def test_files_of_one_kind_make_an_album(
    platform: TelegramPlatform, world: World, group: Chat, mother: User, server: BotApiServer
) -> None:
    sent = world.send_photo(mother, group, [PNG, PNG])
    photos = [m.content["photo"] for m in sent]
    assert all(isinstance(p, list) for p in photos)
    given = [Enclosed("photo", "a.jpg", ref=str(p[-1]["file_id"])) for p in photos if isinstance(p, list)]
    files = [*given, file("photo", "c.png"), file("document", "d.txt", b"d")]
    refs = done(await post(platform, group, "春游", Key("收到", token="t"), files=files)).refs
    shown = [s for s in world.transcript(group) if s.by_bot]
    assert [s.kind for s in shown] == ["photo", "photo", "photo", "document", "text"]
    assert [str(s.id) for s in shown] == list(refs)
    assert shown[-1].buttons == [["收到"]]
    assert len({m.message.extra.get("media_group_id") for m in shown[:3]}) == 1
    eleven = [file("photo", f"{n}.png") for n in range(11)]
    assert len(done(await post(platform, group, "", files=eleven)).refs) == 11


async def test_files_and_texts_that_are_none(
    platform: TelegramPlatform, group: Chat, server: BotApiServer
) -> None:
    broken = Enclosed("document", "x.txt", data="no base64!")
    assert await post(platform, group, "看", files=[broken]) == Refused(
        Failure.REFUSED, "a file without content"
    )
    assert await post(platform, group, " \n ") == Refused(Failure.REFUSED, "nothing to say")
    assert server.calls("sendMessage") == []


async def test_a_person_is_told_and_nobody_may_copy_it(
    platform: TelegramPlatform, world: World, mother: User
) -> None:
    world.start(mother)
    done(await tell(platform, mother, "老师给您的留言", protect=True, files=[file("photo", "a.png")]))
    [shown] = world.inbox(mother)
    assert (shown.text, shown.protected) == ("老师给您的留言", True)


@pytest.mark.parametrize("native", ["-1002000104729", "@class", "", "0", "5_1"])
async def test_private_text_to_no_person_makes_no_request(
    platform: TelegramPlatform, server: BotApiServer, native: str
) -> None:
    before = len(server.requests)
    address = PersonAddress(2, "telegram", native)
    assert await platform.tell(address, PrivateText("批评"), (), (), True) == Refused(Failure.LEAK)
    assert await platform.edit(address, ["1"], PrivateText("批评"), ()) == Refused(Failure.LEAK)
    assert len(server.requests) == before


async def test_private_text_to_a_group_makes_no_request(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat
) -> None:
    before = len(server.requests)
    assert await platform.edit(to_group(group), ["1"], PrivateText("批评"), ()) == Refused(Failure.LEAK)
    assert len(server.requests) == before


async def test_what_telegram_calls_a_group_gets_no_private_text(
    platform: TelegramPlatform, server: BotApiServer, world: World, mother: User, group: Chat
) -> None:
    world.start(mother)
    hers = world.chats[mother.id]
    world.chats[mother.id] = group
    assert await tell(platform, mother, "批评") == Refused(Failure.LEAK)
    world.chats[mother.id] = hers
    done(await tell(platform, mother, "批评"))
    done(await tell(platform, mother, "批评"))
    assert len(server.calls("getChat")) == 2
    assert len(server.calls("sendMessage")) == 2


async def test_closed_doors_are_told_apart(
    platform: TelegramPlatform, world: World, group: Chat, mother: User, teacher: User
) -> None:
    assert await tell(platform, mother, "您好") == Refused(
        Failure.NEVER_STARTED, "bot can't initiate conversation"
    )
    stranger = world.user("谁")
    assert await tell(platform, stranger, "您好") == Refused(Failure.NEVER_STARTED, "chat not found")
    world.start(mother)
    world.block(mother)
    assert await tell(platform, mother, "您好") == Refused(Failure.BLOCKED, "bot was blocked by the user")
    world.remove_bot(group)
    assert await post(platform, group, "您好") == Refused(Failure.GONE, "bot was kicked")


async def test_a_group_that_moved_says_where(platform: TelegramPlatform, world: World, teacher: User) -> None:
    small = world.group("一班", teacher, supergroup=False)
    world.add_bot(small)
    large = world.migrate(small)
    assert await post(platform, small, "您好") == Moved(str(large.id))
    assert await platform.rights(to_group(small)) == Moved(str(large.id))


async def test_trouble_on_the_line_says_whether_it_may_have_happened(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat
) -> None:
    server.faults.next("sendMessage", "429", retry_after=7)
    assert await post(platform, group, "一") == TryAgain("429", after=7)
    for kind in ("502", "html200", "half_json", "reset_after", "silence"):
        server.faults.next("sendMessage", kind, seconds=1)
        outcome = await post(platform, group, "一")
        assert isinstance(outcome, TryAgain)
        assert outcome.uncertain
    server.stop()
    outcome = await post(platform, group, "一")
    assert outcome == TryAgain("ConnectError", uncertain=False)
    server.start()


async def test_a_second_piece_that_fails_for_now_is_tried_again_at_once(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat
) -> None:
    hold = server.faults.hold("sendMessage", after=True)
    sending = asyncio.create_task(post(platform, group, PARAGRAPH * 25))
    assert await hold.wait_arrived()
    server.faults.next("sendMessage", "429", retry_after=1)
    server.faults.release("sendMessage")
    assert len(done(await sending).refs) == 3
    assert len(texts(world, group)) == 3


async def test_a_second_piece_that_is_refused_takes_the_first_back(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat
) -> None:
    hold = server.faults.hold("sendMessage", after=True)
    sending = asyncio.create_task(post(platform, group, PARAGRAPH * 25))
    assert await hold.wait_arrived()
    server.faults.next("sendMessage", "429", retry_after=600)
    server.faults.release("sendMessage")
    assert await sending == TryAgain("429", after=600)
    assert texts(world, group) == []


# --- changing ----------------------------------------------------------------------------------


async def test_an_edit_that_changes_nothing_is_done(
    platform: TelegramPlatform, world: World, group: Chat
) -> None:
    refs = done(await post(platform, group, "票数 1", Key("投", token="t"))).refs
    for _ in range(2):
        done(await platform.edit(to_group(group), refs, PublicText("票数 2"), [Key("投", token="t")]))
    assert texts(world, group) == ["票数 2"]
    assert world.last(group).buttons == [["投"]]
    done(await platform.edit(to_group(group), refs, PublicText("结束"), ()))
    assert world.last(group).buttons == []


async def test_an_edit_to_a_shorter_text_leaves_nothing_of_the_old(
    platform: TelegramPlatform, world: World, group: Chat
) -> None:
    files = [file("photo", "a.png"), file("photo", "b.png")]
    refs = done(await post(platform, group, PARAGRAPH * 25, files=files)).refs
    done(await platform.edit(to_group(group), refs, PublicText("取消"), [Key("好", token="t")]))
    assert texts(world, group) == ["", "", "…", "…", "取消"]
    assert world.last(group).buttons == [["好"]]


async def test_an_edit_to_a_longer_text_shows_that_it_is_cut(
    platform: TelegramPlatform, world: World, group: Chat
) -> None:
    refs = done(await post(platform, group, "短")).refs
    done(await platform.edit(to_group(group), refs, PublicText(PARAGRAPH * 25), [Key("好", token="t")]))
    [text] = texts(world, group)
    assert text.endswith("…")
    assert world.last(group).buttons == [["好"]]


async def test_edits_that_are_refused(
    platform: TelegramPlatform, world: World, group: Chat, mother: User
) -> None:
    assert await platform.edit(to_group(group), ["4711"], PublicText("x"), ()) == Refused(
        Failure.NOT_FOUND, "message to edit not found"
    )
    hers = world.say(mother, group, "我的")
    outcome = await platform.edit(to_group(group), [str(hers.id)], PublicText("x"), ())
    assert outcome == Refused(Failure.TOO_OLD, "message can't be edited")


async def test_deleting(platform: TelegramPlatform, world: World, group: Chat, mother: User) -> None:
    one = world.say(mother, group, "广告")
    done(await platform.delete(to_group(group), [str(one.id)]))
    done(await platform.delete(to_group(group), [str(one.id)]))
    many = [str(world.say(mother, group, "砍一刀").id) for _ in range(130)]
    done(await platform.delete(to_group(group), many))
    assert [s.text for s in world.transcript(group, deleted=False)] == ["您好"]


async def test_why_a_message_stays(
    platform: TelegramPlatform, world: World, group: Chat, mother: User
) -> None:
    old = world.say(mother, group, "旧")
    world.advance(3 * 86400)
    new = world.say(mother, group, "新")
    refs = [str(old.id), str(new.id)]
    assert await platform.delete(to_group(group), refs) == Refused(
        Failure.TOO_OLD, "message can't be deleted"
    )
    assert new.deleted
    world.promote_bot(group, ("can_pin_messages",))
    other = world.say(mother, group, "又")
    assert await platform.delete(to_group(group), [str(other.id)]) == Refused(
        Failure.NOT_ALLOWED, "message can't be deleted"
    )


async def test_pinning_and_reacting(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat, mother: User
) -> None:
    [ref] = done(await post(platform, group, "通知")).refs
    done(await platform.pin(to_group(group), ref, True))
    assert [s.text for s in world.transcript(group) if s.pinned] == ["通知"]
    assert server.calls("pinChatMessage")[0].params["disable_notification"] is True
    done(await platform.pin(to_group(group), ref, False))
    assert [s.text for s in world.transcript(group) if s.pinned] == []
    done(await platform.pin(to_group(group), "4711", False))
    hers = world.say(mother, group, "收到")
    done(await platform.react(to_group(group), str(hers.id), "👌"))
    assert [s.reactions for s in world.transcript(group) if s.id == hers.id] == [["👌"]]
    assert await platform.react(to_group(group), "4711", "👌") == Refused(
        Failure.NOT_FOUND, "message to react not found"
    )
    world.promote_bot(group, ("can_delete_messages",))
    assert await platform.pin(to_group(group), ref, True) == Refused(Failure.NOT_ALLOWED, "not enough rights")


# --- members -----------------------------------------------------------------------------------


async def test_muting(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat, mother: User, teacher: User
) -> None:
    now = datetime.now(UTC)
    done(await platform.restrict(to_group(group), str(mother.id), True, now + timedelta(hours=1)))
    member = world.member(group, mother)
    assert member.status == "restricted"
    assert abs(member.until - (now + timedelta(hours=1)).timestamp()) < 2
    done(await platform.restrict(to_group(group), str(mother.id), False, None))
    assert world.member(group, mother).status == "member"
    done(await platform.restrict(to_group(group), str(mother.id), True, now + timedelta(seconds=5)))
    assert world.member(group, mother).until > 0
    done(await platform.restrict(to_group(group), str(mother.id), False, None))
    before = len(server.requests)
    done(await platform.restrict(to_group(group), str(mother.id), True, now - timedelta(seconds=1)))
    assert len(server.requests) == before
    outcome = await platform.restrict(to_group(group), str(teacher.id), True, None)
    assert outcome == Refused(Failure.NOT_ALLOWED, "can't remove chat owner")


async def test_tags(platform: TelegramPlatform, world: World, group: Chat, mother: User) -> None:
    done(await platform.tag(to_group(group), str(mother.id), "张小明妈妈🎉❤️ " + "好" * 20))
    assert world.member(group, mother).tag == "张小明妈妈 " + "好" * 10
    done(await platform.tag(to_group(group), str(mother.id), ""))
    assert world.member(group, mother).tag == ""
    world.promote_bot(group, ("can_delete_messages",))
    outcome = await platform.tag(to_group(group), str(mother.id), "张小明妈妈")
    assert outcome == Refused(Failure.NOT_ALLOWED, "not enough rights")


async def test_who_somebody_is(
    platform: TelegramPlatform, world: World, group: Chat, mother: User, teacher: User
) -> None:
    done(await platform.tag(to_group(group), str(mother.id), "张小明妈妈"))
    hers = done(await platform.member(to_group(group), str(mother.id))).answer
    assert hers == {
        "status": "member",
        "admin": False,
        "creator": False,
        "name": "张小明妈妈",
        "tag": "张小明妈妈",
    }
    his = done(await platform.member(to_group(group), str(teacher.id))).answer
    assert isinstance(his, dict)
    assert (his["admin"], his["creator"]) == (True, True)
    mine = done(await platform.rights(to_group(group))).answer
    assert mine == {"admin": True, "rights": ["delete", "restrict", "pin", "tag"], "title": "三年级2班"}
    world.demote_bot(group)
    mine = done(await platform.rights(to_group(group))).answer
    assert mine == {"admin": False, "rights": [], "title": "三年级2班"}


async def test_a_press_is_answered_once(
    platform: TelegramPlatform, world: World, group: Chat, mother: User
) -> None:
    done(await post(platform, group, "好吗", Key("好", token="t")))
    press = world.press(mother, world.last(group), "好")
    done(await platform.toast(press.id, Label("好" * 300), True))
    assert press.answer is not None
    assert press.answer["show_alert"] is True
    assert len(str(press.answer["text"])) == 200
    assert await platform.toast(press.id, None, False) == Refused(Failure.EXPIRED, "query is too old")


async def test_menus(
    platform: TelegramPlatform, world: World, group: Chat, mother: User, teacher: User
) -> None:
    world.start(teacher)
    done(await platform.menu(to_group(group), str(teacher.id), [("notice", "通知"), ("poll", "投票")]))
    done(await platform.menu(to_person(teacher), None, [("inbox", "收件"), ("Inbox", "no")]))
    assert world.menu(teacher, group) == ["notice", "poll"]
    assert world.menu(mother, group) == []
    assert world.menu(teacher) == ["inbox"]
    done(await platform.menu(to_person(teacher), None, []))
    assert world.menu(teacher) == []


async def test_files_are_fetched_within_their_limit(
    platform: TelegramPlatform, server: BotApiServer, world: World, mother: User
) -> None:
    message = world.send_document(mother, mother, "名册.csv", "姓名".encode() * 100)
    document = message.content["document"]
    assert isinstance(document, dict)
    ref = str(document["file_id"])
    assert await platform.fetch(ref, 10_000) == "姓名".encode() * 100
    assert await platform.fetch(ref, 100) == Refused(Failure.REFUSED, "too_large")
    world.files[ref].size = 1
    assert await platform.fetch(ref, 100) == Refused(Failure.REFUSED, "too_large")
    world.files[ref].size = 30_000_000
    assert await platform.fetch(ref, 50_000_000) == Refused(Failure.REFUSED, "too_large")
    world.files[ref].size = 600
    del world.files[ref]
    assert isinstance(await platform.fetch(ref, 100), Refused)


# --- secrets -----------------------------------------------------------------------------------


async def test_no_token_and_no_text_gets_into_logs_or_outcomes(
    platform: TelegramPlatform,
    server: BotApiServer,
    world: World,
    group: Chat,
    mother: User,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    words = "李雷没有带作业本"
    world.start(mother)
    outcomes: list[object] = []
    for kind in ("500", "html200", "half_json", "reset_before", "silence", "429"):
        server.faults.next("sendMessage", kind, seconds=1)
        outcomes.append(await tell(platform, mother, words))
    outcomes.append(await tell(platform, mother, words, Key("x", payload="私" * 5000)))
    server.faults.next("getUpdates", "half_json", 2)
    memory = Memory(platform)
    async with listening(platform, memory):
        await world.eventually(lambda: memory.kept)
    printed = capsys.readouterr()
    # the stand-in's own server logs what it is asked, as Telegram may
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    seen = repr(logged) + printed.out + printed.err + repr(outcomes) + repr(settings(server))
    for secret in (server.token, server.token.partition(":")[2], words, "私"):
        assert secret not in seen


async def test_a_webhook_that_telegram_refuses_is_named(server: BotApiServer) -> None:
    wrong = TelegramSettings(
        server.token,
        api_root=server.url,
        mode="webhook",
        webhook_url="http://school.example/telegram/webhook",
        webhook_secret=SECRET,
    )
    platform = TelegramPlatform(wrong, now=lambda: datetime.now(UTC))
    with pytest.raises(ConfigError, match=r"telegram\.webhook_url"):
        await platform.open()
    await platform.close()


async def test_an_error_that_quotes_us_is_cut_before_that(
    platform: TelegramPlatform, world: World, server: BotApiServer, group: Chat
) -> None:
    outcome = await post(platform, group, "<a href='bad:'>x</a>", Key("x", payload="a" * 3000))
    assert isinstance(outcome, Refused | Done)
    if isinstance(outcome, Refused):
        assert "aaa" not in outcome.detail
