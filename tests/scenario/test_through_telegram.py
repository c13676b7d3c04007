"""The story of a class over real HTTP: the whole app, Telegram, and the stand-in for its server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.app import App
from bot.limits import Limits
from bot.platforms.telegram import TelegramPlatform, TelegramSettings
from storage.database import open_database
from tests.botapi import BotApiServer, Chat, Message, NotThere, User
from tests.botapi.jsons import items, objs, text
from tests.botapi.world import CLASS_RIGHTS
from tests.conftest import FreshDatabase
from tests.scenario.conftest import KEY, migrate
from tests.world import START

WORDS = "今天三科作业本都没有带，<b>上课</b> & 说话"
ANSWER = "昨晚在医院陪奶奶，没来得及。"


class Class:
    """A teacher's and parents' hands on Telegram, and the app that runs beside them."""

    def __init__(self, server: BotApiServer) -> None:
        self.world = server.world
        self.server = server
        self.teacher = self.world.user("王老师", "teacher_wang")
        self.mother = self.world.user("李雷妈妈")
        self.father = self.world.user("老李")
        self.other = self.world.user("张小明妈妈")
        self.group = self.world.group("三年级2班", self.teacher)
        self.world.populate(self.group, self.mother, self.father, self.other)

    async def hears(self, user: User, words: str) -> Message:
        """Wait until the bot has told somebody this."""
        return await self.world.eventually(lambda: self.world.find(user, words), 10)

    async def reads(self, words: str) -> Message:
        """Wait until the bot has posted this in the group."""
        return await self.world.eventually(lambda: self.world.find(self.group, words), 10)

    async def press(self, user: User, label: str) -> str:
        """Press the newest button with this label in private; gives the toast."""
        message = await self.world.eventually(lambda: self._with_button(user, label), 10)
        press = self.world.press(user, message, label)
        await self.world.eventually(lambda: press.answered, 10)
        return press.toast

    def _with_button(self, user: User, label: str) -> Message:
        for shown in reversed(self.world.inbox(user)):
            if any(label in one for row in shown.buttons for one in row):
                return shown.message
        raise NotThere(f"nobody offers {label}: {[str(s) for s in self.world.transcript(user)]}")

    def heard(self, where: Chat | User) -> str:
        """All that the bot has ever said in a chat, what was edited or deleted too."""
        said = [shown.message for shown in self.world.transcript(where) if shown.by_bot]
        return "\n".join(words for message in said for words in (*message.versions, message.text))

    async def comes_in(self, user: User, post: Message) -> None:
        """Follow the link under a post into the private conversation."""
        rows = items(post.markup and post.markup.get("inline_keyboard"))
        [url] = [text(key, "url") for row in rows for key in objs(row) if "url" in key]
        [payload] = parse_qs(urlsplit(url).query)["start"]
        self.world.start(user, payload)

    async def binds(self, user: User, post: Message, whose: str) -> None:
        """Follow the link, say whose parent this is, and agree; the teacher has to confirm."""
        await self.comes_in(user, post)
        await self.hears(user, "哪位同学")
        self.world.dm(user, whose)
        await self.press(user, "同意")

    async def set_up(self) -> None:
        """From an empty group to a class with 李雷 and 张小明 and their families."""
        self.world.add_bot(self.group, CLASS_RIGHTS)
        await self.reads("/setup 三年级2班")
        self.world.start(self.teacher)
        await self.world.eventually(lambda: self.world.inbox(self.teacher), 10)
        self.world.say(self.teacher, self.group, "/setup 三年级2班")
        await self.press(self.teacher, "我是班主任")
        post = await self.reads("开通了")
        self.world.dm(self.teacher, "/roster add 李雷 张小明")
        await self.hears(self.teacher, "张小明")
        await self.binds(self.mother, post, "李雷 妈妈")
        await self.binds(self.father, post, "李雷 爸爸")
        await self.binds(self.other, post, "张小明 妈妈")
        await self.world.eventually(lambda: self._with_button(self.teacher, "同意 3"), 10)
        await self.press(self.teacher, "全部同意")
        for user in (self.mother, self.father, self.other):
            await self.hears(user, "您是 三年级2班")


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    """A Telegram whose clock says Monday 10:00 in Shanghai, when nobody sleeps."""
    with BotApiServer() as server:
        server.world.advance(START.timestamp() - time.time())
        yield server
        assert server.violations == []
        assert server.defects == []


@pytest.fixture
async def story(server: BotApiServer, fresh_database: FreshDatabase) -> AsyncIterator[Class]:
    """The app at work, and the people around it."""
    ahead = START - datetime.now(UTC)

    def now() -> datetime:
        return datetime.now(UTC) + ahead

    database = open_database(fresh_database("sqlite", migrate), KEY)
    settings = TelegramSettings(server.token, api_root=server.url, poll_timeout=1, retry_first=0.02)
    no_limits = {"telegram": Limits(total_per_second=0, private_per_second=0, group_per_minute=0)}
    app = App(database, [TelegramPlatform(settings, now=now)], limits=no_limits, now=now)
    stop = asyncio.Event()
    await app.open()
    running = asyncio.create_task(app.run(stop))
    yield Class(server)
    stop.set()
    await asyncio.wait_for(running, 10)
    await app.close()
    database.close()


async def test_from_an_empty_group_to_an_answered_concern(story: Class) -> None:
    world = story.world
    await story.set_up()
    world.say(story.teacher, story.group, "/praise 李雷 在运动会上获得接力第一名")
    praise = await story.reads("接力第一名")
    assert "李雷" in praise.text
    for user in (story.mother, story.father):
        await story.hears(user, "接力第一名")

    typed = world.say(story.teacher, story.group, f"/cocnern李雷 {WORDS}")
    await world.eventually(lambda: typed.deleted, 10)
    await story.hears(story.teacher, WORDS)
    await story.press(story.teacher, "发送")
    for user in (story.mother, story.father):
        told = await story.hears(user, WORDS)
        assert told.protected and told.text.startswith("老师给您的留言\n")
        assert [label for row in told.buttons for label in row] == ["知道了", "约时间聊聊", "回复"]

    await story.press(story.mother, "回复")
    world.dm(story.mother, ANSWER)
    await story.hears(story.teacher, ANSWER)
    await story.press(story.teacher, "回复")
    world.dm(story.teacher, "祝奶奶早日康复。")
    await story.hears(story.mother, "早日康复")
    assert await story.press(story.father, "知道了") != ""

    world.dm(story.mother, "/me")
    await story.hears(story.mother, "李雷：您是妈妈")

    for criticism in (WORDS, "作业本", ANSWER, "康复"):
        assert criticism not in story.heard(story.group)
        assert criticism not in story.heard(story.other)
    assert ANSWER not in story.heard(story.father) and "康复" not in story.heard(story.father)
    assert not [shown for shown in world.transcript(story.group, deleted=False) if "作业本" in shown.text]


async def test_a_concern_in_pictures_and_edits_is_gone_from_the_group(story: Class) -> None:
    world = story.world
    await story.set_up()
    album = world.send_photo(story.teacher, story.group, [b"\xff\xd8 one", b"\xff\xd8 two"], "明天春游")
    said = world.say(story.teacher, story.group, "明天带雨伞")
    world.edit(said, f"、沟通 李雷 {WORDS}")
    await world.eventually(lambda: said.deleted, 10)
    world.edit(album[0], f"／私信：李雷，{WORDS}")
    await world.eventually(lambda: album[0].deleted, 10)
    typed = world.send_photo(
        story.teacher, story.group, [b"\xff\xd8 three", b"\xff\xd8 four"], f"/concern 李雷 {WORDS}"
    )
    quoting = world.say(story.mother, story.group, "什么意思？", reply_to=typed[0])
    await world.eventually(lambda: all(m.deleted for m in (*typed, quoting)), 10)
    await story.press(story.teacher, "发送")
    await story.hears(story.mother, "作业本")
    assert "作业本" not in story.heard(story.group) + story.heard(story.other)


async def test_pictures_and_paper_arrive_as_telegram_takes_them(story: Class) -> None:
    await story.set_up()
    story.world.dm(story.teacher, "/praise 李雷 三好学生")
    await story.reads("三好学生")
    story.world.dm(story.teacher, "/praise list")
    await story.hears(story.teacher, "三好学生：李雷")
    await story.press(story.teacher, "发到群里")
    post = await story.reads("光荣榜")
    assert "photo" in post.content
    story.world.dm(story.teacher, "/邀请 李雷")
    told = await story.hears(story.teacher, "邀请单好了")
    assert "document" in told.content


async def test_an_appointment_and_a_survey_from_the_group_to_the_private_chat(story: Class) -> None:
    await story.set_up()
    story.world.dm(story.teacher, "/slots 家长会 周六 14:00-15:00 每15分钟 @ 三楼")
    await story.press(story.teacher, "发送")
    await story.comes_in(story.mother, await story.reads("还有 4 个时间"))
    assert await story.press(story.mother, "14:15") == "约好了：14:15"
    file = await story.hears(story.mother, "这是日历文件")
    assert "document" in file.content
    await story.press(story.mother, "换个时间")
    assert await story.press(story.mother, "14:45") == "约好了：14:45"
    story.world.dm(story.teacher, "/slots print 1")
    assert "document" in (await story.hears(story.teacher, "可以直接打印")).content
    story.world.dm(story.teacher, "/survey 本学期 [匿名] | 1-5 作业量 | ? 想说什么")
    await story.press(story.teacher, "发送")
    await story.comes_in(story.mother, await story.reads("2 个问题"))
    await story.press(story.mother, "开始")
    assert await story.press(story.mother, "4") == "已记下。"
    await story.hears(story.mother, "请直接打字")
    story.world.dm(story.mother, "汤太咸了")
    await story.hears(story.mother, "答完了")
    assert "汤太咸" not in story.heard(story.group) and "李雷" not in story.heard(story.group)
