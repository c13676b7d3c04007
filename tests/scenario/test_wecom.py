"""A class in WeCom, where the bot is heard in its own conversation only: from nothing, in users' words."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.app import App
from bot.limits import Limits
from bot.web_server import serving
from storage.tables import ButtonRow, Classroom
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.platforms.wecom_kit import Desk, desk, migrate, until
from tests.security.others import pressed_by_others
from tests.wecomapi import Shown, WeComServer
from tests.wecomapi.server import Served

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai."""


@dataclass
class School:
    """The whole bot with a WeCom app, and hands for its members."""

    desk: Desk
    app: App

    @property
    def server(self) -> WeComServer:
        return self.desk.server

    async def says(self, who: str, words: str) -> None:
        """Somebody writes, and the bot has done all that follows."""
        self.server.postman.writes(who, words)
        await self._settled()

    async def opens(self, who: str) -> None:
        self.server.postman.opens(who)
        await self._settled()

    async def presses(self, who: str, label: str) -> None:
        """Press the newest button that begins so, or answer with its number."""
        for one in reversed(self.desk.screen(who)):
            if whole := next((key for key in one.buttons if key.startswith(label)), ""):
                self.server.postman.presses(who, one, whole)
                break
            if number := re.search(rf"(?m)^([0-9]+)  {label}", one.text):
                self.server.postman.writes(who, number[1])
                break
        else:
            raise AssertionError(f"no {label} is offered")
        await self._settled()

    def last(self, who: str) -> Shown:
        return self.desk.screen(who)[-1]

    async def _settled(self) -> None:
        await until(lambda: self.server.postman.brought == self.server.postman.called)
        await self.app.settle()


@pytest.fixture
def server() -> Iterator[WeComServer]:
    with WeComServer() as server:
        yield server
        assert server.violations == [] and server.postman.given_up == []


@pytest.fixture
async def school(
    server: WeComServer, database_kind: Kind, fresh_database: FreshDatabase
) -> AsyncIterator[School]:
    async with desk(server, fresh_database(database_kind, migrate)) as made:
        made.pass_((MONDAY - made.now()).total_seconds())
        app = App(made.database, [made.platform], limits={"wecom": Limits(0, 0, 0, 0)}, now=made.now)
        await app.open()
        listening = socket.create_server(("127.0.0.1", 0))
        server.postman.url = f"http://127.0.0.1:{listening.getsockname()[1]}/wecom/callback"
        async with serving(listening, made.platform.routes(app.intake.door_of("wecom"))):
            yield School(made, app)


async def test_a_class_from_nothing(school: School) -> None:
    wang, zhang = school.desk.member("王老师"), school.desk.member("张小明妈妈")
    await school.opens(wang)
    assert "班务助手" in school.last(wang).text
    await school.says(wang, "开通")
    assert "/setup 三年级2班" in school.last(wang).text
    await school.says(wang, "开通 三年级2班")
    await school.presses(wang, "我是班主任")
    checklist = school.last(wang).text
    assert "三年级2班" in checklist and "0/0" in checklist and "请把我加进去" not in checklist
    await school.says(wang, "roster add 张小明 李雷")
    assert "张小明" in school.last(wang).text
    link = checklist.split("https://class.example/wecom/start/")[1].split()[0].rstrip('"')
    await school.says(zhang, f"/start {link}")
    assert "三年级2班" in school.last(zhang).text
    assert school.server.corp.chats == {}


async def test_a_second_press_opens_no_second_class(school: School) -> None:
    wang = school.desk.member("王老师")
    await school.says(wang, "setup 三年级2班")
    [card] = [one for one in school.desk.screen(wang) if one.buttons]
    label = next(iter(card.buttons))
    keys = dict(card.buttons)
    await school.presses(wang, label)
    card.buttons = keys  # the phone was slow to show that it is done
    school.server.postman.presses(wang, card, label)
    await school._settled()
    await school.says(wang, "setup 三年级2班")
    await school.presses(wang, "我是班主任")
    assert "已经开通了" in school.last(wang).text or any(
        "已经开通了" in one for one in school.desk.said(wang)
    )
    await school.says(wang, "setup")
    assert "还差什么" in school.last(wang).text  # of one class, and not which of several


@pytest.mark.parametrize("name", ["班" * 41, "!!!", "三\u202e班"])
async def test_a_name_that_is_none(school: School, name: str) -> None:
    wang = school.desk.member("王老师")
    await school.says(wang, f"开通 {name}")
    assert not any(one.buttons for one in school.desk.screen(wang))


async def test_a_command_needs_no_slash_and_an_answer_is_no_command(school: School) -> None:
    wang = school.desk.member("王老师")
    for typed in ("help", "帮助", "/help", "／帮助"):
        before = len(school.desk.screen(wang))
        await school.says(wang, typed)
        assert "/help" in school.last(wang).text and len(school.desk.screen(wang)) == before + 1
    await school.says(wang, "今天天气很好")
    assert "还不会处理" in school.last(wang).text


@dataclass
class Class:
    """三年级2班: its teacher, 张小明's and 李雷's mothers, and the group, as its chatid."""

    school: School
    wang: str
    zhang: str
    li: str
    chat: str

    def posted(self) -> list[str]:
        return [one.text for one in self.school.server.corp.chats[self.chat].screen]


async def with_members(school: School) -> tuple[str, str, str]:
    """Go the whole way: the class, two families, and the question whether to make the group."""
    wang, zhang, li = (school.desk.member(name) for name in ("王老师", "张小明妈妈", "李雷妈妈"))
    await school.says(wang, "开通 三年级2班")
    await school.presses(wang, "我是班主任")
    payload = school.last(wang).text.split("/wecom/start/")[1].split()[0]
    await school.says(wang, "roster add 张小明 李雷")
    await school.says(wang, "setup 建群")
    assert "还没有别人" in school.last(wang).text
    for who, words in ((zhang, "张小明 妈妈"), (li, "李雷 妈妈")):
        await school.says(who, f"/start {payload}")
        await school.says(who, words)
        await school.presses(who, "同意")
        await school.presses(wang, "同意")
    await school.says(wang, "setup 建群")
    assert "2 位" in school.desk.screen(wang)[-1].text
    return wang, zhang, li


async def with_group(school: School) -> Class:
    """And the group."""
    wang, zhang, li = await with_members(school)
    await school.presses(wang, "建群")
    [chat] = school.server.corp.chats.values()
    assert (chat.owner, set(chat.members), chat.name) == (wang, {wang, zhang, li}, "三年级2班")
    return Class(school, wang, zhang, li, chat.chatid)


async def test_the_group_is_made_and_notices_go_there(school: School) -> None:
    here = await with_group(school)
    [opened] = here.posted()
    assert "三年级2班 开通了" in opened and "请在企业微信的应用「班务助手」里回复" in opened
    await school.says(here.wang, "setup 建群")
    assert "不用再建" in school.last(here.wang).text
    await school.says(here.wang, "setup")
    assert "看不到群里的话" in school.last(here.wang).text and "权限" not in school.last(here.wang).text
    await school.says(here.wang, "通知 明天春游，请穿校服")
    await school.presses(here.wang, "发送")
    assert "明天春游，请穿校服" in here.posted()[-1]


async def test_criticism_reaches_the_family_alone_and_cannot_be_passed_on(school: School) -> None:
    here = await with_group(school)
    before = here.posted()
    await school.says(here.wang, "concern 李雷 今天没有带作业本")
    await school.presses(here.wang, "发送")
    [told] = [one for one in school.desk.screen(here.li) if "没有带作业本" in one.text]
    assert told.safe and told.kind == "text"
    assert not any("作业本" in text for text in school.desk.said(here.zhang))
    assert here.posted() == before
    assert {one.body.get("touser") for one in sent_with(school, "作业本")} == {here.wang, here.li}


def sent_with(school: School, words: str) -> list[Served]:
    return [one for one in school.server.asked("message/send") if words in str(one.body)]


async def test_what_is_offered_to_a_teacher_is_nothing_in_other_hands(school: School) -> None:
    wang, *_ = await with_members(school)
    await pressed_by_others(school.server, school.app, school._settled, wang, "setup.make_group")
    assert school.server.corp.chats == {}
    await school.says(wang, "开通 四年级1班")
    stranger = school.desk.member("路过的人")
    with school.app.database.transaction() as records:
        asked = records.exec(select(ButtonRow).where(ButtonRow.purpose == "setup.alone")).all()
        classes = len(records.exec(select(Classroom)).all())
    for button in asked:
        school.server.postman.calls_a_button(stranger, button.token)
    await school._settled()
    with school.app.database.transaction() as records:
        assert len(records.exec(select(Classroom)).all()) == classes
