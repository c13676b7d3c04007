"""/notice alone: kind, questions, files, time, readers, preview; every step has a button and a way back."""

from __future__ import annotations

import pytest

from handlers.notice_form.fields import FIELDS
from storage.notices import KINDS
from tests.ready import ReadyClass, ready_class
from tests.scenario.test_notice import recorded
from tests.scenario.test_receipts import send
from tests.world import World


async def begin(made: ReadyClass, label: str) -> None:
    await made.teacher.in_private("/通知")
    await made.teacher.press(label)


async def test_an_examination_step_by_step(world: World) -> None:
    made = await ready_class(world)
    await begin(made, "📝 考试")
    assert "考什么" in made.teacher.last.text
    await made.teacher.in_private("期中考试，语文、数学")
    await made.teacher.in_private("11月26日 8:10 前到校")
    assert "跳过" in made.teacher.buttons()
    await made.teacher.in_private("2B 铅笔、水杯")
    await made.teacher.press("跳过")
    assert "照片或文件" in made.teacher.last.text
    await made.teacher.press("不带附件")
    await made.teacher.press("现在发")
    await made.teacher.press("全班")
    preview = made.teacher.last.text
    assert "期中考试，语文、数学" in preview and "请带：2B 铅笔、水杯" in preview
    assert "多鼓励，少加压" in preview
    assert made.teacher.buttons() == ["发送", "修改", "取消", "返回"]
    await made.teacher.press("发送")
    post = world.posted()[-1]
    assert "通知 1　考试" in post.text and "期中考试" in post.text
    assert recorded(world)[0].kind == "exam"


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_leads_to_a_notice(world: World, kind: str) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/notice")
    labels = made.teacher.buttons()
    await made.teacher.press(labels[KINDS.index(kind)])
    for index, asked in enumerate(FIELDS[kind]):
        await made.teacher.in_private(f"{asked.name} 的第 {index} 个回答")
    await made.teacher.press("不带附件")
    await made.teacher.press("现在发")
    await made.teacher.press("全班")
    await made.teacher.press("发送")
    post = world.posted()[-1].text
    assert all(f"{asked.name} 的第 {index} 个回答" in post for index, asked in enumerate(FIELDS[kind]))


async def test_the_points_of_safety_are_written_for_the_teacher(world: World) -> None:
    made = await ready_class(world)
    await begin(made, "⛑ 安全")
    await made.teacher.press("防溺水")
    await made.teacher.press("跳过")
    await made.teacher.press("不带附件")
    await made.teacher.press("现在发")
    await made.teacher.press("全班")
    await made.teacher.press("发送")
    assert "防溺水" in world.posted()[-1].text and "不手拉手去救" in world.posted()[-1].text


async def test_a_way_back_at_every_step_and_what_was_answered_stays(world: World) -> None:
    made = await ready_class(world)
    await begin(made, "🎒 活动")
    await made.teacher.in_private("运动会")
    await made.teacher.in_private("周五 8:00")
    await made.teacher.press("⬅ 上一步")
    assert "周五 8:00" in made.teacher.last.text
    await made.teacher.press("⬅ 上一步")
    assert "运动会" in made.teacher.last.text
    await made.teacher.in_private("秋季运动会")
    await made.teacher.press("下一步")
    await made.teacher.in_private("操场")
    await made.teacher.press("跳过")
    await made.teacher.press("跳过")
    await made.teacher.press("不带附件")
    await made.teacher.press("现在发")
    await made.teacher.press("全班")
    await made.teacher.press("返回")
    await made.teacher.press("家委会")
    assert "家委会" in made.teacher.last.text and "秋季运动会" in made.teacher.last.text
    await made.teacher.press("发送")
    assert world.posted() == [] and "秋季运动会" in made.committee.heard


async def test_back_to_the_kinds_and_another_one(world: World) -> None:
    made = await ready_class(world)
    await begin(made, "📚 作业")
    await made.teacher.press("⬅ 上一步")
    await made.teacher.press("👥 家长会")
    assert "什么时候开" in made.teacher.last.text


async def test_photos_a_time_and_chosen_families(world: World) -> None:
    made = await ready_class(world)
    await begin(made, "📢 其他")
    await made.teacher.in_private("[免回] 合唱团周四排练。")
    photo = world.platform.file(b"jpg", "a.jpg", "photo")
    await made.teacher.in_private("", files=[photo])
    assert "已经收到 1 个" in made.teacher.last.text
    await made.teacher.press("下一步")
    await made.teacher.in_private("明天 7:30")
    await made.teacher.in_private("张小明、李雷")
    assert "2 家" in made.teacher.last.text and "11月24日（周二）07:30" in made.teacher.last.text
    await made.teacher.press("发送")
    await world.until(7, 31)
    assert "合唱团" in made.mothers["李雷"].last.text and made.mothers["李雷"].last.files == ("a.jpg",)
    assert world.posted() == [] and "合唱团" not in made.mothers["王芳"].heard


async def test_usual_hours_are_offered(world: World) -> None:
    made = await ready_class(world)
    await begin(made, "📢 其他")
    await made.teacher.in_private("请带水杯。")
    await made.teacher.press("不带附件")
    assert made.teacher.buttons()[:4] == [
        "现在发",
        "今天 18:00",
        "明天（周二）07:30",
        "11月27日（周五）16:00",
    ]
    await made.teacher.press("今天 18:00")
    await made.teacher.press("全班")
    await made.teacher.press("发送")
    await world.until(18, 1)
    assert "请带水杯" in world.posted()[-1].text


async def test_to_who_has_not_confirmed_the_latest(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.mothers["李雷"].press("✅", where=world.group, on=post)
    await begin(made, "📢 其他")
    await made.teacher.in_private("请看一下通知 1。")
    await made.teacher.press("不带附件")
    await made.teacher.press("现在发")
    await made.teacher.press("通知 1 没回的")
    await made.teacher.press("发送")
    assert "请看一下" in made.mothers["王芳"].heard and "请看一下" not in made.mothers["李雷"].heard


@pytest.mark.parametrize(
    ("steps", "wrong", "said"),
    [
        (["请带水杯。", ">不带附件"], "很快", "没看懂是什么时间"),
        (["请带水杯。", ">不带附件"], "2020-01-01 07:30", "已经过了"),
        (["请带水杯。", ">不带附件", ">现在发"], "张小名", "张小明"),
        ([], "长" * 3501, "3500"),
    ],
)
async def test_a_wrong_answer_is_asked_again(world: World, steps: list[str], wrong: str, said: str) -> None:
    made = await ready_class(world)
    await begin(made, "📢 其他")
    for step in steps:
        await (made.teacher.press(step[1:]) if step[0] == ">" else made.teacher.in_private(step))
    await made.teacher.in_private(wrong)
    assert said in made.teacher.last.text and "发送" not in made.teacher.buttons()


async def test_an_older_step_and_a_dropped_one_do_nothing(world: World) -> None:
    made = await ready_class(world)
    await begin(made, "📚 作业")
    old = made.teacher.last
    token = next(k.token for k in old.keys if k.label == "⬅ 上一步") or ""
    await made.teacher.in_private("背第 3 课")
    world.platform.press_token(made.teacher.sender, made.teacher.private, token, old.ref)
    await world.settle()
    assert "过去" in world.platform.toasts[-1][1] and old.keys == ()
    await made.teacher.press("取消")
    assert "不发了" in made.teacher.last.text and world.posted() == [] and recorded(world) == []


async def test_typed_in_the_group_it_goes_on_in_private(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group("/通知")
    assert typed.removed and world.posted() == []
    await made.teacher.press("🧾 缴费")
    for answer in ("午餐费", "420 元", "12月5日", "学校缴费平台"):
        await made.teacher.in_private(answer)
    await made.teacher.press("跳过")
    await made.teacher.press("不带附件")
    await made.teacher.press("现在发")
    await made.teacher.press("全班")
    await made.teacher.press("发送")
    assert "不要转账给任何个人" in world.posted()[-1].text


async def test_the_committee_hands_in_what_it_has_put_together(world: World) -> None:
    made = await ready_class(world)
    await made.committee.in_private("/通知")
    await made.committee.press("📢 其他")
    await made.committee.in_private("周六一起去植物园。")
    await made.committee.press("不带附件")
    await made.committee.press("现在发")  # whom it is for is the teacher's to say
    assert "已经交给老师" in made.committee.last.text and "植物园" in made.teacher.last.text
    await made.teacher.press("发送")
    assert "植物园" in world.posted()[-1].text


async def test_words_about_a_failing_do_not_pass_this_way_either(world: World) -> None:
    made = await ready_class(world)
    await begin(made, "📚 作业")
    await made.teacher.in_private("补交昨天的本子")
    await made.teacher.in_private("周一")
    await made.teacher.in_private("没交作业：李雷、韩梅梅")
    await made.teacher.press("不带附件")
    await made.teacher.press("现在发")
    await made.teacher.press("全班")
    assert "发送" not in made.teacher.buttons() and world.posted() == []


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/me language en")
    await made.teacher.in_private("/notice")
    await made.teacher.press("👥 Meeting")
    assert "When?" in made.teacher.last.text
