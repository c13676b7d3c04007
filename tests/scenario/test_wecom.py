"""A class in WeCom, where the bot is heard in its own conversation only: from nothing, in users' words."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from bot.app import App
from bot.limits import Limits
from bot.web_server import serving
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.platforms.wecom_kit import Desk, desk, migrate, until
from tests.wecomapi import Shown, WeComServer


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
        found = [one for one in self.desk.screen(who) if label in one.buttons][-1]
        self.server.postman.presses(who, found, label)
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
    assert "三年级2班" in checklist and "0/0" in checklist and "群" not in checklist
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


async def test_criticism_reaches_the_family_alone_and_cannot_be_passed_on(school: School) -> None:
    wang, zhang, other = (school.desk.member(name) for name in ("王老师", "李雷妈妈", "张小明妈妈"))
    await school.says(wang, "开通 三年级2班")
    await school.presses(wang, "我是班主任")
    await school.says(wang, "roster add 李雷 张小明")
    chat = school.server.corp.make_chat("三年级2班", wang, [wang, zhang, other])
    await school.says(wang, "concern 李雷 没有带作业本")
    everything = [one.text for one in school.server.corp.chats[chat].screen]
    assert everything == []
    assert not any("李雷" in text for who in (zhang, other) for text in school.desk.said(who))
