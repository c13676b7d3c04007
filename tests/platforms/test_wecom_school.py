"""The school's notices: to one parent at a time, never to a child, and honest about who was not reached."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.tencent.callback import Call
from bot.platforms.wecom_school import SchoolSettings
from bot.platforms.wecom_school.addressing import Parent, addressed
from bot.platforms.wecom_school.read import incoming, read
from bot.platforms.wecom_school.register import Register
from bot.platforms.wecom_school.settings import check
from bot.ports import Done, EditsPosts, Failure, Key, LinksOnly, PostsToGroup, Refused, TellsPeople, TryAgain
from classroom.effects import Enclosed
from classroom.errors import ConfigError
from classroom.events import Json, SchoolChanged
from classroom.school_book import SchoolBook, SchoolClassName
from tests.conftest import FreshDatabase
from tests.platforms.school_kit import Office, office, settings_of, some_school
from tests.platforms.wecom_kit import migrate
from tests.wecomapi import WeComServer
from tests.wecomapi.methods import keep_file

SEND = "externalcontact/message/send"


@pytest.fixture(scope="module")
def server() -> Iterator[WeComServer]:
    with WeComServer() as server:
        some_school(server.corp.school)
        yield server


@pytest.fixture
async def here(server: WeComServer, fresh_database: FreshDatabase) -> AsyncIterator[Office]:
    school = server.corp.school
    async with office(server, fresh_database("sqlite", migrate)) as made:
        server.requests.clear()
        yield made
        server.clear()
        server.corp.later, school.turned, school.in_list = 0.0, False, True
        school.scope = [number for number in school.departments if number > 1]
        assert school.on_students_phones == []
        for parent in school.parents.values():
            parent.inbox.clear()
        assert server.violations == []


# --- to parents only -----------------------------------------------------------------------------


async def test_a_notice_reaches_the_parent_it_is_for_and_nobody_else(here: Office) -> None:
    assert await here.tell("zhang_ma", "明天家长会，18:30。") == Done()
    assert here.school.read("zhang_ma") == ["明天家长会，18:30。"]
    assert here.school.read("zhang_ba") == [] and here.school.read("li_ma") == []
    [body] = here.sent
    assert (body["recv_scope"], body["to_parent_userid"]) == (0, ["zhang_ma"])
    assert (body["to_student_userid"], body["to_party"], body["toall"]) == ([], [], 0)


@pytest.mark.parametrize("who", ["zhangxiaoming", "ZhangXiaoMing", "lilei"])
async def test_a_childs_id_is_no_address(here: Office, who: str) -> None:
    assert await here.tell(who, "孩子最近上课走神") == Refused(Failure.LEAK, "a student's id")
    assert here.sent == []


@pytest.mark.parametrize("who", ["", "@all", "zhang_ma|zhang_ba", "nobody", "#school", "zhang ma", "张妈妈"])
async def test_what_is_no_parent_is_told_nothing(here: Office, who: str) -> None:
    result = await here.tell(who, "您好")
    assert isinstance(result, Refused) and result.failure in (Failure.NOT_FOUND, Failure.GONE)
    assert here.sent == []


async def test_an_id_that_was_seen_on_a_child_stays_a_childs(here: Office) -> None:
    """Even where the school would call it a parent's later on."""
    answer = await here.platform.school("4")
    assert isinstance(answer, Done)
    here.school.parent("lilei", "妈妈", "zhangxiaoming")
    student = here.school.students.pop("lilei")
    try:
        assert await here.tell("lilei", "您好") == Refused(Failure.LEAK, "a student's id")
        assert here.sent == []
    finally:
        here.school.students["lilei"] = student
        del here.school.parents["lilei"]


IDS = st.text(st.sampled_from("abcXY01_-.@|# 家"), max_size=9)
KINDS = st.sampled_from(["text", "image", "file", "news", "video", "voice"])
RECEIVERS = {"recv_scope", "to_parent_userid", "to_student_userid", "to_party", "toall"}


@given(
    students=st.sets(IDS, max_size=6),
    parents=st.sets(IDS, max_size=6),
    asked=st.lists(IDS, max_size=8),
    odd=st.dictionaries(IDS, st.dictionaries(IDS, st.integers() | IDS, max_size=3), max_size=3),
    smuggled=st.dictionaries(
        st.sampled_from(sorted(RECEIVERS | {"agentid"})), st.integers() | IDS, max_size=4
    ),
    kind=KINDS,
)
async def test_no_request_can_reach_a_child(
    students: set[str],
    parents: set[str],
    asked: list[str],
    odd: dict[str, dict[str, int | str]],
    smuggled: dict[str, int | str],
    kind: str,
) -> None:
    """Whatever ids a roster has, and whatever the school answers: what leaves names one parent."""
    answers: dict[str, dict[str, Json]] = {one: {**more} for one, more in odd.items()}
    answers |= {one: {"user_type": 2, "parent": {"parent_userid": one, "is_subscribe": 1}} for one in parents}
    answers |= {one: {"user_type": 1, "student": {"student_userid": one}} for one in students}

    async def ask(who: str) -> dict[str, Json]:
        return answers.get(who, {"user_type": 0})

    register = Register(ask, lambda: 0.0)
    for who in [*asked, *students, *parents]:
        found = await register.vouch(who)
        if not isinstance(found, Parent):
            assert isinstance(found, Refused)
            continue
        assert who in parents and who not in students
        body = addressed(found, 7, {**smuggled, "msgtype": kind, kind: {"content": "x"}})
        assert {key: body[key] for key in RECEIVERS} == {
            "recv_scope": 0,
            "to_parent_userid": [who],
            "to_student_userid": [],
            "to_party": [],
            "toall": 0,
        }
        assert body["agentid"] == 7


# --- whether notices may be sent at all ------------------------------------------------------------


async def test_before_the_first_notice_it_is_made_sure_that_parents_are_meant(here: Office) -> None:
    await here.platform.open()
    assert not here.platform.trouble
    [probe] = here.server.asked(SEND)
    [nobody] = probe.body["to_parent_userid"] if isinstance(probe.body["to_parent_userid"], list) else []
    assert str(nobody).startswith("nobody-") and probe.answer["errcode"] == 81013
    assert all(parent.inbox == [] for parent in here.school.parents.values())


async def test_where_notices_would_reach_others_none_is_sent(here: Office) -> None:
    """A world in which recv_scope 0 does not mean parents: the channel stays shut, the rest runs."""
    here.school.turned = True
    await here.platform.open()
    assert "parents only" in here.platform.trouble
    assert await here.tell("zhang_ma", "孩子最近上课走神") == Refused(Failure.NOT_ALLOWED, "unproven")
    assert here.sent == []
    here.school.turned = False
    here.pass_(301)
    assert await here.tell("zhang_ma", "您好") == Done()


async def test_an_app_that_parents_may_not_use_says_what_to_click(here: Office) -> None:
    here.school.in_list = False
    await here.platform.open()
    assert "301002" in here.platform.trouble and "parents may not use the app" in here.platform.trouble
    assert isinstance(await here.tell("zhang_ma", "您好"), TryAgain)
    here.school.in_list = True
    here.pass_(301)
    assert await here.tell("zhang_ma", "您好") == Done() and here.platform.trouble == ""


async def test_an_app_without_any_class_is_told_so(here: Office) -> None:
    here.school.scope = []
    await here.platform.open()
    assert "家长可使用的应用" in here.platform.trouble


async def test_a_school_that_does_not_answer_stops_nothing(here: Office) -> None:
    here.server.fault("school/agent/get_allow_scope", "502")
    await here.platform.open()
    assert isinstance(await here.tell("zhang_ma", "您好"), TryAgain) and here.sent == []
    here.pass_(301)
    assert await here.tell("zhang_ma", "您好") == Done()


# --- what becomes of a notice ----------------------------------------------------------------------


async def test_who_does_not_follow_is_not_reached_and_that_is_said(here: Office) -> None:
    result = await here.tell("li_ma", "明天春游")
    assert result == Refused(Failure.NOT_SUBSCRIBED, "is_subscribe 0") and here.sent == []
    here.school.parents["li_ma"].follows = True
    assert await here.tell("li_ma", "明天春游") == Done()
    here.school.parents["li_ma"].follows = False
    assert await here.tell("li_ma", "后天开会") == Refused(Failure.NOT_SUBSCRIBED, "81013")
    assert here.school.read("li_ma") == ["明天春游"]


@pytest.mark.parametrize(
    ("code", "result"),
    [
        (81013, Refused(Failure.NOT_SUBSCRIBED, "81013")),
        (48002, Refused(Failure.NOT_ALLOWED, "48002")),
        (301002, TryAgain("301002", after=300.0)),
        (45009, TryAgain("45009", after=60.0)),
        (60111, Refused(Failure.GONE, "60111")),
        (-1, TryAgain("-1")),
    ],
)
async def test_every_refusal_has_its_meaning(here: Office, code: int, result: object) -> None:
    await here.platform.open()
    here.server.fault(SEND, code)
    assert await here.tell("zhang_ma", "您好") == result


async def test_a_line_that_breaks_tells_nobody_twice(here: Office) -> None:
    await here.platform.open()
    here.server.fault(SEND, "reset_after")
    assert (await here.tell("zhang_ma", "明天春游")) == TryAgain("ConnectionError", uncertain=True)
    assert await here.tell("zhang_ma", "明天春游") == Done()
    assert here.school.read("zhang_ma") == ["明天春游"]
    assert await here.tell("zhang_ma", "明天春游") == Done()  # said once more, and meant so
    assert here.school.read("zhang_ma") == ["明天春游"] * 2


async def test_a_long_letter_that_broke_off_goes_on_where_it_stopped(here: Office) -> None:
    await here.platform.open()
    here.server.fault(SEND, "")
    here.server.fault(SEND, 45009)
    words = "".join(f"家长会要点{n}。" for n in range(300))
    assert await here.tell("zhang_ma", words) == TryAgain("45009", after=60.0, uncertain=True)
    assert await here.tell("zhang_ma", words) == Done()
    assert "".join(here.school.read("zhang_ma")) == words
    assert all(len(one.encode()) <= 2048 for one in here.school.read("zhang_ma"))


async def test_what_is_to_be_answered_ends_with_one_link(here: Office) -> None:
    door = Key("点这里回复", url="https://class.example/f/abc")
    assert await here.tell("zhang_ma", "收到请确认。<b>谢谢</b>", door) == Done()
    [read] = here.school.read("zhang_ma")
    assert read.endswith('\n\n<a href="https://class.example/f/abc">点这里回复</a>') and "<b>谢谢" in read


async def test_files_go_along_and_one_that_is_elsewhere_is_said(here: Office) -> None:
    data = base64.b64encode(b"\x89PNG" + b"0" * 50).decode()
    mine, theirs = Enclosed("photo", "春游.png", data=data), Enclosed("document", "x.pdf", ref="BQACAgUAA")
    assert await here.tell("zhang_ma", "照片", files=[mine, theirs]) == Done()
    picture, words = here.school.read("zhang_ma")
    assert picture == "春游.png" and "请到班级群里看" in words
    of_the_app = keep_file(here.server.corp, "file", "春游安排.pdf", b"%PDF" + b"0" * 9000)
    assert await here.tell("zhang_ba", "安排", files=[Enclosed("document", "x", ref=of_the_app)]) == Done()
    assert here.school.read("zhang_ba") == ["春游安排.pdf", "安排"]


def test_it_declares_what_it_can(here: Office) -> None:
    platform: object = here.platform
    assert isinstance(platform, TellsPeople) and isinstance(platform, LinksOnly) and platform.links_only
    assert not isinstance(platform, PostsToGroup) and not isinstance(platform, EditsPosts)


# --- the address book ------------------------------------------------------------------------------


async def test_the_classes_of_the_school(here: Office) -> None:
    answer = await here.platform.school("")
    assert isinstance(answer, Done) and isinstance(answer.answer, list)
    found = [SchoolClassName.from_json(one) for one in answer.answer]
    assert [(one.title, one.teachers) for one in found] == [
        ("三年级2班", ("wang",)),
        ("一年级1班", ("zhao",)),
    ]


async def test_a_class_with_its_families(here: Office) -> None:
    answer = await here.platform.school("4")
    assert isinstance(answer, Done)
    book = SchoolBook.from_json(answer.answer)
    assert book.title == "三年级2班" and book.parents == 3
    zhang, li = book.children
    assert [(p.userid, p.relation, p.follows) for p in zhang.parents] == [
        ("zhang_ma", "妈妈", True),
        ("zhang_ba", "爸爸", True),
    ]
    assert li.parents[0].phone == "13800000003" and not li.parents[0].follows
    assert SchoolBook.from_json(json.loads(json.dumps(book.to_json()))) == book


@pytest.mark.parametrize("about", ["2", "99", "x"])
async def test_what_is_no_class(here: Office, about: str) -> None:
    assert await here.platform.school(about) == Refused(Failure.NOT_FOUND, "no class")


def test_what_the_address_book_tells() -> None:
    def told(**fields: Json) -> object:
        return read(incoming(Call({"Event": "change_school_contact", **fields}, str(fields))).raw)

    assert told(ChangeType="subscribe", Id="zhang_ma") == SchoolChanged("wecom.school", "zhang_ma", True)
    assert told(ChangeType="unsubscribe", Id="zhang_ma") == SchoolChanged("wecom.school", "zhang_ma", False)
    assert told(ChangeType="create_student", Id="x") == SchoolChanged("wecom.school", "x")
    assert told(ChangeType="update_department", Id="4") == SchoolChanged("wecom.school", "4")
    assert told(ChangeType="subscribe", Id="@all") == SchoolChanged("wecom.school", "")
    assert read(b"{}") is None and read(b"no json") is None and read(b'{"xml":{"Event":"click"}}') is None


# --- settings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"corp_id": ""}, "wecom.corp_id"),
        ({"agent_id": 0}, "wecom.school.agent_id"),
        ({"secret": " "}, "wecom.school.secret"),
        ({"token": "x" * 8}, "wecom.school.token and aes_key"),
        ({"public_url": ""}, "web.public_url"),
    ],
)
def test_what_is_set_half_is_named(here: Office, change: dict[str, str], named: str) -> None:
    whole = settings_of(here.server)
    fields = {key: getattr(whole, key) for key in ("corp_id", "agent_id", "secret", "public_url")} | change
    with pytest.raises(ConfigError, match=named):
        check(SchoolSettings(**fields))
    assert whole.secret not in repr(whole)
