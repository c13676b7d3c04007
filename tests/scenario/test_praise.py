"""Praise: in front of everybody, and told to the families."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from storage import guardians
from storage.tables import Classroom, Guardian, Praise, PraisedStudent, StudentRow, Violation
from tests.ready import ReadyClass, ready_class
from tests.world import User, World

TEXT = "在运动会上获得接力第一名 #运动会"


def add_student(made: ReadyClass, name: str, number: str | None = None, *aliases: str) -> int:
    with made.world.database.transaction() as records:
        row = StudentRow(
            classroom_id=made.id, name=name, number=number, aliases=list(aliases), added_at=made.world.now()
        )
        records.add(row)
        records.flush()
        return row.id


def no_public_mention(made: ReadyClass, name: str) -> None:
    with made.world.database.transaction() as records:
        for guardian in guardians.active_of(records, made.students[name]):
            guardian.public_mention = False


def bind(made: ReadyClass, user: User, student: int, relation: str = "mother") -> None:
    """Let somebody who is a guardian already answer for one more child."""
    with made.world.database.transaction() as records:
        first = guardians.active_of(records, made.students["李雷"])[0]
        assert user is made.mothers["李雷"]
        records.add(
            Guardian(
                classroom_id=made.id,
                student_id=student,
                person_id=first.person_id,
                relation=relation,
                state="active",
                how="test",
                asked_at=made.world.now(),
            )
        )


def recorded(world: World) -> list[tuple[str, bool]]:
    """What stands in the records: the text of each praise, and whether it was undone."""
    with world.database.transaction() as records:
        rows = records.exec(select(Praise).order_by(col(Praise.id))).all()
        return [(row.text, row.undone_at is not None) for row in rows]


def posted(world: World) -> list[str]:
    return [m.text for m in world.posted()]


async def test_children_are_praised_in_the_group_and_at_home(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group(f"/praise 张小明 李雷 {TEXT}")
    [post] = posted(world)
    assert "张小明" in post and "李雷" in post and TEXT in post and "王老师" in post
    assert not typed.removed
    for user in (made.mothers["张小明"], made.mothers["李雷"], made.fathers["李雷"]):
        assert TEXT in user.last.text and "王老师" in user.last.text
    assert "张小明" not in made.mothers["李雷"].last.text
    assert made.mothers["韩梅梅"].inbox == []
    assert recorded(world) == [(TEXT, False)]


@pytest.mark.parametrize(
    "typed",
    [
        f"/表扬 张小明、李雷{TEXT}",
        f"/夸张小明，李雷 {TEXT}",
        f"、表扬张小明李雷{TEXT}",
        f"／表扬：张小明 李雷 {TEXT}",
        f"/ 表扬 张小明和李雷{TEXT}",
        f"/praise@class_bot 张小明 李雷 {TEXT}",
    ],
)
async def test_the_way_people_type_it(world: World, typed: str) -> None:
    made = await ready_class(world)
    await made.subject_teacher.in_group(typed)
    [post] = posted(world)
    assert "张小明、李雷" in post and TEXT in post and "数学刘老师" in post


async def test_in_private_it_goes_to_the_class_group_and_says_so(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/praise 赵一 {TEXT}")
    assert "赵一" in posted(world)[0]
    assert "三年级2班" in made.teacher.heard and "赵一还没有家长绑定" in made.teacher.heard


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        classroom = records.get(Classroom, made.id)
        assert classroom is not None
        classroom.language = "en"
    await made.teacher.in_private("/praise 李雷 won the relay")
    assert "Well done, 李雷!" in posted(world)[0]
    assert "Good news!" in made.mothers["李雷"].last.text
    await made.teacher.in_private("/praise")
    assert "Whom shall we praise?" in made.teacher.last.text
    await made.teacher.in_private("/praise 李蕾 sang")
    assert "is not on the roster" in made.teacher.last.text
    await made.teacher.in_group("/praise list")
    assert "Honours list" in posted(world)[-1]
    await made.teacher.in_private("/praise undo")
    assert "Taken back" in made.teacher.last.text


async def test_a_first_name_or_a_slip_offers_who_was_meant(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/roster add Tom Smith, Tom Jones")
    await made.teacher.in_group("/praise Tom won the relay")
    assert made.teacher.buttons() == ["Tom Smith", "Tom Jones", "取消"] and posted(world) == []
    await made.teacher.in_group("/praise Tm Smith helped to tidy up")
    await made.teacher.press("Tom Smith")
    assert "Tom Smith" in posted(world)[0] and "\nhelped to tidy up" in posted(world)[0]


async def test_text_is_shown_as_typed(world: World) -> None:
    made = await ready_class(world)
    text = "写了 <b>好</b> & *强* [文](x) {{ names }} 的诗"
    await made.teacher.in_group(f"/praise 李雷 {text}")
    assert text in posted(world)[0] and text in made.mothers["李雷"].last.text


async def test_nobody_is_woken(world: World) -> None:
    made = await ready_class(world)
    await world.until(19, 59)
    await world.later(hours=2)
    await made.teacher.in_group(f"/praise 李雷 {TEXT}")
    assert len(posted(world)) == 1 and made.mothers["李雷"].inbox == []
    await world.until(7)
    assert TEXT in made.mothers["李雷"].last.text


async def test_a_parent_of_two_hears_once(world: World) -> None:
    made = await ready_class(world)
    brother = add_student(made, "李电")
    bind(made, made.mothers["李雷"], brother)
    await made.teacher.in_group(f"/praise 李雷 李电 {TEXT}")
    [told] = made.mothers["李雷"].inbox
    assert "李雷、李电" in told.text
    assert "李电" not in made.fathers["李雷"].last.text


# --- names ----------------------------------------------------------------------------------------


async def test_an_unknown_name_posts_nothing_and_offers_the_closest(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(f"/praise 张小明 李蕾 {TEXT}")
    assert posted(world) == [] and "李蕾" in made.teacher.last.text
    assert made.teacher.buttons() == ["李雷", "取消"]
    await made.teacher.press("李雷")
    [post] = posted(world)
    assert "张小明、李雷" in post and TEXT in post and "李蕾" not in post
    await made.teacher.in_private("/praise list")
    assert len(posted(world)) == 1


async def test_a_button_works_once_and_for_its_teacher_only(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/praise 李蕾 {TEXT}")
    asked = made.teacher.last
    token = asked.keys[0].token or ""
    for stranger in (made.subject_teacher, made.mothers["李雷"]):
        world.platform.press_token(stranger.sender, stranger.private, token)
        await world.settle()
        assert posted(world) == []
    for _ in range(2):
        world.platform.press_token(made.teacher.sender, made.teacher.private, token, asked.ref)
        await world.settle()
    assert len(posted(world)) == 1


async def test_cancelled_at_the_question(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/praise 李蕾 {TEXT}")
    asked = made.teacher.last
    token = asked.keys[0].token or ""
    await made.teacher.press("取消")
    world.platform.press_token(made.teacher.sender, made.teacher.private, token, asked.ref)
    await world.settle()
    assert posted(world) == [] and "处理过了" in made.teacher.last.text


async def test_a_name_like_nobodys(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/praise 孙悟空获得第一名")
    assert (
        posted(world) == [] and "孙悟空" in made.teacher.last.text and "/名册 添加" in made.teacher.last.text
    )


async def test_two_children_of_one_name_are_told_apart(world: World) -> None:
    made = await ready_class(world)
    add_student(made, "张伟", "20230106")
    second = add_student(made, "张伟", "20230107")
    await made.teacher.in_group(f"/praise 张伟 李雷 {TEXT}")
    assert posted(world) == []
    await made.teacher.press(next(b for b in made.teacher.buttons() if "20230107" in b))
    assert "张伟" in posted(world)[0] and "李雷" in posted(world)[0]
    with world.database.transaction() as records:
        named = {row.student_id for row in records.exec(select(PraisedStudent)).all()}
    assert named == {second, made.students["李雷"]}


async def test_the_number_says_which(world: World) -> None:
    made = await ready_class(world)
    add_student(made, "张伟", "20230106")
    second = add_student(made, "张伟", "20230107")
    await made.teacher.in_group(f"/praise 张伟20230107 {TEXT}")
    with world.database.transaction() as records:
        assert [row.student_id for row in records.exec(select(PraisedStudent)).all()] == [second]


async def test_an_alias_will_do(world: World) -> None:
    made = await ready_class(world)
    add_student(made, "王子轩", None, "轩轩", "Tom")
    await made.teacher.in_group(f"/praise 轩轩 {TEXT}")
    assert "王子轩" in posted(world)[0]


async def test_bare_it_asks_who_and_what_for(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group("/praise")
    assert posted(world) == []
    await made.teacher.press("李雷")
    await made.teacher.in_private("韩梅梅摔倒时马上扶她去医务室")
    [post] = posted(world)
    assert "为李雷点赞" in post and "韩梅梅摔倒时马上扶她去医务室" in post


async def test_bare_and_then_typed_at_once(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/夸")
    await made.teacher.in_private(f"李雷 {TEXT}")
    assert "李雷" in posted(world)[0]


async def test_text_without_names_waits_for_them(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/praise 今天把教室打扫得很干净")
    assert posted(world) == [] and "今天把教室打扫得很干净" in made.teacher.last.text
    await made.teacher.in_private("李雷 王芳")
    assert "李雷、王芳" in posted(world)[0] and "今天把教室打扫得很干净" in posted(world)[0]


async def test_names_without_text_wait_for_it(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/praise 李雷 王芳")
    await made.teacher.in_private(" ")
    assert "文字" in made.teacher.last.text and posted(world) == []
    await made.teacher.in_private(TEXT)
    assert "李雷、王芳" in posted(world)[0] and TEXT in posted(world)[0]


async def test_too_long(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group("/praise 李雷 " + "好" * 1001)
    assert posted(world) == [] and "1001" in made.teacher.last.text and "1000" in made.teacher.last.text
    await made.teacher.in_group("/praise 李雷 " + "好" * 1000)
    assert len(posted(world)) == 1


async def test_an_empty_roster(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        for row in records.exec(select(StudentRow)).all():
            row.removed_at = world.now()
    await made.teacher.in_private(f"/praise 李雷 {TEXT}")
    assert "/名册 添加" in made.teacher.last.text and posted(world) == []
    await made.teacher.in_private("/praise")
    assert "/名册 添加" in made.teacher.last.text


async def test_who_may_not(world: World) -> None:
    made = await ready_class(world)
    for user in (made.committee, made.mothers["李雷"], made.stranger):
        await user.in_private("/praise list")
        assert "光荣榜" not in user.last.text
        await user.in_group(f"/praise 李雷 {TEXT}")
        assert posted(world) == []
    assert recorded(world) == []


async def test_an_edited_command_does_nothing(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group(f"/praise 李雷 {TEXT}")
    await made.teacher.edits(typed, "/praise 王芳 唱得很好")
    assert len(posted(world)) == 1


async def test_redelivered_it_is_said_once(world: World) -> None:
    made = await ready_class(world)
    world.platform.say(made.teacher.sender, world.group, f"/praise 李雷 {TEXT}")
    update = world.platform.waiting[0]
    await world.settle()
    world.platform.redeliver(update)
    await world.settle()
    assert len(posted(world)) == 1 and len(made.mothers["李雷"].inbox) == 1


async def test_the_bot_is_in_no_group(world: World) -> None:
    made = await ready_class(world)
    world.platform.remove_bot(made.teacher.sender, world.group)
    await world.settle()
    await made.teacher.in_private(f"/praise 李雷 {TEXT}")
    assert "加进群" in made.teacher.last.text and recorded(world) == []


# --- no public mention ----------------------------------------------------------------------------


async def test_a_child_not_to_be_named_is_praised_in_private(world: World) -> None:
    made = await ready_class(world)
    no_public_mention(made, "王芳")
    typed = await made.teacher.in_group(f"/praise 李雷 王芳 {TEXT}")
    [post] = posted(world)
    assert "李雷" in post and typed.removed
    assert "王芳" not in "".join(world.texts())
    assert TEXT in made.mothers["王芳"].last.text and "没有在群里" in made.mothers["王芳"].last.text
    assert "王芳的家里不希望公开提名" in made.teacher.heard


async def test_if_nobody_is_to_be_named_nothing_is_posted(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        row = records.get(StudentRow, made.students["王芳"])
        assert row is not None
        row.public_mention = False
    await made.teacher.in_group(f"/praise 王芳 {TEXT}")
    assert world.texts() == []
    assert TEXT in made.mothers["王芳"].last.text and recorded(world) == [(TEXT, False)]
    await made.teacher.in_private("/praise list")
    assert "王芳" not in made.teacher.last.text


async def test_a_family_alone_may_read_its_own_name(world: World) -> None:
    made = await ready_class(world)
    no_public_mention(made, "王芳")
    await made.teacher.in_private("/praise 王芳 今天我们王芳第一个举手")
    assert world.texts() == [] and "第一个举手" in made.mothers["王芳"].last.text


@pytest.mark.parametrize("typed", ["李雷 扶王芳去医务室", "李雷 王芳 两人一起，王芳先跑"])
async def test_nor_is_the_name_posted_in_the_text(world: World, typed: str) -> None:
    made = await ready_class(world)
    no_public_mention(made, "王芳")
    await made.teacher.in_group(f"/praise {typed}")
    assert world.texts() == [] and made.teacher.buttons() == ["修改", "取消"]
    await made.teacher.press("修改")
    await made.teacher.in_private("李雷 扶同学去医务室")
    assert "扶同学去医务室" in posted(world)[0] and "王芳" not in "".join(world.texts())


# --- the honours list and undo --------------------------------------------------------------------


async def test_the_honours_list(world: World) -> None:
    made = await ready_class(world)
    for typed in (f"李雷 {TEXT}", "李雷 作业认真", "王芳 唱得很好", "韩梅梅 乐于助人"):
        await made.teacher.in_private(f"/praise {typed}")
    no_public_mention(made, "韩梅梅")
    await made.subject_teacher.in_private("/表扬 列表")
    listed = made.subject_teacher.last.text
    assert (
        listed.count("李雷") == 1 and "王芳" in listed and "韩梅梅" not in listed and "张小明" not in listed
    )
    await made.teacher.in_group("/praise list 本学期")
    assert "本学期光荣榜" in posted(world)[-1] and "李雷" in posted(world)[-1]
    await world.later(days=20)
    await made.teacher.in_private("/praise list month")
    assert "李雷" not in made.teacher.last.text
    await made.teacher.in_private("/praise list term")
    assert "李雷" in made.teacher.last.text
    await world.later(days=70)
    await made.teacher.in_private("/praise list term")
    assert "李雷" not in made.teacher.last.text


async def test_undo_takes_everything_back(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(f"/praise 李雷 {TEXT}")
    await world.later(minutes=9)
    await made.teacher.in_private("/praise undo")
    assert posted(world) == [] and TEXT not in made.mothers["李雷"].heard
    assert "撤回" in made.mothers["李雷"].last.text and recorded(world) == [(TEXT, True)]
    await made.teacher.in_private("/praise list")
    assert "李雷" not in made.teacher.last.text
    await made.teacher.in_private("/撤回表扬")
    await made.teacher.in_private("/表扬 撤回")
    assert "没有可以撤回" in made.teacher.last.text


async def test_undo_by_the_button(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/praise 李雷 {TEXT}")
    await made.teacher.press("撤回")
    assert posted(world) == [] and "已经撤回" in made.teacher.last.text


async def test_undo_comes_too_late(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/praise 李雷 {TEXT}")
    await world.later(minutes=11)
    await made.teacher.press("撤回")
    assert len(posted(world)) == 1 and "长按" in made.teacher.last.text


async def test_only_the_own_praise_is_undone(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/praise 李雷 {TEXT}")
    await made.subject_teacher.in_private("/praise undo")
    assert len(posted(world)) == 1 and "没有可以撤回" in made.subject_teacher.last.text


async def test_a_copy_not_sent_yet_never_is(world: World) -> None:
    made = await ready_class(world)
    await world.until(22)
    await made.teacher.in_private(f"/praise 李雷 {TEXT}")
    await made.teacher.in_private("/praise undo")
    await world.until(8)
    assert made.mothers["李雷"].inbox == []


# --- marks and shaming: held back -----------------------------------------------------------------

MARKS = "数学考了98分"


def hears_of_it(user: User, words: str) -> bool:
    return words in user.heard


async def test_marks_are_never_published(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group(f"/praise 李雷 {MARKS}")
    assert typed.removed and world.texts() == []
    assert hears_of_it(made.teacher, MARKS) and not hears_of_it(made.mothers["李雷"], MARKS)
    assert made.teacher.buttons() == ["改为私信", "修改", "取消"]
    await made.teacher.press("修改")
    await made.teacher.in_private("李雷 英语考了99分")
    assert world.texts() == [] and "这不是批评" not in made.teacher.buttons()
    await made.teacher.press("修改")
    await made.teacher.in_private("李雷 最近数学进步很大")
    assert "进步很大" in posted(world)[0] and "98" not in posted(world)[0]


async def test_a_place_in_sports_may_be_published(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group("/praise 李雷 在校运动会100米比赛中获得第一名")
    assert len(posted(world)) == 1


async def test_criticism_by_praise_is_held(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group("/praise 李雷 今天又没交作业")
    assert typed.removed and world.texts() == [] and recorded(world) == []
    assert made.teacher.buttons() == ["改为私信", "修改", "这不是批评", "取消"]
    await made.teacher.press("取消")
    assert world.texts() == [] and made.mothers["李雷"].inbox == []


async def test_a_misspelt_name_saves_no_criticism(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group("/praise 李蕾 今天又没交作业")
    assert typed.removed and world.texts() == []


async def test_what_is_no_criticism_is_published_as_typed(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/praise 李雷 今天没交作业，但是把作业本借给了同学")
    assert posted(world) == []
    await made.teacher.press("这不是批评")
    assert "把作业本借给了同学" in posted(world)[0] and "李雷" in posted(world)[0]
    with world.database.transaction() as records:
        [noted] = records.exec(select(Violation)).all()
        assert noted.restored_at is not None and noted.text is None


async def test_a_doubtful_command_stays_until_its_author_decides(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group("/praise 李雷 还要努力")
    assert typed in world.group.visible and posted(world) == []
    assert "撤下来" in made.teacher.buttons()
    await made.teacher.press("撤下来")
    assert world.texts() == []
    await made.teacher.press("修改")
    await made.teacher.in_private("一直很努力")
    await made.teacher.in_private("李雷")
    assert "一直很努力" in posted(world)[0]


async def test_nobody_is_called_told_who_was_not(world: World) -> None:
    c = await ready_class(world)
    await c.teacher.in_private("/表扬 赵一 写字很好")
    assert "赵一还没有家长绑定" in c.teacher.last.text and "告诉了" not in c.teacher.last.text
    await c.teacher.in_private("/表扬 张小明 赵一 写字很好")
    assert "也告诉了其他家长" in c.teacher.last.text
