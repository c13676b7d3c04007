"""/leave: a child stays away; the teacher hears of it in private, colleagues read who, not why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.app import App
from classroom.events import Attachment
from tests.ready import ready_class
from tests.requests_kit import add_child, planned, set_phone, speaks_english, stored
from tests.world import UNLIMITED, World

# --- from one line --------------------------------------------------------------------------------


async def test_one_line_reaches_the_teacher_and_nobody_else(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private("/leave 明天 发烧")
    for part in ("第 1 号", "李雷妈妈", "11月24日（周二）全天", "发烧"):
        assert part in ready.teacher.last.text, part
    assert ready.teacher.buttons() == ["准假", "知道了", "回复", "转给…"]
    assert "请假已经送到老师那里" in mother.last.text and "明天（周二）全天" in mother.last.text
    assert mother.buttons() == ["撤回请假", "再补充一句"]
    for other in (ready.subject_teacher, ready.fathers["李雷"], ready.committee, ready.mothers["王芳"]):
        assert other.inbox == []
    assert world.posted() == []


async def test_the_teacher_approves_and_the_parent_hears(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("、请假 12月1日到3日 回老家")
    assert await ready.teacher.press("准假") == "好的，我告诉家长"
    assert "王老师准假了" in ready.mothers["李雷"].last.text
    assert "12月1日（周二）到12月3日（周四）" in ready.mothers["李雷"].last.text
    assert "已准假" in ready.teacher.last.text and ready.teacher.buttons() == ["回复"]
    assert ready.fathers["李雷"].inbox == []
    assert [(r.state, r.decision) for r in stored(world)] == [("answered", "approved")]


async def test_got_it_is_an_answer_and_approval_may_follow(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/leave 明天 发烧")
    await ready.teacher.press("知道了")
    assert "知道了" in ready.mothers["李雷"].last.text and "请假" in ready.mothers["李雷"].last.text
    assert ready.teacher.buttons() == ["准假", "回复"]
    await ready.teacher.press("准假")
    assert "准假了" in ready.mothers["李雷"].last.text
    assert [r.decision for r in stored(world)] == ["approved"]


async def test_a_press_that_comes_twice_changes_nothing(world: World) -> None:
    ready = await ready_class(world)
    shown = await ready.mothers["李雷"].in_private("/leave 明天 发烧")
    key = next(k for k in ready.teacher.last.keys if k.label == "准假")
    for _ in range(2):
        world.platform.press_token(ready.teacher.sender, ready.teacher.private, key.token or "")
        await world.settle()
    assert ready.mothers["李雷"].heard.count("准假了") == 1 and shown.text
    assert world.platform.toasts[-1][1] == "已经处理过了。"


async def test_the_answer_and_what_the_parent_says_back(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/leave 明天 发烧")
    await ready.teacher.press("回复")
    await ready.teacher.in_private("好好休息，<b>作业</b>不急。")
    assert "好好休息，<b>作业</b>不急。" in ready.mothers["李雷"].last.text
    assert (
        "王老师" in ready.mothers["李雷"].last.text
        and "11月24日（周二）全天" in ready.mothers["李雷"].last.text
    )
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private("谢谢老师")
    assert "谢谢老师" in ready.teacher.last.text and "第 1 号" in ready.teacher.last.text
    assert [r.state for r in stored(world)] == ["open"]


# --- by buttons -----------------------------------------------------------------------------------


async def test_a_bare_command_asks_by_buttons(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private("/请假")
    assert mother.buttons() == ["今天", "明天", "其他日期", "不请了"]
    await mother.press("明天")
    assert mother.buttons() == ["全天", "上午", "下午", "不请了"]
    await mother.press("下午")
    assert mother.buttons() == ["病假", "事假", "我来写原因", "不请了"]
    await mother.press("病假")
    assert "明天（周二）下午" in mother.last.text and len(mother.inbox) == 1
    assert "病假" in ready.teacher.last.text and "11月24日（周二）下午" in ready.teacher.last.text


async def test_another_date_and_a_reason_in_words(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private("/请假")
    await mother.press("其他日期")
    await mother.in_private("昨天")
    assert "已经过去" in mother.last.text and "/请假 11月24日 发烧" in mother.last.text
    await mother.in_private("那天")
    assert "没看懂" in mother.last.text
    await mother.in_private("12月1日到3日")
    await mother.press("我来写原因")
    await mother.in_private("长" * 501)
    assert "最多 500 个字" in mother.last.text
    await mother.in_private("", files=[Attachment("photo", "p1")])
    assert "12月1日（周二）到12月3日（周四）" in mother.last.text
    assert "见附件" in ready.teacher.last.text and ready.teacher.last.files == ("photo",)


async def test_of_several_children_it_is_asked_which_or_all(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    add_child(world, ready.id, ready.students["王芳"], mother)
    await mother.in_private("/leave 明天 回老家")
    assert mother.buttons() == ["李雷", "王芳", "都请假", "不请了"]
    await mother.press("都请假")
    assert {("李雷" in m.text, "王芳" in m.text) for m in ready.teacher.inbox} == {
        (True, False),
        (False, True),
    }
    await mother.in_private("/请假王芳 12月1日 看牙")
    assert "王芳妈妈" in ready.teacher.last.text and len(stored(world)) == 3


async def test_only_for_ones_own_children(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/leave 王芳 明天 发烧")
    assert "只能给您自己的孩子请假：李雷" in ready.mothers["李雷"].last.text
    assert ready.teacher.inbox == [] and stored(world) == []


async def test_nothing_is_sent_if_the_parent_thinks_better_of_it(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private("/leave")
    await mother.press("不请了")
    assert mother.last.text == "好的，没有请假。" and ready.teacher.inbox == []


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("/leave 昨天 发烧", "已经过去"),
        ("/leave 11月1日 发烧", "/留言"),
        ("/leave 2月30日 发烧", "没看懂"),
        ("/leave 2027-03-01 出国", "60 天"),
        ("/leave 明天 " + "长" * 600, "最多 500 个字"),
    ],
)
async def test_what_cannot_be_asked_for_is_answered_with_an_example(
    world: World, typed: str, part: str
) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private(typed)
    assert part in ready.mothers["李雷"].last.text and ready.teacher.inbox == []


async def test_who_is_not_bound_is_told_how(world: World) -> None:
    ready = await ready_class(world)
    for user in (ready.stranger, ready.teacher):
        await user.in_group("大家好")
        await user.in_private("/leave 明天 发烧")
        assert "/认领" in user.last.text
    assert stored(world) == []


async def test_html_is_shown_as_typed(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/leave 明天 <b>发烧</b> & *咳嗽*")
    assert "<b>发烧</b> & *咳嗽*" in ready.teacher.last.text
    assert "<b>发烧</b> & *咳嗽*" in ready.mothers["李雷"].last.text


async def test_in_english(world: World) -> None:
    ready = await ready_class(world)
    speaks_english(world, ready.mothers["李雷"], ready.teacher)
    await ready.mothers["李雷"].in_private("/leave tomorrow afternoon dentist")
    assert "Tue 24 Nov, afternoon" in ready.teacher.last.text and "dentist" in ready.teacher.last.text
    assert "has reached the teacher" in ready.mothers["李雷"].last.text
    await ready.teacher.press("Approve")
    assert "has approved the leave" in ready.mothers["李雷"].last.text
    await ready.mothers["李雷"].in_private("/leave yesterday fever")
    assert "/leave 2026-11-24 fever" in ready.mothers["李雷"].last.text


# --- again, and back ------------------------------------------------------------------------------


async def test_the_same_day_again_updates_the_first(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private("/leave 明天 发烧")
    first = ready.teacher.last
    await ready.teacher.press("准假")
    await mother.in_private("/leave 明天到26日 住院")
    assert "更新了原来的那一份（第 1 号）" in mother.last.text
    assert "有更新" in ready.teacher.last.text and "住院" in ready.teacher.last.text
    assert "改过了" in first.text and first.keys == ()
    (leave,) = stored(world)
    assert leave.last_day is not None
    assert (leave.last_day.day, leave.decision, leave.state) == (26, None, "open")


async def test_what_only_touches_a_leave_is_joined_to_it(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/leave 24日到25日 回老家")
    await ready.mothers["李雷"].in_private("/leave 25日到27日 还没买到票")
    (leave,) = stored(world)
    assert leave.first_day is not None and leave.last_day is not None
    assert (leave.first_day.day, leave.last_day.day) == (24, 27)


async def test_two_guardians_of_one_child(world: World) -> None:
    """The other one reads nothing until it has written too; then both hear the answer, not each other."""
    ready = await ready_class(world)
    mother, father = ready.mothers["李雷"], ready.fathers["李雷"]
    await mother.in_private("/leave 明天 水痘")
    await father.in_private("/leave 明天 看医生")
    assert "更新了原来的那一份" in father.last.text and "水痘" not in father.heard
    assert "李雷爸爸把李雷的请假改成了" in mother.last.text and "看医生" not in mother.heard
    await ready.teacher.press("准假")
    assert "准假了" in mother.last.text and "准假了" in father.last.text
    assert len(stored(world)) == 1


async def test_taken_back(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private("/leave 明天 发烧")
    letter = ready.teacher.last
    await mother.press("撤回请假")
    assert "已撤回请假" in mother.last.text and "撤回了请假" in ready.teacher.last.text
    assert "家长已撤回" in letter.text and "准假" not in [k.label for k in letter.keys]
    await world.until(7, 50)
    assert "请假的同学" not in ready.teacher.heard + ready.subject_teacher.heard


async def test_somebody_elses_button_is_useless(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/leave 明天 发烧")
    back = next(k for k in ready.mothers["李雷"].last.keys if k.label == "撤回请假")
    approve = next(k for k in ready.teacher.last.keys if k.label == "准假")
    for user, key in (
        (ready.fathers["李雷"], back),
        (ready.subject_teacher, approve),
        (ready.stranger, approve),
    ):
        world.platform.press_token(user.sender, user.private, key.token or "")
        await world.settle()
        assert world.platform.toasts[-1][1] == "这个按钮不是给您的。"
    assert [(r.state, r.decision) for r in stored(world)] == [("open", None)]


# --- hours ----------------------------------------------------------------------------------------


async def test_at_night_the_parent_reads_when_it_will_be_seen_and_whom_to_call(world: World) -> None:
    ready = await ready_class(world)
    set_phone(world, ready, "010-5555")
    await world.until(6, 30)
    await ready.mothers["李雷"].in_private("/leave 今天 发烧")
    assert "今天 07:00" in ready.mothers["李雷"].last.text and "010-5555" in ready.mothers["李雷"].last.text
    assert ready.teacher.inbox == []
    await world.until(7, 0)
    assert "发烧" in ready.teacher.last.text
    await world.until(7, 50)
    assert "请假的同学（1 人）" in ready.teacher.last.text


async def test_what_waits_for_the_morning_does_not_say_tomorrow_of_today(world: World) -> None:
    ready = await ready_class(world)
    await world.until(20, 30)
    await ready.mothers["李雷"].in_private("/leave 明天 发烧")
    assert "明天（周二）全天" in ready.mothers["李雷"].last.text
    await world.until(7, 0)
    assert "11月24日（周二）全天" in ready.teacher.last.text and "明天" not in ready.teacher.last.text


async def test_an_answer_at_night_waits_for_the_morning(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/leave 后天 看牙")
    await world.until(22)
    heard = len(ready.mothers["李雷"].inbox)
    await ready.teacher.press("回复")
    await ready.teacher.in_private("好的")
    assert "会在明天（周二）07:00看到" in ready.teacher.last.text
    assert len(ready.mothers["李雷"].inbox) == heard
    await world.until(7, 0)
    assert "好的" in ready.mothers["李雷"].last.text


# --- the list of the morning ----------------------------------------------------------------------


async def test_at_ten_to_eight_all_teachers_read_who_and_only_the_teacher_why(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/leave 明天 水痘")
    await ready.teacher.press("准假")
    await ready.mothers["王芳"].in_private("/leave 明天上午 看牙")
    assert ready.subject_teacher.inbox == []
    await world.until(7, 50)
    for text in (ready.teacher.last.text, ready.subject_teacher.last.text):
        assert "（2 人）" in text and "李雷：全天，已准假" in text and "王芳：上午，还没有批" in text
    assert "水痘" in ready.teacher.last.text
    assert "水痘" not in ready.subject_teacher.heard and "看牙" not in ready.subject_teacher.heard
    assert world.posted() == [] and "请假的同学" not in ready.committee.heard
    assert [s.state for s in planned(world, "leave.morning")] == ["fired"]


async def test_every_school_day_of_a_leave_and_no_other(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/leave 27日到30日 回老家")  # Friday to Monday
    lists = 0
    for _ in range(9):
        await world.until(7, 50)
        found = ready.subject_teacher.heard.count("请假的同学")
        day = world.now().astimezone(world.app_zone)
        assert (found > lists) == (day.day in (27, 30)), day
        lists = found
    assert lists == 2 and [s.state for s in planned(world, "leave.morning")] == ["fired", "fired"]


async def test_a_class_without_leaves_has_nothing_planned(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/message 下午爷爷来接")
    assert planned(world, "leave.morning") == []


async def test_late_with_a_word_and_after_noon_not_at_all(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/leave 24日到25日 发烧")
    world.time = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # 9:30: the machine was down
    await world.later(seconds=1)
    assert "发晚了" in ready.subject_teacher.last.text
    world.time = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)  # 14:00 of the next day
    heard = ready.subject_teacher.heard
    await world.later(seconds=1)
    assert ready.subject_teacher.heard == heard
    assert "没能发出" in ready.teacher.last.text
    assert [s.state for s in planned(world, "leave.morning")] == ["fired", "missed"]


async def test_a_leave_during_the_school_day_is_told_to_who_has_only_the_list(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/leave 今天下午 发烧")
    assert "又有请假：李雷（下午）" in ready.subject_teacher.last.text
    assert "发烧" not in ready.subject_teacher.heard
    await ready.mothers["李雷"].press("撤回请假")
    assert "撤回" in ready.subject_teacher.last.text


# --- in the group ---------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["老师，李雷明天发烧请假一天", "/请假 明天 发烧", "明天请假"])
async def test_in_the_group_it_is_left_alone_and_the_private_way_is_offered(world: World, typed: str) -> None:
    ready = await ready_class(world)
    shown = await ready.mothers["李雷"].in_group(typed)
    assert not shown.removed and world.posted() == [] and ready.teacher.inbox == []
    assert "要我私下帮您向老师请假吗" in ready.mothers["李雷"].last.text
    await ready.mothers["李雷"].press("帮我请假")
    assert "李雷妈妈" in ready.teacher.last.text and "11月24日（周二）全天" in ready.teacher.last.text
    assert world.posted() == []


async def test_it_is_offered_once_and_not_to_who_has_asked_already(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_group("明天请假")
    await mother.in_group("李雷明天请假")
    assert mother.heard.count("要我私下帮您") == 1
    await ready.mothers["王芳"].in_private("/leave 明天 发烧")
    await ready.mothers["王芳"].in_group("老师，王芳明天请假")
    assert "要我私下帮您" not in ready.mothers["王芳"].heard


async def test_nobody_else_is_offered_anything(world: World) -> None:
    ready = await ready_class(world)
    for user in (ready.teacher, ready.stranger, ready.committee, ready.mothers["赵一"]):
        await user.in_group("明天请假一天")
    assert all("请假" not in u.heard for u in (ready.teacher, ready.stranger, ready.committee))
    assert world.posted() == []


async def test_where_the_door_is_shut_nothing_is_said(world: World) -> None:
    ready = await ready_class(world)
    world.platform.block(ready.mothers["李雷"].sender)
    await world.settle()
    await ready.mothers["李雷"].in_group("李雷明天发烧请假")
    assert world.posted() == [] and ready.mothers["李雷"].inbox == []


async def test_a_stale_offer_says_that_the_day_is_over(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_group("李雷今天请假，发烧")
    await world.later(hours=30)
    await ready.mothers["李雷"].press("帮我请假")
    assert "已经过去" in ready.mothers["李雷"].last.text and stored(world) == []


async def test_after_a_restart_everything_goes_on(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/leave")
    await ready.mothers["李雷"].press("其他日期")
    world.app = App(world.database, [world.platform], limits=UNLIMITED, now=world.now)
    await ready.mothers["李雷"].in_private("明天下午 看牙")
    assert "看牙" in ready.teacher.last.text
    world.app = App(world.database, [world.platform], limits=UNLIMITED, now=world.now)
    await world.until(7, 50)
    assert "李雷：下午" in ready.subject_teacher.last.text


async def test_a_redelivered_leave_is_one_leave(world: World) -> None:
    ready = await ready_class(world)
    world.platform.say(ready.mothers["李雷"].sender, ready.mothers["李雷"].private, "/leave 明天 发烧")
    world.platform.redeliver(world.platform.waiting[0])
    await world.settle()
    assert len(stored(world)) == 1 and len(ready.teacher.inbox) == 1
