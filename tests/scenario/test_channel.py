"""/channel: what a class is connected with, and a group of WeCom that takes posts by its webhook."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bot.app import App
from bot.platforms.wecom_webhook import WebhookPlatform
from bot.ports import Platform
from storage import webhooks
from storage.database import Database, Records
from storage.tables import Webhook
from tests.leaks import every_log_line
from tests.ready import ReadyClass, ready_class
from tests.wecomapi.webhook import Group, WebhookServer
from tests.world import UNLIMITED, World


class Hooked(World):
    """The class, and WeCom's door for webhooks beside it."""

    def __init__(self, database: Database, hooks: WebhookServer) -> None:
        super().__init__(database)
        self.hooks = hooks

        async def token_of(native: str) -> str | None:
            return await database.look(lambda records: webhooks.token_of(records, native))

        hooked = WebhookPlatform(hooks.url, token_of, alone="请私聊班务助手。")
        platforms: list[Platform] = [self.platform, hooked]
        limits = UNLIMITED | {hooked.name: UNLIMITED["web"]}
        self.app = App(database, platforms, limits=limits, now=self.now, clock=self.clock)


@pytest.fixture(scope="module")
def hooks() -> Iterator[WebhookServer]:
    with WebhookServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def hooked(world: World, hooks: WebhookServer) -> Hooked:
    return Hooked(world.database, hooks)


def read(group: Group) -> str:
    """All that stands in a group of WeCom."""
    return "\n".join(one.text for one in group.screen)


def everything(here: ReadyClass) -> str:
    """All that the bot has said to anybody, anywhere."""
    people = (here.teacher, here.subject_teacher, here.committee, *here.mothers.values(), here.stranger)
    return "\n".join([*(post.text for post in here.world.posted()), *(who.heard for who in people)])


async def with_hook(hooked: Hooked) -> tuple[ReadyClass, Group]:
    here, group = await ready_class(hooked), hooked.hooks.group()
    await here.teacher.in_private(f"/channel webhook {hooked.hooks.address(group)}")
    return here, group


async def notice(here: ReadyClass, words: str) -> None:
    """The teacher sends a notice to the whole class."""
    await here.teacher.in_private(f"/通知 {words}")
    await here.teacher.press("发送")


async def test_the_teacher_adds_a_group_robot_and_the_class_is_posted_there(hooked: Hooked) -> None:
    here, group = await with_hook(hooked)
    assert "收好了，不会再显示" in here.teacher.heard
    assert "三年级2班" in read(group) and "只发不听" in read(group)
    await notice(here, "明天春游，请穿校服")
    assert "明天春游，请穿校服" in group.screen[-1].text and "请私聊班务助手" in group.screen[-1].text
    await here.teacher.in_private("/渠道")
    assert "群机器人 1（2026-11-23 加的）" in here.teacher.last.text
    assert (
        "一分钟最多 20 条" in here.teacher.last.text
        and "“三年级2班”：群里的话我看得到" in here.teacher.last.text
    )
    assert group.key not in everything(here)


async def test_criticism_never_goes_there(hooked: Hooked) -> None:
    here, group = await with_hook(hooked)
    await here.teacher.in_private("/私聊 李雷 今天没有带作业本")
    await here.teacher.press("发送")
    await here.teacher.in_group("/concern 李雷 今天没有带作业本")
    assert "作业本" in here.mothers["李雷"].heard and "作业本" not in read(group)


async def test_off_means_nothing_more_is_posted_and_the_key_is_gone(hooked: Hooked) -> None:
    here, group = await with_hook(hooked)
    before = len(group.screen)
    await here.teacher.in_private("/channel webhook off")
    assert "停用了，地址也删掉了" in here.teacher.last.text
    await notice(here, "明天春游")
    assert len(group.screen) == before
    with hooked.database.transaction() as records:
        assert records.get(Webhook, 1) is None
    await here.teacher.in_private("/channel webhook off")
    assert "不用停" in here.teacher.last.text
    await here.teacher.in_private(f"/channel webhook {hooked.hooks.address(group)}")
    assert len(group.screen) == before + 1  # it can be given again


ASKED = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123456789abcdef0 怎么用"


async def test_an_address_in_the_group_is_taken_away_and_not_used(hooked: Hooked) -> None:
    here, group = await ready_class(hooked), hooked.hooks.group()
    for author in (here.teacher, here.stranger):
        shown = await author.in_group(f"/channel webhook {hooked.hooks.address(group)}")
        assert shown.removed and "看到的人都能用它" in author.heard and "我已经撤下来了" in author.heard
    assert group.screen == [] and group.key not in everything(here)
    shown = await here.teacher.in_group(ASKED)
    assert not shown.removed  # no command: other rules look at it


async def test_where_nothing_can_be_removed_the_author_is_asked_to(hooked: Hooked) -> None:
    here, group = await ready_class(hooked), hooked.hooks.group()
    hooked.platform.add_bot(here.teacher.sender, hooked.group, frozenset())
    await hooked.settle()
    await here.teacher.in_group(f"/channel webhook {hooked.hooks.address(group)}")
    assert "请您长按那条消息撤回" in here.teacher.heard and group.screen == []


async def test_a_robot_that_was_deleted_is_switched_off_and_told_of_once(hooked: Hooked) -> None:
    here, group = await with_hook(hooked)
    group.removed = True
    for words in ("明天春游", "后天放假"):
        await notice(here, words)
        await hooked.later(hours=1)
    assert here.teacher.heard.count("企业微信不收了") == 1
    await here.teacher.in_private("/channel")
    assert "已停用" in here.teacher.last.text
    assert await hooked.database.look(webhooks.numbers) == (0, 1)
    group.removed = False
    await here.teacher.in_private(f"/channel webhook {hooked.hooks.address(group)}")
    assert "收好了" in here.teacher.last.text and "三年级2班" in group.screen[-1].text


WRONG = {
    "/channel webhook": "请在企业微信的群设置",
    "/channel webhook 你好": "这不像群机器人的地址",
    "/channel webhook https://evil.example/?key=1": "这不像群机器人的地址",
    "/渠道 群机器人 关闭": "不用停",
    "/channel 随便": "现在连着",
}


async def test_what_is_typed_wrong_or_by_others_changes_nothing(hooked: Hooked) -> None:
    here, group = await ready_class(hooked), hooked.hooks.group()
    for typed, answer in WRONG.items():
        await here.teacher.in_private(typed)
        assert answer in here.teacher.last.text
    for who in (here.subject_teacher, here.committee, here.mothers["李雷"], here.stranger):
        await who.in_private(f"/channel webhook {hooked.hooks.address(group)}")
        assert "收好了" not in who.heard
    assert group.screen == []


async def test_in_the_playground_nothing_is_kept(world: World) -> None:
    here = await ready_class(world)
    await here.teacher.in_private(f"/channel webhook {ASKED}")
    assert "这里是演练" in here.teacher.last.text
    await here.teacher.in_private("/channel")
    assert "群里的话我看得到" in here.teacher.last.text and "群机器人" not in here.teacher.last.text


async def test_several_are_numbered_and_one_too_many_is_refused(hooked: Hooked) -> None:
    here, group = await with_hook(hooked)
    await here.teacher.in_private(f"/channel webhook {hooked.hooks.address(group)}")
    assert "已经在用了" in here.teacher.last.text
    others = [hooked.hooks.group() for _ in range(webhooks.MOST)]
    for other in others:
        await here.teacher.in_private(f"/channel webhook {hooked.hooks.address(other)}")
    assert "最多 5 个" in here.teacher.last.text and others[-1].screen == []
    await here.teacher.in_private("/channel webhook off")
    assert "要停用哪一个" in here.teacher.last.text
    await here.teacher.in_private("/channel webhook off 2")
    await notice(here, "明天春游")
    assert "明天春游" in read(group) and "明天春游" not in read(others[0])


async def test_the_key_lies_sealed_and_is_in_no_log(hooked: Hooked) -> None:
    with every_log_line() as lines:
        here, group = await with_hook(hooked)
        hooked.hooks.fault("webhook/send", "500")
        await notice(here, "明天春游")
        group.removed = True
        await hooked.later(minutes=10)
    assert group.key not in repr(lines)

    def rows(records: Records) -> str:
        tables = ("webhooks", "chats", "deliveries", "events", "vault", "schedules")
        return repr([records.connection().execute(text(f"SELECT * FROM {name}")).all() for name in tables])

    assert group.key not in await hooked.database.look(rows)
