"""What follows a verdict: the first days, memory, pictures, chit-chat, quarrels, false teachers, the why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from storage.tables import Classroom, Remembered, SaidTurn, Violation
from tests.pictures import with_code
from tests.ready import ReadyClass, ready_class
from tests.world import World

AD = "学区房特价优惠，加我微信 abc12345，名额有限，先到先得"
NEAR = "学区房特价优惠啦，加我微信 abc12345，名额有限，先到先得哦"
MILD = "微信号 mamaxuan99"
FEE = "各位家长，本学期资料费268元，请扫下方收款码，今天放学前交齐"
SMALL = (
    "昨晚的球看了吗，绝杀",
    "我押的那个队又输了",
    "股票又绿了，心碎",
    "火锅走起",
    "今天油价又涨了",
    "晚上打麻将三缺一",
)


async def new_class(world: World) -> ReadyClass:
    """A class on its first day."""
    c = await ready_class(world)
    with world.database.transaction() as records:
        row = records.get(Classroom, c.id)
        assert row is not None
        row.created_at = world.now()
    return c


def noted(world: World, rule: str) -> list[Violation]:
    """What stands in the records under a rule."""
    with world.database.transaction() as records:
        found = records.exec(
            select(Violation).where(Violation.rule == rule).order_by(col(Violation.id))
        ).all()
        for row in found:
            records.expunge(row)
        return list(found)


# --- the first days -----------------------------------------------------------------------------


async def test_a_new_class_removes_only_what_is_certain(world: World) -> None:
    c = await new_class(world)
    await c.mothers["李雷"].in_group(AD)
    await c.mothers["张小明"].in_group(MILD)
    assert world.texts() == [MILD] and c.mothers["张小明"].inbox == []
    assert "观察期里我没有动它" in c.teacher.heard and "我已撤下" in c.teacher.heard
    assert world.group.muted == set()


async def test_after_a_week_the_teacher_is_asked_and_decides(world: World) -> None:
    c = await new_class(world)
    await c.mothers["张小明"].in_group(MILD)
    await world.later(days=7, hours=1)
    assert "我在群里先看了七天" in c.teacher.heard
    assert c.teacher.buttons() == ["开启：撤下加私下说明", "只私下提醒", "再观察一阵"]
    await c.mothers["张小明"].in_group(MILD + "。")
    assert c.mothers["张小明"].inbox == []  # nothing changes before the teacher has decided
    await c.teacher.press("开启")
    await c.mothers["韩梅梅"].in_group("代购面膜奶粉现货，正品包邮，加我微信 abc12345")
    assert "从群里撤下来了" in c.mothers["韩梅梅"].heard


async def test_who_has_decided_before_is_not_asked(world: World) -> None:
    c = await new_class(world)
    await c.mothers["张小明"].in_group("请问明天几点放学")
    await c.teacher.in_private("/rules topics remind")
    await world.later(days=8)
    assert "先看了七天" not in c.teacher.heard


async def test_the_first_days_can_be_ended_and_begun_by_a_word(world: World) -> None:
    c = await new_class(world)
    await c.teacher.in_private("/群规 话题 删除")
    assert "明显是广告的" in c.teacher.last.text
    await c.teacher.in_private("/群规 话题 观察")
    assert "我先看着" in c.teacher.last.text
    await c.mothers["张小明"].in_group("/群规")
    assert "头几天我先看着" in world.posted()[-1].text


# --- memory -------------------------------------------------------------------------------------


async def test_what_was_restored_and_its_like_are_never_touched_again(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(AD)
    await c.teacher.press("恢复")
    for user in (c.mothers["李雷"], c.stranger):
        await user.in_group(NEAR)
    assert world.texts()[-2:] == [NEAR, NEAR] and len(noted(world, "ad")) == 1


async def test_the_like_of_what_was_confirmed_goes_at_once(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group("这家面馆好吃，大家都去尝尝，报群名")
    assert len(world.texts()) == 1
    await c.teacher.in_private("/rules words add 面馆好吃")
    await c.mothers["李雷"].in_group("这家面馆好吃，大家都去尝尝，报群名送小菜")
    await c.teacher.press("确认")
    await c.teacher.in_private("/rules words remove 面馆好吃")
    await c.mothers["张小明"].in_group("这家面馆真好吃，大家都去尝尝，报群名送小菜")
    assert len(world.texts()) == 1 and [r.reason for r in noted(world, "ad")][-1] == "confirmed"


async def test_memory_keeps_no_words(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(AD)
    await c.teacher.press("确认")
    with world.database.transaction() as records:
        (row,) = records.exec(select(Remembered)).all()
        assert "学区" not in str(row.data) and row.classroom_id == c.id


async def test_a_later_decision_holds(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(AD)
    await c.teacher.press("确认")
    await c.mothers["李雷"].in_group(NEAR)
    await c.teacher.press("恢复")
    await c.mothers["张小明"].in_group(AD)
    assert world.texts()[-1] == AD


# --- the day's summary ----------------------------------------------------------------------------


async def test_a_day_ends_with_one_summary(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(AD)
    await c.mothers["张小明"].in_group("兼职日结，在家带娃就能做，加微信 zyx98765 详聊")
    await world.until(19)
    summaries = [m for m in c.teacher.inbox if "今天从群里撤下的" in m.text]
    assert len(summaries) == 1 and summaries[0].text.count("像是广告") == 2
    await world.until(19)
    assert len([m for m in c.teacher.inbox if "今天从群里撤下的" in m.text]) == 1


async def test_a_day_without_removals_ends_without_a_word(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group("请问明天几点放学")
    await world.until(20)
    assert c.teacher.inbox == []


# --- why and test -----------------------------------------------------------------------------------


async def test_the_author_asks_why(world: World) -> None:
    c = await ready_class(world)
    mother = c.mothers["李雷"]
    await mother.in_group(AD)
    notice = mother.last
    await mother.in_private("/群规 为什么", reply_to=notice)
    assert "像是广告" in mother.last.text and "留了账号或号码" in mother.last.text
    await mother.in_private("/rules why")
    assert "像是广告" in mother.last.text


async def test_nobody_reads_why_of_anothers_message(world: World) -> None:
    c = await ready_class(world)
    shown = await c.mothers["李雷"].in_group(MILD)
    await c.mothers["张小明"].in_group("/rules why", reply_to=shown)
    assert "没有我动过的话" in c.mothers["张小明"].last.text
    await c.teacher.in_group("/rules why", reply_to=shown)
    assert "私下提醒" in c.teacher.last.text and "mamaxuan99" not in "".join(world.texts()[1:])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (AD, "会撤下"),
        (MILD, "私下提醒"),
        (FEE, "告诉您"),
        ("请问明天几点放学", "没有问题"),
        ("凭什么又要交钱，我要去教育局投诉", "告诉您"),
        ("帮忙砍一刀，谢谢", "拉票"),
    ],
)
async def test_a_teacher_tries_a_text(world: World, text: str, expected: str) -> None:
    c = await ready_class(world)
    await c.teacher.in_private(f"/rules test {text}")
    assert expected in c.teacher.last.text
    assert noted(world, "ad") == [] and world.texts() == []


async def test_trying_is_the_teachers(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_private("/rules test 帮忙砍一刀")
    assert "由老师来定" in c.mothers["李雷"].last.text
    await c.teacher.in_private("/群规 试试")
    assert "写在后面" in c.teacher.last.text


# --- money and false teachers -------------------------------------------------------------------------


async def test_who_collects_is_shown_to_the_teacher_and_not_reproached(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(FEE)
    assert world.texts() == [FEE] and c.mothers["李雷"].inbox == []
    assert FEE in c.teacher.heard and "冒名收钱" in c.teacher.heard


async def test_a_false_teacher_is_held_and_everybody_warned_in_private(world: World) -> None:
    c = await ready_class(world)
    thief = world.someone("666", "王老师")
    await thief.in_group("各位家长好，" + FEE)
    assert world.texts() == []
    assert "名字像老师" in c.teacher.heard and "王老师" in c.teacher.heard
    for mother in ("李雷", "张小明"):
        assert "先打电话问老师本人" in c.mothers[mother].heard
    warned = len(c.mothers["李雷"].inbox)
    await thief.in_group("快点转给我，今天截止，资料费268元")
    assert len(c.mothers["李雷"].inbox) == warned and world.texts() == []


async def test_a_teachers_name_in_disguise_is_seen(world: World) -> None:
    c = await ready_class(world)
    await world.someone("667", "王 老 師").in_group("加我新微信 wls9090，以后通知发那边")
    assert world.texts() == [] and "名字像老师" in c.teacher.heard


async def test_a_mother_called_teacher_is_none(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group("我是李雷妈妈，也是音乐老师，艺术节需要伴奏可以叫我")
    assert c.teacher.inbox == [] and len(world.texts()) == 1


# --- pictures -----------------------------------------------------------------------------------------


async def test_a_payment_code_in_a_picture_is_reported(world: World) -> None:
    c = await ready_class(world)
    picture = world.platform.file(with_code("wxp://f2f0XyZ"), "code.png", "photo")
    await c.mothers["李雷"].in_group("班级资料", files=[picture])
    assert world.texts() == ["班级资料"] and "冒名收钱" in c.teacher.heard


async def test_a_group_code_in_a_picture_counts(world: World) -> None:
    c = await ready_class(world)
    picture = world.platform.file(with_code("https://weixin.qq.com/g/AwYAAB"), "code.png", "photo")
    await c.stranger.in_group("福利群，每天发红包，扫码进群", files=[picture])
    assert world.texts() == []


async def test_a_picture_that_cannot_be_read_is_left_alone(world: World) -> None:
    c = await ready_class(world)
    for data in (b"nothing", with_code("https://www.wjx.cn/vm/abc.aspx")):
        picture = world.platform.file(data, "a.png", "photo")
        await c.mothers["李雷"].in_group("孩子的画", files=[picture])
    assert len(world.texts()) == 2 and c.teacher.inbox == [] and c.mothers["李雷"].inbox == []


# --- runs of talk -------------------------------------------------------------------------------------


async def test_five_messages_of_chit_chat_bring_one_gentle_pointer(world: World) -> None:
    c = await ready_class(world)
    mothers = list(c.mothers.values())
    for number, words in enumerate(SMALL):
        await mothers[number % 3].in_group(words)
        await world.later(seconds=40)
    said = [t for t in world.texts() if t not in SMALL]
    assert len(said) == 1 and "家常话请私下聊" in said[0]
    assert all("妈妈" not in t for t in said) and all(m.inbox == [] for m in mothers)
    assert len(world.texts()) == len(SMALL) + 1


async def test_school_talk_brings_none(world: World) -> None:
    c = await ready_class(world)
    for words in (
        "请问数学作业是第几页",
        "孩子今天发烧了",
        "老师说带水彩笔",
        "青春期的娃怎么沟通",
        "我家孩子玩手机怎么办",
        "谁拿错校服了",
        "明天几点放学",
    ):
        await c.mothers["李雷"].in_group(words)
        await world.later(seconds=30)
    assert len(world.texts()) == 7


async def quarrel(world: World, c: ReadyClass) -> None:
    """Two mothers grow heated."""
    for mother, words in (
        ("李雷", "你家孩子先动手的，你还有理了"),
        ("张小明", "胡说八道，你家孩子先打的人"),
        ("李雷", "你算什么东西"),
        ("张小明", "不要脸，血口喷人"),
    ):
        await c.mothers[mother].in_group(words)
        await world.later(seconds=20)


async def test_a_quarrel_is_told_to_the_teacher_who_lets_them_cool_down(world: World) -> None:
    c = await ready_class(world)
    await quarrel(world, c)
    assert len(world.texts()) == 4
    asked = [m for m in c.teacher.inbox if "有点急了" in m.text]
    assert len(asked) == 1
    await c.teacher.press("冷静一下", on=asked[0])
    assert world.group.muted == {c.mothers["李雷"].sender.native, c.mothers["张小明"].sender.native}
    assert "大家先歇一歇" in world.texts()[-1] and "李雷" not in world.texts()[-1]
    assert "请您先歇十分钟" in c.mothers["李雷"].heard


async def test_what_was_noted_of_the_talk_is_forgotten(world: World) -> None:
    c = await ready_class(world)
    await quarrel(world, c)
    await world.later(hours=3)
    with world.database.transaction() as records:
        assert records.exec(select(SaidTurn)).all() == []


async def test_two_classes_never_share_memory(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group(AD)
    await c.teacher.press("恢复")
    with world.database.transaction() as records:
        (row,) = records.exec(select(Remembered)).all()
        mine = records.get(Classroom, c.id)
        assert mine is not None
        other = Classroom(
            name="四年级1班",
            language="zh_CN",
            timezone="Asia/Shanghai",
            country="CN",
            created_at=world.now() - timedelta(days=9),
            settings=dict(mine.settings),
        )
        records.add(other)
        records.flush()
        row.classroom_id = other.id  # even the very hashes say nothing to another class
    await c.mothers["李雷"].in_group(NEAR)
    assert NEAR not in world.texts()
