"""Surveys in the users' words: asked, answered a question at a time, closed, shown in shares."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlmodel import select

from bot.app import App
from bot.platforms.web import BOT, Shown
from bot.ports import Failure, Refused
from storage import classrooms, identity
from storage.tables import Classroom, Survey, SurveyAnswer
from tests.families import bind, more_families
from tests.ready import ReadyClass, ready_class
from tests.world import UNLIMITED, User, World

ASKED = "本学期 {} | 1-5 您对作业量满意吗 | 单选 最想改进什么？ 作业 / 午餐 / 接送 | ? 想对学校说什么"


async def asked(
    world: World, settings: str = "", *, families: int = 0, text: str = ASKED
) -> tuple[ReadyClass, list[User]]:
    """A class with an open survey; gives a guardian of each household."""
    made = await ready_class(world)
    voters = [m for name, m in made.mothers.items() if name != "赵一"] + more_families(made, families)
    await made.teacher.in_private(f"/survey {text.format(settings)}")
    await made.teacher.press("发送")
    return made, voters


def post(world: World) -> Shown:
    return world.posted()[0]


async def opens(user: User) -> None:
    """Come in by the button under the group's post."""
    key = next(k for k in post(user.world).keys if k.payload)
    await user.in_private(f"/start {key.payload}")


async def answers(user: User, *said: str) -> None:
    """Answer one after the other: a button's beginning, or words for what has no such button."""
    await opens(user)
    await user.press(user.buttons()[0])
    for answer in said:
        if any(label.startswith(answer) for label in user.buttons()):
            await user.press(answer)
        else:
            await user.in_private(answer)


async def all_answer(users: Sequence[User], *said: str) -> None:
    for user in users:
        await answers(user, *said)


async def closed(world: World) -> None:
    await world.later(days=8)
    await world.later(hours=12)
    await world.later(seconds=1)


def result(made: ReadyClass) -> str:
    """The newest result that the teacher has got."""
    return next(m.text for m in reversed(made.teacher.inbox) if "户回答" in m.text)


# --- asking -----------------------------------------------------------------------------------------


async def test_a_teacher_sees_it_first(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group("/问卷 " + ASKED.format("[匿名] [截止 周日 20:00]"))
    assert typed.removed and world.texts() == []
    seen = made.teacher.last.text
    for part in (
        "3 个问题",
        "11月29日（周日）20:00",
        "匿名：谁也看不到",
        "〔1–5 分〕您对作业量满意吗",
        "作业 / 午餐 / 接送",
        "〔文字〕想对学校说什么",
    ):
        assert part in seen, part
    assert made.teacher.buttons() == ["发送", "取消"]
    await made.teacher.press("发送")
    assert [k.label for k in post(world).keys] == ["去回答"] and "已答 0/5 户" in post(world).text
    assert "作业量" not in post(world).text and "第 1 号" in made.teacher.last.text


async def test_named_ones_are_proposed_as_anonymous(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/survey " + ASKED.format(""))
    assert made.teacher.buttons() == ["发送", "改为匿名", "取消"]
    await made.teacher.press("改为匿名")
    assert "匿名：谁也看不到" in made.teacher.last.text
    await made.teacher.press("取消")
    assert "不发了" in made.teacher.last.text and world.texts() == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("[匿名] | 1-5 满意吗", "没有名字"),
        ("本学期", "还没有问题"),
        ("本学期 | 满意吗", "哪一种题"),
        ("本学期 | 多选 想要什么 / 甲 / 乙", "只能选一项"),
        ("本学期 | 1-5", "问题是空的"),
        ("本学期 | 单选 想要什么 / 甲", "2 到 8 个选项"),
        ("本学期 | 单选 想要什么 / 甲 / 甲", "一样的选项"),
        ("本学期 | 单选 想要什么 / 甲 / " + "乙" * 41, "最多 40 个字"),
        ("本学期 | ? " + "说" * 201, "最多 200 个字"),
        ("题" * 61 + " | ? 说", "最多 60 个字"),
        ("本学期" + " | ? 说" * 13, "最多 12 个"),
        ("本学期 [截止 昨天] | ? 说", "已经过了"),
        ("本学期 [截止 月圆] | ? 说", "我没看懂"),
        ("本学期 [截止 2027-11-01] | ? 说", "最长 90 天"),
        ("本学期 [匿明] | ? 说", "[匿名] [满意度]"),
    ],
)
async def test_what_is_wrong_is_said_with_an_example(world: World, text: str, answer: str) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/survey {text}")
    assert answer in made.teacher.last.text and world.texts() == []


async def test_question_by_question_in_a_dialogue(world: World) -> None:
    made = await ready_class(world)
    teacher = made.teacher
    await teacher.in_private("/问卷")
    await teacher.press("新建问卷")
    await teacher.in_private("本学期 [满意度]")
    await teacher.press("＋1–5 分")
    await teacher.in_private("您对作业量满意吗？")
    await teacher.press("＋单选")
    await teacher.in_private("哪天方便？")
    assert "2 到 8 个选项" in teacher.last.text
    await teacher.in_private("哪天方便？\n周六\n周日")
    await world.later(days=1)  # the draft waits
    await teacher.press("＋文字")
    await teacher.in_private("还想说什么 | 都行")
    await teacher.press("去掉最后一题")
    await teacher.press("改为匿名")
    await teacher.press("看预览")
    assert "1. 〔1–5 分〕您对作业量满意吗？" in teacher.last.text
    assert "周六 / 周日" in teacher.last.text and "计入满意度" in teacher.last.text
    await teacher.press("发送")
    assert "2 个问题" in post(world).text


async def test_a_line_that_is_just_typed_is_a_question(world: World) -> None:
    made = await ready_class(world)
    teacher = made.teacher
    await teacher.in_private("/问卷")
    await teacher.press("新建问卷")
    await teacher.in_private("本学期")
    await teacher.in_private("1-5 您对午餐满意吗？")
    assert "1. 〔1–5 分〕您对午餐满意吗？" in teacher.last.text
    await teacher.in_private("? 想对学校说什么\n哪天方便？ 周六 / 周日")
    assert "2. 〔文字〕想对学校说什么" in teacher.last.text and "3. 〔单选〕哪天方便？" in teacher.last.text
    await teacher.in_private("您对作业量满意吗？")
    assert "要家长怎么答" in teacher.last.text and teacher.buttons() == ["＋1–5 分", "＋单选", "＋文字"]
    await teacher.press("＋1–5 分")
    assert "4. 〔1–5 分〕您对作业量满意吗？" in teacher.last.text
    await teacher.in_private("单选 只有一个")
    assert "2 到 8 个选项" in teacher.last.text
    await teacher.press("看预览")
    await teacher.in_private("1-5 这一句不算")
    assert "不算" not in "".join(m.text for m in teacher.inbox)
    await teacher.press("发送")
    assert "4 个问题" in post(world).text


async def test_words_that_shame_a_child_are_held_back(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group("/survey 本周 | 单选 李雷三次没交作业怎么办？ 罚抄 / 请家长")
    assert typed.removed and world.texts() == []
    assert "当众说" in made.teacher.last.text and "改为私信" in made.teacher.buttons()


async def test_only_teachers_ask(world: World) -> None:
    made = await ready_class(world)
    for user in (made.committee, made.subject_teacher):
        await user.in_private("/survey " + ASKED.format(""))
        assert "还用不了" in user.last.text
    await made.mothers["李雷"].in_private("/survey " + ASKED.format(""))
    assert "没有要回答的问卷" in made.mothers["李雷"].last.text and world.texts() == []


async def test_at_night_it_waits_for_the_morning(world: World) -> None:
    made = await ready_class(world)
    await world.until(21, 30)
    await made.teacher.in_private("/survey " + ASKED.format("[匿名]"))
    assert "安静时间" in made.teacher.last.text
    await made.teacher.press("发送")
    assert world.texts() == []
    await made.teacher.in_private("/schedule")
    assert "把问卷「本学期」发到群里" in made.teacher.last.text
    await world.until(7)
    assert "本学期" in post(world).text


async def test_what_did_not_reach_the_group_is_cancelled(world: World) -> None:
    made = await ready_class(world)
    world.platform.fail_next("post", Refused(Failure.NOT_ALLOWED))
    await made.teacher.in_private("/survey " + ASKED.format("[匿名]"))
    await made.teacher.press("发送")
    assert "没能发到群里" in made.teacher.last.text
    await made.mothers["李雷"].in_private("/问卷")
    assert "没有要回答的问卷" in made.mothers["李雷"].last.text


async def test_a_role_that_ended_sends_no_draft(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/survey " + ASKED.format("[匿名]"))
    with world.database.transaction() as records:
        account = identity.find_account(records, "web", made.teacher.sender.native)
        assert account is not None
        classrooms.end_role(records, made.id, account.person_id, world.now())
    await made.teacher.press("发送")
    assert world.texts() == [] and "现在用不了" in made.teacher.last.text


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        row = records.get(Classroom, made.id)
        assert row is not None
        row.language = "en"
    await made.teacher.in_private(
        "/survey This term [anonymous] [until fri 18:00]\n1-5 How is lunch?\n"
        "choice Which day? Sat / Sun\n? Anything else?"
    )
    assert "Fri 27 Nov 18:00" in made.teacher.last.text
    await made.teacher.press("Send")
    mother = made.mothers["李雷"]
    await answers(mother, "4", "①", "All is well")
    assert "Thank you" in mother.last.text and "without your name" in mother.heard
    await closed(world)
    assert "Fewer than 5 answers" in next(
        m.text for m in made.teacher.inbox if "households answered" in m.text
    )


# --- answering --------------------------------------------------------------------------------------


async def test_one_question_at_a_time_in_private(world: World) -> None:
    _, voters = await asked(world)
    mother = voters[1]
    await opens(mother)
    assert "一共 3 题" in mother.last.text and mother.buttons() == ["开始"]
    await mother.press("开始")
    assert "第 1/3 题" in mother.last.text and mother.buttons() == ["1", "2", "3", "4", "5", "跳过"]
    assert await mother.press("4") == "已记下。"
    assert "第 2/3 题" in mother.last.text
    assert mother.buttons() == ["① 作业", "② 午餐", "③ 接送", "上一题", "跳过"]
    await mother.press("②")
    assert "请直接打字" in mother.last.text
    await mother.in_private("午餐很好，谢谢 <老师> & 师傅")
    assert "答完了" in mother.last.text
    await world.later(seconds=5)
    assert "已答 1/5 户" in post(world).text
    assert len(world.posted()) == 1


async def test_one_step_back_and_past(world: World) -> None:
    _, voters = await asked(world)
    mother = voters[1]
    await answers(mother, "4")
    await mother.press("上一题")
    assert "第 1/3 题" in mother.last.text and "现在选的是：4" in mother.last.text
    await mother.press("5")
    await mother.press("跳过")
    await mother.press("跳过")
    assert "答完了" in mother.last.text
    with world.database.transaction() as records:
        kept = records.exec(select(SurveyAnswer).where(SurveyAnswer.question == 0)).one()
        assert kept.choice == 4


async def test_after_a_pause_and_a_restart_it_goes_on(world: World) -> None:
    _, voters = await asked(world, "[匿名]")
    mother = voters[1]
    await answers(mother, "4", "②")
    await world.later(hours=5)
    world.app = App(world.database, [world.platform], limits=UNLIMITED, now=world.now, clock=world.clock)
    await mother.in_private("/问卷")
    assert "还剩 1 题" in mother.last.text and mother.buttons() == ["接着答"]
    await mother.press("接着答")
    assert "第 3/3 题" in mother.last.text
    await mother.in_private("谢谢")
    assert "答完了" in mother.last.text


async def test_what_was_said_can_be_changed_until_the_close(world: World) -> None:
    _, voters = await asked(world)
    mother = voters[1]
    await answers(mother, "4", "②", "谢谢")
    await mother.press("从头看看")
    await mother.press("1")
    assert "现在选的是：② 午餐" in mother.last.text
    await mother.press("跳过")
    assert "您家已经写过了" in mother.last.text
    await mother.in_private("再想想")
    with world.database.transaction() as records:
        rows = sorted(records.exec(select(SurveyAnswer)).all(), key=lambda row: row.question)[1:]
        assert [(r.choice, r.words.reveal() if r.words else "") for r in rows] == [
            (0, ""),
            (1, ""),
            (None, "再想想"),
        ]


async def test_a_family_has_one_set_of_answers(world: World) -> None:
    made, _ = await asked(world)
    await answers(made.mothers["李雷"], "4", "②", "谢谢")
    await opens(made.fathers["李雷"])
    assert "您家已经答完了" in made.fathers["李雷"].last.text
    await made.fathers["李雷"].press("从头看看")
    await made.fathers["李雷"].press("2")
    bind(made, made.mothers["李雷"], made.students["韩梅梅"])  # they are one family now
    await opens(made.mothers["韩梅梅"])
    assert "您家已经答完了" in made.mothers["韩梅梅"].last.text
    await made.mothers["韩梅梅"].press("从头看看")
    await made.mothers["韩梅梅"].press("3")
    await closed(world)
    assert "3 分　▇▇▇▇▇▇▇▇▇▇ 1 家 100%" in result(made) and "1/4 户回答" in result(made)


async def test_who_has_no_child_here_is_told_how_to_claim(world: World) -> None:
    made, _ = await asked(world)
    for user in (made.stranger, made.mothers["赵一"]):
        await opens(user)
        assert "/认领" in user.last.text


async def test_words_that_are_none_are_asked_for_again(world: World) -> None:
    _, voters = await asked(world)
    await answers(voters[1], "4", "②")
    await voters[1].in_private("说" * 1001)
    assert "最多 1000 个字" in voters[1].last.text
    await voters[1].in_private("", files=[world.platform.file(b"x", "p.jpg", "photo")])
    assert "请用文字" in voters[1].last.text
    await voters[1].in_private("好")
    assert "答完了" in voters[1].last.text


async def test_forged_buttons_and_those_of_a_closed_survey_do_nothing(world: World) -> None:
    made, voters = await asked(world)
    await answers(voters[1], "4")
    shown = voters[1].last
    token = str(shown.keys[0].token)
    made.stranger.private.opened = True
    world.platform.press_token(made.stranger.sender, made.stranger.private, token)
    world.platform.press_token(voters[2].sender, voters[2].private, token, shown.ref)
    await world.settle()
    await closed(world)
    world.platform.press_token(voters[1].sender, voters[1].private, token, shown.ref)
    await world.settle()
    assert world.platform.toasts[-1][1] == "这份问卷已经截止了，谢谢您。"
    with world.database.transaction() as records:
        assert [a.choice for a in records.exec(select(SurveyAnswer).where(SurveyAnswer.question >= 0))] == [3]


async def test_what_is_typed_after_the_close_is_not_kept(world: World) -> None:
    made, voters = await asked(world, "[截止 周一 10:20]")
    await answers(voters[1], "4", "②")
    await world.later(minutes=21)
    await voters[1].in_private("太晚了")
    assert "已经截止" in voters[1].last.text and "太晚了" not in made.teacher.heard


async def test_families_that_have_not_answered_are_reminded_once(world: World) -> None:
    made, voters = await asked(world, "[匿名]")
    await answers(voters[1], "4", "②", "谢谢")
    await answers(voters[2], "4")
    heard = len(voters[1].inbox)
    await world.later(days=6, hours=10)
    assert len(voters[1].inbox) == heard
    assert "快截止了" in voters[2].last.text and voters[2].buttons() == ["接着答"]
    assert "快截止了" in voters[3].last.text and voters[3].buttons() == ["开始"]
    await world.later(hours=6)
    assert voters[3].heard.count("快截止了") == 1 and "快截止了" not in made.fathers["李雷"].heard
    await made.teacher.in_private("/问卷 1")
    await made.teacher.press("谁还没答")
    assert "张小明" in made.teacher.last.text and "赵一" in made.teacher.last.text
    assert "李雷" not in made.teacher.last.text and "138" not in made.teacher.last.text


# --- results ----------------------------------------------------------------------------------------


async def test_of_a_named_survey_the_teacher_reads_each_family(world: World) -> None:
    made, voters = await asked(world)
    await answers(voters[1], "4", "②", "午餐很好")
    await answers(voters[2], "5", "跳过", "跳过")
    await closed(world)
    assert "李雷：1. 4；2. ② 午餐；3. 午餐很好" in result(made) and "韩梅梅：1. 5" in result(made)
    assert "5 分　▇▇▇▇▇▁▁▁▁▁ 1 家 50%" in result(made)


async def test_one_press_shows_the_group_shares_and_never_words(world: World) -> None:
    made, voters = await asked(world, "[匿名]", families=8)
    await all_answer(voters[:6], "5", "①", "食堂的汤太咸了")
    await all_answer(voters[6:12], "2", "②", "作业太多了")
    await closed(world)
    assert result(made).count("食堂的汤太咸了") == 6 and "12 家写了" in result(made)
    assert "5 分　▇▇▇▇▇▁▁▁▁▁ 6 家 50%" in result(made)
    assert len(world.posted()) == 1
    await world.until(10)
    await made.teacher.press("发到群里")
    shown = world.posted()[-1].text
    assert "① 作业　▇▇▇▇▇▁▁▁▁▁ 50%" in shown and "12/13 户" in shown
    assert not any("太咸" in m.text or "太多" in m.text for m in world.group.messages)
    assert not any(m.attachments for m in world.group.messages if m.by == BOT)
    before = len(world.posted())
    await made.teacher.press("发到群里")
    assert len(world.posted()) == before


async def test_in_the_quiet_hours_the_group_is_left_in_peace(world: World) -> None:
    made, voters = await asked(world, "[匿名]", families=2)
    await all_answer(voters, "5", "①", "跳过")
    await closed(world)
    await world.until(22)
    assert "早上再发到群里" in await made.teacher.press("发到群里")
    assert len(world.posted()) == 1
    await world.until(7)
    assert "问卷结果" in world.posted()[-1].text


async def test_few_answers_are_hidden(world: World) -> None:
    made, voters = await asked(world, "[匿名]")
    await all_answer(voters, "5", "①", "李雷妈妈写的")
    await closed(world)
    assert result(made).count("为了不让人猜出是谁") == 3 and "李雷妈妈写的" not in result(made)
    with world.database.transaction() as records:
        survey = records.exec(select(Survey)).one()
        assert survey.totals == [None, None, None] and survey.words is None and survey.answered == 4


async def test_the_teacher_closes_early(world: World) -> None:
    made, voters = await asked(world, "[匿名]", families=1)
    await all_answer(voters, "5", "①", "跳过")
    await made.teacher.in_private("/survey 截止 1")
    assert "5 家 100%" in result(made)
    await voters[0].in_private("/问卷")
    assert "没有要回答的问卷" in voters[0].last.text


async def test_the_teacher_sees_all_that_was_asked(world: World) -> None:
    made, voters = await asked(world, "[匿名]", families=1)
    await all_answer(voters[:2], "5", "①", "跳过")
    await made.teacher.in_private("/问卷")
    assert "第 1 号 本学期" in made.teacher.last.text and "已答 2/6 户" in made.teacher.last.text
    await made.teacher.press("第 1 号")
    assert "截止以后才有结果" in made.teacher.last.text
    assert made.teacher.buttons() == ["谁还没答", "现在截止"]
    await made.teacher.in_private("/问卷 7")
    assert "没有第 7 号问卷" in made.teacher.heard
    await made.teacher.in_group("/问卷 1")
    assert len(world.posted()) == 1


async def test_a_parent_cannot_use_the_teachers_buttons(world: World) -> None:
    made, voters = await asked(world)
    await answers(voters[2], "4", "②", "只给老师看")
    await closed(world)
    shown = next(m for m in reversed(made.teacher.inbox) if m.keys)
    for key in shown.keys:
        world.platform.press_token(voters[1].sender, voters[1].private, str(key.token), shown.ref)
    await world.settle()
    assert "只给老师看" not in voters[1].heard and len(world.posted()) == 1


async def test_what_was_written_is_forgotten_after_half_a_year(world: World) -> None:
    made, voters = await asked(world)
    await answers(voters[1], "4", "②", "午餐很好")
    await closed(world)
    await world.later(days=181)
    await made.teacher.in_private("/问卷 1")
    assert "午餐很好" not in made.teacher.last.text and "1 家 100%" in made.teacher.last.text


async def test_what_an_erased_guardian_has_said_is_gone(world: World) -> None:
    made, voters = await asked(world)
    mother = made.mothers["李雷"]
    await answers(mother, "4", "②", "午餐很好")
    await answers(voters[2], "5", "跳过", "跳过")
    await mother.in_private("/me export")
    [file] = mother.last.attachments
    assert "午餐很好" in world.platform.files[file.ref].decode()
    await mother.in_private("/me erase")
    await mother.press("确认删除")
    await closed(world)
    assert "午餐很好" not in result(made) and "5 分　▇▇▇▇▇▇▇▇▇▇ 1 家 100%" in result(made)


# --- satisfaction over terms ------------------------------------------------------------------------


async def test_satisfaction_is_a_share_per_term_against_the_goal(world: World) -> None:
    text = "满意吗 {} | 1-5 作业量"
    made, voters = await asked(world, "[匿名] [满意度]", families=17, text=text)
    await all_answer(voters[:16], "5")
    await all_answer(voters[16:21], "2")
    await closed(world)
    assert "满意（4–5 分）：76%，目标 85%，还没有达到" in result(made)
    await world.later(days=120)
    await world.until(10)
    await made.teacher.in_private("/survey 又问 [匿名] [满意度] | 1-5 作业量")
    await made.teacher.press("发送")
    world.group.messages[:] = world.group.messages[1:]
    for voter in voters[:10]:
        await voter.in_private("/问卷")
        await voter.press("开始")
        await voter.press("4")
    await closed(world)
    await made.teacher.in_private("/问卷 满意度")
    told = made.teacher.last
    assert "2026秋　76%" in told.text and "2027春　100% ✅" in told.text
    assert any(sign in told.text for sign in ("▅█", "▄█", "▆█"))
    [picture] = told.attachments
    assert world.platform.files[picture.ref].startswith(b"\x89PNG")


async def test_how_many_were_not_satisfied_cannot_be_told_where_they_are_few(world: World) -> None:
    made, voters = await asked(world, "[匿名] [满意度]", families=6, text="满意吗 {} | 1-5 作业量")
    await all_answer(voters[:9], "5")
    await all_answer(voters[9:], "2")
    await closed(world)
    assert "满意（4–5 分）：60–90%，目标 85%，在目标上下" in result(made) and "只说个大概" in result(made)
    await world.until(10)
    await made.teacher.press("发到群里")
    shown = world.posted()[-1].text
    for text in (result(made), shown):
        assert "60–90%" in text and text.count("分　不单列") == 5
    await made.teacher.in_private("/问卷 满意度")
    assert "2026秋　60–90%" in made.teacher.last.text


async def test_without_enough_answers_there_is_no_satisfaction(world: World) -> None:
    made, voters = await asked(world, "[满意度]", text="满意吗 {} | 1-5 作业量")
    await all_answer(voters, "5")
    await closed(world)
    assert "满意（4–5 分）" not in result(made)
    await made.teacher.in_private("/survey trend")
    assert "还没有满意度" in made.teacher.last.text
