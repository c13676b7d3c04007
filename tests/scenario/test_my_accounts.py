"""One parent, several accounts: they become one person by their own wish, and choose where they are told."""

from __future__ import annotations

import re

from sqlmodel import col, select

from classroom.people import Role
from storage import classrooms, codes, guardians, identity, joining
from storage.tables import Guardian, Receipt
from tests.ready import ReadyClass, ready_class
from tests.world import User, World


def person(world: World, user: User) -> int:
    with world.database.transaction() as records:
        return identity.meet_account(records, "web", user.sender, world.now()).person_id


def line_of(user: User) -> str:
    """The line with the code, as it is shown to be sent from the other account."""
    found = (re.search(r"/我的 账号 [-A-Z0-9]+", shown.text) for shown in reversed(user.inbox))
    return next(m for m in found if m)[0]


def number_in(user: User) -> str:
    return next(m for m in (re.search(r"\b\d{6}\b", t.text) for t in reversed(user.inbox)) if m)[0]


def links(world: World, made: ReadyClass, name: str) -> list[tuple[str, int]]:
    with world.database.transaction() as records:
        return [(g.relation, g.person_id) for g in guardians.active_of(records, made.students[name])]


def binds(world: World, made: ReadyClass, user: User, name: str, relation: str = "mother") -> None:
    """They are linked with a child, as the teacher has agreed."""
    with world.database.transaction() as records:
        records.add(
            Guardian(
                classroom_id=made.id,
                student_id=made.students[name],
                person_id=identity.meet_account(records, "web", user.sender, world.now()).person_id,
                relation=relation,
                state="active",
                asked_at=world.now(),
                consented_at=world.now(),
            )
        )


async def offered(user: User) -> str:
    """They ask for a further account, and get a line to send from there."""
    await user.in_private("/me")
    await user.press("我的另一个账号")
    return line_of(user)


async def joins(user: User, line: str) -> None:
    await user.in_private(line)
    await user.press("是")


# --- a further account ------------------------------------------------------------------------------


async def test_a_mother_adds_her_wechat(world: World) -> None:
    made = await ready_class(world)
    mother, wechat = made.mothers["李雷"], world.someone("500", "小红微信")
    line = await offered(mother)
    assert "15 分钟" in mother.last.text and "不要转给别人" in mother.last.text
    await joins(wechat, line.lower().replace("-", " "))
    assert person(world, wechat) == person(world, mother)
    assert "小红微信" in mother.last.text
    await wechat.in_private("/me")
    assert "李雷" in wechat.last.text and "通道" not in wechat.last.text
    assert "在哪里收消息" in wechat.buttons()


async def test_a_line_works_once_and_for_a_quarter_of_an_hour(world: World) -> None:
    made = await ready_class(world)
    first, second = world.someone("500", "新号"), world.someone("501", "又一个")
    line = await offered(made.mothers["李雷"])
    await joins(first, line)
    await second.in_private(line)
    assert "已经用过或过期" in second.last.text
    late = await offered(made.mothers["李雷"])
    await world.later(minutes=16)
    await second.in_private(late)
    assert "过期" in second.last.text and person(world, second) != person(world, first)


async def test_who_guesses_is_slowed_down(world: World) -> None:
    await ready_class(world)
    guesser = world.someone("500", "猜的人")
    for _ in range(codes.GUESSES + 1):
        await guesser.in_private(f"/我的 账号 {codes.spoken()}")
    assert "太多" in guesser.last.text or "多次" in guesser.last.text


async def test_a_mother_and_a_father_stay_two(world: World) -> None:
    made = await ready_class(world)
    line = await offered(made.mothers["李雷"])
    await made.fathers["李雷"].in_private(line)
    assert "两位家长" in made.fathers["李雷"].last.text and "老师" in made.fathers["李雷"].last.text
    assert [relation for relation, _ in links(world, made, "李雷")] == ["mother", "father"]


async def test_twice_the_mother_of_one_child_is_once_the_mother(world: World) -> None:
    made = await ready_class(world)
    mother, wechat = made.mothers["李雷"], world.someone("500", "小红微信")
    await wechat.in_private("你好")
    binds(world, made, wechat, "李雷")
    await joins(wechat, await offered(mother))
    assert links(world, made, "李雷") == [
        ("mother", person(world, mother)),
        ("father", person(world, made.fathers["李雷"])),
    ]
    assert "李雷妈妈原来有两个账号" in made.teacher.last.text and not any("账号" in t for t in world.texts())


async def test_two_accounts_with_children_of_their_own_are_united_by_a_number(world: World) -> None:
    made = await ready_class(world)
    mother, wechat = made.mothers["李雷"], world.someone("500", "小红微信")
    await wechat.in_private("你好")
    binds(world, made, wechat, "赵一")
    await joins(wechat, await offered(mother))
    assert "谁向您要这个数字都别给" in wechat.last.text and person(world, wechat) != person(world, mother)
    assert "6 位数字" in mother.last.text
    await mother.in_private("000000" if number_in(wechat) != "000000" else "111111")
    assert "数字不对" in mother.last.text and person(world, wechat) != person(world, mother)
    await mother.in_private(f"数字是 {number_in(wechat)}")
    assert person(world, wechat) == person(world, mother) and "同一个人" in mother.last.text
    assert "和原来的是同一个人" in wechat.last.text
    both = {person for name in ("李雷", "赵一") for relation, person in links(world, made, name)}
    assert both == {person(world, mother), person(world, made.fathers["李雷"])}
    await mother.in_private("/me")
    assert "赵一" in mother.last.text and "李雷" in mother.last.text


async def test_a_wrong_number_three_times_and_it_is_over(world: World) -> None:
    made = await ready_class(world)
    mother, teacher = made.mothers["李雷"], made.teacher
    await joins(teacher, await offered(mother))
    right = number_in(teacher)
    for wrong in ("1", "22", "333333" if right != "333333" else "444444"):
        await mother.in_private(wrong)
    assert "没有合成" in mother.last.text
    await mother.in_private(right)
    assert person(world, teacher) != person(world, mother)


async def test_a_teacher_who_is_a_parent_too_keeps_both(world: World) -> None:
    made = await ready_class(world)
    mother, teacher = made.mothers["李雷"], made.teacher
    await joins(mother, await offered(teacher))
    await teacher.in_private(number_in(mother))
    one = person(world, teacher)
    assert one == person(world, mother)
    with world.database.transaction() as records:
        roles = identity.roles_of(records, one, made.id)
        assert [(r.role, r.head) for r in roles] == [(Role.TEACHER, True)]
        assert identity.guardian_of(records, one, made.id) == (made.students["李雷"],)
    await mother.in_private("/receipts")
    assert "还没有发过通知" in mother.last.text


async def test_nothing_that_was_said_or_done_is_lost(world: World) -> None:
    """A concern, its thread, a vote and a receipt of the other account belong to the one that is left."""
    made = await ready_class(world)
    mother, wechat = made.mothers["李雷"], world.someone("500", "小红微信")
    wechat.private.opened = True
    await wechat.in_private("你好")
    binds(world, made, wechat, "李雷")
    await made.teacher.in_private("/concern 李雷 这周三次没带本子。")
    await made.teacher.press("发送")
    await made.teacher.in_private("/notice 周五开家长会")
    await made.teacher.press("发送")
    await wechat.press("✅", where=world.group)
    before = person(world, wechat)
    await joins(wechat, await offered(mother))
    with world.database.transaction() as records:
        left = [
            f"{column.table.name}.{column.name}"
            for column in joining.columns_of_people()
            if records.connection().execute(select(column).where(column == before)).first() is not None
        ]
    assert left == []
    await made.teacher.in_private("/concern list")
    assert "发出 2/2" in made.teacher.last.text
    with world.database.transaction() as records:
        seen = records.exec(select(Receipt.person_id).order_by(col(Receipt.id))).all()
        assert seen == [identity.meet_account(records, "web", mother.sender, world.now()).person_id]
    await wechat.press("知道了")
    assert "已经看到第 1 条留言" in made.teacher.heard


async def test_one_familys_votes_and_receipts_count_once_by_whichever_account(world: World) -> None:
    made = await ready_class(world)
    mother, wechat = made.mothers["李雷"], world.someone("500", "小红微信")
    await joins(wechat, await offered(mother))
    await made.teacher.in_private("/notice 周五开家长会")
    await made.teacher.press("发送")
    await mother.press("✅", where=world.group)
    assert "已经" in await wechat.press("✅", where=world.group)
    assert "1/5" in "\n".join(k.label for m in world.posted() for k in m.keys) + "\n".join(world.texts())


async def test_a_link_in_force_is_kept_over_one_that_waits(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        one = identity.meet_account(records, "web", made.mothers["李雷"].sender, world.now())
        other = identity.meet_account(records, "web", world.someone("500", "小红").sender, world.now())
        mine = guardians.of_person(records, one.person_id, made.students["李雷"])
        assert mine is not None
        mine.state, before, kept = "pending", other.person_id, one.person_id
    binds(world, made, world.someone("500", "小红"), "李雷", "parent")
    with world.database.transaction() as records:
        joining.unite(records, before, kept, world.now())
    assert ("mother", kept) in links(world, made, "李雷") and len(links(world, made, "李雷")) == 2


# --- where they are told ------------------------------------------------------------------------------


async def two_accounts(world: World) -> tuple[ReadyClass, User, User]:
    made = await ready_class(world)
    mother, wechat = made.mothers["李雷"], world.someone("500", "小红微信")
    await joins(wechat, await offered(mother))
    return made, mother, wechat


async def concern(made: ReadyClass, words: str) -> None:
    await made.teacher.in_private(f"/concern 李雷 {words}")
    await made.teacher.press("发送")


async def test_it_goes_where_they_spoke_last_and_then_where_they_wish(world: World) -> None:
    made, mother, wechat = await two_accounts(world)
    await concern(made, "第一条：今天很努力。")
    assert "第一条" in wechat.heard and "第一条" not in mother.heard
    await wechat.in_private("/me")
    await wechat.press("在哪里收消息")
    assert [b[:2] for b in wechat.buttons()] == ["网页", "网页", "自动"]
    await wechat.press("网页 李雷妈妈")
    assert "先发到网页 李雷妈妈" in wechat.last.text
    await concern(made, "第二条：今天很努力。")
    assert "第二条" in mother.heard and "第二条" not in wechat.heard
    await wechat.in_private("/me channel auto")
    await concern(made, "第三条：今天很努力。")
    assert "第三条" in wechat.heard


async def test_a_wished_channel_that_is_shut_does_not_stop_anything(world: World) -> None:
    made, mother, wechat = await two_accounts(world)
    await mother.in_private("/me channel 小红微信")
    wechat.private.blocked = True
    await concern(made, "今天很努力。")
    assert "很努力" in mother.heard and "联系不上" not in made.teacher.heard
    await mother.in_private("/me channel 小红微信")
    assert "请先在那里给我发一句话" in mother.last.text
    wechat.private.blocked = False
    await wechat.in_private("我回来了")
    await concern(made, "第二条：今天很努力。")
    assert "第二条" in wechat.heard


async def test_with_one_account_it_says_how_to_add_another(world: World) -> None:
    made = await ready_class(world)
    await made.mothers["李雷"].in_private("/我的 通道")
    assert "只有这一个账号" in made.mothers["李雷"].last.text
    assert made.mothers["李雷"].buttons() == ["我的另一个账号"]
    await made.stranger.in_private("/me channel")
    assert "只有这一个账号" in made.stranger.last.text and not made.stranger.last.keys


async def test_nobody_chooses_a_channel_of_somebody_else(world: World) -> None:
    made, mother, _ = await two_accounts(world)
    await mother.in_private("/me channel 张小明妈妈")
    assert "您想在哪里收我的私信" in mother.last.text
    with world.database.transaction() as records:
        row = identity.accounts_of(records, person(world, mother))
        assert len(row) == 2 and classrooms.get(records, made.id) is not None


async def test_what_was_told_is_changed_where_it_was_told(world: World) -> None:
    """A reminder in the one account is settled there, though she answers in the other."""
    made, mother, wechat = await two_accounts(world)
    await wechat.in_private("/me channel 李雷妈妈")
    await made.teacher.in_private("/notice 周五开家长会")
    await made.teacher.press("发送")
    await world.later(days=1, hours=3)
    assert "还没有收到您的回音" in mother.last.text
    await mother.in_private("/me channel 小红微信")
    await wechat.press("✅", where=world.group)
    reminder = next(m for m in mother.private.messages if "通知 1" in m.text)
    assert "已记为收到" in reminder.text and not reminder.keys
