"""Criticism goes to one child's guardians, in private, when the teacher says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.app import App
from bot.ports import Failure, Refused, TryAgain
from classroom.events import Attachment
from classroom.people import Role
from handlers.room import Defaults
from storage import classrooms, identity
from storage.database import Records
from storage.queue import DELIVERIES
from storage.tables import Concern, ConcernLine, Contact, Draft, Guardian, Person, StudentRow
from tests.leaks import shown_in
from tests.ready import ReadyClass, ready_class
from tests.world import UNLIMITED, User, World

WORDS = "今天三科作业本都没有带。"


async def drafted(world: World, text: str = WORDS, name: str = "李雷") -> ReadyClass:
    """A class whose teacher has a draft before her."""
    ready = await ready_class(world)
    await ready.teacher.in_private(f"/concern {name} {text}")
    return ready


def person_of(records: Records, user: User) -> int:
    account = identity.find_account(records, "web", user.sender.native)
    assert account is not None
    return account.person_id


def add_guardian(
    world: World, ready: ReadyClass, name: str, user: User, relation: str, *, notices_only: bool = False
) -> None:
    user.private.opened = True
    with world.database.transaction() as records:
        account = identity.meet_account(records, "web", user.sender, world.now())
        classrooms.set_door(records, account.chat_id, "open")
        records.add(
            Guardian(
                classroom_id=ready.id,
                student_id=ready.students[name],
                person_id=account.person_id,
                relation=relation,
                state="active",
                notices_only=notices_only,
                consented_at=world.now(),
                asked_at=world.now(),
            )
        )


async def test_a_concern_goes_to_the_parents_of_that_child_and_to_nobody_else(world: World) -> None:
    ready = await drafted(world)
    assert ready.teacher.buttons() == ["☑ 李雷妈妈", "☑ 李雷爸爸", "发送", "修改", "取消"]
    await ready.teacher.press("发送")
    for parent in (ready.mothers["李雷"], ready.fathers["李雷"]):
        assert WORDS in parent.last.text and parent.last.protected
        assert parent.last.text.startswith("老师给您的留言\n") and "王老师" in parent.last.text
        assert parent.buttons() == ["知道了", "约时间聊聊", "回复"]
    others = [m for name, m in ready.mothers.items() if name != "李雷"]
    assert all(WORDS not in user.heard for user in (*others, ready.committee, ready.stranger))
    assert world.posted() == []
    assert "李雷妈妈、李雷爸爸" in ready.teacher.heard


async def test_the_preview_is_what_the_parents_will_see(world: World) -> None:
    ready = await drafted(world)
    preview = next(m.text for m in ready.teacher.inbox if "家长会看到" in m.text)
    await ready.teacher.press("发送")
    assert ready.mothers["李雷"].last.text in preview and preview.startswith("📝 三年级2班")


async def test_nothing_is_sent_before_send_is_pressed(world: World) -> None:
    ready = await drafted(world)
    assert ready.mothers["李雷"].inbox == []
    await ready.teacher.press("取消")
    assert "没有发给任何人" in ready.teacher.heard and ready.mothers["李雷"].inbox == []


async def test_somebody_is_unticked(world: World) -> None:
    ready = await drafted(world)
    await ready.teacher.press("☑ 李雷爸爸")
    assert "☐ 李雷爸爸" in ready.teacher.buttons()
    await ready.teacher.press("发送")
    assert WORDS in ready.mothers["李雷"].heard and ready.fathers["李雷"].inbox == []


async def test_with_nobody_ticked_it_is_not_sent(world: World) -> None:
    ready = await drafted(world)
    await ready.teacher.press("☑ 李雷爸爸")
    await ready.teacher.press("☑ 李雷妈妈")
    assert "先勾选" in await ready.teacher.press("发送")
    await ready.teacher.press("☐ 李雷妈妈")
    await ready.teacher.press("发送")
    assert WORDS in ready.mothers["李雷"].heard


async def test_grandparents_can_be_ticked_brothers_and_notices_only_never(world: World) -> None:
    ready = await ready_class(world)
    family = {"grandmother": "奶奶", "sister": "姐姐", "aunt": "阿姨"}
    users = {relation: world.someone(relation, word) for relation, word in family.items()}
    for relation, user in users.items():
        add_guardian(world, ready, "李雷", user, relation, notices_only=relation == "aunt")
    await ready.teacher.in_private(f"/concern 李雷 {WORDS}")
    labels = ready.teacher.buttons()
    assert any(label.startswith("☐ 李雷奶奶") for label in labels)
    assert not any("姐姐" in label or "阿姨" in label for label in labels)
    await ready.teacher.press("☐ 李雷奶奶")
    await ready.teacher.press("发送")
    assert WORDS in users["grandmother"].heard
    assert users["sister"].inbox == [] and users["aunt"].inbox == []


async def test_pressed_twice_it_is_sent_once(world: World) -> None:
    ready = await drafted(world)
    shown = ready.teacher.last
    token = next(k.token for k in shown.keys if k.label == "发送")
    for _ in range(2):
        world.platform.press_token(ready.teacher.sender, ready.teacher.private, token or "", shown.ref)
    await world.settle()
    assert len(ready.mothers["李雷"].inbox) == 1
    world.platform.press_token(ready.teacher.sender, ready.teacher.private, token or "", shown.ref)
    await world.settle()
    assert len(ready.mothers["李雷"].inbox) == 1


async def test_a_press_that_is_delivered_twice_sends_once(world: World) -> None:
    ready = await drafted(world)
    world.platform.press(ready.teacher.sender, ready.teacher.private, ready.teacher.last, "发送")
    update = world.platform.waiting[0]
    await world.settle()
    world.platform.redeliver(update)
    await world.settle()
    assert len(ready.mothers["李雷"].inbox) == 1


# --- which child ----------------------------------------------------------------------------------


async def test_without_text_it_asks(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/私聊")
    assert "姓名" in ready.teacher.last.text
    await ready.teacher.in_private(f"李雷 {WORDS}")
    assert "发送" in ready.teacher.buttons()


async def test_with_a_name_only_it_asks_for_the_words(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/沟通 李雷")
    await ready.teacher.in_private(WORDS)
    await ready.teacher.press("发送")
    assert WORDS in ready.mothers["李雷"].heard


async def test_an_unknown_name_gets_the_closest_ones(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private(f"/concern 李磊 {WORDS}")
    assert "李磊" in ready.teacher.last.text and "李雷" in ready.teacher.buttons()
    await ready.teacher.press("李雷")
    await ready.teacher.press("发送")
    assert WORDS in ready.mothers["李雷"].heard and "李磊" not in ready.mothers["李雷"].heard


async def test_no_name_at_all_is_asked_for(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/concern 上课一直讲话，影响了同桌")
    await ready.teacher.in_private("没有这个人")
    assert "没有这个名字" in ready.teacher.last.text
    await ready.teacher.in_private("李雷")
    await ready.teacher.press("发送")
    assert "上课一直讲话，影响了同桌" in ready.mothers["李雷"].heard


async def test_several_names_one_child_at_a_time(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/concern 李雷和韩梅梅打架了")
    assert "一位一位" in ready.teacher.last.text
    await ready.teacher.press("李雷")
    assert "发送" not in ready.teacher.buttons()
    await ready.teacher.press("换成")
    await ready.teacher.press("发送")
    assert "李雷和一位同学打架了" in ready.mothers["李雷"].heard
    assert ready.mothers["韩梅梅"].inbox == []


async def test_two_children_of_one_name_are_told_apart_in_private(world: World) -> None:
    ready = await ready_class(world)
    other = world.someone("55", "另一位李雷妈妈")
    with world.database.transaction() as records:
        first = records.get(StudentRow, ready.students["李雷"])
        assert first is not None
        first.number = "07"
        row = StudentRow(classroom_id=ready.id, name="李雷", number="21", added_at=world.now())
        records.add(row)
        records.flush()
        ready.students["李雷21"] = row.id
    add_guardian(world, ready, "李雷21", other, "mother")
    await ready.teacher.in_private(f"/concern 李雷 {WORDS}")
    assert ready.teacher.buttons()[:2] == ["李雷 07", "李雷 21"]
    await ready.teacher.press("李雷 21")
    await ready.teacher.press("发送")
    assert WORDS in other.heard and ready.mothers["李雷"].inbox == []


async def test_a_teacher_of_several_classes_is_asked_or_understood(world: World) -> None:
    ready = await ready_class(world)
    with world.database.transaction() as records:
        second = classrooms.create(
            records,
            "五年级1班",
            world.now(),
            language="zh_CN",
            timezone="Asia/Shanghai",
            country="CN",
            by=None,
        )
        records.add(StudentRow(classroom_id=second.id, name="李雷", added_at=world.now()))
        records.add(StudentRow(classroom_id=second.id, name="周游", added_at=world.now()))
        classrooms.grant(
            records,
            second.id,
            person_of(records, ready.teacher),
            Role.TEACHER,
            world.now(),
            by=None,
            head=True,
        )
    await ready.teacher.in_private(f"/concern 李雷 {WORDS}")
    assert ready.teacher.buttons() == ["三年级2班", "五年级1班"]
    await ready.teacher.press("五年级1班")
    assert any(m.text.startswith("📝 五年级1班") for m in ready.teacher.inbox)
    await ready.teacher.in_private(f"/concern 韩梅梅 {WORDS}")
    await ready.teacher.press("发送")
    assert WORDS in ready.mothers["韩梅梅"].heard and ready.mothers["李雷"].inbox == []


async def test_a_command_in_the_middle_of_a_dialogue_does_not_take_the_dialogues_class(world: World) -> None:
    ready = await ready_class(world)
    with world.database.transaction() as records:
        words = {"language": "zh_CN", "timezone": "Asia/Shanghai", "country": "CN"}
        second = classrooms.create(records, "五年级1班", world.now(), **words, by=None)
        records.add(StudentRow(classroom_id=second.id, name="李雷", added_at=world.now()))
        teacher = person_of(records, ready.teacher)
        classrooms.grant(records, second.id, teacher, Role.TEACHER, world.now(), by=None, head=True)
    await ready.teacher.in_private("/concern 韩梅梅")
    await ready.teacher.in_private(f"/concern 李雷 {WORDS}")
    assert ready.teacher.buttons() == ["三年级2班", "五年级1班"]


# --- the words ------------------------------------------------------------------------------------


async def test_change_replaces_the_text_and_older_buttons_stop(world: World) -> None:
    ready = await drafted(world)
    old = ready.teacher.last
    token = next(k.token for k in old.keys if k.label == "发送") or ""
    await ready.teacher.press("修改")
    await ready.teacher.in_private("第三节课后我和他一起补上了。")
    world.platform.press_token(ready.teacher.sender, ready.teacher.private, token, old.ref)
    await world.settle()
    assert ready.mothers["李雷"].inbox == []
    await ready.teacher.press("发送")
    assert "一起补上了" in ready.mothers["李雷"].heard and WORDS not in ready.mothers["李雷"].heard


async def test_the_command_itself_is_edited(world: World) -> None:
    ready = await ready_class(world)
    typed = await ready.teacher.in_private(f"/concern 李雷 {WORDS}")
    await ready.teacher.edits(typed, "/concern 李雷 第三节课后我和他一起补上了。", chat=ready.teacher.private)
    await ready.teacher.press("发送")
    assert "一起补上了" in ready.mothers["李雷"].heard and WORDS not in ready.mothers["李雷"].heard


async def test_a_picture_does_not_go_along_and_that_is_said(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private(f"/concern 李雷 {WORDS}", files=[Attachment("photo", "p1")])
    assert "图片和文件不会一起发出" in ready.teacher.last.text


async def test_the_draft_outlives_the_dialogue(world: World) -> None:
    ready = await drafted(world)
    await ready.teacher.press("修改")
    await world.later(minutes=31)
    await ready.teacher.in_private("晚了")
    await ready.teacher.press("发送", on=next(m for m in ready.teacher.inbox if "发送" in labels(m.keys)))
    assert WORDS in ready.mothers["李雷"].heard and "晚了" not in ready.mothers["李雷"].heard


def labels(keys: object) -> list[str]:
    assert isinstance(keys, tuple)
    return [k.label for k in keys]


async def test_a_picture_instead_of_words_is_refused_kindly(world: World) -> None:
    ready = await drafted(world)
    await ready.teacher.press("修改")
    await ready.teacher.in_private("")
    assert "只能转文字" in ready.teacher.last.text
    await ready.teacher.in_private("写成文字了")
    await ready.teacher.press("发送")
    assert "写成文字了" in ready.mothers["李雷"].heard


async def test_another_childs_name_is_replaced_with_one_press(world: World) -> None:
    ready = await drafted(world, "课间推了韩梅梅同学，王芳看到了。")
    assert "发送" not in ready.teacher.buttons() and "韩梅梅" in ready.teacher.last.text
    await ready.teacher.press("换成")
    await ready.teacher.press("发送")
    heard = ready.mothers["李雷"].heard
    assert "推了一位同学，一位同学看到了" in heard and "韩梅梅" not in heard and "王芳" not in heard


async def test_a_name_that_came_onto_the_roster_meanwhile_is_not_sent(world: World) -> None:
    ready = await drafted(world, "课间和林晓打闹。")
    with world.database.transaction() as records:
        records.add(StudentRow(classroom_id=ready.id, name="林晓", added_at=world.now()))
    await ready.teacher.press("发送")
    assert ready.mothers["李雷"].inbox == [] and "换成“一位同学”" in ready.teacher.buttons()


async def test_labels_are_pointed_out_and_the_teacher_decides(world: World) -> None:
    ready = await drafted(world, "太调皮了，上课不听话。")
    assert "调皮" in ready.teacher.last.text and "例如" in ready.teacher.last.text
    await ready.teacher.press("发送")
    assert "太调皮了" in ready.mothers["李雷"].heard


async def test_it_asks_for_what_is_missing(world: World) -> None:
    ready = await drafted(world, "事实：三次没有带本子。")
    assert "影响" in ready.teacher.last.text and "建议" in ready.teacher.last.text
    await ready.teacher.press("修改")
    await ready.teacher.in_private("事实：三次没有带。影响：不能订正。建议：睡前一起收书包。")
    assert "还可以补上" not in ready.teacher.last.text


async def test_grave_words_say_to_telephone_first(world: World) -> None:
    ready = await drafted(world, "说爸爸用皮带打他，手臂上有伤。")
    told = ready.teacher.last.text
    assert "先打电话" in told and "13800000000" in told and "110" in told and "报告" in told
    assert "发送" in ready.teacher.buttons()


async def test_too_long_a_text_is_kept_but_not_sent(world: World) -> None:
    ready = await drafted(world, "他今天又没有带作业本。" * 300)
    assert "3000" in ready.teacher.last.text and "发送" not in ready.teacher.buttons()
    await ready.teacher.press("修改")
    await ready.teacher.in_private("他今天又没有带作业本。")
    await ready.teacher.press("发送")
    assert "他今天又没有带作业本" in ready.mothers["李雷"].heard


async def test_a_text_of_the_greatest_length_arrives_whole(world: World) -> None:
    ready = await drafted(world, "字" * 2990 + "完")
    await ready.teacher.press("发送")
    assert "字完" in ready.mothers["李雷"].heard


async def test_text_is_shown_as_typed(world: World) -> None:
    ready = await drafted(world, "<b>三次</b> & *没带* <script>\x00\x07 _本子_")
    await ready.teacher.press("发送")
    assert "<b>三次</b> & *没带* <script> _本子_" in ready.mothers["李雷"].heard


# --- who may --------------------------------------------------------------------------------------


async def test_a_subject_teacher_may_and_the_head_teacher_hears_of_it(world: World) -> None:
    ready = await ready_class(world)
    await ready.subject_teacher.in_private(f"/concern 李雷 {WORDS}")
    await ready.subject_teacher.press("发送")
    assert WORDS in ready.mothers["李雷"].heard
    assert "数学刘老师" in ready.teacher.last.text and WORDS not in ready.teacher.heard


async def test_from_a_parent_the_same_words_go_to_the_teacher(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/私信 李雷今天有点发烧，下午我来接。")
    assert "下午我来接" in ready.teacher.last.text and "李雷妈妈" in ready.teacher.last.text
    assert "已经转给老师" in ready.mothers["李雷"].last.text and ready.fathers["李雷"].inbox == []
    await ready.teacher.press("回复")
    await ready.teacher.in_private("好的，门卫那里等。")
    assert "门卫那里等" in ready.mothers["李雷"].last.text and ready.fathers["李雷"].inbox == []


async def test_a_parent_without_words_is_asked(world: World) -> None:
    ready = await ready_class(world)
    await ready.mothers["李雷"].in_private("/私聊")
    await ready.mothers["李雷"].in_private("下午爷爷来接")
    assert "下午爷爷来接" in ready.teacher.last.text


async def test_a_parent_of_two_children_is_asked_about_whom(world: World) -> None:
    ready = await ready_class(world)
    add_guardian(world, ready, "王芳", ready.mothers["李雷"], "mother")
    await ready.mothers["李雷"].in_private("/私聊 下午爷爷来接")
    assert ready.mothers["李雷"].buttons() == ["李雷", "王芳"]
    await ready.mothers["李雷"].press("王芳")
    assert "王芳妈妈" in ready.teacher.last.text
    await ready.mothers["李雷"].in_private("/私聊 李雷忘了带水杯")
    assert "李雷妈妈" in ready.teacher.last.text


@pytest.mark.parametrize("who", ["committee", "stranger"])
async def test_others_learn_what_it_is_for(world: World, who: str) -> None:
    ready = await ready_class(world)
    user = {"committee": ready.committee, "stranger": ready.stranger}[who]
    await user.in_group("大家好")
    await user.in_private(f"/concern 李雷 {WORDS}")
    assert "/认领" in user.last.text and ready.teacher.inbox == [] and ready.mothers["李雷"].inbox == []


async def test_an_ended_role_loses_the_draft_at_once(world: World) -> None:
    ready = await ready_class(world)
    await ready.subject_teacher.in_private(f"/concern 李雷 {WORDS}")
    await ready.subject_teacher.press("修改")
    with world.database.transaction() as records:
        classrooms.end_role(records, ready.id, person_of(records, ready.subject_teacher), world.now())
    await ready.subject_teacher.in_private("换一种说法")
    assert "发送" not in labels(ready.subject_teacher.last.keys)
    shown = next(m for m in ready.subject_teacher.inbox if "发送" in labels(m.keys))
    await ready.subject_teacher.press("发送", on=shown)
    assert ready.mothers["李雷"].inbox == []


async def test_the_wrong_person_presses(world: World) -> None:
    ready = await drafted(world)
    token = next(k.token for k in ready.teacher.last.keys if k.label == "发送") or ""
    for user, chat in (
        (ready.subject_teacher, ready.subject_teacher.private),
        (ready.mothers["李雷"], ready.mothers["李雷"].private),
        (ready.mothers["李雷"], ready.teacher.private),
        (ready.stranger, world.group),
        (ready.teacher, world.group),
    ):
        world.platform.press_token(user.sender, chat, token)
        await world.settle()
    assert ready.mothers["李雷"].inbox == [] and WORDS not in shown_in(world)


# --- hours ----------------------------------------------------------------------------------------


async def test_in_quiet_hours_it_waits_and_the_teacher_is_told(world: World) -> None:
    ready = await ready_class(world)
    await world.until(22)
    await ready.teacher.in_private(f"/concern 李雷 {WORDS}")
    await ready.teacher.press("发送")
    assert ready.mothers["李雷"].inbox == []
    assert "07:00" in ready.teacher.heard and "打电话" in ready.teacher.heard
    assert "13800000000" in ready.teacher.heard
    await world.until(7)
    assert WORDS in ready.mothers["李雷"].heard


async def test_who_is_unbound_before_it_is_sent_does_not_get_it(world: World) -> None:
    ready = await ready_class(world)
    await world.until(22)
    await ready.teacher.in_private(f"/concern 李雷 {WORDS}")
    await ready.teacher.press("发送")
    with world.database.transaction() as records:
        father = person_of(records, ready.fathers["李雷"])
        for row in records.exec(select(Guardian).where(Guardian.person_id == father)):
            row.state = "ended"
    await world.until(7)
    assert WORDS in ready.mothers["李雷"].heard and ready.fathers["李雷"].inbox == []
    assert "李雷爸爸" in ready.teacher.last.text and "没有绑定" in ready.teacher.last.text


# --- not delivered --------------------------------------------------------------------------------


async def test_who_is_not_reached_is_told_at_once_with_phone_numbers(world: World) -> None:
    ready = await drafted(world)
    ready.fathers["李雷"].private.blocked = True
    await ready.teacher.press("发送")
    told = ready.teacher.last.text
    assert "李雷爸爸" in told and "停用" in told and "13800000000" in told and WORDS not in told
    assert WORDS in ready.mothers["李雷"].heard and world.posted() == []


async def test_nobody_reached_it_can_be_sent_again(world: World) -> None:
    ready = await drafted(world)
    for parent in (ready.mothers["李雷"], ready.fathers["李雷"]):
        parent.private.opened = False
    await ready.teacher.press("发送")
    assert "没有一位家长收到" in ready.teacher.last.text
    for parent in (ready.mothers["李雷"], ready.fathers["李雷"]):
        await parent.in_private("你好")
    await ready.teacher.press("再发一次")
    await ready.teacher.press("发送")
    assert WORDS in ready.mothers["李雷"].heard and WORDS in ready.fathers["李雷"].heard


async def test_sent_again_only_to_those_who_missed_it(world: World) -> None:
    ready = await drafted(world)
    ready.fathers["李雷"].private.blocked = True
    await ready.teacher.press("发送")
    await ready.teacher.press("再发一次")
    assert ready.teacher.buttons()[:2] == ["☐ 李雷妈妈", "☑ 李雷爸爸"]


async def test_nobody_bound_the_teacher_is_told_and_the_draft_is_kept(world: World) -> None:
    ready = await drafted(world, name="赵一")
    assert "还没有家长绑定" in ready.teacher.last.text and "13800000000" in ready.teacher.last.text
    shown = ready.teacher.last
    await ready.teacher.press("发送")
    assert "没有发出" in ready.teacher.last.text and "13800000000" in ready.teacher.last.text
    add_guardian(world, ready, "赵一", ready.mothers["赵一"], "mother")
    await ready.teacher.press("发送", on=shown)
    assert WORDS in ready.mothers["赵一"].heard


async def test_without_a_phone_number_it_says_what_else_to_do(world: World) -> None:
    ready = await ready_class(world)
    with world.database.transaction() as records:
        for contact in records.exec(select(Contact)):
            records.delete(contact)
    await ready.teacher.in_private(f"/concern 赵一 {WORDS}")
    assert "便条" in ready.teacher.last.text


async def test_a_second_account_of_the_same_parent_is_tried(world: World) -> None:
    ready = await drafted(world)
    second = world.someone("77", "李雷妈妈")
    with world.database.transaction() as records:
        account = identity.meet_account(records, "web", second.sender, world.now())
        account.person_id = person_of(records, ready.mothers["李雷"])
        classrooms.set_door(records, account.chat_id, "open")
    second.private.opened = True
    ready.mothers["李雷"].private.blocked = True
    await ready.teacher.press("发送")
    assert WORDS in second.heard and "没有送到" not in ready.teacher.heard


async def test_a_broken_line_is_tried_again(world: World) -> None:
    ready = await drafted(world)
    world.platform.fail_next("tell", TryAgain("timeout"), TryAgain("timeout"))
    await ready.teacher.press("发送")
    await world.later(seconds=3)
    assert WORDS in ready.mothers["李雷"].heard and WORDS in ready.fathers["李雷"].heard


async def test_a_platform_that_calls_it_a_group_gets_nothing(world: World) -> None:
    ready = await drafted(world)
    world.platform.fail_next("tell", Refused(Failure.LEAK), Refused(Failure.LEAK))
    await ready.teacher.press("发送")
    assert "没有送到" in ready.teacher.heard and world.posted() == []


async def test_a_restart_in_the_middle_loses_nothing(world: World) -> None:
    ready = await drafted(world)
    world.platform.press(ready.teacher.sender, ready.teacher.private, ready.teacher.last, "发送")
    await world.platform.hand_over(world.app.intake.door_of("web"))
    await world.app.dispatcher.run_once()
    world.app = App(world.database, [world.platform], limits=UNLIMITED, now=world.now)
    await world.app.open()
    await world.settle()
    assert len(ready.mothers["李雷"].inbox) == 1 and len(ready.fathers["李雷"].inbox) == 1


# --- the end of the term --------------------------------------------------------------------------


def stored_words(world: World) -> list[str]:
    """All words of concerns, threads and drafts that are still in the database, and texts on their way."""
    with world.database.transaction() as records:
        found = [c.words for c in records.exec(select(Concern))]
        found += [line.words for line in records.exec(select(ConcernLine))]
        found += [d.words for d in records.exec(select(Draft))]
        rows = records.connection().execute(select(DELIVERIES.c.payload))
        texts = [row[0] or "" for row in rows]
    return [w.reveal() for w in found if w] + [t for t in texts if WORDS in t]


async def test_at_the_end_of_the_term_the_words_are_erased(world: World) -> None:
    ready = await drafted(world)
    await ready.teacher.press("发送")
    await ready.mothers["李雷"].press("回复")
    await ready.mothers["李雷"].in_private("我们在家也说说")
    await ready.teacher.in_private(f"/concern 王芳 {WORDS}")
    await world.later(days=60)
    assert len(stored_words(world)) >= 3
    await world.later(days=10)
    assert stored_words(world) == []
    await ready.teacher.in_private("/concern list")
    assert "内容已删除" in ready.teacher.last.text


async def test_what_the_teacher_keeps_stays(world: World) -> None:
    ready = await drafted(world)
    await ready.teacher.press("发送")
    assert await ready.teacher.press("保留") == "会一直保留"
    await world.later(days=75)
    assert WORDS in stored_words(world)
    await ready.teacher.press("不再保留")
    await ready.teacher.in_private(f"/concern 王芳 {WORDS}")
    await ready.teacher.press("发送")
    await world.later(days=200)
    assert stored_words(world) == []


async def test_what_was_missed_is_erased_late(world: World) -> None:
    ready = await drafted(world)
    await ready.teacher.press("发送")
    world.time += timedelta(days=130)
    await ready.teacher.in_private(f"/concern 王芳 {WORDS}新学期")
    await ready.teacher.press("发送")
    await world.app.tick()
    await world.settle()
    assert [w for w in stored_words(world) if "新学期" not in w] == []
    assert any("新学期" in w for w in stored_words(world))


@pytest.mark.parametrize("ends", [(), ("13-40",), ("nonsense",), ("02-31",)])
async def test_ends_of_terms_that_are_no_days_stop_nothing(world: World, ends: tuple[str, ...]) -> None:
    defaults = Defaults(term_ends=ends)
    world.app = App(world.database, [world.platform], defaults=defaults, limits=UNLIMITED, now=world.now)
    ready = await drafted(world)
    await ready.teacher.press("发送")
    assert WORDS in ready.mothers["李雷"].heard
    await world.later(days=110)
    assert stored_words(world) == []


async def test_the_list_shows_what_went_where(world: World) -> None:
    ready = await drafted(world)
    await ready.teacher.in_private("/concern list")
    assert "1 份草稿" in ready.teacher.last.text and "继续：李雷" in ready.teacher.buttons()
    await ready.teacher.press("继续：李雷")
    await ready.teacher.press("发送")
    await ready.mothers["李雷"].press("知道了")
    await ready.teacher.in_private("/私聊 列表")
    assert "李雷：发出 2/2，已读 1" in ready.teacher.last.text and WORDS not in ready.teacher.last.text
    await ready.subject_teacher.in_private("/concern list")
    assert "李雷" not in ready.subject_teacher.last.text


async def test_in_english(world: World) -> None:
    ready = await ready_class(world)
    with world.database.transaction() as records:
        for user in (ready.teacher, ready.mothers["李雷"]):
            person = records.get(Person, person_of(records, user))
            assert person is not None
            person.language = "en"
    await ready.teacher.in_private(f"/concern 李雷 {WORDS}")
    assert "☑ 李雷's mother" in ready.teacher.buttons() and "Send" in ready.teacher.buttons()
    await ready.teacher.press("Send")
    assert ready.mothers["李雷"].last.text.startswith("A message from the teacher\n")
    assert ready.mothers["李雷"].buttons() == ["Got it", "Find a time to talk", "Reply"]
    assert ready.fathers["李雷"].last.text.startswith("老师给您的留言\n")
    await ready.mothers["李雷"].press("Reply")
    await ready.mothers["李雷"].in_private("We will look after it.")
    assert "We will look after it." in ready.teacher.last.text


async def test_help_names_it(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/help")
    assert "/concern /私聊" in ready.teacher.last.text
