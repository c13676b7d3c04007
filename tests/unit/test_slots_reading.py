"""What people type behind /slots, and which times are understood of it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.slots.reading import SlotPlan, SlotProblem, read_slots

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 10:00


def plan(text: str, zone: ZoneInfo = ZONE) -> SlotPlan:
    found = read_slots(text, NOW, zone)
    assert isinstance(found, SlotPlan), found
    return found


def clocks(found: SlotPlan, zone: ZoneInfo = ZONE) -> list[str]:
    return [f"{start.astimezone(zone):%H:%M}" for start, _ in found.times]


def day(found: SlotPlan) -> str:
    return f"{found.times[0][0].astimezone(ZONE):%m-%d}"


@pytest.mark.parametrize(
    ("text", "title", "place", "on", "times"),
    [
        ("家长会 2026-12-05 14:00-15:00 every 15min", "家长会", "", "12-05", "14:00 14:15 14:30 14:45"),
        (
            "家长会 周六下午2点-3点 每20分钟 @ 三楼办公室",
            "家长会",
            "三楼办公室",
            "11-28",
            "14:00 14:20 14:40",
        ),
        ("家长会 @三楼办公室 12月5日 14:00-15:00 每半小时", "家长会", "三楼办公室", "12-05", "14:00 14:30"),
        (
            "第3次家长会（期中） 12月5日（周六）14:00～15:00，每家30分钟",
            "第3次家长会（期中）",
            "",
            "12-05",
            "14:00 14:30",
        ),
        ("谈话 周六 14:00-15:00 休息 14:15-14:30 每15分钟", "谈话", "", "11-28", "14:00 14:30 14:45"),
        ("谈话 周六 14:00-14:30、16:00-16:30 15分钟一家", "谈话", "", "11-28", "14:00 14:15 16:00 16:15"),
        ("谈话 周六 14:00-14:50 每20分钟", "谈话", "", "11-28", "14:00 14:20"),
        ("谈话 今晚 7:00-7:30 每10分钟", "谈话", "", "11-23", "19:00 19:10 19:20"),
        ("谈话 周一 14:00-14:30", "谈话", "", "11-23", "14:00 14:15"),
        ("谈话 周一 9:00-9:30", "谈话", "", "11-30", "09:00 09:15"),
        (
            "Parents' talks Fri 4 Dec 2pm-3pm every 30 minutes @ Room 3",
            "Parents' talks",
            "Room 3",
            "12-04",
            "14:00 14:30",
        ),
        ("２０２６－１２－０５ １４：００－１４：３０", "", "", "12-05", "14:00 14:15"),
    ],
)
def test_what_for_where_and_when(text: str, title: str, place: str, on: str, times: str) -> None:
    found = plan(text)
    assert (found.title, found.place, day(found)) == (title, place, on)
    assert clocks(found) == times.split()


@pytest.mark.parametrize(
    ("text", "closes"),
    [
        ("谈话 周六 14:00-15:00", "11-27 19:00"),
        ("谈话 周六 14:00-15:00 [截止 周五 12:00]", "11-27 12:00"),
        ("[截止 周五] 谈话 周六 14:00-15:00", "11-27 19:00"),
        ("谈话 今天 14:00-15:00", "11-23 13:00"),
        ("谈话 今天 10:30-11:00", "11-23 10:30"),
        ("谈话 周二 14:00-15:00", "11-23 19:00"),
    ],
)
def test_until_when_families_choose(text: str, closes: str) -> None:
    assert f"{plan(text).closes_at.astimezone(ZONE):%m-%d %H:%M}" == closes


def test_a_clock_that_skips_an_hour_moves_no_appointment_after_it() -> None:
    zone = ZoneInfo("America/New_York")
    found = read_slots("talk 2027-03-14 13:00-14:00 every 30min", NOW, zone)
    assert isinstance(found, SlotPlan) and clocks(found, zone) == ["13:00", "13:30"]


def test_a_plan_comes_back_as_it_was_kept() -> None:
    found = plan("家长会 周六 14:00-15:00 @ 三楼")
    assert SlotPlan.from_json(found.to_json()) == found


@given(st.text(alphabet="家长会 周六下午0123456789:：点-到每分钟@[]截止休息，、\n|apm", max_size=40))
def test_whatever_is_typed_is_a_plan_or_a_problem(text: str) -> None:
    found = read_slots(text, NOW, ZONE)
    if isinstance(found, SlotPlan):
        assert all(start < end for start, end in found.times)
        assert all(one[1] <= other[0] for one, other in zip(found.times, found.times[1:], strict=False))
        assert NOW < found.closes_at <= found.times[0][0]
    else:
        assert isinstance(found, SlotProblem)
