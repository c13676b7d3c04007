"""A class in an internal group of WeCom with the AI bot: called by @, answered there or alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import App
from bot.limits import Limits
from bot.platforms.wecom_bot import BotPlatform, BotSettings
from bot.platforms.wecom_bot.settings import BotTimes
from bot.platforms.wecom_webhook import WebhookPlatform
from bot.ports import Incoming
from bot.vault import DatabaseVault
from classroom.effects import Post
from classroom.text import PublicText
from storage import identity, queue, webhooks
from storage.database import open_database
from tests.aibotapi import AiBotServer, Phones, Shown
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.platforms.wecom_kit import KEY, migrate, until
from tests.wecomapi.webhook import WebhookServer

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai."""

QUICK = BotTimes(connect=2.0, answer=2.0, first_wait=0.01, longest_wait=0.05, step_back=0.05)
UNLIMITED = Limits(0, 0, 0, 0)


@dataclass
class School:
    """The whole bot with a long connection, and hands for the people around it."""

    server: AiBotServer
    hooks: WebhookServer
    app: App
    taken: set[str]

    @property
    def phones(self) -> Phones:
        return self.server.phones

    async def says(self, who: str, where: str, words: str) -> None:
        """Somebody writes, in a group with a call by @; and the bot has done all that follows."""
        await self._followed(self.server.says(who, where, words))

    async def presses(self, who: str, where: str, label: str) -> None:
        """Press the newest button that begins so."""
        await self._followed(self._pressed(who, where, label))

    async def presses_in_vain(self, who: str, where: str, label: str) -> None:
        """Press a button that leads to the bot's own conversation, without ever having talked with it."""
        self._pressed(who, where, label)
        await until(lambda: any(who in one.whispers for one in self.screen(where)))

    async def comes_in(self, who: str) -> None:
        """Open the bot's conversation for the first time."""
        self.server.opens(who)
        await until(lambda: bool(self.screen(who)))

    def _pressed(self, who: str, where: str, label: str) -> str:
        found = (
            (one, key)
            for one in reversed(self.phones.chats[where].screen)
            for key in one.buttons
            if key.startswith(label)
        )
        shown, whole = next(found, (None, ""))
        assert shown is not None, f"no {label} is offered: {self.read(where)}"
        return self.server.presses(who, where, shown, whole)

    def screen(self, where: str) -> list[Shown]:
        """What the bot has said there."""
        return [one for one in self.phones.chats[where].screen if not one.by]

    def read(self, where: str) -> str:
        """All of it as one text, what is whispered on cards included."""
        texts = [text for one in self.screen(where) for text in (one.text, *one.whispers.values())]
        return "\n".join(texts).replace("\u2060", "")

    def last(self, where: str) -> str:
        return self.screen(where)[-1].text.replace("\u2060", "")

    async def _followed(self, msgid: str) -> None:
        await until(lambda: f"wecom.bot:{msgid}" in self.taken)
        await self.app.settle()


@pytest.fixture
async def school(database_kind: Kind, fresh_database: FreshDatabase) -> AsyncIterator[School]:
    database = open_database(fresh_database(database_kind, migrate), KEY, durable=False)
    time = [MONDAY]

    def now() -> datetime:
        time[0] += timedelta(milliseconds=1)
        return time[0]

    async def token_of(native: str) -> str | None:
        return await database.look(lambda records: webhooks.token_of(records, native))

    with WebhookServer() as hooks:
        async with AiBotServer() as server:
            settings = BotSettings(server.phones.bot_id, server.phones.secret, server.url, times=QUICK)
            bot = BotPlatform(settings, DatabaseVault(database, now), now=now)
            hooked = WebhookPlatform(hooks.url, token_of, alone="请私聊班务助手。")
            limits = dict.fromkeys((bot.name, hooked.name), UNLIMITED)
            app = App(database, [bot, hooked], limits=limits, now=now)
            await app.open()
            taken: set[str] = set()
            store = app.intake.door_of(bot.name)

            async def noted(batch: Sequence[Incoming]) -> None:
                await store(batch)
                taken.update(one.key for one in batch)

            listening = asyncio.create_task(bot.listen(noted))
            await until(lambda: server.connected)
            yield School(server, hooks, app, taken)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await app.close()
            assert server.violations == [] and hooks.violations == []
    database.close()


@dataclass
class Class:
    """三年级2班: its teacher, 张小明's and 李雷's mothers, and the group."""

    wang: str
    zhang: str
    li: str
    group: str


async def from_nothing(school: School) -> Class:
    """Go the whole way, as people do who have never met the bot."""
    wang, zhang, li = (school.phones.person(name) for name in ("王老师", "张小明妈妈", "李雷妈妈"))
    group = school.phones.group(wang, zhang, li)
    await school.says(wang, group, "开通 三年级2班")
    await school.presses_in_vain(wang, group, "继续")
    await school.comes_in(wang)
    await school.says(wang, wang, "你好")
    await school.presses(wang, wang, "我是班主任")
    await school.says(wang, wang, "roster add 张小明 李雷")
    for who, words in ((zhang, "张小明 妈妈"), (li, "李雷 妈妈")):
        await school.presses_in_vain(who, group, "认领")
        await school.comes_in(who)
        await school.says(who, who, "你好")
        await school.says(who, who, words)
        await school.presses(who, who, "同意")
        await school.presses(wang, wang, "同意")
    return Class(wang, zhang, li, group)


async def test_a_class_from_nothing_by_calling_the_bot(school: School) -> None:
    here = await from_nothing(school)
    said = school.read(here.wang)
    assert "三年级2班" in said and "@我 的话我听得到" in said and "权限" not in said
    assert "请点我的头像，和我单聊" in school.read(here.group)
    assert "三年级2班 开通了" in school.read(here.group)
    before = len(school.screen(here.li))
    await school.says(here.li, here.group, "今天天气真好")
    assert len(school.screen(here.li)) == before  # nobody is asked for another name than the school's own
    await school.says(here.li, here.group, "群规")
    rules = school.read(here.li) + school.read(here.group)
    assert "我只听得到 @我 的话" in rules and "撤下来" not in rules
    await school.says(here.li, here.group, "开通 我的班")
    assert "已经开通" in school.last(here.li)


async def test_praise_and_a_poll_by_card(school: School) -> None:
    here = await from_nothing(school)
    await school.says(here.wang, here.group, "表扬 张小明 今天主动帮同学")
    assert "张小明" in school.last(here.group) and "主动帮同学" in school.last(here.group)
    assert "主动帮同学" in school.read(here.zhang)
    await school.says(here.wang, here.group, "/poll 春游去哪里？ | 植物园 | 科技馆")
    await school.presses(here.wang, here.wang, "发")
    card = school.screen(here.group)[-1]
    assert "春游去哪里" in card.text and [*card.buttons][:2] == ["① 植物园", "② 科技馆"]
    await school.presses(here.zhang, here.group, "① 植物园")
    assert "植物园" in school.screen(here.group)[-1].whispers[here.zhang]


async def test_a_notice_is_confirmed_on_its_card_and_said_anew_once_put_right(school: School) -> None:
    here = await from_nothing(school)
    await school.says(here.wang, here.wang, "通知 明天春游，请穿校服")
    await school.presses(here.wang, here.wang, "发送")
    assert "明天春游，请穿校服" in school.read(here.group)
    await school.presses(here.zhang, here.group, "✅")
    assert here.zhang in school.screen(here.group)[-1].whispers
    await school.says(here.wang, here.wang, "回执")
    assert "收到 1/2" in school.last(here.wang)
    await school.presses(here.wang, here.wang, "更正")
    await school.says(here.wang, here.wang, "后天春游，请穿校服")
    await school.presses(here.wang, here.wang, "发送")
    assert "后天春游，请穿校服" in school.last(here.group)
    assert [label[0] for label in school.screen(here.group)[-1].buttons] == ["✅"]


TYPED = ("私聊 李雷 今天没有带作业本", "/concern 李雷 又没有带作业本", "concerm 李雷 没有带作业本")


async def test_criticism_typed_in_the_group_goes_on_alone(school: School) -> None:
    here = await from_nothing(school)
    for typed in TYPED:
        before = len(school.screen(here.li))
        await school.says(here.wang, here.group, typed)
        assert "作业本" in school.read(here.wang)
        await school.presses(here.wang, here.wang, "发送")
        assert "作业本" in school.screen(here.li)[before].text
    assert "作业本" not in school.read(here.group) + school.read(here.zhang)


async def test_beside_a_group_robot_nothing_stands_twice_and_nothing_is_lost(school: School) -> None:
    here = await from_nothing(school)
    hook = school.hooks.group()
    await school.says(here.wang, here.wang, f"channel webhook {school.hooks.address(hook)}")
    assert "同一条不会出现两次" in school.last(here.wang) and hook.screen == []
    await notice(school, here, "第一条通知")
    assert "第一条通知" in school.read(here.group) and hook.screen == []
    school.phones.chats[here.group].present = False  # somebody threw the bot out
    await notice(school, here, "第二条通知")
    assert "第二条通知" in hook.screen[-1].text and "请私聊班务助手" in hook.screen[-1].text
    with school.app.database.transaction() as records:  # one that was on its way before
        chat = identity.find_chat(records, "wecom.bot", f"chat:{here.group}")
        assert chat is not None and not chat.present
        post = Post(identity.group_address(chat), PublicText("还在路上的一条"))
        queue.put_off_effects(records, [post], MONDAY, event_id=None, classroom_id=chat.classroom_id)
        records.write_leaving()
    await notice(school, here, "第三条通知")
    assert "还在路上的一条" in "".join(one.text for one in hook.screen)
    assert len([one for one in hook.screen if "第三条通知" in one.text]) == 1
    school.phones.chats[here.group].present = True
    await school.says(here.wang, here.group, "帮助")
    await notice(school, here, "第四条通知")
    assert "第四条通知" in school.read(here.group) and "第四条通知" not in hook.screen[-1].text
    await school.says(here.wang, here.wang, "渠道")
    await school.presses(here.wang, here.wang, "这是另一个群")
    await notice(school, here, "第五条通知")
    assert "第五条通知" in school.read(here.group) and "第五条通知" in hook.screen[-1].text


async def notice(school: School, here: Class, words: str) -> None:
    await school.says(here.wang, here.wang, f"通知 {words}")
    await school.presses(here.wang, here.wang, "发送")
