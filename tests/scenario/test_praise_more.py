"""Praise that reaches everyone in time: titles, photos, the honours of the month, and an even hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.drawing.scenes import plain
from bot.platforms.web import Shown
from classroom.drawings import PublicDrawing
from classroom.effects import Post
from classroom.events import Attachment
from storage import guardians, queue
from storage.tables import DeliveryRow, Praise, StudentRow
from tests.holiday_kit import at, days_pass
from tests.ready import ReadyClass, ready_class
from tests.world import World

TEXT = "在运动会上获得接力第一名 #运动会"
PHOTO = Attachment("photo", "p1", "接力.jpg")


def no_public_mention(made: ReadyClass, name: str) -> None:
    with made.world.database.transaction() as records:
        for guardian in guardians.active_of(records, made.students[name]):
            guardian.public_mention = False


def long_ago(made: ReadyClass) -> None:
    """Every child has been in the class for a year."""
    with made.world.database.transaction() as records:
        for row in records.exec(select(StudentRow)).all():
            row.added_at = made.world.now() - timedelta(days=365)


def kept(world: World) -> list[tuple[str | None, str]]:
    with world.database.transaction() as records:
        return [(p.title, p.text) for p in records.exec(select(Praise).order_by(col(Praise.id))).all()]


def last_post(made: ReadyClass) -> Shown:
    return made.world.posted()[-1]


def picture(world: World) -> str:
    """Every word of the newest picture in the group."""
    with world.database.transaction() as records:
        rows = records.exec(select(DeliveryRow).order_by(col(DeliveryRow.id))).all()
        posts = [queue.load(row.payload)[0] for row in rows if row.payload and row.kind == "post"]
    drawings = [f for p in posts if isinstance(p, Post) for f in p.files if isinstance(f, PublicDrawing)]
    return repr(plain(drawings[-1].scene))


# --- titles --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/praise 张小明 三好学生", ""),
        ("/表扬张小明三好学生", ""),
        ("/表扬 张小明 三好学生，每天主动擦黑板", "每天主动擦黑板"),
        ("/praise 张小明 劳动小能手 每天主动擦黑板", "每天主动擦黑板"),
    ],
)
async def test_a_title_alone_or_with_a_word(world: World, typed: str, words: str) -> None:
    made = await ready_class(world)
    await made.teacher.in_group(typed)
    title = "劳动小能手" if "劳动" in typed else "三好学生"
    assert kept(world) == [(title, words)]
    assert f"🏅 {title}" in last_post(made).text and words in last_post(made).text
    assert title in made.mothers["张小明"].last.text


async def test_a_word_that_only_begins_like_a_title_is_none(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_group("/praise 张小明 小雷锋们的好榜样")
    assert kept(world) == [(None, "小雷锋们的好榜样")]


async def test_a_class_has_titles_of_its_own(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/praise titles")
    assert "三好学生" in made.teacher.last.text
    await made.teacher.in_private("/praise titles add 阅读之星、小画家")
    await made.teacher.in_private("/表扬 称号 减 小雷锋")
    assert "阅读之星" in made.teacher.last.text and "小雷锋" not in made.teacher.last.text
    await made.teacher.in_private("/praise 李雷 阅读之星")
    assert kept(world) == [("阅读之星", "")]
    await made.teacher.in_private("/praise titles add Book worm, 口算能手 朗读能手")
    assert "🏅 Book worm" in made.teacher.last.text and "🏅 口算能手 朗读能手" in made.teacher.last.text
    await made.teacher.in_private("/praise titles add 好问星 好帮手")
    assert "🏅 好问星" in made.teacher.last.text and "🏅 好帮手" in made.teacher.last.text
    await made.subject_teacher.in_private("/praise titles add 口算王")
    assert "班主任" in made.subject_teacher.last.text
    await made.subject_teacher.in_private("/praise titles")
    assert "口算王" not in made.subject_teacher.last.text


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("捣蛋鬼", "不像表扬"),
        ("迟到大王", "不像表扬"),
        ("期中考试第一名", "不像表扬"),
        ("李雷", "名册上的名字"),
        ("一个实在是太长太长太长太长太长了的称号", "最多 16 个字"),
    ],
)
async def test_what_is_no_title_is_refused_kindly(world: World, title: str, why: str) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/praise titles add {title}")
    assert why in made.teacher.last.text
    assert f"🏅 {title}" not in made.teacher.last.text
    await made.teacher.in_private("/praise titles remove 没有这个")
    assert "没有这个" in made.teacher.last.text and "三好学生" in made.teacher.last.text


@pytest.mark.parametrize(
    "typed", ["titles add 李雷没交作业", "reminder 李雷没交作业", "称号 加 迟到的李雷没交作业"]
)
async def test_criticism_behind_such_a_word_leaves_the_group(world: World, typed: str) -> None:
    made = await ready_class(world)
    said = await made.teacher.in_group(f"/praise {typed}")
    assert said.removed and world.texts() == []
    assert "改为私信" in made.teacher.buttons()


async def test_titles_are_offered_under_the_question_what_for(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/praise 张小明 李雷")
    await made.teacher.press("🏅 小雷锋")
    assert kept(world) == [("小雷锋", "")] and "张小明" in last_post(made).text
    await made.teacher.in_private("/praise")
    await made.teacher.press("王芳")
    await made.teacher.press("🏅 劳动小能手")
    assert "王芳" in last_post(made).text and kept(world)[-1] == ("劳动小能手", "")


# --- photos --------------------------------------------------------------------------------------


async def test_a_photo_with_the_command_goes_to_the_group_and_to_the_family(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/praise 张小明 {TEXT}", files=(PHOTO,))
    assert last_post(made).files == ("接力.jpg",)
    assert made.mothers["张小明"].last.files == ("接力.jpg",)
    assert made.mothers["韩梅梅"].inbox == []


async def test_a_photo_that_stands_in_the_group_is_answered_and_not_shown_twice(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group(f"/praise 张小明 {TEXT}", files=(PHOTO,))
    assert last_post(made).reply_to == typed.ref and last_post(made).files == ()
    assert made.mothers["张小明"].last.files == ("接力.jpg",)
    photo = await made.teacher.in_group("", files=(PHOTO,))
    await made.teacher.in_group(f"/praise 李雷 {TEXT}", reply_to=photo)
    assert last_post(made).reply_to == photo.ref and last_post(made).files == ()
    assert made.mothers["李雷"].last.files == ("接力.jpg",)


async def test_a_photo_that_may_show_a_child_who_is_not_to_be_named_goes_nowhere(world: World) -> None:
    made = await ready_class(world)
    no_public_mention(made, "李雷")
    await made.teacher.in_private(f"/praise 张小明 李雷 {TEXT}", files=(PHOTO,))
    assert last_post(made).files == () and "李雷" not in last_post(made).text
    assert "照片" in made.teacher.last.text
    assert not made.mothers["张小明"].last.files and not made.mothers["李雷"].last.files
    typed = await made.teacher.in_group(f"/praise 李雷 {TEXT}", files=(PHOTO,))
    assert typed.removed and made.mothers["李雷"].last.files == ("接力.jpg",)


async def test_a_photo_may_come_with_the_words_that_were_asked_for(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/praise 张小明")
    await made.teacher.in_private("接力第一名", files=(PHOTO,))
    assert last_post(made).files == ("接力.jpg",) and "接力第一名" in last_post(made).text


# --- honours -------------------------------------------------------------------------------------


async def test_the_honours_of_the_month_are_a_list_and_a_picture(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/praise 张小明 三好学生")
    await made.teacher.in_private(f"/praise 张小明 李雷 {TEXT}")
    await made.teacher.in_private(f"/praise 李雷 {TEXT}")
    await made.teacher.in_private("/praise list month")
    shown = made.teacher.last
    assert shown.files == ("honours-2026-11.png",) and "三好学生：张小明" in shown.text
    assert shown.text.count("张小明") == 1 and shown.text.count("李雷") == 1
    before = len(world.posted())
    await made.teacher.press("发到群里")
    assert len(world.posted()) == before + 1
    assert last_post(made).files == ("honours-2026-11.png",) and "11月光荣榜" in last_post(made).text
    words = picture(world)
    assert words.count("张小明") == 1 and words.count("李雷") == 1 and "三好学生" in words
    assert "2" not in words.replace("2班", "").replace("11月", "")  # no count of anything


async def test_on_the_last_school_day_of_the_month_the_teacher_is_offered_the_honours(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/praise 张小明 李雷 {TEXT}")
    no_public_mention(made, "李雷")
    before = len(world.posted())
    await days_pass(world, 8)  # to Tuesday, the first of December
    [offer] = [m for m in made.teacher.inbox if "11月光荣榜" in m.text]
    assert offer.at == at(2026, 11, 30, 16) and offer.files == ("honours-2026-11.png",)
    assert "张小明" in offer.text and "李雷" not in offer.text and len(world.posted()) == before
    await made.teacher.in_private(f"/praise 王芳 {TEXT}")
    await made.teacher.press("发到群里", on=offer)
    assert "11月光荣榜" in last_post(made).text and "王芳" not in last_post(made).text


async def test_switched_off_the_honours_are_not_offered(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/praise 张小明 {TEXT}")
    await days_pass(world, 8)
    await made.teacher.press("月底不再提醒")
    assert "/表扬 月底 开" in made.teacher.last.text
    await made.teacher.in_private(f"/praise 王芳 {TEXT}")
    await days_pass(world, 30)
    assert not any("12月光荣榜" in m.text for m in made.teacher.inbox)
    await made.teacher.in_private("/praise month on")
    assert "最后一个上课日" in made.teacher.last.text


async def test_nothing_is_offered_where_nobody_was_praised(world: World) -> None:
    made = await ready_class(world)
    await days_pass(world, 8)
    assert "光荣榜" not in made.teacher.heard


async def test_the_picture_names_nobody_who_wishes_otherwise(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/praise 张小明 李雷 三好学生")
    no_public_mention(made, "李雷")
    await made.teacher.in_group("/praise list month")
    assert "张小明" in picture(world) and "李雷" not in picture(world)
    assert "李雷" not in last_post(made).text


async def test_an_empty_list_has_no_picture_and_no_button(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/praise list")
    assert made.teacher.last.files == () and made.teacher.last.keys == ()
    await made.teacher.in_group("/praise list")
    assert last_post(made).files == () and "空着" in last_post(made).text


# --- an even hand --------------------------------------------------------------------------------


async def weeks_later(world: World, weeks: int) -> None:
    for _ in range(weeks * 7):
        await world.until(17)


async def test_once_a_week_the_teacher_hears_who_was_not_praised_for_four_weeks(world: World) -> None:
    made = await ready_class(world)
    long_ago(made)
    await made.teacher.in_private(f"/praise 张小明 {TEXT}")
    await made.teacher.in_private("/praise 李雷 小雷锋 扶起了摔倒的同学")
    posts = len(world.posted())
    await weeks_later(world, 1)
    heard = made.teacher.last.text
    assert "韩梅梅" in heard and "还没有表扬的记录" in heard and "张小明" not in heard and "李雷" not in heard
    await weeks_later(world, 4)
    heard = made.teacher.last.text
    assert "李雷" in heard and "扶起了摔倒的同学" in heard and "小雷锋" in heard and "草稿" in heard
    assert len(world.posted()) == posts
    for other in (made.subject_teacher, made.committee, *made.mothers.values()):
        assert "四周" not in other.heard
    reminders = [m for m in made.teacher.inbox if "一碗水端平" in m.text]
    assert len(reminders) == 5


async def test_a_draft_is_sent_with_one_press_exchanged_or_written_anew(world: World) -> None:
    made = await ready_class(world)
    long_ago(made)
    await made.teacher.in_private(f"/praise 张小明 {TEXT}")
    await weeks_later(world, 1)
    reminder = made.teacher.last
    await made.teacher.press("韩梅梅", on=reminder)
    first = made.teacher.last.text
    await made.teacher.press("换一句")
    assert made.teacher.last.text != first
    await made.teacher.press("发送")
    assert "韩梅梅" in last_post(made).text and len(kept(world)) == 2
    await made.teacher.press("王芳", on=reminder)
    await made.teacher.press("我自己写")
    await made.teacher.in_private("帮同学讲题，讲了一整个课间")
    assert "王芳" in last_post(made).text and "讲了一整个课间" in last_post(made).text


async def test_nobody_else_can_use_the_buttons(world: World) -> None:
    made = await ready_class(world)
    long_ago(made)
    await made.teacher.in_private(f"/praise 张小明 {TEXT}")
    await weeks_later(world, 1)
    posts, on = len(world.posted()), made.teacher.last
    for user in (made.mothers["李雷"], made.committee):
        await user.press("韩梅梅", where=made.teacher.private, on=on)
        assert "草稿" not in user.heard
    assert len(world.posted()) == posts


async def test_who_came_to_the_class_later_has_time(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/praise 张小明 {TEXT}")
    await weeks_later(world, 2)
    assert "一碗水端平" not in made.teacher.heard


async def test_it_can_be_switched_off_and_moved(world: World) -> None:
    made = await ready_class(world)
    long_ago(made)
    await made.teacher.in_private("/praise reminder")
    assert "16:30" in made.teacher.last.text
    await made.teacher.in_private("/表扬 提醒 周三 12:00")
    assert "12:00" in made.teacher.last.text
    await world.later(days=2, hours=3)
    assert "一碗水端平" in made.teacher.last.text
    await made.teacher.press("不再每周提醒")
    assert "不再每周提醒" in made.teacher.last.text
    told = len(made.teacher.inbox)
    await weeks_later(world, 2)
    assert len(made.teacher.inbox) == told
    for typed in ("哪天都行", "周五", "25:99", "每天 9:00"):
        await made.teacher.in_private(f"/praise reminder {typed}")
        assert "周五 16:30" in made.teacher.last.text
    await made.subject_teacher.in_private("/praise reminder on")
    assert "班主任" in made.subject_teacher.last.text
    await made.teacher.in_private("/praise reminder on")
    assert "下一次" in made.teacher.last.text


async def test_the_holidays_do_not_count_and_are_not_disturbed(world: World) -> None:
    made = await ready_class(world)
    long_ago(made)
    await made.teacher.in_private("/holiday 2026-11-24 2027-01-03 长假")
    await made.teacher.press("发送")
    await made.teacher.in_private(f"/praise 张小明 {TEXT}")
    told = made.teacher.heard.count("一碗水端平")
    await weeks_later(world, 5)
    assert made.teacher.heard.count("一碗水端平") <= told + 1  # the week in which there was still school
    await weeks_later(world, 2)
    last = [m for m in made.teacher.inbox if "一碗水端平" in m.text][-1]
    assert "张小明" not in last.text


async def test_a_teacher_who_has_never_praised_is_told_as_well(world: World) -> None:
    made = await ready_class(world)
    long_ago(made)
    await weeks_later(world, 1)
    [told] = [m for m in made.teacher.inbox if "一碗水端平" in m.text]
    assert "还没有表扬过谁" in told.text and "张小明" in told.text
