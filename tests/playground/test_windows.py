"""What a page is shown and may ask for: each frame is done once, and nobody sees what is not theirs."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.demo.host import Host
from bot.demo.window import Window
from classroom.events import Json
from tests.playground.conftest import HOME, TODAY, Lived

ids = (f"i{number}" for number in itertools.count())


class Page:
    """An open page, without a browser."""

    def __init__(self, host: Host, window: Window) -> None:
        self.host = host
        self.window = window
        self.frames: list[dict[str, Json]] = []

    async def asks(self, **action: Json) -> str | None:
        """Send a frame; gives the refusal, None if it was done."""
        action.setdefault("id", next(ids))
        await self.host.ask(self.window, json.dumps(action))
        await asyncio.sleep(0)
        for frame in reversed(self.read()):
            if frame["type"] == "ack" and frame["id"] == action["id"]:
                error = frame.get("error")
                return str(error) if error else None
        return None

    def read(self) -> list[dict[str, Json]]:
        """All frames so far."""
        while not self.window.out.empty():
            text = self.window.out.get_nowait()
            self.frames.append(json.loads(text) if text else {"type": "closed"})
        return self.frames

    def messages(self, chat: str) -> list[dict[str, Json]]:
        """The messages of a chat as the page has them now."""
        found: dict[str, dict[str, Json]] = {}
        for frame in self.read():
            if frame["type"] == "chat" and frame["chat"] == chat:
                listed = frame["messages"]
                assert isinstance(listed, list)
                found = {str(m["ref"]): m for m in listed if isinstance(m, dict)}
            if frame["type"] == "message" and frame["chat"] == chat:
                shown = frame["message"]
                assert isinstance(shown, dict)
                found[str(shown["ref"])] = shown
        return list(found.values())

    async def until(self, look: Callable[[], bool]) -> None:
        """Wait until something can be seen."""
        for _ in range(1000):
            if look():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("not seen within ten seconds")

    async def sees(self, chat: str, text: str) -> dict[str, Json]:
        """Wait for a message that holds this."""
        await self.until(lambda: any(text in str(m["text"]) for m in self.messages(chat)))
        return next(m for m in reversed(self.messages(chat)) if text in str(m["text"]))

    def rows(self) -> list[dict[str, Json]]:
        """What was seen under the hood."""
        shown = [frame["rows"] for frame in self.read() if frame["type"] == "hood"]
        return [row for rows in shown if isinstance(rows, list) for row in rows if isinstance(row, dict)]

    def last(self, kind: str) -> dict[str, Json]:
        """The newest frame of a kind."""
        return next(frame for frame in reversed(self.read()) if frame["type"] == kind)


@pytest.fixture
async def host(lived: Lived) -> AsyncIterator[Host]:
    house = await lived("zh_CN")
    host = Host(HOME, house.keep, TODAY, pace=0)
    await host.move_in(house)
    showing = asyncio.create_task(host.keep_showing())
    yield host
    showing.cancel()
    await host.close()


async def page(host: Host, native: str, language: str = "zh_CN") -> Page:
    return Page(host, await host.enter(language, native))


async def test_a_page_is_shown_everything(host: Host) -> None:
    wang = await page(host, "wang")
    await asyncio.sleep(0.2)
    kinds = [frame["type"] for frame in wang.read()]
    assert kinds[:3] == ["hello", "chat", "chat"]
    assert {"people", "commands", "tries", "clock"} <= set(kinds)
    listed = wang.last("hello")["people"]
    assert isinstance(listed, list)
    roles = [p["role"] for p in listed if isinstance(p, dict) and p["listed"]]
    phones = ["guardian"] * 3
    assert roles == ["teacher", "committee", "guardian", "guardian", "unbound", "advertiser", *phones]


async def test_two_pages_see_the_same_group_but_only_their_own_private_chat(host: Host) -> None:
    wang, lei = await page(host, "wang"), await page(host, "lei")
    await wang.asks(do="say", chat="group", text="大家早上好", place="p1")
    assert (await lei.sees("group", "大家早上好"))["place"] == "p1"
    await wang.asks(do="say", chat="private", text="/help")
    await wang.sees("private", "/roster")
    assert all("/help" not in str(m["text"]) for m in lei.messages("private"))


async def test_what_is_sent_twice_is_done_once(host: Host) -> None:
    wang = await page(host, "wang")
    for _ in range(3):
        assert await wang.asks(id="same", do="say", chat="group", text="只说一次") is None
    assert [m["text"] for m in wang.messages("group")].count("只说一次") == 1


async def test_removed_words_are_shown_to_their_author_alone(host: Host) -> None:
    wang, lei = await page(host, "wang"), await page(host, "lei")
    said = "/私聊 李雷 今天又打人了"
    await wang.asks(do="say", chat="group", text=said)
    await wang.sees("private", "草稿")
    await wang.until(lambda: any(m["removed"] and m["text"] == said for m in wang.messages("group")))
    mine = await wang.sees("group", said)
    theirs = next(m for m in lei.messages("group") if m["ref"] == mine["ref"])
    assert theirs["removed"] and theirs["text"] == "" and "打人" not in json.dumps(theirs["removed"])
    late = await page(host, "zhang")
    assert "打人" not in json.dumps(late.messages("group"), ensure_ascii=False)


async def test_nobody_presses_what_is_not_under_the_message(host: Host) -> None:
    lei = await page(host, "lei")
    pinned = next(m for m in lei.messages("group") if m["pinned"])
    refused = await lei.asks(do="press", chat="group", ref=pinned["ref"], token="forged")
    assert refused and "按钮" in refused


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ({"do": "say", "chat": "group", "text": "  "}, "还没写"),
        ({"do": "say", "chat": "group", "text": "长" * 5000}, "太长"),
        ({"do": "say", "chat": "group", "text": "", "files": ["none"]}, "还没写"),
        ({"do": "rename", "name": " "}, "名字"),
        ({"do": "rename", "name": "长" * 65}, "没看懂"),
        ({"do": "fly"}, "没看懂"),
        ({"do": "as", "person": "nobody"}, "没有这个人"),
        ({"do": "try", "step": "nothing"}, "没有这一项"),
        ({"do": "edit", "chat": "group", "ref": "1", "text": "x"}, "自己发的"),
    ],
)
async def test_each_refusal_says_what_to_do(host: Host, action: dict[str, Json], says: str) -> None:
    wang = await page(host, "wang")
    refused = await wang.asks(**action)
    assert refused and says in refused


async def test_who_is_outside_or_muted_cannot_write_and_is_told(host: Host) -> None:
    ad = await page(host, "ad")
    assert "加入" in str(await ad.asks(do="say", chat="group", text="大家好"))
    assert await ad.asks(do="join") is None
    assert await ad.asks(do="say", chat="group", text="大家好") is None
    host.windows.copy().pop().view.group.muted.add("ad")
    assert "禁言" in str(await ad.asks(do="say", chat="group", text="在吗"))


async def test_a_new_name_is_seen_by_all(host: Host) -> None:
    zhao, lei = await page(host, "zhao"), await page(host, "lei")
    assert await zhao.asks(do="rename", name="赵一诺妈妈") is None
    await asyncio.sleep(0.2)
    assert "赵一诺妈妈" in json.dumps(lei.last("people"), ensure_ascii=False)


async def test_the_clock_turns_to_the_next_thing(host: Host) -> None:
    wang = await page(host, "wang")
    await asyncio.sleep(0.2)
    items = wang.last("agenda")["items"]
    assert isinstance(items, list) and isinstance(items[0], dict)
    first = str(items[0]["at"])
    assert await wang.asks(do="turn", to="next") is None
    await wang.until(lambda: str(wang.last("clock")["now"])[:16] >= first[:16])


async def test_under_the_hood_an_event_can_be_followed(host: Host) -> None:
    wang = await page(host, "wang")
    await wang.asks(do="hood", on=True)
    await wang.asks(do="say", chat="group", text="/help")
    await wang.until(lambda: "Message · group · 王老师" in json.dumps(wang.rows(), ensure_ascii=False))
    await wang.until(lambda: {row["kind"] for row in wang.rows()} >= {"event", "delivery"})


async def test_another_language_for_this_window_alone(host: Host) -> None:
    wang, lei = await page(host, "wang"), await page(host, "lei")
    await wang.asks(do="lang", lang="en")
    assert "Send a notice" in json.dumps(wang.last("tries"))
    assert "发一条通知" in json.dumps(lei.last("tries"), ensure_ascii=False)


async def test_begun_anew_every_window_sees_the_new_class(host: Host) -> None:
    wang, lei = await page(host, "wang"), await page(host, "lei", "en")
    await wang.asks(do="say", chat="group", text="这句话会消失")
    await wang.sees("group", "这句话会消失")
    await wang.asks(do="lang", lang="en")
    assert await wang.asks(do="restart") is None
    assert wang.last("hello")["group"] == {"id": "-1001", "title": "Class 3.2 parents"}
    assert "这句话会消失" not in json.dumps(lei.messages("group"), ensure_ascii=False)


async def test_a_kept_class_is_found_again(lived: Lived) -> None:
    house = await lived("zh_CN")
    kept = house.keep
    assert isinstance(kept, Path)
    host = Host(HOME, kept, TODAY, pace=0)
    await host.move_in(house)
    wang = await page(host, "wang")
    await wang.asks(do="say", chat="group", text="明天见")
    await wang.sees("group", "明天见")
    await host.close()
    again = Host(HOME, kept, TODAY, pace=0)
    await again.open("en")
    assert again.house is not None and again.house.language == "zh_CN"
    assert (await (await page(again, "lei")).sees("group", "明天见"))["by"] == "wang"
    await again.close()
