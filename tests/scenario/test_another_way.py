"""Somebody with two accounts has shut one: what is for them comes by the other, and never by a group."""

from __future__ import annotations

from storage import identity
from storage.tables import Chat
from tests.ready import ReadyClass, ready_class
from tests.world import User, World


def second_account(made: ReadyClass, of: User) -> User:
    """A further account of the same person, with its door open."""
    world = made.world
    other = world.someone("88", of.sender.name)
    other.private.opened = True
    with world.database.transaction() as records:
        first = identity.meet_account(records, "web", of.sender, world.now())
        account = identity.meet_account(records, "web", other.sender, world.now())
        account.person_id = first.person_id
        chat = records.get(Chat, account.chat_id)
        assert chat is not None
        chat.door = "open"
    return other


def shut(user: User) -> None:
    """They have blocked the bot, which has not heard of it yet."""
    user.private.blocked = True


async def sent(made: ReadyClass, words: str = "今天两次忘带作业本。") -> None:
    await made.teacher.in_private(f"/concern 张小明 {words}")
    await made.teacher.press("发送")


async def test_a_concern_takes_the_other_door(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["张小明"]
    other = second_account(made, mother)
    shut(mother)
    await sent(made)
    assert "作业本" in other.heard and "作业本" not in mother.heard
    assert "联系不上" not in made.teacher.heard
    assert await other.press("知道了") != ""
    assert "已经看到第 1 条留言" in made.teacher.heard
    assert not any("作业本" in text for text in world.texts())


async def test_a_request_and_its_buttons_take_the_other_door(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["张小明"]
    other = second_account(made, made.teacher)
    shut(made.teacher)
    await mother.in_private("/请假 明天 发烧")
    assert "发烧" in other.heard and "发烧" not in made.teacher.heard
    await other.press("准假")
    assert "准假" in mother.heard


async def test_where_every_door_is_shut_the_teacher_hears_of_it_once(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["张小明"]
    other = second_account(made, mother)
    shut(mother)
    shut(other)
    await sent(made)
    with world.database.transaction() as records:
        assert [c.door for _, c in identity.accounts_of(records, person(made, mother))] == ["blocked"] * 2
    told = [m for m in made.teacher.inbox if "张小明" in m.text and "没" in m.text]
    assert told
    assert not any("作业本" in text for text in world.texts())


def person(made: ReadyClass, user: User) -> int:
    with made.world.database.transaction() as records:
        return identity.meet_account(records, "web", user.sender, made.world.now()).person_id
