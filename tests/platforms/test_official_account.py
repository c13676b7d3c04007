"""The service account: whom it reaches and how, what it hears, its codes and its menus."""

import asyncio
import base64
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from bot.ports import Done, Failure, Fate, Outcome, Refused, ShowsMenus, TryAgain
from classroom.addresses import PersonAddress
from classroom.effects import Enclosed
from classroom.events import BotBlocked, Message, Told
from tests.conftest import FreshDatabase
from tests.contract.test_saying import LONG, TYPED
from tests.officialapi import OfficialServer
from tests.platforms.official_kit import PAGE, SILENT_PAGE, Desk, answering, desk, heard
from tests.platforms.tencent_kit import sign
from tests.platforms.wecom_kit import migrate, until
from tests.tencentapi.server import WELL

HOUR = 3600.0
PNG = b"\x89PNG\r\n\x1a\n and the rest"
NEWS = "您有一条班级消息，请点开看"
CONCERN = "李雷这周三次没有带作业本"
IMAGE = re.compile(r'src="(data:image/png;base64,[^"]+)"')


@pytest.fixture(scope="module")
def shared() -> Iterator[OfficialServer]:
    with OfficialServer() as server:
        yield server
    assert server.violations == [] and server.postman.given_up == []


@pytest.fixture
def server(shared: OfficialServer) -> Iterator[OfficialServer]:
    shared.clear()
    shared.requests.clear()
    shared.account.later, shared.account.mode = 0.0, "safe"
    shared.account.tokens.clear()
    yield shared


@pytest.fixture
async def here(server: OfficialServer, fresh_database: FreshDatabase) -> AsyncIterator[Desk]:
    async with desk(server, fresh_database("sqlite", migrate)) as made:
        yield made


def refs(outcome: Outcome) -> tuple[str, ...]:
    assert isinstance(outcome, Done), outcome
    return outcome.refs


def follower(here: Desk, *, words: int = 1) -> str:
    """Somebody who follows, and has just written."""
    who = here.account.person()
    for _ in range(words):
        here.account.opens(who, (5, 48 * HOUR))
    return who


# --- saying -------------------------------------------------------------------------------------


async def test_texts_are_shown_as_typed(here: Desk) -> None:
    for typed in (*TYPED.values(), *LONG.values()):
        who = follower(here)
        here.account.people[who].windows[0].left = 99
        refs(await here.tell(who, typed))
        shown = "".join(here.said(who)).replace("\u2060", "")
        assert "".join(shown.split()) == "".join(typed.split())


async def test_the_page_stands_at_the_end_as_a_link(here: Desk) -> None:
    who = follower(here)
    refs(await here.tell(who, "明天春游", PAGE))
    refs(await here.tell(who, "没有按钮的话", SILENT_PAGE))
    link = '<a href="https://class.example/f/abc">点这里查看并回复</a>'
    assert here.said(who) == [f"明天春游\n\n{link}", "没有按钮的话"]


async def test_five_messages_after_a_word_and_then_a_knock_that_says_nothing(here: Desk) -> None:
    who = follower(here)
    for n in range(5):
        refs(await here.tell(who, f"第 {n} 条"))
    for key in (PAGE, SILENT_PAGE):
        [ref] = refs(await here.tell(who, CONCERN, key))
        assert ref.startswith("template:")
    knocks = here.screen(who)[5:]
    assert [(one.kind, one.url) for one in knocks] == [("template", PAGE.url)] * 2
    assert all(NEWS in one.text and "李雷" not in one.text and "作业" not in one.text for one in knocks)


async def test_after_two_days_it_knocks_at_once_and_a_word_opens_the_window_again(here: Desk) -> None:
    who = follower(here)
    here.pass_(48 * HOUR + 1)
    refs(await here.tell(who, CONCERN, PAGE))
    assert [one.kind for one in here.screen(who)] == ["template"]
    assert CONCERN not in str([one.body for one in here.server.asked("message/template/send")])
    here.account.opens(who, (5, 48 * HOUR))
    refs(await here.tell(who, CONCERN, PAGE))
    assert here.screen(who)[-1].text.startswith(CONCERN)


async def test_a_letter_that_does_not_fit_into_the_window_is_read_on_the_page(here: Desk) -> None:
    who = follower(here)
    here.account.people[who].windows[0].left = 1
    told = refs(await here.tell(who, "班" * 1500, PAGE))
    assert [one.kind for one in here.screen(who)] == ["text", "template"]
    assert [ref.partition(":")[0] for ref in told] == ["message", "template"]


async def test_without_a_template_or_a_page_the_door_is_shut(
    server: OfficialServer, fresh_database: FreshDatabase
) -> None:
    async with desk(server, fresh_database("sqlite", migrate), template=False) as here:
        who = here.account.person()
        assert await here.tell(who, CONCERN, PAGE) == Refused(Failure.WINDOW_CLOSED)
        assert here.screen(who) == [] and server.asked("message/template/send") == []


async def test_who_cannot_be_reached_is_told_apart(here: Desk) -> None:
    gone = here.account.person(following=False)
    here.account.opens(gone, (5, 60.0))
    assert await here.tell(gone, "您好", PAGE) == Refused(Failure.NOT_SUBSCRIBED, "43004")
    refuses = here.account.person()
    here.account.people[refuses].refuses = True
    assert await here.tell(refuses, "您好", PAGE) == Refused(Failure.NOT_SUBSCRIBED, "43101")
    blocked = follower(here)
    here.account.people[blocked].blacklisted = True
    assert await here.tell(blocked, "您好", PAGE) == Refused(Failure.BLOCKED, "43019")
    assert await here.tell("oStranger0123456789abcdefghi", "您好") == Refused(Failure.GONE, "40003")
    for nobody in ("", "@all", "a|b", "group", "张小明妈妈"):
        assert await here.tell(nobody, CONCERN) == Refused(Failure.NOT_FOUND, "no follower")


@pytest.mark.parametrize("template", ["gone", "odd"])
async def test_a_template_that_is_gone_or_does_not_fit_is_said(
    here: Desk, template: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept = dict(here.account.templates)
    name = next(iter(kept))
    here.account.templates = {"odd": {name: "{{character_string1.DATA}}"}, "gone": {}}[template]
    try:
        found = await here.tell(here.account.person(), "您好", PAGE)
    finally:
        here.account.templates = kept
    assert (
        found
        == {
            "odd": Refused(Failure.REFUSED, "47003"),
            "gone": Refused(Failure.NOT_ALLOWED, "no such template"),
        }[template]
    )


async def test_pictures_go_along_and_other_files_are_said_to_be_missing(here: Desk) -> None:
    who = follower(here)
    files = [
        Enclosed("photo", "柱状图", data=base64.b64encode(PNG).decode()),
        Enclosed("document", "资料.json", data=base64.b64encode(b"{}").decode()),
    ]
    refs(await here.tell(who, "这是您的资料", files=files))
    assert [one.kind for one in here.screen(who)] == ["image", "text"]
    assert here.said(who)[-1].startswith("这是您的资料\n\n（还有一个文件")
    refs(await here.tell(who, "通知", PAGE, files=files[1:]))
    refs(await here.tell(who, "名册", SILENT_PAGE, files=files[1:]))
    assert "在下面的链接里" in here.said(who)[-2] and PAGE.label in here.said(who)[-2]
    assert here.said(who)[-1] == f'名册\n\n<a href="{PAGE.url}">还有文件，点这里看</a>'


# --- once, and not twice ------------------------------------------------------------------------


async def test_what_was_broken_off_is_asked_again_without_a_second_message(here: Desk) -> None:
    who = follower(here)
    here.server.fault("message/custom/send", "reset_after")
    broken = await here.tell(who, "明天春游")
    assert isinstance(broken, TryAgain) and broken.uncertain
    refs(await here.tell(who, "明天春游"))
    assert here.said(who) == ["明天春游"]
    here.server.fault("message/template/send", "reset_after")
    late = here.account.person()
    broken = await here.tell(late, "明天春游", PAGE)
    assert isinstance(broken, TryAgain) and broken.uncertain
    refs(await here.tell(late, "明天春游", PAGE))
    assert len(here.screen(late)) == 1


async def test_a_letter_that_breaks_in_the_middle_goes_on_there(here: Desk) -> None:
    who, long = follower(here), "".join(f"第{n}句话。" for n in range(200))
    here.server.fault("message/custom/send", WELL)
    here.server.fault("message/custom/send", "reset_after")
    assert isinstance(await here.tell(who, long), TryAgain)
    told = refs(await here.tell(who, long))
    assert "".join(here.said(who)) == long and len(told) == len(here.said(who)) == 2
    here.server.fault("message/custom/send", WELL)
    here.server.fault("message/custom/send", -1)
    assert isinstance(await here.tell(who, long), TryAgain)
    refs(await here.tell(who, long))
    assert "".join(here.said(who)) == long * 2


async def test_the_same_words_meant_twice_arrive_twice_and_a_refusal_uses_no_id(here: Desk) -> None:
    who = follower(here)
    for _ in range(2):
        refs(await here.tell(who, "好的"))
    here.pass_(49 * HOUR)
    refs(await here.tell(who, "好的", PAGE))
    here.account.opens(who, (5, 48 * HOUR))
    refs(await here.tell(who, "好的"))
    assert [one.kind for one in here.screen(who)] == ["text", "text", "template", "text"]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_token_is_renewed_once_and_then_it_is_given_up(here: Desk, code: int) -> None:
    who = follower(here)
    here.server.fault("message/custom/send", code)
    refs(await here.tell(who, "您好"))
    fetched = here.account.fetches
    here.server.fault("message/custom/send", code, times=20)
    for _ in range(5):
        again = await here.tell(who, "在吗")
        assert isinstance(again, TryAgain) and not again.uncertain and here.platform.trouble
    assert here.account.fetches <= fetched + 1
    here.server.clear()
    refs(await here.tell(who, "在吗"))
    assert here.platform.trouble == ""


async def test_when_todays_calls_are_used_up_nothing_is_asked_until_tomorrow(here: Desk) -> None:
    who = follower(here)
    here.server.fault("message/custom/send", 45009)
    again = await here.tell(who, "您好")
    assert isinstance(again, TryAgain) and again.after is not None and 0 < again.after <= 86460
    asked = len(here.server.requests)
    assert isinstance(await here.tell(who, "在吗"), TryAgain)
    assert len(here.server.requests) == asked and "45009" in here.platform.trouble
    here.pass_(again.after + 1)
    here.account.opens(who, (5, 48 * HOUR))
    refs(await here.tell(who, "您好"))
    assert here.platform.trouble == ""


FAULTS = (-1, 45011, "500", "html200", "half_json", "redirect", "reset_before", "silence")


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_line_that_is_bad_is_tried_again(here: Desk, fault: int | str) -> None:
    who = follower(here)
    here.server.fault("message/custom/send", fault, seconds=1.8)
    assert isinstance(await here.tell(who, "您好"), TryAgain)
    refs(await here.tell(who, "您好"))
    assert here.said(who) == ["您好"]


# --- hearing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_words_come_in_in_every_mode_once(
    server: OfficialServer, fresh_database: FreshDatabase, mode: str
) -> None:
    server.account.mode = mode
    async with desk(server, fresh_database("sqlite", migrate)) as here, answering(here) as (kept, _):
        who = here.account.person()
        ref = server.postman.writes(who, "通知 <b>明天</b> ]]> & 春游")
        await until(lambda: len(kept.all) == 1)
        server.postman.call(server.postman._xml(who, {"MsgType": "text", "Content": "x", "MsgId": ref}))
        await until(lambda: server.postman.brought == server.postman.called)
        [event] = heard(here, kept)
    assert isinstance(event, Message)
    assert (event.ref, event.text, event.sender.native) == (ref, "通知 <b>明天</b> ]]> & 春游", who)


async def test_a_plain_call_is_refused_where_calls_are_encrypted(here: Desk) -> None:
    async with answering(here) as (kept, root), httpx.AsyncClient() as client:
        here.account.mode = "plain"
        asked, body = here.server.postman.sealed("<xml><FromUserName>x</FromUserName></xml>")
        answer = await client.post(f"{root}/official-account/callback?{asked}", content=body)
        assert (answer.status_code, answer.content) == (400, b"") and not kept.all
        proof = await client.get(f"{root}/official-account/callback?{asked}&echostr=4711")
        assert (proof.status_code, proof.text) == (200, "4711")


async def test_a_plain_call_that_is_forged_old_or_none_stores_nothing(
    server: OfficialServer, fresh_database: FreshDatabase
) -> None:
    server.account.mode = "plain"
    words = "<xml><FromUserName>o0123456789abcdefghij</FromUserName><MsgType>text</MsgType></xml>"
    async with desk(server, fresh_database("sqlite", migrate)) as here, answering(here) as (kept, root):
        asked, body = server.postman.sealed(words)
        old = sign(server.account.token, "1760000000", "n")
        wrong = [
            (asked.replace("nonce=n0nce42", "nonce=other"), body, 403),
            (f"signature={old}&timestamp=1760000000&nonce=n", body, 403),
            ("", body, 403),
            (asked, b"", 400),
            (asked, b"<xml><a></xml>", 400),
            (asked, b"<!DOCTYPE x [<!ENTITY a 'b'>]><xml><a>&a;</a></xml>", 400),
            (asked, b"<xml>" + b"x" * (1 << 20) + b"</xml>", 413),
        ]
        async with httpx.AsyncClient(base_url=f"{root}/official-account") as client:
            for query, sent, status in wrong:
                answer = await client.post(f"callback?{query}", content=sent)
                assert (answer.status_code, answer.content) == (status, b"")
        assert not kept.all


async def test_the_same_call_twice_at_once_is_one_event(here: Desk) -> None:
    who = here.account.person()
    words = here.server.postman._xml(who, {"MsgType": "text", "Content": "收到", "MsgId": "4711"})
    async with answering(here) as (kept, root), httpx.AsyncClient(base_url=root) as client:
        calls = [here.server.postman.sealed(words) for _ in range(2)]
        sent = (client.post(f"/official-account/callback?{asked}", content=body) for asked, body in calls)
        assert [answer.content for answer in await asyncio.gather(*sent)] == [b"success"] * 2
    assert list(kept.all) == ["official_account:4711"]


async def test_what_followers_do_and_what_became_of_a_template_message(here: Desk) -> None:
    async with answering(here) as (kept, _):
        who = here.account.person(following=False)
        postman = here.server.postman
        postman.follows(who)
        postman.sends(who, "image", PNG)
        postman.leaves(who)
        await until(lambda: len(kept.all) == 3)
        follows, picture, leaves = heard(here, kept)
        assert isinstance(follows, Message) and follows.text == "/start"
        assert isinstance(picture, Message) and picture.attachments[0].kind == "photo"
        media = picture.attachments[0].ref
        assert await here.platform.fetch(media, 1000) == PNG
        assert await here.platform.fetch(media, 5) == Refused(Failure.REFUSED, "too_large")
        assert isinstance(leaves, BotBlocked) and leaves.blocked
        reader = here.account.person()
        [ref] = refs(await here.tell(reader, "您好", PAGE))
        here.account.people[reader].blacklisted = True
        [other] = refs(await here.tell(reader, "您好呀", PAGE))
        await until(lambda: len(kept.all) == 5)
        told = heard(here, kept)[3:]
    assert [(one.refs, one.failure) for one in told if isinstance(one, Told)] == [
        ((ref,), None),
        ((other,), "blocked"),
    ]
    assert isinstance(told[0], Told) and told[0].fate == Fate.DELIVERED


@pytest.mark.parametrize("mode", ["plain", "safe"])
async def test_an_answer_in_time_is_the_answer_to_the_call_and_counts_nowhere(
    server: OfficialServer, fresh_database: FreshDatabase, mode: str
) -> None:
    server.account.mode = mode
    url = fresh_database("sqlite", migrate)
    async with desk(server, url, answer_within=5.0) as here, answering(here) as (kept, _):
        who = here.account.person()
        ref = server.postman.writes(who, "帮助")
        await until(lambda: bool(kept.all))
        refs(await here.tell(who, "这里是 ]]> 帮助", SILENT_PAGE))
        await until(lambda: server.postman.brought == server.postman.called)
        [shown] = here.screen(who)
        assert shown.passive and shown.text == "这里是 ]]> 帮助"
        assert here.account.people[who].windows[-1].left == 5
        server.postman.call(server.postman._xml(who, {"MsgType": "text", "Content": "帮助", "MsgId": ref}))
        await until(lambda: server.postman.brought == server.postman.called)
        refs(await here.tell(who, "还有一句"))
        assert [one.passive for one in here.screen(who)] == [True, True, False]  # the same answer again
        assert len({one.text for one in here.screen(who)}) == 2 and len(kept.all) == 1


async def test_a_call_nobody_answers_in_time_is_confirmed_and_answered_by_a_message(
    server: OfficialServer, fresh_database: FreshDatabase
) -> None:
    url = fresh_database("sqlite", migrate)
    async with desk(server, url, answer_within=0.05) as here, answering(here):
        who = here.account.person()
        server.postman.writes(who, "帮助")
        await until(lambda: server.postman.brought == server.postman.called)
        refs(await here.tell(who, "来了"))
        [shown] = here.screen(who)
        assert (shown.passive, shown.text) == (False, "来了")


# --- codes --------------------------------------------------------------------------------------


async def test_a_code_lets_one_person_in_with_its_link(here: Desk) -> None:
    async with answering(here) as (kept, root), httpx.AsyncClient() as client:
        page = await client.get(here.platform.start_link("b-Xy_1").replace("https://class.example", root))
        assert page.status_code == 200 and "长按" in page.text and "b-Xy_1" not in page.text
        assert IMAGE.search(page.text) and "<script" not in page.text
        assert "script-src" not in page.headers["content-security-policy"]
        [url] = [url for url, code in here.account.codes.items() if len(code.scene) == 32][-1:]
        mother, other = (here.account.person(following=False) for _ in range(2))
        postman, kept.fails = here.server.postman, 1  # what could not be stored is called for again
        postman.scans(mother, url)
        postman.scans(mother, url)
        postman.scans(other, url)
        await until(lambda: len(kept.all) == 3)
        texts = [event.text for event in heard(here, kept) if isinstance(event, Message)]
    assert texts == ["/start b-Xy_1", "/start b-Xy_1", "/start"]
    assert b"gQticket" not in b"".join(one.raw for one in kept.all.values())


async def test_a_page_that_is_asked_for_too_often_or_in_bad_times_says_so(here: Desk) -> None:
    async with answering(here) as (_, root), httpx.AsyncClient(base_url=root) as client:
        here.server.fault("qrcode/create", 500)
        assert (await client.get("/official-account/start/bad-times")).status_code == 503
        assert (await client.get("/official-account/start/a.b")).status_code == 404
        assert (await client.get("/official-account/start/often")).status_code == 200
        here.server.fault("qrcode/create", 45009, times=100)
        pages = [(await client.get("/official-account/start/often")).status_code for _ in range(90)]
    assert pages == [503] * 89 + [429]


# --- menus --------------------------------------------------------------------------------------


async def test_each_sees_the_menu_of_what_they_may_do(here: Desk) -> None:
    await here.platform.open()
    teacher, mother = here.account.person(), here.account.person()
    to = dict.fromkeys((teacher, mother), here.platform)
    for who, may in ((teacher, "notice praise leave"), (mother, "leave message help")):
        await _menu(to[who], who, may)
    assert list(here.account.menu_of(teacher)) == ["发布"]
    assert list(here.account.menu_of(mother)) == ["孩子", "帮助"]
    asked = len(here.server.requests)
    await _menu(here.platform, teacher, "notice praise leave")
    await here.platform.open()
    assert len(here.server.requests) == asked  # nothing is set that is so already
    async with answering(here) as (kept, _):
        here.server.postman.picks(mother, "请假")
        await until(lambda: len(kept.all) == 1)
        [event] = heard(here, kept)
    assert isinstance(event, Message) and event.text == "/leave"
    await _menu(here.platform, teacher, "leave")
    assert list(here.account.menu_of(teacher)) == ["孩子", "帮助"]


async def _menu(platform: object, who: str, may: str) -> None:
    assert isinstance(platform, ShowsMenus)
    to = PersonAddress(1, "official_account", who)
    refs(await platform.menu(to, None, [(name, name) for name in may.split()]))


# --- secrets ------------------------------------------------------------------------------------


async def test_no_secret_token_or_ticket_is_in_a_log(
    here: Desk, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        await here.platform.open()
        async with answering(here) as (kept, root), httpx.AsyncClient() as client:
            await client.get(f"{root}/official-account/start/quiet")
            who = here.account.person(following=False)
            here.server.postman.scans(who, list(here.account.codes)[-1])
            await until(lambda: bool(kept.all))
            outcomes = [await here.tell(who, CONCERN, PAGE)]
            for fault in (40001, 45015, 48001, 45009, "reset_after", "500"):
                here.server.fault("message/custom/send", fault)
                here.pass_(86400.0)
                outcomes.append(await here.tell(who, CONCERN, PAGE))
            await asyncio.sleep(0)
    printed = capsys.readouterr()
    ours = [record for record in caplog.records if not record.name.startswith(("uvicorn", "httpx"))]
    logged = [record.getMessage() for record in ours]
    seen = repr(outcomes) + repr(logged) + printed.out + printed.err + repr(here.platform.__dict__)
    account = here.account
    secrets = [account.secret, account.token, account.aes_key, *account.issued, CONCERN, who]
    assert not [secret for secret in secrets if secret in seen]
    assert json.dumps(CONCERN) not in seen
