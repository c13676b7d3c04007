"""/rules: everybody reads them, the teacher changes them."""

import pytest

from classroom.events import Right
from storage.tables import Classroom
from tests.ready import ReadyClass, ready_class
from tests.world import ALL_RIGHTS, World


def setting(c: ReadyClass, name: str) -> object:
    """What the class has set."""
    with c.world.database.transaction() as records:
        room = records.get(Classroom, c.id)
        assert room is not None
        return room.settings.get(name)


async def english(c: ReadyClass) -> None:
    """The class speaks English from now on."""
    with c.world.database.transaction() as records:
        room = records.get(Classroom, c.id)
        assert room is not None
        room.language = "en"


@pytest.mark.parametrize("typed", ["/rules", "/群规", "、群规"])
async def test_anybody_reads_them_in_the_group(world: World, typed: str) -> None:
    c = await ready_class(world)
    await c.mothers["张小明"].in_group(typed)
    (post,) = world.posted()
    for part in ("三年级2班 群规", "谁的家长", "王小红妈妈", "学习、生活和成长", "不外传", "收到", "私下"):
        assert part in post.text
    assert "安静时间" not in post.text and "张小明" not in post.text
    assert "我在这里能：删除消息、限制成员、管理成员标签" in post.text and "还不能" not in post.text


async def test_anybody_reads_them_in_private_and_the_teacher_how_to_change_them(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["张小明"].in_private("/群规")
    assert "群规" in c.mothers["张小明"].last.text and len(c.mothers["张小明"].inbox) == 1
    await c.teacher.in_private("/群规")
    assert "/群规 词 加 砍一刀" in c.teacher.last.text and world.posted() == []


async def test_they_say_what_the_bot_cannot_do_here(world: World) -> None:
    c = await ready_class(world)
    world.platform.add_bot(c.teacher.sender, world.group, ALL_RIGHTS - {Right.DELETE})
    await world.settle()
    await c.mothers["李雷"].in_group("/群规")
    assert "还不能：删除消息" in world.posted()[-1].text


async def test_nobody_but_the_teacher_changes_them(world: World) -> None:
    c = await ready_class(world)
    for user in (c.mothers["李雷"], c.committee, c.subject_teacher):
        await user.in_private("/rules topics off")
        assert "由老师来定" in user.last.text
    await c.committee.in_group("/rules topics off")
    assert world.posted() == [] and setting(c, "topics") is None


@pytest.mark.parametrize(
    ("typed", "name", "value", "answer"),
    [
        ("/rules topics off", "topics", "off", "不管了"),
        ("/rules topics remind", "topics", "remind", "只私下提醒，不删除"),
        ("/群规 话题 删除", "topics", "delete", "撤下来"),
        ("、群规话题提醒", "topics", "remind", "只私下提醒"),
        ("/群规 话题：关", "topics", "off", "不管了"),
        ("/rules words add 砍一刀", "words_added", ["砍一刀"], "另外管的词：砍一刀"),
        ("/群规词加砍一刀 拼多多", "words_added", ["砍一刀", "拼多多"], "砍一刀、拼多多"),
        ("/rules words remove 优惠", "words_removed", ["优惠"], "不再管的词：优惠"),
        ("/群规 词 减 优惠", "words_removed", ["优惠"], "不再管的词：优惠"),
        ("/rules quiet 22:00-06:30", "quiet", "22:00-06:30", "22:00–06:30"),
        ("/群规 安静 晚上", None, None, "22:00-06:30"),
        ("/群规 安静 22点到6点半", "quiet", "22:00-06:30", "22:00–06:30"),
        ("/rules quiet off", "quiet", "off", "没有安静时间"),
        ("/rules quiet 默认", "quiet", None, "群里不设安静时间；21:00–07:00"),
        ("/rules name {class}{student}", "name_pattern", "{class}{student}", "三年级2班王小红"),
        ("/群规 名字 {学生}的{关系}", "name_pattern", "{student}的{relation}", "王小红的妈妈"),
        ("/rules name off", "name_pattern", "off", "怎么写都行"),
        ("/rules name default", "name_pattern", None, "王小红妈妈"),
        ("/rules acks collapse", "acks", "collapse", "收起来"),
        ("/群规 收到 收起", "acks", "collapse", "收起来"),
        ("/群规 收到 保留", "acks", None, "都留着"),
        ("/rules mute on", "name_mute", True, "先不能发言"),
        ("/群规 禁言 关", "name_mute", False, "不会因为名字"),
    ],
)  # fmt: skip
async def test_the_teacher_changes_one(
    world: World, typed: str, name: str | None, value: object, answer: str
) -> None:
    c = await ready_class(world)
    await c.teacher.in_private(typed)
    assert answer in c.teacher.last.text
    if name is not None:
        assert setting(c, name) == value


@pytest.mark.parametrize(
    ("typed", "example"),
    [
        ("/rules topics sometimes", "/群规 话题 删除"),
        ("/rules words 砍一刀", "/群规 词 加 砍一刀"),
        ("/rules words add", "/群规 词 加 砍一刀"),
        ("/rules words add 的", "2 到 20 个字"),
        ("/rules words add " + "长" * 21, "2 到 20 个字"),
        ("/rules quiet 25:00-07:00", "22:00-06:30"),
        ("/rules quiet 22:00", "22:00-06:30"),
        ("/rules name 家长", "{学生}{关系}"),
        ("/rules name {student}{student}", "{学生}{关系}"),
        ("/rules name {student}{phone}", "{学生}{关系}"),
        ("/rules name {student}" + "a" * 60, "{学生}{关系}"),
        ("/rules acks maybe", "收到 收起"),
        ("/rules mute maybe", "禁言 开"),
        ("/rules 什么", "话题、词、安静"),
        ("/rules <b>x</b>", "<b>x</b>"),
    ],
)
async def test_what_cannot_be_read_is_answered_with_an_example(
    world: World, typed: str, example: str
) -> None:
    c = await ready_class(world)
    await c.teacher.in_private(typed)
    assert example in c.teacher.last.text
    with world.database.transaction() as records:
        room = records.get(Classroom, c.id)
        assert room is not None and room.settings == {}


async def test_words_come_off_the_list_they_are_on(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_private("/rules words add 砍一刀 拼多多")
    await c.teacher.in_private("/rules words add 砍 一 刀")
    await c.teacher.in_private("/rules words remove 拼多多")
    assert setting(c, "words_added") == ["砍一刀"] and setting(c, "words_removed") is None
    await c.teacher.in_private("/rules words remove 砍一刀")
    assert "默认的词" in c.teacher.last.text and setting(c, "words_added") is None


async def test_a_change_typed_in_the_group_is_shown_there(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_group("/rules quiet 22:00-06:30")
    assert "22:00–06:30" in world.posted()[-1].text
    await c.teacher.in_group("/rules quiet whenever")
    assert len(world.posted()) == 1 and "例如" in c.teacher.last.text
    await c.mothers["李雷"].in_group("/群规")
    assert "安静时间 22:00–06:30" in world.posted()[-1].text


async def test_collapsing_is_announced_once(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_private("/rules acks collapse")
    await c.teacher.in_private("/rules acks collapse")
    (post,) = world.posted()
    assert "收起来" in post.text and "照样算数" in post.text


async def test_in_english(world: World) -> None:
    c = await ready_class(world)
    await english(c)
    await c.mothers["李雷"].in_group("/rules")
    post = world.posted()[-1].text
    assert "Rules of 三年级2班" in post and "Amy Green" in post and "I can: delete messages" in post
    await c.teacher.in_private("/rules topics remind")
    assert "only remind" in c.teacher.last.text
    await c.teacher.in_private("/rules quiet x")
    assert "for example" in c.teacher.last.text
    await c.mothers["李雷"].in_private("/rules topics off")
    assert "The teacher decides" in c.mothers["李雷"].last.text
