"""/me: what the bot keeps about a person, and the person's own wishes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.platforms.web import WebPlatform
from classroom.addresses import GuardianAddress
from classroom.effects import Hours, Report, Tell
from classroom.events import Json
from classroom.people import Role
from classroom.relations import Relation
from classroom.text import PrivateStr
from storage import classrooms, drafts, erasing, guardians, identity, personal, queue
from storage.database import Database, Records
from storage.tables import (
    Account,
    Concern,
    ConcernLine,
    ConcernRecipient,
    Guardian,
    Member,
    Praise,
    PraisedStudent,
    StudentRow,
    Violation,
    metadata,
)
from templates.render import Say
from tests.ready import ReadyClass, ready_class
from tests.world import User, World


def account_of(records: Records, user: User) -> Account:
    """The row of a user's account."""
    found = identity.find_account(records, "web", user.sender.native)
    assert found is not None
    return found


def link_of(records: Records, user: User, student: int) -> Guardian:
    """The link between a user and a student."""
    found = guardians.of_person(records, account_of(records, user).person_id, student, ("active", "ended"))
    assert found is not None
    return found


def exported(user: User) -> dict[str, Json]:
    """The file that the bot sent last."""
    platform: WebPlatform = user.world.platform
    name = next(n for n in platform.files if n.startswith(f"sent:{user.last.ref}:"))
    found: dict[str, Json] = json.loads(platform.files[name])
    return found


def everything(database: Database) -> Iterator[str]:
    """Every value of every column, the sealed ones opened."""
    with database.transaction() as records:
        for table in metadata.sorted_tables:
            for row in records.connection().execute(select(table)):
                for column, value in zip(table.columns, row, strict=True):
                    opened = value.reveal() if isinstance(value, PrivateStr) else value
                    yield f"{table.name}.{column.name}: {opened}"


# --- the card ---------------------------------------------------------------------------------------


async def test_a_mother_sees_what_is_kept(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/我的")
    for part in ("李雷妈妈", "三年级2班", "李雷：您是妈妈", "安静时间：每天 21:00–07:00", "7 天", "学期末"):
        assert part in mother.last.text, part
    assert {"导出", "删除", "语言", "安静时间", "不在群里提", "停止接收：李雷"} <= set(mother.buttons())


async def test_a_teacher_sees_roles_and_hours(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/me")
    assert "身份：班主任" in made.teacher.last.text
    assert "可联系时间：每天 07:00–20:00" in made.teacher.last.text
    assert "可联系时间" in made.teacher.buttons()
    assert not any(label.startswith("停止") for label in made.teacher.buttons())


async def test_who_was_only_seen_in_the_group_sees_the_account(world: World) -> None:
    made = await ready_class(world)
    await made.stranger.in_group("大家好")
    await made.stranger.in_private("/me")
    assert "路过的人" in made.stranger.last.text and "还没有认领孩子" in made.stranger.last.text
    assert "删除" in made.stranger.buttons()


async def test_nobody_from_nowhere_has_a_card_too(world: World) -> None:
    nobody = world.someone("7", "<b>Bob</b> & Co", language="en")
    await nobody.in_private("/me")
    assert "<b>Bob</b> & Co" in nobody.last.text and "I do not know your class yet" in nobody.last.text


async def test_in_the_group_nothing_personal_is_answered(world: World) -> None:
    made = await ready_class(world)
    told(world, made)
    for typed in ("/我的", "/我的 导出", "/me erase", "/me public off"):
        await made.mothers["李雷"].in_group(typed)
    shown = [*world.posted(), *made.mothers["李雷"].inbox]
    assert not [m for m in shown if m.files or "没有带作业本" in m.text or "您是妈妈" in m.text]
    assert all("李雷" not in m.text for m in world.posted())


async def test_an_unknown_word_is_answered_with_what_can_be_written(world: World) -> None:
    made = await ready_class(world)
    await made.mothers["李雷"].in_private("/me <i>foo</i>")
    assert "「<i>foo</i>」我没看懂" in made.mothers["李雷"].heard
    assert "导出、删除、语言" in made.mothers["李雷"].heard


# --- export -----------------------------------------------------------------------------------------


async def test_the_export_holds_what_is_mine_and_nothing_of_others(world: World) -> None:
    made = await ready_class(world)
    told(world, made)
    mother = made.mothers["李雷"]
    await mother.in_private("/我的导出")
    assert mother.last.files == ("homeroom-2026-11-23.json",)
    data = exported(mother)
    text = json.dumps(data, ensure_ascii=False)
    for part in ("李雷妈妈", "李雷", "mother", "接力第一名", "今天没有带作业本", "我们会提醒他", "三年级2班"):
        assert part in text, part
    for other in ("13800000000", "李雷爸爸", "韩梅梅", "别的家长的话", "father"):
        assert other not in text, other


async def test_an_ended_link_shows_nothing_of_the_child_any_more(world: World) -> None:
    made = await ready_class(world)
    told(world, made)
    mother = made.mothers["李雷"]
    with world.database.transaction() as records:
        guardians.end(link_of(records, mother, made.students["李雷"]), world.now(), by=None)
    await mother.in_private("/me export")
    text = json.dumps(exported(mother), ensure_ascii=False)
    assert "今天没有带作业本" not in text and "接力第一名" not in text
    assert "我们会提醒他" in text  # her own words stay hers


async def test_the_export_button_answers_in_private(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/me")
    await made.teacher.press("导出")
    assert made.teacher.last.files and '"head": true' in json.dumps(exported(made.teacher))


def test_every_table_is_exported_or_has_a_reason() -> None:
    listed = [*personal.EXPORTED, *personal.NOT_EXPORTED]
    assert sorted(listed) == sorted(metadata.tables), "say in storage/personal.py what a person gets of it"


def test_every_table_is_erased_or_has_a_reason() -> None:
    listed = [*erasing.ERASED, *erasing.STAYS]
    assert sorted(listed) == sorted(metadata.tables), "say in storage/erasing.py what becomes of it"


# --- erase ------------------------------------------------------------------------------------------


def told(world: World, made: ReadyClass) -> None:
    """A praise, a concern with a thread, a draft, a violation, a tag: all that speaks of 李雷's mother."""
    with world.database.transaction() as records:
        mother, father = made.mothers["李雷"], made.fathers["李雷"]
        person = account_of(records, mother).person_id
        praise = Praise(classroom_id=made.id, number=1, text="接力第一名", said_at=world.now())
        concern = Concern(
            classroom_id=made.id,
            number=1,
            student_id=made.students["李雷"],
            words=PrivateStr("今天没有带作业本"),
            sent_at=world.now(),
        )
        records.add_all([praise, concern])
        records.flush()
        records.add(PraisedStudent(praise_id=praise.id, student_id=made.students["李雷"]))
        for user, words in ((mother, "我们会提醒他"), (father, "别的家长的话")):
            link = link_of(records, user, made.students["李雷"])
            line = ConcernLine(concern_id=concern.id, guardian_id=link.id, at=world.now())
            line.from_person, line.words = account_of(records, user).person_id, PrivateStr(words)
            sent = ConcernRecipient(concern_id=concern.id, guardian_id=link.id, state="sent")
            records.add_all([line, sent])
        drafts.keep(records, made.id, person, "message", PrivateStr("没写完的草稿"), world.now())
        group = identity.find_chat(records, "web", world.group.native)
        assert group is not None
        account = account_of(records, mother).id
        records.add(Member(chat_id=group.id, account_id=account, tag="李雷妈妈", seen_at=world.now()))
        violation = Violation(
            classroom_id=made.id, chat_id=group.id, rule="ad", done="nudged", at=world.now()
        )
        violation.account_id, violation.text = account, "买一送一的广告"
        records.add(violation)


async def renamed(world: World, made: ReadyClass) -> User:
    """李雷's mother under a name that stands nowhere else."""
    world.platform.person("21", "周小红", username="zhouxiaohong")
    mother = User(world, world.platform.people["21"])
    made.mothers["李雷"] = mother
    return mother


async def test_erased_is_erased_everywhere(world: World) -> None:
    made = await ready_class(world)
    told(world, made)
    mother = await renamed(world, made)
    await mother.in_group("孩子今天很开心，我是周小红")
    await mother.in_private("/me export")
    await mother.in_private("/我的 删除")
    assert "会留下" in mother.last.text and "李雷" in mother.last.text
    await mother.press("确认删除")
    assert "已经删除" in mother.last.text
    needles = ("周小红", "zhouxiaohong", "我们会提醒他", "没写完的草稿", "买一送一")
    left = [value for value in everything(world.database) if any(n in value for n in needles)]
    assert left == []
    assert not [v for v in everything(world.database) if re.search(r"(accounts|chats)\.native: 21$", v)]


async def test_what_belongs_to_the_child_and_to_others_stays(world: World) -> None:
    made = await ready_class(world)
    told(world, made)
    mother = made.mothers["李雷"]
    await mother.in_private("/me erase")
    await mother.press("确认删除")
    values = "\n".join(everything(world.database))
    for part in ("接力第一名", "今天没有带作业本", "别的家长的话", "李雷爸爸"):
        assert part in values, part
    await made.fathers["李雷"].in_private("/me")
    assert "李雷：您是爸爸" in made.fathers["李雷"].last.text


async def test_the_head_teacher_hears_it_in_the_teachers_hours(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await world.until(23)
    await mother.in_private("/me erase")
    await mother.press("确认删除")
    assert "李雷妈妈不再" not in made.teacher.heard
    await world.until(7)
    assert "李雷妈妈不再通过我接收消息" in made.teacher.heard and "还有 1 位家长" in made.teacher.heard
    assert world.posted() == []


async def test_whoever_was_erased_is_new_when_they_write_again(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me language en")
    await mother.in_private("/me erase")
    await mother.press("Yes, erase")
    await mother.in_private("/我的")
    assert "我还不知道您是哪个班的" in mother.last.text
    await mother.in_group("大家好")
    await mother.in_private("/我的")
    assert "还没有认领孩子" in mother.last.text


async def test_the_tag_in_the_group_goes(world: World) -> None:
    made = await ready_class(world)
    told(world, made)
    world.group.tags["21"] = "李雷妈妈"
    await made.mothers["李雷"].in_private("/me erase")
    await made.mothers["李雷"].press("确认删除")
    assert world.group.tags["21"] == ""


async def test_what_waits_for_an_erased_person_is_not_sent(world: World) -> None:
    made = await ready_class(world)
    mother, secret = made.mothers["李雷"], "明天早上七点的悄悄话"
    await world.until(23)
    with world.database.transaction() as records:
        to = identity.private_address(records, account_of(records, mother).person_id)
        assert to is not None
        text = Say("zh_CN").private("me.stopped", name=secret)
        waits = Tell(to, text, quiet=Hours("21:00", "07:00", "Asia/Shanghai"))
        queue.store_effects(records, [waits], world.now(), event_id=None, classroom_id=made.id)
    await mother.in_private("/me erase")
    await mother.press("确认删除")
    await world.later(hours=12)
    assert secret not in mother.heard
    assert not [v for v in everything(world.database) if secret in v]


async def test_a_head_teacher_hands_the_class_over_first(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/me erase")
    assert "三年级2班" in made.teacher.last.text and "/设为" in made.teacher.last.text
    assert "确认删除" not in made.teacher.buttons()


async def test_who_became_head_teacher_meanwhile_is_not_erased(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me erase")
    with world.database.transaction() as records:
        person = account_of(records, mother).person_id
        classrooms.grant(records, made.id, person, Role.TEACHER, world.now(), by=None, head=True)
    await mother.press("确认删除")
    assert "交给另一位老师" in mother.last.text
    await mother.in_private("/me")
    assert "李雷：您是妈妈" in mother.last.text


async def test_a_subject_teacher_may_be_erased(world: World) -> None:
    made = await ready_class(world)
    await made.subject_teacher.in_private("/me erase")
    await made.subject_teacher.press("确认删除")
    assert "数学刘老师" not in "\n".join(everything(world.database))
    await made.subject_teacher.in_private("/me")
    assert "科任老师" not in made.subject_teacher.last.text


async def test_an_erasure_is_confirmed_within_ten_minutes(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me erase")
    world.time += timedelta(minutes=11)
    await mother.press("确认删除")
    assert "什么都没删" in mother.last.text
    await mother.in_private("/me")
    assert "李雷：您是妈妈" in mother.last.text


async def test_an_erasure_may_be_called_off(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me erase")
    await mother.press("取消")
    assert "什么都没变" in mother.last.text


async def test_nobody_erases_somebody_else(world: World) -> None:
    made = await ready_class(world)
    mother, stranger = made.mothers["李雷"], made.stranger
    await mother.in_private("/me erase")
    token = next(k.token for k in mother.last.keys if k.label == "确认删除")
    world.platform.press_token(stranger.sender, stranger.private, token or "")
    await world.settle()
    assert world.platform.toasts[-1][1] == "这个按钮不是给您的。"
    with world.database.transaction() as records:
        assert link_of(records, mother, made.students["李雷"]).state == "active"


# --- one child --------------------------------------------------------------------------------------


async def test_a_mother_stops_for_one_child(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me")
    await mother.press("停止接收：李雷")
    assert "群里的通知照常" in mother.last.text
    await mother.press("确认停止")
    assert "已停止" in mother.last.text
    with world.database.transaction() as records:
        link = link_of(records, mother, made.students["李雷"])
        assert link.state == "ended" and link.consented_at is None
    assert "李雷妈妈不再通过我接收消息" in made.teacher.heard


async def test_the_last_guardian_leaves_the_teacher_with_the_telephone(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["韩梅梅"]
    await mother.in_private("/me")
    await mother.press("停止接收")
    await mother.press("确认停止")
    assert "请打电话" in made.teacher.heard


async def test_stopping_twice_is_answered(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me")
    card = mother.last
    await mother.press("停止接收")
    await mother.press("确认停止")
    await mother.press("停止接收", on=card)
    assert "已经没有关联" in mother.last.text


async def test_a_concern_that_waited_fails_at_once_and_is_not_kept(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    with world.database.transaction() as records:
        link = link_of(records, mother, made.students["李雷"])
        text = Say("zh_CN").private("me.stopped", name="今晚等着的批评")
        waits = Tell(GuardianAddress(link.id), text, park=True, report=Report())
        [delivery] = queue.store_effects(records, [waits], world.now(), event_id=None, classroom_id=made.id)
        queue.set_delivery(records, delivery, {"state": "parked"})
    await mother.in_private("/me erase")
    await mother.press("确认删除")
    assert not [v for v in everything(world.database) if "今晚等着的批评" in v]
    assert "今晚等着的批评" not in mother.heard
    with world.database.transaction() as records:
        row = (
            records.connection()
            .execute(
                select(queue.DELIVERIES.c.state, queue.DELIVERIES.c.outcome).where(
                    queue.DELIVERIES.c.id == delivery
                )
            )
            .one()
        )
    assert tuple(row) == ("failed", "not_a_guardian")


# --- wishes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "answer"), [("/me language en", "English"), ("/我的语言英文", "English")])
async def test_a_language_of_ones_own(world: World, typed: str, answer: str) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private(typed)
    assert answer in mother.last.text
    await mother.in_private("/me")
    assert "What I keep about you" in mother.last.text and "李雷: you are the mother" in mother.last.text
    await mother.in_private("/me 语言 中文")
    assert "说简体中文" in mother.last.text


async def test_the_language_by_buttons(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me")
    await mother.press("语言")
    await mother.press("English")
    assert "I will speak English with you" in mother.last.text


async def test_no_public_mention_for_all_children(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me public off")
    assert "不在群里表扬李雷" in mother.last.text
    with world.database.transaction() as records:
        assert not guardians.wishes_public_mention(records, made.students["李雷"])
    assert made.teacher.inbox == []
    await mother.in_private("/我的 公开表扬 开")
    with world.database.transaction() as records:
        assert guardians.wishes_public_mention(records, made.students["李雷"])


async def test_the_card_shows_the_new_wish(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me")
    card = mother.last
    await mother.press("不在群里提")
    assert "不在群里提孩子" in card.text and "可以公开表扬" in [k.label for k in card.keys]


async def test_without_a_child_there_is_nothing_to_mention(world: World) -> None:
    made = await ready_class(world)
    await made.stranger.in_private("/me public off")
    assert "/认领" in made.stranger.last.text


async def test_public_without_a_word_asks(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me public maybe")
    await mother.press("不在群里提")
    assert "不在群里表扬李雷" in mother.last.text


async def test_a_child_that_left_the_class_is_not_shown(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    with world.database.transaction() as records:
        row = records.get(StudentRow, made.students["李雷"])
        assert row is not None
        row.removed_at = world.now()
    await mother.in_private("/me")
    assert "李雷：您是妈妈" not in mother.last.text


# --- several accounts, several children, leftovers ---------------------------------------------------


async def test_a_further_account_is_offered_where_there_is_a_door_for_it(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/me")
    assert ("我的另一个账号" in mother.buttons()) is ("account" in world.app.instance.codes)
    await made.stranger.in_group("大家好")
    await made.stranger.in_private("/me")
    assert "我的另一个账号" not in made.stranger.buttons()


async def test_two_accounts_of_one_person_go_together(world: World) -> None:
    made = await ready_class(world)
    mother, second = made.mothers["李雷"], world.someone("221", "周小红的平板")
    await second.in_private("/help")
    with world.database.transaction() as records:
        account_of(records, second).person_id = account_of(records, mother).person_id
    await second.in_private("/me")
    assert "李雷妈妈" in second.last.text and "周小红的平板" in second.last.text
    await mother.in_private("/me erase")
    await mother.press("确认删除")
    values = list(everything(world.database))
    assert not [v for v in values if "周小红" in v]
    assert not [v for v in values if re.search(r"(accounts|chats)\.native: (21|221)$", v)]
    await second.in_private("/me")
    assert "我还不知道您是哪个班的" in second.last.text


async def test_two_children_are_named_and_stopped_one_by_one(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    with world.database.transaction() as records:
        person = account_of(records, mother).person_id
        guardians.link(
            records,
            made.id,
            made.students["王芳"],
            person,
            Relation.AUNT,
            world.now(),
            state="active",
            how="teacher",
        )
    await mother.in_private("/me public off")
    assert "李雷、王芳" in mother.last.text and "几个孩子都一样" in mother.last.text
    await mother.in_private("/me")
    assert "今天经老师同意认领" in mother.last.text
    await mother.press("停止接收：王芳")
    await mother.press("确认停止")
    await mother.in_private("/me")
    assert "李雷：您是妈妈" in mother.last.text and "王芳" not in mother.last.text


async def test_an_event_that_failed_is_erased_with_its_author(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    mine = queue.NewEvent("broken:1", "gone", '{"sender": {"native": "21", "name": "周小红"}}', world.now())
    theirs = queue.NewEvent("broken:2", "gone", '{"sender": {"native": "2100", "name": "别人"}}', world.now())
    with world.database.transaction() as records:
        queue.store_events(records, [mine, theirs], world.now())
    await mother.in_private("/me erase")
    assert any("周小红" in v for v in everything(world.database))
    await mother.press("确认删除")
    values = list(everything(world.database))
    assert not any("周小红" in v for v in values) and any("别人" in v for v in values)
