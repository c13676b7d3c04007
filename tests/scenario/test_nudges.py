"""Nudges: only who is missing, in private, once a day, at a decent hour, and before it is too late."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from classroom.events import Attachment
from handlers.room import Defaults
from scheduler.hours import read_hours
from scheduler.nudging import nudge_at
from scheduler.when.named import named_days
from storage import identity, personal
from tests.ready import ReadyClass, ready_class
from tests.scenario.test_receipts import TEXT, bind, kept, label, send
from tests.world import User, World

ZONE = ZoneInfo("Asia/Shanghai")


def families(made: ReadyClass) -> list[User]:
    return [*(m for n, m in made.mothers.items() if n != "赵一"), *made.fathers.values()]


def nudges(user: User) -> list[str]:
    return [m.text for m in user.inbox if "家长您好" in m.text and "收到您的回音" in m.text]


async def test_only_who_is_missing_is_reminded_at_noon(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.mothers["李雷"].press("✅", where=world.group)
    await world.until(12, 11)
    assert all(nudges(u) == [] for u in families(made))  # twelve hours have not passed
    await world.until(12, 11)
    assert [len(nudges(made.mothers[n])) for n in ("张小明", "李雷", "韩梅梅", "王芳")] == [1, 0, 1, 1]
    assert nudges(made.fathers["李雷"]) == []
    assert TEXT in nudges(made.mothers["张小明"])[0]
    await made.mothers["张小明"].press("收到")
    assert label(post) == "✅ 收到 2/5" and "已记为收到" in made.mothers["张小明"].last.text
    assert made.mothers["张小明"].buttons() == []
    await world.later(days=3)
    assert len(nudges(made.mothers["王芳"])) == 1


async def test_the_first_guardian_is_asked_a_day_before_the_second_and_one_answer_is_enough(
    world: World,
) -> None:
    made = await ready_class(world)
    await send(made)
    await world.later(days=1, hours=3)
    assert nudges(made.mothers["李雷"]) and not nudges(made.fathers["李雷"])
    await world.until(12, 11)
    assert nudges(made.fathers["李雷"]) and len(nudges(made.mothers["李雷"])) == 1
    await made.fathers["李雷"].press("收到")
    assert nudges(made.mothers["李雷"]) == [] and "已记为收到" in made.mothers["李雷"].last.text


async def test_the_second_guardian_is_left_in_peace_once_the_first_has_answered(world: World) -> None:
    made = await ready_class(world)
    await send(made)
    await world.later(days=1, hours=3)
    await made.mothers["李雷"].press("收到")
    await world.later(days=3)
    assert nudges(made.fathers["李雷"]) == []


async def test_where_tomorrow_is_too_late_both_are_asked_at_once(world: World) -> None:
    made = await ready_class(world)
    await send(made, "明天 8:00 前到校，请带水杯。")
    await world.until(19, 11)
    assert len(nudges(made.fathers["李雷"])) == len(nudges(made.mothers["李雷"])) == 1
    await world.later(days=3)
    assert len(nudges(made.fathers["李雷"])) == len(nudges(made.mothers["李雷"])) == 1


@pytest.mark.parametrize(
    ("marks", "mother", "father", "listed"),
    [
        ("[提醒 30分钟]", 1, 0, False),
        ("[提醒 30分钟][第二位 30分钟]", 1, 1, False),
        ("[提醒 30分钟][第二位 30分钟][名单 30分钟]", 1, 1, True),
        ("[nudge 30m] [second off] [list 30m]", 1, 0, True),
        ("[提醒 30分钟][第二位 关][名单 关]", 1, 0, False),
        ("[免催]", 0, 0, False),
    ],
)
async def test_each_step_is_the_notice_s_own(
    world: World, marks: str, mother: int, father: int, listed: bool
) -> None:
    made = await ready_class(world)
    post = await send(made, f"{marks}{TEXT}")
    assert "[" not in post.text
    for _ in range(7):
        await world.later(minutes=15)
    assert len(nudges(made.mothers["李雷"])) == mother and len(nudges(made.fathers["李雷"])) == father
    assert ("没有回音" in made.teacher.heard) is listed


async def test_a_wait_that_is_said_is_meant_literally_but_for_the_quiet_hours(world: World) -> None:
    made = await ready_class(world)
    await send(made, f"[提醒 3小时]{TEXT}")
    assert "13:00" in made.teacher.last.text
    await world.until(13, 1)
    assert len(nudges(made.mothers["李雷"])) == 1


async def test_a_wait_that_ends_in_the_night_ends_in_the_morning(world: World) -> None:
    made = await ready_class(world)
    await world.until(20)
    await send(made, f"[提醒 2小时]{TEXT}")
    await world.until(22, 1)
    assert nudges(made.mothers["李雷"]) == []
    await world.until(7, 1)
    assert len(nudges(made.mothers["李雷"])) == 1


async def test_each_step_is_a_setting(world: World) -> None:
    silent = World(world.database, Defaults(nudge_after=None))
    made = await ready_class(silent)
    await send(made)
    await silent.until(12, 11)
    await silent.until(12, 11)
    assert all(nudges(u) == [] for u in families(made))
    assert "没有回音" in made.teacher.heard  # the list comes when the reminder would have come


async def test_a_step_that_cannot_be_read_is_answered_with_how_to_write_it(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/通知 [提醒 很快] {TEXT}")
    assert "[提醒 6小时]" in made.teacher.last.text and TEXT in made.teacher.last.text
    assert made.teacher.buttons() == []


async def test_one_message_for_two_children(world: World) -> None:
    made = await ready_class(world)
    bind(made, made.mothers["李雷"], made.students["赵一"])
    post = await send(made)
    await world.later(days=1, hours=3)
    [told] = nudges(made.mothers["李雷"])
    assert "李雷" in told and "赵一" in told
    await made.mothers["李雷"].press("收到")
    assert label(post) == "✅ 收到 2/5"


async def test_several_notices_are_one_message(world: World) -> None:
    made = await ready_class(world)
    first = await send(made, "第一件事")
    second = await send(made, "第二件事")
    await made.mothers["王芳"].press("✅", where=world.group, on=first)
    await world.later(days=1, hours=3)
    [told] = nudges(made.mothers["李雷"])
    assert "第一件事" in told and "第二件事" in told
    [told] = nudges(made.mothers["王芳"])
    assert "第一件事" not in told and "第二件事" in told
    await made.mothers["李雷"].press("收到")
    assert (label(first), label(second)) == ("✅ 收到 2/5", "✅ 收到 1/5")


async def test_one_message_a_day_the_next_waits(world: World) -> None:
    made = await ready_class(world)
    await send(made, "第一件事")
    await world.until(6, 50)
    await made.teacher.in_private("/notice [urgent][免回] x")
    await made.teacher.press("取消")
    await world.until(7, 5)
    await send(made, "第二件事")  # asked for at 19:10, in the same message as the first at 12:10
    await world.until(12, 11)
    [told] = nudges(made.mothers["李雷"])
    assert "第一件事" in told and "第二件事" in told
    await world.until(19, 11)
    assert len(nudges(made.mothers["李雷"])) == 1
    await send(made, "12月10日开家长会")
    await world.until(12, 11)
    assert len(nudges(made.mothers["李雷"])) == 2


async def test_before_the_day_that_is_named(world: World) -> None:
    made = await ready_class(world)
    await send(made, "明天 8:00 前到校，请带水杯。")
    await world.until(19, 9)
    assert nudges(made.mothers["李雷"]) == []
    await world.until(19, 11)
    assert len(nudges(made.mothers["李雷"])) == 1


async def test_who_was_reminded_today_is_reminded_again_if_tomorrow_is_too_late(world: World) -> None:
    made = await ready_class(world)
    await send(made, "第一件事")
    await world.until(12, 30)
    await world.until(12, 30)
    await send(made, "明天 8:00 前到校，请带水杯。")
    await world.until(19, 11)
    assert len(nudges(made.mothers["李雷"])) == 2


async def test_who_was_reminded_today_waits_where_there_is_time(world: World) -> None:
    made = await ready_class(world)
    await send(made, "第一件事")
    await world.until(12, 30)
    await world.until(12, 30)
    assert len(nudges(made.mothers["李雷"])) == 1
    await send(made, "11月26日 8:00 前到校。")  # the nudge would go out at 19:10 the evening before
    await world.until(19, 11)
    assert len(nudges(made.mothers["李雷"])) == 1
    await world.until(12, 11)
    assert len(nudges(made.mothers["李雷"])) == 2


async def test_urgent_after_twenty_minutes_also_at_night(world: World) -> None:
    made = await ready_class(world)
    await world.until(22)
    await send(made, f"[紧急]{TEXT}")
    await world.later(minutes=19)
    assert nudges(made.mothers["李雷"]) == []
    await world.later(minutes=2)
    assert "紧急" in nudges(made.mothers["李雷"])[0]


async def test_short_patience_is_meant_literally_and_waits_for_the_morning(world: World) -> None:
    quick = World(world.database, Defaults(nudge_after=timedelta(minutes=30)))
    made = await ready_class(quick)
    await send(made)
    await quick.later(minutes=31)
    assert len(nudges(made.mothers["李雷"])) == 1
    await quick.until(20, 45)
    await send(made, "第二件事")
    await quick.until(21, 16)
    assert len(nudges(made.mothers["李雷"])) == 1
    await quick.until(7, 1)
    assert len(nudges(made.mothers["李雷"])) <= 2


async def test_who_confirms_in_the_night_is_not_reminded_in_the_morning(world: World) -> None:
    quick = World(world.database, Defaults(nudge_after=timedelta(minutes=30)))
    made = await ready_class(quick)
    await quick.until(20, 45)
    post = await send(made)
    await quick.until(21, 16)
    await made.fathers["李雷"].press("✅", where=quick.group, on=post)
    await quick.until(7, 1)
    assert nudges(made.mothers["李雷"]) == [] and nudges(made.fathers["李雷"]) == []
    assert len(nudges(made.mothers["王芳"])) == 1


@pytest.mark.parametrize("kind", ["voice", "photo"])
async def test_a_voice_message_or_a_photo_in_answer_counts(world: World, kind: str) -> None:
    made = await ready_class(world)
    post = await send(made)
    await world.later(days=1, hours=3)
    await made.mothers["李雷"].in_private("", files=[Attachment(kind, "f1")])
    assert label(post) == "✅ 收到 1/5" and kept(world) == [(made.students["李雷"], kind)]


async def test_a_photo_that_answers_nothing_is_no_receipt(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.mothers["李雷"].in_private("", files=[Attachment("photo", "f1")])
    assert label(post) == "✅ 收到 0/5"


@pytest.mark.parametrize("words", ["收到，谢谢老师", "好的", "ok", "知道了老师"])
async def test_an_answer_in_words_settles_the_nudge(world: World, words: str) -> None:
    made = await ready_class(world)
    first, second = await send(made, "第一件事"), await send(made, "第二件事")
    await world.later(days=1, hours=3)
    await made.mothers["李雷"].in_private(words)
    assert (label(first), label(second)) == ("✅ 收到 1/5", "✅ 收到 1/5")
    assert nudges(made.mothers["李雷"]) == [] and made.mothers["李雷"].buttons() == []


async def test_then_the_teacher_hears_who_is_missing(world: World) -> None:
    made = await ready_class(world)
    await send(made)
    await world.until(12, 11)
    await world.until(12, 11)
    posts = len(world.posted())
    await made.mothers["李雷"].press("收到")
    await world.until(12, 11)  # no second guardian is left to ask
    await world.later(minutes=1)
    told = made.teacher.last.text
    assert "还有 4 家没有回音" in told and "赵一（私信联系不上）" in told and "13800000000" in told
    assert "李雷" not in told and len(world.posted()) == posts


async def test_the_teacher_is_told_in_the_teacher_s_hours(world: World) -> None:
    made = await ready_class(world)
    await send(made, "明天 8:00 前到校。")
    await world.until(19, 11)
    await world.until(21, 30)
    assert "没有回音" not in made.teacher.heard
    await world.until(7, 1)
    assert "没有回音" in made.teacher.heard


async def test_nobody_is_reminded_of_what_is_withdrawn(world: World) -> None:
    made = await ready_class(world)
    await send(made)
    await made.teacher.press("撤回")
    await world.later(days=1, hours=3)
    assert all(nudges(u) == [] for u in families(made))
    await send(made)
    await world.until(12, 11)
    await world.until(12, 11)
    shown = made.mothers["李雷"].last
    token = shown.keys[0].token or ""
    await made.teacher.press("撤回")
    assert "已撤回" in shown.text and shown.keys == ()
    world.platform.press_token(made.mothers["李雷"].sender, made.mothers["李雷"].private, token)
    await world.settle()
    assert "撤回" in world.platform.toasts[-1][1]


async def test_after_a_correction_everybody_is_asked_anew(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.mothers["李雷"].press("✅", where=world.group)
    await world.later(days=1, hours=3)
    await made.teacher.press("更正")
    await made.teacher.in_private("请带室内鞋和水杯。")
    await made.teacher.press("发送")
    assert "更正" in await made.mothers["王芳"].press("收到")
    assert label(post) == "✅ 收到 0/5"
    await world.until(12, 11)
    assert "水杯" in nudges(made.mothers["李雷"])[-1] and "水杯" in nudges(made.mothers["王芳"])[-1]


async def test_everybody_has_confirmed(world: World) -> None:
    made = await ready_class(world)
    bind(made, made.mothers["王芳"], made.students["赵一"])
    await send(made)
    for name in ("张小明", "李雷", "韩梅梅", "王芳"):
        await made.mothers[name].press("✅", where=world.group)
    await world.later(days=3)
    assert all(nudges(u) == [] for u in families(made)) and "没有回音" not in made.teacher.heard


async def test_the_bot_was_away_when_families_should_have_been_reminded(world: World) -> None:
    made = await ready_class(world)
    await send(made)
    await world.later(days=2)
    assert all(nudges(u) == [] for u in families(made))
    await world.until(7, 1)
    assert "没有提醒" in made.teacher.heard


async def test_reminded_once_with_a_restart_in_between(world: World) -> None:
    made = await ready_class(world)
    await send(made)
    await world.later(days=1, hours=2, minutes=11)
    again = World(world.database)
    again.platform, again.time = world.platform, world.time
    await world.app.delivery.recover()
    await world.later(minutes=1)
    assert len(nudges(made.mothers["李雷"])) == 1


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        account = identity.find_account(records, "web", made.mothers["李雷"].sender.native)
        assert account is not None
        personal.wishes(records, account.person_id).language = "en"
    await send(made)
    await world.later(days=1, hours=3)
    assert "family of 李雷" in made.mothers["李雷"].last.text
    await made.mothers["李雷"].press("Got it")
    assert "noted as received" in made.mothers["李雷"].last.text


# --- the hour, the day ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "before", "due"),
    [
        ("23 10:00", None, "24 12:10"),
        ("23 20:00", None, "24 12:10"),
        ("23 07:00", None, "23 19:10"),
        ("23 07:11", None, "24 12:10"),
        ("23 10:00", 24, "23 19:10"),
        ("23 10:00", 25, "24 12:10"),
        ("23 18:00", 24, "23 19:10"),
        ("23 19:00", 24, "23 20:00"),
        ("23 22:00", 24, "24 07:00"),
        ("23 10:00", 23, "23 12:10"),
        ("23 15:00", 23, "23 16:00"),
    ],
)
def test_when_families_are_reminded(sent: str, before: int | None, due: str) -> None:
    now = datetime.strptime(f"2026-11-{sent}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    day = date(2026, 11, before) if before else None
    quiet = read_hours("21:00-07:00", ZONE)
    found = nudge_at(now, timedelta(hours=12), quiet, ZONE, before=day)
    assert f"{found.astimezone(ZONE):%d %H:%M}" == due


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("明天8:00前到校，带水杯", "11-24", "11-24"),
        ("12月1日到4日放假", "12-01", "12-04"),
        ("本周五下午家长会，周日交回执", "11-27", "11-27"),
        ("On Friday we meet", "11-27", "11-27"),
        ("上周五的照片，周六交", "11-28", "11-28"),
        ("三年级2班12月1日春游", "12-01", "12-01"),
        ("每周五大扫除", None, None),
        ("昨天的活动很成功", None, None),
        ("请带3-5本书，电话 13800000000", None, None),
        ("明年6月1日毕业", None, None),
    ],
)
def test_the_day_that_a_text_names(text: str, first: str | None, last: str | None) -> None:
    found = named_days(text, datetime(2026, 11, 23, 10, tzinfo=ZONE), ZONE)
    days = (f"{found.first:%m-%d}", f"{found.last:%m-%d}") if found else (None, None)
    assert days == (first, last)
