"""A class whose families follow a service account: from nothing, in users' words."""

from __future__ import annotations

import asyncio
import html
import re
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from bot import families, service_account
from bot.app import App
from bot.limits import Limits
from bot.platforms.web import WebPlatform
from bot.ports import Platform
from bot.web_server import serving
from classroom.events import Sender
from handlers.room import Defaults
from storage import identity
from storage.tables import Chat, Person
from templates.render import Say
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.officialapi import OfficialServer, Shown
from tests.platforms.official_kit import Desk, desk
from tests.platforms.wecom_kit import migrate, until
from tests.ready import ready_class
from tests.world import UNLIMITED, World

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai."""

PUBLIC = "https://class.example"
DAYS = 86400.0
CONCERN = "这周三次没有带作业本，我们一起想想办法"


@dataclass
class School:
    """The whole bot with a service account, its followers' phones and their browser."""

    desk: Desk
    app: App
    browser: httpx.AsyncClient

    @property
    def server(self) -> OfficialServer:
        return self.desk.server

    def person(self, *, following: bool = True) -> str:
        return self.server.account.person(following=following)

    def screen(self, who: str) -> list[Shown]:
        return self.desk.screen(who)

    def last(self, who: str) -> str:
        return self.screen(who)[-1].text

    async def says(self, who: str, words: str) -> None:
        self.server.postman.writes(who, words)
        await self.settled()

    async def scans(self, who: str, link: str) -> None:
        """Open a link in the browser, and scan the code that stands there."""
        known = set(self.server.account.codes)
        page = await self.browser.get(link.removeprefix(PUBLIC))
        assert page.status_code == 200
        [url] = set(self.server.account.codes) - known
        self.server.postman.scans(who, url)
        await self.settled()

    async def opens(self, who: str) -> str:
        """Open the newest link on somebody's screen; gives what the page says."""
        page = await self.browser.get(self.link(who))
        assert page.status_code == 200, page.text
        return _words(page)

    async def presses(self, who: str, label: str) -> str:
        """Open the newest link, press a button there, and give what the page says then."""
        link = self.link(who)
        page = await self.browser.get(link)
        found = re.search(rf'name="(press|open)" value="([^"]+)">[^<]*{re.escape(label)}', page.text)
        assert found, page.text
        once = page.text.split('name="once" value="')[1].split('"')[0]
        await self.browser.post(link, data={"once": once, found[1]: found[2]})
        await self.settled()
        return _words(await self.browser.get(f"{link}?done={once}"))

    async def settled(self) -> None:
        await until(lambda: self.server.postman.brought == self.server.postman.called)
        await self.app.settle()
        await until(lambda: self.server.postman.brought == self.server.postman.called)
        await self.app.settle()

    def link(self, who: str) -> str:
        for one in reversed(self.screen(who)):
            if found := one.url or "".join(re.findall(r'href="([^"]+/f/[^"]+)"', one.text)[-1:]):
                return found.removeprefix(PUBLIC)
        raise AssertionError("no link has come")


def _words(page: httpx.Response) -> str:
    return html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.text, flags=re.DOTALL))


@pytest.fixture(scope="module")
def shared() -> Iterator[OfficialServer]:
    with OfficialServer() as server:
        yield server
    assert server.violations == [] and server.postman.given_up == []


@pytest.fixture
async def school(
    shared: OfficialServer, database_kind: Kind, fresh_database: FreshDatabase
) -> AsyncIterator[School]:
    shared.account.later = 0.0
    menus = service_account.menus(Say("zh_CN"))
    async with desk(shared, fresh_database(database_kind, migrate), menus=menus) as made:
        made.pass_((MONDAY - made.now()).total_seconds())
        app = App(
            made.database,
            [made.platform],
            defaults=Defaults(public_url=PUBLIC),
            limits={"official_account": Limits(0, 0, 0, 0)},
            now=made.now,
        )
        await app.open()
        listening = socket.create_server(("127.0.0.1", 0))
        root = f"http://127.0.0.1:{listening.getsockname()[1]}"
        shared.postman.url = f"{root}/official-account/callback"
        routes = [*made.platform.routes(app.intake.door_of("official_account")), *families.routes(app)]
        async with serving(listening, routes), httpx.AsyncClient(base_url=root) as browser:
            yield School(made, app, browser)
        shared.postman.url = ""


async def class_of(school: School, *children: str) -> tuple[str, list[str], str]:
    """A teacher who has opened 三年级2班, a mother for each child, and the class's link."""
    wang = school.person()
    await school.says(wang, "开通 三年级2班")
    await school.presses(wang, "我是班主任")
    await school.says(wang, f"名册 add {' '.join(children)}")
    await school.says(wang, "开通")
    [link] = set(re.findall(rf"{PUBLIC}/official-account/start/[\w-]+", school.last(wang)))
    mothers = []
    for child in children:
        mother = school.person(following=False)
        await school.scans(mother, link)
        await school.says(mother, f"{child} 妈妈")
        await school.presses(mother, "同意")
        await school.presses(wang, "同意")
        mothers.append(mother)
    return wang, mothers, link


async def test_a_class_from_nothing_and_nobody_is_called_by_no_name(school: School) -> None:
    wang, [zhang], link = await class_of(school, "张小明")
    assert any("1. 张小明妈妈\n" in one.text for one in school.screen(wang))
    assert "好了，您是 三年级2班 张小明 的妈妈" in school.last(zhang)
    menu = school.server.account.menu_of
    assert list(menu(wang)) == ["发布", "班级", "我的"] and "发通知" in menu(wang)["发布"]
    assert list(menu(zhang)) == ["孩子", "班级", "我的"] and "发布" not in menu(zhang)
    school.server.postman.picks(zhang, "请假")
    await school.settled()
    assert "张小明" in school.last(zhang)
    late = school.person(following=False)
    school.server.postman.follows(late)
    await school.settled()
    assert "打开老师给您的链接" in school.last(late)
    await school.scans(late, link)
    assert "哪位同学的家人" in school.last(late)
    await school.says(wang, "帮助")
    assert "/help" in school.last(wang) or "/notice" in school.last(wang)


async def test_a_notice_is_confirmed_on_the_page_by_who_has_not_written_for_days(school: School) -> None:
    wang, [zhang, li], _ = await class_of(school, "张小明", "李雷")
    school.desk.pass_(3 * DAYS)
    await school.says(wang, "通知 明天春游，请穿校服")
    await school.presses(wang, "发送")
    for mother in (zhang, li):
        told = school.screen(mother)[-1]
        assert told.kind == "template" and "春游" not in told.text
    school.desk.pass_(5)  # WeChat's word that it arrived may come before ours that it was sent
    await school.app.tick()
    await school.settled()
    await school.says(li, "您好")
    assert "明天春游，请穿校服" in await school.opens(zhang)
    assert "已记为收到" in await school.presses(zhang, "收到")
    await school.says(wang, "谁没回")
    [asked] = [one.text for one in school.screen(wang) if "已经收到：" in one.text]
    assert "· 李雷\n" in asked and "已经收到：张小明" in asked and "1 家已送达" in asked


async def test_praise_and_a_poll_on_the_page(school: School) -> None:
    wang, [zhang, li], _ = await class_of(school, "张小明", "李雷")
    await school.says(wang, "表扬 李雷 主动帮同学扫地")
    assert "主动帮同学扫地" in school.last(li) and "扫地" not in school.last(zhang)
    await school.says(wang, "投票 春游去哪里？ | 动物园 | 科技馆")
    await school.presses(wang, "发送")
    assert "已投：动物园" in await school.presses(zhang, "动物园")
    await school.says(wang, "投票 1")
    assert "1/2" in await school.opens(li)


async def test_a_file_that_cannot_be_sent_is_on_the_page(school: School) -> None:
    wang, _, _ = await class_of(school, "张小明")
    await school.says(wang, "名册 导出")
    assert "还有文件，点这里看" in school.last(wang)
    page = await school.browser.get(school.link(wang))
    found = re.search(r'class="file"><a href="([^"]+)">附件：名册-三年级2班.xlsx<', page.text)
    assert found
    file = await school.browser.get(f"/f/{found[1]}")
    assert file.status_code == 200 and file.content.startswith(b"PK")
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    code, _, place = found[1].partition("/")
    forged = f"{code[:-1]}{'1' if code.endswith('0') else '0'}/{place}"
    for wrong in (f"{code}/1-0", f"{code}/x", f"{code}/{place}9", forged):
        assert (await school.browser.get(f"/f/{wrong}")).status_code == 404
    school.desk.pass_(25 * 3600)
    assert (await school.browser.get(f"/f/{found[1]}")).status_code == 404  # a list is not left lying about


async def test_criticism_reaches_the_family_alone_and_a_knock_holds_none_of_it(school: School) -> None:
    wang, [zhang, li], _ = await class_of(school, "张小明", "李雷")
    school.desk.pass_(3 * DAYS)
    before = school.screen(zhang)
    await school.says(wang, f"concern 李雷 {CONCERN}")
    await school.presses(wang, "发送")
    told = school.screen(li)[-1]
    assert told.kind == "template" and "李雷" not in told.text and "作业" not in told.text
    assert CONCERN in await school.opens(li)
    assert school.screen(zhang) == before
    sent = [one for one in school.server.requests if "作业本" in str(one.body)]
    assert {one.body.get("touser") for one in sent} <= {wang, li}


async def test_who_follows_no_more_is_the_teachers_to_reach(school: School) -> None:
    wang, [_, li], _ = await class_of(school, "张小明", "李雷")
    school.server.postman.leaves(li)
    await school.settled()
    before = school.screen(li)
    await school.says(wang, f"concern 李雷 {CONCERN}")
    said = await school.presses(wang, "发送")
    assert school.screen(li) == before
    assert "李雷" in said + "".join(one.text for one in school.screen(wang)[-2:])


async def test_who_follows_no_more_is_told_at_the_next_private_door_and_never_in_a_group(
    shared: OfficialServer, fresh_database: FreshDatabase
) -> None:
    shared.account.later = 0.0
    async with desk(shared, fresh_database("sqlite", migrate)) as made:
        made.pass_((MONDAY - made.now()).total_seconds())
        world = World(made.database)
        both: list[Platform] = [world.platform, made.platform]
        world.app = App(made.database, both, limits=UNLIMITED, now=world.now, clock=world.clock)
        here = await ready_class(world)
        li = here.mothers["李雷"]
        with made.database.transaction() as records:
            sender = Sender(shared.account.person(following=False))
            account = identity.meet_account(records, "official_account", sender, world.now())
            chat, known = (
                records.get(Chat, account.chat_id),
                identity.meet_account(records, "web", li.sender, world.now()),
            )
            person = records.get(Person, known.person_id)
            assert chat is not None and person is not None
            chat.door, account.person_id, person.channel = "open", known.person_id, chat.id
        await here.teacher.in_private(f"/concern 李雷 {CONCERN}")
        await here.teacher.press("发送")
        assert any(CONCERN in shown.text for shown in li.private.visible)
        assert not any(CONCERN in shown.text for shown in world.group.visible)
        assert made.screen(sender.native) == []
        assert shared.asked("message/custom/send")[-1].answer["errcode"] == 43004


class Inside(WebPlatform):
    """A messenger for members only, which hears nothing but in private, as a school's own app does."""

    private_only = True


async def test_families_come_in_by_the_account_where_the_teacher_is_on_one_for_members(
    shared: OfficialServer, fresh_database: FreshDatabase
) -> None:
    async with desk(shared, fresh_database("sqlite", migrate)) as made:
        world = World(made.database)
        world.platform = Inside(world.now)
        both: list[Platform] = [world.platform, made.platform]
        world.app = App(made.database, both, limits=UNLIMITED, now=world.now, clock=world.clock)
        wang = world.someone("10", "王老师")
        await wang.in_private("开通 三年级2班")
        await wang.press("我是班主任")
        said = wang.private.visible[-1].text
        everybody, _, members = said.partition("家长自己也在企业微信里")
        assert f"{PUBLIC}/official-account/start/" in everybody
        assert members and "/official-account/" not in members
        await wang.in_private("名册 add 张小明")
        await wang.in_private("名册")
        assert f"{PUBLIC}/official-account/start/" in wang.private.visible[-1].text


async def test_a_question_is_answered_by_the_call_itself_while_the_bot_runs(
    shared: OfficialServer, fresh_database: FreshDatabase
) -> None:
    shared.account.later = 0.0
    async with desk(shared, fresh_database("sqlite", migrate), answer_within=5.0) as made:
        limits = {"official_account": Limits(0, 0, 0, 0)}
        app, stop = App(made.database, [made.platform], limits=limits, now=made.now), asyncio.Event()
        await app.connect()
        running = asyncio.create_task(app.run(stop))
        listening = socket.create_server(("127.0.0.1", 0))
        shared.postman.url = f"http://127.0.0.1:{listening.getsockname()[1]}/official-account/callback"
        async with serving(listening, made.platform.routes(app.intake.door_of("official_account"))):
            who = shared.account.person()
            shared.postman.writes(who, "帮助")
            await until(lambda: bool(made.screen(who)))
        stop.set()
        await running
        shared.postman.url = ""
    [shown] = made.screen(who)
    assert shown.passive and "/help" in shown.text
