"""Appointments in the users' words: offered, taken, changed, exchanged, reminded of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar
from sqlmodel import select

from bot.app import App
from bot.platforms.web import BOT, Shown
from bot.ports import Failure, Refused
from storage import classrooms, identity
from storage.queue import DELIVERIES, load
from storage.tables import Classroom, Slot, StudentRow
from tests.families import more_families
from tests.ready import ReadyClass, ready_class
from tests.world import UNLIMITED, User, World

OFFER = "家长会 周六 14:00-15:15 每15分钟 @ 三楼办公室"
DAY = "11月28日（周六）"


async def offered(world: World, text: str = OFFER, **kinds: int) -> ReadyClass:
    """A class whose teacher has offered times."""
    made = await ready_class(world)
    more_families(made, kinds.get("families", 0))
    await made.teacher.in_private(f"/slots {text}")
    await made.teacher.press("发送")
    return made


def post(world: World) -> Shown:
    return world.posted()[0]


async def opens(user: User) -> None:
    """Come in by the button under the group's post."""
    key = next(k for k in post(user.world).keys if k.payload)
    await user.in_private(f"/start {key.payload}")


def times(user: User) -> list[str]:
    """The times that are offered on the newest card."""
    return [label for label in user.buttons() if ":" in label]


async def takes(user: User, time: str) -> str:
    await opens(user)
    return await user.press(time)


def files(user: User) -> list[str]:
    return [a.filename or "" for m in user.inbox for a in m.attachments]


def event(user: User) -> dict[str, str]:
    """The newest calendar file that reached somebody, by its fields."""
    ref = next(
        a.ref for m in reversed(user.inbox) for a in m.attachments if (a.filename or "").endswith("ics")
    )
    calendar = Calendar.from_ical(user.world.platform.files[ref])
    [found] = calendar.walk("VEVENT")
    return {
        "method": str(calendar["method"]),
        "uid": str(found["uid"]),
        "sequence": str(found["sequence"]),
        "start": f"{found.decoded('dtstart').astimezone(user.world.app_zone):%m-%d %H:%M}",
        "summary": str(found["summary"]),
        "location": str(found.get("location", "")),
        "status": str(found["status"]),
    }


def whose(world: World) -> dict[str, int | None]:
    """Which time is whose, as stored."""
    with world.database.transaction() as records:
        return {
            f"{s.starts_at.astimezone(world.app_zone):%H:%M}": s.student_id
            for s in records.exec(select(Slot))
        }


# --- offering ---------------------------------------------------------------------------------------


async def test_a_teacher_sees_it_first(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group(
        "/预约 家长会 周六 14:00-17:00 每15分钟 休息 15:00-15:15 @ 三楼办公室"
    )
    assert typed.removed and world.texts() == []
    seen = made.teacher.last.text
    for part in (
        "家长会",
        DAY,
        "14:00–15:00、15:15–17:00",
        "三楼办公室",
        "每次 15 分钟",
        "11月27日（周五）19:00",
        "一共 11 个时间",
    ):
        assert part in seen, part
    assert made.teacher.buttons() == ["发送", "取消"]
    await made.teacher.press("发送")
    assert [k.label for k in post(world).keys] == ["选时间"]
    assert "已约 0 家，还有 11 个时间" in post(world).text
    assert "第 1 号" in made.teacher.last.text


async def test_cancelled_is_not_offered(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/slots {OFFER}")
    await made.teacher.press("取消")
    assert "不发了" in made.teacher.last.text and world.texts() == []
    await made.teacher.in_private("/slots")
    assert "现在没有预约" in made.teacher.last.text


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        row = records.get(Classroom, made.id)
        assert row is not None
        row.language = "en"
    await made.teacher.in_private("/slots Parents' talks Sat 2pm-3pm every 20 minutes @ Room 3")
    assert "Parents&#39; talks" not in made.teacher.last.text and "Sat 28 Nov" in made.teacher.last.text
    assert "not a time for each" in made.teacher.last.text
    await made.teacher.press("Send")
    assert "0 families have a time; 3 are free" in post(world).text
    mother = made.mothers["李雷"]
    await takes(mother, "14:20")
    assert "Your time: Sat 28 Nov 14:20–14:40" in mother.heard
    assert event(mother)["summary"] == "Parents' talks · 三年级2班"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("家长会", "几点到几点，我没找到"),
        ("家长会 14:00-17:00", "哪一天，我没找到"),
        ("家长会 2026-11-05 14:00-17:00", "已经过了"),
        ("家长会 2月30日 14:00-17:00", "日历上没有这一天"),
        ("家长会 周六 2:00-5:00", "24 小时制"),
        ("家长会 周六 17:00-14:00", "晚于开始"),
        ("家长会 周六 14:00-17:00 每3分钟", "5 到 180 分钟"),
        ("家长会 周六 14:00-14:10", "一家也排不下"),
        ("家长会 周六 8:00-20:00 每5分钟", "最多 60 个"),
        ("家" * 41 + " 周六 14:00-17:00", "最多 40 个字"),
        ("家长会 周六 14:00-17:00 @ " + "楼" * 61, "最多 60 个字"),
        ("[截止 昨天] 家长会 周六 14:00-17:00", "已经过了"),
        ("[截止 下周日] 家长会 周六 14:00-17:00", "早于第一个时间"),
        ("[截止 月圆] 家长会 周六 14:00-17:00", "我没看懂"),
        ("[匿名] 家长会 周六 14:00-17:00", "只能写截止时间"),
        ("家长会 2027-11-05 14:00-17:00", "半年"),
    ],
)
async def test_what_is_wrong_is_said_with_an_example(world: World, text: str, answer: str) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/slots {text}")
    assert answer in made.teacher.last.text and world.texts() == []


async def test_one_question_leads_to_the_line(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/slots")
    await made.teacher.press("安排一场")
    await made.teacher.in_private("家长会 14:00-17:00")
    assert "哪一天" in made.teacher.last.text
    await made.teacher.in_private("家长会 周六 14:00-17:00")
    assert made.teacher.buttons() == ["发送", "取消"]


async def test_a_title_that_shames_a_child_is_held_back(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group("/slots 未交作业：李雷、韩梅梅 周六 14:00-15:00")
    assert typed.removed and world.texts() == []
    assert "当众说" in made.teacher.last.text and "改为私信" in made.teacher.buttons()


async def test_only_teachers_offer_times(world: World) -> None:
    made = await ready_class(world)
    for user in (made.committee, made.subject_teacher):
        await user.in_private(f"/slots {OFFER}")
        assert "还用不了" in user.last.text
    await made.mothers["李雷"].in_private(f"/slots {OFFER}")
    assert "没有可以预约的面谈" in made.mothers["李雷"].last.text and world.texts() == []


async def test_at_night_it_waits_for_the_morning(world: World) -> None:
    made = await ready_class(world)
    await world.until(21, 30)
    await made.teacher.in_private(f"/slots {OFFER}")
    assert "安静时间" in made.teacher.last.text
    await made.teacher.press("发送")
    assert world.texts() == []
    await made.teacher.in_private("/schedule")
    assert "把「家长会」的预约发到群里" in made.teacher.last.text
    await world.until(7)
    assert "家长会" in post(world).text


async def test_what_did_not_reach_the_group_is_called_off(world: World) -> None:
    made = await ready_class(world)
    world.platform.fail_next("post", Refused(Failure.NOT_ALLOWED))
    await made.teacher.in_private(f"/slots {OFFER}")
    await made.teacher.press("发送")
    assert "没能发到群里" in made.teacher.last.text
    await made.mothers["李雷"].in_private("/预约")
    assert "没有可以预约的面谈" in made.mothers["李雷"].last.text


async def test_a_preview_that_lay_too_long_offers_nothing(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/slots {OFFER}")
    await world.later(days=6)
    await made.teacher.press("发送")
    assert "已经过了" in made.teacher.last.text and world.texts() == []


async def test_a_role_that_ended_sends_no_draft(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/slots {OFFER}")
    with world.database.transaction() as records:
        account = identity.find_account(records, "web", made.teacher.sender.native)
        assert account is not None
        classrooms.end_role(records, made.id, account.person_id, world.now())
    await made.teacher.press("发送")
    assert world.texts() == [] and "现在用不了" in made.teacher.last.text


# --- choosing ---------------------------------------------------------------------------------------


async def test_a_family_chooses_in_private_and_gets_a_calendar_file(world: World) -> None:
    made = await offered(world)
    mother = made.mothers["李雷"]
    await opens(mother)
    assert times(mother) == ["14:00", "14:15", "14:30", "14:45", "15:00"]
    assert await mother.press("14:15") == "约好了：14:15"
    assert f"您家的时间：{DAY}14:15–14:30" in mother.heard and "三楼办公室" in mother.heard
    assert event(mother) | {"uid": "", "sequence": ""} == {
        "method": "PUBLISH",
        "uid": "",
        "sequence": "",
        "start": "11-28 14:15",
        "summary": "家长会 · 三年级2班",
        "location": "三楼办公室",
        "status": "CONFIRMED",
    }
    assert "另一位家长约好了" in made.fathers["李雷"].last.text and files(made.fathers["李雷"]) == [
        "预约-1.ics"
    ]
    await world.later(seconds=5)
    assert "已约 1 家，还有 4 个时间" in post(world).text


async def test_nobody_sees_who_has_which(world: World) -> None:
    made = await offered(world)
    await takes(made.mothers["李雷"], "14:15")
    await opens(made.mothers["韩梅梅"])
    assert times(made.mothers["韩梅梅"]) == ["14:00", "14:30", "14:45", "15:00"]
    assert "李雷" not in made.mothers["韩梅梅"].heard
    await world.later(days=7)
    assert not any("李雷" in text for text in world.texts())
    calendars = [str(event(u)) for u in (made.mothers["李雷"], made.fathers["李雷"])]
    assert not any("李雷" in text for text in calendars)


async def test_two_at_once_and_one_gets_it(world: World) -> None:
    made = await offered(world)
    first, second = made.mothers["李雷"], made.mothers["韩梅梅"]
    for user in (first, second):
        await opens(user)
    for user in (first, second):
        shown = next(m for m in reversed(user.private.visible) if m.keys)
        world.platform.press(user.sender, user.private, shown, "14:15")
    await world.settle()
    assert whose(world)["14:15"] == made.students["李雷"]
    assert [text for _, text in world.platform.toasts[-2:]] == [
        "约好了：14:15",
        "这个时间刚刚被约走了，请看看其余的。",
    ]
    assert "被另一家先约走了" in second.last.text and times(second) == ["14:00", "14:30", "14:45", "15:00"]
    await second.press("14:30")
    assert whose(world)["14:30"] == made.students["韩梅梅"]


async def test_a_family_has_one_time_and_may_change_it(world: World) -> None:
    made = await offered(world)
    mother, father = made.mothers["李雷"], made.fathers["李雷"]
    await takes(mother, "14:15")
    first = event(mother)
    await world.later(minutes=5)
    await mother.press("换个时间")
    assert "您家现在是 14:15" in mother.last.text or "您家现在是 14:15" in mother.heard
    await mother.press("15:00")
    assert [time for time, student in whose(world).items() if student] == ["15:00"]
    again = event(mother)
    assert again["uid"] == first["uid"] and int(again["sequence"]) > int(first["sequence"])
    assert "换成了：" in father.last.text
    await opens(father)
    assert f"{DAY}15:00" in father.last.text
    await father.press("换个时间")
    await father.press("返回")
    assert "您家的时间" in father.last.text


async def test_who_was_faster_leaves_one_what_one_had(world: World) -> None:
    made = await offered(world)
    mother = made.mothers["李雷"]
    await takes(mother, "14:15")
    await mother.press("换个时间")
    await takes(made.mothers["韩梅梅"], "14:30")
    assert await mother.press("14:30") == "这个时间刚刚被约走了，请看看其余的。"
    assert "您家原来的 14:15 还留着" in mother.heard
    assert whose(world)["14:15"] == made.students["李雷"]


async def test_it_is_given_back_after_a_question(world: World) -> None:
    made = await offered(world)
    mother = made.mothers["李雷"]
    await takes(mother, "14:15")
    await mother.press("来不了")
    await mother.press("还是保留")
    assert whose(world)["14:15"] == made.students["李雷"]
    await mother.press("来不了")
    await mother.press("取消预约")
    assert whose(world)["14:15"] is None
    assert event(mother)["method"] == "CANCEL" and event(mother)["status"] == "CANCELLED"
    assert "取消了" in made.fathers["李雷"].last.text
    assert "李雷" not in made.teacher.heard  # while others may choose, the list says it
    await mother.press("看我家的预约")
    assert times(mother) == ["14:00", "14:15", "14:30", "14:45", "15:00"]


async def test_who_has_no_child_here_is_told_how_to_claim(world: World) -> None:
    made = await offered(world)
    for user in (made.stranger, made.mothers["赵一"]):
        await opens(user)
        assert "/认领" in user.last.text and times(user) == []


async def test_a_parent_asks_in_the_group_and_is_answered_in_private(world: World) -> None:
    made = await offered(world)
    before = len(world.posted())
    await made.mothers["李雷"].in_group("/预约")
    assert times(made.mothers["李雷"]) and len(world.posted()) == before


async def test_when_all_is_taken_it_is_said(world: World) -> None:
    made = await offered(world, "家长会 周六 14:00-14:30 每15分钟")
    await takes(made.mothers["李雷"], "14:00")
    await takes(made.mothers["韩梅梅"], "14:15")
    await opens(made.mothers["王芳"])
    assert "都约满了" in made.mothers["王芳"].last.text and "/留言" in made.mothers["王芳"].last.text
    await world.later(seconds=5)
    assert "时间都约满了" in post(world).text


async def test_forged_and_old_buttons_do_nothing(world: World) -> None:
    made = await offered(world)
    mother, stranger = made.mothers["李雷"], made.stranger
    await opens(mother)
    shown = next(m for m in reversed(mother.private.visible) if m.keys)
    token = str(shown.keys[0].token)
    stranger.private.opened = True
    for text in (token, "nonsense"):
        world.platform.press_token(stranger.sender, stranger.private, text)
    await world.settle()
    assert set(whose(world).values()) == {None}
    await world.until(19)
    await world.later(days=4)
    world.platform.press_token(mother.sender, mother.private, token, shown.ref)
    await world.settle()
    assert set(whose(world).values()) == {None}
    assert "选时间已经截止" in mother.heard


async def test_a_child_that_has_left_leaves_its_time_to_others(world: World) -> None:
    made = await offered(world)
    await takes(made.mothers["李雷"], "14:15")
    with world.database.transaction() as records:
        row = records.get(StudentRow, made.students["李雷"])
        assert row is not None
        row.removed_at = world.now()
    await opens(made.mothers["韩梅梅"])
    assert "14:15" in times(made.mothers["韩梅梅"])
    await made.mothers["韩梅梅"].press("14:15")
    assert whose(world)["14:15"] == made.students["韩梅梅"]


async def test_whoever_is_erased_leaves_the_time_to_the_family(world: World) -> None:
    made = await offered(world)
    mother, father = made.mothers["李雷"], made.fathers["李雷"]
    await takes(mother, "14:15")
    await mother.in_private("/me export")
    assert '"by_me": true' in exported_text(mother) and "2026-11-28T14:15" in exported_text(mother)
    await mother.in_private("/me erase")
    await mother.press("确认删除")
    assert whose(world)["14:15"] == made.students["李雷"]
    with world.database.transaction() as records:
        assert {row.person_id for row in records.exec(select(Slot))} == {None}
    await opens(father)
    assert f"{DAY}14:15" in father.last.text


def exported_text(user: User) -> str:
    """The file that the bot sent last."""
    [file] = user.last.attachments
    return user.world.platform.files[file.ref].decode()


# --- changing places --------------------------------------------------------------------------------


async def test_two_families_change_places_and_neither_hears_a_name(world: World) -> None:
    made = await offered(world)
    asks, asked = made.mothers["李雷"], made.mothers["韩梅梅"]
    await takes(asks, "14:00")
    await takes(asked, "15:00")
    await asks.press("换个时间")
    await asks.press("问问别家")
    assert times(asks) == ["15:00"]
    await asks.press("15:00")
    assert "没有说是您" in asks.heard
    assert "14:00" in asked.last.text and "李雷" not in asked.last.text
    assert asked.buttons() == ["可以换", "不方便"]
    await asked.press("可以换")
    assert whose(world)["15:00"] == made.students["李雷"] and whose(world)["14:00"] == made.students["韩梅梅"]
    assert f"{DAY}15:00" in asks.last.text and event(asks)["start"] == "11-28 15:00"
    assert event(asked)["start"] == "11-28 14:00"
    assert "和另一家换好了" in made.fathers["李雷"].last.text
    assert "李雷" not in asked.heard and "韩梅梅" not in asks.heard


async def test_a_family_that_will_not_change_is_not_asked_again(world: World) -> None:
    made = await offered(world)
    asks, asked = made.mothers["李雷"], made.mothers["韩梅梅"]
    await takes(asks, "14:00")
    await takes(asked, "15:00")
    await asks.press("换个时间")
    await asks.press("问问别家")
    await asks.press("15:00")
    await asked.press("不方便")
    assert "不方便换" in asks.last.text and whose(world)["14:00"] == made.students["李雷"]
    await asks.press("看我家的预约")
    await asks.press("换个时间")
    await asks.press("问问别家")
    assert times(asks) == [] and "没有可以问的时间" in asks.heard


async def test_a_question_that_was_withdrawn_or_overtaken_is_void(world: World) -> None:
    made = await offered(world)
    asks, asked, third = (made.mothers[n] for n in ("李雷", "韩梅梅", "王芳"))
    for user, time in ((asks, "14:00"), (asked, "15:00"), (third, "14:45")):
        await takes(user, time)
    await asks.press("换个时间")
    await asks.press("问问别家")
    await asks.press("15:00")
    question = asked.last
    await asks.press("不问了")
    assert "已经不需要换了" in question.text and not question.keys
    await asks.press("换个时间")
    await asks.press("问问别家")
    await asks.press("14:45")
    question = third.last
    await opens(third)
    await third.press("换个时间")
    await third.press("14:30")
    await third.press("可以换", on=question)
    assert "不作数" in question.text and whose(world)["14:00"] == made.students["李雷"]


async def test_nobody_is_asked_in_the_quiet_hours(world: World) -> None:
    made = await offered(world)
    asks, asked = made.mothers["李雷"], made.mothers["韩梅梅"]
    await takes(asks, "14:00")
    await takes(asked, "15:00")
    await world.until(21, 30)
    heard = len(asked.inbox)
    await asks.press("换个时间")
    await asks.press("问问别家")
    await asks.press("15:00")
    assert len(asked.inbox) == heard
    await world.until(7)
    assert asked.buttons() == ["可以换", "不方便"]


# --- the clock --------------------------------------------------------------------------------------


async def test_reminders_come_the_evening_before_and_an_hour_before(world: World) -> None:
    made = await offered(world)
    mother, other = made.mothers["李雷"], made.mothers["韩梅梅"]
    await takes(mother, "14:15")
    await takes(other, "15:00")
    await to(world, "2026-11-27 19:09")
    assert "提醒您：" not in mother.heard
    await to(world, "2026-11-27 19:10")
    assert mother.heard.count("提醒您：") == 1 and f"{DAY}14:15" in mother.last.text
    assert "提醒您：" not in made.fathers["李雷"].heard  # who has taken it is reminded, one a family
    assert "提醒您：" not in made.mothers["王芳"].heard
    await to(world, "2026-11-28 13:15")
    assert mother.heard.count("就快到了") == 1 and "就快到了" not in other.heard
    await to(world, "2026-11-28 14:00")
    assert other.heard.count("就快到了") == 1
    await to(world, "2026-11-29 09:00")
    assert mother.heard.count("就快到了") == 1 and mother.heard.count("提醒您：") == 1


async def test_early_in_the_morning_the_evening_before_is_enough(world: World) -> None:
    made = await offered(world, "早谈 周六 7:30-8:00 每15分钟")
    mother = made.mothers["李雷"]
    await takes(mother, "07:30")
    await to(world, "2026-11-27 19:10")
    assert "提醒您：" in mother.last.text
    await to(world, "2026-11-28 06:30")
    await to(world, "2026-11-28 07:29")
    assert "就快到了" not in mother.heard


async def test_whoever_keeps_the_evening_free_is_reminded_at_noon(world: World) -> None:
    made = await offered(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/我的 时间 18:00-08:00")
    await takes(mother, "14:15")
    await to(world, "2026-11-27 12:10")
    assert mother.heard.count("提醒您：") == 1
    await to(world, "2026-11-27 19:10")
    assert mother.heard.count("提醒您：") == 1 and "提醒您：" not in made.fathers["李雷"].heard


async def test_what_was_given_back_is_not_reminded_of(world: World) -> None:
    made = await offered(world)
    mother = made.mothers["李雷"]
    await takes(mother, "14:15")
    await mother.press("来不了")
    await mother.press("取消预约")
    await to(world, "2026-11-29 09:00")
    assert "提醒您：" not in mother.heard and "就快到了" not in mother.heard


async def test_after_a_standstill_the_reminder_is_caught_up(world: World) -> None:
    made = await offered(world)
    mother = made.mothers["李雷"]
    await takes(mother, "15:00")
    world.time = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)  # down since before the evening, up at 9:00
    world.app = App(world.database, [world.platform], limits=UNLIMITED, now=world.now, clock=world.clock)
    await world.app.tick()
    await world.settle()
    assert mother.heard.count("提醒您：") == 1
    assert "选时间截止了" in made.teacher.heard


async def test_families_without_a_time_are_reminded_once(world: World) -> None:
    made = await offered(world)
    await takes(made.mothers["李雷"], "14:15")
    await to(world, "2026-11-27 18:59")
    asked = made.mothers["韩梅梅"]
    assert times(asked) == ["14:00", "14:30", "14:45", "15:00"] and len(asked.inbox) == 1
    assert len(made.mothers["李雷"].inbox) == 2  # the card and the calendar file
    listed = next(m.text for m in made.teacher.inbox if "私下提醒了" in m.text)
    assert "赵一（还没有家长认领）" in listed and "13800000000" in listed and "14:15　李雷" in listed
    await asked.press("14:30")
    assert whose(world)["14:30"] == made.students["韩梅梅"]


async def test_the_other_guardian_is_reminded_to_choose_where_the_first_has_not(world: World) -> None:
    made = await offered(world)
    await takes(made.mothers["王芳"], "14:15")
    mother, father = made.mothers["李雷"], made.fathers["李雷"]
    while not mother.inbox:
        await world.later(hours=1)
    assert father.inbox == [] and len(made.mothers["王芳"].inbox) == 2
    await to(world, "2026-11-27 18:59")
    assert len(mother.inbox) == 1 and len(father.inbox) == 1 and times(father)


async def test_the_close_brings_the_list_to_the_teacher(world: World) -> None:
    made = await offered(world)
    mother = made.mothers["李雷"]
    await takes(mother, "14:15")
    await to(world, "2026-11-27 19:00")
    last = made.teacher.last
    assert "14:15　李雷" in last.text and "赵一" in last.text
    [paper] = last.attachments
    assert (paper.filename or "").endswith(".pdf") and world.platform.files[paper.ref].startswith(b"%PDF")
    await world.later(seconds=5)
    assert "已经截止" in post(world).text and not post(world).keys
    await mother.in_private("/预约")
    assert mother.buttons() == ["来不了"]
    await mother.press("来不了")
    await mother.press("取消预约")
    assert "李雷家来不了了" in made.teacher.last.text or "李雷家来不了了" in made.teacher.heard
    await made.mothers["韩梅梅"].in_private("/预约")
    assert "选时间已经截止" in made.mothers["韩梅梅"].last.text


async def to(world: World, moment: str) -> None:
    """Turn the clock to this moment in Shanghai, an hour at a time."""
    target = datetime.fromisoformat(moment).replace(tzinfo=world.app_zone).astimezone(UTC)
    while world.time < target:
        step = min(target, world.time + timedelta(hours=1))
        world.time = step
        await world.app.tick()
        await world.settle()


# --- the teacher's hands ----------------------------------------------------------------------------


async def test_the_teacher_moves_a_family(world: World) -> None:
    made = await offered(world)
    mother = made.mothers["李雷"]
    await takes(mother, "14:15")
    await made.teacher.in_private("/slots 1")
    assert made.teacher.buttons() == ["打印名单", "改动一家", "替一家约", "整场取消"]
    await made.teacher.press("改动一家")
    await made.teacher.press("14:15 李雷")
    assert "换到哪个时间" in made.teacher.heard
    assert await made.teacher.press("15:00") == "办好了，已经告诉这一家。"
    assert whose(world)["15:00"] == made.students["李雷"] and "15:00　李雷" in made.teacher.heard
    assert "老师把您家的时间调整到了" in mother.last.text and event(mother)["start"] == "11-28 15:00"
    await to(world, "2026-11-28 14:00")
    assert mother.heard.count("就快到了") == 1


async def test_the_teacher_books_for_a_family_that_rang_up(world: World) -> None:
    made = await offered(world)
    await made.teacher.in_private("/slots 1")
    await made.teacher.press("替一家约")
    assert "赵一" in made.teacher.buttons()
    await made.teacher.press("王芳")
    await made.teacher.press("14:00")
    assert whose(world)["14:00"] == made.students["王芳"]
    assert "老师替您家约好了" in made.mothers["王芳"].last.text


async def test_the_teacher_takes_a_family_out(world: World) -> None:
    made = await offered(world)
    mother = made.mothers["李雷"]
    await takes(mother, "14:15")
    await made.teacher.in_private("/slots 1")
    await made.teacher.press("改动一家")
    await made.teacher.press("14:15 李雷")
    await made.teacher.press("取消这一家")
    assert whose(world)["14:15"] is None and "老师取消了您家" in mother.last.text
    assert event(mother)["method"] == "CANCEL"
    await mother.press("看我家的预约")
    assert "14:15" in times(mother)


async def test_taken_out_after_the_close_nobody_is_asked_to_choose_again(world: World) -> None:
    made = await offered(world)
    mother = made.mothers["李雷"]
    await takes(mother, "14:15")
    await to(world, "2026-11-27 19:05")
    await made.teacher.in_private("/slots 1")
    await made.teacher.press("改动一家")
    await made.teacher.press("14:15 李雷")
    await made.teacher.press("取消这一家")
    assert "已经不能再选时间了" in mother.last.text and "另选时间" not in mother.last.text
    assert mother.last.keys == () and "/留言" in mother.last.text


async def test_the_whole_is_called_off(world: World) -> None:
    made = await offered(world)
    mother = made.mothers["李雷"]
    await takes(mother, "14:15")
    await made.teacher.in_private("/slots 1")
    await made.teacher.press("整场取消")
    await made.teacher.press("返回")
    await made.teacher.press("整场取消")
    assert "1 家都会收到消息" in made.teacher.heard
    await made.teacher.press("确定")
    await world.later(seconds=5)
    assert "取消了" in post(world).text and not post(world).keys
    assert "不用来了" in mother.last.text and event(mother)["method"] == "CANCEL"
    heard = len(mother.inbox)
    await to(world, "2026-11-29 09:00")
    assert len(mother.inbox) == heard
    await made.teacher.in_private("/slots 1")
    assert "已经取消" in made.teacher.last.text


async def test_the_list_is_printed(world: World) -> None:
    made = await offered(world)
    await takes(made.mothers["李雷"], "14:15")
    await made.teacher.in_group("/slots 打印 1")
    [paper] = made.teacher.last.attachments
    assert world.platform.files[paper.ref].startswith(b"%PDF")
    assert not any(m.attachments for m in world.posted())
    await made.teacher.in_private("/slots 9")
    assert "没有第 9 号预约" in made.teacher.heard


async def test_in_the_group_the_list_stays_private(world: World) -> None:
    made = await offered(world)
    await takes(made.mothers["李雷"], "14:15")
    await world.later(seconds=5)
    before = world.texts()
    typed = await made.teacher.in_group("/slots 1")
    assert [t for t in world.texts() if t != typed.text] == before and "李雷" in made.teacher.last.text


async def test_a_parent_cannot_use_the_teachers_buttons(world: World) -> None:
    made = await offered(world)
    mother = made.mothers["李雷"]
    await takes(mother, "14:15")
    await made.teacher.in_private("/slots 1")
    shown = made.teacher.last
    for key in shown.keys:
        world.platform.press_token(mother.sender, mother.private, str(key.token), shown.ref)
    await world.settle()
    assert "韩梅梅" not in mother.heard and whose(world)["14:15"] == made.students["李雷"]


async def test_no_group_ever_gets_a_name_or_a_calendar_file(world: World) -> None:
    made = await offered(world)
    await takes(made.mothers["李雷"], "14:15")
    await to(world, "2026-11-29 09:00")
    with world.database.transaction() as records:
        rows = records.connection().execute(DELIVERIES.select()).mappings().all()
        groups = [row for row in rows if row["chat_kind"] == "group" and row["payload"]]
    assert groups and not any("李雷" in row["payload"] for row in groups)
    assert not any(getattr(load(row["payload"])[0], "files", ()) for row in groups)
    assert not any(m.attachments for m in world.group.visible if m.by == BOT)
