"""What people type behind /poll, and what is understood of it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.rules.delicate import is_delicate
from handlers.poll_plan import PollPlan, PollProblem
from handlers.poll_quorum import needed
from handlers.poll_reading import read_poll

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 10:00
USUAL = "2026-11-25 20:00"


def read(text: str) -> PollPlan | PollProblem:
    return read_poll(text, NOW, ZONE)


def plan(text: str) -> PollPlan:
    found = read(text)
    assert isinstance(found, PollPlan), found
    return found


def ends(found: PollPlan) -> str:
    return f"{found.end(NOW, ZONE).astimezone(ZONE):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "question", "options"),
    [
        ("春游去哪里？ | 植物园 | 科技馆", "春游去哪里？", ("植物园", "科技馆")),
        ("春游去哪里？｜植物园｜科技馆", "春游去哪里？", ("植物园", "科技馆")),
        ("春游去哪里？\n植物园\n科技馆\n\n", "春游去哪里？", ("植物园", "科技馆")),
        ("春游去哪里？\n| 植物园\n| 科技馆 |", "春游去哪里？", ("植物园", "科技馆")),
        ("我们想去春游，\n去哪里？ | 植物园 | 科技馆", "我们想去春游，\n去哪里？", ("植物园", "科技馆")),
        ("春游去哪里？ | 植物园\n科技馆", "春游去哪里？", ("植物园", "科技馆")),
        ("Which? | C++ | C--", "Which?", ("C++", "C--")),
        ("喜欢吗 | 👍 | 👎", "喜欢吗", ("👍", "👎")),
        ("每位家长愿意来吗？ | 愿意 | 不便", "每位家长愿意来吗？", ("愿意", "不便")),
        ("<b>x</b> & y | *a* | _b_", "<b>x</b> & y", ("*a*", "_b_")),
    ],
)
def test_question_and_options(text: str, question: str, options: tuple[str, ...]) -> None:
    found = plan(text)
    assert (found.question, found.options) == (question, options)
    assert not (found.anonymous or found.multiple or found.live or found.every)
    assert ends(found) == USUAL


@pytest.mark.parametrize(
    "typed",
    [
        "[匿名] [多选] [截止 周五 18:00] [公开过程] 问 | 甲 | 乙",
        "[截止 周五 18:00][公开过程] [匿名][多选]问 | 甲 | 乙",
        "［匿名］【多选】[截止周五18：00] 【公开过程】 问 ｜ 甲 ｜ 乙",
        "[匿名，多选，公开过程] [截止：周五18点] 问 | 甲 | 乙",
        "[匿名 多选 公开过程] [截止到周五下午6点] 问 | 甲 | 乙",
        "[anonymous] [multiple] [until fri 18:00] [live] 问 | 甲 | 乙",
        "[Anonymous, Multiple, LIVE] [UNTIL Friday 6pm] 问 | 甲 | 乙",
    ],
)
def test_settings_in_any_order(typed: str) -> None:
    found = plan(typed)
    assert (found.question, found.options) == ("问", ("甲", "乙"))
    assert found.anonymous and found.multiple and found.live
    assert ends(found) == "2026-11-27 18:00"


@pytest.mark.parametrize(
    ("until", "end"),
    [
        ("2026-12-04 18:00", "2026-12-04 18:00"),
        ("12月4号", "2026-12-04 20:00"),
        ("明天中午", "2026-11-24 12:00"),
        ("2小时后", "2026-11-23 12:00"),
    ],
)
def test_the_close(until: str, end: str) -> None:
    assert ends(plan(f"[截止 {until}] 问 | 甲 | 乙")) == end


@pytest.mark.parametrize(
    "typed",
    [
        "每周五 16:00 [截止 周日 20:00] 下周谁来值日？ | 一组 | 二组",
        "[截止 周日 20:00] 每周五16:00 下周谁来值日？ | 一组 | 二组",
        "every fri 16:00 [until sun 20:00] 下周谁来值日？ | 一组 | 二组",
    ],
)
def test_repeats(typed: str) -> None:
    found = plan(typed)
    assert (found.question, found.every) == ("下周谁来值日？", "weekly 5 16:00")
    for opening, end in (("2026-11-27", "2026-11-29 20:00"), ("2026-12-04", "2026-12-06 20:00")):
        opens = datetime.fromisoformat(f"{opening} 16:00").replace(tzinfo=ZONE)
        assert f"{found.end(opens, ZONE):%Y-%m-%d %H:%M}" == end


def test_a_repeat_has_the_usual_end_each_time() -> None:
    found = plan("每天 7:30 早餐吃什么？ | 粥 | 面")
    assert f"{found.end(datetime(2026, 12, 1, tzinfo=UTC), ZONE):%m-%d %H:%M}" == "12-03 20:00"


@pytest.mark.parametrize(
    ("typed", "because"),
    [
        ("春游去哪里？", "too_few"),
        ("春游去哪里？ | 植物园", "too_few"),
        ("| 甲 | 乙", "no_question"),
        ("[匿名] | 甲 | 乙", "no_question"),
        ("[匿名]", "no_question"),
        ("\u200b | 甲 | 乙", "no_question"),
        ("问 | 甲 | \u200b", "too_few"),
        ("问 | " + " | ".join("abcdefghijk"), "too_many"),
        ("问" * 301 + " | 甲 | 乙", "question_long"),
        ("问 | 甲 | " + "乙" * 61, "option_long"),
        ("问 | 甲 | 乙 | 甲", "twice"),
        ("问 | Tree House | ＴＲＥＥ  house", "twice"),
        ("[匿名投标] 问 | 甲 | 乙", "bracket"),
        ("[截止 昨天] 问 | 甲 | 乙", "until_past"),
        ("[截止 今天 9:00] 问 | 甲 | 乙", "until_past"),
        ("[截止 月亮圆的时候] 问 | 甲 | 乙", "until"),
        ("[截止 明天25点] 问 | 甲 | 乙", "until"),
        ("[截止 周五 18:00 左右吧] 问 | 甲 | 乙", "until"),
        ("[截止 2027-12-01] 问 | 甲 | 乙", "until_far"),
        ("每周五 25:00 问 | 甲 | 乙", "every"),
        ("每周五 16:00 [截止 2026-11-29 20:00] 问 | 甲 | 乙", "until_each"),
    ],
)
def test_what_is_wrong_is_named(typed: str, because: str) -> None:
    found = read(typed)
    assert isinstance(found, PollProblem) and found.because == because


def test_the_limits_are_within() -> None:
    found = plan("问" * 300 + " | " + " | ".join(f"{i}" * 60 for i in range(10)))
    assert len(found.options) == 10


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    found = read(text)
    if isinstance(found, PollPlan):
        assert PollPlan.from_json(found.to_json()) == found
        assert found.end(NOW, ZONE) > NOW


@pytest.mark.parametrize(
    "text",
    [
        "谁当家委会成员？\n张先生\n李女士",
        "选举班长",
        "班费怎么用？\n买书\n买花",
        "春游每人50元，同意吗？",
        "您对班主任的工作满意吗？",
        "数学老师讲课怎么样？",
        "Who shall be elected class monitor?",
        "Shall we pay $10 for the trip?",
        "How is the new teacher doing?",
    ],
)
def test_elections_money_and_opinions_about_people_are_delicate(text: str) -> None:
    assert is_delicate(text)


@pytest.mark.parametrize(
    "text",
    [
        "春游去哪里？\n植物园\n科技馆",
        "家长会几点开？\n18:00\n19:00",
        "下周谁来值日？\n一组\n二组",
        "Where shall we go?\nGarden\nElectric museum",
        "要不要统一买校服？",
    ],
)
def test_most_questions_are_not(text: str) -> None:
    assert not is_delicate(text)


@pytest.mark.parametrize(
    ("bracket", "quorum", "of_45"),
    [
        ("[过半]", "more", 23),
        ("[過半有效]", "more", 23),
        ("[majority]", "more", 23),
        ("[至少三分之二]", "2/3", 30),
        ("[quorum 50%]", "50%", 23),
        ("[至少 60％]", "60%", 27),
        ("[至少 30 户]", "30", 30),
        ("[at least 30 households]", "30", 30),
        ("[匿名 至少30票 多选]", "30", 30),
        ("[匿名]", "", 0),
    ],
)
def test_a_quorum_is_read(bracket: str, quorum: str, of_45: int) -> None:
    found = plan(f"{bracket} 问 | 甲 | 乙")
    assert found.quorum == quorum and needed(found.quorum, 45) == of_45


@pytest.mark.parametrize(
    ("words", "opens"),
    [
        ("定时 周五 16:00 问", "2026-11-27 16:00"),
        ("at fri 16:00 问", "2026-11-27 16:00"),
        ("在周五16:00，问", "2026-11-27 16:00"),
        ("[开始 周五] 问", "2026-11-27 08:00"),
        ("[opens at fri 9:00] 问", "2026-11-27 09:00"),
        ("定时 明天 7:30 [匿名] 问", "2026-11-24 07:30"),
    ],
)
def test_an_opening_is_read(words: str, opens: str) -> None:
    found = plan(f"{words} | 甲 | 乙")
    assert found.opens_at is not None and found.question == "问"
    assert f"{found.opens_at.astimezone(ZONE):%Y-%m-%d %H:%M}" == opens
    assert PollPlan.from_json(found.to_json()) == found


@pytest.mark.parametrize("question", ["在哪里春游？", "at what time shall we meet?", "在周五还是周六？"])
def test_a_question_that_begins_like_an_opening(question: str) -> None:
    found = plan(f"{question} | 甲 | 乙")
    assert found.opens_at is None and found.question == question
