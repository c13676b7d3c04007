"""A teacher reads honestly what became of the private words to each family: sent is not arrived."""

from __future__ import annotations

from bot import tidings
from bot.ports import Done, Failure, Fate, Outcome, Refused
from classroom.addresses import ChatKind
from classroom.events import Origin, Told
from storage import classrooms, identity, queue
from tests.ready import ReadyClass, ready_class
from tests.world import User, World

FATES: dict[str, Outcome] = {
    "张小明": Done(("a1",)),
    "李雷": Done(("a2",), fate=Fate.POSSIBLY_DROPPED),
    "韩梅梅": Refused(Failure.NOT_SUBSCRIBED),
    "王芳": Refused(Failure.WINDOW_CLOSED),
}


async def reminded(world: World) -> ReadyClass:
    """Four families were reminded of a notice, each by another sort of channel; 赵一's nobody reaches."""
    made = await ready_class(world)
    await made.teacher.in_private("/notice 下周一带体检表")
    await made.teacher.press("发送")
    world.platform.fail_next("tell", *FATES.values())
    await world.later(days=1, hours=3)
    return made


async def state(made: ReadyClass) -> str:
    await made.teacher.in_private("/receipts")
    return made.teacher.last_words.text


async def tells(world: World, user: User, ref: str, fate: str, failure: str | None = None) -> None:
    event = Told(Origin("web", user.private.native, ChatKind.PRIVATE), (ref,), fate, failure)
    with world.database.transaction() as records:
        queue.store_events(records, [tidings.to_hear(event, world.now())], world.now())
    await world.settle()


async def test_each_state_is_told_apart_and_to_the_teacher_alone(world: World) -> None:
    made = await reminded(world)
    told = await state(made)
    for line in (
        "· 张小明",
        "· 李雷（私信可能没送到）",
        "· 韩梅梅（未关注学校通知）",
        "· 王芳（微信暂时不让发）",
        "· 赵一（私信联系不上）",
        "私信：1 家已发出（看没看到还不知道），1 家可能没送到。",
        "1 家未关注学校通知，1 家微信暂时不让发，1 家私信联系不上，请打个电话。",
    ):
        assert any(shown.startswith(line) for shown in told.splitlines()), line
    assert not any("关注" in text or "联系不上" in text for text in world.texts())


async def test_what_the_platform_tells_later_changes_the_list(world: World) -> None:
    made = await reminded(world)
    await tells(world, made.mothers["张小明"], "a1", Fate.DELIVERED)
    await tells(world, made.mothers["李雷"], "a2", "accepted", Failure.NOT_SUBSCRIBED)
    told = await state(made)
    assert "私信：1 家已送达。" in told and "可能没送到" not in told  # the father can still be told


async def test_who_subscribes_or_writes_is_reached_again(world: World) -> None:
    made = await reminded(world)
    await made.mothers["韩梅梅"].in_private("你好")
    assert "韩梅梅（" in await state(made)  # the reminder itself did not arrive
    await made.teacher.press("再发给没回的")
    await made.teacher.press("发送")
    assert "未关注" not in await state(made) and "收到您的回音" in made.mothers["韩梅梅"].heard


async def test_a_second_channel_makes_it_good(world: World) -> None:
    made = await ready_class(world)
    mother, other = made.mothers["韩梅梅"], world.someone("500", "另一个号")
    other.private.opened = True
    with world.database.transaction() as records:
        account = identity.meet_account(records, "web", other.sender, world.now())
        account.person_id = identity.meet_account(records, "web", mother.sender, world.now()).person_id
        classrooms.set_door(records, account.chat_id, "open")
    await made.teacher.in_private("/notice 下周一带体检表")
    await made.teacher.press("发送")
    mother.private.blocked = True
    await world.later(days=1, hours=3)
    assert "收到您的回音" in other.heard
    assert "4 家已发出" in await state(made)


async def test_a_group_whose_post_waits_for_a_tap_is_named(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/notice 下周一带体检表")
    world.platform.fail_next("post", Done(("p1",), fate=Fate.AWAITING_TEACHER))
    await made.teacher.press("发送")
    assert "“三年级2班”群里的这条还在等老师点“发送”" in await state(made)
    event = Told(Origin("web", world.group.native, ChatKind.GROUP), ("p1",), Fate.DELIVERED)
    with world.database.transaction() as records:
        queue.store_events(records, [tidings.to_hear(event, world.now())], world.now())
    await world.settle()
    assert "还在等" not in await state(made)


async def test_in_english(world: World) -> None:
    made = await reminded(world)
    with world.database.transaction() as records:
        found = classrooms.get(records, made.id)
        assert found is not None
        found.language = "en"
    told = await state(made)
    assert "does not follow the school's notices" in told and "1 sent (seen or not, nobody knows)" in told
    assert "please telephone" in told
