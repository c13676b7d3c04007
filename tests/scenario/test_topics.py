"""What is said in the group: ads and floods go, legitimate messages stay, and a teacher can restore."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from classroom.events import Right, Sender, SenderKind
from storage.tables import Classroom, Heard, Violation
from tests.ready import ready_class
from tests.world import ALL_RIGHTS, World

AD = "学区房特价优惠，加我微信 abc12345，名额有限，先到先得"
AD2 = "兼职日结，在家带娃就能做，加微信 zyx98765 详聊，名额有限"
VOTE = "帮我砍一刀，麻烦大家点一下链接，就差一点了"
GIFT = "教师节大家一起凑钱给班主任买个礼物吧"
COMPLAINT = "凭什么又要交钱，我要去教育局投诉学校乱收费"


def rows(world: World) -> list[Violation]:
    """What was noted, oldest first."""
    with world.database.transaction() as records:
        found = list(
            records.exec(select(Violation).where(Violation.rule != "name").order_by(col(Violation.id)))
        )
        for row in found:
            records.expunge(row)
        return found


def done(world: World) -> list[tuple[str, str]]:
    """Which rule, and what was really done."""
    return [(row.rule, row.done) for row in rows(world)]


# --- deleted ------------------------------------------------------------------------------------


async def test_an_ad_goes_and_its_author_reads_why(world: World) -> None:
    c = await ready_class(world)
    mother = c.mothers["李雷"]
    await mother.in_group(AD)
    assert world.texts() == []
    assert "像是广告" in mother.last.text and AD in mother.last.text and mother.buttons() == ["这是误会"]
    assert done(world) == [("ad", "enforced")] and world.group.muted == set()


async def test_the_teacher_restores_with_one_press(world: World) -> None:
    c = await ready_class(world)
    mother = c.mothers["李雷"]
    await mother.in_group(AD)
    assert (
        "李雷妈妈" in c.teacher.last.text and AD in c.teacher.last.text and "我已撤下" in c.teacher.last.text
    )
    assert c.teacher.buttons() == ["恢复", "确认"]
    await c.teacher.press("恢复")
    assert world.texts() == [f"李雷妈妈：{AD}"]
    assert "放回去了" in mother.last.text and "没有要您看的了" in c.teacher.heard
    await mother.in_group(AD)
    assert len(world.texts()) == 2 and len(rows(world)) == 1


async def test_a_file_comes_back_too(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(AD, files=[world.platform.file(b"x", "flyer.jpg", "photo")])
    assert "1 个附件" in c.teacher.last.text
    await c.teacher.press("恢复")
    assert world.posted()[0].files == ("flyer.jpg",)


async def test_confirmed_it_is_off_the_list(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(AD)
    await c.teacher.press("确认")
    assert "没有要您看的了" in c.teacher.last.text and world.texts() == [] and c.teacher.buttons() == []


async def test_several_are_one_list(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(AD)
    await c.mothers["张小明"].in_group(AD2)
    lists = [m for m in c.teacher.inbox if m.keys]
    assert len(lists) == 1 and AD in lists[0].text and AD2 in lists[0].text
    assert c.teacher.buttons() == ["恢复 1", "确认 1", "恢复 2", "确认 2"]
    await c.teacher.press("恢复 1")
    assert world.texts() == [f"张小明妈妈：{AD2}"]
    assert c.teacher.buttons() == ["恢复", "确认"]


async def test_pressed_twice_it_comes_back_once(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(AD)
    token = c.teacher.inbox[-1].keys[0].token or ""
    world.platform.press_token(c.teacher.sender, c.teacher.private, token)
    world.platform.press_token(c.teacher.sender, c.teacher.private, token)
    world.platform.press_token(c.mothers["李雷"].sender, c.mothers["李雷"].private, token)
    await world.settle()
    assert len(world.texts()) == 1


async def test_the_author_says_it_is_a_mistake(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(AD)
    assert "老师看" in await c.mothers["李雷"].press("这是误会")
    assert "本人说是误会" in c.teacher.last.text
    await c.teacher.press("恢复")
    assert world.texts() == [f"李雷妈妈：{AD}"]


async def test_the_teacher_is_told_in_the_teachers_hours(world: World) -> None:
    c = await ready_class(world)
    await world.until(22)
    await c.mothers["李雷"].in_group(AD)
    await c.mothers["张小明"].in_group(AD2)
    assert world.texts() == [] and c.teacher.inbox == [] and "像是广告" in c.mothers["李雷"].last.text
    await world.until(7, 1)
    assert len(c.teacher.inbox) == 1 and AD in c.teacher.last.text and AD2 in c.teacher.last.text


async def test_who_cannot_be_reached_reads_why_at_the_first_start(world: World) -> None:
    await ready_class(world)
    guest = world.someone("88", "路人")
    await guest.in_group(AD)
    assert world.texts() == [] and guest.inbox == []
    await guest.in_private("/start")
    assert "像是广告" in guest.heard


async def test_an_edit_is_judged_again(world: World) -> None:
    c = await ready_class(world)
    shown = await c.mothers["李雷"].in_group("请问明天几点放学")
    await c.mothers["李雷"].edits(shown, AD)
    assert world.texts() == [] and done(world) == [("ad", "enforced")]


@pytest.mark.parametrize("before", ["/help ", "/群规 ", "老师，孩子明天请假。"])
async def test_an_ad_hides_behind_nothing_else(world: World, before: str) -> None:
    c = await ready_class(world)
    shown = await c.mothers["李雷"].in_group(before + AD)
    assert shown.removed and done(world) == [("ad", "enforced")]


async def test_a_command_of_the_committee_is_not_judged(world: World) -> None:
    c = await ready_class(world)
    await c.committee.in_group(f"/help {AD}")
    assert rows(world) == []


async def test_a_channels_ad_goes_and_nobody_is_told_but_the_teacher(world: World) -> None:
    c = await ready_class(world)
    world.platform.say(Sender("-200", "优惠频道", kind=SenderKind.CHANNEL), world.group, AD)
    await world.settle()
    assert world.texts() == [] and "优惠频道" in c.teacher.last.text


async def test_restored_words_that_shame_a_child_are_asked_about_first(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["张小明"].in_group(AD + "。李雷昨天又打人了，真没教养")
    await c.teacher.press("恢复")
    assert world.texts() == [] and "改为私信" in c.teacher.buttons()


# --- the ladder -----------------------------------------------------------------------------------


async def test_the_third_is_a_mute_of_an_hour_the_next_of_a_day(world: World) -> None:
    c = await ready_class(world)
    mother = c.mothers["李雷"]
    for number in range(2):
        await mother.in_group(f"{AD} {number}")
    assert world.group.muted == set()
    await mother.in_group(f"{AD} 2")
    assert world.group.muted == {mother.sender.native} and "以后就可以发言" in mother.heard
    assert "11:00" in mother.heard and "前不能发言" in c.teacher.heard
    await world.later(hours=2)
    world.group.muted.clear()  # the platform ends it by itself
    await mother.in_group(f"{AD} 3")
    assert "明天（周二）12:00" in mother.heard


async def test_what_was_restored_does_not_count(world: World) -> None:
    c = await ready_class(world)
    for number in range(2):
        await c.mothers["李雷"].in_group(f"{AD} {number}")
    await c.teacher.press("恢复 1")
    await c.mothers["李雷"].in_group(f"{AD} 2")
    assert world.group.muted == set()


async def test_restored_the_voice_is_back(world: World) -> None:
    c = await ready_class(world)
    for number in range(3):
        await c.mothers["李雷"].in_group(f"{AD} {number}")
    assert world.group.muted
    await c.teacher.press("恢复 1")
    assert world.group.muted == set()


async def test_committee_members_are_never_muted(world: World) -> None:
    c = await ready_class(world)
    for number in range(5):
        await c.committee.in_group(f"{AD} {number}")
    assert world.texts() == [] and world.group.muted == set()


async def test_history_fades_after_a_month_and_so_do_the_words(world: World) -> None:
    c = await ready_class(world)
    for number in range(2):
        await c.mothers["李雷"].in_group(f"{AD} {number}")
    await world.later(days=31)
    assert [row.text for row in rows(world)] == [None, None]
    await c.mothers["李雷"].in_group(f"{AD} 2")
    assert world.group.muted == set()


# --- reminded ------------------------------------------------------------------------------------


async def test_gifts_are_a_private_reminder_only(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(GIFT)
    assert world.texts() == [GIFT] and "不能收礼物" in c.mothers["李雷"].last.text
    assert done(world) == [("gift", "nudged")] and c.teacher.inbox == []
    await c.mothers["李雷"].in_group(GIFT + "！")
    assert len(c.mothers["李雷"].inbox) == 1


async def test_mode_remind_removes_nothing(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_private("/rules topics remind")
    await c.mothers["李雷"].in_group(AD)
    assert world.texts() == [AD] and "请您自己撤回" in c.mothers["李雷"].last.text
    assert done(world) == [("ad", "nudged")]


async def test_mode_off_says_nothing(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_private("/rules topics off")
    await c.mothers["李雷"].in_group(AD)
    assert world.texts() == [AD] and c.mothers["李雷"].inbox == [] and rows(world) == []


async def test_the_classs_own_words(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group("谁要一起买小饼干")
    assert len(world.texts()) == 1
    await c.teacher.in_private("/rules words add 小饼干")
    await c.mothers["李雷"].in_group("谁要一起买小 饼 干")
    assert len(world.texts()) == 1
    await c.teacher.in_private("/rules words remove 小饼干")
    await c.mothers["张小明"].in_group("谁要一起买小饼干")
    assert len(world.texts()) == 2


async def test_quiet_hours_of_the_group_one_gentle_word_a_night(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_private("/rules quiet 22:00-06:30")
    await world.until(22, 30)
    for words in ("有人在吗", "明天要带什么", "睡了吗"):
        await c.mothers["李雷"].in_group(words)
    assert len(world.texts()) == 3 and len(c.mothers["李雷"].inbox) == 1
    assert "安静时间（22:00–06:30）" in c.mothers["李雷"].last.text
    assert done(world) == [("quiet_hours", "nudged")]
    await world.until(8)
    await world.until(22, 31)
    await c.mothers["李雷"].in_group("明天下雨吗")
    assert len(c.mothers["李雷"].inbox) == 2


async def test_a_reminder_that_reaches_nobody_is_recorded_as_that(world: World) -> None:
    await ready_class(world)
    guest = world.someone("88", "张小明舅舅")
    await guest.in_group(GIFT)
    assert done(world) == [("gift", "unsupported")]
    await guest.in_private("/start")
    assert "礼物" not in guest.heard  # a stale reminder helps nobody


# --- what is never touched ---------------------------------------------------------------------------


async def test_a_complaint_stays_and_the_teacher_hears_of_it(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(COMPLAINT)
    assert world.texts() == [COMPLAINT] and c.mothers["李雷"].inbox == []
    assert COMPLAINT in c.teacher.last.text and "我没有动它" in c.teacher.last.text
    assert c.teacher.buttons() == ["确认"] and done(world) == [("complaint", "reported_to_teacher")]


@pytest.mark.parametrize("who", ["teacher", "subject_teacher"])
async def test_teachers_are_exempt(world: World, who: str) -> None:
    c = await ready_class(world)
    user = c.teacher if who == "teacher" else c.subject_teacher
    await user.in_group(AD)
    assert world.texts() == [AD] and rows(world) == []


async def test_an_anonymous_administrator_is_not_judged(world: World) -> None:
    await ready_class(world)
    world.platform.say(Sender("-100", "群", kind=SenderKind.ANONYMOUS_ADMIN), world.group, AD)
    await world.settle()
    assert world.texts() == [AD]


# --- where the bot may not -----------------------------------------------------------------------------


async def test_without_the_right_author_and_teacher_are_asked(world: World) -> None:
    c = await ready_class(world)
    world.platform.add_bot(c.teacher.sender, world.group, ALL_RIGHTS - {Right.DELETE})
    await c.mothers["李雷"].in_group(AD)
    assert world.texts() == [AD] and done(world) == [("ad", "reported_to_teacher")]
    assert "请您自己长按撤回" in c.mothers["李雷"].last.text
    assert "请您手动删除" in c.teacher.last.text and c.teacher.buttons() == ["确认"]


async def test_what_could_not_come_back_is_on_the_list_again(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(AD)
    world.group.bot_inside = False
    await c.teacher.press("恢复")
    assert "没能放回群里" in c.teacher.heard and c.teacher.buttons() == ["恢复", "确认"]
    assert "放回去了" not in c.mothers["李雷"].heard


# --- floods ----------------------------------------------------------------------------------------


async def test_the_same_over_and_over_is_reminded_of_then_removed(world: World) -> None:
    c = await ready_class(world)
    words = "大家有没有看到我家孩子的水壶"
    for _ in range(5):
        await c.mothers["李雷"].in_group(words)
        await world.later(seconds=5)
    assert world.texts() == [words] * 4 and "发一遍就好" in c.mothers["李雷"].heard
    assert done(world) == [("flood", "nudged"), ("flood", "enforced")]


async def test_what_is_caught_up_after_a_silence_is_none(world: World) -> None:
    c = await ready_class(world)
    for number in range(30):
        world.platform.say(c.mothers["李雷"].sender, world.group, f"第{number}天的作业写完了")
        world.time += timedelta(minutes=5)
    await world.settle()
    assert len(world.texts()) == 30 and rows(world) == []


async def test_a_list_that_everybody_copies_is_none(world: World) -> None:
    c = await ready_class(world)
    lines = ["#接龙 周六爬山"]
    for number in range(8):
        lines.append(f"{number + 1}. 家庭{number}")
        await c.mothers["李雷"].in_group("\n".join(lines))
    assert len(world.texts()) == 8 and rows(world) == []


async def test_editing_one_message_often_is_none(world: World) -> None:
    c = await ready_class(world)
    shown = await c.mothers["李雷"].in_group("大家有没有看到我家孩子的水壶")
    for _ in range(12):
        await c.mothers["李雷"].edits(shown, "大家有没有看到我家孩子的水壶")
    assert len(world.texts()) == 1 and rows(world) == []


async def test_what_was_heard_is_forgotten_within_hours(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group("大家好呀")
    with world.database.transaction() as records:
        (heard,) = records.exec(select(Heard)).all()
        assert "大家好" not in heard.digest
    await world.later(hours=3)
    with world.database.transaction() as records:
        assert records.exec(select(Heard)).all() == []


# --- an evening -----------------------------------------------------------------------------------


EVENING = (
    "请问明天几点到校",
    "语文作业是第几页",
    "老师说带彩笔和胶水",
    "孩子今天跑步得了第二名，好开心",
    "谁看到一件蓝色校服外套",
    "明天降温，记得加衣服",
    "数学卷子要家长签字",
    "家委会的班费还剩多少",
    "图书馆周六开门吗",
    "我们班运动会加油",
)


async def test_an_evening_of_400_messages(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group("晚上好")
    users = [c.mothers[name] for name in ("张小明", "李雷", "韩梅梅", "王芳")] + [
        c.fathers["李雷"],
        c.committee,
    ]
    said = 0
    flood = "我的快递谁帮我拿一下谢谢大家"
    began = time.perf_counter()
    for number in range(400):
        if number == 200:
            world.platform.say(c.stranger.sender, world.group, AD)
        elif number in range(300, 305):
            world.platform.say(c.mothers["王芳"].sender, world.group, flood)
        else:
            user = users[number % len(users)]
            world.platform.say(user.sender, world.group, f"{EVENING[number % 10]}（{number}）")
            said += 1
        world.time += timedelta(seconds=25)
    counted = _count(world)
    await world.settle()
    took = time.perf_counter() - began
    texts = world.texts()
    assert AD not in texts and texts.count(flood) == 4
    assert len([t for t in texts if "（" in t]) == said and len(texts) == said + 5
    assert {rule for rule, _ in done(world)} == {"ad", "flood"} and world.group.muted == set()
    assert counted[0] / 400 < 20 and took < 60


def _count(world: World) -> list[int]:
    """How many statements run from now on."""
    counted = [0]

    def one_more(*_: object) -> None:
        counted[0] += 1

    event.listen(world.database.engine, "before_cursor_execute", one_more)
    return counted


async def test_in_english(world: World) -> None:
    c = await ready_class(world)
    with world.database.transaction() as records:
        row = records.get(Classroom, c.id)
        assert row is not None
        row.language = "en"
    await c.mothers["李雷"].in_group("Half price today only, promo code SAVE, DM me for whatsapp")
    assert "looks like an ad" in c.mothers["李雷"].last.text
    assert c.teacher.buttons() == ["Restore", "Confirm"]
    await c.teacher.press("Restore")
    assert world.texts()[0].startswith("李雷妈妈: Half price")
