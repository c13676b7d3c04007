"""Parents on WeChat: what their phones show, what they can do with it, and what nobody else reads."""

from __future__ import annotations

import re

import httpx
import pytest

from bot.demo.host import Host
from bot.demo.house import House
from bot.demo.web import application
from bot.platforms.web import BOT, Shown
from tests.playground.conftest import HOME
from tests.playground.test_school_day import Eyes
from tests.playground.test_windows import host, page

__all__ = ["host"]


@pytest.fixture
def eyes(house: House) -> Eyes:
    return Eyes(house)


def address(shown: Shown) -> str:
    """Where a message leads."""
    urls = [shown.card.url if shown.card else "", *(span.url or "" for span in shown.spans)]
    return next(url for url in urls if url)


async def test_one_notice_looks_different_on_three_phones(eyes: Eyes) -> None:
    group = len(eyes.group)
    await eyes.attempt("phones")
    notice, knock, card = (eyes.inbox(native)[-1] for native in ("fangma", "zhaoba", "zhouba"))
    words = eyes.said("phone_notice").split("] ")[1]
    assert notice.card and notice.card.kind == "notice" and words in notice.text and notice.card.label
    assert knock.card and knock.card.kind == "template" and knock.text == ""
    assert all(word not in str(knock.card) for word in (words[:6], eyes.house.script.cast.pupils[4].name))
    assert card.card and card.card.kind in ("buttons", "numbers") and len(card.keys) == 1
    assert len(eyes.group) == group  # it is for these families alone
    await eyes.attempt("card")
    assert [m.keys for m in eyes.inbox("zhouba") if m is card] == [()]
    await eyes.attempt("school")
    assert any("2/3" in m.text for m in eyes.inbox("wang")[-2:])


async def test_a_knock_says_nothing_of_a_child_and_its_page_says_all(eyes: Eyes) -> None:
    before = len(eyes.group)
    await eyes.attempt("knock")
    knock = eyes.inbox("zhaoba")[-1]
    criticism = eyes.said("phone_concern")[-12:]
    assert knock.card and criticism not in f"{knock.card}{knock.text}"
    assert len(eyes.group) == before and all(criticism not in m.text for m in eyes.group)
    assert await eyes.house.script.purposes(knock) == {}
    father = eyes.house.script.who("zhaoba")
    await father.answers("concern.i_know")
    assert eyes.inbox("zhaoba")[-1] is knock  # the answer is on the page


async def test_an_account_talks_for_two_days_after_a_word_and_five_times(eyes: Eyes) -> None:
    father = eyes.house.script.who("zhaoba")
    await father.tells("/help")
    assert eyes.inbox("zhaoba")[-1].card is None and "/" in eyes.inbox("zhaoba")[-1].text
    await eyes.attempt("phones")
    open_still = eyes.inbox("zhaoba")[-1]
    assert open_still.card is None and address(open_still).startswith(HOME)
    for _ in range(5):
        await eyes.attempt("phones")
    assert [m.card is None for m in eyes.inbox("zhaoba")[-6:]] == [True] * 4 + [False] * 2


async def test_what_is_pressed_on_the_page_counts_in_the_group(host: Host) -> None:
    wang, father = await page(host, "wang"), await page(host, "zhaoba")
    assert host.house is not None
    letter = next(
        m for m in host.house.stage.platform.chats["zhaoba"].visible[::-1] if m.by == BOT and m.spans
    )
    pinned = next(m for m in wang.messages("group") if m["pinned"])
    assert "5/12" in str(pinned["keys"])
    transport = httpx.ASGITransport(application(host, None))
    async with httpx.AsyncClient(transport=transport) as browser:
        opened = await browser.get(address(letter))
        assert "frame-ancestors 'none'" in opened.headers["content-security-policy"]
        once = re.search(r'name="once" value="(\w+)"', opened.text)
        press = re.search(r'name="press" value="([^"]+)"', opened.text)
        assert once and press
        form = {"once": once[1], "press": press[1]}
        done = await browser.post(address(letter), data=form, follow_redirects=True)
    assert "赵一诺" in done.text and "refresh" not in done.text  # no waiting: the answer is there
    await wang.until(
        lambda: "6/12" in str(next(m for m in wang.messages("group") if m["ref"] == pinned["ref"])["keys"])
    )
    assert father.last("hello")["as"] == "zhaoba"


async def test_where_nothing_is_heard_nothing_can_be_said(host: Host) -> None:
    mother = await page(host, "fangma")
    assert "页面" in str(await mother.asks(do="say", chat="private", text="收到"))
    assert "不在这个群" in str(await mother.asks(do="join"))
    assert "加入" in str(await mother.asks(do="say", chat="group", text="收到"))
    shown = mother.messages("private")[-1]["card"]
    assert isinstance(shown, dict) and shown["kind"] == "notice"


async def test_in_wecom_a_number_is_a_press(host: Host) -> None:
    assert host.house is not None
    await host.house.script.who("wang").tells("/私聊 周子涵 今天忘了带画笔，明天请带上。")
    await host.house.script.who("wang").presses("concern.send")
    father = await page(host, "zhouba")
    offered = await father.sees("private", "回复数字选择")
    assert offered["keys"]  # protected words are on no card, which could be passed on
    await father.asks(do="say", chat="private", text="1")
    wang = await page(host, "wang")
    await wang.sees("private", "周子涵爸爸")


async def test_a_photo_comes_along_where_the_channel_takes_it(host: Host) -> None:
    assert host.house is not None
    script, platform = host.house.script, host.house.stage.platform
    wang, photo = script.who("wang"), platform.file(b"\x89PNG\r\n\x1a\n" + b"0" * 64, "map.png", "photo")
    await wang.tells("/通知 [给 王芳、周子涵] 集合的地方见图。", files=(photo,))
    await wang.presses("notice.send")
    for native in ("fangma", "zhouba"):
        picture, words = platform.chats[native].visible[-2:]
        assert picture.attachments[0].kind == "photo" and "集合的地方" in words.text
    mother = await page(host, "fangma")
    shown = mother.messages("private")[-2]["files"]
    assert isinstance(shown, list) and len(shown) == 1
