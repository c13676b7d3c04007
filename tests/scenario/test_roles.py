"""Teachers say who is what: given, told, ended, handed over."""

from dataclasses import replace

import pytest

from classroom.events import Sender, SenderKind
from classroom.people import Role
from classroom.text import PrivateStr
from handlers.roles_reading import Wish, read_role
from storage import classrooms, drafts, identity
from tests.ready import ReadyClass, ready_class
from tests.world import START, User, World

TODAY = START.date()


def roles_of(c: ReadyClass, user: User) -> set[Role]:
    """What somebody is in the class now."""
    with c.world.database.transaction() as records:
        account = identity.find_account(records, "web", user.sender.native)
        if account is None:
            return set()
        today = c.world.now().date()
        return {Role(r.role) for r in identity.roles_of(records, account.person_id, c.id, today)}


def head_of(c: ReadyClass) -> str:
    """The name of the head teacher's account."""
    with c.world.database.transaction() as records:
        head = classrooms.head_teacher(records, c.id)
        return identity.names_of(records, head)[0] if head is not None else ""


async def reply(c: ReadyClass, user: User, command: str, *, by: User | None = None) -> None:
    """Answer a message of somebody's in the group with a command."""
    shown = await user.in_group("大家好")
    await (by or c.teacher).in_group(command, reply_to=shown)


def named(user: User, username: str) -> User:
    """The same person with a @username."""
    user.sender = replace(user.sender, username=username)
    user.world.platform.people[user.sender.native] = user.sender
    return user


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "user", "wish", "day"),
    [
        ("老师", None, Wish.TEACHER, None),
        ("班主任", None, Wish.HEAD, None),
        ("任课老师", None, Wish.SUBJECT_TEACHER, None),
        ("科任", None, Wish.SUBJECT_TEACHER, None),
        ("Subject_Teacher", None, Wish.SUBJECT_TEACHER, None),
        ("@Chen_Jie家委", "chen_jie", Wish.COMMITTEE, None),
        ("家委会 @chen", "chen", Wish.COMMITTEE, None),
        ("代班到12月1日", None, Wish.SUBSTITUTE, "2026-12-01"),
        ("代课 12-01", None, Wish.SUBSTITUTE, "2026-12-01"),
        ("代班１２／１", None, Wish.SUBSTITUTE, "2026-12-01"),
        ("@li substitute until 2026-12-01", "li", Wish.SUBSTITUTE, "2026-12-01"),
        ("substitute 2027年1月5日为止", None, Wish.SUBSTITUTE, "2027-01-05"),
        ("代班 1月5日", None, Wish.SUBSTITUTE, "2027-01-05"),
        ("家长", None, Wish.GUARDIAN, None),
        ("取消", None, Wish.NONE, None),
    ],
)
def test_a_role_is_read(text: str, user: str | None, wish: Wish, day: str | None) -> None:
    asked = read_role(text, TODAY)
    assert (asked.username, asked.wish, asked.odd) == (user, wish, "")
    assert (asked.day.isoformat() if asked.day else None) == day


@pytest.mark.parametrize("text", ["代班 明天吧", "代班 2026-13-40", "老师 傅", "headmaster", "司机"])
def test_what_is_no_role(text: str) -> None:
    asked = read_role(text, TODAY)
    assert asked.odd


# --- giving -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "role", "word"),
    [
        ("/role 老师", Role.TEACHER, "老师"),
        ("/设为任课老师", Role.SUBJECT_TEACHER, "任课老师"),
        ("/role 代班 2026-12-01", Role.SUBSTITUTE, "12月1日"),
        ("、设为家委会", Role.COMMITTEE, "家委"),
        ("/role committee", Role.COMMITTEE, "家委"),
    ],
)
async def test_in_answer_to_a_message(world: World, command: str, role: Role, word: str) -> None:
    c = await ready_class(world)
    await c.stranger.in_private("/start")
    await reply(c, c.stranger, command)
    assert roles_of(c, c.stranger) == {role}
    assert "路过的人" in c.teacher.last.text and word in c.teacher.last.text and "看" in c.teacher.last.text
    assert word in c.stranger.last.text and "三年级2班" in c.stranger.last.text
    assert world.posted() == []


async def test_by_name_it_is_confirmed(world: World) -> None:
    c = await ready_class(world)
    await named(c.mothers["王芳"], "wangfang").in_group("大家好")
    await c.teacher.in_private("/role @WangFang 家委")
    assert "王芳妈妈（@wangfang）" in c.teacher.last.text and c.teacher.buttons() == ["是", "取消"]
    assert roles_of(c, c.mothers["王芳"]) == set()
    await c.teacher.press("是")
    assert roles_of(c, c.mothers["王芳"]) == {Role.COMMITTEE}
    assert "家委" in c.mothers["王芳"].last.text


async def test_by_name_and_cancelled(world: World) -> None:
    c = await ready_class(world)
    await named(c.mothers["王芳"], "wangfang").in_group("大家好")
    await c.teacher.in_group("/role @wangfang committee")
    await c.teacher.press("取消")
    assert "没有改动" in c.teacher.last.text and roles_of(c, c.mothers["王芳"]) == set()


async def test_in_english(world: World) -> None:
    c = await ready_class(world)
    with world.database.transaction() as records:
        found = classrooms.get(records, c.id)
        assert found is not None
        found.language = "en"
    await reply(c, c.mothers["王芳"], "/role substitute until 2026-12-01")
    assert "is now substitute until" in c.teacher.last.text
    assert "you are now substitute of 三年级2班" in c.mothers["王芳"].last.text


async def test_who_cannot_be_reached_reads_it_later(world: World) -> None:
    c = await ready_class(world)
    zhao = c.mothers["赵一"]
    await reply(c, zhao, "/role 家委")
    assert zhao.inbox == [] and roles_of(c, zhao) == {Role.COMMITTEE}
    await zhao.in_private("/start")
    assert "家委" in zhao.heard


async def test_a_new_role_takes_the_place_of_the_old(world: World) -> None:
    c = await ready_class(world)
    await reply(c, c.committee, "/role 任课老师")
    assert roles_of(c, c.committee) == {Role.SUBJECT_TEACHER}
    await reply(c, c.committee, "/role 任课老师")
    assert "已经是任课老师" in c.teacher.last.text


async def test_who_is_what(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_group("/role")
    assert "班主任：王老师" in c.teacher.last.text and "家委：家委会陈姐" in c.teacher.last.text
    assert world.posted() == []


async def test_a_guardian_is_asked_to_come_in(world: World) -> None:
    c = await ready_class(world)
    await c.stranger.in_private("/start")
    await reply(c, c.stranger, "/role 家长")
    assert "认领" in c.stranger.last.text and "家长" in c.teacher.last.text
    await reply(c, c.committee, "/role 家长")
    assert roles_of(c, c.committee) == set()


# --- ending -------------------------------------------------------------------------------------


async def test_an_ended_role_loses_access_at_once(world: World) -> None:
    c = await ready_class(world)
    with world.database.transaction() as records:
        account = identity.find_account(records, "web", c.subject_teacher.sender.native)
        assert account is not None
        person = account.person_id
        draft = drafts.keep(records, c.id, person, "concern", PrivateStr("三次没带作业本"), world.now()).id
    await reply(c, c.subject_teacher, "/role 取消")
    assert roles_of(c, c.subject_teacher) == set() and "没有身份" in c.teacher.last.text
    assert "结束" in c.subject_teacher.last.text and "作业本" not in c.subject_teacher.heard
    with world.database.transaction() as records:
        assert drafts.get(records, draft, person) is None
    await c.subject_teacher.in_private("/role")
    assert "班主任：" not in c.subject_teacher.last.text


async def test_a_button_of_an_ended_teacher_does_nothing(world: World) -> None:
    c = await ready_class(world)
    await reply(c, c.stranger, "/role 老师")
    await named(c.mothers["王芳"], "wangfang").in_group("大家好")
    await c.stranger.in_private("/role @wangfang 家委")
    await reply(c, c.stranger, "/role 取消")
    await c.stranger.press("是")
    assert roles_of(c, c.mothers["王芳"]) == set()


async def test_a_substitute_until_the_day_is_over(world: World) -> None:
    c = await ready_class(world)
    await c.stranger.in_private("/start")
    await reply(c, c.stranger, "/role 代班 2026-11-24")
    await world.until(23, 50)
    await world.later(hours=23)
    assert roles_of(c, c.stranger) == {Role.SUBSTITUTE}
    heard = len(c.stranger.inbox)
    await world.later(hours=2)
    assert roles_of(c, c.stranger) == set() and len(c.stranger.inbox) == heard
    await world.until(7, 1)
    assert "结束" in c.stranger.last.text and "代班老师" in c.teacher.last.text


async def test_a_substitute_gives_no_roles(world: World) -> None:
    c = await ready_class(world)
    await reply(c, c.stranger, "/role 代班 2026-12-01")
    await c.stranger.in_private("/start")
    await reply(c, c.stranger, "/role 老师", by=c.stranger)
    assert "班里的老师" in c.stranger.last.text and roles_of(c, c.stranger) == {Role.SUBSTITUTE}


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("/role 代班", "2026-12-01"),
        ("/role 代班 2026-11-01", "已经过了"),
        ("/role 代班 到11月20日", "已经过了"),
        ("/role 代班 明天吧", "明天吧"),
        ("/role 代班 2026-13-40", "没看懂"),
        ("/role 司机", "司机"),
        ("/role <b>x</b>", "<b>x</b>"),
        ("/role", "任课老师"),
        ("/role 取消 2026-12-01", "不用写日期"),
    ],
)
async def test_what_cannot_be_read_changes_nothing(world: World, command: str, says: str) -> None:
    c = await ready_class(world)
    await reply(c, c.committee, command)
    assert says in c.teacher.last.text and roles_of(c, c.committee) == {Role.COMMITTEE}
    assert world.posted() == []


async def test_whom(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_group("/role 家委")
    assert "回复" in c.teacher.last.text
    await c.teacher.in_private("/role 家委")
    assert "回复" in c.teacher.last.text
    await c.teacher.in_private("/role @nobody_here 家委")
    assert "@nobody_here" in c.teacher.last.text


async def test_a_message_without_a_person_behind_it(world: World) -> None:
    c = await ready_class(world)
    channel = Sender("-100500", "某频道", kind=SenderKind.CHANNEL)
    world.platform.people[channel.native] = channel
    shown = world.platform.say(channel, world.group, "转发")
    await c.teacher.in_group("/role 家委", reply_to=shown)
    assert "看不出是谁" in c.teacher.last.text


async def test_a_shut_door_gets_a_pointer_and_the_answer_waits(world: World) -> None:
    c = await ready_class(world)
    await reply(c, c.mothers["赵一"], "/role 老师")
    await reply(c, c.mothers["王芳"], "/role 家委", by=c.mothers["赵一"])
    (post,) = world.posted()
    assert "王芳" not in post.text and "家委" not in post.text and len(post.keys) == 1
    await c.mothers["赵一"].in_private("/start")
    assert "王芳妈妈" in c.mothers["赵一"].heard


async def test_others_may_not(world: World) -> None:
    c = await ready_class(world)
    for user in (c.committee, c.subject_teacher, c.mothers["李雷"]):
        await reply(c, user, "/role 老师", by=user)
        assert Role.TEACHER not in roles_of(c, user)
        assert "/help" in user.last.text


async def test_the_head_and_the_last_teacher_stay(world: World) -> None:
    c = await ready_class(world)
    await reply(c, c.teacher, "/role 取消")
    assert "是班主任" in c.teacher.last.text and roles_of(c, c.teacher) == {Role.TEACHER}
    with world.database.transaction() as records:
        person = classrooms.head_teacher(records, c.id)
        assert person is not None
        classrooms.grant(records, c.id, person, Role.TEACHER, world.now(), by=None)
    await reply(c, c.teacher, "/role 家委")
    assert "唯一的老师" in c.teacher.last.text and roles_of(c, c.teacher) == {Role.TEACHER}


# --- handing over -------------------------------------------------------------------------------


async def test_the_class_is_handed_over(world: World) -> None:
    c = await ready_class(world)
    await reply(c, c.subject_teacher, "/role head")
    assert head_of(c) == "王老师" and "数学刘老师" in c.teacher.last.text
    assert "王老师" in c.subject_teacher.last.text and c.subject_teacher.buttons() == ["接受", "先不接"]
    await c.subject_teacher.press("接受")
    assert head_of(c) == "数学刘老师" and roles_of(c, c.teacher) == {Role.TEACHER}
    assert "还是班里的老师" in c.teacher.last.text


async def test_or_not_accepted(world: World) -> None:
    c = await ready_class(world)
    await reply(c, c.subject_teacher, "/设为班主任")
    await c.subject_teacher.press("先不接")
    assert head_of(c) == "王老师" and "没有接" in c.teacher.last.text


async def test_offered_twice_the_first_who_accepts_has_it(world: World) -> None:
    c = await ready_class(world)
    await reply(c, c.subject_teacher, "/role head")
    await reply(c, c.committee, "/role head")
    await c.committee.press("接受")
    await c.subject_teacher.press("接受")
    assert head_of(c) == "家委会陈姐" and "没有改动" in c.subject_teacher.last.text


async def test_only_the_head_hands_over(world: World) -> None:
    c = await ready_class(world)
    await reply(c, c.stranger, "/role 老师")
    await c.stranger.in_private("/start")
    await reply(c, c.committee, "/role head", by=c.stranger)
    assert "王老师" in c.stranger.last.text and head_of(c) == "王老师"
    await reply(c, c.teacher, "/role head")
    assert "已经是班主任" in c.teacher.last.text
