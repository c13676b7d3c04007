"""A parent on a channel without buttons: what they get is a link, and its page does what buttons do."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select
from starlette.applications import Starlette

from bot import families
from bot.app import App
from bot.platforms.web import BOT, Shown, WebPlatform
from classroom.events import Sender
from handlers.room import Defaults
from storage import identity, letters
from storage.database import open_database
from storage.tables import Chat, Concern, EventRow, Guardian, Receipt
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.ready import ReadyClass, ready_class
from tests.scenario.conftest import KEY, migrate
from tests.world import UNLIMITED, World

PUBLIC = "https://class.example.org"
TEXT = "周五下午放学提前到 15:30，请安排接送。"


class Letterbox(WebPlatform):
    """A messenger that shows no buttons, and hears nothing."""

    links_only = True

    @property
    def name(self) -> str:
        return "letterbox"


class Town(World):
    """A class on a messenger, and a letterbox beside it."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.letterbox = Letterbox(self.now)
        both = [self.platform, self.letterbox]
        limits = UNLIMITED | {"letterbox": UNLIMITED["web"]}
        defaults = self.app.instance.defaults
        self.app = App(self.database, both, defaults=defaults, limits=limits, now=self.now, clock=self.clock)


@dataclass
class Parent:
    """Somebody who has a letterbox and a browser."""

    town: Town
    sender: Sender
    client: httpx.AsyncClient

    @property
    def letters(self) -> list[Shown]:
        chat = self.town.letterbox.private(self.sender)
        return [m for m in chat.visible if m.by == BOT]

    @property
    def link(self) -> str:
        """Where the newest letter leads, which is all that it offers."""
        [key] = next(m for m in reversed(self.letters) if m.keys).keys
        assert key.token is key.payload is None and key.url is not None
        return key.url

    async def opens(self, link: str = "") -> httpx.Response:
        return await self.client.get(link or self.link)

    async def presses(self, page: httpx.Response, label: str, words: str = "") -> httpx.Response:
        """Press a button of a page, as a browser without JavaScript does, and see what comes of it."""
        found = re.search(rf'name="(press|open)" value="([^"]+)">{re.escape(label)}', page.text)
        once = page.text.split('name="once" value="')[1].split('"')[0]
        chosen = {found[1]: found[2]} if found else {}
        assert found or label == "发送", page.text
        return await self.sends(page, {"once": once, "words": words, **chosen})

    async def sends(self, page: httpx.Response, form: dict[str, str]) -> httpx.Response:
        await self.client.post(page.url, data=form)
        await self.town.settle()
        return await self.client.get(str(page.url).split("?")[0] + f"?done={form.get('once', '')}")


@pytest.fixture
def town(database_kind: Kind, fresh_database: FreshDatabase) -> Iterator[Town]:
    database = open_database(fresh_database(database_kind, migrate), KEY, durable=False)
    yield Town(database, Defaults(public_url=PUBLIC))
    database.close()


@asynccontextmanager
async def parent_of(made: ReadyClass, student: str, town: Town) -> AsyncIterator[Parent]:
    """The mother of somebody, who can be reached by letters alone."""
    sender = town.letterbox.person("p1", f"{student}妈妈")
    town.letterbox.private(sender).opened = True
    with town.database.transaction() as records:
        account = identity.meet_account(records, "letterbox", sender, town.now())
        chat = records.get(Chat, account.chat_id)
        assert chat is not None
        chat.door = "open"
        hers = select(Guardian).where(Guardian.student_id == made.students[student])
        [link] = records.exec(hers.where(Guardian.relation == "mother")).all()
        link.person_id = account.person_id
    transport = httpx.ASGITransport(Starlette(routes=families.routes(town.app, town.clock)))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        yield Parent(town, sender, client)


def words_of(page: httpx.Response) -> str:
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.text, flags=re.DOTALL)


def labels(page: httpx.Response) -> list[str]:
    return re.findall(r'class="choice"[^>]*>([^<]+)<', page.text)


async def test_a_notice_is_confirmed_on_the_page(town: Town) -> None:
    made = await ready_class(town)
    async with parent_of(made, "张小明", town) as mother:
        await made.teacher.in_private(f"/notice {TEXT}")
        await made.teacher.press("发送")
        await town.later(days=1, hours=3)
        sent = len(mother.letters)
        page = await mother.opens()
        assert "直接回我一句" not in words_of(page)  # nobody would hear it
        assert page.status_code == 200 and TEXT in words_of(page) and "三年级2班" in words_of(page)
        page = await mother.presses(page, "收到")
        assert "已记为收到" in words_of(page)
        assert len(mother.letters) == sent  # the answer is where the press was, and no other letter
        with town.database.transaction() as records:
            [receipt] = records.exec(select(Receipt)).all()
            assert receipt.student_id == made.students["张小明"]


async def test_the_same_form_twice_counts_once(town: Town) -> None:
    made = await ready_class(town)
    async with parent_of(made, "张小明", town) as mother:
        await made.teacher.in_private(f"/notice {TEXT}")
        await made.teacher.press("发送")
        await town.later(days=1, hours=3)
        page = await mother.opens()
        for _ in range(2):
            await mother.presses(page, "收到")
        with town.database.transaction() as records:
            assert len(records.exec(select(Receipt)).all()) == 1
            keys = [e.key for e in records.exec(select(EventRow)).all() if e.key.startswith("page:letter")]
        assert len(keys) == 1


async def test_a_concern_is_answered_on_the_page_in_own_words(town: Town) -> None:
    made = await ready_class(town)
    async with parent_of(made, "李雷", town) as mother:
        await made.teacher.in_private("/concern 李雷 今天三科作业本都没有带。")
        await made.teacher.press("发送")
        page = await mother.opens()
        assert "今天三科作业本都没有带" in words_of(page)
        page = await mother.presses(page, "回复")
        assert "<textarea" in page.text
        page = await mother.presses(page, "发送", "谢谢老师，今晚就整理书包。")
        assert "谢谢老师，今晚就整理书包。" in made.teacher.heard
        assert "<textarea" not in page.text
        assert town.texts() == []  # nothing of it in the group
        with town.database.transaction() as records:
            assert len(records.exec(select(Concern)).all()) == 1


async def test_a_page_takes_no_commands(town: Town) -> None:
    made = await ready_class(town)
    async with parent_of(made, "李雷", town) as mother:
        await made.teacher.in_private("/concern 李雷 今天三科作业本都没有带。")
        await made.teacher.press("发送")
        page = await mother.presses(await mother.opens(), "回复")
        for line in ("/leave 李雷 明天", "／请假", ""):
            await mother.presses(page, "发送", line)
        with town.database.transaction() as records:
            events = records.exec(select(EventRow).where(EventRow.source == "page")).all()
        assert [e.kind for e in events] == ["Pressed"]


async def test_a_survey_is_answered_question_by_question(town: Town) -> None:
    made = await ready_class(town)
    async with parent_of(made, "张小明", town) as mother:
        question = "1-5 您对作业量满意吗 | ? 想对学校说什么"
        await made.teacher.in_private(f"/survey 本学期 [截止 周日 20:00] | {question}")
        await made.teacher.press("发送")
        for _ in range(7):
            await town.until(18)
        sent = len(mother.letters)
        page = await mother.opens()
        page = await mother.presses(page, "开始")
        assert labels(page)[:5] == ["1", "2", "3", "4", "5"]
        page = await mother.presses(page, "4")
        page = await mother.presses(page, "发送", "少一点作业")
        assert "答完了，谢谢您" in words_of(page)
        page = await mother.presses(page, "从头看看")
        assert "您家现在选的是：4" in words_of(page)  # an answer that is changed shows its change
        assert len(mother.letters) == sent


async def alone(town: Town) -> ReadyClass:
    """A class that was opened without a group."""
    made = await ready_class(town)
    with town.database.transaction() as records:
        for chat in records.exec(select(Chat).where(Chat.classroom_id == made.id)).all():
            chat.classroom_id = None
    return made


async def test_without_a_group_a_notice_goes_to_every_family_in_private(town: Town) -> None:
    made = await alone(town)
    async with parent_of(made, "张小明", town) as mother:
        await made.teacher.in_private(f"/notice {TEXT}")
        assert "班里没有群，会一家一家私下发：5 家" in made.teacher.last.text
        await made.teacher.press("发送")
        assert TEXT in made.mothers["韩梅梅"].last.text and town.texts() == []
        await made.mothers["韩梅梅"].press("收到")
        page = await mother.presses(await mother.opens(), "收到")
        assert "已记为收到" in words_of(page) or "已经记为收到" in words_of(page)
        with town.database.transaction() as records:
            confirmed = {r.student_id for r in records.exec(select(Receipt)).all()}
        assert confirmed == {made.students["张小明"], made.students["韩梅梅"]}


async def test_without_a_group_families_vote_in_private_and_hear_the_result(town: Town) -> None:
    made = await alone(town)
    async with parent_of(made, "张小明", town) as mother:
        await made.teacher.in_private("/poll 春游去哪里？ | 动物园 | 科技馆")
        await made.teacher.press("发送")
        page = await mother.opens()
        assert labels(page) == ["① 动物园", "② 科技馆"]
        page = await mother.presses(page, "② 科技馆")
        assert "科技馆" in words_of(page).split("春游")[0]  # the short answer to the press
        assert "科技馆" in await made.mothers["李雷"].press("② 科技馆")
        told = len(made.mothers["李雷"].inbox)
        await town.later(days=8)
        result = made.mothers["李雷"].inbox[told:][-1].text
        assert "结果" in result and "2 票" in result
        assert town.texts() == []


async def test_without_a_group_times_are_chosen_and_places_taken_on_the_page(town: Town) -> None:
    made = await alone(town)
    async with parent_of(made, "张小明", town) as mother:
        await made.teacher.in_private("/slots 家长会 2026-12-05 14:00-15:00 every 15min")
        await made.teacher.press("发送")
        page = await mother.opens()
        page = await mother.presses(page, labels(page)[0])
        page = await mother.presses(page, "14:15")
        assert "14:15" in words_of(page)
        await made.teacher.in_private("/signup 春游志愿者 | 带队 4 | 摄影 2")
        await made.teacher.press("发送")
        page = await mother.opens()
        page = await mother.presses(page, "① 带队")
        assert "报上了：带队" in words_of(page) and "① 带队 · 余 3" in words_of(page)


async def test_without_a_group_praise_is_for_the_family(town: Town) -> None:
    made = await alone(town)
    await made.teacher.in_private("/praise 韩梅梅 主动帮助同学")
    assert "主动帮助同学" in made.mothers["韩梅梅"].last.text and made.mothers["王芳"].inbox == []
    assert "没有在群里提" not in made.mothers["韩梅梅"].last.text
    assert "已经私下告诉韩梅梅的家长" in made.teacher.last.text
    assert town.texts() == []


async def test_a_class_that_lost_its_group_is_told_so(town: Town) -> None:
    made = await ready_class(town)
    with town.database.transaction() as records:
        for chat in records.exec(select(Chat).where(Chat.classroom_id == made.id)).all():
            chat.present = False
    await made.teacher.in_private("/poll 春游去哪里？ | 动物园 | 科技馆")
    await made.teacher.press("发送")
    assert "不在班级群里" in made.teacher.heard


async def test_what_was_taken_back_is_not_read_any_more(town: Town) -> None:
    made = await ready_class(town)
    async with parent_of(made, "李雷", town) as mother:
        await made.teacher.in_private("/concern 李雷 今天三科作业本都没有带。")
        await made.teacher.press("发送")
        address = mother.link
        with town.database.transaction() as records:
            for link in records.exec(select(Guardian)).all():
                link.state = "ended"
        page = await mother.opens(address)
        assert page.status_code == 404 and "作业" not in words_of(page)


async def test_an_address_ends_by_itself(town: Town) -> None:
    made = await ready_class(town)
    async with parent_of(made, "李雷", town) as mother:
        await made.teacher.in_private("/concern 李雷 今天三科作业本都没有带。")
        await made.teacher.press("发送")
        link = mother.link
        town.time += timedelta(days=8)
        assert (await mother.opens(link)).status_code == 404
        assert not re.search("李雷|张|作业", link)


async def test_a_family_that_knocks_without_end_keeps_no_other_out(town: Town) -> None:
    made = await ready_class(town)
    async with parent_of(made, "李雷", town) as mother:
        await made.teacher.in_private("/concern 李雷 今天三科作业本都没有带。")
        await made.teacher.press("发送")
        first = mother.link
        codes = [(await mother.opens(first)).status_code for _ in range(30)]
        assert codes[0] == 200 and codes[-1] == 429
        await made.teacher.in_private("/concern 李雷 今天的作业交了，谢谢您。")
        await made.teacher.press("发送")
        assert mother.link != first and (await mother.opens()).status_code == 200
        wrong = [(await mother.opens(f"{PUBLIC}/f/{n:036}")).status_code for n in range(230)]
        assert wrong[0] == 404 and wrong[-1] == 429


@given(st.text("0123456789abcdefABC_-", min_size=40, max_size=40), st.integers(0, 2**63))
def test_no_code_opens_that_was_not_made_here(code: str, delivery: int) -> None:
    def digest(words: str) -> str:
        return hashlib.sha256(f"key {words}".encode()).hexdigest()

    made = letters.code_of(digest, delivery, datetime(2026, 12, 1, tzinfo=UTC))
    assert letters.is_ours(digest, made) and len(made) == 40
    assert not letters.is_ours(digest, code) or code == made
    assert not letters.is_ours(lambda words: digest(words + "x"), made)
