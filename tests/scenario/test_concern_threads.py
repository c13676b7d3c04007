"""Answers to a concern: one thread per guardian, back to the teacher who wrote and the head teacher."""

from __future__ import annotations

from sqlmodel import select

from classroom.events import Attachment
from storage import classrooms, identity
from storage.database import Records
from storage.tables import ConcernLine, Guardian
from tests.leaks import every_log_line, shown_in
from tests.ready import ReadyClass, ready_class
from tests.world import User, World

WORDS = "今天三科作业本都没有带。"
ANSWER = "昨晚在医院陪奶奶，没来得及。"


async def sent(world: World, *, by_subject_teacher: bool = False) -> ReadyClass:
    """李雷's parents have a concern before them."""
    ready = await ready_class(world)
    teacher = ready.subject_teacher if by_subject_teacher else ready.teacher
    await teacher.in_private(f"/concern 李雷 {WORDS}")
    await teacher.press("发送")
    return ready


def person_of(records: Records, user: User) -> int:
    account = identity.find_account(records, "web", user.sender.native)
    assert account is not None
    return account.person_id


def unbind(world: World, user: User) -> None:
    with world.database.transaction() as records:
        for row in records.exec(select(Guardian).where(Guardian.person_id == person_of(records, user))):
            row.state = "ended"


async def test_i_know(world: World) -> None:
    ready = await sent(world)
    assert await ready.mothers["李雷"].press("知道了") == "好的，已经告诉老师"
    assert "李雷妈妈已经看到第 1 条" in ready.teacher.last.text
    before = len(ready.teacher.inbox)
    await ready.mothers["李雷"].press("知道了")
    assert len(ready.teacher.inbox) == before and len(ready.fathers["李雷"].inbox) == 1


async def test_a_time_to_talk(world: World) -> None:
    ready = await sent(world, by_subject_teacher=True)
    await ready.mothers["李雷"].press("约时间聊聊")
    assert "老师会给您一个时间" in ready.mothers["李雷"].last.text
    for teacher in (ready.subject_teacher, ready.teacher):
        assert "约时间" in teacher.last.text
    await ready.subject_teacher.press("回复")
    await ready.subject_teacher.in_private("周四放学后可以吗？")
    assert "周四放学后" in ready.mothers["李雷"].last.text and len(ready.fathers["李雷"].inbox) == 1


async def test_an_answer_goes_to_the_writer_and_the_head_teacher_only(world: World) -> None:
    ready = await sent(world, by_subject_teacher=True)
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private(ANSWER)
    for teacher in (ready.subject_teacher, ready.teacher):
        assert ANSWER in teacher.last.text and "李雷妈妈" in teacher.last.text
    everybody = (ready.fathers["李雷"], ready.committee, ready.mothers["王芳"])
    assert all(ANSWER not in user.heard for user in everybody)
    assert ANSWER not in shown_in(world)
    with world.database.transaction() as records:
        assert [line.words.reveal() for line in records.exec(select(ConcernLine)) if line.words] == [ANSWER]


async def test_the_head_teachers_own_concern_is_answered_once(world: World) -> None:
    ready = await sent(world)
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private(ANSWER)
    assert ready.teacher.heard.count(ANSWER) == 1 and ANSWER not in ready.subject_teacher.heard


async def test_one_thread_per_guardian(world: World) -> None:
    ready = await sent(world)
    mother, father = ready.mothers["李雷"], ready.fathers["李雷"]
    await mother.press("回复")
    await mother.in_private(ANSWER)
    await father.press("回复")
    await father.in_private("我来管。")
    assert ANSWER not in father.heard and "我来管" not in mother.heard
    shown = next(m for m in ready.teacher.inbox if ANSWER in m.text)
    await ready.teacher.press("回复", on=shown)
    await ready.teacher.in_private("祝奶奶早日康复。")
    assert "康复" in mother.last.text and "康复" not in father.heard and mother.last.protected
    await mother.press("回复", on=mother.last)
    await mother.in_private("谢谢老师")
    assert "谢谢老师" in ready.teacher.last.text


async def test_only_words_are_passed_on(world: World) -> None:
    ready = await sent(world)
    mother = ready.mothers["李雷"]
    await mother.press("回复")
    await mother.in_private("", files=[Attachment("voice", "v1")])
    assert "文字" in mother.last.text
    await mother.in_private(ANSWER, files=[Attachment("photo", "p1")])
    assert "只转了文字" in mother.last.text and ANSWER in ready.teacher.last.text


async def test_too_long_an_answer_is_asked_for_again(world: World) -> None:
    ready = await sent(world)
    mother = ready.mothers["李雷"]
    await mother.press("回复")
    await mother.in_private("长" * 3001)
    assert "3001" in mother.last.text and "长长" not in ready.teacher.heard
    await mother.in_private(ANSWER)
    assert ANSWER in ready.teacher.heard


async def test_hours_both_ways(world: World) -> None:
    ready = await sent(world)
    mother = ready.mothers["李雷"]
    await world.until(20, 30)
    await mother.press("回复")
    await mother.in_private(ANSWER)
    assert "07:00" in mother.last.text and "打电话" in mother.last.text
    assert ANSWER not in ready.teacher.heard
    await world.until(7)
    assert ANSWER in ready.teacher.heard
    await world.until(22)
    await ready.teacher.press("回复")
    await ready.teacher.in_private("明天再说。")
    assert "07:00" in ready.teacher.last.text and "明天再说" not in mother.heard
    await world.until(7)
    assert "明天再说" in mother.heard


async def test_the_writers_role_is_over(world: World) -> None:
    ready = await sent(world, by_subject_teacher=True)
    with world.database.transaction() as records:
        classrooms.end_role(records, ready.id, person_of(records, ready.subject_teacher), world.now())
    before = len(ready.subject_teacher.inbox)
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private(ANSWER)
    assert ANSWER in ready.teacher.last.text and len(ready.subject_teacher.inbox) == before


async def test_a_teacher_whose_role_is_over_cannot_answer(world: World) -> None:
    ready = await sent(world, by_subject_teacher=True)
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private(ANSWER)
    shown = ready.subject_teacher.last
    with world.database.transaction() as records:
        classrooms.end_role(records, ready.id, person_of(records, ready.subject_teacher), world.now())
    assert await ready.subject_teacher.press("回复", on=shown) != ""
    await ready.subject_teacher.in_private("还想说一句")
    assert "还想说一句" not in ready.mothers["李雷"].heard


async def test_a_guardian_who_is_no_longer_bound(world: World) -> None:
    ready = await sent(world)
    mother = ready.mothers["李雷"]
    await mother.press("回复")
    await mother.in_private(ANSWER)
    unbind(world, mother)
    await mother.press("回复", on=next(m for m in mother.inbox if WORDS in m.text))
    await mother.in_private("还有一件事")
    assert "还有一件事" not in ready.teacher.heard
    await ready.teacher.press("回复")
    assert "没有绑定" in ready.teacher.last.text and "13800000000" in ready.teacher.last.text


async def test_unbound_while_the_teacher_writes(world: World) -> None:
    ready = await sent(world)
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private(ANSWER)
    await ready.teacher.press("回复")
    unbind(world, ready.mothers["李雷"])
    await ready.teacher.in_private("收到您的话了。")
    assert "没有绑定" in ready.teacher.last.text
    assert "收到您的话了" not in ready.mothers["李雷"].heard


async def test_an_answer_that_does_not_arrive(world: World) -> None:
    ready = await sent(world)
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private(ANSWER)
    ready.mothers["李雷"].private.blocked = True
    await ready.teacher.press("回复")
    await ready.teacher.in_private("收到您的话了。")
    assert "没有送到李雷妈妈" in ready.teacher.last.text and "13800000000" in ready.teacher.last.text


async def test_a_teacher_who_cannot_be_reached(world: World) -> None:
    ready = await sent(world)
    ready.teacher.private.blocked = True
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private(ANSWER)
    assert "打电话" in ready.mothers["李雷"].last.text


async def test_a_token_in_other_hands_does_nothing(world: World) -> None:
    ready = await sent(world)
    shown = ready.mothers["李雷"].last
    for user in (ready.fathers["李雷"], ready.stranger, ready.teacher, ready.committee):
        for key in shown.keys:
            for chat in (user.private, world.group):
                world.platform.press_token(user.sender, chat, key.token or "")
                await world.settle()
                await user.in_private("不是我的按钮")
    assert "不是我的按钮" not in ready.teacher.heard and "已经看到" not in ready.teacher.heard
    assert world.posted() == []


async def test_pressed_with_the_right_hands_in_the_group_it_is_answered_in_private(world: World) -> None:
    ready = await sent(world)
    shown = ready.mothers["李雷"].last
    for key in shown.keys:
        world.platform.press_token(ready.mothers["李雷"].sender, world.group, key.token or "")
        await world.settle()
    assert world.posted() == [] and WORDS not in shown_in(world)
    await ready.mothers["李雷"].in_group(ANSWER)
    assert ANSWER not in ready.teacher.heard
    await ready.mothers["李雷"].in_private(ANSWER)
    assert ANSWER in ready.teacher.heard


async def test_no_word_of_a_thread_is_logged(world: World) -> None:
    with every_log_line() as lines:
        ready = await sent(world)
        await ready.mothers["李雷"].press("回复")
        await ready.mothers["李雷"].in_private(ANSWER)
        ready.mothers["李雷"].private.blocked = True
        await ready.teacher.press("回复")
        await ready.teacher.in_private("收到您的话了。")
    assert lines
    assert not any(word in line for line in lines for word in (WORDS, ANSWER, "收到您的话了", "李雷"))


async def test_the_buttons_work_all_term(world: World) -> None:
    ready = await sent(world)
    await world.later(days=50)
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private(ANSWER)
    assert ANSWER in ready.teacher.heard
