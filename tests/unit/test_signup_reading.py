"""What people type behind /signup, and what is understood of it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.signup.reading import SignupPlan, SignupProblem, read_signup

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 10:00


def plan(text: str) -> SignupPlan:
    found = read_signup(text, NOW, ZONE)
    assert isinstance(found, SignupPlan), found
    return found


@pytest.mark.parametrize(
    ("line", "what", "places"),
    [
        ("带队 4", "带队", 4),
        ("带队4", "带队", 4),
        ("带队 4人", "带队", 4),
        ("带队４名", "带队", 4),
        ("带队（4）", "带队", 4),
        ("带队 x4", "带队", 4),
        ("带队×4", "带队", 4),
        ("带队 4 个名额", "带队", 4),
        ("Guides 4", "Guides", 4),
        ("Guides (4 places)", "Guides", 4),
        ("加油团", "加油团", 0),
        ("周六 8:00", "周六 8:00", 0),
        ("12月5日", "12月5日", 0),
        ("第2组", "第2组", 0),
        ("周六8", "周六", 8),
        ("5.1", "5.1", 0),
        ("12-5", "12-5", 0),
        ("Room B12", "Room B12", 0),
        ("25", "25", 0),
    ],
)
def test_places_stand_at_the_end_of_a_line(line: str, what: str, places: int) -> None:
    assert plan(f"春游 | {line}").lines == ((what, places),)


def test_figures_that_tell_lines_apart_are_names() -> None:
    assert plan("分组 | 小组1 | 小组2").lines == (("小组1", 0), ("小组2", 0))


@pytest.mark.parametrize(
    "text", ["春游志愿者 | 带队 4 | 摄影 2", "春游志愿者\n带队 4\n\n摄影 2", "春游志愿者｜带队4｜摄影2"]
)
def test_lines_are_told_apart_by_strokes_or_line_breaks(text: str) -> None:
    found = plan(text)
    assert found.title == "春游志愿者" and found.lines == (("带队", 4), ("摄影", 2))


@pytest.mark.parametrize(
    ("head", "held", "ends"),
    [
        ("", None, "2026-11-25 20:00"),
        ("[日期 周六 8:00]", "2026-11-28 08:00", "2026-11-27 20:00"),
        ("[日期 周六]", "2026-11-28 08:00", "2026-11-27 20:00"),
        ("[date 2026-12-05 9:30]", "2026-12-05 09:30", "2026-12-04 20:00"),
        ("[日期 今天 18:00]", "2026-11-23 18:00", "2026-11-23 18:00"),
        ("[日期 周六 8:00, 截止 周四 12:00]", "2026-11-28 08:00", "2026-11-26 12:00"),
        ("【时间 周六 8:00】【截止 周四】", "2026-11-28 08:00", "2026-11-26 20:00"),
    ],
)
def test_when_it_is_and_when_it_closes(head: str, held: str | None, ends: str) -> None:
    found = plan(f"{head} 春游 | 带队")
    shown = f"{found.held_at.astimezone(ZONE):%Y-%m-%d %H:%M}" if found.held_at else None
    assert shown == held and f"{found.end(NOW, ZONE).astimezone(ZONE):%Y-%m-%d %H:%M}" == ends


@given(st.text(max_size=200))
def test_anything_can_be_typed(text: str) -> None:
    found = read_signup(text, NOW, ZONE)
    if isinstance(found, SignupProblem):
        assert found.because
    else:
        assert found.title and SignupPlan.from_json(found.to_json()) == found
