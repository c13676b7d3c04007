"""The AI bot's long connection: what breaks it, what is said over it, and what is heard."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import socket
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from markupsafe import escape

from bot.platforms.wecom_bot import BotPlatform, BotSettings
from bot.platforms.wecom_bot.checkup import Checkup
from bot.platforms.wecom_bot.settings import BotTimes, check
from bot.ports import Done, Failure, Key, Level, Outcome, Refused, TryAgain
from bot.vault import DatabaseVault
from classroom.addresses import ChatKind, GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.errors import ConfigError
from classroom.events import BotBlocked, Event, Json, Message, Pressed, Sender
from classroom.text import Label, PrivateText, PublicText
from storage import identity
from storage.database import Database, open_database
from tests.aibotapi import AiBotServer, Shown
from tests.platforms.wecom_kit import KEY, Kept, until

TIMES = BotTimes(
    connect=2.0, answer=0.6, ping=0.1, first_wait=0.01, longest_wait=0.05, step_back=0.1, longest_step=0.5
)
JOINER = "\u2060"


class Desk:
    """The bot among its people."""

    def __init__(self, server: AiBotServer, database: Database, **settings: str) -> None:
        self.server, self.phones = server, server.phones
        self.later = 0.0
        secret = settings.get("secret", self.phones.secret)
        made = BotSettings(self.phones.bot_id, secret, settings.get("url", server.url), times=TIMES)
        self.bot = BotPlatform(
            made,
            DatabaseVault(database, lambda: datetime.now(UTC)),
            now=lambda: datetime.now(UTC),
            clock=lambda: asyncio.get_running_loop().time() + self.later,
        )
        self.kept = Kept()

    def person(self, name: str = "王老师", *, talked: bool = True) -> str:
        who = self.phones.person(name)
        self.phones.chats[who].talked = talked
        return who

    def group(self, *members: str) -> str:
        chatid = self.phones.group(*members)
        self.phones.chats[chatid].talked = True
        return chatid

    def screen(self, where: str) -> list[Shown]:
        return [one for one in self.phones.chats[where].screen if not one.by]

    async def tell(self, who: str, typed: str, *keys: Key, files: tuple[Enclosed, ...] = ()) -> Outcome:
        text = PrivateText(str(escape(typed)))
        return await self.bot.tell(PersonAddress(1, "wecom.bot", who), text, keys, files, False)

    async def post(self, chatid: str, typed: str, *keys: Key, files: tuple[Enclosed, ...] = ()) -> Outcome:
        to = GroupAddress(2, "wecom.bot", f"chat:{chatid}")
        return await self.bot.post(to, PublicText(str(escape(typed))), keys, None, files)

    async def heard(self, number: int) -> list[Event | None]:
        """What has come in, once there is so much of it."""
        await until(lambda: len(self.kept.all) >= number)
        return [self.bot.read(one.raw) for one in self.kept.all.values()]


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[AiBotServer]:
    async with AiBotServer() as server:
        yield server


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    return open_database(f"sqlite:///{tmp_path_factory.mktemp('bot') / 'class.db'}", KEY, durable=False)


@pytest.fixture
async def desk(server: AiBotServer, database: Database) -> AsyncIterator[Desk]:
    """A bot that listens; what it kept of the server's is its own."""
    server.clear()
    server.answers_pings, server.pings = True, 0
    made = Desk(server, database)
    task = asyncio.create_task(made.bot.listen(made.kept))
    await until(lambda: server.connected)
    yield made
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await until(lambda: not server.connected)
    assert server.violations == []


# --- what breaks the line -----------------------------------------------------------------------


@pytest.mark.parametrize("code", [1000, 1001, 1006, 4000])
async def test_every_close_is_followed_by_a_new_connection(desk: Desk, code: int) -> None:
    wang, before = desk.person(), desk.server.subscribed
    await desk.server.close(code)
    await until(lambda: desk.server.subscribed > before and desk.server.connected)
    assert isinstance(await desk.tell(wang, "回来了"), Done)
    desk.server.says(wang, wang, "在吗")
    [event] = await desk.heard(1)
    assert isinstance(event, Message) and desk.bot.trouble == ""


async def test_a_ping_without_an_answer_is_a_broken_line(desk: Desk) -> None:
    await until(lambda: desk.server.pings > 0)
    before, desk.server.answers_pings = desk.server.subscribed, False
    await until(lambda: desk.server.subscribed > before)
    desk.server.answers_pings = True
    assert isinstance(await desk.tell(desk.person(), "在"), Done)


async def test_who_is_displaced_steps_back_longer_each_time(desk: Desk, database: Database) -> None:
    wang, other = desk.person(), Desk(desk.server, database)
    for times in (1, 2):
        other.bot.line.start()
        await until(lambda: desk.bot.line.displaced == times)  # noqa: B023
        assert "another program" in desk.bot.trouble
        assert await desk.tell(wang, "在吗") == TryAgain("not connected", None, uncertain=False)
        await other.bot.close()
        await until(lambda: desk.bot.trouble == "")
    assert isinstance(await desk.tell(wang, "又在了"), Done)


async def test_an_answer_that_is_lost_or_late_leaves_it_open(desk: Desk) -> None:
    wang = desk.person()
    desk.server.fault("aibot_send_msg", "no_ack")
    assert await desk.tell(wang, "一") == TryAgain("no answer to a frame", None, uncertain=True)
    desk.server.fault("aibot_send_msg", "late_ack", seconds=0.8)
    assert isinstance(await desk.tell(wang, "二"), TryAgain)
    await until(lambda: len(desk.screen(wang)) == 2)
    await asyncio.sleep(0.3)
    assert isinstance(await desk.tell(wang, "三"), Done)


async def test_what_nobody_can_read_does_no_harm(desk: Desk) -> None:
    wang = desk.person()
    for frame in ("", "{", "[1]", "null", "[" * 5000, '{"cmd": "aibot_msg_callback"}', '{"headers": 7}'):
        desk.server.raw(frame)
    odd: list[Json] = [
        None,
        [],
        {"msgid": "x"},
        {"msgid": "y", "from": {"userid": "a|b"}, "chattype": "single"},
    ]
    for body in odd:
        desk.server.raw(json.dumps({"cmd": "aibot_msg_callback", "headers": {"req_id": "r"}, "body": body}))
    desk.server.says(wang, wang, "好的")
    [event] = await desk.heard(1)
    assert isinstance(event, Message) and event.text == "好的" and desk.bot.line.malformed >= 4


async def test_a_message_that_comes_twice_is_one(desk: Desk) -> None:
    wang = desk.person()
    for _ in range(3):
        desk.server.says(wang, wang, "请假", msgid="CAIQSAME")
    desk.server.says(wang, wang, "完")
    assert len(await desk.heard(2)) == 2


async def test_a_wrong_secret_ends_the_start(server: AiBotServer, database: Database) -> None:
    wrong = Desk(server, database, secret="the-secret-of-last-year")
    with pytest.raises(ConfigError, match=r"wecom\.bot\.secret: .*853000"):
        await wrong.bot.listen(wrong.kept)


async def test_who_gave_the_line_back_does_not_take_it_from_whoever_leads_now(
    server: AiBotServer, database: Database
) -> None:
    former = Desk(server, database)
    wang = former.person()
    assert isinstance(await former.tell(wang, "我当家"), Done)
    server.says(wang, wang, "好")
    task = asyncio.create_task(former.bot.listen(former.kept))
    await former.heard(1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    before = server.subscribed
    assert await former.tell(wang, "还是我") == TryAgain("not connected", None, uncertain=False)
    assert server.subscribed == before


async def test_a_server_that_is_not_there_yet_is_waited_for(server: AiBotServer, database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    early = Desk(server, database, url=f"ws://127.0.0.1:{port}")
    task = asyncio.create_task(early.bot.listen(early.kept))
    await until(lambda: "no connection" in early.bot.trouble)
    assert not task.done()
    findings = [
        one async for one in Checkup(BotSettings("aib1", "s" * 9, f"ws://127.0.0.1:{port}")).findings(())
    ]
    assert [one.level for one in findings] == [Level.FAILURE]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    ("id_", "secret", "url", "named"),
    [
        ("", "s", "wss://a", "wecom.bot.id"),
        ("aib-1", " ", "wss://a", "wecom.bot.secret"),
        ("aib-1", "s", "ws://a.example", "wecom.bot.url"),
        ("aib-1", "s", "https://a.example", "wecom.bot.url"),
    ],
)
def test_what_cannot_work_is_named(id_: str, secret: str, url: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        check(BotSettings(id_, secret, url))


# --- saying -------------------------------------------------------------------------------------


async def test_private_words_go_to_one_person_and_to_no_group(desk: Desk) -> None:
    wang = desk.person()
    chatid = desk.group(wang)
    desk.server.says(wang, chatid, "帮助")
    await desk.heard(1)
    for native in (f"chat:{chatid}", chatid):
        text = PrivateText("李雷没有带作业本")
        assert await desk.bot.tell(PersonAddress(1, "wecom.bot", native), text, (), (), True) == Refused(
            Failure.LEAK
        )
    await desk.tell(wang, "李雷没有带作业本")
    said = [body for cmd, body in desk.server.frames if cmd == "aibot_send_msg" and "作业本" in str(body)]
    assert [(body["chatid"], body["chat_type"]) for body in said] == [(wang, 1)]
    file = Enclosed("document", "a.csv", data=base64.b64encode(b"123456").decode(), private=True)
    assert await desk.post(chatid, "表", files=(file,)) == Refused(Failure.LEAK)


async def test_more_than_a_conversation_takes_waits(desk: Desk) -> None:
    wang = desk.person()
    said = [await desk.tell(wang, str(n)) for n in range(31)]
    assert all(isinstance(one, Done) for one in said[:30])
    again = said[30]
    assert isinstance(again, TryAgain) and again.why == "own limit" and 50 < (again.after or 0) <= 60
    desk.later = desk.phones.later = 61.0
    assert isinstance(await desk.tell(wang, "一分钟以后"), Done)
    desk.phones.later = 0.0


@pytest.mark.parametrize(
    "typed", ["班" * 5000, "\n\n".join(f"第{n}段。请穿校服。" for n in range(400)), "*" * 3000]
)
async def test_nothing_of_a_long_text_is_lost(desk: Desk, typed: str) -> None:
    wang = desk.person()
    assert isinstance(await desk.tell(wang, typed, Key("知道了", token="t")), Done)
    shown = "".join("".join(one.text for one in desk.screen(wang)).replace(JOINER, "").split())
    assert shown.startswith("".join(typed.split())) and len(desk.screen(wang)) > 1
    assert desk.screen(wang)[-1].buttons == {"知道了": "t"} or shown.endswith("回复数字选择：1知道了")


async def test_a_card_changes_only_right_after_its_press(desk: Desk) -> None:
    wang = desk.person()
    told = await desk.tell(wang, "准假吗？", Key("准假", token="t"))
    assert isinstance(told, Done)
    [card] = desk.screen(wang)
    desk.server.presses(wang, wang, card, "准假")
    [event] = await desk.heard(1)
    assert isinstance(event, Pressed) and event.ref == told.refs[-1]
    to = PersonAddress(1, "wecom.bot", wang)
    assert await desk.bot.edit(to, told.refs, PrivateText("已准假"), ()) == told
    assert (card.text, card.buttons) == ("已准假", {}) and len(desk.screen(wang)) == 1
    assert await desk.bot.edit(to, told.refs, PrivateText("又改了"), ()) == told  # nothing was pressed
    assert [one.text for one in desk.screen(wang)] == ["已准假", "又改了"]


async def test_a_post_in_the_group_changes_after_a_press_and_else_stays(desk: Desk) -> None:
    wang = desk.person()
    chatid = desk.group(wang)
    told = await desk.post(chatid, "春游", Key("收到 0/2", token="t"))
    assert isinstance(told, Done)
    to, new = GroupAddress(2, "wecom.bot", f"chat:{chatid}"), PublicText("春游改期")
    assert await desk.bot.edit(to, told.refs, new, ()) == Refused(Failure.UNSUPPORTED)
    [card] = desk.screen(chatid)
    desk.server.presses(wang, chatid, card, "收到 0/2")
    [event] = await desk.heard(1)
    assert isinstance(event, Pressed)
    assert isinstance(await desk.bot.toast(event.callback, Label("收到了，谢谢"), False), Done)
    assert "收到了，谢谢" in card.whispers[wang] and card.text == "春游"
    assert await desk.bot.edit(to, told.refs, new, ()) == Refused(Failure.UNSUPPORTED)  # answered already
    desk.server.presses(wang, chatid, card, "收到 0/2")
    await desk.heard(2)
    assert isinstance(await desk.bot.edit(to, told.refs, new, (Key("知道了", token="u"),)), Done)
    assert (card.text, [*card.buttons]) == ("春游改期", ["知道了"])


async def test_long_options_in_a_group_are_answered_with_a_number(desk: Desk) -> None:
    wang = desk.person()
    chatid = desk.group(wang)
    options = [Key(f"第{n}个很长很长很长很长的选项", token=f"t{n}") for n in (1, 2)]
    told = await desk.post(chatid, "春游去哪里？", *options)
    assert isinstance(told, Done) and "在群里 @我，加一个数字" in desk.screen(chatid)[-1].text
    desk.server.says(wang, chatid, "2")
    [event] = await desk.heard(1)
    assert isinstance(event, Pressed)
    assert (event.token, event.ref, event.origin.kind) == ("t2", told.refs[-1], ChatKind.GROUP)


async def test_files_go_out_in_pieces_and_pictures_as_pictures(desk: Desk) -> None:
    wang = desk.person()
    large = os.urandom(1_200_000)
    picture = b"\x89PNG\r\n\x1a\n" + bytes(40)
    files = tuple(
        Enclosed(kind, name, data=base64.b64encode(data).decode())
        for kind, name, data in (("document", "名册.xlsx", large), ("photo", "result.png", picture))
    )
    assert isinstance(await desk.tell(wang, "给您", files=files), Done)
    shown = desk.screen(wang)
    assert [(one.kind, one.filename) for one in shown[:2]] == [("file", "名册.xlsx"), ("image", "result.png")]
    assert large in [data for _, _, data in desk.phones.files.values()]
    assert await desk.tell(wang, "空", files=(Enclosed("document", "a", data=""),)) == Refused(
        Failure.REFUSED, "a file without content"
    )


async def test_whom_the_bot_does_not_know_it_cannot_tell(desk: Desk) -> None:
    stranger = desk.person(talked=False)
    assert await desk.tell(stranger, "您好") == Refused(Failure.NEVER_STARTED, "93006")
    chatid = desk.phones.group(stranger)
    assert await desk.post(chatid, "您好") == Refused(Failure.GONE, "93006")
    assert isinstance(await desk.bot.toast("4711", None, False), Refused)


def test_one_member_is_one_person_on_both_of_the_corps_channels(database: Database) -> None:
    now = datetime.now(UTC)
    with database.transaction() as records:
        met = [
            identity.meet_account(records, platform, Sender("zhangsan", "张三"), now).person_id
            for platform in ("wecom", "wecom.bot", "telegram")
        ]
    assert met[0] == met[1] != met[2]


# --- hearing ------------------------------------------------------------------------------------


async def test_a_call_with_blanks_in_the_name_is_learnt(desk: Desk) -> None:
    wang = desk.person()
    chatid = desk.group(wang)
    desk.phones.name = "三年级 班务 助手"
    typed = ["/poll 春游", "、帮助", "收到，谢谢"]
    for said in typed:
        desk.server.says(wang, chatid, said)
    events = await desk.heard(3)
    desk.phones.name = "班务助手"
    assert [event.text for event in events if isinstance(event, Message)] == typed
    assert desk.bot.mention == "三年级班务助手"


async def test_coming_in_for_the_first_time_asks_for_a_word(desk: Desk) -> None:
    wang = desk.person(talked=False)
    desk.server.opens(wang)
    await until(lambda: bool(desk.screen(wang)))
    assert "随便回我一句" in desk.screen(wang)[0].text and desk.kept.all == {}
    desk.server.says(wang, wang, "您好！")
    desk.server.opens(wang)
    first, second = await desk.heard(2)
    assert isinstance(first, Message) and first.text == "/start"
    assert isinstance(second, BotBlocked) and not second.blocked


async def test_what_is_quoted_comes_along(desk: Desk) -> None:
    wang = desk.person()
    desk.server.says(wang, desk.group(wang), "举报", quote="砍一刀")
    [event] = await desk.heard(1)
    assert isinstance(event, Message) and event.reply_to is not None and event.reply_to.text == "砍一刀"


class Shelf(BaseHTTPRequestHandler):
    """Where WeCom keeps a file for some minutes."""

    data = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


async def test_a_file_is_fetched_opened_and_its_address_stored_nowhere(desk: Desk) -> None:
    wang, key = desk.person(), bytes(range(32))
    roster = "姓名,学号\n张小明,1\n".encode()
    pad = 32 - len(roster) % 32
    lock = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    Shelf.data = lock.update(roster + bytes([pad]) * pad) + lock.finalize()
    with HTTPServer(("127.0.0.1", 0), Shelf) as shelf:
        threading.Thread(target=shelf.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{shelf.server_port}/roster?sign=SECRET-SIGN"
        sealed = base64.b64encode(key).decode().rstrip("=")
        desk.server.sends(wang, "file", {"url": url, "aeskey": sealed, "filename": "名册.csv"})
        [event] = await desk.heard(1)
        assert isinstance(event, Message)
        [file] = event.attachments
        assert (file.kind, file.filename) == ("document", "名册.csv")
        assert await desk.bot.fetch(file.ref, 10_000) == roster
        assert await desk.bot.fetch(file.ref, 3) == Refused(Failure.REFUSED, "too_large")
        desk.later = 301.0
        assert await desk.bot.fetch(file.ref, 10_000) == Refused(Failure.EXPIRED)
        shelf.shutdown()
    raw = next(iter(desk.kept.all.values())).raw.decode()
    assert "SECRET-SIGN" not in raw and sealed not in raw and "RC-SECRET" not in raw
