"""A group becomes a class: who may open it, who becomes its teacher, what is still missing."""

import pytest

from bot.platforms.web import Shown, WebChat
from bot.ports import Failure, Refused
from classroom.events import Right, Sender, SenderKind
from storage import classrooms, codes
from tests.ready import ready_class
from tests.world import User, World


def admin_of(world: World, native: str = "1", name: str = "王老师", *, language: str = "zh") -> User:
    """An administrator of the group whose private door is open."""
    user = world.someone(native, name, language)
    world.group.members.add(native)
    world.group.admins.add(native)
    user.private.opened = True
    return user


async def met(user: User) -> User:
    """The same person, who has written to the bot before."""
    await user.in_private("/start")
    return user


def payload(shown: Shown) -> str:
    """Where the button under a post leads to."""
    found = [k.payload for k in shown.keys if k.payload]
    assert found
    return str(found[-1])


def link_in(text: str) -> str:
    """The token of the link in a text."""
    return text.split("start=")[1].split(maxsplit=1)[0]


async def open_class(world: World, teacher: User, name: str = "三年级2班") -> None:
    """Go the whole way as the teacher."""
    await teacher.in_group(f"/setup {name}")
    await teacher.press("我是班主任")


# --- the teacher opens the class ----------------------------------------------------------------


async def test_the_class_teacher_opens_the_class(world: World) -> None:
    wang = await met(admin_of(world))
    await wang.in_group("/setup 三年级2班")
    assert "三年级2班" in wang.last.text and wang.buttons() == ["我是班主任", "我替老师建"]
    assert world.posted() == []
    await wang.press("我是班主任")
    assert "班主任" in wang.inbox[-2].text
    assert "0/0" in wang.last.text and "21:00–07:00" in wang.last.text and "start=" in wang.last.text
    assert "/群规 收到 收起" in wang.last.text
    (post,) = world.posted()
    assert "三年级2班 开通了" in post.text and [k.label for k in post.keys] == ["认领"]
    assert link_in(wang.last.text) == payload(post)
    with world.database.transaction() as records:
        (made,) = classrooms.named(records, "三年级2班")
        assert made.state == "active" and len(classrooms.teachers(records, made.id, world.now().date())) == 1
        assert made.settings == {}


@pytest.mark.parametrize("typed", ["/开通三年级2班", "、建班 三年级2班", "／setup：三年级2班"])
async def test_however_it_is_typed(world: World, typed: str) -> None:
    wang = await met(admin_of(world))
    await wang.in_group(typed)
    assert "三年级2班" in wang.last.text and wang.buttons()[0] == "我是班主任"


async def test_in_english(world: World) -> None:
    smith = await met(admin_of(world, name="Ms Smith", language="en"))
    await smith.in_group("/setup Class 3.2")
    assert smith.buttons() == ["I am the teacher", "For the teacher"]
    await smith.press("I am the teacher")
    assert "What Class 3.2 still needs" in smith.last.text
    assert "Class 3.2 is open" in world.posted()[-1].text


async def test_whose_private_door_is_shut_comes_in_by_a_button(world: World) -> None:
    wang = admin_of(world)
    wang.private.opened = False
    await wang.in_group("/setup 三年级2班")
    (post,) = world.posted()
    assert "私聊" in post.text and [k.label for k in post.keys] == ["继续开通"] and wang.inbox == []
    await wang.in_private(f"/start {payload(post)}")
    assert wang.buttons() == ["我是班主任", "我替老师建"]
    await wang.press("我是班主任")
    assert "开通了" in world.posted()[-1].text


async def test_a_door_that_was_shut_meanwhile(world: World) -> None:
    wang = await met(admin_of(world))
    wang.private.blocked = True
    await wang.in_group("/setup 三年级2班")
    assert [k.label for k in world.posted()[-1].keys] == ["继续开通"]


async def test_that_button_is_for_the_administrator_alone(world: World) -> None:
    wang = admin_of(world)
    wang.private.opened = False
    await wang.in_group("/setup 三年级2班")
    curious = world.someone("7", "好奇的人")
    await curious.in_private(f"/start {payload(world.posted()[-1])}")
    assert "那位管理员" in curious.last.text and curious.last.keys == ()


async def test_the_checklist_names_the_rights_that_are_missing(world: World) -> None:
    world.group.rights = frozenset({Right.DELETE, Right.PIN})
    await open_class(world, wang := await met(admin_of(world)))
    assert "限制成员、管理成员标签" in wang.last.text and "删除消息" not in wang.last.text


# --- on behalf of the teacher -------------------------------------------------------------------


async def for_the_teacher(world: World) -> tuple[User, User, str]:
    """A parent owns the group and opens the class for 王老师; gives both and the link's token."""
    owner, wang = await met(admin_of(world, "5", "群主")), world.someone("1", "王老师")
    await owner.in_group("/setup 三年级2班")
    await owner.press("我替老师建")
    return owner, wang, link_in(owner.last.text)


async def test_on_behalf_of_the_teacher(world: World) -> None:
    owner, wang, token = await for_the_teacher(world)
    assert world.posted() == [] and "7 天" in owner.last.text
    await wang.in_private(f"/start {token}")
    assert "三年级2班" in wang.last.text and wang.buttons() == ["接受", "不是我"]
    await wang.press("接受")
    assert "0/0" in wang.last.text and "开通了" in world.posted()[-1].text
    assert "王老师" in owner.last.text and "接受" in owner.last.text
    await owner.in_group("/setup")
    assert "已经开通" in owner.last.text and "start=" not in owner.last.text


async def test_until_then_the_group_belongs_to_no_class(world: World) -> None:
    await for_the_teacher(world)
    with world.database.transaction() as records:
        (made,) = classrooms.named(records, "三年级2班")
        assert made.state == "awaiting_teacher"
        assert classrooms.teachers(records, made.id, world.now().date()) == []


async def test_the_founder_cannot_accept_for_the_teacher(world: World) -> None:
    owner, _, token = await for_the_teacher(world)
    await owner.in_private(f"/start {token}")
    assert "转给老师" in owner.last.text and owner.last.keys == ()


async def test_the_link_works_once(world: World) -> None:
    _, wang, token = await for_the_teacher(world)
    other = world.someone("8", "别人")
    await wang.in_private(f"/start {token}")
    await other.in_private(f"/start {token}")
    await wang.press("接受")
    await other.press("接受")
    assert "没有任何改动" in other.last.text
    third = world.someone("9", "第三人")
    await third.in_private(f"/start {token}")
    assert "用过或过期" in third.last.text


async def test_the_link_ends_after_seven_days(world: World) -> None:
    _, wang, token = await for_the_teacher(world)
    await world.later(days=7, minutes=1)
    await wang.in_private(f"/start {token}")
    assert "用过或过期" in wang.last.text


async def test_who_is_not_the_teacher_leaves_the_link_good(world: World) -> None:
    _, wang, token = await for_the_teacher(world)
    other = world.someone("8", "别人")
    await other.in_private(f"/start {token}")
    await other.press("不是我")
    assert "没有任何改动" in other.last.text
    await wang.in_private(f"/start {token}")
    await wang.press("接受")
    assert "开通了" in world.posted()[-1].text


async def test_begun_again_the_new_choice_holds(world: World) -> None:
    owner, wang, token = await for_the_teacher(world)
    await owner.in_group("/setup")
    await owner.press("我替老师建")
    await wang.in_private(f"/start {token}")
    assert "用过或过期" in wang.last.text
    await wang.in_private(f"/start {link_in(owner.last.text)}")
    await wang.press("接受")
    assert "三年级2班 开通了" in world.posted()[-1].text


async def test_two_questions_one_class(world: World) -> None:
    wang, li = await met(admin_of(world)), await met(admin_of(world, "2", "李老师"))
    await wang.in_group("/setup 三年级2班")
    await li.in_group("/setup 三年级2班")
    await wang.press("我是班主任")
    await li.press("我是班主任")
    assert "已经开通" in li.last.text
    assert len([m for m in world.posted() if "开通了" in m.text]) == 1


async def test_an_anonymous_administrator_shows_by_a_press(world: World) -> None:
    wang = await met(admin_of(world))
    nobody = Sender(world.group.native, "三年级2班", kind=SenderKind.ANONYMOUS_ADMIN)
    world.platform.say(nobody, world.group, "/setup 三年级2班")
    await world.settle()
    stranger = await met(world.someone("7", "路人"))
    world.group.members.add("7")
    await stranger.in_group("大家好")
    await wang.press("是我发的", where=world.group)
    assert wang.buttons() == ["我是班主任", "我替老师建"]


async def test_who_presses_for_an_anonymous_administrator_must_be_one(world: World) -> None:
    await met(admin_of(world))
    nobody = Sender(world.group.native, "三年级2班", kind=SenderKind.ANONYMOUS_ADMIN)
    world.platform.say(nobody, world.group, "/setup 三年级2班")
    await world.settle()
    mother = await met(world.someone("20", "张小明妈妈"))
    world.group.members.add("20")
    await mother.press("是我发的", where=world.group)
    assert "管理员" in mother.last.text and mother.last.keys == ()


async def test_a_strangers_press_leaves_the_button_to_the_administrator(world: World) -> None:
    wang = await met(admin_of(world))
    nobody = Sender(world.group.native, "三年级2班", kind=SenderKind.ANONYMOUS_ADMIN)
    world.platform.say(nobody, world.group, "/setup 三年级2班")
    await world.settle()
    mother = await met(world.someone("20", "张小明妈妈"))
    world.group.members.add("20")
    await mother.press("是我发的", where=world.group)
    await wang.press("是我发的", where=world.group)
    assert wang.buttons() == ["我是班主任", "我替老师建"]


async def test_a_masked_command_happens_once_and_for_whom_it_is(world: World) -> None:
    ready = await ready_class(world)
    nobody = Sender(world.group.native, "三年级2班", kind=SenderKind.ANONYMOUS_ADMIN)
    world.platform.say(nobody, world.group, "/praise 张小明 主动帮助同学")
    await world.settle()
    await ready.mothers["李雷"].press("是我发的", where=world.group)
    assert "主动帮助同学" not in "".join(m.text for m in world.posted())
    await ready.teacher.press("是我发的", where=world.group)
    assert await ready.teacher.press("是我发的", where=world.group) == "已经处理过了。"
    assert len([m for m in world.posted() if "主动帮助同学" in m.text]) == 1


async def test_a_teacher_of_two_classes_says_which(world: World) -> None:
    c = await ready_class(world)
    other = second_group(world, c.teacher)
    await c.teacher.in_group("/setup 四年级1班", chat=other)
    await c.teacher.press("我是班主任")
    await c.teacher.in_private("/setup")
    assert c.teacher.buttons() == ["三年级2班", "四年级1班"]
    await c.teacher.press("四年级1班")
    assert "0/0" in c.teacher.last.text
    await c.teacher.in_private("/setup link")
    await c.teacher.press("三年级2班")
    assert "/setup link " in c.teacher.last.text and "三年级2班" in c.teacher.last.text
    await c.teacher.in_private("/start")
    assert "三年级2班：" in c.teacher.last.text and "四年级1班：" in c.teacher.last.text


async def test_the_teachers_link_of_another_class_opens_that_class(world: World) -> None:
    c = await ready_class(world)
    owner = await met(world.someone("5", "群主"))
    other = second_group(world, owner)
    await owner.in_group("/setup 四年级1班", chat=other)
    await owner.press("我替老师建")
    await c.teacher.in_private(f"/start {link_in(owner.last.text)}")
    await c.teacher.press("接受")
    assert "四年级1班" in c.teacher.last.text and "0/0" in c.teacher.last.text
    assert "四年级1班 开通了" in other.visible[-1].text and world.posted() == []


# --- refusals -----------------------------------------------------------------------------------


async def test_only_an_administrator_of_the_group_may(world: World) -> None:
    mother = await met(world.someone("20", "张小明妈妈"))
    await mother.in_group("/setup 三年级2班")
    assert "管理员" in mother.last.text and mother.last.keys == () and world.posted() == []
    shy = world.someone("21", "李雷妈妈")
    await shy.in_group("/setup 三年级2班")
    assert "群主或管理员" in world.posted()[-1].text and len(world.posted()) == 1


async def test_who_is_no_longer_administrator_when_pressing(world: World) -> None:
    wang = await met(admin_of(world))
    await wang.in_group("/setup 三年级2班")
    world.group.admins.clear()
    await wang.press("我是班主任")
    assert "管理员" in wang.last.text and world.posted() == []


async def test_when_the_platform_does_not_answer(world: World) -> None:
    wang = await met(admin_of(world))
    world.platform.fail_next("member", Refused(Failure.REFUSED))
    await wang.in_group("/setup 三年级2班")
    assert "过几分钟" in wang.last.text


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "/setup 三年级2班"),
        ("三" * 41, "40"),
        ("三年级\n2班", "看不见"),
        ("三年级\u202e2班", "看不见"),
        ("！！！", "看不见"),
    ],
)
async def test_a_name_that_will_not_do(world: World, name: str, says: str) -> None:
    wang = await met(admin_of(world))
    await wang.in_group(f"/setup {name}")
    assert says in wang.last.text and wang.last.keys == ()


async def test_markup_in_a_name_is_shown_as_typed(world: World) -> None:
    await open_class(world, wang := await met(admin_of(world)), "<b>*3*</b> & 班")
    assert "<b>*3*</b> & 班" in wang.last.text and "<b>*3*</b> & 班" in world.posted()[-1].text


async def test_in_private_it_says_where(world: World) -> None:
    wang = await met(admin_of(world))
    await wang.in_private("/setup 三年级2班")
    assert "班级群" in wang.last.text


# --- again --------------------------------------------------------------------------------------


async def test_again_the_teacher_gets_the_checklist(world: World) -> None:
    c = await ready_class(world)
    world.group.rights = frozenset({Right.DELETE})
    await c.teacher.in_group("/setup")
    assert "5 人" in c.teacher.last.text and "4/5" in c.teacher.last.text
    assert "置顶消息" in c.teacher.last.text and world.posted() == []
    await c.teacher.in_private("/setup")
    assert "4/5" in c.teacher.last.text


async def test_again_others_get_a_clear_answer(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group("/setup 四年级1班")
    assert "已经开通" in c.mothers["李雷"].last.text and world.posted() == []


async def test_a_class_without_a_teacher_says_who_can_help(world: World) -> None:
    c = await ready_class(world)
    with world.database.transaction() as records:
        person = classrooms.teachers(records, c.id, world.now().date())[0]
        classrooms.end_role(records, c.id, person, world.now())
    await c.mothers["李雷"].in_group("/setup")
    assert "homeroom teacher set" in c.mothers["李雷"].last.text


# --- a further chat -----------------------------------------------------------------------------


def second_group(world: World, *members: User) -> WebChat:
    """Another group, all of these its administrators."""
    group = world.platform.group("-200", "三年级2班家委群")
    natives = {m.sender.native for m in members}
    group.members |= natives
    group.admins |= natives
    return group


async def a_link(teacher: User) -> str:
    """The command for the next group, as the teacher was told it."""
    await teacher.in_private("/setup link")
    line = next(line for line in teacher.last.text.splitlines() if line.startswith("/setup link "))
    return line.strip()


async def test_the_teacher_links_a_further_group(world: World) -> None:
    c = await ready_class(world)
    other = second_group(world, c.teacher)
    await c.teacher.in_group(await a_link(c.teacher), chat=other)
    assert "三年级2班 开通了" in other.visible[-1].text and "也是 三年级2班" in c.teacher.last.text
    await c.teacher.in_group("/setup", chat=other)
    assert "三年级2班家委群" in c.teacher.last.text and "“三年级2班”" in c.teacher.last.text


async def test_another_administrator_needs_the_teachers_word(world: World) -> None:
    c = await ready_class(world)
    chen = c.committee
    other = second_group(world, chen)
    await chen.in_group(await a_link(c.teacher), chat=other)
    assert "问老师" in chen.last.text and "三年级2班家委群" in c.teacher.last.text
    assert c.teacher.buttons() == ["同意", "拒绝"]
    await c.teacher.press("同意")
    assert "开通了" in other.visible[-1].text and "也是 三年级2班" in c.teacher.last.text


async def test_the_teacher_keeps_a_group_out(world: World) -> None:
    c = await ready_class(world)
    other = second_group(world, c.committee)
    command = await a_link(c.teacher)
    await c.committee.in_group(command, chat=other)
    await c.teacher.press("拒绝")
    assert "作废" in c.teacher.last.text
    await c.committee.in_group(command, chat=other)
    assert "代码不对" in c.committee.last.text


async def test_a_code_links_one_group(world: World) -> None:
    c = await ready_class(world)
    command = await a_link(c.teacher)
    await c.teacher.in_group(command, chat=second_group(world, c.teacher))
    third = world.platform.group("-300", "第三群")
    third.admins.add(c.teacher.sender.native)
    await c.teacher.in_group(command, chat=third)
    assert "代码不对" in c.teacher.last.text


async def test_a_code_is_no_good_to_who_is_no_administrator_there(world: World) -> None:
    c = await ready_class(world)
    other = second_group(world)
    await c.teacher.in_group(await a_link(c.teacher), chat=other)
    assert "管理员" in c.teacher.last.text


async def test_a_code_in_the_class_itself_or_in_private(world: World) -> None:
    c = await ready_class(world)
    command = await a_link(c.teacher)
    await c.teacher.in_group(command)
    assert "已经开通" in c.teacher.last.text
    await c.teacher.in_private(command)
    assert "那个群" in c.teacher.last.text


async def test_only_the_teacher_makes_codes(world: World) -> None:
    c = await ready_class(world)
    await c.committee.in_group("/setup link")
    assert "由班级的老师" in c.committee.last.text
    await c.stranger.in_private("/setup link")
    assert "由班级的老师" in c.stranger.last.text


async def test_guessing_codes_is_slowed_down(world: World) -> None:
    c = await ready_class(world)
    other = second_group(world, await met(c.stranger))
    for _ in range(codes.GUESSES):
        await c.stranger.in_group("/setup link abcdefgh", chat=other)
    assert "代码不对" in c.stranger.last.text
    await c.stranger.in_group(await a_link(c.teacher), chat=other)
    assert "一小时" in c.stranger.last.text
