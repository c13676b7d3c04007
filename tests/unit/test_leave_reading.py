"""Leaves in parents' own words: the days, the part of the day, the reason, and what is no leave at all."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from classroom.roster import Roster, Student
from handlers.leave_reading import asks_for_leave, read_leave

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 10:00
ROSTER = Roster((Student(1, "张小明", aliases=("小明",)), Student(2, "李雷")))


@pytest.mark.parametrize(
    ("text", "first", "last", "part", "reason"),
    [
        ("明天 发烧", 24, 24, None, "发烧"),
        ("明天发烧", 24, 24, None, "发烧"),
        ("今天", 23, 23, None, ""),
        ("明天下午看牙", 24, 24, "afternoon", "看牙"),
        ("明天 上午 看牙", 24, 24, "morning", "看牙"),
        ("明天 看牙 下午", 24, 24, "afternoon", "看牙"),
        ("今早发烧", 23, 23, None, "今早发烧"),
        ("发烧 明天", 24, 24, None, "发烧"),
        ("明天请两天 回老家", 24, 25, None, "回老家"),
        ("明天起三天 回老家", 24, 26, None, "回老家"),
        ("请假一天 明天", 24, 24, None, ""),
        ("明天请假 发烧", 24, 24, None, "发烧"),
        ("25日到27日 回老家", 25, 27, None, "回老家"),
        ("tomorrow fever", 24, 24, None, "fever"),
        ("tomorrow afternoon dentist", 24, 24, "afternoon", "dentist"),
        ("fever friday", 27, 27, None, "fever"),
        ("2026-11-30 <b>trip</b>", 30, 30, None, "<b>trip</b>"),
        ("昨晚发烧，今天请假", 23, 23, None, "昨晚发烧，今天请假"),
        ("老师，小明今天发烧了，不能来", 23, 23, None, "老师，小明今天发烧了，不能来"),
    ],
)
def test_a_leave_is_read(text: str, first: int, last: int, part: str | None, reason: str) -> None:
    found = read_leave(text, NOW, ZONE, ROSTER)
    assert found.first and found.last
    assert (found.first.day, found.last.day, found.part, found.reason) == (first, last, part, reason)
    assert found.trouble is None


@pytest.mark.parametrize(
    ("text", "trouble", "reason"),
    [
        ("", None, ""),
        ("发烧", None, "发烧"),
        ("小明早上发烧", None, "小明早上发烧"),
        ("昨天 发烧", "past", "昨天 发烧"),
        ("11月1日 发烧", "past", "11月1日 发烧"),
        ("2月30日 发烧", "unreadable", "2月30日 发烧"),
        ("99 发烧", "unreadable", "99 发烧"),
        ("2027-03-01 出国", "far", "2027-03-01 出国"),
    ],
)
def test_no_day_is_guessed(text: str, trouble: str | None, reason: str) -> None:
    found = read_leave(text, NOW, ZONE, ROSTER)
    assert (found.first, found.trouble, found.reason) == (None, trouble, reason)


@pytest.mark.parametrize(
    "text",
    [
        "请假",
        "请假一天",
        "明天请假",
        "老师好，明天请个假",
        "王老师您好，孩子发烧来不了",
        "老师，张小明今天发烧了，不能来上学",
        "今天不来了",
        "张小明今天发烧，在家休息",
        "@class_bot 我家孩子明天请病假",
        "周三上午要去复查，请半天假",
        "Tom is sick and can't come to school today",
        "Lily will be absent tomorrow",
    ],
)
def test_who_asks_for_leave(text: str) -> None:
    assert asks_for_leave(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "收到",
        "怎么请假？",
        "请假条在哪里下载",
        "今天谁请假了",
        "明天不来上课吗？",
        "明天放假吗",
        "明天春游不能迟到",
        "周五去不了春游",
        "我今天去不了家长会",
        "作业写完了",
        "请假的同学作业怎么交",
        "是老师请假了吗",
        "who is absent today?",
        "明天请假" + "，还有别的事" * 40,
    ],
)
def test_who_does_not(text: str) -> None:
    assert not asks_for_leave(text)
