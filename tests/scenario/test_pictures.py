"""What goes along as a picture: the result of a poll for everybody, a notice's coverage for its teacher."""

from __future__ import annotations

from sqlmodel import col, select

from bot.drawing.scenes import plain
from classroom.drawings import Bars, Coverage, PrivateDrawing, PublicDrawing
from classroom.effects import Post, Tell
from storage import queue
from storage.tables import DeliveryRow
from tests.ready import ReadyClass, ready_class
from tests.world import World

ASKED = "春游去哪里？ | 植物园 | 科技馆"


def drawn(world: World, kind: str) -> list[PublicDrawing | PrivateDrawing]:
    """Every drawing that went out with a post or was told, oldest first."""
    with world.database.transaction() as records:
        rows = records.exec(select(DeliveryRow).order_by(col(DeliveryRow.id))).all()
        effects = [queue.load(row.payload)[0] for row in rows if row.payload and row.kind == kind]
    files = [f for e in effects if isinstance(e, Post | Tell) for f in e.files]
    return [f for f in files if isinstance(f, PublicDrawing | PrivateDrawing)]


async def voted(made: ReadyClass, marks: str = "") -> None:
    await made.teacher.in_private(f"/poll {marks}{ASKED}")
    await made.teacher.press("发送")
    for name, choice in (("张小明", "① "), ("李雷", "② "), ("韩梅梅", "① ")):
        await made.mothers[name].press(choice.strip(), where=made.world.group)
    await made.teacher.in_private("/close 1")


async def test_the_result_of_a_poll_comes_with_its_chart(world: World) -> None:
    made = await ready_class(world)
    await voted(made)
    assert world.posted()[-1].files == ("poll-1.png",)
    [drawing] = drawn(world, "post")
    assert isinstance(drawing.scene, Bars)
    assert [bar.lead for bar in drawing.scene.bars] == [True, False]
    words = repr(plain(drawing.scene))
    assert "春游去哪里" in words and "2 票" in words and "67%" in words and "3/5 户" in words
    assert not any(name in words for name in made.students)


async def test_a_chart_tells_nothing_that_the_words_keep_back(world: World) -> None:
    made = await ready_class(world)
    await voted(made, "[匿名] ")
    assert "不到 5 票" in world.posted()[-1].text
    assert world.posted()[-1].files == () and drawn(world, "post") == []


async def test_a_poll_without_a_vote_has_no_chart(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/poll {ASKED}")
    await made.teacher.press("发送")
    await made.teacher.in_private("/close 1")
    assert drawn(world, "post") == []


async def test_the_teacher_sees_how_far_a_notice_has_come_and_no_name_in_the_picture(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/notice 周五请带室内鞋。")
    await made.teacher.press("发送")
    await made.mothers["李雷"].press("✅", where=world.group)
    await made.teacher.in_group("/receipts")
    assert "李雷" in made.teacher.inbox[-2].text and not made.teacher.inbox[-2].files
    assert made.teacher.last.files == ("receipts-1.png",) and not world.posted()[-1].files
    assert "1/5" in made.teacher.last.text and "李雷" not in made.teacher.last.text
    [drawing] = drawn(world, "tell")
    assert isinstance(drawing, PrivateDrawing) and isinstance(drawing.scene, Coverage)
    assert [dots.count for dots in drawing.scene.dots] == [1, 3, 1]
    words = repr(plain(drawing.scene))
    assert "1/5" in words and not any(name in words for name in made.students)


async def test_a_notice_without_receipts_has_no_picture(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/notice [免回] 门口修路，请绕行。")
    await made.teacher.press("发送")
    await made.teacher.in_private("/receipts")
    assert made.teacher.last.files == ()
