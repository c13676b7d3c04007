"""接龙 in the users' words: begun, filled, waited for, left, reminded of, closed, called off."""

from __future__ import annotations

import csv
import io

import pytest

from bot.platforms.web import Shown
from bot.ports import Failure, Refused
from storage import classrooms, guardians, identity
from storage.tables import Classroom, StudentRow
from tests.families import bind, more_families
from tests.ready import ReadyClass, ready_class
from tests.world import User, World

ASKED = "春游志愿者 | 带队 2 | 摄影 1 | 加油团"


async def started(user: User, text: str = ASKED) -> Shown:
    """Begin a sign-up in private and send it; gives the group's post."""
    await user.in_private(f"/接龙 {text}")
    await user.press("发送")
    return user.world.posted()[-1]


async def taps(user: User, label: str) -> str:
    return await user.press(label, where=user.world.group)


async def in_english(made: ReadyClass) -> None:
    with made.world.database.transaction() as records:
        row = records.get(Classroom, made.id)
        assert row is not None
        row.language = "en"


def labels(post: Shown) -> list[str]:
    return [key.label for key in post.keys]


# --- beginning --------------------------------------------------------------------------------------


async def test_it_is_seen_by_its_author_first(world: World) -> None:
    made = await ready_class(world)
    typed = await made.committee.in_group(f"/接龙 [日期 周六 8:00] {ASKED}")
    assert typed.removed and world.texts() == []
    for part in (
        "春游志愿者",
        "② 摄影（1 户，还缺 1）",
        "11月28日（周六）08:00",
        "11月27日（周五）20:00 截止",
    ):
        assert part in made.committee.last.text, part
    assert made.committee.buttons() == ["发送", "取消"]
    await made.committee.press("发送")
    [post] = world.posted()
    assert labels(post) == ["① 带队 · 余 2", "② 摄影 · 余 1", "③ 加油团", "退出"]
    assert "第 1 号接龙 · 家委会陈姐发起" in post.text and "/接龙 1" in made.committee.last.text


@pytest.mark.parametrize("command", ["/signup", "/接龙", "/报名", "、接龙", "／报名："])
async def test_people_type_it_in_many_ways(world: World, command: str) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"{command} 周六清洁教室")
    await made.teacher.press("发送")
    assert labels(world.posted()[-1]) == ["① 参加", "退出"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("| 带队 4", "题目还空着"),
        ("春游 | 带队 4 | 带队 2", "「带队」出现了两次"),
        ("春游 | 带队 0", "1 到 500"),
        ("春游 | 带队 900", "1 到 500"),
        ("春游 | " + "远" * 61, "最多 60 个字"),
        ("春游 | " + " | ".join("abcdefghijk"), "最多 10 项"),
        ("春" * 301 + " | 带队", "最多 300 个字"),
        ("[免费] 春游 | 带队 4", "「免费」我没看懂"),
        ("[日期 昨天] 春游 | 带队 4", "已经过了"),
        ("[日期 月圆] 春游 | 带队 4", "[日期 周六 8:00]"),
        ("[截止 昨天] 春游 | 带队 4", "已经过了"),
        ("[截止 月圆] 春游 | 带队 4", "[截止 周五 18:00]"),
        ("[日期 周五 8:00] [截止 周六 8:00] 春游 | 带队 4", "比活动还晚"),
        ("[截止 2028-01-01] 春游 | 带队 4", "最长开放 90 天"),
    ],
)
async def test_what_is_wrong_is_said_with_an_example(world: World, text: str, answer: str) -> None:
    made = await ready_class(world)
    await made.committee.in_private(f"/接龙 {text}")
    assert answer in made.committee.last.text and world.texts() == []


async def test_parents_and_subject_teachers_begin_none(world: World) -> None:
    made = await ready_class(world)
    await made.mothers["李雷"].in_private(f"/接龙 {ASKED}")
    assert "发起接龙请找老师或家委" in made.mothers["李雷"].last.text
    await made.subject_teacher.in_private(f"/接龙 {ASKED}")
    assert "/接龙 您现在还用不了" in made.subject_teacher.last.text  # named as it was typed
    assert world.texts() == []


async def test_a_parent_who_types_the_command_signs_up_in_private(world: World) -> None:
    made = await ready_class(world)
    await started(made.teacher)
    mother = made.mothers["李雷"]
    await mother.in_group("/报名 摄影")
    assert "名额" not in mother.last.text and "② 摄影　余 1" in mother.last.text
    assert "请找老师或家委" in mother.last.text
    await mother.press("② 摄影", on=mother.last)
    await world.later(seconds=4)
    assert "② 摄影　✅ 您家报了" in mother.last.text and "李雷" in world.posted()[0].text
    assert mother.buttons() == ["① 带队 · 余 2", "③ 加油团", "退出"]
    await made.mothers["王芳"].in_private("/接龙 1")
    assert "② 摄影　名额满了，可以候补" in made.mothers["王芳"].last.text
    assert "李雷" not in made.mothers["王芳"].last.text
    await mother.press("退出", on=mother.last)
    await world.later(seconds=4)
    assert "给您退了" in mother.last.text and "李雷" not in world.posted()[0].text


async def test_a_text_that_shames_a_child_is_held_back(world: World) -> None:
    made = await ready_class(world)
    text = "/接龙 李雷三次没交作业，谁来盯着他？ | 我来 1"
    typed = await made.teacher.in_group(text)
    assert typed.removed and world.texts() == [] and "改为私信" in made.teacher.buttons()
    await made.committee.in_private(text)
    assert "不提名字" in made.committee.last.text and made.committee.buttons() == []


async def test_what_was_held_goes_on_as_a_sign_up(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/接龙 李雷又没交作业 | 我来 1")
    await made.teacher.press("修改")
    await made.teacher.in_private("周六辅导作业 | 我来 1")
    await made.teacher.press("发送")
    assert "周六辅导作业" in world.posted()[-1].text and "李雷" not in "".join(world.texts())


async def test_at_night_it_waits_for_the_morning(world: World) -> None:
    made = await ready_class(world)
    await world.until(22)
    await made.committee.in_private(f"/接龙 {ASKED}")
    assert "现在是安静时间" in made.committee.last.text
    await made.committee.press("发送")
    assert world.posted() == []
    await made.committee.in_private("/schedule")
    assert "接龙发到群里：春游志愿者" in made.committee.last.text
    await world.until(7)
    assert "第 1 号接龙" in world.posted()[-1].text


async def test_one_that_did_not_reach_the_group_is_told(world: World) -> None:
    made = await ready_class(world)
    world.platform.fail_next("post", Refused(Failure.NOT_ALLOWED))
    await made.teacher.in_private(f"/接龙 {ASKED}")
    await made.teacher.press("发送")
    assert "没能发到群里" in made.teacher.last.text
    await world.later(days=4)
    assert world.texts() == []


# --- signing up -------------------------------------------------------------------------------------


async def test_families_sign_up_by_their_child(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher)
    assert "报上了：带队" in await taps(made.mothers["李雷"], "①")
    assert "报上了：加油团" in await taps(made.mothers["李雷"], "③")
    assert "报上了：带队" in await taps(made.mothers["王芳"], "①")
    await world.later(seconds=5)
    assert "① 带队（2 户，已满）\n　李雷、王芳" in post.text and "③ 加油团\n　李雷" in post.text
    assert labels(post)[0] == "① 带队 · 候补"


async def test_a_household_signs_up_once_for_a_line(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher)
    await taps(made.mothers["李雷"], "①")
    for user in (made.mothers["李雷"], made.fathers["李雷"]):
        assert "已经报了“带队”" in await taps(user, "①")
    await world.later(seconds=5)
    assert "还缺 1" in post.text


async def test_of_two_children_in_the_class_each_has_its_own_place(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher)
    mother = made.mothers["李雷"]
    bind(made, mother, made.students["韩梅梅"])
    assert "请到和我的私聊里选" in await taps(mother, "①")
    assert mother.buttons() == ["给李雷报", "给韩梅梅报"]
    await mother.press("给李雷报")
    assert "给李雷报上了" in mother.last.text and mother.buttons() == ["给韩梅梅报", "退出：带队"]
    assert "已经报了" in await taps(made.fathers["李雷"], "①")
    await mother.press("给韩梅梅报")
    await world.later(seconds=5)
    assert "李雷" in post.text and "韩梅梅" in post.text
    assert "已经报了" in await taps(mother, "①")
    await taps(mother, "退出")
    assert mother.buttons() == ["退出：带队（李雷）", "退出：带队（韩梅梅）"]
    await mother.press("退出：带队（李雷）")
    await world.later(seconds=5)
    assert "李雷" not in post.text and "韩梅梅" in post.text


async def test_who_comes_late_waits_and_moves_up(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher)
    await taps(made.mothers["李雷"], "②")
    assert "候补第 1 位" in await taps(made.mothers["王芳"], "②")
    assert "候补第 2 位" in await taps(made.mothers["韩梅梅"], "②")
    assert "已经在“摄影”的候补里" in await taps(made.mothers["韩梅梅"], "②")
    await world.later(seconds=5)
    assert "李雷；候补 2 户" in post.text and "王芳" not in post.text
    assert "已退出：摄影" in await taps(made.mothers["李雷"], "退出")
    assert "空出一个名额" in made.mothers["王芳"].last.text and made.mothers["韩梅梅"].inbox == []
    await world.later(seconds=5)
    assert "王芳；候补 1 户" in post.text
    await made.mothers["王芳"].press("退出：摄影")
    assert "谢谢您说一声" in made.mothers["王芳"].last.text
    assert "空出一个名额" in made.mothers["韩梅梅"].last.text


async def test_at_night_who_moves_up_hears_in_the_morning(world: World) -> None:
    made = await ready_class(world)
    await started(made.teacher)
    await taps(made.mothers["李雷"], "②")
    await taps(made.mothers["王芳"], "②")
    await world.until(22)
    await taps(made.mothers["李雷"], "退出")
    assert made.mothers["王芳"].inbox == []
    await world.until(7)
    assert "空出一个名额" in made.mothers["王芳"].last.text


async def test_who_waits_can_withdraw_and_nobody_moves(world: World) -> None:
    made = await ready_class(world)
    await started(made.teacher)
    for name in ("李雷", "王芳", "韩梅梅"):
        await taps(made.mothers[name], "②")
    await taps(made.mothers["王芳"], "退出")
    assert made.mothers["韩梅梅"].inbox == [] and made.mothers["李雷"].inbox == []
    await taps(made.mothers["李雷"], "退出")
    assert "空出一个名额" in made.mothers["韩梅梅"].last.text


async def test_of_several_lines_it_is_asked_which_to_leave(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher)
    mother = made.mothers["李雷"]
    assert "没有报名" in await taps(mother, "退出")
    for label in ("①", "③"):
        await taps(mother, label)
    assert "私聊" in await taps(mother, "退出")
    assert mother.buttons() == ["退出：带队", "退出：加油团"]
    await mother.press("退出：加油团")
    assert "「加油团」给您退了" in mother.last.text
    await world.later(seconds=5)
    assert post.text.count("李雷") == 1


async def test_the_other_guardian_hears_who_has_withdrawn(world: World) -> None:
    made = await ready_class(world)
    await started(made.teacher)
    await taps(made.mothers["李雷"], "①")
    await taps(made.fathers["李雷"], "退出")
    assert "另一位家长退出了" in made.mothers["李雷"].last.text and made.fathers["李雷"].inbox == []


async def test_a_family_that_wishes_no_mention_is_counted_and_not_named(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        for link in guardians.active_of(records, made.students["李雷"])[:1]:
            link.public_mention = False
    post = await started(made.teacher)
    await taps(made.fathers["李雷"], "③")
    await world.later(seconds=5)
    assert "③ 加油团\n　1 户" in post.text
    await taps(made.mothers["王芳"], "③")
    await made.teacher.in_private("/接龙 截止 1")
    assert "王芳，另有 1 户" in world.texts()[-1]
    assert "李雷" not in "".join(world.texts()) and "李雷爸爸" in made.teacher.last.text


@pytest.mark.parametrize(
    ("text", "asked"),
    [("[不列名字] 春游 | 带队 4", False), ("申请助学补助 | 申请", True), ("周五课后辅导 | 数学 5", True)],
)
async def test_what_nobody_likes_to_be_seen_with_is_counted_only(
    world: World, text: str, asked: bool
) -> None:
    made = await ready_class(world)
    await made.committee.in_private(f"/接龙 {text}")
    assert ("未必愿意让大家看到" in made.committee.last.text) is asked
    await made.committee.press("发送")
    post = world.posted()[-1]
    assert "群里只有户数" in post.text
    await taps(made.mothers["李雷"], "①")
    await world.later(seconds=5)
    assert "　1 户" in post.text
    await made.committee.in_private("/接龙 截止 1")
    assert "李雷" not in "".join(world.texts()) and "李雷妈妈" in made.committee.last.text


async def test_names_are_shown_where_the_author_says_so(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, "[列名字] 课后辅导志愿者 | 数学 5")
    await taps(made.mothers["李雷"], "①")
    await world.later(seconds=5)
    assert "李雷" in post.text


async def test_who_is_of_no_family_is_told_how(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher)
    assert "认领" in await taps(made.stranger, "①")
    assert "老师不用报" in await taps(made.subject_teacher, "①")
    await world.later(seconds=5)
    assert "还缺 2" in post.text


async def test_a_button_pressed_twice_at_once_is_one_entry(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher)
    for _ in range(3):
        world.platform.press(made.mothers["李雷"].sender, world.group, post, "①")
    await world.settle()
    await world.later(seconds=5)
    assert "还缺 1" in post.text


async def test_a_large_class_fits_into_one_post(world: World) -> None:
    made = await ready_class(world)
    families = more_families(made, 60)
    post = await started(made.teacher, "春游 | 参加 | " + " | ".join("乙丙丁戊己庚辛壬癸"))
    for mother in families:
        world.platform.press(mother.sender, world.group, post, "①")
    await world.settle()
    await world.later(seconds=5)
    assert "学生0、学生1" in post.text and "另有 36 户" in post.text


# --- ending -----------------------------------------------------------------------------------------


async def test_it_closes_in_time_with_the_list(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee, f"[截止 周三 18:00] {ASKED}")
    await taps(made.mothers["李雷"], "①")
    await world.later(days=2, hours=8, minutes=1)
    assert "接龙截止：春游志愿者" in world.texts()[-1] and "一共 1 户报名" in world.texts()[-1]
    assert "（已截止）" in post.text and post.keys == ()
    assert "李雷妈妈" in made.committee.last.text and "13800000000" not in made.committee.heard


async def test_what_closes_at_night_is_told_in_the_morning(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee, f"[截止 周二 23:00] {ASKED}")
    await world.later(days=1, hours=13, minutes=1)
    before = len(world.posted())
    await world.until(7)
    assert len(world.posted()) == before + 1 and "还没有家庭报名" in world.texts()[-1]


async def test_the_teachers_list_has_numbers_in_private_and_a_table(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee, "春游 | =1+1 1 | 带队 2")
    await taps(made.mothers["李雷"], "①")
    await taps(made.mothers["王芳"], "①")
    await made.teacher.in_group("/接龙 1")
    assert "李雷妈妈 · 13800000000" in made.teacher.last.text and "候补：王芳妈妈" in made.teacher.last.text
    await made.teacher.press("下载表格")
    name = f"sent:{made.teacher.last.ref}:第1号接龙.csv"
    rows = list(csv.reader(io.StringIO(world.platform.files[name].decode("utf-8-sig"))))
    assert rows[0] == ["项目", "孩子", "报名人", "状态", "报名时间", "电话"]
    assert rows[1][:4] == ["'=1+1", "李雷", "妈妈", "报上"] and "13800000000" in rows[1][5]
    assert rows[2][1] == "王芳" and rows[2][3] == "候补"
    await made.committee.in_private("/接龙 1")
    assert made.committee.buttons() == ["现在截止", "取消活动"] and "1380" not in made.committee.heard
    assert "1380" not in "".join(world.texts())


async def test_who_has_telephoned_is_put_down_by_the_teacher(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee)
    await made.teacher.in_private("/接龙 1 加 赵一 带队")
    assert "赵一家加到「带队」" in made.teacher.last.text
    await made.teacher.in_private("/signup 1 add 李雷 ②")
    assert "老师替您家（李雷）" in made.mothers["李雷"].last.text
    await made.teacher.in_private("/接龙 1 加 王芳 摄影")
    assert "先排候补" in made.teacher.last.text and "先排候补" in made.mothers["王芳"].last.text
    await world.later(seconds=5)
    assert "带队（2 户，还缺 1）\n　赵一" in post.text and "李雷；候补 1 户" in post.text
    await made.teacher.in_private("/接龙 1 去掉 李雷")
    assert "李雷家的摄影去掉了" in made.teacher.last.text and "退了" in made.mothers["李雷"].last.text
    assert "空出一个名额" in made.mothers["王芳"].last.text
    await made.mothers["王芳"].press("退出：摄影")
    await made.teacher.in_private("/接龙 1")
    assert "王芳" not in made.teacher.last.text and "赵一" in made.teacher.last.text


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1 加 李雪 带队", "没有找到「李雪」"),
        ("1 加", "还不知道是哪个孩子"),
        ("1 加 李雷", "请写清楚是哪一项：带队、摄影、加油团"),
        ("1 加 李雷 做饭", "请写清楚是哪一项"),
        ("1 加 李雷 9", "请写清楚是哪一项"),
        ("1 去掉 李雷", "没有报这一项"),
        ("8 加 李雷 带队", "没有第 8 号"),
    ],
)
async def test_what_the_teacher_puts_down_must_be_clear(world: World, text: str, answer: str) -> None:
    made = await ready_class(world)
    post = await started(made.committee)
    await made.teacher.in_private(f"/接龙 {text}")
    assert answer in made.teacher.last.text
    await made.committee.in_private("/接龙 1 加 李雷 带队")
    assert "要请老师来" in made.committee.last.text
    await world.later(seconds=5)
    assert "李雷" not in post.text


async def test_of_two_children_of_one_name_it_is_asked_which(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher)
    with world.database.transaction() as records:
        records.add(StudentRow(classroom_id=made.id, name="李雷", number="99", added_at=world.now()))
    await made.teacher.in_private("/接龙 1 加 李雷 带队")
    assert "不止一位李雷" in made.teacher.last.text
    await made.teacher.press("李雷")
    await world.later(seconds=5)
    assert post.text.count("李雷") == 1


async def test_the_committee_runs_its_own_only(world: World) -> None:
    made = await ready_class(world)
    await started(made.teacher)
    for text in ("/接龙 1", "/接龙 截止 1"):
        await made.committee.in_private(text)
        assert "别人发起的" in made.committee.last.text
    await made.committee.in_private("/接龙 7")
    assert "没有第 7 号" in made.committee.heard
    await made.committee.in_private("/接龙")
    assert "0 户" in made.committee.last.text


async def test_what_is_closed_takes_nobody_more(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher)
    keys = dict(zip(labels(post), (str(k.token) for k in post.keys), strict=True))
    await made.teacher.in_private("/接龙 截止 1")
    world.platform.press_token(made.mothers["李雷"].sender, world.group, keys["① 带队 · 余 2"], post.ref)
    await world.settle()
    assert "已经截止" in world.platform.toasts[-1][1]
    await made.teacher.in_private("/接龙 截止 1")
    assert "已经截止" in made.teacher.last.text


async def test_the_evening_before_who_is_down_is_reminded(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee, f"[日期 周六 8:00] {ASKED}")
    for name in ("李雷", "王芳"):
        await taps(made.mothers[name], "②")
    await taps(made.mothers["李雷"], "③")
    await world.later(days=4, hours=9, minutes=5)
    said = made.mothers["李雷"].last.text
    assert "明天（周六）08:00" in said and "摄影、加油团" in said
    assert made.fathers["李雷"].inbox == [] and made.mothers["王芳"].inbox == []
    await world.later(hours=1)
    await made.mothers["李雷"].press("退出：摄影")
    assert "空出一个名额" in made.mothers["王芳"].last.text
    await world.until(7)
    assert "李雷家来不了了" in made.committee.last.text and "还是够的" in made.committee.last.text
    await world.later(hours=2)
    assert "已经截止" in await made.mothers["王芳"].press("退出：摄影")


@pytest.mark.parametrize(
    ("ends", "days", "announced"),
    [("", 4, False), ("[截止 周三 18:00] ", 2, True)],
    ids=["behind the reminder", "before it"],
)
async def test_a_closed_list_announces_a_reminder_only_if_one_comes(
    world: World, ends: str, days: int, announced: bool
) -> None:
    made = await ready_class(world)
    await started(made.committee, f"[日期 周六 8:00] {ends}{ASKED}")
    await taps(made.mothers["李雷"], "②")
    await world.later(days=days, hours=9, minutes=5)  # 19:05, a reminder of the last evening has gone out
    await world.later(hours=1)
    assert "接龙截止" in world.texts()[-1]
    assert ("我会私下提醒" in world.texts()[-1]) is announced


async def test_after_a_long_silence_nobody_is_reminded_of_what_is_over(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee, f"[日期 周六 8:00] {ASKED}")
    await taps(made.mothers["李雷"], "②")
    await world.later(days=9)
    assert made.mothers["李雷"].inbox == [] and "（已截止）" in post.text


async def test_it_can_be_called_off_and_everybody_hears(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee, f"[日期 周六 8:00] {ASKED}")
    for name in ("李雷", "王芳"):
        await taps(made.mothers[name], "②")
    await made.committee.in_private("/接龙 1")
    await made.committee.press("取消活动")
    assert "报了名的 2 户" in made.committee.last.text and post.keys
    await made.committee.press("确定取消")
    for name in ("李雷", "王芳"):
        assert "不用来了" in made.mothers[name].last.text
    assert "（已取消）" in post.text and post.keys == () and made.mothers["韩梅梅"].inbox == []
    await world.later(days=6)
    assert len(made.mothers["李雷"].inbox) == 1 and len(world.posted()) == 1


async def test_a_role_that_ended_sees_and_ends_nothing(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee)
    await made.committee.in_private("/接龙 1")
    with world.database.transaction() as records:
        account = identity.find_account(records, "web", made.committee.sender.native)
        assert account is not None
        classrooms.end_role(records, made.id, account.person_id, world.now())
    for label in ("现在截止", "取消活动"):
        await made.committee.press(label)
    assert post.keys and "（已" not in post.text
    await world.later(days=3)
    assert any("第 1 号接龙" in m.text for m in made.teacher.inbox)


async def test_a_child_that_has_left_gives_its_place(world: World) -> None:
    made = await ready_class(world)
    await started(made.teacher)
    await taps(made.mothers["李雷"], "②")
    await taps(made.mothers["王芳"], "②")
    await made.teacher.in_private("/roster remove 李雷")
    await made.teacher.press("删除")
    await taps(made.mothers["韩梅梅"], "③")
    await taps(made.mothers["韩梅梅"], "退出")
    assert "空出一个名额" in made.mothers["王芳"].last.text


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    await in_english(made)
    await made.teacher.in_private("/signup [date sat 8:00] Helpers | Guides 1 | Cheering")
    assert "Sat 28 Nov 08:00" in made.teacher.last.text
    await made.teacher.press("Send")
    post = world.posted()[-1]
    assert labels(post) == ["① Guides · 1 left", "② Cheering", "Withdraw"]
    assert "You are down for: Guides" in await taps(made.mothers["李雷"], "①")
    assert "number 1 on the waiting list" in await taps(made.mothers["王芳"], "①")
    await taps(made.mothers["李雷"], "Withdraw")
    assert "a place got free" in made.mothers["王芳"].last.text
    await made.teacher.in_private("/signup close 1")
    assert "1 household has signed up" in world.texts()[-1]
    await made.teacher.in_private("/signup")
    assert "takes place Sat 28 Nov 08:00" in made.teacher.last.text
