"""A teacher looks after one student's family: order, notices only, unbinding, further accounts, links."""

from __future__ import annotations

import re

from classroom.people import Role
from storage import classrooms, guardians, identity
from storage.tables import Guardian, StudentRow
from tests.ready import ReadyClass, ready_class
from tests.world import User, World


def relations(world: World, ready: ReadyClass, name: str) -> list[str]:
    with world.database.transaction() as records:
        return [g.relation for g in guardians.active_of(records, ready.students[name])]


def person(world: World, user: User) -> int:
    with world.database.transaction() as records:
        return identity.meet_account(records, "web", user.sender, world.now()).person_id


def token_in(text: str) -> str:
    found = re.search(r"start=(\S+)", text)
    assert found is not None
    return found[1]


# --- the card -------------------------------------------------------------------------------------


async def test_the_card_shows_guardians_and_phones(world: World) -> None:
    ready = await ready_class(world)
    world.platform.block(ready.fathers["李雷"].sender)
    await ready.teacher.in_private("/家庭 李雷")
    text = ready.teacher.last.text
    assert "1. 妈妈（平台上叫“李雷妈妈”），私聊能收到，2026-11-23 绑定" in text
    assert "2. 爸爸" in text and "还收不到" in text
    assert "妈妈 李雷妈妈 13800000000" in text
    assert ready.teacher.buttons() == [
        "只收通知 妈妈", "解除绑定 妈妈", "新账号 妈妈",
        "置顶 爸爸", "只收通知 爸爸", "解除绑定 爸爸", "新账号 爸爸",
        "学生链接", "换一个新链接",
    ]  # fmt: skip


async def test_nobody_bound_yet(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/family 赵一")
    assert "还没有家人绑定" in ready.teacher.last.text
    assert ready.teacher.buttons() == ["学生链接", "换一个新链接"]


async def test_bare_unknown_and_shared_names(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/家庭")
    assert "/家庭 张小明" in ready.teacher.last.text
    await ready.teacher.in_private("/家庭 李蕾")
    assert "没有“李蕾”" in ready.teacher.last.text and ready.teacher.buttons() == ["李雷"]
    await ready.teacher.press("李雷")
    assert "爸爸" in ready.teacher.last.text
    with world.database.transaction() as records:
        records.add(StudentRow(classroom_id=ready.id, name="李雷", number="09", added_at=world.now()))
    await ready.teacher.in_private("/家庭 李雷")
    assert ready.teacher.buttons() == ["李雷（第 1 位）", "李雷 09"]
    await ready.teacher.press("李雷 09")
    assert "学号 09" in ready.teacher.last.text and "还没有家人绑定" in ready.teacher.last.text
    await ready.teacher.in_private("/家庭 <b>某某</b>")
    assert "<b>某某</b>" in ready.teacher.last.text


async def test_not_in_the_group_and_not_for_parents(world: World) -> None:
    ready = await ready_class(world)
    before = len(world.posted())
    await ready.teacher.in_group("/家庭 李雷")
    assert "私聊" in ready.teacher.last.text and len(world.posted()) == before
    assert "13800000000" not in "\n".join(world.texts())
    for user in (ready.mothers["王芳"], ready.subject_teacher, ready.committee):
        await user.in_private("/家庭 李雷")
        assert "13800000000" not in user.heard and "/help" in user.last.text


# --- order, notices only --------------------------------------------------------------------------


async def test_whom_to_contact_first(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/家庭 李雷")
    await ready.teacher.press("置顶 爸爸")
    assert relations(world, ready, "李雷") == ["father", "mother"]
    assert "1. 爸爸" in ready.teacher.last.text
    await ready.teacher.press("置顶 妈妈")
    assert relations(world, ready, "李雷") == ["mother", "father"]


async def test_notices_only_and_back(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/家庭 李雷")
    await ready.teacher.press("只收通知 爸爸")
    assert "绑定，只收通知" in ready.teacher.last.text
    assert "也收留言 爸爸" in ready.teacher.buttons()
    await ready.teacher.press("也收留言 爸爸")
    with world.database.transaction() as records:
        assert not any(g.notices_only for g in guardians.active_of(records, ready.students["李雷"]))


async def test_a_sister_always_gets_notices_only(world: World) -> None:
    ready = await ready_class(world)
    sister = person(world, ready.stranger)
    with world.database.transaction() as records:
        records.add(
            Guardian(
                classroom_id=ready.id,
                student_id=ready.students["赵一"],
                person_id=sister,
                relation="sister",
                state="active",
                notices_only=True,
                asked_at=world.now(),
            )
        )
    await ready.teacher.in_private("/家庭 赵一")
    assert not any("收" in label for label in ready.teacher.buttons())


# --- unbinding ------------------------------------------------------------------------------------


async def test_unbinding_asks_first_and_tells_the_guardian(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/家庭 李雷")
    await ready.teacher.press("解除绑定 爸爸")
    assert "李雷爸爸" in ready.teacher.last.text
    assert relations(world, ready, "李雷") == ["mother", "father"]
    await ready.teacher.press("解除绑定")
    assert relations(world, ready, "李雷") == ["mother"]
    assert "解除了您作为李雷爸爸的绑定" in ready.fathers["李雷"].last.text
    assert "爸爸" not in ready.teacher.last.text


async def test_unbinding_may_be_thought_better_of(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/家庭 王芳")
    await ready.teacher.press("解除绑定 妈妈")
    assert "唯一" in ready.teacher.last.text
    await ready.teacher.press("返回")
    assert relations(world, ready, "王芳") == ["mother"]
    assert "私聊能收到" in ready.teacher.last.text


async def test_at_night_the_guardian_hears_in_the_morning(world: World) -> None:
    ready = await ready_class(world)
    await world.until(22)
    await ready.teacher.in_private("/家庭 李雷")
    await ready.teacher.press("解除绑定 爸爸")
    await ready.teacher.press("解除绑定")
    assert "解除了" not in ready.fathers["李雷"].heard
    await world.until(7, 1)
    assert "解除了" in ready.fathers["李雷"].heard


async def test_a_press_on_what_is_gone_says_so(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/家庭 李雷")
    with world.database.transaction() as records:
        for linked in guardians.active_of(records, ready.students["李雷"]):
            guardians.end(linked, world.now(), by=None)
    await ready.teacher.press("置顶 爸爸")
    assert "已经变了" in ready.teacher.last.text


async def test_an_ended_role_presses_in_vain(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/家庭 李雷")
    teacher = person(world, ready.teacher)
    with world.database.transaction() as records:
        classrooms.end_role(records, ready.id, teacher, world.now())
    await ready.teacher.press("学生链接")
    assert "start=" not in ready.teacher.heard
    await ready.teacher.press("解除绑定 爸爸", on=ready.teacher.last) if ready.teacher.buttons() else None
    assert relations(world, ready, "李雷") == ["mother", "father"]


# --- links ----------------------------------------------------------------------------------------


async def test_the_childs_link_again_and_a_new_one(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/家庭 赵一")
    await ready.teacher.press("学生链接")
    old = token_in(ready.teacher.last.text)
    await ready.teacher.press("学生链接")
    assert token_in(ready.teacher.last.text) == old
    await ready.teacher.press("换一个新链接")
    new = token_in(ready.teacher.last.text)
    assert new != old
    await ready.mothers["赵一"].in_private(f"/start {old}")
    assert not ready.mothers["赵一"].buttons()
    await ready.mothers["赵一"].in_private(f"/start {new}")
    await ready.mothers["赵一"].press("妈妈")
    await ready.mothers["赵一"].press("同意")
    assert relations(world, ready, "赵一") == ["mother"]


async def account_link(world: World, ready: ReadyClass) -> str:
    await ready.teacher.in_private("/家庭 李雷")
    await ready.teacher.press("新账号 妈妈")
    return token_in(ready.teacher.last.text)


async def test_a_new_account_of_the_same_person(world: World) -> None:
    ready = await ready_class(world)
    token = await account_link(world, ready)
    new = world.someone("71", "雷妈新号")
    await new.in_private(f"/start {token}")
    assert "李雷妈妈" in new.last.text and person(world, new) != person(world, ready.mothers["李雷"])
    await new.press("是")
    assert person(world, new) == person(world, ready.mothers["李雷"])
    assert "雷妈新号" in ready.mothers["李雷"].last.text
    assert relations(world, ready, "李雷") == ["mother", "father"]
    other = world.someone("72", "又一个")
    await other.in_private(f"/start {token}")
    assert person(world, other) != person(world, ready.mothers["李雷"])


async def test_opened_by_mistake_nothing_is_joined(world: World) -> None:
    ready = await ready_class(world)
    token = await account_link(world, ready)
    await ready.stranger.in_private(f"/start {token}")
    await ready.stranger.press("否")
    assert "没有合并" in ready.stranger.last.text
    assert person(world, ready.stranger) != person(world, ready.mothers["李雷"])
    new = world.someone("71", "雷妈新号")
    await new.in_private(f"/start {token}")
    await new.press("是")
    assert person(world, new) == person(world, ready.mothers["李雷"])


async def test_nobody_with_a_role_or_another_child_is_swallowed(world: World) -> None:
    """Whoever gets a teacher to open such a link must not become a teacher."""
    ready = await ready_class(world)
    token = await account_link(world, ready)
    for user in (ready.teacher, ready.committee, ready.mothers["王芳"]):
        await user.in_private(f"/start {token}")
        assert "自己的身份" in user.last.text
        assert person(world, user) != person(world, ready.mothers["李雷"])
    with world.database.transaction() as records:
        mother = identity.meet_account(records, "web", ready.mothers["李雷"].sender, world.now())
        assert identity.roles_of(records, mother.person_id, ready.id) == []


async def test_a_role_given_between_opening_and_pressing_stops_it(world: World) -> None:
    ready = await ready_class(world)
    token = await account_link(world, ready)
    await ready.stranger.in_private(f"/start {token}")
    stranger = person(world, ready.stranger)
    with world.database.transaction() as records:
        classrooms.grant(records, ready.id, stranger, Role.COMMITTEE, world.now(), by=None)
    await ready.stranger.press("是")
    assert "还差一步" in ready.stranger.last.text and person(world, ready.stranger) == stranger


async def test_both_accounts_were_bound_to_the_same_child(world: World) -> None:
    ready = await ready_class(world)
    token = await account_link(world, ready)
    new = world.someone("71", "雷妈新号")
    bound = person(world, new)
    with world.database.transaction() as records:
        records.add(
            Guardian(
                classroom_id=ready.id,
                student_id=ready.students["李雷"],
                person_id=bound,
                relation="mother",
                state="active",
                asked_at=world.now(),
            )
        )
    await new.in_private(f"/start {token}")
    await new.press("是")
    assert relations(world, ready, "李雷") == ["mother", "father"]


async def test_the_same_account_and_a_late_one(world: World) -> None:
    ready = await ready_class(world)
    token = await account_link(world, ready)
    await ready.mothers["李雷"].in_private(f"/start {token}")
    assert "已经是您的" in ready.mothers["李雷"].last.text
    await world.later(days=4)
    new = world.someone("71", "雷妈新号")
    await new.in_private(f"/start {token}")
    assert not new.buttons() and "链接" in new.last.text


async def test_in_english(world: World) -> None:
    ready = await ready_class(world)
    with world.database.transaction() as records:
        found = classrooms.get(records, ready.id)
        assert found is not None
        found.language = "en"
    await ready.teacher.in_private("/family 李雷")
    assert "1. mother (called “李雷妈妈” on the platform): reachable" in ready.teacher.last.text
    await ready.teacher.press("Unbind father")
    await ready.teacher.press("Unbind")
    assert "ended your link as 李雷's father" in ready.fathers["李雷"].last.text
