"""The guard against public shaming: a child's name next to a failing does not stay in the group."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from bot.ports import Failure, Refused, TryAgain
from classroom.events import Right, Sender, SenderKind
from classroom.people import Role
from storage import classrooms, identity, queue
from storage.tables import Classroom, DeliveryRow, Draft, StudentRow, Violation
from tests.ready import ReadyClass, ready_class
from tests.world import User, World

SECRET = "未交作业：李雷、韩梅梅"
DOUBTFUL = "李雷还要努力"
MARKS = "期中考试成绩：\n李雷 98\n韩梅梅 95"


def leaks(world: World, *words: str) -> bool:
    """Whether any of it can be read in the group, or was ever said there by the bot, buttons included."""
    mine = [m for m in world.group.messages if m.by == "class_bot"]
    said = "".join(m.text + "".join(k.label for k in m.keys) for m in (*world.group.visible, *mine))
    toasts = "".join(text for _, text in world.platform.toasts)
    return any(word in said + toasts for word in words or ("没交", "未交", "98", "95"))


def violations_of(world: World) -> list[Violation]:
    with world.database.transaction() as records:
        found = list(records.exec(select(Violation).order_by(col(Violation.id))).all())
        records.expunge_all()
        return found


def end_role(made: ReadyClass, user: User) -> None:
    with made.world.database.transaction() as records:
        account = identity.find_account(records, "web", user.sender.native)
        assert account is not None
        classrooms.end_role(records, made.id, account.person_id, made.world.now())


# --- what a teacher types into the group ----------------------------------------------------------


@pytest.mark.parametrize("typed", [SECRET, "未交作业:\n李雷\n韩梅梅", "李雷和韩梅梅上课讲话", MARKS])
async def test_what_surely_shames_leaves_the_group(world: World, typed: str) -> None:
    made = await ready_class(world)
    shown = await made.teacher.in_group(typed)
    assert shown.removed and world.texts() == []
    told = made.teacher.last.text
    assert typed in told and "停留了片刻" in told and "李雷" not in told.splitlines()[0]
    assert all(m.inbox == [] for m in made.mothers.values())
    [noted] = violations_of(world)
    assert noted.done == "enforced" and noted.text is None


@pytest.mark.parametrize(
    "typed",
    [
        "明天春游，请准时到校，不要迟到",
        "李雷在运动会上获得第一名",
        "张小明没有迟到过一次",
        "请没交作业的同学把作业交给李雷",
        "收到",
        "",
    ],
)
async def test_a_legitimate_message_is_left_alone(world: World, typed: str) -> None:
    made = await ready_class(world)
    shown = await made.teacher.in_group(typed)
    assert not shown.removed and made.teacher.inbox == []


async def test_parents_are_not_judged_here(world: World) -> None:
    made = await ready_class(world)
    for user in (made.mothers["李雷"], made.committee, made.stranger):
        shown = await user.in_group(SECRET)
        assert not shown.removed  # who is not bound may be asked whose parent they are, and nothing else
        assert SECRET not in user.heard and "改为私信" not in user.buttons()


async def test_every_teacher_is_judged(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        account = identity.meet_account(records, "web", made.stranger.sender, world.now())
        classrooms.grant(
            records,
            made.id,
            account.person_id,
            Role.SUBSTITUTE,
            world.now(),
            by=None,
            until=world.now().date(),
        )
    for user in (made.subject_teacher, made.stranger):
        assert (await user.in_group(SECRET)).removed and SECRET in user.heard


async def test_an_edit_is_judged_too(world: World) -> None:
    made = await ready_class(world)
    shown = await made.teacher.in_group("今天的作业")
    await made.teacher.edits(shown, SECRET)
    assert shown.removed and not leaks(world)


async def test_an_edited_praise_is_judged_by_its_words(world: World) -> None:
    made = await ready_class(world)
    shown = await made.teacher.in_group("/praise 李雷 助人为乐")
    await made.teacher.edits(shown, "/praise 李雷 没交作业")
    assert shown.removed and not leaks(world)


async def test_so_is_a_caption_and_the_whole_album_goes(world: World) -> None:
    made = await ready_class(world)
    platform = world.platform
    parts = [
        platform.say(
            made.teacher.sender,
            world.group,
            text,
            attachments=[platform.file(b"x", f"{index}.jpg", "photo")],
            album="a1",
        )
        for index, text in enumerate(["", SECRET, ""])
    ]
    await world.settle()
    await world.later(seconds=1)
    assert all(part.removed for part in parts) and len(made.teacher.inbox) == 1


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        classroom = records.get(Classroom, made.id)
        assert classroom is not None
        classroom.language = "en"
        records.add(StudentRow(classroom_id=made.id, name="Tom Smith", added_at=world.now()))
    shown = await made.teacher.in_group("Tom Smith didn't hand in his homework")
    assert shown.removed and "took something down" in made.teacher.last.text
    assert made.teacher.buttons() == ["Make it private", "Change", "This is no criticism", "Cancel"]
    await made.teacher.press("This is no criticism")
    assert world.texts() == ["王老师: Tom Smith didn't hand in his homework"]


async def test_redelivered_it_is_asked_once(world: World) -> None:
    made = await ready_class(world)
    world.platform.say(made.teacher.sender, world.group, SECRET)
    update = world.platform.waiting[0]
    await world.settle()
    world.platform.redeliver(update)
    await world.settle()
    assert len(made.teacher.inbox) == 1 and len(violations_of(world)) == 1


# --- not sure: the teacher is asked ----------------------------------------------------------------


async def test_a_doubtful_one_stays_and_is_asked_about(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(DOUBTFUL)
    assert world.texts() == [DOUBTFUL]
    assert made.teacher.buttons() == ["撤下来", "改为私信", "这不是批评"]
    await made.teacher.press("撤下来")
    assert world.texts() == [] and made.teacher.buttons() == ["改为私信", "修改", "这不是批评", "取消"]
    assert violations_of(world)[0].done == "enforced"


async def test_what_is_no_criticism_is_not_asked_about_again(world: World) -> None:
    made = await ready_class(world)
    shown = await made.teacher.in_group(DOUBTFUL)
    await made.teacher.press("这不是批评")
    told = len(made.teacher.inbox)
    await made.teacher.edits(shown, DOUBTFUL + "，大家也是")
    assert shown in world.group.visible and len(made.teacher.inbox) == told
    await made.teacher.edits(shown, "李雷没交作业")
    assert shown.removed and not leaks(world)


async def test_put_right_by_an_edit(world: World) -> None:
    made = await ready_class(world)
    shown = await made.teacher.in_group(DOUBTFUL)
    await made.teacher.edits(shown, "李雷还要努力一点点")
    assert len(made.teacher.inbox) == 1 and "一点点" in made.teacher.last.text
    await made.teacher.edits(shown, "大家加油")
    assert "改好了" in made.teacher.last.text and made.teacher.buttons() == []
    assert shown in world.group.visible


async def test_edited_from_doubtful_to_certain(world: World) -> None:
    made = await ready_class(world)
    shown = await made.teacher.in_group(DOUBTFUL)
    await made.teacher.edits(shown, SECRET)
    assert shown.removed and SECRET in made.teacher.last.text
    assert len([m for m in made.teacher.inbox if m.keys]) == 1


async def test_doubtful_marks_stay_but_are_never_waved_through(world: World) -> None:
    made = await ready_class(world)
    shown = await made.teacher.in_group("李雷 98分")
    assert not shown.removed
    assert made.teacher.buttons() == ["撤下来", "改为私信", "取消"]
    await made.teacher.press("取消")
    assert "不动它" in made.teacher.last.text


# --- what the teacher decides ----------------------------------------------------------------------


async def test_no_criticism_after_all_it_comes_back_in_the_teachers_name(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group("李雷上课一直在玩数学积木，太有创意了")
    assert world.texts() == []
    await made.teacher.press("这不是批评")
    assert world.texts() == ["王老师：李雷上课一直在玩数学积木，太有创意了"]
    assert violations_of(world)[0].restored_at is not None


async def test_changed_it_is_posted_in_the_teachers_name(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(SECRET)
    await made.teacher.press("修改")
    await made.teacher.in_private("")
    assert "文字" in made.teacher.last.text
    await made.teacher.in_private("还是李雷没交作业")
    assert world.texts() == []
    await made.teacher.press("修改")
    await made.teacher.in_private("请记得 <b>今晚</b> 交作业 & 订正")
    assert world.texts() == ["王老师：请记得 <b>今晚</b> 交作业 & 订正"]


async def test_too_long_a_change(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(SECRET)
    await made.teacher.press("修改")
    await made.teacher.in_private("好" * 3501)
    assert "3500" in made.teacher.last.text
    await made.teacher.in_private("好")
    assert world.texts() == ["王老师：好"]


async def test_cancelled(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(SECRET)
    held = made.teacher.last
    tokens = [k.token or "" for k in held.keys]
    await made.teacher.press("取消")
    for token in tokens:
        world.platform.press_token(made.teacher.sender, made.teacher.private, token, held.ref)
        await world.settle()
    assert world.texts() == [] and SECRET not in made.teacher.heard


async def test_marks_cannot_be_published_by_any_button(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(MARKS)
    assert made.teacher.buttons() == ["改为私信", "修改", "取消"]
    await made.teacher.press("修改")
    await made.teacher.in_private("数学：李雷 98，韩梅梅 95")
    assert world.texts() == [] and "这不是批评" not in made.teacher.buttons()


async def test_nobody_else_can_press(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(SECRET)
    for key in made.teacher.last.keys:
        for user in (made.subject_teacher, made.mothers["李雷"], made.stranger):
            world.platform.press_token(user.sender, user.private, key.token or "")
            world.platform.press_token(user.sender, world.group, key.token or "")
            await world.settle()
    assert world.texts() == [] and SECRET in made.teacher.heard
    assert not made.mothers["李雷"].inbox


async def test_an_ended_role_stops_the_buttons(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(SECRET)
    await made.teacher.press("修改")
    end_role(made, made.teacher)
    await made.teacher.in_private("请记得交作业")
    for label in ("这不是批评", "改为私信"):
        await made.teacher.press(label, on=next(m for m in made.teacher.inbox if m.keys))
        break
    assert world.texts() == []


async def test_an_expired_button_says_so(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(SECRET)
    world.time = world.time.replace(year=world.time.year + 1)
    assert "过期" in await made.teacher.press("这不是批评")
    assert world.texts() == []


# --- 改为私信 ---------------------------------------------------------------------------------------


async def test_each_family_gets_its_own_line(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(MARKS)
    await made.teacher.press("改为私信")
    for name, mark, other in (("李雷", "98", "95"), ("韩梅梅", "95", "98")):
        while any(k.label == "发送" for m in made.teacher.inbox for k in m.keys):
            await made.teacher.press("发送")
        got = made.mothers[name].heard
        assert f"{name} {mark}" in got and other not in got
    assert made.mothers["张小明"].inbox == [] and not leaks(world)


async def test_what_cannot_be_cut_names_nobody_else(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group("李雷打了韩梅梅")
    await made.teacher.press("改为私信")
    while any(k.label == "发送" for m in made.teacher.inbox for k in m.keys):
        await made.teacher.press("发送")
    assert "李雷打了一位同学" in made.mothers["李雷"].heard
    assert "韩梅梅" not in made.mothers["李雷"].heard
    assert "李雷" not in made.mothers["韩梅梅"].heard and not leaks(world, "打了")


async def test_a_standing_text_goes_when_it_becomes_private(world: World) -> None:
    made = await ready_class(world)
    shown = await made.teacher.in_group(DOUBTFUL)
    await made.teacher.press("改为私信")
    assert shown.removed


async def test_of_two_children_of_one_name_only_one_family_is_meant(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        for number in ("20230106", "20230107"):
            records.add(StudentRow(classroom_id=made.id, name="张伟", number=number, added_at=world.now()))
    await made.teacher.in_group("张伟没交作业")
    await made.teacher.press("改为私信")
    assert len(made.teacher.buttons()) == 2
    await made.teacher.press(made.teacher.buttons()[1])
    assert made.teacher.heard.count("张伟没交作业") == 1 and world.texts() == []


# --- when things go wrong --------------------------------------------------------------------------


async def test_the_bot_may_not_delete(world: World) -> None:
    made = await ready_class(world)
    world.group.rights = frozenset({Right.PIN})
    await world.until(22)
    shown = await made.subject_teacher.in_group(SECRET)
    assert not shown.removed
    for user in (made.teacher, made.subject_teacher):
        assert "手动删除" in user.heard
    assert SECRET not in made.teacher.heard
    assert violations_of(world)[0].done == "reported_to_teacher"
    assert len(world.texts()) == 1


async def test_a_quote_of_it_goes_too(world: World) -> None:
    made = await ready_class(world)
    shown = await made.teacher.in_group(SECRET)
    await made.committee.in_group("这是怎么回事？", reply_to=shown)
    assert world.texts() == [] and not leaks(world)


async def test_a_removal_is_tried_again(world: World) -> None:
    made = await ready_class(world)
    world.platform.fail_next("delete", TryAgain("busy", after=0.0), TryAgain("busy", after=0.0))
    shown = await made.teacher.in_group(SECRET)
    await world.later(minutes=1)
    assert shown.removed and not leaks(world)


async def test_somebody_was_faster(world: World) -> None:
    made = await ready_class(world)
    world.platform.fail_next("delete", Refused(Failure.NOT_FOUND))
    await made.teacher.in_group(SECRET)
    assert "手动删除" not in made.teacher.heard and violations_of(world)[0].done == "enforced"


async def test_the_author_cannot_be_reached_yet(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        account = identity.find_account(records, "web", made.teacher.sender.native)
        assert account is not None
        classrooms.set_door(records, account.chat_id, "never_started")
    made.teacher.private.opened = False
    await made.teacher.in_group(SECRET)
    assert not leaks(world) and len(world.posted()) == 1
    assert made.teacher.inbox == []
    await made.teacher.in_private("/start")
    assert SECRET in made.teacher.heard


async def test_after_a_restart_nothing_leaks(world: World) -> None:
    made = await ready_class(world)
    world.platform.say(made.teacher.sender, world.group, SECRET)
    await world.platform.hand_over(world.app.intake.door_of("web"))
    await world.app.dispatcher.run_once()
    with world.database.transaction() as records:
        for row in records.exec(select(DeliveryRow)).all():
            row.state = "sending"
    await world.app.delivery.recover()
    await world.settle()
    assert world.texts() == [] and SECRET in made.teacher.heard


async def test_no_private_word_is_stored_for_a_group(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(SECRET)
    await made.teacher.in_group(MARKS)
    with world.database.transaction() as records:
        rows = records.exec(select(DeliveryRow).where(DeliveryRow.chat_kind == "group")).all()
        payloads = [row.payload or "" for row in rows]
    assert payloads and all("李雷" not in p and "作业" not in p for p in payloads)
    assert all(queue.load(p)[0].kind == "remove" for p in payloads)


async def test_undecided_words_end_with_the_term(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(SECRET)
    held = made.teacher.last
    await world.later(days=75)
    with world.database.transaction() as records:
        assert [d for d in records.exec(select(Draft)).all() if d.words] == []
        assert all("作业" not in (row.payload or "") for row in records.exec(select(DeliveryRow)).all())
    world.platform.press_token(made.teacher.sender, made.teacher.private, held.keys[0].token or "", held.ref)
    await world.settle()
    assert world.texts() == []


# --- anonymous administrators -----------------------------------------------------------------------


async def anonymous(world: World, text: str) -> None:
    sender = Sender("1087968824", "三年级2班", kind=SenderKind.ANONYMOUS_ADMIN)
    world.platform.say(sender, world.group, text)
    await world.settle()


@pytest.mark.parametrize("typed", [SECRET, "/praise 李雷 没交作业"])
async def test_an_anonymous_administrator(world: World, typed: str) -> None:
    made = await ready_class(world)
    await anonymous(world, typed)
    assert not leaks(world) and len(world.texts()) == 1
    await made.mothers["李雷"].press("是我发的", where=world.group)
    assert made.mothers["李雷"].inbox == []
    await made.teacher.press("是我发的", where=world.group)
    assert not leaks(world) and world.texts() == [] and "作业" in made.teacher.last.text
    await made.teacher.press("取消")
    assert world.texts() == []


async def test_an_anonymous_one_that_cannot_be_deleted(world: World) -> None:
    made = await ready_class(world)
    world.group.rights = frozenset()
    await anonymous(world, SECRET)
    assert "手动删除" in made.teacher.heard and SECRET not in made.teacher.heard


async def test_what_may_not_be_deleted_is_not_called_gone(world: World) -> None:
    made = await ready_class(world)
    world.platform.add_bot(made.teacher.sender, world.group, frozenset({Right.PIN}))
    await world.settle()
    shown = await made.teacher.in_group(SECRET)
    assert not shown.removed and "撤下来了" not in made.teacher.heard and "手动删除" in made.teacher.heard
    assert "改为私信" in made.teacher.buttons()


async def test_an_anonymous_doubtful_one_is_left(world: World) -> None:
    await ready_class(world)
    await anonymous(world, DOUBTFUL)
    assert world.texts() == [DOUBTFUL]
