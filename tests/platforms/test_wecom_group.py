"""Parents' groups over HTTP: what is told of who is there, what is prepared for the owner, and the page."""

from __future__ import annotations

import base64
import calendar
import hashlib
import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

import httpx
import pytest
from markupsafe import escape
from starlette.applications import Starlette

from bot import customer_groups, wechat
from bot.config import Settings
from bot.platforms.tencent.line import Times
from bot.platforms.wecom_group import PLATFORM, GroupSettings, WeComGroupPlatform
from bot.platforms.wecom_group.checkup import Checkup
from bot.ports import (
    DeletesMessages,
    Done,
    EditsPosts,
    Failure,
    Fate,
    Key,
    Level,
    Outcome,
    Refused,
    RestrictsMembers,
    TellsPeople,
    TryAgain,
)
from bot.vault import DatabaseVault
from classroom.addresses import GroupAddress, PersonAddress
from classroom.effects import Enclosed
from classroom.errors import DatabaseError
from classroom.events import BotMember, Joined, Left, Renamed, Told, Waits
from classroom.text import PrivateText, PublicText
from tests.conftest import FreshDatabase
from tests.platforms.wecom_kit import Desk, Kept, desk, migrate
from tests.wecomapi import WeComServer, customers
from tests.wecomapi.customers import CustomerGroup, Customers, Mass

HOUR, DAY = 3600.0, 86400.0
INSIDE = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 MicroMessenger/7.0.1 wxwork/4.1.0"
PICTURE = base64.b64encode(b"\x89PNG" + b"0" * 40).decode()


@dataclass
class Stand:
    """The platform, one group, and what it has told so far."""

    desk: Desk
    group: CustomerGroup
    watched: list[str] = field(default_factory=list)
    kept: Kept = field(default_factory=Kept)

    def __post_init__(self) -> None:
        self.watched.append(self.group.chat_id)
        self.platform = self.another()

    @property
    def server(self) -> WeComServer:
        return self.desk.server

    @property
    def customers(self) -> Customers:
        return customers.of(self.desk.corp)

    def another(self) -> WeComGroupPlatform:
        """The same in another process."""

        async def watched() -> Sequence[str]:
            return self.watched

        corp = self.desk.corp
        settings = GroupSettings(
            corp.corp_id,
            corp.agent_id,
            corp.secret,
            api_root=self.server.url,
            public_url="https://class.example/",
            times=Times(connect=2.0, read=1.0, whole=5.0),
        )
        vault = DatabaseVault(self.desk.database, self.desk.now)
        return WeComGroupPlatform(
            settings, vault, now=self.desk.now, watched=watched, awake=lambda at: self.awake
        )

    awake = True

    async def look(self, after: float = HOUR) -> list[tuple[str, str]]:
        """Go one round; gives what was told newly, by kind and name."""
        self.desk.pass_(after)
        before = set(self.kept.all)
        await self.platform.round(self.kept)
        found = [self.platform.read(one.raw) for key, one in self.kept.all.items() if key not in before]
        return [
            (type(event).__name__, event.member.name if isinstance(event, Joined | Renamed | Left) else "")
            for event in found
            if event is not None
        ]

    async def told(self) -> list[Told | Waits]:
        """What became of posts, newly."""
        before = set(self.kept.all)
        await self.platform.round(self.kept)
        found = [self.platform.read(one.raw) for key, one in self.kept.all.items() if key not in before]
        return [event for event in found if isinstance(event, Told | Waits)]

    async def post(
        self, typed: str, *keys: Key, files: Sequence[Enclosed] = (), to: str | None = None
    ) -> Outcome:
        where = GroupAddress(1, PLATFORM, to or self.group.chat_id)
        return await self.platform.post(where, PublicText(str(escape(typed))), keys, None, files)

    def mass(self) -> Mass:
        [found] = self.masses()
        return found

    def masses(self) -> list[Mass]:
        return [one for one in self.customers.masses.values() if one.chat == self.group.chat_id]

    async def months_before(self, left: int) -> None:
        """The group has got as many this month as it may but for so many."""
        now, corp = self.desk.now(), self.desk.corp
        sent = calendar.monthrange(now.year, now.month)[1] - left
        name = f"{PLATFORM}/{corp.corp_id}/{corp.agent_id}/sent/{self.group.chat_id}"
        words = json.dumps([now.strftime("%Y-%m"), sent])
        await DatabaseVault(self.desk.database, self.desk.now).put(name, words, DAY * 60)

    async def open_page(self, path: str, agent: str = "Mozilla/5.0") -> httpx.Response:
        return await self.request("GET", path, agent)

    async def request(self, method: str, path: str, agent: str = "Mozilla/5.0") -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=self.platform.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="https://class.example") as client:
            return await client.request(method, path, headers={"User-Agent": agent})


@pytest.fixture(scope="module")
def server() -> Iterator[WeComServer]:
    with WeComServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture
async def stand(server: WeComServer, fresh_database: FreshDatabase) -> AsyncIterator[Stand]:
    async with desk(server, fresh_database("sqlite", migrate)) as made:
        group = customers.of(server.corp).group(server.corp, made.member(), "三年级2班", "李雷爸爸")
        stand = Stand(made, group)
        yield stand
        await stand.platform.close()
        server.clear()
        server.corp.later = 0.0


# --- who is there -------------------------------------------------------------------------------


async def test_what_is_different_is_told_once_and_members_of_the_corp_are_nobody(stand: Stand) -> None:
    assert await stand.look() == [("Joined", "李雷爸爸")]
    assert await stand.look() == []
    who = stand.customers.enter(stand.desk.corp, stand.group, "", name="小确幸")
    assert await stand.look() == [("Joined", "小确幸")]
    stand.group.guests[who].nickname = "韩梅梅妈妈"
    assert await stand.look() == [("Renamed", "韩梅梅妈妈")]
    stand.group.guests[who].nickname = ""
    assert await stand.look() == [("Renamed", "小确幸")]  # as it was before, and told again
    del stand.group.guests[who]
    assert await stand.look() == [("Left", "")]
    stand.platform = stand.another()
    assert await stand.look() == []  # what was told is known to another process, too


async def test_nothing_is_asked_before_its_turn_unless_wecom_calls(stand: Stand) -> None:
    await stand.look()
    looks = stand.platform.looking.looks
    await stand.look(60.0)
    assert stand.platform.looking.looks == looks
    stand.platform.looking.at_once(stand.group.chat_id)
    await stand.look(0.0)
    assert stand.platform.looking.looks == looks + 1
    stand.watched.clear()  # no class has it any more
    await stand.look()
    assert stand.platform.looking.looks == looks + 1


async def test_what_could_not_be_stored_is_told_again_under_the_same_key(stand: Stand) -> None:
    stand.kept.fails = 1
    with pytest.raises(DatabaseError):
        await stand.look()
    assert await stand.look() == [("Joined", "李雷爸爸")]
    assert len(set(stand.kept.offered)) == 1 and len(stand.kept.offered) == 2


@pytest.mark.parametrize("fault", [-1, 45009, 60020, 48002, "500", "html200", "half_json", "reset_after"])
async def test_nobody_has_left_because_wecom_did_not_answer(stand: Stand, fault: int | str) -> None:
    await stand.look()
    stand.server.fault("externalcontact/groupchat/get", fault)
    assert await stand.look() == []
    assert await stand.look() == []


async def test_a_dissolved_group_is_told_once(stand: Stand) -> None:
    await stand.look()
    del stand.customers.groups[stand.group.chat_id]
    assert await stand.look() == [("BotMember", "")]
    assert await stand.look() == []
    last = stand.platform.read([*stand.kept.all.values()][-1].raw)
    assert isinstance(last, BotMember) and not last.present


async def test_a_teachers_groups_however_many(stand: Stand) -> None:
    corp, owner = stand.desk.corp, stand.desk.member("李老师")
    for number in range(101):
        stand.customers.group(corp, owner, f"群 {number}")
    done = await stand.platform.groups_of(PersonAddress(1, PLATFORM, owner))
    assert isinstance(done, Done) and isinstance(done.answer, dict)
    listed = done.answer["groups"]
    assert isinstance(listed, list) and len(listed) == 20  # the newest; nobody chooses among more
    assert listed[0] == {"native": [*stand.customers.groups][-1], "title": "群 100", "people": 0}
    stand.customers.allowed = False
    try:
        refused = await stand.platform.groups_of(PersonAddress(1, PLATFORM, owner))
    finally:
        stand.customers.allowed = True
    assert refused == Refused(Failure.NOT_ALLOWED, "48002")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'"x"',
        b"{" * 9000,
        b'{"what":1,"chat":[]}',
        b'{"what":"joined","chat":"wrabcdef"}',
        b'{"what":"joined","chat":"appchat:wrx","who":"wm1"}',
    ],
)
def test_reading_is_at_ease_with_anything(stand: Stand, raw: bytes) -> None:
    assert stand.platform.read(raw) is None


# --- posts --------------------------------------------------------------------------------------


async def test_a_post_waits_for_the_owner_and_is_not_called_sent(stand: Stand) -> None:
    done = await stand.post("明天春游")
    mass = stand.mass()
    assert done == Done((mass.msgid,), fate=Fate.AWAITING_TEACHER)
    assert (mass.text, mass.sender, stand.group.screen) == ("明天春游", stand.group.owner, [])
    [waits] = await stand.told()
    assert isinstance(waits, Waits) and (waits.why, waits.begin) == ("new", "明天春游")
    assert waits.owner.native == stand.group.owner and waits.page.startswith("/wecom/post/")
    assert await stand.told() == []
    stand.customers.sends(mass)
    stand.platform = stand.another()  # a restart forgets nothing of it
    stand.desk.pass_(600)
    told, sent = await stand.told()
    assert isinstance(told, Told) and (told.refs, told.fate) == ((mass.msgid,), "delivered")
    assert isinstance(sent, Waits) and sent.why == "sent"
    stand.desk.pass_(DAY)
    assert await stand.told() == []


async def test_private_words_and_files_are_refused_whoever_asks(stand: Stand) -> None:
    where = GroupAddress(1, PLATFORM, stand.group.chat_id)
    private = PrivateText("李雷今天没有带作业本")
    unchecked: Callable[..., Awaitable[Outcome]] = stand.platform.post  # a type checker forbids it already
    assert await unchecked(where, private, (), None, ()) == Refused(Failure.LEAK)
    secret = Enclosed("photo", "x.png", data=PICTURE, private=True)
    assert await stand.post("看", files=[secret]) == Refused(Failure.LEAK)
    assert stand.masses() == []
    for able in (TellsPeople, EditsPosts, DeletesMessages, RestrictsMembers):
        assert not isinstance(stand.platform, able)


@pytest.mark.parametrize("native", ["", "appchat:wrchat1", "u1", "wr", "wr|wr", "@all", "wmqfasd1e1927831"])
async def test_what_is_no_customer_group_gets_nothing(stand: Stand, native: str) -> None:
    found = await stand.platform.post(GroupAddress(1, PLATFORM, native), PublicText("您好"), (), None, ())
    assert found == Refused(Failure.NOT_FOUND, "no customer group")


async def test_buttons_become_a_line_and_links_their_address(stand: Stand) -> None:
    body = PublicText('看<a href="https://class.example/a?b=1&amp;c=2">这里</a> &lt;b&gt;')
    where = GroupAddress(1, PLATFORM, stand.group.chat_id)
    await stand.platform.post(where, body, [Key("收到", token="t")], None, ())
    shown = "看这里 https://class.example/a?b=1&c=2 <b>"
    assert stand.mass().text == f"{shown}\n\n要回复的，请点您收到的私信；没有收到的，跟老师说一声就行。"
    stand.customers.masses.clear()
    await stand.post("投票", Key("打开", url="https://class.example/f/x?a=1&b=2"))
    assert stand.mass().text == "投票\n\n打开 https://class.example/f/x?a=1&b=2"


async def test_a_long_post_is_several_and_none_where_one_is_refused(stand: Stand) -> None:
    long = "家长您好。\n" * 500
    done = await stand.post(long)
    assert isinstance(done, Done) and len(done.refs) == len(stand.masses()) > 1
    assert "".join("".join(one.text.split()) for one in stand.masses()) == "".join(long.split())
    assert all(len(one.text.encode()) <= 4000 for one in stand.masses())
    stand.customers.masses.clear()
    stand.server.fault("externalcontact/add_msg_template", "", times=1)
    stand.server.fault("externalcontact/add_msg_template", 40058)
    assert await stand.post(long) == Refused(Failure.REFUSED, "40058")
    assert stand.masses() == []


async def test_files_go_along(stand: Stand) -> None:
    photo = Enclosed("photo", "figure", data=PICTURE)
    table = Enclosed("document", "名单.xlsx", data=base64.b64encode(b"x" * 20).decode())
    assert isinstance(await stand.post("", files=[photo, table]), Done)
    assert [one["msgtype"] for one in stand.mass().attachments] == ["image", "file"]
    assert await stand.post("", files=[photo] * 10) == Refused(Failure.REFUSED, "too many files")
    empty = Enclosed("photo", "x.png", data="")
    assert await stand.post("", files=[empty]) == Refused(Failure.REFUSED, "a file without content")
    assert await stand.post(" ") == Refused(Failure.REFUSED, "nothing to say")


async def test_after_a_broken_line_it_is_looked_whether_wecom_has_it(stand: Stand) -> None:
    await stand.post("明天春游")
    stand.server.fault("externalcontact/add_msg_template", "reset_after")
    again = await stand.post("明天春游")  # the same is wanted twice, and each is one
    assert isinstance(again, Done) and [*again.refs] == [stand.masses()[-1].msgid]
    assert len(stand.masses()) == 2
    stand.server.fault("externalcontact/add_msg_template", "reset_before")
    found = await stand.post("后天春游")
    assert isinstance(found, TryAgain) and len(stand.masses()) == 2


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (-1, TryAgain("-1")),
        (45009, TryAgain("45009", after=60.0)),
        (41063, TryAgain("41063", after=60.0)),
        (60020, TryAgain("60020", after=300.0)),
        (48002, Refused(Failure.NOT_ALLOWED, "48002")),
        (60111, Refused(Failure.NOT_FOUND, "60111")),
    ],
)
async def test_refusals(stand: Stand, fault: int, expected: Outcome) -> None:
    stand.server.fault("externalcontact/add_msg_template", fault)
    assert await stand.post("明天春游") == expected
    assert stand.masses() == []


async def test_a_group_that_has_another_owner_now(stand: Stand) -> None:
    await stand.look()
    stand.group.owner = stand.desk.member("李老师")
    assert isinstance(await stand.post("明天春游"), Done)
    assert stand.mass().sender == stand.group.owner
    del stand.customers.groups[stand.group.chat_id]
    assert await stand.post("明天春游") == Refused(Failure.GONE, "40050")


async def test_as_many_a_month_as_it_has_days(stand: Stand) -> None:
    await stand.months_before(1)
    assert isinstance(await stand.post("最后一条"), Done)
    stand.customers.sends(stand.mass())
    await stand.told()
    assert await stand.post("多了一条") == Refused(Failure.REFUSED, "month_limit")
    stand.desk.pass_(32 * DAY)
    assert isinstance(await stand.post("下个月"), Done)


async def test_what_is_withdrawn_before_the_tap_cannot_be_sent_any_more(stand: Stand) -> None:
    where, first = GroupAddress(1, PLATFORM, stand.group.chat_id), await stand.post("明天春游")
    assert isinstance(first, Done)
    stand.server.fault("externalcontact/get_groupmsg_send_result", -1)
    assert await stand.platform.withdraw(where, first.refs) == TryAgain("-1")
    assert await stand.platform.withdraw(where, first.refs) == Done()
    assert stand.masses() == []
    assert [one.why for one in await stand.told() if isinstance(one, Waits)] == ["withdrawn"]
    second = await stand.post("后天春游")
    assert isinstance(second, Done)
    stand.customers.sends(stand.mass())
    assert await stand.platform.withdraw(where, second.refs) == Refused(Failure.TOO_OLD, "sent")


async def test_nobody_is_reminded_at_night(stand: Stand) -> None:
    await stand.post("明天春游")
    mass, stand.awake = stand.mass(), False
    for _ in range(3):
        stand.desk.pass_(3 * HOUR)
        await stand.told()
    assert mass.reminders == []
    stand.awake = True
    stand.desk.pass_(HOUR)
    assert [one.why for one in await stand.told() if isinstance(one, Waits)] == ["again2"]
    assert len(mass.reminders) == 1


# --- the page -----------------------------------------------------------------------------------


async def test_the_page_shows_the_text_to_be_copied_and_asks_nobody_for_anything(stand: Stand) -> None:
    await stand.post('</textarea><script>alert("1")</script> & 明天春游')
    [waits] = await stand.told()
    assert isinstance(waits, Waits)
    page = await stand.open_page(waits.page)
    assert page.status_code == 200 and "明天春游" in page.text and '<script>alert("1")' not in page.text
    assert "http" not in page.text and "weixin" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    for path in ("/wecom/post/x", f"{waits.page}x", "/wecom/post/" + "a" * 32):
        gone = await stand.open_page(path)
        assert gone.status_code == 404 and "明天春游" not in gone.text
    stand.desk.pass_(9 * DAY)
    assert (await stand.open_page(waits.page)).status_code == 404


async def test_who_has_sent_it_by_hand_is_not_asked_again(stand: Stand) -> None:
    await stand.post("明天春游")
    [waits] = await stand.told()
    assert isinstance(waits, Waits)
    for _ in range(2):
        assert "记下了" in (await stand.request("POST", waits.page)).text
    told = await stand.told()
    assert [(type(one).__name__, getattr(one, "fate", ""), getattr(one, "why", "")) for one in told] == [
        ("Told", "delivered", ""),
        ("Waits", "", "sent"),
    ]
    assert stand.masses() == []  # else the owner could send it a second time
    assert (await stand.request("POST", "/wecom/post/" + "a" * 32)).status_code == 404


async def test_a_groups_tools_show_a_teacher_what_is_theirs(stand: Stand) -> None:
    await stand.post("明天春游")
    outside = await stand.open_page("/wecom/post")
    assert "聊天工具栏" in outside.text and "明天春游" not in outside.text
    away = await stand.open_page("/wecom/post", INSIDE)
    assert away.status_code == 302
    address = httpx.URL(away.headers["location"])
    assert (address.host, address.params["redirect_uri"]) == (
        "open.weixin.qq.com",
        "https://class.example/wecom/post",
    )
    stand.customers.codes |= {"c1": stand.group.owner, "c2": stand.desk.member("李老师")}
    mine = await stand.open_page("/wecom/post?code=c1", INSIDE)
    found = re.search(r'href="(/wecom/post/[^"]+)">明天春游', mine.text)
    assert found is not None and "明天春游" in (await stand.open_page(found[1], INSIDE)).text
    for code in ("c1", "c2", "x"):  # used, another teacher's, made up
        other = await stand.open_page(f"/wecom/post?code={code}", INSIDE)
        assert "明天春游" not in other.text and "没有等您发" in other.text
    for number in range(32):
        await stand.open_page(f"/wecom/post?code=made-up-{number}", INSIDE)
    assert (
        len(stand.server.asked("auth/getuserinfo")) <= 30
    )  # a stranger does not use up what the app may ask


async def test_nothing_secret_and_nobodys_name_is_in_the_log(
    stand: Stand, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for path in ("groupchat/get", "add_msg_template", "get_groupmsg_send_result"):
        stand.server.fault(f"externalcontact/{path}", 60011)
        stand.server.fault(f"externalcontact/{path}", "reset_after")
    for _ in range(3):
        await stand.look()
        await stand.post("明天春游，李雷带水")
    said = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    logged = said.out + said.err + "\n".join(ours)
    for secret in (*stand.desk.corp.issued, stand.desk.corp.secret, "李雷", "春游"):
        assert secret not in logged


async def test_within_wecom_one_tap_puts_it_into_the_conversation(stand: Stand) -> None:
    await stand.post("明天春游")
    [waits] = await stand.told()
    assert isinstance(waits, Waits)
    before = len(stand.server.asked("ticket/get"))
    page = await stand.open_page(f"{waits.page}?from=tools", INSIDE)
    found = re.search(r"getAgentConfigSignature:\(\)=>\((\{.*?\})\)", page.text)
    assert found is not None and "group_chat_tools" in page.text
    signed, ticket = json.loads(found[1]), stand.customers.tickets["agent"]
    words = (
        f"jsapi_ticket={ticket}&noncestr={signed['nonceStr']}&timestamp={signed['timestamp']}"
        f"&url=https://class.example{waits.page}?from=tools"
    )
    assert signed["signature"] == hashlib.sha1(words.encode()).hexdigest()
    assert set(re.findall(r"https://[^/\"' ]+", page.text)) == {"https://wwcdn.weixin.qq.com"}
    assert ticket not in page.text and stand.desk.corp.secret not in page.text
    await stand.open_page(waits.page, INSIDE)
    assert len(stand.server.asked("ticket/get")) == before + 1  # WeCom gives few of them


# --- set up ---------------------------------------------------------------------------------------


def chosen(stand: Stand, every: str = "30m") -> Settings:
    corp = stand.desk.corp
    keys = {"secret": corp.secret, "token": corp.token, "aes_key": corp.aes_key, "api_root": stand.server.url}
    wecom = {"corp_id": corp.corp_id, "agent_id": corp.agent_id, **keys, "poll_groups_every": every}
    return Settings.model_validate({"wecom": wecom, "web": {"public_url": "https://class.example"}})


async def test_it_stands_beside_the_app_as_long_as_it_is_wished(stand: Stand) -> None:
    made = wechat.platforms(chosen(stand), stand.desk.database)
    assert PLATFORM in [one.name for one in made]
    [groups] = [one for one in made if isinstance(one, WeComGroupPlatform)]
    await groups.round(stand.kept)  # no class has one
    assert stand.kept.all == {}
    for one in [*made, *(off := wechat.platforms(chosen(stand, "off"), stand.desk.database))]:
        await one.close()
    assert PLATFORM not in [one.name for one in off]


@pytest.mark.parametrize(("allowed", "level"), [(True, Level.OK), (False, Level.WARNING)])
async def test_the_doctor_says_what_to_click(stand: Stand, allowed: bool, level: Level) -> None:
    where = GroupAddress(1, PLATFORM, stand.group.chat_id)
    gone = GroupAddress(2, PLATFORM, "wrnothing")
    checkup = Checkup(customer_groups.group_settings(chosen(stand)))
    stand.customers.allowed = allowed
    try:
        found = [one async for one in checkup.findings([("class 1", where), ("class 2", gone)])]
    finally:
        stand.customers.allowed = True
        await checkup.close()
    assert found[0].level is level
    if allowed:
        assert [one.level for one in found[1:]] == [Level.OK, Level.WARNING] and "/groups" in found[2].cure
    else:
        assert len(found) == 1 and "客户联系" in found[0].cure
    assert stand.desk.corp.secret not in str(found)
