"""Receipts: a press, a 收到, for every child of whoever answers; who is missing is the teacher's alone."""

from __future__ import annotations

import pytest
from sqlmodel import select

from bot.app import App
from bot.limits import Limits
from bot.platforms.web import Shown
from classroom.events import Right
from handlers import receipts
from storage import erasing, guardians, identity, personal, rosters
from storage.tables import DeliveryRow, Guardian, Receipt, StudentRow
from tests.ready import ReadyClass, ready_class
from tests.world import User, World

TEXT = "请各位家长给孩子准备一双室内鞋。"


async def send(made: ReadyClass, text: str = TEXT) -> Shown:
    await made.teacher.in_private(f"/notice {text}")
    await made.teacher.press("发送")
    return made.world.posted()[-1]


def kept(world: World) -> list[tuple[int, str]]:
    with world.database.transaction() as records:
        rows = records.exec(select(Receipt)).all()
        return sorted((row.student_id, row.how) for row in rows)


def person_of(world: World, user: User) -> int:
    with world.database.transaction() as records:
        account = identity.find_account(records, "web", user.sender.native)
        assert account is not None
        return account.person_id


def bind(made: ReadyClass, user: User, student: int, relation: str = "mother") -> None:
    person = person_of(made.world, user)
    with made.world.database.transaction() as records:
        records.add(
            Guardian(
                classroom_id=made.id,
                student_id=student,
                person_id=person,
                relation=relation,
                state="active",
                how="test",
                asked_at=made.world.now(),
            )
        )


def add_student(made: ReadyClass, name: str) -> int:
    with made.world.database.transaction() as records:
        row = StudentRow(classroom_id=made.id, name=name, added_at=made.world.now())
        records.add(row)
        records.flush()
        return row.id


def remove_student(made: ReadyClass, name: str) -> None:
    by = person_of(made.world, made.teacher)
    with made.world.database.transaction() as records:
        row = rosters.find(records, made.id, made.students[name])
        assert row is not None
        rosters.remove(records, row, made.world.now(), by=by)


def label(post: Shown) -> str:
    return post.keys[0].label


# --- pressing ------------------------------------------------------------------------------------


async def test_a_press_counts_and_says_for_whom(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    toast = await made.mothers["张小明"].press("✅", where=world.group)
    assert "张小明" in toast and label(post) == "✅ 收到 1/5"
    assert TEXT in post.text and post.pinned
    assert kept(world) == [(made.students["张小明"], "button")]


async def test_a_second_press_changes_nothing(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.mothers["李雷"].press("✅", where=world.group)
    assert "已经收到过" in await made.mothers["李雷"].press("✅", where=world.group)
    assert "已经收到过" in await made.fathers["李雷"].press("✅", where=world.group)
    assert label(post) == "✅ 收到 1/5" and len(kept(world)) == 1


async def test_a_press_counts_for_brothers_and_sisters(world: World) -> None:
    made = await ready_class(world)
    bind(made, made.mothers["李雷"], made.students["韩梅梅"])
    post = await send(made)
    toast = await made.mothers["李雷"].press("✅", where=world.group)
    assert "李雷" in toast and "韩梅梅" in toast and label(post) == "✅ 收到 2/5"


async def test_who_is_not_bound_is_asked_to_claim(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    assert "认领" in await made.mothers["赵一"].press("✅", where=world.group)
    assert "家长" in await made.teacher.press("✅", where=world.group)
    assert label(post) == "✅ 收到 0/5" and kept(world) == []


async def test_a_teacher_who_is_a_parent_here_counts(world: World) -> None:
    made = await ready_class(world)
    bind(made, made.teacher, made.students["赵一"])
    post = await send(made)
    assert "赵一" in await made.teacher.press("✅", where=world.group)
    assert label(post) == "✅ 收到 1/5"


async def test_the_roster_changes_the_count(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.mothers["李雷"].press("✅", where=world.group)
    add_student(made, "孙小美")
    await made.mothers["张小明"].press("✅", where=world.group)
    assert label(post) == "✅ 收到 2/6"
    remove_student(made, "李雷")
    await made.mothers["王芳"].press("✅", where=world.group)
    assert label(post) == "✅ 收到 2/5"


async def test_the_count_follows_the_roster_at_once(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.mothers["李雷"].press("✅", where=world.group)
    await made.teacher.in_private("/roster add 孙小美")
    assert label(post) == "✅ 收到 1/6"
    await made.teacher.in_private("/roster remove 李雷")
    await made.teacher.press(made.teacher.buttons()[0])
    assert label(post) == "✅ 收到 0/5"


async def test_who_waits_for_the_teacher_is_told_to_press_again(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    bind(made, made.committee, made.students["赵一"])
    with world.database.transaction() as records:
        link = records.exec(select(Guardian).where(Guardian.student_id == made.students["赵一"])).one()
        link.state = "pending"
    assert "等老师同意" in await made.committee.press("✅", where=world.group)
    assert label(post) == "✅ 收到 0/5"


async def test_buttons_of_what_is_gone_say_so(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    token = post.keys[0].token or ""
    await made.teacher.press("撤回")
    world.platform.press_token(made.mothers["李雷"].sender, world.group, token, post.ref)
    await world.settle()
    assert "撤回" in world.platform.toasts[-1][1]
    post = await send(made)
    await world.later(days=8)
    assert "已经结束" in await made.mothers["李雷"].press("✅", where=world.group, on=post)
    assert kept(world) == []


async def test_the_same_press_delivered_twice_counts_once(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    world.platform.press(made.mothers["李雷"].sender, world.group, post, "✅")
    update = world.platform.waiting[0]
    await world.settle()
    world.platform.redeliver(update)
    await world.settle()
    assert label(post) == "✅ 收到 1/5" and len(kept(world)) == 1


async def test_killed_between_presses_the_count_comes_right(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    for name in ("张小明", "李雷"):
        world.platform.press(made.mothers[name].sender, world.group, post, "✅")
    await world.platform.hand_over(world.app.intake.door_of("web"))
    await world.app.dispatcher.run_once()  # the receipts are stored, nothing is carried out
    assert label(post) == "✅ 收到 0/5"
    world.app = App(world.database, [world.platform], limits={"web": Limits(0, 0, 0, 0)}, now=world.now)
    await world.app.delivery.recover()
    await world.settle()
    assert label(post) == "✅ 收到 2/5" and len(kept(world)) == 2


async def test_sixty_families_press_at_once(world: World) -> None:
    made = await ready_class(world)
    users = [world.someone(str(1000 + n), f"孩子{n}妈妈") for n in range(60)]
    students = [add_student(made, f"孩子{n}") for n in range(60)]
    with world.database.transaction() as records:
        for user, student in zip(users, students, strict=True):
            account = identity.meet_account(records, "web", user.sender, world.now())
            records.add(
                Guardian(
                    classroom_id=made.id,
                    student_id=student,
                    person_id=account.person_id,
                    relation="mother",
                    state="active",
                    how="test",
                    asked_at=world.now(),
                )
            )
    post = await send(made)
    limits = {"web": Limits(group_per_minute=20)}
    world.app = App(world.database, [world.platform], limits=limits, now=world.now)
    before = world.platform.calls.count("edit")
    for user in users:
        world.platform.press(user.sender, world.group, post, "✅")
    await world.settle()
    assert label(post) == "✅ 收到 60/65" and len(kept(world)) == 60
    assert world.platform.calls.count("edit") - before < 10
    with world.database.transaction() as records:
        states = {row.state for row in records.exec(select(DeliveryRow)).all()}
    assert states <= {"sent", "merged"}


# --- 收到 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["收到", "收到，谢谢老师！", "收 到", "Got it", "已收到👌", "知道了"])
async def test_in_private_it_counts_for_the_latest_notice(world: World, words: str) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.mothers["李雷"].in_private(words)
    assert label(post) == "✅ 收到 1/5" and "收到" in made.mothers["李雷"].last.text
    assert kept(world) == [(made.students["李雷"], "ack")]


@pytest.mark.parametrize("words", ["收到？几点集合", "好的，可是孩子病了", "谢谢", "没收到", "好的"])
async def test_what_says_more_is_no_receipt(world: World, words: str) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.mothers["李雷"].in_private(words)
    assert label(post) == "✅ 收到 0/5"


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        ("收到", True),
        ("收 到", True),
        ("收到，谢谢", True),
        ("Got it, thanks!", True),
        ("好", True),
        ("嗯嗯", False),
        ("谢谢老师", False),
        ("收到请回复", False),
        ("", False),
    ],
)
def test_what_is_an_acknowledgement(words: str, is_one: bool) -> None:
    assert receipts.is_ack(words) is is_one


async def test_a_receipt_that_says_more_counts_and_is_heard_as_well(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.mothers["李雷"].in_private("收到，请问几点集合？")
    assert label(post) == "✅ 收到 1/5"
    assert any(m.keys for m in made.mothers["李雷"].inbox)  # offered as a message to the teacher


async def test_without_a_notice_a_word_is_just_a_word(world: World) -> None:
    made = await ready_class(world)
    await made.mothers["李雷"].in_private("收到")
    assert kept(world) == [] and "记为收到" not in made.mothers["李雷"].heard


# --- who is missing ------------------------------------------------------------------------------


async def test_who_is_missing_is_told_to_the_teacher_alone(world: World) -> None:
    made = await ready_class(world)
    await send(made)
    await made.mothers["李雷"].press("✅", where=world.group)
    before = len(world.posted())
    await made.teacher.in_group("/谁没回")
    told = made.teacher.last_words.text
    assert "收到 1/5" in told and "已经收到：李雷" in told
    assert "韩梅梅" in told and "13800000000" in told and "赵一（私信联系不上）" in told
    assert len(world.posted()) == before
    assert "13800000000" not in "".join(world.texts())


async def test_by_number(world: World) -> None:
    made = await ready_class(world)
    await send(made, "第一件事")
    await send(made, "第二件事")
    for typed, shown in (("", "第二件事"), (" 1", "第一件事"), ("第2号", "第二件事"), (" #１", "第一件事")):
        await made.teacher.in_private(f"/回执{typed}")
        assert shown in made.teacher.last_words.text
    for wrong in ("9", "李雷", "0", "99999999999"):
        await made.teacher.in_private(f"/receipts {wrong}")
        assert "没有这个编号" in made.teacher.last.text and "/回执 2" in made.teacher.last.text


async def test_before_any_notice(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/receipts")
    assert "还没有发过通知" in made.teacher.last.text


async def test_a_notice_without_receipts(world: World) -> None:
    made = await ready_class(world)
    await send(made, f"[免回]{TEXT}")
    await made.teacher.in_private("/receipts")
    assert "不要回执" in made.teacher.last.text


async def test_a_planned_notice_is_not_among_them(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice at 明天 7:30 {TEXT}")
    await made.teacher.press("发送")
    await made.teacher.in_private("/receipts")
    assert "还没有发过通知" in made.teacher.last.text


@pytest.mark.parametrize("who", ["committee", "subject_teacher"])
async def test_others_may_not_see_it(world: World, who: str) -> None:
    made = await ready_class(world)
    await send(made)
    user: User = getattr(made, who)
    await user.in_private("/receipts")
    assert "13800000000" not in user.heard and "/receipts" in user.last.text


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/me")
    post = await send(made)
    with world.database.transaction() as records:
        for user in (made.teacher, made.mothers["李雷"]):
            account = identity.find_account(records, "web", user.sender.native)
            assert account is not None
            personal.wishes(records, account.person_id).language = "en"
    assert "Noted for 李雷" in await made.mothers["李雷"].press("✅", where=world.group)
    await made.teacher.in_private("/receipts 1")
    assert (
        "Confirmed: 1/5" in made.teacher.last_words.text and "4 still missing" in made.teacher.last_words.text
    )
    assert made.teacher.buttons() == ["Send again to the rest", "Print slips", "Withdraw", "Correct"]
    await made.teacher.press("Withdraw")
    assert post.removed


async def test_another_teacher_can_take_it_back_from_there(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.teacher.in_private("/receipts")
    await made.teacher.press("撤回")
    assert post.removed


async def test_where_nothing_may_be_deleted_receipts_work(world: World) -> None:
    made = await ready_class(world)
    world.group.rights = frozenset[Right]()
    post = await send(made)
    await made.mothers["李雷"].press("✅", where=world.group)
    assert label(post) == "✅ 收到 1/5"


# --- what is kept --------------------------------------------------------------------------------


async def test_erased_the_family_s_receipt_stays_without_the_person(world: World) -> None:
    made = await ready_class(world)
    await send(made)
    await made.mothers["李雷"].press("✅", where=world.group)
    person = person_of(world, made.mothers["李雷"])
    with world.database.transaction() as records:
        told = personal.export(records, person, world.app_zone, world.now())
        assert isinstance(told["receipts"], list) and len(told["receipts"]) == 1
        erasing.forget_person(records, person, world.now(), last_words=0)
    with world.database.transaction() as records:
        [row] = records.exec(select(Receipt)).all()
        assert row.person_id is None and row.student_id == made.students["李雷"]
        assert [g.person_id for g in guardians.active_of(records, made.students["李雷"])] != [person]
