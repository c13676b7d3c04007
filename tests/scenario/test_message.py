"""/message and free words: whatever a family has to say, in one thread per matter, in private."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import App
from classroom.events import Attachment
from classroom.people import Role
from storage import classrooms
from storage.tables import Chat, StudentRow
from tests.ready import ReadyClass, ready_class
from tests.requests_kit import (
    add_child,
    end_role,
    person_of,
    said,
    set_phone,
    speaks_english,
    stored,
    unbind,
)
from tests.world import UNLIMITED, World

WORDS = "下午爷爷来接，饭放在门卫处。"


async def brought(world: World) -> ReadyClass:
    """李雷's mother has written to the teacher."""
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private(f"/留言 {WORDS}")
    return ready


# --- there and back -------------------------------------------------------------------------------


async def test_a_message_reaches_the_teacher_alone(world: World) -> None:
    ready = await brought(world)
    for part in (WORDS, "李雷妈妈", "三年级2班", "第 1 号"):
        assert part in ready.teacher.last.text
    assert ready.teacher.buttons() == ["知道了", "回复", "转给…"]
    assert "已经转给老师（第 1 号）" in ready.mothers["李雷"].last.text
    for other in (ready.subject_teacher, ready.fathers["李雷"], ready.committee, ready.mothers["王芳"]):
        assert other.inbox == []
    assert world.posted() == []


async def test_answers_go_back_and_forth_in_one_thread(world: World) -> None:
    ready = await brought(world)
    mother = ready.mothers["李雷"]
    await ready.teacher.press("回复")
    await ready.teacher.in_private("好的，放心。")
    assert "好的，放心。" in mother.last.text and "王老师" in mother.last.text and "李雷" in mother.last.text
    assert [r.state for r in stored(world)] == ["answered"]
    await mother.press("回复")
    await mother.in_private("谢谢老师！")
    assert "谢谢老师！" in ready.teacher.last.text and "第 1 号" in ready.teacher.last.text
    assert [r.state for r in stored(world)] == ["open"]
    await ready.teacher.press("知道了")
    assert "知道了" in mother.last.text and [r.state for r in stored(world)] == ["answered"]
    assert said(world) == [WORDS, "好的，放心。", "谢谢老师！"] and len(stored(world)) == 1
    assert ready.fathers["李雷"].inbox == []


async def test_quoting_a_letter_answers_in_its_thread(world: World) -> None:
    ready = await brought(world)
    await ready.teacher.in_private("好的", reply_to=ready.teacher.last)
    assert "好的" in ready.mothers["李雷"].last.text
    await ready.mothers["李雷"].in_private("辛苦了", reply_to=ready.mothers["李雷"].last)
    assert "辛苦了" in ready.teacher.last.text and len(stored(world)) == 1


async def test_a_second_matter_is_a_second_thread(world: World) -> None:
    ready = await brought(world)
    await ready.mothers["李雷"].in_private("/message 生活费放在书包里了")
    assert [r.number for r in stored(world)] == [1, 2] and "第 2 号" in ready.teacher.last.text


async def test_a_bare_command_asks_and_takes_photos_and_voice(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private("/留言")
    assert "想和老师说什么" in mother.last.text
    await mother.in_private("", files=[Attachment("voice", "v1"), Attachment("photo", "p1", "a.jpg")])
    assert ready.teacher.last.files == ("voice", "a.jpg") and "2 个附件" in ready.teacher.last.text
    await ready.teacher.press("回复")
    await ready.teacher.in_private("", files=[Attachment("voice", "v2")])
    assert mother.last.files == ("voice",)


async def test_a_photo_sent_before_goes_along_when_it_is_answered(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    photo = await mother.in_private("", files=[Attachment("photo", "p1", "b.jpg")])
    await mother.in_private("/留言 您看看这个", reply_to=photo)
    assert ready.teacher.last.files == ("b.jpg",) and "您看看这个" in ready.teacher.last.text


@pytest.mark.parametrize("command", ["/message", "/concern"])
async def test_of_several_children_it_is_asked_about_whom(world: World, command: str) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    add_child(world, ready.id, ready.students["王芳"], mother)
    await mother.in_private(f"{command} {WORDS}")
    assert mother.buttons() == ["李雷", "王芳"] and ready.teacher.inbox == []
    await mother.press("王芳")
    assert "王芳妈妈" in ready.teacher.last.text and WORDS in ready.teacher.last.text
    await mother.in_private(f"{command} 李雷忘了带水杯")
    assert "李雷妈妈" in ready.teacher.last.text


async def test_a_parents_concern_is_a_message_like_any_other(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private(f"/私聊 {WORDS}")
    assert WORDS in ready.teacher.last.text
    assert [(r.kind, r.state) for r in stored(world)] == [("message", "open")]


async def test_who_is_not_bound_is_told_how(world: World) -> None:
    ready = await ready_class(world)
    for user in (ready.stranger, ready.committee):
        await user.in_group("大家好")
        await user.in_private(f"/message {WORDS}")
        assert "/认领" in user.last.text
    assert ready.teacher.inbox == [] and stored(world) == []


async def test_in_a_group_nothing_of_it_is_answered(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_group(f"/message {WORDS}")
    assert world.posted() == [] and ready.teacher.inbox == []
    assert "私聊" in ready.mothers["李雷"].last.text


# --- free words -----------------------------------------------------------------------------------


async def test_free_words_are_offered_as_a_message(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private(WORDS)
    assert WORDS in mother.last.text and mother.buttons() == ["留言给老师"] and ready.teacher.inbox == []
    await mother.press("留言给老师")
    assert WORDS in ready.teacher.last.text and "已经转给老师" in mother.last.text
    assert len(mother.inbox) == 1


async def test_a_thought_in_several_messages_is_one(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private("老师您好")
    await mother.in_private(WORDS)
    await mother.in_private("", files=[Attachment("photo", "p1", "c.jpg")])
    assert len(mother.inbox) == 1 and "老师您好" in mother.last.text
    await mother.press("留言给老师")
    assert f"老师您好\n{WORDS}" in ready.teacher.last.text and ready.teacher.last.files == ("c.jpg",)
    await world.later(minutes=20)
    await mother.in_private("还有一件事")
    assert mother.buttons() == ["留言给老师", "接着说第 1 号"]
    await mother.press("接着说")
    assert "还有一件事" in ready.teacher.last.text and len(stored(world)) == 1


@pytest.mark.parametrize("kind", ["photo", "voice", "video", "document", "video_note", "audio"])
async def test_files_are_offered_and_passed_on(world: World, kind: str) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("", files=[Attachment(kind, "f1")])
    assert "1 个附件" in ready.mothers["李雷"].last.text
    await ready.mothers["李雷"].press("留言给老师")
    assert ready.teacher.last.files == (kind,)


async def test_words_that_ask_for_leave_are_offered_as_a_leave_too(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private("老师，李雷明天发烧请假一天")
    assert mother.buttons() == ["帮我请假", "留言给老师"]
    await mother.press("帮我请假")
    assert "11月24日（周二）全天" in ready.teacher.last.text and [r.kind for r in stored(world)] == ["leave"]


async def test_what_is_no_words_of_a_parents_is_not_offered(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("", files=[Attachment("sticker", "s1")])
    await ready.mothers["李雷"].in_private("/flaeve")
    await ready.teacher.in_private("随便说说")
    await ready.stranger.in_private("随便说说")
    for user in (ready.mothers["李雷"], ready.teacher, ready.stranger):
        assert "留言给老师" not in user.buttons()
    assert stored(world) == []


@pytest.mark.parametrize("text", ["谢谢老师", "好的", "收到", "辛苦了！", "Thank you!"])
async def test_thanks_trouble_nobody(world: World, text: str) -> None:
    ready = await ready_class(world)
    shown = await ready.mothers["李雷"].in_private(text)
    assert shown.reactions == ["👌"] and ready.mothers["李雷"].inbox == [] and ready.teacher.inbox == []


async def test_of_two_classes_the_child_says_which(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    other_teacher = world.someone("70", "赵老师")
    other_teacher.private.opened = True
    await other_teacher.in_private("/help")
    with world.database.transaction() as records:
        made = classrooms.create(
            records,
            "五年级1班",
            world.now(),
            language="zh_CN",
            timezone="Asia/Shanghai",
            country="CN",
            by=None,
        )
        classrooms.grant(
            records, made.id, person_of(records, other_teacher), Role.TEACHER, world.now(), by=None, head=True
        )
        student = StudentRow(classroom_id=made.id, name="李雨", added_at=world.now())
        records.add(student)
        records.flush()
        classroom, child = made.id, student.id
    add_child(world, classroom, child, mother)
    await mother.in_private(WORDS)
    await mother.press("留言给老师")
    assert mother.buttons() == ["李雷（三年级2班）", "李雨（五年级1班）"]
    await mother.press("李雨")
    assert WORDS in other_teacher.last.text and ready.teacher.inbox == []
    await other_teacher.press("回复")
    await other_teacher.in_private("好的")
    assert "李雨" in mother.last.text


# --- bad input ------------------------------------------------------------------------------------


async def test_three_thousand_characters_and_no_more(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private("/message " + "长" * 3001)
    assert "最多 3000 个字" in mother.last.text and ready.teacher.inbox == []
    await mother.in_private("/message " + "长" * 3000)
    assert "长" * 3000 in ready.teacher.heard.replace("\n", "")
    await mother.in_private("短" * 3001)
    assert "最多 3000 个字" in mother.last.text


async def test_html_is_shown_as_typed(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/message <b>老师</b> & <a href='x'>你</a> *好*\x07")
    assert "<b>老师</b> & <a href='x'>你</a> *好*" in ready.teacher.last.text
    await ready.teacher.press("回复")
    await ready.teacher.in_private("<i>好</i>")
    assert "<i>好</i>" in ready.mothers["李雷"].last.text


async def test_an_answer_that_is_too_long_or_empty_is_asked_for_again(world: World) -> None:
    ready = await brought(world)
    await ready.teacher.press("回复")
    await ready.teacher.in_private("长" * 3001)
    await ready.teacher.in_private("", files=[Attachment("sticker", "s1")])
    assert "转不了" in ready.teacher.last.text
    await ready.teacher.in_private("好的")
    assert "好的" in ready.mothers["李雷"].last.text


async def test_a_button_pressed_twice_sends_once(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    await mother.in_private(WORDS)
    token = mother.last.keys[0].token or ""
    for _ in range(2):
        world.platform.press_token(mother.sender, mother.private, token)
        await world.settle()
    assert len(stored(world)) == 1 and ready.teacher.heard.count(WORDS) == 1


async def test_a_redelivered_message_is_one_message(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    world.platform.say(mother.sender, mother.private, f"/message {WORDS}")
    world.platform.redeliver(world.platform.waiting[0])
    await world.settle()
    assert len(stored(world)) == 1 and len(ready.teacher.inbox) == 1


async def test_after_a_restart_the_answer_still_finds_its_thread(world: World) -> None:
    ready = await brought(world)
    await ready.teacher.press("回复")
    world.app = App(world.database, [world.platform], limits=UNLIMITED, now=world.now)
    await ready.teacher.in_private("好的")
    assert "好的" in ready.mothers["李雷"].last.text


# --- hours ----------------------------------------------------------------------------------------


async def test_outside_the_teachers_hours_the_parent_reads_when_and_whom_to_call(world: World) -> None:
    ready = await ready_class(world)
    await world.until(20, 30)
    await ready.mothers["李雷"].in_private(f"/message {WORDS}")
    assert "会在明天（周二）07:00看到" in ready.mothers["李雷"].last.text
    assert "打电话给老师或学校" in ready.mothers["李雷"].last.text and ready.teacher.inbox == []
    set_phone(world, ready, "010-5555")
    await ready.mothers["王芳"].in_private("/message 您好")
    assert "请打电话：010-5555" in ready.mothers["王芳"].last.text
    await world.until(7, 0)
    assert WORDS in ready.teacher.heard and "您好" in ready.teacher.heard


async def test_an_answer_in_the_familys_quiet_hours_waits_and_the_teacher_is_told(world: World) -> None:
    ready = await brought(world)
    await world.until(23)
    heard = len(ready.mothers["李雷"].inbox)
    await ready.teacher.press("回复")
    await ready.teacher.in_private("好的")
    assert len(ready.mothers["李雷"].inbox) == heard
    assert "会在明天（周二）07:00看到" in ready.teacher.last.text
    await world.until(7, 0)
    assert "好的" in ready.mothers["李雷"].last.text


# --- who hears ------------------------------------------------------------------------------------


async def test_two_teachers_hear_and_one_answer_settles_it(world: World) -> None:
    ready = await ready_class(world)
    with world.database.transaction() as records:
        person = person_of(records, ready.subject_teacher)
        classrooms.end_role(records, ready.id, person, world.now())
        classrooms.grant(records, ready.id, person, Role.TEACHER, world.now(), by=None)
    await ready.mothers["李雷"].in_private(f"/message {WORDS}")
    assert WORDS in ready.teacher.last.text and WORDS in ready.subject_teacher.last.text
    await ready.subject_teacher.press("知道了")
    assert "数学刘老师已告诉家长" in ready.teacher.last.text
    assert ready.teacher.buttons() == ["回复"]
    assert ready.mothers["李雷"].heard.count("知道了") == 1


async def test_handed_over_to_a_colleague(world: World) -> None:
    ready = await brought(world)
    await ready.teacher.press("转给")
    assert ready.teacher.buttons() == ["数学刘老师"]
    await ready.teacher.press("数学刘老师")
    assert "已经转给数学刘老师" in ready.teacher.last.text
    assert WORDS in ready.subject_teacher.last.text and "王老师转给您" in ready.subject_teacher.last.text
    assert "由数学刘老师回复您" in ready.mothers["李雷"].last.text
    await ready.subject_teacher.press("回复")
    await ready.subject_teacher.in_private("好的，我来安排。")
    assert "我来安排" in ready.mothers["李雷"].last.text
    before = len(ready.teacher.inbox)
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private("谢谢刘老师")
    assert "谢谢刘老师" in ready.subject_teacher.last.text and len(ready.teacher.inbox) == before


async def test_a_colleague_whose_role_has_ended_hears_no_more(world: World) -> None:
    ready = await brought(world)
    await ready.teacher.press("转给")
    await ready.teacher.press("数学刘老师")
    await ready.subject_teacher.press("回复")
    end_role(world, ready, ready.subject_teacher)
    await ready.subject_teacher.in_private("好的")
    assert "不归您处理" in ready.subject_teacher.last.text and "好的" not in ready.mothers["李雷"].heard
    assert await ready.subject_teacher.press("知道了") == "这个按钮不是给您的。"
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private("还在吗？")
    assert "还在吗？" in ready.teacher.last.text and "还在吗？" not in ready.subject_teacher.heard


async def test_a_class_without_a_teacher_says_so(world: World) -> None:
    ready = await ready_class(world)
    end_role(world, ready, ready.teacher)
    for text in (f"/message {WORDS}", "/leave 明天 发烧"):
        await ready.mothers["李雷"].in_private(text)
        assert "打电话给学校" in ready.mothers["李雷"].last.text
    assert stored(world) == []


async def test_a_guardian_who_is_unbound_ends_the_thread_with_a_clear_word(world: World) -> None:
    ready = await brought(world)
    mother = ready.mothers["李雷"]
    unbind(world, mother)
    assert "重新认领" in await mother.press("再补充一句")
    heard = len(mother.inbox)
    await ready.teacher.press("知道了")
    assert "没有绑定这个孩子" in ready.teacher.last.text and "13800000000" in ready.teacher.last.text
    assert len(mother.inbox) == heard and [r.state for r in stored(world)] == ["closed"]


async def test_unbound_while_the_answer_is_on_its_way(world: World) -> None:
    ready = await brought(world)
    await world.until(22)
    await ready.teacher.press("回复")
    await ready.teacher.in_private("好的")
    unbind(world, ready.mothers["李雷"])
    await world.until(7, 0)
    await world.later(seconds=1)
    assert "好的" not in ready.mothers["李雷"].heard
    assert "没有送到李雷妈妈" in ready.teacher.last.text and "13800000000" in ready.teacher.last.text


async def test_a_teacher_who_cannot_be_reached(world: World) -> None:
    ready = await ready_class(world)
    world.platform.block(ready.teacher.sender)
    await world.settle()
    set_phone(world, ready, "010-5555")
    await ready.mothers["李雷"].in_private(f"/message {WORDS}")
    assert (
        "老师暂时收不到" in ready.mothers["李雷"].last.text and "010-5555" in ready.mothers["李雷"].last.text
    )
    assert [r.state for r in stored(world)] == ["open"]


async def test_guardians_never_see_each_others_threads(world: World) -> None:
    ready = await brought(world)
    father = ready.fathers["李雷"]
    button = next(k for k in ready.mothers["李雷"].last.keys)
    world.platform.press_token(father.sender, father.private, button.token or "")
    await world.settle()
    await father.in_private("/message 我问另一件事")
    await ready.teacher.press("回复")
    await ready.teacher.in_private("另一件事好了")
    assert "另一件事好了" in father.last.text and WORDS not in father.heard
    assert "另一件事" not in ready.mothers["李雷"].heard


async def test_in_english(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    speaks_english(world, mother, ready.teacher)
    await mother.in_private("Grandpa picks him up today")
    assert mother.buttons() == ["Message the teacher"]
    await mother.press("Message the teacher")
    assert "李雷's mother" in ready.teacher.last.text and "Passed on to the teacher" in mother.last.text
    await ready.teacher.press("Hand over")
    await ready.teacher.press("数学刘老师")
    assert "is now with 数学刘老师" in mother.last.text
    await ready.teacher.in_private("/inbox")
    assert "handed over" in ready.teacher.last.text


# --- what is kept ---------------------------------------------------------------------------------


async def test_nothing_of_it_is_readable_in_the_database(world: World, tmp_path: Path) -> None:
    ready = await brought(world)
    await ready.teacher.press("回复")
    await ready.teacher.in_private("只有您能看见")
    with world.database.transaction() as records:
        raw = records.connection().exec_driver_sql("SELECT text FROM request_lines").all()
        assert all(WORDS not in str(value) for (value,) in raw) and len(raw) == 2
        assert records.get(Chat, 1) is not None
