"""People have hours: what is not urgent waits, whatever happens to the bot meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.ports import TryAgain
from classroom.people import Role
from handlers.room import Room
from storage import classrooms, identity, queue
from storage.database import Records
from storage.tables import Person
from templates.render import Say
from tests.ready import ReadyClass, ready_class
from tests.world import User, World

SHANGHAI = ZoneInfo("Asia/Shanghai")


def person_of(records: Records, user: User) -> int:
    """The row of a user's person."""
    found = identity.find_account(records, "web", user.sender.native)
    assert found is not None
    return found.person_id


def room_in(records: Records, world: World, classroom: int) -> Room:
    """The room as a handler of this class has it now."""
    return Room(records, world.now(), world.app.instance, classrooms.get(records, classroom))


async def sends(world: World, made: ReadyClass, to: User, words: str, *, settle: bool = True) -> None:
    """Somebody tells `to` something that is not urgent."""
    with world.database.transaction() as records:
        room, person = room_in(records, world, made.id), person_of(records, to)
        text = Say("en").private("me.stopped", name=words)
        told = room.tell_person(person, text, quiet=room.hours_of(person))
        queue.store_effects(records, told, world.now(), event_id=None, classroom_id=made.id)
    if settle:
        await world.settle()


def read_at(world: World, made: ReadyClass, user: User) -> str:
    """When a user will see what is written now, as a sender is told."""
    with world.database.transaction() as records:
        room = room_in(records, world, made.id)
        moment = room.read_at(person_of(records, user))
        return Say("zh_CN").when(moment, room.zone, room.now) if moment else "now"


def at(world: World, hour: int, minute: int = 0) -> None:
    """Set the clock to a time of the first day in Shanghai, letting nothing happen."""
    world.time = datetime(2026, 11, 23, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("hour", "mother", "teacher"),
    [
        (6, "今天 07:00", "今天 07:00"),
        (7, "now", "now"),
        (19, "now", "now"),
        (20, "now", "明天（周二）07:00"),
        (21, "明天（周二）07:00", "明天（周二）07:00"),
    ],
)
async def test_by_default_parents_sleep_at_nine_and_teachers_are_off_at_eight(
    world: World, hour: int, mother: str, teacher: str
) -> None:
    made = await ready_class(world)
    at(world, hour)
    assert read_at(world, made, made.mothers["李雷"]) == mother
    assert read_at(world, made, made.teacher) == teacher
    assert read_at(world, made, made.subject_teacher) == teacher
    assert read_at(world, made, made.committee) == mother


async def test_what_is_due_in_the_evening_waits_for_the_morning(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    at(world, 22)
    await sends(world, made, mother, "WAITS")
    assert "WAITS" not in mother.heard
    await world.later(hours=8, minutes=59)
    assert "WAITS" not in mother.heard
    await world.later(minutes=1)
    assert "WAITS" in mother.heard


async def test_after_downtime_the_hours_hold_that_hold_now(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    at(world, 20, 30)
    await sends(world, made, mother, "WAITS", settle=False)  # and the machine goes down
    at(world, 23)
    await world.app.open()
    await world.settle()
    assert "WAITS" not in mother.heard
    await world.until(7)
    assert "WAITS" in mother.heard


async def test_what_waits_does_not_hold_up_an_answer_at_night(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    at(world, 20, 59)
    world.platform.fail_next("tell", TryAgain("down"))
    await sends(world, made, mother, "WAITS")
    at(world, 22)
    await world.settle()
    await mother.in_private("/help")
    assert "/help" in mother.last.text and "WAITS" not in mother.heard
    await world.until(7)
    assert "WAITS" in mother.heard


async def test_what_waited_comes_in_the_order_it_was_said(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    at(world, 22)
    for words in ("FIRST", "SECOND", "THIRD"):
        await sends(world, made, mother, words)
    await world.until(7)
    assert mother.heard.index("FIRST") < mother.heard.index("SECOND") < mother.heard.index("THIRD")


async def test_a_teacher_sets_when_families_may_write(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/我的 时间 06:30-18:00")
    assert "可联系时间：每天 06:30–18:00" in made.teacher.last.text and made.teacher.last.keys == ()
    at(world, 18)
    assert read_at(world, made, made.teacher) == "明天（周二）06:30"
    await made.teacher.in_private("/me")
    assert "可联系时间：每天 06:30–18:00" in made.teacher.last.text


async def test_a_parent_sets_quiet_hours(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me hours 22:30-06:00")
    assert "安静时间：每天 22:30–06:00" in mother.last.text and "06:00 再送" in mother.last.text
    at(world, 22)
    assert read_at(world, made, mother) == "now"
    at(world, 23)
    assert read_at(world, made, mother) == "明天（周二）06:00"


async def test_hours_that_look_turned_around_can_be_turned(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me hours 07:00-20:00")
    assert "安静时间：每天 07:00–20:00" in mother.last.text
    await mother.press("改成 20:00–07:00")
    assert "安静时间：每天 20:00–07:00" in mother.last.text and mother.last.keys == ()
    await made.teacher.in_private("/me hours 20:00-07:00")
    await made.teacher.press("改成 07:00–20:00")
    assert "可联系时间：每天 07:00–20:00" in made.teacher.last.text


@pytest.mark.parametrize("typed", ["/me hours off", "/我的 时间 关"])
async def test_hours_can_be_switched_off_and_back(world: World, typed: str) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    at(world, 23)
    await mother.in_private(typed)
    assert "随到随送" in mother.last.text
    assert read_at(world, made, mother) == "now"
    await mother.in_private("/me hours default")
    assert "21:00–07:00（按班级）" in mother.last.text
    assert read_at(world, made, mother) == "明天（周二）07:00"


async def test_hours_by_buttons_and_in_ones_own_words(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me")
    await mother.press("安静时间")
    await mother.press("20:00–08:00")
    assert "安静时间：每天 20:00–08:00" in mother.last.text
    await mother.press("安静时间")
    await mother.in_private("9点以后")
    assert "「9点以后」我没看懂" in mother.last.text
    await mother.in_private("22点到6点半")
    assert "安静时间：每天 22:00–06:30" in mother.last.text


@pytest.mark.parametrize(
    "typed", ["21:00-21:00", "25:00-07:00", "<b>21</b>", "每天晚上九点以后请不要打扰我好吗" * 9]
)
async def test_hours_that_cannot_be_read_are_refused(world: World, typed: str) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private(f"/me hours {typed}")
    assert typed[:40] in mother.last.text and "21:00-07:00" in mother.last.text
    await made.teacher.in_private(f"/me hours {typed}")
    assert "07:00-20:00" in made.teacher.last.text


async def test_who_teaches_here_and_is_a_parent_there_has_the_same_hours_in_both(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        other = classrooms.create(
            records,
            "一年级1班",
            world.now(),
            language="zh_CN",
            timezone="Asia/Shanghai",
            country="CN",
            by=None,
        ).id
        person = person_of(records, made.mothers["韩梅梅"])
        classrooms.grant(records, other, person, Role.TEACHER, world.now(), by=None)
    await made.mothers["韩梅梅"].in_private("/me hours 08:00-18:00")
    assert "可联系时间：每天 08:00–18:00" in made.mothers["韩梅梅"].last.text
    at(world, 19)
    for classroom in (made.id, other):
        with world.database.transaction() as records:
            quiet = room_in(records, world, classroom).quiet_of(person)
            assert quiet is not None and (quiet.start_text, quiet.end_text) == ("18:00", "08:00")


async def test_the_class_may_have_quiet_hours_of_its_own_or_none(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    at(world, 20)
    for wish, expected in (
        ("19:00-06:00", "明天（周二）06:00"),
        ("off", "now"),
        ("nonsense", "now"),
        (None, "now"),
    ):
        with world.database.transaction() as records:
            room = room_in(records, world, made.id)
            classrooms.change_setting(room.here, "quiet", wish)
        assert read_at(world, made, mother) == expected
    at(world, 22)
    with world.database.transaction() as records:
        classrooms.change_setting(room_in(records, world, made.id).here, "quiet", "nonsense")
    assert read_at(world, made, mother) == "明天（周二）07:00"


async def test_hours_are_those_of_the_classes_zone(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    with world.database.transaction() as records:
        room_in(records, world, made.id).here.timezone = "Europe/Berlin"
    at(world, 10)  # 03:00 in Berlin
    assert read_at(world, made, mother) == "今天 07:00"
    await sends(world, made, mother, "WAITS")
    await world.later(hours=3, minutes=59)
    assert "WAITS" not in mother.heard
    await world.later(minutes=1)
    assert "WAITS" in mother.heard


async def test_an_ended_teacher_has_a_parents_hours_again(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        person = person_of(records, made.subject_teacher)
        classrooms.end_role(records, made.id, person, world.now())
    at(world, 20, 30)
    assert read_at(world, made, made.subject_teacher) == "now"


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me language en")
    await mother.in_private("/me hours 22:00-06:30")
    assert "Quiet hours: 22:00–06:30 every day" in mother.last.text and "wait until 06:30" in mother.last.text
    await mother.in_private("/me hours whenever")
    assert "I could not read “whenever”" in mother.last.text
    with world.database.transaction() as records:
        row = records.get(Person, person_of(records, mother))
        assert row is not None and row.hours == "22:00-06:30"
