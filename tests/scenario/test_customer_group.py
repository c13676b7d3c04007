"""A class whose parents are in WeChat: its group is looked into, and the teacher sends what is prepared."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest

from bot.app import App
from bot.config import Settings
from bot.customer_groups import group_settings
from bot.limits import Limits
from bot.platforms.wecom_group import CHANGED, PLATFORM, WeComGroupPlatform
from bot.vault import DatabaseVault
from bot.web_server import serving
from handlers.room import Defaults
from storage import checking, further, identity, looking
from storage.database import Records
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.platforms.wecom_kit import desk, migrate
from tests.scenario.test_wecom import MONDAY, School
from tests.security.others import pressed_by_others
from tests.wecomapi import WeComServer, customers
from tests.wecomapi.customers import CustomerGroup, Customers, Mass

FITTING = ("张小明妈妈", "李雷爸爸", "韩梅梅妈妈")


@dataclass
class Groups(School):
    """The whole bot with its app, and the parents' groups of the school."""

    platform: WeComGroupPlatform

    @property
    def customers(self) -> Customers:
        return customers.of(self.server.corp)

    async def passes(self, minutes: float) -> None:
        """So much time goes by, and all is done that is due then."""
        self.desk.pass_(minutes * 60)
        await self.app.tick()
        await self.app.settle()
        await self.platform.round(self.app.intake.door_of(PLATFORM))
        await self.app.settle()
        self.desk.pass_(90)
        await self.app.tick()
        await self.app.settle()

    def waiting(self, who: str) -> list[Mass]:
        return self.customers.waiting(who)


@dataclass
class Class:
    """三年级2班, its teacher, and its parents' group in WeChat."""

    school: Groups
    wang: str
    group: CustomerGroup

    def said(self) -> list[str]:
        return self.school.desk.said(self.wang)

    def rename(self, old: str, new: str) -> None:
        """Somebody changes their nickname in the group: nobody is told of it."""
        next(g for g in self.group.guests.values() if g.nickname == old).nickname = new


@pytest.fixture
def server() -> Iterator[WeComServer]:
    with WeComServer() as server:
        yield server
        assert server.violations == [] and server.postman.given_up == []


@pytest.fixture
async def school(
    server: WeComServer, database_kind: Kind, fresh_database: FreshDatabase
) -> AsyncIterator[Groups]:
    async with desk(server, fresh_database(database_kind, migrate)) as made:
        made.pass_((MONDAY - made.now()).total_seconds())

        async def watched() -> list[str]:
            found = await made.database.look(lambda r: checking.groups_of_classes(r, PLATFORM))
            return [one.native for one in found]

        corp = server.corp
        chosen = Settings.model_validate(
            {
                "wecom": {"corp_id": corp.corp_id, "agent_id": corp.agent_id, "secret": corp.secret}
                | {"api_root": server.url},
                "web": {"public_url": "https://class.example"},
            }
        )
        groups = WeComGroupPlatform(
            group_settings(chosen), DatabaseVault(made.database, made.now), now=made.now, watched=watched
        )
        made.platform.hand_on(CHANGED, groups.happened)
        limits = {name: Limits(0, 0, 0, 0) for name in ("wecom", PLATFORM)}
        app = App(
            made.database,
            [made.platform, groups],
            defaults=Defaults(public_url="https://class.example"),
            limits=limits,
            now=made.now,
        )
        await app.open()
        listening = socket.create_server(("127.0.0.1", 0))
        server.postman.url = f"http://127.0.0.1:{listening.getsockname()[1]}/wecom/callback"
        routes = made.platform.routes(app.intake.door_of("wecom")) + groups.routes()
        async with serving(listening, routes):
            yield Groups(made, app, groups)
        await groups.close()


async def with_group(school: Groups, *nicknames: str) -> Class:
    """The teacher opens the class, writes the roster and chooses the group."""
    wang = school.desk.member("王老师")
    group = school.customers.group(school.server.corp, wang, "三年级2班家长群", *nicknames)
    await school.says(wang, "开通 三年级2班")
    await school.presses(wang, "我是班主任")
    await school.says(wang, "roster add 张小明 李雷 韩梅梅")
    await school.says(wang, "groups")
    assert f"三年级2班家长群：{len(nicknames)} 人" in school.last(wang).text
    await school.presses(wang, "选“三年级2班家长群”")
    assert "三年级2班的家长群了" in school.last(wang).text.replace(" ", "")
    await school.passes(1)
    return Class(school, wang, group)


async def a_mother_in_the_app(here: Class) -> str:
    """李雷's mother is a member of the corp as well, and answers in private."""
    school, li = here.school, here.school.desk.member("李雷妈妈")
    await school.says(here.wang, "setup")
    payload = school.last(here.wang).text.split("/wecom/start/")[1].split()[0]
    await school.says(li, f"/start {payload}")
    await school.says(li, "李雷 妈妈")
    await school.presses(li, "同意")
    await school.presses(here.wang, "同意")
    return li


def count(here: Class, words: str) -> int:
    return sum(words in one for one in here.said())


async def test_a_wrong_name_is_one_line_of_the_teachers_until_it_is_mended(school: Groups) -> None:
    here = await with_group(school, *FITTING, "幸福一家人")
    [told] = [one for one in here.said() if "还看不出是谁的家长" in one]
    assert "· 幸福一家人" in told and "张小明" not in told and here.group.screen == []
    for _ in range(3):
        await school.passes(40)
    assert count(here, "还看不出是谁的家长") == 1  # not at every look
    here.rename("幸福一家人", "李雷奶奶")
    await school.passes(40)
    assert count(here, "还看不出是谁的家长") == 0 and count(here, "名字都写清了") == 1
    here.rename("李雷爸爸", "岁月静好")
    await school.passes(40)
    [told] = [one for one in here.said() if "还看不出是谁的家长" in one]
    assert "· 岁月静好" in told and "幸福一家人" not in told
    await school.says(here.wang, "groups")
    coverage = school.last(here.wang).text
    assert "4 位家长在群里，1 位的名字还没写清；每个孩子都有家长在" in coverage
    await school.says(here.wang, "roster add 赵敏 孙俪")
    await school.says(here.wang, "groups")
    assert "还没看到这 2 家：赵敏、孙俪" in school.last(here.wang).text
    assert school.customers.masses == {} and here.group.screen == []  # nobody was named in the group


async def test_who_can_be_told_elsewhere_is_told_there_and_not_listed(school: Groups) -> None:
    here = await with_group(school, *FITTING)
    li = await a_mother_in_the_app(here)
    who = school.customers.enter(school.server.corp, here.group, "岁月静好")

    def same_person(records: Records) -> None:
        account = identity.find_account(records, "wecom", li)
        assert account is not None
        further.known_as(records, PLATFORM, who, account.person_id, school.desk.now())

    await school.desk.database.write(same_person)
    await school.passes(40)
    assert "<code>" not in school.last(li).text and "李雷妈妈" in school.last(li).text
    assert "请把群昵称改成" in school.last(li).text and count(here, "还看不出") == 0
    before = len(school.desk.said(li))
    here.rename("岁月静好", "岁月")
    await school.passes(40)
    assert len(school.desk.said(li)) == before  # nobody is pressed


async def test_who_comes_is_seen_at_once_and_who_goes_is_off_the_list(school: Groups) -> None:
    here = await with_group(school, *FITTING)
    looks = school.platform.looking.looks
    who = school.customers.enter(school.server.corp, here.group, "", name="小确幸")
    customers.changed(school.server.postman, here.group, "update", "add_member")
    await school._settled()
    await school.passes(0)
    assert school.platform.looking.looks == looks + 1  # though the half hour is not over
    assert "· 小确幸" in here.said()[-1]  # without a nickname the account's name counts
    del here.group.guests[who]
    customers.changed(school.server.postman, here.group, "update", "del_member")
    await school._settled()
    await school.passes(0)
    assert "名字都写清了" in here.said()[-1]


async def test_a_group_that_is_dissolved_is_said_once(school: Groups) -> None:
    here = await with_group(school, *FITTING)
    del school.customers.groups[here.group.chat_id]
    customers.changed(school.server.postman, here.group, "dismiss")
    await school._settled()
    for _ in range(2):
        await school.passes(40)
    assert count(here, "群“三年级2班家长群”") == 1
    await school.says(here.wang, "通知 明天春游")
    await school.presses(here.wang, "发送")
    assert school.customers.masses == {}


async def test_a_notice_waits_for_the_teachers_tap_and_is_followed_up(school: Groups) -> None:
    here = await with_group(school, *FITTING)
    li = await a_mother_in_the_app(here)
    await school.says(here.wang, "通知 明天春游，请穿校服")
    await school.presses(here.wang, "发送")
    [mass] = school.waiting(here.wang)
    assert "明天春游，请穿校服" in mass.text and here.group.screen == []
    assert mass.text.endswith("要回复的，请点您收到的私信；没收到的，跟老师说一声就行。")
    await school.passes(0)
    told = here.said()[-1]
    assert "点一下“发送”" in told and "三年级2班家长群" in told and "明天春游" in told
    page = told.split("https://class.example")[1].split()[0]
    shown = await fetched(school, page)
    assert "明天春游，请穿校服" in shown and "https://wwcdn" not in shown
    assert await outcomes(school) == ["awaiting_teacher_confirm"]
    school.customers.sends(mass)
    await school.passes(30)
    assert here.group.screen == [mass.text] and "已经发到" in "".join(here.said())
    assert count(here, "内容写好了") == 0
    assert await outcomes(school) == ["delivered"]
    await school.says(li, "收到")
    await school.says(here.wang, "receipts")
    assert "1/3" in school.last(here.wang).text


async def test_a_notice_is_corrected_or_withdrawn_before_the_tap_and_after_it(school: Groups) -> None:
    here = await with_group(school, *FITTING)
    await school.says(here.wang, "通知 明天春游，请穿校服")
    await school.presses(here.wang, "发送")
    assert "写好了，等您在企业微信里点“发送”" in "".join(here.said())
    await school.presses(here.wang, "更正")
    await school.says(here.wang, "后天春游，请穿校服")
    await school.presses(here.wang, "发送")
    [mass] = school.waiting(here.wang)  # the wrong one can be sent no more
    assert "后天春游" in mass.text
    school.customers.sends(mass)
    await school.passes(10)
    await school.presses(here.wang, "撤回")
    [mass] = school.waiting(here.wang)
    assert "通知 1 已撤回" in mass.text  # what is out already is followed by a word
    school.customers.masses.clear()
    await school.says(here.wang, "通知 [免回] 带水")
    await school.presses(here.wang, "发送")
    await school.presses(here.wang, "撤回")
    assert school.waiting(here.wang) == [] and len(here.group.screen) == 1


async def test_a_tap_that_is_forgotten_is_kindly_asked_for_three_times_a_day(school: Groups) -> None:
    here = await with_group(school, *FITTING)
    await school.says(here.wang, "表扬 李雷 主动帮同学打扫教室")
    [mass] = school.waiting(here.wang)
    for minutes in (130, 250, 300, 660):
        await school.passes(minutes)
    assert len(mass.reminders) == 3 and count(here, "内容写好了") == 2
    await school.passes(60 * 24 * 7)
    assert "等了一周" in here.said()[-1] and await outcomes(school) == ["expired"]


async def test_what_a_group_may_not_get_any_more_this_month_is_said(school: Groups) -> None:
    here = await with_group(school, *FITTING)
    school.customers.per_month = 0
    await school.says(here.wang, "通知 [免回] 明天春游")
    await school.presses(here.wang, "发送")
    [mass] = school.waiting(here.wang)
    school.customers.sends(mass)
    await school.passes(5)
    assert any("这个月" in one and "复制了自己发到群里" in one for one in here.said())
    assert await outcomes(school) == ["refused"]


async def test_criticism_waits_for_no_tap(school: Groups) -> None:
    here = await with_group(school, *FITTING)
    await school.says(here.wang, "concern 李雷 今天没有带作业本")
    await school.says(here.wang, "通知 李雷今天又没有带作业本，考了 32 分")
    await school.passes(5)
    assert school.customers.masses == {} and here.group.screen == []


async def test_a_group_of_another_class_is_not_to_be_had(school: Groups) -> None:
    here = await with_group(school, *FITTING)
    await school.says(here.wang, "开通 四年级1班")
    await school.presses(here.wang, "我是班主任")
    await school.says(here.wang, "groups")
    await school.presses(here.wang, "四年级1班")
    assert "是别的班的" in school.last(here.wang).text and "选“" not in school.last(here.wang).text


async def test_an_app_that_may_not_look_says_what_to_click(school: Groups) -> None:
    wang = school.desk.member("王老师")
    school.customers.allowed = False
    await school.says(wang, "groups")
    assert "/setup" in school.last(wang).text or "班" in school.last(wang).text
    await school.says(wang, "开通 三年级2班")
    await school.presses(wang, "我是班主任")
    await school.says(wang, "groups")
    assert "可调用接口的应用" in school.last(wang).text
    school.customers.allowed = True
    await school.says(wang, "groups")
    assert "还没有家长群" in school.last(wang).text


async def test_the_rules_promise_nothing_that_cannot_be_kept_there(school: Groups) -> None:
    here = await with_group(school, *FITTING)
    await school.says(here.wang, "rules mute on")
    await school.says(here.wang, "rules")
    card = "".join(here.said()[-2:])
    assert "看不到群里的话" in card and "会先请您不发言" not in card and "撤下来" not in card


async def fetched(school: Groups, path: str) -> str:
    address = school.server.postman.url.removesuffix("/wecom/callback")
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{address}{path}")
    assert answer.status_code == 200
    return answer.text


async def outcomes(school: Groups) -> list[str | None]:
    """What is recorded of the posts."""
    found = await school.desk.database.look(lambda records: looking.departures(records, 200))
    return [one.outcome for one in found if one.kind == "post"]


async def test_what_is_offered_to_a_teacher_is_nothing_in_other_hands(school: Groups) -> None:
    here = await with_group(school, *FITTING)
    school.customers.group(school.server.corp, here.wang, "另一个群")
    await school.says(here.wang, "groups")
    others = ("groups.choose", "groups.let_go")
    await pressed_by_others(school.server, school.app, school._settled, here.wang, *others)
