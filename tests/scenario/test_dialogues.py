"""A command between a question and its answer: what leads to a draft waits on, other things say so."""

from __future__ import annotations

import pytest

from tests.ready import ready_class
from tests.requests_kit import speaks_english
from tests.world import World


@pytest.mark.parametrize(
    ("begin", "between"),
    [
        ("/通知 周五带水彩笔。", "/校历"),
        ("/放假 12月1日到4日 月假", "/谁没回"),
        ("/私聊 李雷 今天三次没有带作业本。", "/校立"),
    ],
)
async def test_a_command_in_between_does_not_lose_the_change(world: World, begin: str, between: str) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(begin)
    await made.teacher.press("修改")
    await made.teacher.in_private(between)
    await made.teacher.in_private("改成这样：周五带彩笔和一张白纸。")
    assert "改成这样：周五带彩笔和一张白纸。" in made.teacher.heard
    assert {"发送", "修改"} <= set(made.teacher.buttons())
    assert world.posted() == [] and all(m.inbox == [] for m in made.mothers.values())


async def test_the_same_thing_begun_anew_ends_the_change(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/通知 周五带水彩笔。")
    await made.teacher.press("修改")
    await made.teacher.in_private("/通知 周四家长会。")
    await made.teacher.in_private("好的")
    assert "周四家长会" in made.teacher.inbox[-2].text and "还不会处理" in made.teacher.last.text


async def test_what_would_be_sent_at_once_is_not_taken_after_a_command(world: World) -> None:
    made = await ready_class(world)
    await made.mothers["李雷"].in_private("/留言 下午爷爷来接")
    await made.teacher.press("回复")
    await made.teacher.in_private("/家庭 李雷")
    before = len(made.mothers["李雷"].inbox)
    await made.teacher.in_private("他爷爷电话打不通")
    assert "请到上面再点一次那个按钮" in made.teacher.last.text
    assert len(made.mothers["李雷"].inbox) == before
    await made.teacher.in_private("他爷爷电话打不通")
    assert "还不会处理" in made.teacher.last.text
    speaks_english(world, made.teacher)
    await made.teacher.press("回复")
    await made.teacher.in_private("/help")
    await made.teacher.in_private("I see")
    assert "tap that button above once more" in made.teacher.last.text
    assert len(made.mothers["李雷"].inbox) == before
