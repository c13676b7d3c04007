"""收到 in the group: a receipt with a sign under it, kept or put away as the class wishes."""

from __future__ import annotations

from sqlmodel import select

from bot.platforms.web import Shown
from classroom.events import Right
from storage.tables import Receipt
from tests.ready import ReadyClass, ready_class
from tests.world import ALL_RIGHTS, World


async def notice(c: ReadyClass, text: str = "明天早上八点到校，请带好雨衣。") -> Shown:
    """A notice stands in the group."""
    await c.teacher.in_private(f"/notice {text}")
    await c.teacher.press("发送")
    return next(m for m in reversed(c.world.posted()) if text in m.text)


def receipts(world: World) -> list[tuple[int, str]]:
    """For which students a receipt was noted, and how."""
    with world.database.transaction() as records:
        return sorted((r.student_id, r.how) for r in records.exec(select(Receipt)))


async def test_it_counts_and_gets_a_sign(world: World) -> None:
    c = await ready_class(world)
    await notice(c)
    shown = await c.mothers["李雷"].in_group("收到")
    assert receipts(world) == [(c.students["李雷"], "ack")] and shown.reactions == ["👍"]
    assert shown in world.group.visible
    await world.later(hours=1)
    assert shown in world.group.visible
    await c.mothers["李雷"].in_group("收到！")
    assert len(receipts(world)) == 1


async def test_one_that_says_more_counts_too(world: World) -> None:
    c = await ready_class(world)
    await notice(c)
    for name, words in (("李雷", "收到，请问要穿校服吗？"), ("张小明", "张小明妈妈收到，谢谢老师")):
        shown = await c.mothers[name].in_group(words)
        assert shown.reactions == ["👍"]
    assert {student for student, _ in receipts(world)} == {c.students["李雷"], c.students["张小明"]}


async def test_what_is_none_counts_for_nothing(world: World) -> None:
    c = await ready_class(world)
    await notice(c)
    for words in ("没收到", "收到了吗", "大家收到通知了吗？"):
        assert (await c.mothers["李雷"].in_group(words)).reactions == []
    assert (await c.stranger.in_group("收到")).reactions == []
    assert (await c.teacher.in_group("收到")).reactions == [] and receipts(world) == []


async def test_without_a_notice_of_late_it_is_just_a_word(world: World) -> None:
    c = await ready_class(world)
    assert (await c.mothers["李雷"].in_group("收到")).reactions == []
    await notice(c)
    await world.later(hours=49)
    assert (await c.mothers["李雷"].in_group("收到")).reactions == [] and receipts(world) == []


async def test_answering_an_older_notice_it_counts_for_that(world: World) -> None:
    c = await ready_class(world)
    first = await notice(c, "第一件事：交回执。")
    await notice(c, "第二件事：带水彩笔。")
    await c.mothers["李雷"].in_group("收到", reply_to=first)
    with world.database.transaction() as records:
        assert [r.notice_id for r in records.exec(select(Receipt))] == [1]


async def test_an_ad_behind_it_goes_all_the_same(world: World) -> None:
    c = await ready_class(world)
    await notice(c)
    shown = await c.mothers["李雷"].in_group("收到，学区房特价优惠，加我微信 abc12345，名额有限")
    assert shown.removed and len(receipts(world)) == 1


async def test_many_of_them_are_no_flood(world: World) -> None:
    c = await ready_class(world)
    await notice(c)
    for words in ("收到", "好的收到", "收到！", "收到", "好的，知道了", "收到老师"):
        await c.mothers["李雷"].in_group(words)
    assert c.mothers["李雷"].inbox == []


# --- put away -----------------------------------------------------------------------------------


async def test_put_away_after_ten_minutes_without_a_word(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_private("/rules acks collapse")
    await notice(c)
    bare = [await user.in_group("收到") for user in (c.mothers["李雷"], c.mothers["张小明"])]
    more = await c.mothers["韩梅梅"].in_group("收到，谢谢老师")
    photo = await c.mothers["王芳"].in_group("收到", files=[world.platform.file(b"x", "a.jpg", "photo")])
    posts, heard = len(world.posted()), len(c.mothers["李雷"].inbox)
    await world.later(minutes=9)
    assert not any(shown.removed for shown in bare)
    calls = world.platform.calls.count("delete")
    await world.later(minutes=2)
    assert all(shown.removed for shown in bare) and not more.removed and not photo.removed
    assert len(world.posted()) == posts and len(c.mothers["李雷"].inbox) == heard
    assert world.platform.calls.count("delete") == calls + 1 and len(receipts(world)) == 4


async def test_one_edited_into_a_question_stays(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_private("/rules acks collapse")
    await notice(c)
    shown = await c.mothers["李雷"].in_group("收到")
    other = await c.mothers["张小明"].in_group("收到")
    await c.mothers["李雷"].edits(shown, "收到，要带水吗？")
    await world.later(minutes=12)
    assert not shown.removed and other.removed


async def test_kept_again_nothing_more_goes(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_private("/rules acks collapse")
    await notice(c)
    shown = await c.mothers["李雷"].in_group("收到")
    await c.teacher.in_private("/rules acks keep")
    await world.later(minutes=12)
    assert not shown.removed


async def test_without_the_right_they_just_stay(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_private("/rules acks collapse")
    world.platform.add_bot(c.teacher.sender, world.group, ALL_RIGHTS - {Right.DELETE})
    await notice(c)
    shown = await c.mothers["李雷"].in_group("收到")
    await world.later(minutes=12)
    assert not shown.removed and len(receipts(world)) == 1


async def test_in_english(world: World) -> None:
    c = await ready_class(world)
    await notice(c, "Please bring a raincoat tomorrow.")
    for name, words in (("李雷", "Got it"), ("张小明", "roger"), ("韩梅梅", "Received, thank you!")):
        assert (await c.mothers[name].in_group(words)).reactions == ["👍"]
    assert len(receipts(world)) == 3
