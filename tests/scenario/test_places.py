"""The bot is added, removed, gets and loses rights; people join and leave, open and close their doors."""

import pytest

from classroom.events import Right
from storage import identity
from storage.tables import Chat, Person
from tests.ready import ReadyClass, ready_class
from tests.world import ALL_RIGHTS, World

SOME = frozenset({Right.DELETE, Right.PIN})


def group_row(world: World) -> Chat:
    """What is kept of the group."""
    with world.database.transaction() as records:
        row = identity.find_chat(records, "web", world.group.native)
        assert row is not None
        records.expunge(row)
        return row


async def changed(world: World, rights: frozenset[Right]) -> None:
    """The bot's rights in the group become these."""
    world.platform.add_bot(world.someone("1", "群主").sender, world.group, rights)
    await world.settle()


# --- the bot ------------------------------------------------------------------------------------


async def test_added_to_a_group_it_says_who_it_is(world: World) -> None:
    await changed(world, SOME)
    (post,) = world.posted()
    assert "班务助手" in post.text and "/setup 三年级2班" in post.text and "读群里的消息" in post.text
    assert "限制成员、管理成员标签" in post.text and "删除消息" not in post.text
    assert set(group_row(world).rights) == {"delete", "pin"}


async def test_once_and_kept_true(world: World) -> None:
    await changed(world, frozenset())
    assert "请把我设为管理员" in world.posted()[0].text
    await changed(world, ALL_RIGHTS)
    (post,) = world.posted()
    assert "权限" not in post.text and post.edited


async def test_added_again_it_says_so_again(world: World) -> None:
    await changed(world, SOME)
    world.platform.remove_bot(world.someone("1", "群主").sender, world.group)
    await changed(world, SOME)
    assert len(world.posted()) == 2


async def test_a_lost_right_is_told_to_the_teacher_once(world: World) -> None:
    c = await ready_class(world)
    await changed(world, ALL_RIGHTS - {Right.DELETE})
    assert "没有这些管理员权限了：删除消息" in c.teacher.last.text and world.posted() == []
    heard = len(c.teacher.inbox)
    await changed(world, ALL_RIGHTS - {Right.DELETE})
    assert len(c.teacher.inbox) == heard
    await changed(world, ALL_RIGHTS)
    assert "又有了" in c.teacher.last.text and "权限齐了" in c.teacher.last.text
    assert c.mothers["李雷"].inbox == []


async def test_in_the_teachers_hours(world: World) -> None:
    c = await ready_class(world)
    await world.until(22)
    await changed(world, frozenset())
    assert c.teacher.inbox == []
    await world.until(7, 1)
    assert "置顶消息" in c.teacher.last.text


async def test_removed_and_added_again(world: World) -> None:
    c = await ready_class(world)
    world.platform.remove_bot(world.someone("1", "群主").sender, world.group)
    await world.settle()
    assert "移出" in c.teacher.last.text and not group_row(world).present
    await changed(world, SOME)
    assert "回到" in c.teacher.last.text and "限制成员" in c.teacher.last.text
    assert group_row(world).present and world.posted() == []


async def test_in_english(world: World) -> None:
    c = await ready_class(world)
    with world.database.transaction() as records:
        account = identity.find_account(records, "web", c.teacher.sender.native)
        person = records.get(Person, account.person_id) if account else None
        assert person is not None
        person.language = "en"
    await changed(world, SOME)
    assert "no longer have these administrator rights: restrict members, manage tags" in c.teacher.last.text


async def test_a_group_that_moves_keeps_its_class(world: World) -> None:
    c = await ready_class(world)
    moved = world.platform.migrate(world.group, "-1000000")
    await world.settle()
    await c.teacher.in_group("/setup", chat=moved)
    assert "4/5" in c.teacher.last.text and moved.visible[-1].text == "/setup"


async def test_though_the_new_place_was_seen_first(world: World) -> None:
    c = await ready_class(world)
    later = world.platform.group("-1000000", "三年级2班", rights=SOME)
    world.platform.add_bot(world.someone("1", "群主").sender, later, SOME)
    await world.settle()
    moved = world.platform.migrate(world.group, "-1000000")
    moved.rights = SOME
    await world.settle()
    await c.teacher.in_group("/setup", chat=moved)
    assert "4/5" in c.teacher.last.text and "限制成员" in c.teacher.last.text


async def test_a_closed_door_is_remembered_and_opened_again(world: World) -> None:
    c = await ready_class(world)
    world.platform.block(c.teacher.sender)
    await world.settle()
    await changed(world, SOME)
    assert c.teacher.inbox == []
    world.platform.block(c.teacher.sender, False)
    await world.settle()
    assert "限制成员" in c.teacher.last.text


# --- people -------------------------------------------------------------------------------------


async def joins(c: ReadyClass, native: str, name: str, *, opened: bool) -> None:
    """Somebody comes into the group."""
    user = c.world.someone(native, name)
    user.private.opened = opened
    if opened:
        await user.in_private("/start")
    c.world.platform.join(user.sender, c.world.group)
    await c.world.settle()


async def test_a_newcomer_is_told_in_private_once(world: World) -> None:
    c = await ready_class(world)
    await joins(c, "70", "新来的妈妈", opened=True)
    user = world.someone("70", "新来的妈妈")
    assert "读群里的消息" in user.last.text and "三年级2班" in user.last.text and world.posted() == []
    heard = len(user.inbox)
    world.platform.leave(user.sender, world.group)
    world.platform.join(user.sender, world.group)
    await world.settle()
    assert len(user.inbox) == heard


async def test_who_cannot_be_reached_finds_a_button_once_a_day(world: World) -> None:
    c = await ready_class(world)
    await joins(c, "70", "孙悟空爸爸", opened=False)
    await joins(c, "71", "猪八戒爸爸", opened=False)
    (post,) = world.posted()
    assert "孙悟空" not in post.text and [k.label for k in post.keys] == ["认领"]
    await world.later(days=1)
    await joins(c, "72", "沙和尚爸爸", opened=False)
    assert len(world.posted()) == 2
    user = world.someone("70", "孙悟空爸爸")
    await user.in_private("/start")
    assert "读群里的消息" in user.heard


async def test_at_night_nobody_is_called(world: World) -> None:
    c = await ready_class(world)
    await world.until(23)
    await joins(c, "70", "新来的妈妈", opened=False)
    assert world.posted() == []


async def test_before_a_class_is_there_newcomers_are_left_alone(world: World) -> None:
    user = world.someone("70", "新来的妈妈")
    world.platform.join(user.sender, world.group)
    await world.settle()
    assert world.posted() == [] and user.inbox == []


@pytest.mark.parametrize("who", ["mother", "teacher"])
async def test_who_leaves_keeps_what_is_theirs(world: World, who: str) -> None:
    c = await ready_class(world)
    user = c.mothers["李雷"] if who == "mother" else c.subject_teacher
    await user.in_group("大家好")
    world.platform.leave(user.sender, world.group)
    await world.settle()
    with world.database.transaction() as records:
        account = identity.find_account(records, "web", user.sender.native)
        chat = identity.find_chat(records, "web", world.group.native)
        assert account is not None and chat is not None
        member = identity.member(records, chat.id, account.id)
        assert member is not None and not member.present
        assert (who == "teacher") is bool(identity.roles_of(records, account.person_id, c.id))
        assert (who == "mother") is bool(identity.guardian_of(records, account.person_id, c.id))
    assert bool(c.teacher.inbox) is (who == "teacher")
