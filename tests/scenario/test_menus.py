"""What /help lists and what the platform's menus show, by person and place."""

from tests.ready import ReadyClass, ready_class
from tests.scenario.test_roles import reply
from tests.world import User, World


def menu(world: World, chat: str, member: str | None = None) -> list[str]:
    """The names in a menu."""
    return [name for name, _ in world.platform.menus.get((chat, member), ())]


async def helped(user: User) -> str:
    """What /help says in private."""
    await user.in_private("/help")
    return user.last.text


async def test_everybody_is_helped_with_what_they_may_use(world: World) -> None:
    c = await ready_class(world)
    assert "/role" in await helped(c.teacher) and "/roster" in await helped(c.teacher)
    assert "/setup" in await helped(c.teacher)
    for user in (c.subject_teacher, c.committee, c.mothers["李雷"]):
        assert "/role" not in await helped(user) and "/setup" not in await helped(user)
    assert "/praise" in await helped(c.subject_teacher)
    assert "/praise" not in await helped(c.mothers["李雷"])
    assert "/start" not in await helped(c.teacher)


async def test_in_the_group_by_person_too(world: World) -> None:
    c = await ready_class(world)
    await c.mothers["李雷"].in_group("/help")
    assert "/role" not in world.posted()[-1].text
    await c.teacher.in_group("/help")
    assert "/role" in world.posted()[-1].text


async def test_who_has_no_class_may_ask_for_one(world: World) -> None:
    assert "/setup" in await helped(world.someone("1", "王老师"))


async def test_a_new_role_changes_the_menus(world: World) -> None:
    c = await ready_class(world)
    native = c.stranger.sender.native
    await c.stranger.in_private("/start")
    assert "praise" not in menu(world, native)
    await reply(c, c.stranger, "/role 任课老师")
    assert "praise" in menu(world, native) and "praise" in menu(world, world.group.native, native)
    await reply(c, c.stranger, "/role 取消")
    assert "praise" not in menu(world, native)
    assert "praise" not in menu(world, world.group.native, native)


async def test_names_fit_every_platform_and_speak_the_persons_language(world: World) -> None:
    smith = world.someone("1", "Ms Smith", "en")
    await smith.in_private("/start")
    listed = world.platform.menus["1", None]
    assert listed and all(name.isascii() and name.isalpha() and name.islower() for name, _ in listed)
    assert all(0 < len(what) <= 256 and what.isascii() for _, what in listed)


async def test_a_class_that_opens_has_a_menu_for_everybody(world: World) -> None:
    wang = world.someone("1", "王老师")
    world.group.members.add("1")
    world.group.admins.add("1")
    await wang.in_private("/start")
    await wang.in_group("/setup 三年级2班")
    await wang.press("我是班主任")
    assert "help" in menu(world, world.group.native) and "role" not in menu(world, world.group.native)
    assert "role" in menu(world, world.group.native, "1") and "role" in menu(world, "1")


# --- coming in ----------------------------------------------------------------------------------


async def test_welcome(world: World) -> None:
    c: ReadyClass = await ready_class(world)
    greetings = {
        c.teacher: "您是这个班的老师",
        c.subject_teacher: "任课老师",
        c.committee: "家委会成员",
        c.mothers["李雷"]: "李雷",
        c.stranger: "还不知道您是哪个班",
    }
    for user, says in greetings.items():
        await user.in_private("/start hi")
        assert says in user.last.text, user.last.text
    await c.stranger.in_group("大家好")
    await c.stranger.in_private("/start")
    assert "三年级2班" in c.stranger.last.text


async def test_start_in_the_group_is_left_alone(world: World) -> None:
    await world.someone("1", "王老师").in_group("/start")
    assert world.posted() == []


async def test_links_that_do_not_open(world: World) -> None:
    wang = world.someone("1", "王老师")
    for _ in range(10):
        await wang.in_private("/start nonsense")
    assert "不认识" in wang.last.text
    await wang.in_private("/start nonsense")
    assert "一小时" in wang.last.text
    await world.later(hours=1, minutes=1)
    await wang.in_private("/start nonsense")
    assert "不认识" in wang.last.text


async def test_welcome_in_english(world: World) -> None:
    smith = world.someone("1", "Ms Smith", "en")
    await smith.in_private("/start")
    assert "I am the class assistant" in smith.last.text and "/help" in smith.last.text
    await smith.in_private("/start nonsense")
    assert "do not know this link" in smith.last.text
