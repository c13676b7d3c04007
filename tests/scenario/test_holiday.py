"""Holidays announce themselves: a draft before the teacher, one press, a reminder before school is back."""

from __future__ import annotations

import pytest

from bot.platforms.web import Shown
from classroom.people import Role
from storage import classrooms, identity
from storage.tables import Person
from tests.holiday_kit import at, class_at, days_pass, file, notices_of, planned, setting
from tests.requests_kit import end_role, person_of, speaks_english
from tests.world import World

OCTOBER = at(2026, 9, 23)
"""Eight days before National Day."""


def drafts(inbox: list[Shown], name: str) -> list[Shown]:
    return [m for m in inbox if f"{name}放假安排" in m.text and m.keys]


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
    assert "撤回" in made.teacher.buttons() and [n.kind for n in notices_of(world)] == ["holiday"]


async def test_national_day_has_seven_days_of_lead_and_its_makeup_days(world: World) -> None:
    made = await class_at(world, OCTOBER)
    assert drafts(made.teacher.inbox, "国庆节") == []
    await days_pass(world, 1)
    [draft] = drafts(made.teacher.inbox, "国庆节")
    assert "10月1日（周四）至10月7日（周三），共 7 天" in draft.text
    assert "补班上课：10月10日（周六），课表另行通知" in draft.text
    assert "9月20日" not in draft.text  # which is over
    assert "/放假 课表 2026-10-10 周五" in draft.text


async def test_other_holidays_have_three_days(world: World) -> None:
    made = await class_at(world, at(2026, 6, 15, 10))
    assert drafts(made.teacher.inbox, "端午节") == []
    await days_pass(world, 1)
    assert len(drafts(made.teacher.inbox, "端午节")) == 1


async def test_it_is_drafted_once_whatever_happens_in_between(world: World) -> None:
    made = await class_at(world, at(2026, 9, 24))
    await days_pass(world, 5)
    assert sum("国庆节放假安排" in m.text for m in made.teacher.inbox) == 1


async def test_after_a_standstill_it_is_made_up_for_once(world: World) -> None:
    made = await class_at(world, at(2026, 9, 22))
    await world.later(days=6)  # nobody was there on the 24th, nor on the 25th
    await world.later(hours=1)
    assert len(drafts(made.teacher.inbox, "国庆节")) == 1
    assert drafts(made.teacher.inbox, "中秋节") == []


async def test_nobody_answers_and_nothing_is_sent(world: World) -> None:
    made = await class_at(world, at(2026, 9, 24))
    await days_pass(world, 8)
    assert world.posted() == [] and notices_of(world) == []
    assert "明天就是国庆节，放假通知还没有发" in made.teacher.heard
    assert "假期已经开始" in made.teacher.heard


async def test_asked_once_more_the_draft_is_shown_again(world: World) -> None:
    made = await class_at(world, at(2026, 9, 24))
    await days_pass(world, 6)
    await world.until(19)
    await made.teacher.press("看草稿")
    assert len(drafts(made.teacher.inbox, "国庆节")) == 1 and "改好的在下面" in made.teacher.heard
    await made.teacher.press("发送")
    assert "国庆节放假安排" in world.posted()[-1].text


# --- sent without the teacher --------------------------------------------------------------------


async def test_switched_on_it_goes_out_on_the_evening_before(world: World) -> None:
    made = await class_at(world, at(2026, 9, 24))
    await made.teacher.in_private("/放假 自动 开")
    await days_pass(world, 1)
    assert "到 <b>" not in made.teacher.last.text and "9月30日（周三）18:00" in made.teacher.last.text
    await days_pass(world, 6)
    [post] = [p for p in world.posted() if "国庆节放假安排" in p.text]
    assert post.at == at(2026, 9, 30, 18) and post.pinned and "王老师" in post.text
    assert "通知 1 已经发出" in made.teacher.heard


async def test_whoever_has_answered_is_not_overruled(world: World) -> None:
    made = await class_at(world, at(2026, 9, 24))
    await made.teacher.in_private("/放假 自动 开")
    await days_pass(world, 1)
    await made.teacher.press("跳过")
    assert "这次不发" in made.teacher.heard
    await days_pass(world, 8)
    assert [p for p in world.posted() if "放假安排" in p.text] == []


async def test_sent_by_the_teacher_it_is_not_sent_again(world: World) -> None:
    made = await class_at(world, at(2026, 9, 24))
    await made.teacher.in_private("/holiday auto on")
    await days_pass(world, 1)
    await made.teacher.press("发送")
    await days_pass(world, 8)
    assert sum("国庆节放假安排" in p.text for p in world.posted()) == 1


async def test_a_standstill_over_that_evening_sends_nothing_at_night(world: World) -> None:
    made = await class_at(world, at(2026, 9, 24))
    setting(world, made, "holidays_auto", True)
    await days_pass(world, 5)
    await world.later(hours=37)  # from the morning of the 29th to 23:00 on the 30th
    assert [p for p in world.posted() if "放假安排" in p.text] == []


async def test_a_setting_of_the_server_holds_until_a_class_says_otherwise(world: World) -> None:
    made = await class_at(world, at(2026, 9, 24))
    setting(world, made, "holidays_auto", True)
    await made.teacher.in_private("/放假 自动 关")
    await days_pass(world, 8)
    assert notices_of(world) == []
    await made.teacher.in_private("/放假 自动 也许")
    assert "/放假 自动 开" in made.teacher.last.text and "关着" in made.teacher.last.text


async def test_what_the_teacher_typed_is_never_sent_without_a_press(world: World) -> None:
    made = await class_at(world, at(2026, 9, 24))
    await made.teacher.in_private("/放假 自动 开")
    await days_pass(world, 1)
    await made.teacher.press("修改")
    await made.teacher.in_private("有件事想单独和您说，孩子最近总走神。")  # meant for somebody else
    assert "自动发出" not in made.teacher.last.text
    await made.teacher.in_private("/放假 9月29日到30日 月假 返校 06:20")
    await days_pass(world, 6)
    assert world.posted() == [] and notices_of(world) == []
    assert "明天就是国庆节，放假通知还没有发" in made.teacher.heard


async def test_words_that_shame_a_child_are_never_sent_by_themselves(world: World) -> None:
    made = await class_at(world, at(2026, 9, 24))
    setting(world, made, "holidays_auto", True)
    await days_pass(world, 1)
    await made.teacher.press("修改")
    await made.teacher.in_private("国庆节放假安排：未交作业：李雷、韩梅梅，请假期补上。返校：10月8日 7:20")
    await days_pass(world, 5)
    await world.until(18, 1)
    assert not any("李雷" in text for text in world.texts()) and notices_of(world) == []
    await made.teacher.press("看草稿")
    await made.teacher.press("发送")
    assert world.posted() == [] and "改为私信" in made.teacher.buttons()


async def test_words_that_shame_a_child_are_held_back_when_sent(world: World) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private("/放假 国庆节")
    await made.teacher.press("修改")
    await made.teacher.in_private("10月1日放假。没有交作业的有：李雷、韩梅梅，假期补上。")
    await made.teacher.press("发送")
    assert world.posted() == [] and "改为私信" in made.teacher.buttons()
    await days_pass(world, 15)
    assert not any("李雷" in text for text in world.texts())


# --- changed -------------------------------------------------------------------------------------


async def test_other_words(world: World) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private("/放假 国庆节")
    await made.teacher.press("修改")
    assert "整段话" in made.teacher.last.text
    await made.teacher.in_private("国庆放假七天，10月8日 7:20 前返校，祝大家玩得开心。")
    assert made.teacher.buttons() == ["发送", "修改", "跳过"] and "玩得开心" in made.teacher.last.text
    await made.teacher.press("发送")
    assert "玩得开心" in world.posted()[-1].text and "作息" not in world.posted()[-1].text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("返校 07:20", "返校：10月8日（周四）07:20 前"),
        ("返校：7点半", "返校：10月8日（周四）07:30 前"),
        ("返校 10月7日 18:00", "返校：10月7日（周三）18:00 前"),
        ("back 7:20am", "返校：10月8日（周四）07:20 前"),
    ],
)
async def test_only_the_return(world: World, typed: str, read: str) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private("/放假 国庆节")
    await made.teacher.press("修改")
    await made.teacher.in_private(typed)
    assert read in made.teacher.last.text and "作息有规律" in made.teacher.last.text


async def test_nonsense_is_asked_for_again(world: World) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private("/放假 国庆节")
    await made.teacher.press("修改")
    await made.teacher.in_private("长" * 3600)
    assert "3500" in made.teacher.last.text
    await made.teacher.in_private("返校 9月1日")
    assert "要在假期第一天以后" in made.teacher.last.text
    await made.teacher.in_private("返校 10月8日 7:00")
    assert "返校：10月8日（周四）07:00 前" in made.teacher.last.text


async def test_photos_in_answer_to_the_draft_go_along(world: World) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private("/放假 国庆节")
    draft = made.teacher.last
    await made.teacher.in_private("", files=[file("作业一")], reply_to=draft)
    assert "附件 1 个" in made.teacher.last.text and len(made.teacher.last.files) == 1
    await made.teacher.press("修改")
    await made.teacher.in_private("", files=[file("作业二")])
    assert "附件 2 个" in made.teacher.last.text and "作息" in made.teacher.last.text
    await made.teacher.press("发送")
    assert len(world.posted()[-1].files) == 2


async def test_the_command_in_answer_to_photos_takes_them_along(world: World) -> None:
    made = await class_at(world, OCTOBER)
    shown = await made.teacher.in_private("", files=[file("作业一")])
    await made.teacher.in_private("/放假 国庆节", reply_to=shown)
    assert "附件 1 个" in made.teacher.last.text
    await made.teacher.press("发送")
    assert len(world.posted()[-1].files) == 1


async def test_listed_in_answer_to_photos_a_button_takes_them_along(world: World) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private("/放假", files=[file("作业一")])
    assert "附件 1 个我先留着" in made.teacher.last.text
    await made.teacher.press("起草：国庆节")
    assert "附件 1 个" in made.teacher.last.text


async def test_an_old_draft_cannot_be_sent(world: World) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private("/放假 国庆节")
    old = made.teacher.last
    token = next(k.token for k in old.keys if k.label == "发送")
    await made.teacher.in_private("/放假 国庆节")
    assert old.keys == () and "新的草稿在下面" in old.text
    world.platform.press_token(made.teacher.sender, made.teacher.private, token or "", old.ref)
    await world.settle()
    assert world.posted() == []
    await made.teacher.press("发送")
    await days_pass(world, 8)
    assert sum("国庆节放假安排" in p.text for p in world.posted()) == 1


# --- several teachers ----------------------------------------------------------------------------


async def test_all_who_lead_the_class_see_it_and_one_decides(world: World) -> None:
    made = await class_at(world, at(2026, 9, 24))
    with world.database.transaction() as records:
        person = person_of(records, made.subject_teacher)
        classrooms.grant(records, made.id, person, Role.SUBSTITUTE, world.now(), by=None)
    await days_pass(world, 1)
    mine, theirs = made.teacher.last, made.subject_teacher.last
    assert "国庆节放假安排" in mine.text and "国庆节放假安排" in theirs.text
    await made.subject_teacher.press("发送")
    assert "数学刘老师已经在处理" in mine.text and mine.keys == ()
    assert "国庆节放假安排" in world.posted()[-1].text and "数学刘老师" in world.posted()[-1].text


async def test_who_leads_no_more_cannot_send_it(world: World) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private("/放假 国庆节")
    end_role(world, made, made.teacher)
    await made.teacher.press("发送")
    assert world.posted() == [] and "已经处理过了" in made.teacher.heard


@pytest.mark.parametrize("who", ["committee", "subject_teacher", "mother", "stranger"])
async def test_nobody_else_may_use_it(world: World, who: str) -> None:
    made = await class_at(world, OCTOBER)
    user = made.mothers["李雷"] if who == "mother" else getattr(made, who)
    await user.in_group("/放假 国庆节")
    await user.in_private("/holiday auto on")
    assert not any("国庆" in text for text in world.texts() if "/放假" not in text)
    assert made.teacher.inbox == [] and notices_of(world) == []
    assert "草稿" not in user.heard and "自动发送开着" not in user.heard


async def test_typed_in_the_group_it_leaves_the_group(world: World) -> None:
    made = await class_at(world, OCTOBER)
    typed = await made.teacher.in_group("/放假 国庆节")
    assert typed.removed and world.posted() == []
    assert "国庆节放假安排" in made.teacher.last.text


# --- the return ----------------------------------------------------------------------------------


async def send(made_in: World, typed: str = "/放假 国庆节") -> None:
    made = await class_at(made_in, OCTOBER)
    await made.teacher.in_private(typed)
    await made.teacher.press("发送")
    assert "国庆节放假安排" in made_in.posted()[-1].text


async def test_on_the_evening_before_the_group_is_reminded(world: World) -> None:
    await send(world, "/放假 国庆节 返校 07:20")
    assert planned(world, "holiday.return") == ["10-07 18:00"]
    await days_pass(world, 16)
    [post] = [p for p in world.posted() if "明天，10月8日（周四），返校" in p.text]
    assert post.at == at(2026, 10, 7, 18) and "请 07:20 前到校" in post.text and not post.pinned


async def test_withdrawn_nobody_is_reminded(world: World) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private("/放假 国庆节 返校 07:20")
    await made.teacher.press("发送")
    await made.teacher.press("撤回")
    await days_pass(world, 16)
    assert not any("返校" in p.text for p in world.posted())


async def test_corrected_the_reminder_says_what_is_right_now(world: World) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private("/放假 国庆节 返校 07:20")
    await made.teacher.press("发送")
    await made.teacher.press("更正")
    await made.teacher.in_private("国庆节放假：10月1日至10月6日。\n返校：10月7日（周三）18:30。")
    await made.teacher.press("发送")
    await days_pass(world, 16)
    [post] = [p for p in world.posted() if p.text.startswith("明天")]
    assert "10月7日（周三），返校，请 18:30 前到校" in post.text and post.at == at(2026, 10, 6, 18)


async def test_words_that_leave_it_open_are_asked_about(world: World) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private("/放假 国庆节")
    await made.teacher.press("修改")
    await made.teacher.in_private("国庆节放假安排：好好休息，我们节后见！")
    await made.teacher.press("发送")
    await days_pass(world, 16)
    assert not any("明天" in p.text for p in world.posted())
    assert "我看不出是哪天几点返校" in made.teacher.heard


async def test_back_on_a_makeup_day_is_said(world: World) -> None:
    made = await class_at(world, at(2025, 12, 28))
    await made.teacher.in_private("/放假 课表 2026-01-04 周五")
    await made.teacher.in_private("/放假 元旦")
    assert "补班上课：1月4日（周日），按周五的课表" in made.teacher.last.text
    await made.teacher.press("发送")
    await days_pass(world, 7)
    [post] = [p for p in world.posted() if p.text.startswith("明天")]
    assert "这天补班上课，按周五的课表" in post.text


async def test_it_stands_in_the_schedule_and_can_be_cancelled(world: World) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private("/放假 国庆节 返校 07:20")
    await made.teacher.press("发送")
    await made.teacher.in_private("/待发")
    line = next(x for x in made.teacher.last.text.splitlines() if "提醒返校（国庆节）" in x)
    assert "10月7日（周三）18:00" in line
    await made.teacher.in_private(f"/待发 取消 {line.split('.')[0]}")
    await days_pass(world, 16)
    assert not any(p.text.startswith("明天") for p in world.posted())


# --- a year that is not announced ----------------------------------------------------------------


async def test_what_is_not_announced_is_asked_and_not_guessed(world: World) -> None:
    made = await class_at(world, at(2026, 12, 27))
    setting(world, made, "holidays_auto", True)
    await days_pass(world, 2)
    told = made.teacher.last
    assert "元旦快到了" in told.text and "2027 年怎么放、哪天补班，我这里还没有官方安排" in told.text
    assert [k.label for k in told.keys] == ["填日期", "这次不发"]
    await made.teacher.press("填日期")
    await made.teacher.in_private("2月30日")
    assert "日历上没有这段日子" in made.teacher.last.text
    await made.teacher.in_private("1月1日到3日 返校 7:20")
    assert "元旦放假安排" in made.teacher.last.text and "共 3 天" in made.teacher.last.text
    await made.teacher.press("发送")
    assert "元旦放假安排" in world.posted()[-1].text


async def test_unanswered_nothing_of_it_is_ever_sent(world: World) -> None:
    made = await class_at(world, at(2026, 12, 27))
    setting(world, made, "holidays_auto", True)
    await days_pass(world, 8)
    assert notices_of(world) == [] and made.teacher.heard.count("元旦快到了") == 1
    await made.teacher.press("这次不发")
    assert "这次不发" in made.teacher.last.text


# --- lists and refusals --------------------------------------------------------------------------


async def test_what_comes_is_listed_with_buttons(world: World) -> None:
    made = await class_at(world, at(2026, 9, 14))
    await made.teacher.in_private("/放假")
    text = made.teacher.last.text
    assert "中秋节：9月25日（周五）至9月27日（周日），3 天，9月28日（周一）返校" in text
    assert (
        "国庆节：10月1日（周四）至10月7日（周三），7 天" in text
        and "补班：9月20日（周日）、10月10日（周六）" in text
    )
    assert "2027 年怎么放、哪天补班还没有公布" in text
    assert made.teacher.buttons() == ["起草：中秋节", "起草：国庆节", "起草：元旦"]
    await made.teacher.press("起草：国庆节")
    await made.teacher.press("发送")
    await made.teacher.in_private("/放假")
    assert "（第 1 号通知已发）" in made.teacher.last.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/放假 教师节", "没看懂是哪个假期"),
        ("/放假 昨天", "已经过了"),
        ("/放假 9月1日到9月3日 月假", "已经过了"),
        ("/放假 2月30日 月假", "日历上没有这段日子"),
        ("/放假 2026-12-04 2026-12-01 月假", "日历上没有这段日子"),
        ("/放假 12月1日到4日 李雷生日", "有孩子的名字"),
        ("/放假 12月1日到4日 月假 返校 看情况", "返校的时间我没看懂"),
        ("/放假 12月1日到4日 月假 返校 11月30日", "返校的时间我没看懂"),
        ("/放假 2026-12-01 2027-06-30 月假", "四个月以上"),
        ("/放假 12月1日到4日 " + "长" * 30, "不要超过 20 个字"),
        ("/放假 添加 期中考试", "请先写日期"),
        ("/放假 添加 12月10日", "还差个名字"),
        ("/放假 删除 99", "没有找到“99”"),
        ("/放假 课表 周三", "请写补班那天和星期几"),
        ("/放假 课表 10月11日 周三", "不是补班的日子"),
        ("/放假 返校 随便", "请写一个时间"),
        ("/放假 祝福 嗯", "/放假 祝福 开"),
        ("/放假 <b>粗</b>", "“<b>粗</b>”"),
    ],
)
async def test_each_refusal_says_how_it_is_done(world: World, typed: str, said: str) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private(typed)
    assert said in made.teacher.last.text
    assert world.posted() == [] and notices_of(world) == [] and "发送" not in made.teacher.buttons()


async def test_the_bot_is_in_no_group(world: World) -> None:
    made = await class_at(world, OCTOBER)
    await made.teacher.in_private("/放假 国庆节")
    world.platform.remove_bot(made.teacher.sender, world.group)
    await world.settle()
    await made.teacher.press("发送")
    assert "不在班级群" in made.teacher.last.text and notices_of(world) == []


async def test_in_the_quiet_hours_it_waits_for_the_morning(world: World) -> None:
    made = await class_at(world, at(2026, 9, 23, 22))
    await made.teacher.in_private("/放假 国庆节")
    assert "现在是安静时间" in made.teacher.last.text
    await made.teacher.press("发送")
    assert world.posted() == []
    await world.until(7)
    assert "国庆节放假安排" in world.posted()[-1].text
    await days_pass(world, 16)
    assert any(p.text.startswith("明天") for p in world.posted())


async def test_who_sleeps_is_asked_in_the_morning(world: World) -> None:
    made = await class_at(world, at(2026, 9, 23))
    with world.database.transaction() as records:
        row = records.get(Person, person_of(records, made.teacher))
        assert row is not None and identity.private_address(records, row.id) is not None
        row.hours = "08:00-12:00"  # not at nine in the morning
    await world.until(9, 30)
    assert drafts(made.teacher.inbox, "国庆节") == []
    await world.until(12, 1)
    assert len(drafts(made.teacher.inbox, "国庆节")) == 1


async def test_in_english(world: World) -> None:
    made = await class_at(world, OCTOBER)
    speaks_english(world, made.teacher)
    await made.teacher.in_private("/holiday National Day back 7:20")
    assert "a holiday notice, for you to look at" in made.teacher.last.text
    assert "国庆节放假安排" in made.teacher.last.text  # what the group reads is in the class's language
    await made.teacher.press("Send")
    assert "返校：10月8日（周四）07:20 前" in world.posted()[-1].text


async def test_a_button_with_a_long_english_name_is_not_cut_in_the_middle(world: World) -> None:
    made = await class_at(world, at(2026, 3, 2))
    speaks_english(world, made.teacher)
    await made.teacher.in_private("/holiday")
    assert "Tomb-Sweeping Day (Qingming)" in made.teacher.last.text
    assert "Draft: Tomb-Sweeping Day" in made.teacher.buttons()


# --- two drafts for the same days ----------------------------------------------------------------

EVE = at(2026, 9, 28)
TYPED = "/放假 9月30日到10月8日 小长假 返校 7:20"


async def test_a_draft_that_was_typed_and_left_lying_does_not_hide_the_official_one(world: World) -> None:
    made = await class_at(world, EVE)
    await made.teacher.in_private(TYPED)
    await days_pass(world, 1)
    [draft] = drafts(made.teacher.inbox, "国庆节")
    assert "小长假（9月30日（周三）至10月8日（周四））" in draft.text and "发一份就好" in draft.text
    [waiting] = [m for m in made.teacher.inbox if "小长假" in m.text and m.keys and m is not draft]
    assert "还有一份草稿也在等您：国庆节" in waiting.text
    await made.teacher.press("发送", on=draft)
    assert "这段日子的放假通知已经发过了（第 1 号）" in waiting.text
    await days_pass(world, 1)  # and with it the evening before the days that were typed
    assert "您另写的这份还没有发" in made.teacher.heard
    await days_pass(world, 10)
    assert len(notices_of(world)) == 1


async def test_of_two_drafts_for_the_same_days_one_goes_by_itself_at_most(world: World) -> None:
    made = await class_at(world, EVE)
    setting(world, made, "holidays_auto", True)
    await made.teacher.in_private("/放假 10月1日到8日 小长假")
    await days_pass(world, 8)
    assert [n.text.splitlines()[0] for n in notices_of(world)] == ["国庆节放假安排"]
    assert "还没有发" not in made.teacher.heard


async def test_nobody_decides_and_two_drafts_are_asked_about_once(world: World) -> None:
    made = await class_at(world, EVE)
    await made.teacher.in_private("/放假 10月1日到8日 小长假")
    await days_pass(world, 8)
    assert notices_of(world) == [] and made.teacher.heard.count("放假通知还没有发") == 1
    assert "有不止一份草稿在等您" in made.teacher.heard


async def test_days_that_were_typed_and_sent_put_the_official_draft_away(world: World) -> None:
    made = await class_at(world, EVE)
    setting(world, made, "holidays_auto", True)
    await days_pass(world, 1)
    await made.teacher.in_private("/放假 10月1日到8日 国庆节")
    assert "还有一份草稿也在等您：国庆节（10月1日（周四）至10月7日（周三））" in made.teacher.last.text
    await made.teacher.press("发送", on=made.teacher.last)
    assert "用不着了，我收起来了" in made.teacher.heard
    await days_pass(world, 8)
    assert len(notices_of(world)) == 1
