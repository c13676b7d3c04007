"""On paper: slips of a notice for whoever is missing, invitations, and the page behind the code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlmodel import col, select
from starlette.applications import Starlette

from bot import families
from bot.drawing.scenes import plain
from bot.platforms.web import Shown
from classroom.drawings import PrivateDrawing
from classroom.effects import Tell
from handlers.room import Defaults
from storage import queue
from storage.database import open_database
from storage.tables import DeliveryRow, EventRow, FamilyLink, Receipt
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.ready import ReadyClass, ready_class
from tests.scenario.conftest import KEY, migrate
from tests.world import World

TEXT = "周五下午放学提前到 15:30，请安排接送。"
PUBLIC = "https://class.example.org"


@pytest.fixture
def outside(database_kind: Kind, fresh_database: FreshDatabase) -> Iterator[World]:
    """A class on a server that families can reach."""
    database = open_database(fresh_database(database_kind, migrate), KEY, durable=False)
    yield World(database, Defaults(public_url=PUBLIC))
    database.close()


async def noticed(world: World, text: str = TEXT) -> ReadyClass:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice {text}")
    await made.teacher.press("发送")
    return made


def last_drawing(world: World) -> PrivateDrawing:
    """What the newest file was drawn from."""
    with world.database.transaction() as records:
        rows = records.exec(select(DeliveryRow).order_by(col(DeliveryRow.id))).all()
        effects = [queue.load(row.payload)[0] for row in rows if row.payload and '"scene"' in row.payload]
    [drawing] = [f for e in effects[-1:] if isinstance(e, Tell) for f in e.files]
    assert isinstance(drawing, PrivateDrawing)
    return drawing


def printed(world: World) -> str:
    """Every word that stands on the newest sheet."""
    return repr(plain(last_drawing(world).scene))


def codes(world: World) -> list[str]:
    """The addresses on the newest sheet, in the order of its slips."""
    scene = last_drawing(world).scene
    slips = scene.slips if scene.kind in ("notice_slips", "invite_slips") else ()
    return [slip.code.address for slip in slips if slip.code is not None]


@asynccontextmanager
async def phone(world: World) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=families.routes(world.app))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        yield client


async def press(client: httpx.AsyncClient, page: httpx.Response) -> httpx.Response:
    """Press the one button of a page, as a browser without JavaScript does."""
    once = page.text.split('name="once" value="')[1].split('"')[0]
    return await client.post(page.url, data={"once": once}, follow_redirects=True)


def receipts(world: World) -> list[tuple[int, str, int | None]]:
    with world.database.transaction() as records:
        return [(r.student_id, r.how, r.person_id) for r in records.exec(select(Receipt)).all()]


def count(shown: Shown) -> str:
    return shown.keys[0].label


# --- the slips -----------------------------------------------------------------------------------


async def test_the_slips_are_for_the_families_that_are_missing(outside: World) -> None:
    made = await noticed(outside)
    await made.mothers["张小明"].press("✅", where=outside.group)
    await made.teacher.in_private("/notice print 1")
    assert "4 家" in made.teacher.heard and made.teacher.last.files == ("通知1-纸条.pdf",)
    words = printed(outside)
    assert "张小明" not in words and all(name in words for name in ("李雷", "韩梅梅", "王芳", "赵一"))
    assert TEXT in words and "三年级2班" in words and "王老师" in words and "家长签名" in words
    assert len(set(codes(outside))) == 4
    assert all(code.startswith(f"{PUBLIC}/f/") and len(code) > 55 for code in codes(outside))


async def test_the_button_under_the_list_prints_as_well(outside: World) -> None:
    made = await noticed(outside)
    await made.teacher.in_private("/receipts")
    await made.teacher.press("打印")
    assert made.teacher.last.files == ("通知1-纸条.pdf",)


@pytest.mark.parametrize("typed", ["/notice print", "/通知 打印", "/通知打印1", "/notice print #1"])
async def test_it_is_typed_in_many_ways_and_answered_in_private(outside: World, typed: str) -> None:
    made = await noticed(outside)
    await made.teacher.in_group(typed)
    assert made.teacher.last.files == ("通知1-纸条.pdf",)
    assert not any(name in "\n".join(outside.texts()) for name in made.students)


async def test_without_an_address_there_is_a_signature_and_a_word_on_what_to_set(world: World) -> None:
    made = await noticed(world)
    await made.teacher.in_private("/notice print 1")
    assert "public_url" in made.teacher.heard and made.teacher.last.files == ("通知1-纸条.pdf",)
    assert codes(world) == [] and "家长签名" in printed(world)


async def test_refusals_say_what_to_do(outside: World) -> None:
    made = await ready_class(outside)
    await made.teacher.in_private("/notice print 1")
    assert "没有这条通知" in made.teacher.last.text
    await made.teacher.in_private(f"/notice {TEXT}")
    await made.teacher.press("发送")
    await made.teacher.in_private("/notice print 7")
    assert "没有这条通知" in made.teacher.last.text
    for name in ("张小明", "李雷", "韩梅梅", "王芳"):
        await made.mothers[name].press("✅", where=outside.group)
    await made.teacher.in_private("/名册 删除 赵一")
    await made.teacher.press("删除")
    await made.teacher.in_private("/notice print 1")
    assert "每一家都收到了" in made.teacher.last.text
    await made.teacher.press("撤回")
    await made.teacher.in_private("/notice print 1")
    assert "已经结束或撤回" in made.teacher.last.text


async def test_who_does_not_lead_gets_no_slips(outside: World) -> None:
    made = await noticed(outside)
    for user in (made.subject_teacher, made.committee, made.mothers["李雷"]):
        await user.in_private("/notice print 1")
        assert not any(m.files for m in user.inbox)


async def test_of_a_notice_without_receipts_the_slips_are_for_whom_no_phone_reaches(outside: World) -> None:
    made = await noticed(outside, f"[免回] {TEXT}")
    await made.teacher.in_private("/notice print")
    assert "1 家" in made.teacher.heard and "赵一" in printed(outside) and "李雷" not in printed(outside)
    assert codes(outside) == []


# --- the page ------------------------------------------------------------------------------------


async def test_a_scan_shows_the_notice_and_a_press_confirms_it(outside: World) -> None:
    made = await noticed(outside)
    await made.teacher.in_private("/notice print 1")
    async with phone(outside) as client:
        page = await client.get(codes(outside)[0])
        assert page.status_code == 200 and "张小明的家长" in page.text and TEXT in page.text
        assert "李雷" not in page.text and receipts(outside) == []
        done = await press(client, page)
        await outside.settle()
        assert "谢谢您" in done.text and "<button" not in done.text
        assert receipts(outside) == [(made.students["张小明"], "paper", None)]
        assert count(outside.posted()[0]) == "✅ 收到 1/5"
        again = await client.get(codes(outside)[0])
        assert "谢谢您" in again.text and "<button" not in again.text


async def test_what_looks_at_links_confirms_nothing(outside: World) -> None:
    made = await noticed(outside)
    await made.teacher.in_private("/notice print 1")
    async with phone(outside) as client:
        for _ in range(3):
            assert (await client.get(codes(outside)[0])).status_code == 200
            assert (await client.head(codes(outside)[0])).status_code == 200
        assert (await client.get(codes(outside)[0] + "?noted")).status_code == 200
        for body in (b"", b"once=1/2", b"x" * 5000, b"\xff\xfe", b"once="):
            answer = await client.post(codes(outside)[0], content=body)
            assert answer.status_code == 303
    await outside.settle()
    assert receipts(outside) == [] and made.world.posted()[0].keys[0].label == "✅ 收到 0/5"


async def test_a_press_that_comes_twice_counts_once(outside: World) -> None:
    made = await noticed(outside)
    await made.teacher.in_private("/notice print 1")
    async with phone(outside) as client:
        page = await client.get(codes(outside)[1])
        await press(client, page)
        await press(client, page)
        await outside.settle()
    assert receipts(outside) == [(made.students["李雷"], "paper", None)]
    with outside.database.transaction() as records:
        assert len(records.exec(select(EventRow).where(EventRow.source == "page")).all()) == 1


async def test_old_paper_shows_the_corrected_words_and_an_old_page_does_not_confirm_them(
    outside: World,
) -> None:
    made = await noticed(outside)
    await made.teacher.in_private("/notice print 1")
    code = codes(outside)[0]
    async with phone(outside) as client:
        old = await client.get(code)
        await made.teacher.press("更正")
        await made.teacher.in_private("周五下午放学改到 16:00，请安排接送。")
        await made.teacher.press("发送")
        await press(client, old)
        await outside.settle()
        assert receipts(outside) == []
        page = await client.get(code)
        assert "16:00" in page.text and "更正" in page.text
        await press(client, page)
        await outside.settle()
    assert len(receipts(outside)) == 1


@pytest.mark.parametrize("end", ["withdrawn", "over", "left"])
async def test_a_code_ends_with_its_notice_and_then_tells_neither_words_nor_a_name(
    outside: World, end: str
) -> None:
    made = await noticed(outside)
    await made.teacher.in_private("/notice print 1")
    code = codes(outside)[0]
    async with phone(outside) as client:
        page = await client.get(code)
        if end == "withdrawn":
            await made.teacher.press("撤回")
        elif end == "over":
            await outside.later(days=8)
        else:
            await made.teacher.in_private("/名册 删除 张小明")
            await made.teacher.press("删除")
        await press(client, page)
        await outside.settle()
        late = await client.get(code)
    assert receipts(outside) == []
    assert late.status_code == 200 and "<button" not in late.text
    assert TEXT not in late.text and "张小明" not in late.text


@pytest.mark.parametrize("code", ["x", "A" * 36, "../../etc/passwd", "%00", "A" * 24 + "0" * 12, "收到"])
async def test_a_code_that_is_none_of_ours_opens_nothing(outside: World, code: str) -> None:
    await noticed(outside)
    async with phone(outside) as client:
        for method in ("GET", "POST"):
            answer = await client.request(method, f"/f/{code}")
            assert answer.status_code == 404 and TEXT not in answer.text


async def test_the_page_fetches_nothing_runs_nothing_and_is_kept_nowhere(outside: World) -> None:
    made = await noticed(outside, '<script>alert(1)</script> & "x"')
    await made.teacher.in_private("/notice print 1")
    async with phone(outside) as client:
        page = await client.get(codes(outside)[0])
    assert "<script" not in page.text and "&lt;script&gt;" in page.text
    assert "http" not in page.text.replace("http-equiv", "")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "script" not in policy
    assert page.headers["cache-control"] == "no-store" and page.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in page.headers


async def test_of_a_code_only_a_keyed_hash_is_kept(outside: World) -> None:
    made = await noticed(outside)
    await made.teacher.in_private("/notice print 1")
    token = codes(outside)[0].rpartition("/")[2]
    with outside.database.transaction() as records:
        rows = records.exec(select(FamilyLink)).all()
        assert len(rows) == 5
        assert all(token not in repr(row) for row in rows)


async def test_paper_that_was_printed_twice_is_good_both_times(outside: World) -> None:
    made = await noticed(outside)
    await made.teacher.in_private("/notice print 1")
    first = codes(outside)[0]
    await made.teacher.in_private("/notice print 1")
    assert codes(outside)[0] != first
    async with phone(outside) as client:
        await press(client, await client.get(first))
        await outside.settle()
        assert "谢谢您" in (await client.get(codes(outside)[0])).text
    assert len(receipts(outside)) == 1 and made.students


# --- invitations ---------------------------------------------------------------------------------


async def test_invitations_are_for_families_that_nobody_is_linked_to(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group("/邀请")
    assert made.teacher.last.files == ("三年级2班-邀请单.pdf",) and "1 家" in made.teacher.last.text
    assert "赵一" in printed(world) and "李雷" not in printed(world)
    [code] = codes(world)
    child = made.mothers["赵一"]
    await child.in_private(f"/start {code.rpartition('=')[2]}")
    assert "赵一" in child.heard


async def test_invitations_for_children_by_name(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/invite 张小明、李雷")
    assert "2 家" in made.teacher.last.text and len(set(codes(world))) == 2
    await made.teacher.in_private("/invite 张小朋")
    assert "张小明" in made.teacher.last.text and not made.teacher.last.files
    await made.teacher.in_private("/invite 请大家都来")
    assert "/邀请 张小明" in made.teacher.last.text and not made.teacher.last.files


async def test_only_a_teacher_prints_invitations(world: World) -> None:
    made = await ready_class(world)
    for user in (made.subject_teacher, made.committee, made.mothers["李雷"]):
        await user.in_private("/invite")
        assert not any(m.files for m in user.inbox)


async def test_a_browser_that_names_no_origin_may_press(outside: World) -> None:
    """With our referrer policy a browser sends `Origin: null`; the code is what lets the family in."""
    made = await noticed(outside)
    await made.teacher.in_private("/notice print 1")
    async with phone(outside) as client:
        client.headers["Origin"] = "null"
        done = await press(client, await client.get(codes(outside)[0]))
        assert done.status_code == 200 and done.url.query == b"noted"
    await outside.settle()
    assert len(receipts(outside)) == 1
