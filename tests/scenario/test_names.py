"""The rule on names: whose parent are you? Reminders in private, the neutral pointer, tags, mutes."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from bot.app import App
from bot.platforms.web import WebPlatform
from classroom.events import Right
from classroom.relations import Relation
from handlers.room import Defaults
from storage import guardians, identity
from storage.tables import Classroom, NameState, Violation
from tests.ready import ReadyClass, ready_class
from tests.world import ALL_RIGHTS, UNLIMITED, User, World

BARE = type("BarePlatform", (WebPlatform,), {"tag": None})
"""A platform on which members have names of the group's own, and bots set no tags."""


def without_tags(world: World) -> World:
    """The same world on a platform where the bot sets no tags."""
    made = BARE(world.now)
    assert isinstance(made, WebPlatform)
    world.platform = made
    world.app = App(world.database, [made], limits=UNLIMITED, now=world.now)
    world.group = made.group("-100", "三年级2班")
    return world


def muting(world: World) -> World:
    """The same world, where muting is switched on from the start."""
    world.app = App(
        world.database, [world.platform], defaults=Defaults(name_mute=True), limits=UNLIMITED, now=world.now
    )
    return world


def bind(c: ReadyClass, user: User, child: str, relation: Relation = Relation.MOTHER) -> None:
    """Bind somebody through storage, as if long ago."""
    with c.world.database.transaction() as records:
        account = identity.meet_account(records, "web", user.sender, c.world.now())
        guardians.link(
            records,
            c.id,
            c.students[child],
            account.person_id,
            relation,
            c.world.now(),
            state="active",
            how="",
        )


def done(world: World) -> list[str]:
    """What was really done about names, oldest first."""
    with world.database.transaction() as records:
        found = records.exec(select(Violation).where(Violation.rule == "name").order_by(col(Violation.id)))
        return [violation.done for violation in found]


def newcomer(world: World, name: str = "阳光下的猫", native: str = "77", *, reachable: bool = True) -> User:
    """Somebody in the group whose name says nothing."""
    user = world.someone(native, name)
    user.private.opened = reachable
    world.group.members.add(native)
    return user


# --- who conforms -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["张小明妈妈", "【张小明 · 妈妈】🌸", "张小明家长", "李雷的奶奶"])
async def test_an_account_name_that_conforms_is_accepted(world: World, name: str) -> None:
    await ready_class(world)
    user = newcomer(world, name)
    await user.in_group("大家好")
    assert user.inbox == [] and done(world) == []


async def test_who_is_bound_conforms_by_the_tag_and_teachers_need_none(world: World) -> None:
    c = await ready_class(world)
    cat = newcomer(world)
    bind(c, cat, "张小明")
    for user in (cat, c.teacher, c.subject_teacher):
        await user.in_group("大家好")
    assert cat.inbox == c.teacher.inbox == c.subject_teacher.inbox == [] and world.posted() == []


async def test_who_is_not_is_asked_in_private_to_come_in(world: World) -> None:
    await ready_class(world)
    cat = newcomer(world)
    await cat.in_group("大家好")
    assert "认领" in cat.last.text and "不用改名字" in cat.last.text and cat.buttons() == ["认领"]
    assert "张小明妈妈" in cat.last.text and world.posted() == [] and done(world) == ["nudged"]


async def test_every_three_days_at_most(world: World) -> None:
    await ready_class(world)
    cat = newcomer(world)
    for _ in range(3):
        await cat.in_group("大家好")
        await world.later(hours=20)
    assert len(cat.inbox) == 1
    await world.later(hours=20)
    await cat.in_group("大家好")
    assert len(cat.inbox) == 2 and done(world) == ["nudged", "nudged"]


async def test_not_in_quiet_hours(world: World) -> None:
    await ready_class(world)
    cat = newcomer(world)
    await world.until(23)
    await cat.in_group("还有人吗")
    assert cat.inbox == [] and done(world) == ["asked"]
    await world.until(7, 1)
    assert "认领" in cat.last.text and done(world) == ["nudged"]


async def test_a_name_that_was_changed_is_looked_at_anew(world: World) -> None:
    await ready_class(world)
    user = newcomer(world, "张小明妈妈")
    await user.in_group("大家好")
    world.platform.person("77", "阳光下的猫")
    user = User(world, world.platform.people["77"])
    await user.in_group("大家好")
    assert "认领" in user.last.text


async def test_a_waiting_reminder_is_taken_back_once_the_name_is_right(world: World) -> None:
    await ready_class(world)
    cat = newcomer(world)
    await world.until(23)
    await cat.in_group("还有人吗")
    world.platform.person("77", "张小明妈妈")
    await User(world, world.platform.people["77"]).in_group("改好了")
    await world.until(8)
    assert cat.inbox == []


async def test_nobody_can_conform_where_nobody_is_on_the_roster(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_private("/roster remove 张小明 李雷 韩梅梅 王芳 赵一")
    if c.teacher.buttons():
        await c.teacher.press(c.teacher.buttons()[0])
    cat = newcomer(world)
    await cat.in_group("大家好")
    assert cat.inbox == [] and done(world) == []


async def test_a_rule_that_is_off_asks_nobody(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_private("/rules name off")
    cat = newcomer(world)
    await cat.in_group("大家好")
    assert cat.inbox == []


# --- joining, and the daily sweep ----------------------------------------------------------------


async def test_the_greeting_asks_a_newcomer_once(world: World) -> None:
    await ready_class(world)
    cat = newcomer(world)
    world.platform.join(cat.sender, world.group)
    await world.settle()
    await cat.in_group("大家好")
    assert len(cat.inbox) == 1 and "认领" in cat.last.text


async def test_the_pointer_counts_and_names_nobody_once_a_day(world: World) -> None:
    await ready_class(world)
    for n in range(3):
        await newcomer(world, f"猫{n}", str(70 + n), reachable=False).in_group("大家好")
    assert world.posted() == []
    await world.until(18)
    await world.later(minutes=11)
    (post,) = world.posted()
    assert "3 位" in post.text and "猫" not in post.text and post.keys[0].label == "认领"
    await world.later(hours=1)
    await newcomer(world, "猫9", "79", reachable=False).in_group("大家好")
    await world.until(17)
    assert len(world.posted()) == 1
    await world.until(18)
    await world.later(minutes=11)
    assert "4 位" in world.posted()[1].text
    await world.until(18)
    await world.later(minutes=11)
    assert len(world.posted()) == 2  # all of them have been asked lately


async def test_the_sweep_reminds_who_writes_nothing(world: World) -> None:
    await ready_class(world)
    cat = newcomer(world)
    await cat.in_group("大家好")
    for _ in range(3):
        await world.until(18)
    await world.until(18)
    assert len(cat.inbox) == 2


async def test_who_has_left_is_not_counted(world: World) -> None:
    await ready_class(world)
    cat = newcomer(world, reachable=False)
    await cat.in_group("大家好")
    world.group.members.discard("77")
    await world.until(18)
    await world.later(minutes=11)
    assert world.posted() == []


async def test_a_tag_counts_only_while_it_is_the_bots(world: World) -> None:
    c = await ready_class(world)
    cat = newcomer(world)
    bind(c, cat, "张小明")
    await newcomer(world, "狗", "78").in_group("大家好")
    world.group.tags["77"] = "班长大人"
    await cat.in_group("大家好")
    await world.until(18)
    assert world.group.tags["77"] == "张小明妈妈" and "enforced" in done(world)
    before = len(done(world))
    await world.until(18)
    assert len([d for d in done(world) if d == "enforced"]) == 1 and before <= len(done(world))


async def test_the_tag_of_an_administrator_is_left_alone(world: World) -> None:
    c = await ready_class(world)
    cat = newcomer(world)
    bind(c, cat, "张小明")
    world.group.admins.add("77")
    await cat.in_group("大家好")
    await newcomer(world, "狗", "78").in_group("大家好")
    await world.until(18)
    assert done(world) == ["nudged"] and cat.inbox == []


# --- muting -------------------------------------------------------------------------------------


async def test_nobody_is_muted_unless_it_is_switched_on(world: World) -> None:
    await ready_class(world)
    cat = newcomer(world)
    await cat.in_group("大家好")
    for _ in range(5):
        await world.until(18)
    assert world.group.muted == set()


async def test_muted_after_the_grace_and_heard_again_at_once(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_private("/rules mute on")
    cat = newcomer(world, "张小明妈妈的朋友")
    await cat.in_group("大家好")
    assert "之后还没有写清" in cat.last.text
    await world.later(days=2)
    assert world.group.muted == set()
    for _ in range(2):
        await world.until(18)
    assert world.group.muted == {"77"} and "暂时不能发言" in cat.last.text
    assert done(world)[-1] == "enforced" and world.posted() == []
    await cat.in_private("/我是 张小明阿姨")
    await cat.press("没有，请老师确认")
    await cat.press("同意")
    await c.teacher.press("同意")
    assert world.group.muted == set() and "又可以发言" in cat.heard


async def test_who_gets_a_role_is_heard_again_at_once(world: World) -> None:
    muting(world)
    c = await ready_class(world)
    cat = newcomer(world)
    shown = await cat.in_group("大家好")
    await world.later(days=3, hours=1)
    await cat.in_group("怎么还没好")
    assert world.group.muted == {"77"}
    await c.teacher.in_group("/role 家委", reply_to=shown)
    assert world.group.muted == set()


async def test_switched_off_everybody_is_heard_again(world: World) -> None:
    muting(world)
    c = await ready_class(world)
    cat = newcomer(world)
    await cat.in_group("大家好")
    await world.later(days=3, hours=1)
    await cat.in_group("怎么还没好")
    assert world.group.muted == {"77"}
    await c.teacher.in_private("/群规 禁言 关")
    assert world.group.muted == set()


async def test_committee_and_teachers_are_never_muted(world: World) -> None:
    muting(world)
    c = await ready_class(world)
    for user in (c.committee, c.teacher, c.subject_teacher):
        await user.in_group("大家好")
    await world.later(days=4)
    for user in (c.committee, c.teacher, c.subject_teacher):
        await user.in_group("大家好")
    await world.until(18)
    assert world.group.muted == set() and "不能发言" not in c.committee.heard


async def test_a_mute_that_is_refused_is_not_recorded_as_done(world: World) -> None:
    muting(world)
    c = await ready_class(world)
    world.platform.add_bot(c.teacher.sender, world.group, ALL_RIGHTS - {Right.RESTRICT})
    cat = newcomer(world)
    await cat.in_group("大家好")
    await world.later(days=3, hours=1)
    await cat.in_group("大家好")
    assert world.group.muted == set() and done(world)[-1] == "unsupported"
    with world.database.transaction() as records:
        assert [s.state for s in records.exec(select(NameState))] == ["wrong"]
    await cat.in_group("大家好")
    assert done(world).count("unsupported") == 1


# --- where the bot sets no tags --------------------------------------------------------------------


async def test_the_exact_name_is_told_to_who_is_bound_in_private(world: World) -> None:
    c = await ready_class(without_tags(world))
    cat = newcomer(world)
    bind(c, cat, "张小明")
    await cat.in_group("大家好")
    assert "改成：张小明妈妈" in cat.last.text and world.posted() == []


async def test_to_others_only_the_pattern(world: World) -> None:
    await ready_class(without_tags(world))
    cat = newcomer(world)
    await cat.in_group("大家好")
    assert "王小红妈妈" in cat.last.text and "张小明" not in cat.last.text


async def test_muted_there_a_new_name_and_a_word_in_private_suffice(world: World) -> None:
    c = await ready_class(without_tags(world))
    await c.teacher.in_private("/rules mute on")
    cat = newcomer(world)
    await cat.in_group("大家好")
    await world.later(days=3, hours=1)
    await cat.in_group("大家好")
    assert world.group.muted == {"77"}
    world.platform.person("77", "张小明妈妈")
    await User(world, world.platform.people["77"]).in_private("改好了")
    assert world.group.muted == set() and "又可以发言" in cat.heard


async def test_in_english(world: World) -> None:
    c = await ready_class(world)
    with world.database.transaction() as records:
        row = records.get(Classroom, c.id)
        assert row is not None
        row.language = "en"
    cat = newcomer(world, reachable=True)
    await cat.in_group("Hello")
    assert "claim your child" in cat.last.text
    await newcomer(world, "dog", "78", reachable=False).in_group("Hello")
    await world.until(18)
    await world.later(minutes=11)
    assert "1 of us" in world.posted()[-1].text
