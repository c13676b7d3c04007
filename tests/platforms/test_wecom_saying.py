"""What the app says in WeCom: to members one by one, by cards, by numbers, and to groups."""

import base64
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.ports import Done, Failure, Fate, Key, Outcome, Refused, TryAgain
from classroom.addresses import PersonAddress
from classroom.effects import Enclosed
from classroom.events import Message, Pressed
from classroom.text import PrivateText
from tests.conftest import FreshDatabase
from tests.platforms.wecom_kit import Desk, answering, desk, migrate, until
from tests.wecomapi import WeComServer
from tests.wecomapi.server import WELL

DAY = 86400.0
YES, NO = Key("同意", token="yes"), Key("不同意", token="no")
LINES = [Key(f"第{n}组：打扫教室和走廊，擦黑板", token=f"t{n}") for n in range(1, 8)]
PLACES = [Key(f"地点{n}", token=f"p{n}") for n in range(1, 10)]


@pytest.fixture
def server() -> Iterator[WeComServer]:
    with WeComServer() as server:
        yield server
        assert server.violations == [] and server.corp.dropped == []


@pytest.fixture
async def app(server: WeComServer, fresh_database: FreshDatabase) -> AsyncIterator[Desk]:
    async with desk(server, fresh_database("sqlite", migrate)) as made:
        await made.platform.open()
        yield made


def refs(outcome: Outcome) -> tuple[str, ...]:
    assert isinstance(outcome, Done), outcome
    return outcome.refs


# --- whom it reaches ----------------------------------------------------------------------------


async def test_who_sees_the_app_is_told_without_having_opened_it(app: Desk) -> None:
    wang = app.member()
    refs(await app.tell(wang, "您好"))
    assert app.said(wang) == ["您好"]


async def test_who_does_not_see_it_or_has_no_licence_is_named_by_the_outcome(app: Desk) -> None:
    outside = app.corp.member("outside", "外人", visible=False)
    assert await app.tell(outside, "您好") == Refused(Failure.NEVER_STARTED, "81013")
    unlicensed = app.member()
    app.corp.unlicensed.add(unlicensed)
    assert await app.tell(unlicensed, "您好") == Refused(Failure.NOT_ALLOWED, "unlicenseduser")
    assert app.said(unlicensed) == []


async def test_one_call_tells_many_and_says_of_each_what_became_of_it(app: Desk) -> None:
    seen, unlicensed = [app.member() for _ in range(3)], app.member()
    app.corp.unlicensed.add(unlicensed)
    outside = app.corp.member("outside", "外人", visible=False)
    to = [PersonAddress(1, "wecom", one) for one in (*seen, unlicensed, outside, "a|b")]
    long = "明天停课一天，请互相转告。" * 200
    done = await app.platform.tell_many(to, PrivateText(long), protect=False)
    assert done == [
        *[Done()] * 3,
        Refused(Failure.NOT_ALLOWED, "unlicenseduser"),
        Refused(Failure.NEVER_STARTED, "invaliduser"),
        Refused(Failure.NOT_FOUND, "no member"),
    ]
    assert all("".join(app.said(one)) == long for one in seen)
    assert app.said(unlicensed) == app.said(outside) == []


async def test_one_group_among_many_and_nobody_is_told(app: Desk) -> None:
    to = [PersonAddress(1, "wecom", app.member()), PersonAddress(2, "wecom", "appchat:class1")]
    assert await app.platform.tell_many(to, PrivateText("您好"), protect=False) == [Refused(Failure.LEAK)] * 2
    assert app.said(to[0].native) == []


@pytest.mark.parametrize("several", ["@all", "u1|u2", "", "a b", "a" * 65, "|", "张老师"])
async def test_a_private_word_never_goes_to_several(app: Desk, several: str) -> None:
    app.corp.member("u1", "王老师")
    app.corp.member("u2", "刘老师")
    assert await app.tell(several, "李雷没有带作业本") == Refused(Failure.NOT_FOUND, "no member")
    assert app.server.asked("message/send") == []


async def test_more_than_wecom_shows_a_member_waits_instead_of_being_dropped(app: Desk) -> None:
    wang, liu = app.member(), app.member("刘老师")
    for n in range(30):
        refs(await app.tell(wang, f"第 {n} 条"))
    waiting = await app.tell(wang, "第 31 条")
    assert isinstance(waiting, TryAgain) and waiting.why == "own limit"
    assert waiting.after is not None and 0 < waiting.after <= 60 and not waiting.uncertain
    refs(await app.tell(liu, "您好"))  # another member is another count
    assert len(app.said(wang)) == 30


# --- once, and not twice ------------------------------------------------------------------------


async def test_a_letter_too_long_for_a_minute_is_said_to_be_dropped_perhaps(app: Desk) -> None:
    wang, zhang = app.member(), app.member()
    long = await app.tell(wang, "明天停课一天，请互相转告。" * 1700)
    assert isinstance(long, Done) and len(long.refs) > 30 and long.fate is Fate.POSSIBLY_DROPPED
    assert app.corp.dropped != []
    app.corp.dropped.clear()
    short = await app.tell(zhang, "您好")
    assert isinstance(short, Done) and short.fate is Fate.ACCEPTED


async def test_what_was_broken_off_is_asked_again_without_a_second_message(app: Desk) -> None:
    wang = app.member()
    app.server.fault("message/send", "reset_after")
    broken = await app.tell(wang, "明天春游")
    assert isinstance(broken, TryAgain) and broken.uncertain
    refs(await app.tell(wang, "明天春游"))
    assert app.said(wang) == ["明天春游"]


async def test_the_same_words_meant_twice_arrive_twice(app: Desk) -> None:
    wang = app.member()
    for _ in range(2):
        refs(await app.tell(wang, "好的"))
    assert app.said(wang) == ["好的", "好的"]


async def test_a_letter_that_breaks_in_the_middle_is_taken_back(app: Desk) -> None:
    wang, body = app.member(), "班" * 1500
    app.server.fault("message/send", WELL)
    app.server.fault("message/send", 48002)
    assert await app.tell(wang, body) == Refused(Failure.NOT_ALLOWED, "48002")
    assert app.said(wang) == [] and len(app.corp.screen(wang)) == 1
    app.server.fault("message/send", WELL)
    app.server.fault("message/send", -1)
    assert await app.tell(wang, body) == TryAgain("-1")
    assert app.said(wang) == []


# --- buttons ------------------------------------------------------------------------------------


async def test_a_card_is_changed_where_it_stands_once_for_each_code(app: Desk) -> None:
    wang = app.member()
    [ref] = told = refs(await app.tell(wang, "张小明请假", YES, NO))
    [card] = app.screen(wang)
    assert (card.card_type, list(card.buttons)) == ("button_interaction", ["同意", "不同意"])
    assert refs(await app.edit(wang, told, "张小明请假（改）", YES, NO)) == told
    assert app.said(wang) == ["张小明请假（改）"] and card.edited
    async with answering(app) as kept:
        app.server.postman.presses(wang, card, "同意")
        await until(lambda: bool(kept.all))
    [event] = kept.events(app.platform)
    assert isinstance(event, Pressed) and (event.token, event.ref) == ("yes", ref)
    assert refs(await app.edit(wang, told, "已同意")) == told  # by the code that the press brought
    assert (app.said(wang), card.buttons, card.removed) == (["已同意"], {}, False)
    assert refs(await app.edit(wang, told, "已撤销")) == told  # there is no code any more
    assert app.said(wang) == ["已撤销"] and card.removed
    assert refs(await app.edit(wang, told, "已撤销，请知悉")) == told  # by the name it had first
    assert app.said(wang) == ["已撤销，请知悉"]


async def test_after_three_days_a_card_is_said_anew(app: Desk) -> None:
    wang = app.member()
    told = refs(await app.tell(wang, "张小明请假", YES, NO))
    app.pass_(3 * DAY + 60)
    assert refs(await app.edit(wang, told, "已过期")) == told
    assert app.said(wang)[-1] == "已过期"
    assert app.server.asked("message/update_template_card") == []


async def test_a_card_that_could_not_be_changed_now_is_changed_later(app: Desk) -> None:
    wang = app.member()
    told = refs(await app.tell(wang, "张小明请假", YES, NO))
    app.server.fault("message/update_template_card", 45009)
    assert isinstance(await app.edit(wang, told, "已同意"), TryAgain)
    assert refs(await app.edit(wang, told, "已同意")) == told
    assert app.said(wang) == ["已同意"]


async def test_more_buttons_than_a_card_has_become_a_vote(app: Desk) -> None:
    wang = app.member()
    [ref] = refs(await app.tell(wang, "春游去哪里？", *PLACES))
    [card] = app.screen(wang)
    assert (card.card_type, len(card.buttons)) == ("vote_interaction", 9)
    async with answering(app) as kept:
        app.server.postman.presses(wang, card, "地点7")
        await until(lambda: bool(kept.all))
    [event] = kept.events(app.platform)
    assert isinstance(event, Pressed) and (event.token, event.ref) == ("p7", ref)


async def test_longer_choices_are_numbered_and_answered_with_a_number(app: Desk) -> None:
    wang = app.member()
    told = refs(await app.tell(wang, "值日选哪一组？", *LINES))
    [text] = app.said(wang)
    assert text.startswith("值日选哪一组？\n\n回复数字选择：\n1  第1组") and "\n7  第7组" in text
    async with answering(app) as kept:
        for typed in ("2", " 7。", "8", "2 组"):
            app.server.postman.writes(wang, typed)
        await until(lambda: len(kept.all) == 4)
        events = kept.events(app.platform)
        assert [(e.token, e.ref) for e in events if isinstance(e, Pressed)] == [
            ("t2", told[-1]),
            ("t7", told[-1]),
        ]
        assert [e.text for e in events if isinstance(e, Message)] == ["8", "2 组"]
        refs(await app.edit(wang, told, "已选第二组"))
        app.server.postman.writes(wang, "3")
        await until(lambda: len(kept.all) == 5)
    over = kept.events(app.platform)[-1]
    assert isinstance(over, Message) and over.text == "3"
    assert app.said(wang) == ["已选第二组"]


async def test_a_second_choice_goes_on_counting_so_that_no_number_has_two_meanings(app: Desk) -> None:
    wang = app.member()
    refs(await app.tell(wang, "第一问", *LINES[:2]))
    refs(await app.tell(wang, "第二问", Key("这一项的名字很长很长很长", token="later")))
    assert "3  这一项" in app.said(wang)[-1]
    async with answering(app) as kept:
        for typed in ("1", "3"):
            app.server.postman.writes(wang, typed)
        await until(lambda: len(kept.all) == 2)
    assert [e.token for e in kept.events(app.platform) if isinstance(e, Pressed)] == ["t1", "later"]


async def test_one_members_numbers_say_nothing_in_anothers_mouth(app: Desk) -> None:
    wang, liu = app.member(), app.member("刘老师")
    refs(await app.tell(wang, "值日选哪一组？", *LINES))
    async with answering(app) as kept:
        app.server.postman.writes(liu, "2")
        await until(lambda: bool(kept.all))
    [event] = kept.events(app.platform)
    assert isinstance(event, Message) and event.text == "2"


async def test_what_is_protected_is_no_card_that_could_be_passed_on(app: Desk) -> None:
    wang = app.member()
    refs(await app.tell(wang, "老师给您的留言", YES, protect=True))
    [shown] = app.screen(wang)
    assert (shown.kind, shown.safe) == ("text", True)


# --- groups -------------------------------------------------------------------------------------


@pytest.fixture
def group(app: Desk) -> str:
    return f"appchat:{app.corp.make_chat('三年级2班', 'w', ['w', 'l'])}"


def stands(app: Desk, group: str) -> list[str]:
    return [one.text or one.filename for one in app.corp.chats[group.removeprefix("appchat:")].screen]


async def test_a_post_without_buttons_says_where_to_answer(app: Desk, group: str) -> None:
    assert await app.post(group, "明天春游", YES, NO) == Done()
    assert stands(app, group) == ["明天春游\n\n请在企业微信的应用「班务助手」里回复。"]


async def test_a_long_post_with_a_picture(app: Desk, group: str) -> None:
    picture = Enclosed("photo", "海报", data=base64.b64encode(b"\x89PNG and more").decode())
    assert await app.post(group, "班" * 1500, files=[picture]) == Done()
    assert [len(text) for text in stands(app, group)] == [len("海报.png"), 670, 670, 160]


async def test_what_is_private_never_gets_into_a_group(app: Desk, group: str) -> None:
    paper = Enclosed("document", "名单.pdf", data=base64.b64encode(b"%PDF-1.7").decode(), private=True)
    assert await app.post(group, "明天春游", files=[paper]) == Refused(Failure.LEAK)
    assert await app.tell(group, "李雷没有带作业本", files=[paper]) == Refused(Failure.LEAK)
    assert stands(app, group) == [] and app.corp.files == {}


async def test_a_group_is_made_once_with_its_members(app: Desk) -> None:
    wang, liu = app.member(), app.member("刘老师")
    to = PersonAddress(1, "wecom", wang)
    app.server.fault("appchat/create", "reset_after")
    broken = await app.platform.make_group(to, "三年级2班", [liu, wang], "class 1")
    assert isinstance(broken, TryAgain) and broken.uncertain
    made = await app.platform.make_group(to, "三年级2班", [liu, wang], "class 1")
    assert isinstance(made, Done) and isinstance(made.answer, dict)
    [chat] = app.corp.chats.values()
    assert (chat.members, chat.owner, made.answer["native"]) == ([wang, liu], wang, f"appchat:{chat.chatid}")
    assert await app.post(f"appchat:{chat.chatid}", "您好") == Done()
    alone = await app.platform.make_group(to, "一个人", [wang, "@all", "a|b"], "class 2")
    assert alone == Refused(Failure.REFUSED, "too few members")


# --- files and presses --------------------------------------------------------------------------


async def test_a_file_that_cannot_go_leaves_nothing_behind(app: Desk) -> None:
    wang = app.member()
    files = [Enclosed("document", "a.txt", data=base64.b64encode(b"123456").decode())]
    empty = Enclosed("document", "b.txt", data=base64.b64encode(b"1").decode())
    assert await app.tell(wang, "两个文件", files=[*files, empty]) == Refused(Failure.REFUSED, "too_large")
    assert app.said(wang) == []
    app.server.fault("media/upload", "reset_after")
    again = await app.tell(wang, "一个文件", files=files)
    assert isinstance(again, TryAgain) and not again.uncertain  # a file alone is not yet said
    refs(await app.tell(wang, "一个文件", files=files))
    assert [one.filename or one.text for one in app.screen(wang)] == ["a.txt", "一个文件"]


async def test_taking_back_is_for_a_day(app: Desk) -> None:
    wang = app.member()
    told = refs(await app.tell(wang, "您好"))
    app.pass_(DAY + 60)
    gone = await app.platform.recall(PersonAddress(1, "wecom", wang), told)
    assert isinstance(gone, Refused) and app.said(wang) == ["您好"]
