"""Notices: a draft that only its author sees, a post with a button, taken back and put right."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from bot.platforms.web import Shown
from bot.ports import Failure, Refused
from classroom.events import Right
from storage import classrooms, identity
from storage.tables import Notice, ScheduleRow
from tests.ready import ReadyClass, ready_class
from tests.world import World

TEXT = "请各位家长给孩子准备一双室内鞋。"


def recorded(world: World) -> list[Notice]:
    with world.database.transaction() as records:
        rows = list(records.exec(select(Notice).order_by(col(Notice.id))).all())
        for row in rows:
            records.expunge(row)
        return rows


def planned(world: World) -> dict[str, str]:
    with world.database.transaction() as records:
        rows = records.exec(select(ScheduleRow).where(ScheduleRow.state == "waiting")).all()
        return {
            row.name.split("/")[0]: f"{row.due_at.astimezone(world.app_zone):%m-%d %H:%M}" for row in rows
        }


async def send(made: ReadyClass, text: str = TEXT) -> Shown:
    """A notice by the teacher, sent; gives the post."""
    await made.teacher.in_private(f"/notice {text}")
    await made.teacher.press("发送")
    return made.world.posted()[-1]


# --- the preview ---------------------------------------------------------------------------------


async def test_a_draft_typed_in_the_group_is_never_read_as_the_notice(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group(f"/notice {TEXT}")
    assert typed.removed and world.posted() == []
    assert TEXT in made.teacher.last.text and "三年级2班" in made.teacher.last.text
    assert made.teacher.buttons() == ["发送", "修改", "取消"]
    assert recorded(world) == []


async def test_sent_it_is_posted_with_a_button_and_pinned(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    assert TEXT in post.text and "通知 1" in post.text and "王老师" in post.text
    assert [k.label for k in post.keys] == ["✅ 收到 0/5"]
    assert post.pinned
    assert "已经发出" in made.teacher.last.text and made.teacher.buttons() == ["撤回", "更正"]
    assert all(m.inbox == [] for m in made.mothers.values())


@pytest.mark.parametrize("typed", ["/通知{0}", "/发 {0}", "、通知 {0}", "／通知：{0}", "/notice {0}"])
async def test_it_is_typed_in_many_ways(world: World, typed: str) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(typed.format(TEXT))
    await made.teacher.press("发送")
    assert TEXT in world.posted()[-1].text


async def test_nothing_is_sent_after_cancelling(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice {TEXT}")
    preview = made.teacher.last
    await made.teacher.press("取消")
    assert "不发了" in preview.text and preview.keys == ()
    assert world.posted() == [] and recorded(world) == []


async def test_changed_before_it_is_sent(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice [免回] {TEXT}")
    await made.teacher.press("修改")
    await made.teacher.in_private("请带室内鞋和水杯。")
    await made.teacher.press("发送")
    post = world.posted()[-1]
    assert "水杯" in post.text and TEXT not in post.text and post.keys == ()


async def test_an_old_preview_cannot_be_sent_a_second_time(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice {TEXT}")
    preview = made.teacher.last
    token = preview.keys[0].token or ""
    await made.teacher.press("发送")
    world.platform.press_token(made.teacher.sender, made.teacher.private, token, preview.ref)
    await world.settle()
    assert len(world.posted()) == 1 and len(recorded(world)) == 1


async def test_a_bare_command_says_how_and_waits_for_the_text(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group("/notice")
    assert typed.removed and "/通知" in made.teacher.last.text
    await made.teacher.in_private(TEXT)
    await made.teacher.press("发送")
    assert TEXT in world.posted()[-1].text


async def test_a_text_that_is_too_long_comes_back(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group("/notice " + "长" * 3501)
    assert "3501" in made.teacher.inbox[0].text and "3500" in made.teacher.inbox[0].text
    assert "长" * 3000 in made.teacher.heard.replace("\n", "")
    assert made.teacher.buttons() == []
    await made.teacher.in_group("/notice " + "长" * 3500)
    assert made.teacher.buttons() == ["发送", "修改", "取消"]


async def test_text_is_shown_as_it_was_typed(world: World) -> None:
    made = await ready_class(world)
    post = await send(made, "<b>a</b> & *粗* _x_\n第二行 <script>")
    assert "<b>a</b> & *粗* _x_\n第二行 <script>" in post.text


@pytest.mark.parametrize("marks", ["[免回]", "【免回】", "[no receipts]", "［免回］"])
async def test_without_receipts_there_is_no_button(world: World, marks: str) -> None:
    made = await ready_class(world)
    post = await send(made, f"{marks}{TEXT}")
    assert post.keys == () and "免回" not in post.text
    assert "notice-nudge" not in planned(world)


@pytest.mark.parametrize("marks", ["[紧急][免回]", "[免回] 【紧急】", "[urgent] [no receipts]"])
async def test_marks_stand_in_any_order(world: World, marks: str) -> None:
    made = await ready_class(world)
    post = await send(made, f"{marks} {TEXT}")
    assert "【紧急】" in post.text and post.keys == ()


async def test_the_bot_is_in_no_group(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice {TEXT}")
    world.platform.remove_bot(made.teacher.sender, world.group)
    await world.settle()
    await made.teacher.press("发送")
    assert "不在班级群" in made.teacher.last.text
    world.platform.add_bot(made.teacher.sender, world.group)
    await world.settle()
    await made.teacher.press("发送")
    assert TEXT in world.posted()[-1].text


async def test_the_private_door_is_shut(world: World) -> None:
    made = await ready_class(world)
    made.teacher.private.opened = False
    with world.database.transaction() as records:
        chat = identity.find_chat(records, "web", made.teacher.sender.native)
        assert chat is not None
        chat.door = "never_started"
    typed = await made.teacher.in_group(f"/notice {TEXT}")
    assert typed.removed and TEXT not in "".join(world.texts())
    await made.teacher.in_private("/start")
    assert TEXT in made.teacher.heard


async def test_where_it_may_not_delete_the_teacher_is_told(world: World) -> None:
    made = await ready_class(world)
    world.group.rights = world.group.rights - {Right.DELETE}
    typed = await made.teacher.in_group(f"/notice {TEXT}")
    assert not typed.removed and "手动删除" in made.teacher.heard
    await made.teacher.press("发送")
    assert TEXT in world.posted()[-1].text


@pytest.mark.parametrize("who", ["subject_teacher", "stranger", "mother"])
async def test_others_may_not(world: World, who: str) -> None:
    made = await ready_class(world)
    user = made.mothers["李雷"] if who == "mother" else getattr(made, who)
    await user.in_group(f"/notice {TEXT}")
    assert TEXT not in user.heard and TEXT not in made.teacher.heard
    assert ("/notice" in user.heard) is (who != "stranger")
    assert TEXT not in "".join(m.text for m in world.posted())


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        row = classrooms.get(records, made.id)
        assert row is not None
        row.language = "en"
    await made.teacher.in_private("/notice [urgent] at fri 16:00 School ends at 16:30 today")
    assert "Fri 27 Nov 16:00" in made.teacher.last.text and "Urgent" in made.teacher.last.text
    await made.teacher.press("Send")
    await made.teacher.press("Send now")
    post = world.posted()[-1]
    assert "Notice 1" in post.text and "[urgent]" in post.text
    assert [k.label for k in post.keys] == ["✅ Got it 0/5"]
    await made.teacher.press("Correct")
    await made.teacher.in_private("School ends at 16:45 today")
    await made.teacher.press("Send")
    assert "(corrected)" in post.text and "16:45" in post.text
    await made.teacher.press("Withdraw")
    assert post.removed and "withdrawn" in world.posted()[-1].text


# --- photos and files ----------------------------------------------------------------------------


async def test_photos_of_the_command_itself_go_along(world: World) -> None:
    made = await ready_class(world)
    photo = world.platform.file(b"jpg", "a.jpg", "photo")
    typed = await made.teacher.in_group(f"/notice {TEXT}", files=[photo])
    assert typed.removed and made.teacher.last.files == ("a.jpg",)
    await made.teacher.press("发送")
    assert world.posted()[-1].files == ("a.jpg",)


async def test_an_album_is_one_post(world: World) -> None:
    made = await ready_class(world)
    for index in range(3):
        photo = world.platform.file(b"jpg", f"{index}.jpg", "photo")
        words = f"/notice {TEXT}" if index == 0 else ""
        world.platform.say(made.teacher.sender, world.group, words, attachments=(photo,), album="album-1")
    await world.settle()
    await world.later(seconds=2)
    await made.teacher.press("发送")
    [post] = world.posted()
    assert post.files == ("0.jpg", "1.jpg", "2.jpg")
    assert [m for m in world.group.visible if m.by == made.teacher.sender.native] == []


async def test_as_a_reply_to_photos(world: World) -> None:
    made = await ready_class(world)
    photo = world.platform.file(b"pdf", "安排.pdf", "document")
    shown = await made.teacher.in_group("活动安排见附件", files=[photo])
    await made.teacher.in_group("/notice", reply_to=shown)
    assert "活动安排见附件" in made.teacher.last.text
    await made.teacher.press("发送")
    assert world.posted()[-1].files == ("安排.pdf",)
    assert not shown.removed


async def test_one_photo_of_an_album_that_is_answered(world: World) -> None:
    made = await ready_class(world)
    photo = world.platform.file(b"jpg", "a.jpg", "photo")
    shown = world.platform.say(made.teacher.sender, world.group, "", attachments=(photo,), album="a1")
    await world.later(seconds=2)
    await made.teacher.in_group(f"/notice {TEXT}", reply_to=shown)
    assert "其中这一张" in made.teacher.last.text
    await made.teacher.press("发送")
    assert world.posted()[-1].files == ("a.jpg",)


# --- at a time -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown", "due"),
    [
        ("at 2026-12-01 07:30", "12月1日（周二）07:30", "12-01 07:30"),
        ("定时 明天 7:30", "11月24日（周二）07:30", "11-24 07:30"),
        ("在周五 16:00", "11月27日（周五）16:00", "11-27 16:00"),
        ("at 明天", "11月24日（周二）07:30", "11-24 07:30"),
    ],
)
async def test_at_a_time(world: World, typed: str, shown: str, due: str) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice {typed} {TEXT}")
    assert shown in made.teacher.last.text
    await made.teacher.press("发送")
    assert world.posted() == [] and planned(world) == {"notice-send": due}
    assert shown in made.teacher.last.text and made.teacher.buttons() == ["取消", "现在就发"]
    await world.later(days=9)
    [row] = recorded(world)
    assert row.state == "failed"  # nine days late: told, see below


async def test_it_goes_out_at_its_time_once(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice at 明天 7:30 {TEXT}")
    await made.teacher.press("发送")
    await world.until(7, 31)
    assert len(world.posted()) == 1 and TEXT in world.posted()[0].text
    assert "已经发出" in made.teacher.last.text and made.teacher.buttons() == ["撤回", "更正"]
    await world.later(hours=1)
    assert len(world.posted()) == 1


async def test_planned_and_cancelled(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice at 明天 7:30 {TEXT}")
    await made.teacher.press("发送")
    await made.teacher.press("取消")
    assert TEXT in made.teacher.last.text and planned(world) == {}
    await world.later(days=2)
    assert world.posted() == []


async def test_shown_and_cancelled_by_schedule(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice at 明天 7:30 {TEXT}")
    await made.teacher.press("发送")
    await made.teacher.in_private("/schedule")
    assert TEXT in made.teacher.last.text
    await made.teacher.in_private("/schedule cancel 1")
    await world.later(days=1)
    assert world.posted() == [] and recorded(world)[0].state == "cancelled"


async def test_missed_it_is_a_draft_again(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice at 明天 7:30 {TEXT}")
    await made.teacher.press("发送")
    await world.later(hours=21.5 + 13)
    assert world.posted() == []
    await world.until(8)
    assert "没在运行" in made.teacher.heard and TEXT in made.teacher.last.text
    await made.teacher.press("发送")
    assert TEXT in world.posted()[-1].text


async def test_a_little_late_it_still_goes_out(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice at 明天 7:30 {TEXT}")
    await made.teacher.press("发送")
    await world.later(hours=21.5 + 11)
    assert TEXT in world.posted()[-1].text


@pytest.mark.parametrize("typed", ["at 2020-01-01 07:30", "定时 明天25点", "定时 很快", "at 昨天 7:30"])
async def test_a_time_that_is_none_is_answered_with_an_example(world: World, typed: str) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(f"/notice {typed} {TEXT}")
    assert "2026-12-01 07:30" in made.teacher.last.text and TEXT in made.teacher.last.text
    assert made.teacher.buttons() == [] and world.posted() == []


@pytest.mark.parametrize("text", ["在操场集合，穿运动鞋。", "at the gate please", "明天 7:30 到校"])
async def test_words_that_are_no_time_belong_to_the_text(world: World, text: str) -> None:
    made = await ready_class(world)
    assert text in (await send(made, text)).text


async def test_a_preview_whose_time_has_passed(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice at 11:00 {TEXT}")
    await world.later(hours=2)
    await made.teacher.press("发送")
    assert "已经过了" in made.teacher.last.text and world.posted() == []
    await made.teacher.press("发送")
    assert TEXT in world.posted()[-1].text


async def test_at_night_it_waits_for_the_morning(world: World) -> None:
    made = await ready_class(world)
    await world.until(22)
    await made.teacher.in_private(f"/notice {TEXT}")
    assert "安静时间" in made.teacher.last.text and "11月24日（周二）07:00" in made.teacher.last.text
    await made.teacher.press("发送")
    assert world.posted() == []
    await world.until(7, 1)
    assert TEXT in world.posted()[-1].text


async def test_at_night_it_can_be_sent_all_the_same(world: World) -> None:
    made = await ready_class(world)
    await world.until(22)
    await made.teacher.in_private(f"/notice {TEXT}")
    await made.teacher.press("发送")
    await made.teacher.press("现在就发")
    assert "【紧急】" in world.posted()[-1].text
    await made.teacher.in_private(f"/notice [紧急] {TEXT}")
    await made.teacher.press("发送")
    assert "通知 2" in world.posted()[-1].text


# --- the committee -------------------------------------------------------------------------------


async def test_a_draft_of_the_committee_is_sent_by_the_teacher(world: World) -> None:
    made = await ready_class(world)
    typed = await made.committee.in_group(f"/notice {TEXT}")
    assert typed.removed and "老师看过才会发" in made.committee.heard
    assert "家委会陈姐" in made.teacher.last.text and made.teacher.buttons() == ["发送", "修改", "退回"]
    assert world.posted() == []
    await made.teacher.press("发送")
    assert TEXT in world.posted()[-1].text and "王老师" in world.posted()[-1].text
    assert "已经发出" in made.committee.last.text


async def test_a_draft_of_the_committee_is_returned(world: World) -> None:
    made = await ready_class(world)
    await made.committee.in_private(f"/notice {TEXT}")
    await made.teacher.press("退回")
    assert world.posted() == [] and "退回" in made.committee.last.text and TEXT in made.committee.last.text


async def test_a_draft_of_the_committee_is_changed(world: World) -> None:
    made = await ready_class(world)
    await made.committee.in_private(f"/notice {TEXT}")
    await made.teacher.press("修改")
    await made.teacher.in_private("请带室内鞋。")
    await made.teacher.press("发送")
    assert "请带室内鞋。" in world.posted()[-1].text
    assert "请带室内鞋。" in made.committee.last.text


async def test_a_draft_of_the_committee_that_shames_is_held_from_the_teachers_press(world: World) -> None:
    made = await ready_class(world)
    await made.committee.in_private("/notice 未交班费：李雷、韩梅梅")
    await made.teacher.press("发送")
    assert world.posted() == [] and "改为私信" in made.teacher.buttons()
    await made.teacher.press("这不是批评")
    assert "班费" in world.posted()[-1].text and "已经发出" in made.committee.heard


# --- the guard -----------------------------------------------------------------------------------


async def test_a_notice_that_shames_is_held_back(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group("/notice 未交作业：李雷、韩梅梅，请家长督促。")
    assert typed.removed and world.posted() == []
    assert {"改为私信", "修改", "这不是批评", "取消"} <= set(made.teacher.buttons())
    await made.teacher.press("这不是批评")
    assert "李雷、韩梅梅" in world.posted()[-1].text and [k.label for k in world.posted()[-1].keys]


async def test_a_held_notice_in_other_words_keeps_its_marks_and_photos(world: World) -> None:
    made = await ready_class(world)
    photo = world.platform.file(b"jpg", "a.jpg", "photo")
    await made.teacher.in_group("/notice [免回] 未交作业：李雷、韩梅梅", files=[photo])
    await made.teacher.press("修改")
    await made.teacher.in_private("请督促孩子完成作业。")
    await made.teacher.press("发送")
    post = world.posted()[-1]
    assert "请督促孩子完成作业。" in post.text and post.keys == () and post.files == ("a.jpg",)


async def test_marks_are_never_published(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group("/notice 数学期中成绩：张小明 98分，李雷 61分，韩梅梅 87分")
    assert world.posted() == [] and "这不是批评" not in made.teacher.buttons()
    await made.teacher.press("改为私信")
    drafts = [m.text for m in made.teacher.inbox if "61分" in m.text]
    assert drafts and all("98分" not in text and "87分" not in text for text in drafts)
    assert world.posted() == []


async def test_a_correction_is_held_back_too(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.teacher.press("更正")
    await made.teacher.in_private("未交作业：李雷、韩梅梅")
    assert "改为私信" in made.teacher.buttons() and TEXT in post.text
    await made.teacher.press("这不是批评")
    assert "李雷、韩梅梅" in post.text and "更正" in post.text


# --- pins ----------------------------------------------------------------------------------------


async def test_at_most_two_notices_are_pinned(world: World) -> None:
    made = await ready_class(world)
    posts = [await send(made, f"{TEXT}{n}") for n in range(3)]
    assert [p.pinned for p in posts] == [False, True, True]


async def test_pins_come_off_after_a_week(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await world.later(days=6)
    assert [m.pinned for m in world.posted()] == [True]
    await world.later(days=1, hours=1)
    assert [m.pinned for m in world.posted()] == [False] and post.text
    assert "结束" in made.teacher.heard and made.teacher.buttons() == []


async def test_without_the_right_to_pin_it_is_sent_all_the_same(world: World) -> None:
    made = await ready_class(world)
    world.group.rights = world.group.rights - {Right.PIN}
    post = await send(made)
    assert TEXT in post.text and not post.pinned


async def test_a_notice_is_over_after_the_day_it_names(world: World) -> None:
    made = await ready_class(world)
    post = await send(made, "12月4日（周五）14:00 家长会，请准时。")
    assert planned(world) == {
        "notice-over": "12-05 00:00",
        "notice-unpin": "11-30 10:00",
        "notice-nudge": "11-24 12:10",
    }
    await world.later(days=7, minutes=1)
    assert not post.pinned and recorded(world)[0].state == "open"
    await world.later(days=5)
    assert recorded(world)[0].state == "over"


# --- taken back, put right -----------------------------------------------------------------------


async def test_withdrawn(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.teacher.press("撤回")
    assert post.removed and "通知 1 已撤回" in world.posted()[-1].text
    assert "已撤回" in made.teacher.last.text and planned(world) == {}
    assert made.teacher.buttons() == []


@pytest.mark.parametrize("why", [Failure.TOO_OLD, Failure.NOT_ALLOWED])
async def test_withdrawn_where_it_can_no_longer_be_deleted(world: World, why: Failure) -> None:
    made = await ready_class(world)
    post = await send(made)
    world.platform.fail_next("delete", Refused(why))
    await made.teacher.press("撤回")
    assert not post.removed and TEXT not in post.text and "已撤回" in post.text
    assert not post.pinned and post.keys == ()


async def test_corrected(world: World) -> None:
    made = await ready_class(world)
    post = await send(made, "请带 3 本书。")
    await made.mothers["李雷"].press("✅", where=world.group)
    assert post.keys[0].label == "✅ 收到 1/5"
    old = post.keys[0].token or ""
    await made.teacher.press("更正")
    await made.teacher.in_private("请带 4 本书。")
    assert "更正" in made.teacher.last.text and "3 本" in post.text
    await made.teacher.press("发送")
    assert "（更正）" in post.text and "4 本" in post.text and "3 本" not in post.text
    assert post.keys[0].label == "✅ 收到 0/5"
    told = world.posted()[-1]
    assert "更正" in told.text and told.reply_to == post.ref
    world.platform.press_token(made.mothers["李雷"].sender, world.group, old, post.ref)
    await world.settle()
    assert "更正" in world.platform.toasts[-1][1] and post.keys[0].label == "✅ 收到 0/5"
    await made.mothers["李雷"].press("✅", where=world.group, on=post)
    assert post.keys[0].label == "✅ 收到 1/5" and "（更正）" in post.text


async def test_a_correction_that_changes_nothing_is_asked_for_again(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.teacher.press("更正")
    await made.teacher.in_private(TEXT)
    assert "不一样" in made.teacher.last.text and "更正" not in post.text


async def test_corrected_at_night_it_is_said_in_the_morning(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await world.until(22)
    await made.teacher.press("更正")
    await made.teacher.in_private("请带室内鞋和水杯。")
    await made.teacher.press("发送")
    assert "水杯" in post.text and world.posted()[-1] is post
    await world.until(7, 1)
    assert "更正" in world.posted()[-1].text and world.posted()[-1].reply_to == post.ref


async def test_once_the_role_has_ended_the_buttons_do_nothing(world: World) -> None:
    made = await ready_class(world)
    post = await send(made)
    await made.teacher.in_private("/notice 第二条")
    with world.database.transaction() as records:
        account = identity.find_account(records, "web", made.teacher.sender.native)
        assert account is not None
        classrooms.end_role(records, made.id, account.person_id, world.now())
    shown = [m for m in made.teacher.inbox if m.keys]
    for label, message in (("撤回", shown[0]), ("更正", shown[0]), ("发送", shown[-1])):
        await made.teacher.press(label, on=message) if any(k.label == label for k in message.keys) else None
    assert not post.removed and len(world.posted()) == 1


async def test_it_could_not_be_posted(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/notice {TEXT}")
    world.platform.fail_next("post", Refused(Failure.NOT_ALLOWED))
    await made.teacher.press("发送")
    assert world.posted() == [] and "没能发到群里" in made.teacher.heard
    assert recorded(world)[0].state == "failed" and planned(world) == {}
    await made.teacher.press("发送")
    assert TEXT in world.posted()[-1].text
