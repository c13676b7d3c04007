"""What comes from WeCom: once each, from the right corp, and in our words."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.wecom.read import read
from classroom.addresses import ChatKind
from classroom.events import BotBlocked, Event, Json, Message, Pressed
from tests.conftest import FreshDatabase
from tests.platforms.wecom_kit import Desk, Kept, answering, desk, migrate
from tests.wecomapi import WeComServer

ODD: tuple[Json, ...] = (None, True, -1, 1 << 70, 1.5, "", "x", "\ud800", "\x00", [], [None], {}, {"x": "y"})


@pytest.fixture
def server() -> Iterator[WeComServer]:
    with WeComServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture
async def app(server: WeComServer, fresh_database: FreshDatabase) -> AsyncIterator[Desk]:
    async with desk(server, fresh_database("sqlite", migrate)) as made:
        await made.platform.open()
        yield made


def xml(app: Desk, who: str, fields: str, *, corp: str = "", agent: str = "") -> str:
    return (
        f"<xml><ToUserName>{corp or app.corp.corp_id}</ToUserName><FromUserName>{who}</FromUserName>"
        f"<CreateTime>1760000000</CreateTime>{fields}<AgentID>{agent or app.corp.agent_id}</AgentID></xml>"
    )


async def call(app: Desk, words: str) -> int:
    """Bring one call; gives the status of the answer."""
    asked, body = app.server.postman.sealed(words)
    async with httpx.AsyncClient() as client:
        return (await client.post(f"{app.server.postman.url}?{asked}", content=body)).status_code


async def heard(app: Desk, kept: Kept, *calls: str) -> list[Event | None]:
    """What these calls mean."""
    before = len(kept.all)
    for words in calls:
        assert await call(app, words) == 200
    return kept.events(app.platform)[before:]


# --- once each ----------------------------------------------------------------------------------


async def test_a_call_that_comes_again_and_at_once_is_one(app: Desk) -> None:
    wang = app.member()
    words = xml(app, wang, "<MsgType>text</MsgType><Content>您好</Content><MsgId>4711</MsgId>")
    async with answering(app) as kept:
        assert await asyncio.gather(*(call(app, words) for _ in range(6))) == [200] * 6
        assert await call(app, words) == 200
        assert list(kept.all) == ["wecom:4711"]
        press = xml(app, wang, "<MsgType>event</MsgType><Event>enter_agent</Event>")
        other = xml(app, app.member(), "<MsgType>event</MsgType><Event>enter_agent</Event>")
        for words in (press, other, press):
            assert await call(app, words) == 200
    assert len(kept.all) == 3  # events have no id: two in one second are two


async def test_calls_of_another_corp_or_app_are_turned_away(app: Desk) -> None:
    wang, said = app.member(), "<MsgType>text</MsgType><Content>您好</Content><MsgId>1</MsgId>"
    async with answering(app) as kept:
        assert await call(app, xml(app, wang, said, corp="ww_another")) == 400
        assert await call(app, xml(app, wang, said, agent="1000099")) == 400
    assert kept.all == {} and app.platform.callback.refused["receiver"] == 2


# --- messages -----------------------------------------------------------------------------------


async def test_words_come_with_the_name_in_the_directory(app: Desk) -> None:
    wang = app.member("王老师")
    async with answering(app) as kept:
        said = "<MsgType>text</MsgType><Content><![CDATA[ /notice <b>春游</b>]]></Content><MsgId>1</MsgId>"
        [event] = await heard(app, kept, xml(app, wang, said))
        assert isinstance(event, Message)
        assert (event.text, event.sender.name, event.ref) == (" /notice <b>春游</b>", "王老师", "1")
        assert (event.origin.kind, event.origin.native) == (ChatKind.PRIVATE, wang)
        unknown = xml(app, "nobody", said.replace(">1<", ">2<"))
        [event] = await heard(app, kept, unknown)
        assert isinstance(event, Message) and event.sender.name == ""


async def test_a_slow_directory_holds_nobody_up(app: Desk) -> None:
    wang = app.member("王老师")
    app.server.fault("user/get", "silence", seconds=0.9)
    async with answering(app) as kept:
        said = "<MsgType>text</MsgType><Content>您好</Content><MsgId>1</MsgId>"
        [event] = await heard(app, kept, xml(app, wang, said))
    assert isinstance(event, Message) and (event.text, event.sender.name) == ("您好", "")


@pytest.mark.parametrize(
    ("kind", "fields", "said", "file"),
    [
        ("image", "<MediaId>m1</MediaId><PicUrl>https://x</PicUrl>", "", ("photo", "m1", None, None)),
        (
            "file",
            "<MediaId>m1</MediaId><FileName>名册.xlsx</FileName><FileSize>12</FileSize>",
            "",
            ("document", "m1", "名册.xlsx", 12),
        ),
        (
            "voice",
            "<MediaId>m1</MediaId><Recognition>请假一天</Recognition>",
            "请假一天",
            ("voice", "m1", None, None),
        ),
        ("location", "<Location_X>31.2</Location_X><Label>人民路</Label>", "人民路", None),
        ("link", "<Title>通知</Title><Url>https://a.example</Url>", "通知\nhttps://a.example", None),
    ],
)
async def test_other_kinds_of_messages(
    app: Desk, kind: str, fields: str, said: str, file: tuple[str, str, str | None, int | None] | None
) -> None:
    words = xml(app, app.member(), f"<MsgType>{kind}</MsgType>{fields}<MsgId>1</MsgId>")
    async with answering(app) as kept:
        [event] = await heard(app, kept, words)
    assert isinstance(event, Message) and event.text == said
    found = [(one.kind, one.ref, one.filename, one.size) for one in event.attachments]
    assert found == ([file] if file else [])


# --- events -------------------------------------------------------------------------------------


async def test_the_first_opening_is_a_start_and_later_ones_are_none(app: Desk) -> None:
    wang = app.member()
    opened = "<MsgType>event</MsgType><Event>enter_agent</Event>"
    async with answering(app) as kept:
        [first] = await heard(app, kept, xml(app, wang, opened))
        [second] = await heard(app, kept, xml(app, wang, opened + "<EventKey></EventKey>"))
        [closed] = await heard(
            app, kept, xml(app, wang, "<MsgType>event</MsgType><Event>unsubscribe</Event>")
        )
    assert isinstance(first, Message) and first.text == "/start"
    assert isinstance(second, BotBlocked) and not second.blocked
    assert isinstance(closed, BotBlocked) and closed.blocked


async def test_a_start_that_could_not_be_stored_is_a_start_when_it_comes_again(app: Desk) -> None:
    opened = xml(app, app.member(), "<MsgType>event</MsgType><Event>enter_agent</Event>")
    async with answering(app) as kept:
        kept.fails = 2
        assert [await call(app, opened) for _ in range(4)] == [503, 503, 200, 200]
    [event] = kept.events(app.platform)
    assert isinstance(event, Message) and event.text == "/start" and len(set(kept.offered)) == 1


SUBMITTED = (
    "<MsgType>event</MsgType><Event>template_card_event</Event><EventKey>submit</EventKey><TaskId>hr-1</TaskId>"
    "<CardType>vote_interaction</CardType><ResponseCode>the-secret-code</ResponseCode><SelectedItems>{}</SelectedItems>"
)
ITEM = "<SelectedItem><QuestionKey>q</QuestionKey><OptionIds>{}</OptionIds></SelectedItem>"
ONE, TWO = "<OptionId>t1</OptionId>", "<OptionId>t1</OptionId><OptionId>t2</OptionId>"


@pytest.mark.parametrize("chosen", [ITEM.format(ONE), ITEM.format(TWO), ITEM.format(ONE) * 2])
async def test_a_choice_is_read_however_many_there_are(app: Desk, chosen: str) -> None:
    wang = app.member()
    async with answering(app) as kept:
        [event] = await heard(app, kept, xml(app, wang, SUBMITTED.format(chosen)))
    assert isinstance(event, Pressed) and (event.token, event.ref) == ("t1", "hr-1")
    assert not any(b"the-secret-code" in one.raw for one in kept.all.values())


@pytest.mark.parametrize(
    "fields",
    [
        SUBMITTED.format(""),
        SUBMITTED.format(ITEM.format("")),
        SUBMITTED.format("").replace("submit", "over"),
        "<MsgType>event</MsgType><Event>LOCATION</Event>",
        "<MsgType>event</MsgType><Event>change_contact</Event><ChangeType>create_user</ChangeType>",
        "<MsgType>event</MsgType><Event>change_school_contact</Event><ChangeType>create_parent</ChangeType>",
        "<MsgType>event</MsgType><Event>change_external_chat</Event><ChatId>wr1</ChatId>",
        "<MsgType>text</MsgType><Content></Content><MsgId>1</MsgId>",
        "<MsgType>text</MsgType><Content>没有编号</Content>",
        "<MsgType>sticker</MsgType><MsgId>1</MsgId>",
        "",
    ],
)
async def test_what_concerns_us_not_is_confirmed_and_means_nothing(app: Desk, fields: str) -> None:
    async with answering(app) as kept:
        assert await heard(app, kept, xml(app, "sys", fields)) == [None]


@pytest.mark.parametrize("who", ["", "@all", "a|b", "张"])
async def test_nobody_in_particular_says_nothing(app: Desk, who: str) -> None:
    said = "<MsgType>text</MsgType><Content>您好</Content><MsgId>1</MsgId>"
    async with answering(app) as kept:
        assert await heard(app, kept, xml(app, who, said)) == [None]


async def test_a_start_link_says_what_to_send(app: Desk) -> None:
    async with answering(app), httpx.AsyncClient() as client:
        root = app.server.postman.url.removesuffix("/wecom/callback")
        page = await client.get(
            root + app.platform.start_link("b-Xy_1").removeprefix("https://class.example")
        )
        assert page.status_code == 200 and "/start b-Xy_1" in page.text and "班务助手" in page.text
        assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert (await client.get(f"{root}/wecom/start/%3Cscript%3E")).status_code == 404


# --- anything at all ----------------------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(value=ANYTHING, body=ANYTHING)
def test_reading_is_total(value: Json, body: Json) -> None:
    assert read(json.dumps(value).encode()) is None
    read(json.dumps({"xml": body, "mark": value, "key": value}).encode())


async def test_reading_is_total_on_almost_calls(app: Desk) -> None:
    wang = app.member()
    async with answering(app) as kept:
        await heard(
            app,
            kept,
            xml(app, wang, SUBMITTED.format(ITEM.format(TWO))),
            xml(
                app, wang, "<MsgType>file</MsgType><MediaId>m</MediaId><FileSize>1</FileSize><MsgId>1</MsgId>"
            ),
        )
    for one in kept.all.values():
        whole = json.loads(one.raw)
        for name in whole["xml"]:
            for odd in ODD:
                read(json.dumps({**whole, "xml": {**whole["xml"], name: odd}}).encode())
        for name in whole:
            for odd in ODD:
                read(json.dumps({**whole, name: odd}).encode())
        for end in range(0, len(one.raw), 5):
            read(one.raw[:end])
