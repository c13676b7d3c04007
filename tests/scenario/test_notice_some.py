"""Notices to some families: told in private, counted alone, and never a word of them in the group."""

from __future__ import annotations

import pytest

from bot.app import App
from bot.ports import Failure, Refused
from storage import erasing, identity, personal
from storage.tables import StudentRow
from tests.ready import ReadyClass, ready_class
from tests.scenario.test_receipts import bind, kept, label, person_of, send
from tests.world import UNLIMITED, User, World

TEXT = "合唱团周四 16:30 到音乐教室排练。"


async def send_some(made: ReadyClass, typed: str) -> None:
    await made.teacher.in_private(f"/通知 {typed}")
    await made.teacher.press("发送")


def letters(user: User) -> list[str]:
    return [m.text for m in user.inbox if "只私下发给有关的家庭" in m.text or "已记为收到" in m.text]


def others(made: ReadyClass, *names: str) -> list[User]:
    return [m for n, m in made.mothers.items() if n not in names] + [
        f for n, f in made.fathers.items() if n not in names
    ]


@pytest.mark.parametrize("marks", ["[给 张小明、李雷]", "【只给张小明 李雷的家长】", "[to 张小明, 李雷]"])
async def test_chosen_families_are_told_alone(world: World, marks: str) -> None:
    made = await ready_class(world)
    before = len(world.group.messages)
    await made.teacher.in_private(f"/notice {marks} {TEXT}")
    assert "2 家" in made.teacher.last.text and "群里看不到" in made.teacher.last.text
    await made.teacher.press("发送")
    assert len(world.group.messages) == before
    for user in (made.mothers["张小明"], made.mothers["李雷"], made.fathers["李雷"]):
        assert TEXT in user.last.text and user.buttons() == ["收到"]
    assert "李雷" not in made.mothers["张小明"].heard and "张小明" not in made.mothers["李雷"].heard
    assert all(TEXT not in u.heard for u in (*others(made, "张小明", "李雷"), made.committee))
    assert "2 家" in made.teacher.last.text and "[" not in made.mothers["李雷"].last.text


async def test_typed_in_the_group_it_is_gone_before_it_is_read(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group(f"/notice [给 李雷] {TEXT}")
    await made.teacher.press("发送")
    assert typed.removed and TEXT not in "".join(world.texts()) and world.posted() == []


async def test_only_those_families_are_counted(world: World) -> None:
    made = await ready_class(world)
    await send_some(made, f"[给 张小明、李雷] {TEXT}")
    assert "李雷" in await made.fathers["李雷"].press("收到")
    assert "✅ 已记为收到" in made.fathers["李雷"].last.text and TEXT in made.fathers["李雷"].last.text
    assert "✅ 已记为收到" in made.mothers["李雷"].last.text and made.mothers["李雷"].buttons() == []
    await made.teacher.in_private("/receipts")
    told = made.teacher.last_words.text
    assert "收到 1/2" in told and "只私下发给 2 家" in told and "韩梅梅" not in told
    assert world.posted() == []


async def test_a_word_in_answer_counts_for_it_and_a_word_in_the_group_does_not(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await send_some(made, f"[给 张小明、李雷] {TEXT}")
    await made.mothers["李雷"].in_group("收到")
    assert label(post) == "✅ 收到 1/5" and len(kept(world)) == 1
    await made.mothers["张小明"].in_private("收到")
    assert label(post) == "✅ 收到 1/5" and len(kept(world)) == 2
    await made.mothers["王芳"].in_private("收到")
    assert label(post) == "✅ 收到 2/5" and len(kept(world)) == 3


async def test_the_others_are_reminded_of_nothing(world: World) -> None:
    made = await ready_class(world)
    await send_some(made, f"[给 张小明、李雷] {TEXT[:4]}请看一下")
    await world.later(days=1, hours=3)
    assert "收到您的回音" in made.mothers["张小明"].heard and "收到您的回音" in made.mothers["李雷"].heard
    assert all("收到您的回音" not in u.heard for u in others(made, "张小明", "李雷"))


async def test_to_who_has_not_confirmed(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.mothers["李雷"].press("✅", where=world.group, on=post)
    await made.teacher.in_private("/通知 [给 未回 1] 室内鞋明天一定要带。")
    assert "4 家" in made.teacher.last.text and "赵一" in made.teacher.last.text
    assert "私信联系不上：赵一" in made.teacher.last.text
    await made.mothers["王芳"].press("✅", where=world.group, on=post)
    await made.teacher.press("发送")
    assert "室内鞋明天" in made.mothers["张小明"].heard and "室内鞋明天" in made.mothers["韩梅梅"].heard
    for name in ("李雷", "王芳"):  # who answered before it was sent is left in peace
        assert "室内鞋明天" not in made.mothers[name].heard
    await made.teacher.in_private("/receipts 2")
    assert "收到 0/3" in made.teacher.last_words.text


async def test_to_the_committee(world: World) -> None:
    made = await ready_class(world)
    bind(made, made.committee, made.students["王芳"])
    await send_some(made, "[给 家委] 周五放学后请到办公室商量春游。")
    assert "商量春游" in made.committee.last.text and "家委会的家长您好" in made.committee.last.text
    assert all("商量春游" not in m.heard for m in made.mothers.values())
    assert "王芳" in await made.committee.press("收到")
    await made.teacher.in_private("/receipts")
    assert "收到 1/1" in made.teacher.last_words.text and "家委会" in made.teacher.last_words.text


async def test_one_of_the_committee_without_a_child_is_told_and_not_counted(world: World) -> None:
    made = await ready_class(world)
    await send_some(made, "[给 家委会] 周五放学后请到办公室商量春游。")
    assert "商量春游" in made.committee.last.text and made.committee.last.keys == ()
    assert "没有回执可数" in made.teacher.last.text and "私下提醒" not in made.teacher.last.text
    await made.teacher.in_private("/谁没回")
    assert "家委还没有认领孩子" in made.teacher.last.text and "都收到了" not in made.teacher.last.text
    await made.teacher.in_private("/待发")
    assert "商量春游" not in made.teacher.last.text


async def test_later_and_only_then_is_settled_whom_it_is_for(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.teacher.in_private("/通知 定时 明天 7:30 [给 未回 1] 请看一下通知。")
    await made.teacher.press("发送")
    await made.mothers["李雷"].press("✅", where=world.group, on=post)
    await world.until(7, 31)
    assert "请看一下通知" in made.mothers["王芳"].heard and "请看一下通知" not in made.mothers["李雷"].heard


async def test_corrected_the_same_families_read_it_again(world: World) -> None:
    made = await ready_class(world)
    before = len(world.group.messages)
    await send_some(made, f"[给 张小明、李雷] {TEXT}")
    first = made.mothers["李雷"].last
    await made.mothers["李雷"].press("收到")
    await made.teacher.press("更正")
    await made.teacher.in_private("合唱团周四 17:00 到音乐教室排练。")
    await made.teacher.press("发送")
    assert "有更正" in first.text and TEXT not in first.text
    assert "17:00" in made.mothers["李雷"].last.text and made.mothers["李雷"].buttons() == ["收到"]
    assert "17:00" not in made.mothers["王芳"].heard and len(world.group.messages) == before
    await made.teacher.in_private("/receipts")
    assert "收到 0/2" in made.teacher.last_words.text


async def test_a_correction_cannot_bring_it_to_others(world: World) -> None:
    made = await ready_class(world)
    await send_some(made, f"[给 李雷] {TEXT}")
    await made.teacher.press("更正")
    await made.teacher.in_private("[给 全班] 大家都来")
    assert "不能换成发给别的家庭" in made.teacher.last.text and world.posted() == []
    post = await send(made)
    await made.teacher.press("更正")
    await made.teacher.in_private("[给 李雷] 只有您家来")
    assert "不能换" in made.teacher.last.text and "只有您家来" not in post.text


async def test_withdrawn_it_is_gone_where_it_was(world: World) -> None:
    made = await ready_class(world)
    before = len(world.group.messages)
    await send_some(made, f"[给 张小明、李雷] {TEXT}")
    await made.teacher.press("撤回")
    assert "已撤回" in made.mothers["李雷"].last.text and TEXT not in made.mothers["李雷"].heard
    assert made.mothers["李雷"].buttons() == [] and len(world.group.messages) == before
    await world.until(12, 11)
    assert len(world.group.messages) == before


async def test_at_night_it_waits_and_an_urgent_one_does_not(world: World) -> None:
    made = await ready_class(world)
    await world.until(22)
    await send_some(made, f"[给 李雷] {TEXT}")
    await send_some(made, "[紧急][给 王芳] 请马上给班主任回电话。")
    assert TEXT not in made.mothers["李雷"].heard and "马上" in made.mothers["王芳"].heard
    await world.until(7, 1)
    assert TEXT in made.mothers["李雷"].heard


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("[给 张小名] x", "张小明"),
        ("[给 没这个人啊] x", "没这个人"),
        ("[给 未回 9] x", "通知 9"),
        ("[给 未回] x", "还没有发过要回执的通知"),
        ("[给 赵一] x", "没有一位家长认领"),
        ("[给 家委] x", ""),
    ],
)
async def test_whom_it_cannot_be_for_is_answered_with_how(world: World, typed: str, said: str) -> None:
    made = await ready_class(world)
    if "9" in typed:
        await send(made)
    posts = len(world.group.messages)
    await made.teacher.in_private(f"/通知 {typed}")
    if "发送" in made.teacher.buttons():
        await made.teacher.press("发送")
    assert said in made.teacher.heard and len(world.group.messages) == posts


async def test_two_children_of_one_name_are_told_apart_by_their_numbers(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        records.add(StudentRow(classroom_id=made.id, name="李雷", number="12", added_at=world.now()))
    await made.teacher.in_private(f"/通知 [给 李雷] {TEXT}")
    assert "[给 李雷 12]" in made.teacher.last.text and TEXT in made.teacher.last.text
    assert made.teacher.buttons() == []


@pytest.mark.parametrize("title", ["【给家长的一封信】", "[给同学们的建议]"])
async def test_a_title_is_no_address(world: World, title: str) -> None:
    made = await ready_class(world)
    assert title in (await send(made, f"{title} 各位家长：")).text


async def test_the_committee_s_draft_for_some_goes_to_the_teacher_who_decides(world: World) -> None:
    made = await ready_class(world)
    await made.committee.in_private(f"/通知 [给 李雷] {TEXT}")
    assert TEXT not in made.mothers["李雷"].heard and "只私下发给 1 家" in made.teacher.last.text
    await made.teacher.press("发送")
    assert TEXT in made.mothers["李雷"].last.text and world.posted() == []


async def test_words_about_a_failing_are_held_back_here_too(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/通知 [给 张小明] 没交作业：李雷、韩梅梅")
    assert "发送" not in made.teacher.buttons() and "改为私信" in made.teacher.buttons()
    assert "李雷" not in made.mothers["张小明"].heard


async def test_changed_it_still_is_for_the_same_families(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/通知 [给 李雷] {TEXT}")
    await made.teacher.press("修改")
    await made.teacher.in_private("改到周五。")
    await made.teacher.press("发送")
    assert "改到周五" in made.mothers["李雷"].heard and world.posted() == []


async def test_what_a_family_can_export_and_what_goes_with_a_person(world: World) -> None:
    made = await ready_class(world)
    await send_some(made, f"[给 李雷] {TEXT}")
    father, mother = (person_of(world, u) for u in (made.fathers["李雷"], made.mothers["王芳"]))
    with world.database.transaction() as records:
        mine, theirs = (
            personal.export(records, person, world.app_zone, world.now())["notice_families"]
            for person in (father, mother)
        )
        assert isinstance(mine, list) and len(mine) == 1 and theirs == []
        erasing.forget_person(records, father, world.now(), last_words=0)
    with world.database.transaction() as records:
        later = personal.export(records, father, world.app_zone, world.now())
        assert later["notice_families"] == []


# --- once more -----------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["/谁没回 1 再发", "/receipts again 1", "/回执 再发"])
async def test_once_more_to_who_has_not_answered(world: World, typed: str) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.mothers["李雷"].press("✅", where=world.group, on=post)
    posts = len(world.group.messages)
    await made.teacher.in_private(typed)
    assert "3 家" in made.teacher.last.text and "13800000000" in made.teacher.last.text  # 赵一: telephone
    await made.teacher.press("发送")
    assert "再看一下" in made.mothers["王芳"].last.text and "再看一下" not in made.mothers["李雷"].heard
    assert "3 家" in made.teacher.last.text and len(world.group.messages) == posts
    await made.mothers["王芳"].press("收到")
    assert label(post) == "✅ 收到 2/5" and "已记为收到" in made.mothers["王芳"].last.text
    await made.teacher.in_private(typed)
    assert "今天都再发过了" in made.teacher.last.text


async def test_once_more_by_the_button_under_the_list(world: World) -> None:
    made = await ready_class(world)
    await send(made)
    await made.teacher.in_private("/receipts")
    await made.teacher.press("再发给没回的")
    await made.teacher.press("取消")
    assert "再看一下" not in made.mothers["王芳"].heard
    await made.teacher.press("再发给没回的")
    await made.teacher.press("发送")
    assert "再看一下" in made.mothers["王芳"].heard
    await world.later(days=1, hours=3)
    await made.teacher.in_private("/receipts")
    await made.teacher.press("再发给没回的")
    await made.teacher.press("发送")
    assert made.mothers["王芳"].heard.count("再看一下") == 2


async def test_once_more_when_there_is_nobody_or_it_is_over(world: World) -> None:
    made = await ready_class(world)
    await send(made, f"[免回]{TEXT}")
    await made.teacher.in_private("/receipts 1 再发")
    assert "不要回执" in made.teacher.last.text
    await send(made)
    await world.later(days=8)
    await made.teacher.in_private("/receipts 2 再发")
    assert "已经结束" in made.teacher.last.text


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        for user in (made.teacher, made.mothers["李雷"]):
            account = identity.find_account(records, "web", user.sender.native)
            assert account is not None
            personal.wishes(records, account.person_id).language = "en"
    await made.teacher.in_private("/notice [to 李雷] Choir on Thursday at 16:30.")
    assert "in private" in made.teacher.last.text
    await made.teacher.press("Send")
    assert "Dear family of 李雷" in made.mothers["李雷"].last.text
    await made.mothers["李雷"].press("Got it")
    assert "Noted as received" in made.mothers["李雷"].last.text
    await made.teacher.in_private("/receipts")
    assert "to 1 family alone" in made.teacher.last_words.text


# --- the group hears nothing ---------------------------------------------------------------------


@pytest.mark.parametrize("failure", [Failure.BLOCKED, Failure.NEVER_STARTED, Failure.REFUSED, Failure.LEAK])
async def test_whatever_becomes_of_it_the_group_hears_nothing(world: World, failure: Failure) -> None:
    made = await ready_class(world)
    before = [m.ref for m in world.group.messages]
    await made.teacher.in_private(f"/通知 [给 张小明、李雷] {TEXT}")
    world.platform.fail_next("tell", Refused(failure))
    await made.teacher.press("发送")
    await made.teacher.in_private("/roster add 孙小美")  # counts are made anew
    await world.until(22)
    await made.teacher.press("更正")
    await made.teacher.in_private("改到周五排练。")
    world.platform.fail_next("edit", Refused(Failure.TOO_OLD))
    await made.teacher.press("发送")
    await world.until(7, 5)
    await made.teacher.press("撤回")
    await send_some(made, f"定时 明天 7:30 [给 未回 1] {TEXT}")
    await send_some(made, f"[给 家委] {TEXT}")
    await world.later(days=1)
    await world.later(days=9)
    assert [m.ref for m in world.group.messages] == before


async def test_killed_before_it_was_told_it_is_told_once(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/通知 [给 李雷] {TEXT}")
    preview = made.teacher.last
    world.platform.press(made.teacher.sender, made.teacher.private, preview, "发送")
    await world.platform.hand_over(world.app.intake.door_of("web"))
    await world.app.dispatcher.run_once()  # it is stored, nothing is carried out
    world.app = App(world.database, [world.platform], limits=UNLIMITED, now=world.now, clock=world.clock)
    await world.app.delivery.recover()
    await world.settle()
    assert made.mothers["李雷"].heard.count(TEXT) == 1 and world.posted() == []
