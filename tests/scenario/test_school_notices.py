"""A class whose families are in the school's address book: filled from it, told by the school's notices."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette

from bot import families
from bot.app import App
from bot.limits import Limits
from bot.platforms.wecom_school import CHANGED, SchoolPlatform
from bot.vault import DatabaseVault
from bot.web_server import serving
from handlers.room import Defaults
from handlers.school.looking import plan_welcome
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.platforms import school_kit
from tests.platforms.wecom_kit import Desk, desk, migrate, until
from tests.security.others import pressed_by_others
from tests.wecomapi import Corp, Shown, WeComServer
from tests.wecomapi.school import School, changed, follows

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai."""

FREE = Limits(0, 0, 0, 0)
PUBLIC = "https://class.example"


@dataclass
class Place:
    """The whole bot, a teacher's hands in the app, and the phones of the school's families."""

    desk: Desk
    app: App
    pages: httpx.AsyncClient
    wang: str

    @property
    def school(self) -> School:
        return self.desk.corp.school

    async def says(self, words: str, who: str = "") -> None:
        """The teacher writes, and the bot has done all that follows."""
        self.desk.server.postman.writes(who or self.wang, words)
        await self.settled()

    async def presses(self, label: str, who: str = "") -> None:
        """Press the newest button that begins so, or answer with its number."""
        who = who or self.wang
        for one in reversed(self.desk.screen(who)):
            if whole := next((key for key in one.buttons if key.startswith(label)), ""):
                self.desk.server.postman.presses(who, one, whole)
                break
            if number := re.search(rf"(?m)^([0-9]+)  {label}", one.text):
                self.desk.server.postman.writes(who, number[1])
                break
        else:
            raise AssertionError(f"no {label} is offered in {self.desk.said(who)}")
        await self.settled()

    def last(self, who: str = "") -> Shown:
        return self.desk.screen(who or self.wang)[-1]

    def said(self) -> str:
        return "\n".join(self.desk.said(self.wang))

    async def settled(self) -> None:
        await until(lambda: self.desk.server.postman.brought == self.desk.server.postman.called)
        await self.app.settle()

    async def hours(self, hours: float) -> None:
        """Time passes, and what falls due happens."""
        self.desk.pass_(hours * 3600)
        await self.app.tick()
        await self.settled()

    def read(self, parent: str) -> list[str]:
        return self.school.read(parent)

    async def opens(self, parent: str) -> httpx.Response:
        """A parent opens the link of the newest letter that has one."""
        found = next(
            re.search(r'href="([^"]+)"', text) for text in reversed(self.read(parent)) if "href" in text
        )
        assert found is not None
        return await self.pages.get(found[1])

    async def confirms(self, parent: str) -> None:
        """A parent presses the one button of the page."""
        page = await self.opens(parent)
        fields = dict(re.findall(r'name="(once|press)" value="([^"]+)"', page.text))
        answer = await self.pages.post(page.url, data=fields)
        assert answer.status_code in (200, 303), answer.text
        await self.settled()


@pytest.fixture(scope="module")
def shared() -> Iterator[WeComServer]:
    with WeComServer() as server:
        yield server


@pytest.fixture
def server(shared: WeComServer) -> Iterator[WeComServer]:
    vars(shared.corp).update(vars(Corp()))
    shared.requests.clear()
    shared.clear()
    yield shared
    shared.postman.drop()
    assert shared.violations == [] and shared.postman.given_up == []
    assert shared.corp.school.on_students_phones == []


@pytest.fixture
async def place(
    server: WeComServer, database_kind: Kind, fresh_database: FreshDatabase
) -> AsyncIterator[Place]:
    school_kit.some_school(server.corp.school)
    async with desk(server, fresh_database(database_kind, migrate)) as made:
        made.pass_((MONDAY - made.now()).total_seconds())
        vault = DatabaseVault(made.database, made.now)
        office = SchoolPlatform(
            school_kit.settings_of(server), vault, now=made.now, clock=lambda: server.corp.later
        )
        made.platform.hand_on(CHANGED, office.happened)
        limits = {"wecom": FREE, "wecom.school": FREE}
        app = App(
            made.database,
            [made.platform, office],
            limits=limits,
            now=made.now,
            defaults=Defaults(public_url=PUBLIC),
        )
        await app.open()
        listening = socket.create_server(("127.0.0.1", 0))
        server.postman.url = f"http://127.0.0.1:{listening.getsockname()[1]}/wecom/callback"
        office.routes(app.intake.door_of("wecom.school"))
        wang = server.corp.member("wang", "王老师")
        transport = httpx.ASGITransport(app=Starlette(routes=families.routes(app)))
        async with (
            serving(listening, made.platform.routes(app.intake.door_of("wecom"))),
            httpx.AsyncClient(transport=transport, base_url=PUBLIC) as pages,
        ):
            here = Place(made, app, pages, wang)
            await here.says("开通 三年级2班")
            await here.presses("我是班主任")
            yield here
        await office.close()


async def filled(place: Place) -> Place:
    """三年级2班, from the address book."""
    await place.says("名册 学校")
    await place.presses("好，就用它")
    return place


async def test_a_class_is_filled_and_looked_at_again_without_a_change(place: Place) -> None:
    assert "名册 学校" in place.last().text  # the checklist says what comes next
    await place.says("名册 学校")
    assert "“三年级2班”，您是那里的老师" in place.last().text
    await place.presses("好，就用它")
    told = place.last().text
    assert "新加 2 位同学" in told and "新绑定 3 位家长" in told
    assert "关注学校通知" in told and "李雷" in told and "张小明" not in told
    assert "张小明 的妈妈" in place.read("zhang_ma")[0] and "张小明 的爸爸" in place.read("zhang_ba")[0]
    assert place.read("li_ma") == []
    await place.says("名册")
    assert "1 位的家长已经能在私聊里收到消息" in place.said() and "还没联系上的 1 位：李雷" in place.said()
    before = {who: place.read(who) for who in ("zhang_ma", "zhang_ba")}
    await place.says("名册 学校")
    assert "新加 0 位同学，更新 0 位，没有变化 2 位；新绑定 0 位家长" in place.last().text
    assert {who: place.read(who) for who in before} == before
    with place.desk.database.transaction() as records:  # as it is planned from the server
        plan_welcome(records, 1, [1], place.desk.now())
    await place.hours(0.1)
    assert place.read("zhang_ma")[-1] == before["zhang_ma"][0] and len(place.read("zhang_ba")) == 1


async def test_what_the_school_changes_is_taken_in_and_what_it_drops_is_shown(place: Place) -> None:
    await filled(place)
    said = len(place.desk.said(place.wang))
    place.school.student("hanmeimei", "韩梅梅", 4)
    place.school.parent("han_ba", "爸爸", "hanmeimei", mobile="13800000004")
    changed(place.desk.server.postman, "create_student", "hanmeimei")
    del place.school.parents["zhang_ba"]
    changed(place.desk.server.postman, "delete_parent", "zhang_ba")
    await place.settled()
    assert len(place.desk.said(place.wang)) == said  # the school may still be at it
    await place.hours(0.2)
    told = place.said()
    assert "新加 1 位同学" in told and "新绑定 1 位家长" in told and "张小明爸爸" in told
    assert "韩梅梅 的爸爸" in place.read("han_ba")[0]
    said = len(place.desk.said(place.wang))
    await place.hours(24)
    assert len(place.desk.said(place.wang)) == said  # the teacher knows already
    await place.presses("解除 张小明爸爸")
    assert "已解除：张小明爸爸" in place.said()


async def test_who_begins_to_follow_gets_what_waited(place: Place) -> None:
    await filled(place)
    assert place.read("li_ma") == []
    follows(place.desk.server.postman, "li_ma")
    await place.settled()
    assert "李雷 的妈妈" in place.read("li_ma")[0]
    await place.says("名册")
    assert "2 位的家长已经能在私聊里收到消息" in place.said()
    follows(place.desk.server.postman, "li_ma", on=False)
    await place.settled()
    await place.says("名册")
    assert place.said().count("还没联系上的 1 位：李雷") == 1


async def test_criticism_reaches_the_chosen_parent_and_never_a_child(place: Place) -> None:
    await filled(place)
    await place.says("concern 张小明 今天没有带作业本")
    await place.presses("☑ 张小明爸爸")
    await place.presses("发送")
    assert any("没有带作业本" in text for text in place.read("zhang_ma"))
    assert not any("作业本" in text for who in ("zhang_ba", "li_ma") for text in place.read(who))
    page = await place.opens("zhang_ma")
    assert page.status_code == 200 and "没有带作业本" in page.text
    sent = [one.body for one in place.desk.server.asked("externalcontact/message/send")]
    assert all(one["recv_scope"] == 0 and one["to_student_userid"] == [] for one in sent)
    assert {str(one["to_parent_userid"]) for one in sent if "作业本" in str(one)} == {"['zhang_ma']"}


async def test_criticism_of_a_family_that_follows_not_comes_back_to_the_teacher(place: Place) -> None:
    await filled(place)
    await place.says("concern 李雷 今天没有带作业本")
    await place.presses("发送")
    told = place.said()
    assert "没有送到李雷妈妈：对方没有关注学校的微信通知" in told and "13800000003" in told
    assert place.read("li_ma") == []


async def test_a_parent_of_two_children_is_one_and_one_with_a_childs_account_is_none(place: Place) -> None:
    await filled(place)
    place.school.student("zhangxiaohong", "张小红", 4)
    place.school.parents["zhang_ma"].children["zhangxiaohong"] = "妈妈"
    await place.says("名册 学校")
    assert "新加 1 位同学" in place.last().text and "新绑定 1 位家长" in place.last().text
    assert "张小红 的妈妈" in place.read("zhang_ma")[-1]
    place.school.parent("lilei", "爸爸", "zhangxiaoming")
    await place.says("名册 学校")
    assert "家长的账号和学生的一样" in place.last().text and "新绑定 0 位家长" in place.last().text


async def test_a_child_that_the_teacher_took_off_stays_off_until_she_puts_it_back(place: Place) -> None:
    await filled(place)
    await place.says("名册 删除 李雷")
    await place.presses("删除")
    await place.says("名册 学校")
    assert "您从名册上删过、没有再加的：李雷" in place.last().text and "新加 0 位" in place.last().text
    await place.says("名册 添加 李雷")
    await place.says("名册 学校")
    assert "删过" not in place.last().text and "新绑定 1 位家长" in place.last().text


async def test_a_teacher_reads_no_other_class_and_hears_where_nothing_can_be_read(place: Place) -> None:
    await place.says("名册 学校 一年级1班")
    assert "您在下面这几个班是老师" in place.said() and "一年级1班" not in place.said()
    place.school.departments[4].admins.clear()
    await place.says("名册 学校")
    assert "还看不到您是哪个班的老师" in place.last().text
    await place.says("名册")
    assert "还是空的" in place.last().text
    place.desk.server.fault("school/department/list", 48002)
    await place.says("名册 学校")
    assert "现在读不到学校通讯录" in place.last().text


async def test_a_class_that_the_app_may_not_tell_is_said(place: Place) -> None:
    place.school.scope = [5]
    await filled(place)
    assert "不在应用的可用范围" in place.last().text and "新加 2 位同学" in place.last().text
    place.school.scope = [2]  # the whole year
    await place.says("名册 学校")
    assert "可用范围" not in place.last().text


async def test_a_mother_who_was_here_before_is_joined_on_the_teachers_word(place: Place) -> None:
    """Two accounts that are the same to a child are shown; nothing is compared but that."""
    mother = place.desk.member("小明的妈")
    payload = place.last().text.split("/wecom/start/")[1].split()[0]
    await place.says("roster add 张小明 李雷")
    await place.says(f"/start {payload}", mother)
    await place.says("张小明 妈妈", mother)
    await place.presses("同意", mother)
    await place.presses("同意")
    await filled(place)
    asked = place.last()
    assert "原来就有一个账号" in asked.text and "张小明妈妈" in asked.text
    await place.presses("张小明妈妈：是同一位")
    assert "合成一位了：张小明妈妈" in place.said()
    assert "学校通知里的“张小明妈妈”也是您" in place.last(mother).text
    before = len(place.read("zhang_ma"))
    await place.says("concern 张小明 今天没有带作业本")
    assert place.said().count("☑ 张小明妈妈") == 1
    await place.presses("发送")
    told = [*place.desk.said(mother), *place.read("zhang_ma")[before:]]
    assert sum("没有带作业本" in text for text in told) == 1


async def test_who_runs_no_school_is_told_what_else_to_do(place: Place) -> None:
    await place.says("名册 学校 停")
    assert "没有连着学校通讯录" in place.last().text
    await filled(place)
    await place.says("名册 学校 停")
    assert "以后不再看学校通讯录" in place.last().text
    changed(place.desk.server.postman, "create_student", "x")
    await place.hours(1)
    await place.says("名册")
    assert "还没联系上的 1 位：李雷" in place.said()


async def test_a_notice_reaches_every_parent_who_follows_and_one_answer_counts_for_the_family(
    place: Place,
) -> None:
    await filled(place)
    await place.says("通知 明天春游，请穿校服")
    assert "一家一家私下发" in place.said() and "私信联系不上：李雷" in place.said()
    await place.presses("发送")
    for parent in ("zhang_ma", "zhang_ba"):
        assert "明天春游，请穿校服" in place.read(parent)[-1]
    await place.says("谁没回")
    assert "收到 0/2" in place.said() and "李雷（未关注学校通知）" in place.said()
    page = await place.opens("zhang_ba")
    assert "明天春游，请穿校服" in page.text
    await place.confirms("zhang_ba")
    await place.says("谁没回")
    told = place.said()
    assert "收到 1/2" in told and "还没回的 1 家：\n· 李雷（未关注学校通知）" in told
    assert "已经收到：张小明" in told
    [once] = [text for text in place.read("zhang_ma") if "明天春游" in text]
    assert place.read("zhang_ba").count(once) == 0  # each has a link of their own


async def test_beside_a_group_of_the_app_the_families_of_the_school_are_told_alone(place: Place) -> None:
    """李雷's mother is in the group in WeCom; 张小明's parents have the school's notices and nothing else."""
    mother = place.desk.member("李雷的妈")
    payload = place.last().text.split("/wecom/start/")[1].split()[0]
    await place.says("roster add 李雷")
    await place.says(f"/start {payload}", mother)
    await place.says("李雷 妈妈", mother)
    await place.presses("同意", mother)
    await place.presses("同意")
    await place.says("setup 建群")
    await place.presses("建群")
    [group] = place.desk.corp.chats.values()
    await filled(place)
    before = len(place.desk.said(mother))
    await place.says("通知 明天春游，请穿校服")
    await place.presses("发送")
    assert "明天春游" in group.screen[-1].text and len(place.desk.said(mother)) == before
    for parent in ("zhang_ma", "zhang_ba"):
        assert "明天春游" in place.read(parent)[-1] and "只私下发给" not in place.read(parent)[-1]
    await place.confirms("zhang_ma")
    await place.says("谁没回")
    assert "收到 1/2" in place.said()
    await place.presses("更正")
    await place.says("后天春游，请穿校服")
    await place.presses("发送")
    assert "后天春游" in place.read("zhang_ba")[-1] and "更正" in place.read("zhang_ba")[-1]
    await place.presses("撤回")
    assert "已撤回" in (await place.opens("zhang_ba")).text
    await place.says("投票 春游去哪\n动物园\n科技馆")
    await place.presses("发")
    assert "春游去哪" in group.screen[-1].text and "春游去哪" in place.read("zhang_ma")[-1]
    assert len([text for text in place.desk.said(mother) if "春游去哪" in text]) == 0


async def test_what_is_offered_to_a_teacher_is_nothing_in_other_hands(place: Place) -> None:
    await place.says("名册 学校")
    server = place.desk.server
    await pressed_by_others(server, place.app, place.settled, place.wang, "school.take")
