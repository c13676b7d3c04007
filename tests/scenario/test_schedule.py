"""/schedule: what will be sent when, and taking it back."""

from __future__ import annotations

import pytest
from sqlmodel import select

from storage.calendar import LOOK
from storage.tables import Classroom, ScheduleRow
from tests.ready import ready_class
from tests.world import User, World

POLL = "春游去哪里？ | 植物园 | 科技馆"
WEEKLY = "每周五 16:00 [截止 周日 20:00] 下周谁来值日？ | 一组 | 二组"


async def send(user: User, text: str) -> None:
    await user.in_private(text)
    await user.press("发送")


def waiting(world: World) -> list[str]:
    with world.database.transaction() as records:
        found = records.exec(select(ScheduleRow).where(ScheduleRow.state == "waiting")).all()
        return sorted(row.kind for row in found if row.kind != LOOK)


async def test_nothing_is_planned(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/schedule")
    assert "没有等着发出的东西" in made.teacher.last.text and made.teacher.buttons() == []


async def test_what_will_be_sent_when_with_date_and_weekday(world: World) -> None:
    made = await ready_class(world)
    await send(made.teacher, "/通知 定时 周四 12:10 明天带画笔")
    await send(made.committee, f"/poll {WEEKLY}")
    await send(made.teacher, f"/poll {POLL}")
    await made.teacher.in_private("/日程")
    told = made.teacher.last.text
    places = [
        told.index(part)
        for part in (
            "明天（周二）20:00　提醒还没投的家庭",
            "后天（周三）20:00　第 1 号投票截止：春游去哪里？",
            "11月26日（周四）12:10　发第 1 号通知：明天带画笔",
            "11月27日（周五）16:00　每周五 16:00发起投票：下周谁来值日？",
        )
    ]
    assert places == sorted(places)
    assert len(made.teacher.buttons()) == 3  # a close is moved by /close


async def test_typed_in_the_group_it_is_answered_in_private(world: World) -> None:
    made = await ready_class(world)
    await send(made.teacher, f"/poll {WEEKLY}")
    await made.teacher.in_group("/待发")
    assert "下周谁来值日" in made.teacher.last.text and world.posted() == []


async def test_numbers_stay(world: World) -> None:
    made = await ready_class(world)
    await send(made.teacher, f"/poll {WEEKLY}")
    await made.teacher.in_private("/schedule")
    assert "1. 11月27日（周五）16:00" in made.teacher.last.text
    await world.later(days=5)  # missed: the next one is planned
    await made.teacher.in_private("/schedule")
    assert "1. 12月4日（周五）16:00" in made.teacher.last.text


@pytest.mark.parametrize("typed", ["cancel 1", "取消 1", "取消第1号", "Cancel #1"])
async def test_cancel_and_undo(world: World, typed: str) -> None:
    made = await ready_class(world)
    await send(made.committee, f"/poll {WEEKLY}")
    await made.committee.in_private("/schedule")
    await made.committee.in_private(f"/schedule {typed}")
    assert "已取消第 1 条" in made.committee.last.text and waiting(world) == []
    await made.committee.press("撤销")
    assert "照旧" in made.committee.last.text and "11月27日（周五）16:00" in made.committee.last.text
    await world.later(days=4, hours=6)
    assert "下周谁来值日" in world.texts()[-1]


async def test_cancelled_is_not_sent(world: World) -> None:
    made = await ready_class(world)
    await send(made.committee, f"/poll {WEEKLY}")
    await send(made.teacher, "/通知 定时 周四 12:10 明天带画笔")
    await made.teacher.in_private("/schedule")
    for _ in range(2):
        await made.teacher.press("取消第")
        await made.teacher.in_private("/schedule")
    assert "没有等着发出的东西" in made.teacher.last.text
    await world.later(days=8)
    assert world.texts() == []


async def test_an_undo_that_comes_too_late_says_so(world: World) -> None:
    made = await ready_class(world)
    await send(made.committee, f"/poll {WEEKLY}")
    await made.committee.in_private("/schedule")
    await made.committee.press("取消第 1 条")
    await world.later(days=5)
    await made.committee.press("撤销")
    assert "时间已经过了" in made.committee.last.text and waiting(world) == []


async def test_a_button_of_what_is_gone_says_so(world: World) -> None:
    made = await ready_class(world)
    await send(made.committee, f"/poll {WEEKLY}")
    await made.committee.in_private("/schedule")
    shown = made.committee.last
    await made.committee.press("取消第 1 条", on=shown)
    assert "已经发出或取消" in await made.committee.press("取消第 1 条", on=shown)


async def test_an_unknown_number_and_other_words_show_the_list(world: World) -> None:
    made = await ready_class(world)
    await send(made.committee, f"/poll {WEEKLY}")
    await made.committee.in_private("/schedule cancel 9")
    assert "没有第 9 条" in made.committee.last.text and "下周谁来值日" in made.committee.last.text
    await made.committee.in_private("/schedule 星期五")
    assert "/待发 取消 3" in made.committee.last.text
    await made.committee.in_private("/schedule cancel")
    assert "下周谁来值日" in made.committee.last.text


async def test_the_committee_sees_its_own_only(world: World) -> None:
    made = await ready_class(world)
    await send(made.teacher, f"/poll {WEEKLY}")
    await made.teacher.in_private("/schedule")
    await made.committee.in_private("/schedule")
    assert "没有等着发出的东西" in made.committee.last.text
    await made.committee.in_private("/schedule cancel 1")
    assert "没有第 1 条" in made.committee.last.text and waiting(world) == ["poll.open"]
    await made.mothers["李雷"].in_private("/schedule")
    assert "还用不了" in made.mothers["李雷"].last.text


async def test_the_bots_own_business_is_not_shown(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/concern 李雷 今天三次没有带作业本。")
    await made.teacher.press("发送")
    assert "concern.erase" in waiting(world)
    await made.teacher.in_private("/schedule")
    assert "没有等着发出的东西" in made.teacher.last.text


async def test_a_reminder_can_be_cancelled(world: World) -> None:
    made = await ready_class(world)
    await send(made.teacher, f"/poll {POLL}")
    await made.teacher.in_private("/schedule")
    await made.teacher.press("取消第 1 条")
    await world.later(days=4)
    assert made.mothers["王芳"].inbox == [] and "投票结果" in world.texts()[-1]


async def test_a_close_is_not_cancelled_here(world: World) -> None:
    made = await ready_class(world)
    await send(made.teacher, f"/poll {POLL}")
    await made.teacher.in_private("/schedule")
    await made.teacher.in_private("/schedule cancel 2")
    assert "/截止 1" in made.teacher.last.text and "poll.close" in waiting(world)


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        row = records.get(Classroom, made.id)
        assert row is not None
        row.language = "en"
    await made.teacher.in_private("/poll every fri 16:00 [until sun 20:00] Who cleans? | Group 1 | Group 2")
    await made.teacher.press("Send")
    await made.teacher.in_private("/schedule")
    assert "1. Fri 27 Nov 16:00: poll (every Fri 16:00): Who cleans?" in made.teacher.last.text
    await made.teacher.press("Cancel 1")
    assert "Cancelled number 1" in made.teacher.last.text
    await made.teacher.press("Undo")
    assert "as planned" in made.teacher.last.text
