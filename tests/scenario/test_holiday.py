"""Holidays announce themselves: a draft before the teacher, one press, a reminder before school is back."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import select

from storage import classrooms
from storage.tables import Classroom, Notice, ScheduleRow
from tests.ready import ReadyClass, ready_class
from tests.world import World


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    """A moment in Shanghai."""
    return datetime(year, month, day, hour - 8 if hour >= 8 else hour + 16, tzinfo=UTC)


async def class_at(world: World, moment: datetime) -> ReadyClass:
    """The class, on a day of a year whose holidays are announced."""
    world.time = moment
    made = await ready_class(world)
    await world.later(seconds=1)
    return made


async def days_pass(world: World, days: int) -> None:
    """Let days pass one by one, as they do."""
    for _ in range(days * 4):
        await world.later(hours=6)


def setting(world: World, made: ReadyClass, name: str, value: bool | str) -> None:
    with world.database.transaction() as records:
        row = records.get(Classroom, made.id)
        assert row is not None
        classrooms.change_setting(row, name, value)


def notices_of(world: World) -> list[Notice]:
    with world.database.transaction() as records:
        found = list(records.exec(select(Notice)).all())
        records.expunge_all()
    return found


def planned(world: World, kind: str) -> list[str]:
    with world.database.transaction() as records:
        wanted = select(ScheduleRow).where(ScheduleRow.kind == kind, ScheduleRow.state == "waiting")
        rows = records.exec(wanted)
        return [f"{row.due_at.astimezone(world.app_zone):%m-%d %H:%M}" for row in rows.all()]


# --- by itself -----------------------------------------------------------------------------------


async def test_the_draft_comes_by_itself_and_one_press_sends_it(world: World) -> None:
    made = await class_at(world, at(2026, 9, 21))
    await days_pass(world, 2)
    told = made.teacher.heard
    assert "中秋节放假安排" in told and "9月25日（周五）至9月27日（周日），共 3 天" in told
    assert "返校：9月28日（周一），按平时的时间到校" in told and "以学校通知为准" in told
    assert made.teacher.buttons() == ["发送", "修改", "跳过"]
    assert all(m.inbox == [] for m in made.mothers.values()) and world.posted() == []
    await made.teacher.press("发送")
    post = world.posted()[-1]
    assert "中秋节放假安排" in post.text and "1. 作息有规律" in post.text
    assert [k.label for k in post.keys] == ["✅ 收到 0/5"] and post.pinned
    assert "撤回" in made.teacher.buttons()


async def test_national_day_has_seven_days_of_lead_and_its_makeup_days(world: World) -> None:
    made = await class_at(world, at(2026, 9, 23))
    await days_pass(world, 1)
    draft = next(m for m in made.teacher.inbox if "国庆节放假安排" in m.text)
    assert "10月1日（周四）至10月7日（周三），共 7 天" in draft.text
    assert "9月20日" in draft.text and "补班上课：10月10日（周六），课表另行通知" in draft.text
    assert "/放假 课表 2026-09-20 周五" in draft.text or "/放假 课表 2026-10-10 周五" in draft.text


async def test_it_is_drafted_once_whatever_happens_in_between(world: World) -> None:
    made = await class_at(world, at(2026, 9, 24))
    await days_pass(world, 5)
    assert sum("国庆节放假安排" in m.text for m in made.teacher.inbox) == 1


async def test_nobody_answers_and_nothing_is_sent(world: World) -> None:
    made = await class_at(world, at(2026, 9, 24))
    await days_pass(world, 7)
    assert world.posted() == [] and notices_of(world) == []
    assert "明天就是国庆节，放假通知还没有发" in made.teacher.heard
    assert "假期已经开始" in made.teacher.heard
