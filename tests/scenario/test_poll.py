"""Polls in the users' words: asked, voted, reminded of, closed, repeated."""

from __future__ import annotations

import json
import re

import pytest
from sqlmodel import select

from bot.app import App
from bot.platforms.web import Shown
from bot.ports import Failure, Incoming, Refused
from classroom.addresses import ChatKind
from classroom.people import Role
from storage import classrooms, guardians, identity
from storage.tables import Chat, Classroom, NamedBallot, Poll
from tests.families import bind, more_families
from tests.ready import ReadyClass, ready_class
from tests.world import UNLIMITED, User, World

ASKED = "春游去哪里？ | 植物园 | 科技馆 | 动物园"


async def started(user: User, text: str = ASKED) -> Shown:
    """Begin a poll in private and send it; gives the group's post."""
    await user.in_private(f"/poll {text}")
    await user.press("发送")
    return user.world.posted()[-1]


async def votes(user: User, label: str) -> str:
    return await user.press(label, where=user.world.group)


def turnout(post: Shown) -> str:
    found = re.search(r"已投 (\d+/\d+) 户", post.text)
    return found[1] if found else ""


def ballots(world: World) -> dict[int, list[int]]:
    """The choices of the named polls by household."""
    with world.database.transaction() as records:
        return {b.household: [*b.choice] for b in records.exec(select(NamedBallot))}


async def in_english(made: ReadyClass) -> None:
    with made.world.database.transaction() as records:
        row = records.get(Classroom, made.id)
        assert row is not None
        row.language = "en"


# --- asking -----------------------------------------------------------------------------------------


async def test_a_poll_is_seen_by_its_author_first(world: World) -> None:
    made = await ready_class(world)
    typed = await made.committee.in_group(f"/poll {ASKED}")
    assert typed.removed and world.texts() == []
    assert "春游去哪里？" in made.committee.last.text and "11月25日（周三）20:00" in made.committee.last.text
    assert made.committee.buttons() == ["发送", "取消"]
    await made.committee.press("发送")
    [post] = world.posted()
    assert [k.label for k in post.keys] == ["① 植物园", "② 科技馆", "③ 动物园"]
    for part in ("春游去哪里？", "② 科技馆", "每户一票", "记名", "已投 0/5 户", "第 1 号", "陈姐"):
        assert part in post.text, part
    assert "第 1 号" in made.committee.last.text and "/截止 1" in made.committee.last.text


async def test_cancelled_is_not_posted(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/投票 {ASKED}")
    await made.teacher.press("取消")
    assert "不发了" in made.teacher.last.text and world.texts() == []
    assert made.teacher.buttons() == []


async def test_a_poll_is_sent_once(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/poll {ASKED}")
    shown = made.teacher.last
    send = next(k.token for k in shown.keys if k.label == "发送")
    for _ in range(2):
        world.platform.press_token(made.teacher.sender, made.teacher.private, str(send), shown.ref)
    await world.settle()
    assert len(world.posted()) == 1 and "已经处理过" in made.teacher.last.text


async def test_settings_are_shown(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, "【匿名】[多选] [截止 周五 18:00] 带什么？ ｜ 水 ｜ 面包")
    for part in ("匿名投票，谁也看不到", "可以多选", "11月27日（周五）18:00"):
        assert part in post.text, part


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    await in_english(made)
    await made.teacher.in_private("/poll [multiple] [until 2026-12-04 18:00] Where to? | Zoo | Museum")
    assert "Fri 4 Dec 18:00" in made.teacher.last.text
    await made.teacher.press("Send")
    post = world.posted()[-1]
    assert "One vote per household" in post.text and "Voted: 0/5 households" in post.text
    assert "Your vote: Zoo" in await votes(made.mothers["李雷"], "①")
    await made.teacher.in_private("/close 1")
    assert "1 (100%)" in world.texts()[-1] and "1/5 households voted (20%)" in world.texts()[-1]
    assert "is closed" in made.teacher.last.text
    await made.teacher.in_private("/poll only a question")
    assert "at least two options" in made.teacher.last.text


@pytest.mark.parametrize(
    "text", ["选谁当家委？ | 张先生 | 李女士", "班费怎么用？ | 买书 | 买花", "对食堂满意吗？ | 满意 | 不满意"]
)
async def test_delicate_questions_are_proposed_as_anonymous(world: World, text: str) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/poll {text}")
    assert "建议匿名" in made.teacher.last.text
    assert made.teacher.buttons() == ["发送", "改为匿名", "取消"]
    await made.teacher.press("改为匿名")
    assert "匿名投票，谁也看不到" in made.teacher.last.text and made.teacher.buttons() == ["发送", "取消"]
    await made.teacher.press("发送")
    assert "匿名投票" in world.texts()[-1]


async def test_text_is_shown_as_typed(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, "<b>去</b> & 哪里？ | *植物园* | <i>科技馆</i>")
    assert "<b>去</b> & 哪里？" in post.text and post.keys[1].label == "② <i>科技馆</i>"
    assert "<i>科技馆</i>" in await votes(made.mothers["李雷"], "②")


async def test_a_long_option_is_whole_in_the_text(world: World) -> None:
    made = await ready_class(world)
    long = "去郊外的森林公园看红叶，中午在那里一起野餐，下午三点回学校"
    post = await started(made.teacher, f"去哪里？ | {long} | 不去")
    assert long in post.text and len(post.keys[0].label) <= 20


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("春游去哪里？", "/投票 春游去哪里？ | 选项一 | 选项二"),
        ("| 甲 | 乙", "题目还空着"),
        ("问 | 甲 | 甲", "「甲」出现了两次"),
        ("问 | 甲 | " + "乙" * 61, "最多 60 个字"),
        ("问" * 301 + " | 甲 | 乙", "最多 300 个字"),
        ("问 | " + " | ".join("abcdefghijk"), "最多 10 个"),
        ("[截止 昨天] 问 | 甲 | 乙", "已经过了"),
        ("[截止 月圆] 问 | 甲 | 乙", "[截止 周五 18:00]"),
        ("[匿明] 问 | 甲 | 乙", "[匿名] [多选]"),
        ("每周五 25:00 问 | 甲 | 乙", "每周五 16:00"),
    ],
)
async def test_what_is_wrong_is_said_with_an_example(world: World, text: str, answer: str) -> None:
    made = await ready_class(world)
    await made.committee.in_private(f"/poll {text}")
    assert answer in made.committee.last.text and world.texts() == []


async def test_parents_and_subject_teachers_begin_no_polls(world: World) -> None:
    made = await ready_class(world)
    await made.mothers["李雷"].in_private(f"/poll {ASKED}")
    assert "发起投票请找老师或家委" in made.mothers["李雷"].last.text
    await made.subject_teacher.in_private(f"/poll {ASKED}")
    assert "还用不了" in made.subject_teacher.last.text
    assert world.texts() == []


async def test_a_parent_who_types_the_command_gets_what_waits_for_the_family(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/投票")
    assert "现在没有等您家来投的票" in mother.last.text and "开着的有" not in mother.last.text
    await made.teacher.in_private(f"/poll {ASKED}")
    await made.teacher.press("发送")
    asked = await mother.in_group("/投票")
    assert world.texts() == [world.posted()[0].text, asked.text]  # answered in private alone
    await mother.press(mother.buttons()[0], on=mother.last)
    await world.later(seconds=4)
    assert "您家已经投了" in mother.last.text and "1/5" in world.posted()[0].text
    await mother.in_private("/接龙")
    assert "没有开着的接龙" in mother.last.text and "投票（发 /投票）" in mother.last.text
    await mother.in_private("/问卷 1")
    assert "没有要回答的问卷" in mother.last.text and "投票（发 /投票）" in mother.last.text
    await made.stranger.in_private("/投票")
    assert "投票" not in "".join(made.stranger.buttons())


async def test_a_role_that_ended_sends_no_draft(world: World) -> None:
    made = await ready_class(world)
    await made.committee.in_private(f"/poll {ASKED}")
    with world.database.transaction() as records:
        account = identity.find_account(records, "web", made.committee.sender.native)
        assert account is not None
        classrooms.end_role(records, made.id, account.person_id, world.now())
    await made.committee.press("发送")
    assert world.texts() == [] and "现在用不了" in made.committee.last.text


async def test_a_question_that_shames_a_child_is_held_back(world: World) -> None:
    made = await ready_class(world)
    typed = await made.teacher.in_group("/poll 李雷三次没交作业怎么办？ | 罚抄 | 请家长")
    assert typed.removed and world.texts() == []
    assert "当众说" in made.teacher.last.text and "改为私信" in made.teacher.buttons()


async def test_the_committee_is_asked_to_put_it_otherwise(world: World) -> None:
    made = await ready_class(world)
    typed = await made.committee.in_group("/poll 谁和李雷坐？他上课讲话 | 王芳 | 没人")
    await made.committee.in_private("/poll 未交作业：李雷、韩梅梅，怎么办？ | 罚抄 | 请家长")
    assert "不提名字" in made.committee.last.text and made.committee.buttons() == []
    assert world.posted() == [] and "李雷" not in "".join(t for t in world.texts() if t != typed.text)


async def test_a_child_whose_family_wishes_no_mention_is_not_named(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        for link in guardians.active_of(records, made.students["李雷"]):
            link.public_mention = False
    for user in (made.committee, made.teacher):
        typed = await user.in_group("/poll 选谁当升旗手？ | 李雷 | 王芳")
        assert typed.removed and world.texts() == []
    assert "不提名字" in made.committee.last.text and "不希望公开提名" in made.teacher.last.text


async def test_a_poll_that_did_not_reach_the_group_is_told(world: World) -> None:
    made = await ready_class(world)
    world.platform.fail_next("post", Refused(Failure.NOT_ALLOWED))
    await made.teacher.in_private(f"/poll {ASKED}")
    await made.teacher.press("发送")
    assert "没能发到群里" in made.teacher.last.text
    await world.later(days=4)
    assert world.texts() == []


# --- voting -----------------------------------------------------------------------------------------


async def test_a_household_has_one_vote_and_may_change_it(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee)
    assert "已投：植物园" in await votes(made.mothers["李雷"], "①")
    assert "已投：科技馆" in await votes(made.fathers["李雷"], "②")
    assert "科技馆" in made.mothers["李雷"].last.text and "另一位家长" in made.mothers["李雷"].last.text
    assert made.fathers["李雷"].inbox == []
    await world.later(seconds=11)
    assert turnout(post) == "1/5"
    assert ballots(world) == {made.students["李雷"]: [1]}
    assert "票" not in "".join(re.findall(r"\d 票", post.text))


async def test_changing_ones_own_vote_disturbs_nobody(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    for label in ("①", "②", "②", "③"):
        await votes(made.mothers["李雷"], label)
    assert made.fathers["李雷"].inbox == [] and ballots(world) == {made.students["李雷"]: [2]}


async def test_who_was_told_once_sees_the_same_word_changed(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    mother, father = made.mothers["李雷"], made.fathers["李雷"]
    for user, label in ((mother, "①"), (father, "②"), (mother, "①"), (father, "③")):
        await votes(user, label)
    assert len(mother.inbox) == 1 and "动物园" in mother.last.text
    assert len(father.inbox) == 1 and "植物园" in father.last.text


async def test_at_night_the_other_guardian_is_told_in_the_morning(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    await world.until(22)
    await votes(made.mothers["李雷"], "①")
    await votes(made.fathers["李雷"], "②")
    assert made.mothers["李雷"].inbox == []
    await world.until(7)
    assert "科技馆" in made.mothers["李雷"].last.text


async def test_brothers_and_sisters_are_one_household(world: World) -> None:
    made = await ready_class(world)
    bind(made, made.mothers["李雷"], made.students["韩梅梅"])
    post = await started(made.committee)
    await votes(made.mothers["李雷"], "①")
    await votes(made.mothers["韩梅梅"], "③")
    await world.later(seconds=11)
    assert turnout(post) == "1/4" and ballots(world) == {made.students["李雷"]: [2]}


async def test_families_that_turn_out_to_be_one_keep_the_newest_choice(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    await votes(made.mothers["李雷"], "①")
    await world.later(minutes=1)
    await votes(made.mothers["韩梅梅"], "③")
    bind(made, made.mothers["李雷"], made.students["韩梅梅"])
    await made.teacher.in_private("/close 1")
    assert "1/4 户" in world.texts()[-1] and "③ 动物园\n　▇▇▇▇▇▇▇▇▇▇ 1 票" in world.texts()[-1]


async def test_who_is_no_family_is_told_how_to_become_one(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee)
    assert "认领" in await votes(made.stranger, "①") and "/认领" not in made.stranger.heard
    await made.stranger.in_private("你好")
    await votes(made.stranger, "①")
    assert "/认领 孩子姓名 关系" in made.stranger.last.text
    assert "老师不投票" in await votes(made.teacher, "①")
    assert "老师不投票" in await votes(made.subject_teacher, "①")
    await world.later(seconds=11)
    assert turnout(post) == "0/5" and ballots(world) == {}


async def test_a_claim_that_waits_cannot_vote_yet(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    bind(made, made.stranger, made.students["赵一"])
    with world.database.transaction() as records:
        [link] = guardians.active_of(records, made.students["赵一"])
        link.state = guardians.PENDING
    assert "等老师同意" in await votes(made.stranger, "①")


async def test_a_teacher_with_a_child_in_the_class_votes_as_a_parent(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    bind(made, made.subject_teacher, made.students["赵一"])
    assert "已投：植物园" in await votes(made.subject_teacher, "①")


async def test_several_may_be_chosen_and_taken_back(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee, f"[多选] {ASKED}")
    mother = made.mothers["李雷"]
    assert "已投：植物园。" in await votes(mother, "①")
    assert "已投：植物园、动物园。" in await votes(mother, "③")
    assert "已投：动物园。" in await votes(mother, "①")
    assert "还算没投" in await votes(mother, "③")
    await world.later(seconds=11)
    assert turnout(post) == "0/5" and ballots(world) == {}


async def test_live_shows_how_it_stands(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee, f"[公开过程] {ASKED}")
    await votes(made.mothers["李雷"], "②")
    await votes(made.mothers["王芳"], "②")
    await votes(made.mothers["张小明"], "①")
    await world.later(seconds=11)
    assert "▇▇▇▇▇▇▇▁▁▁ 2 票 67%" in post.text and "▇▇▇▁▁▁▁▁▁▁ 1 票 33%" in post.text
    assert [k.label for k in post.keys] == ["① 植物园", "② 科技馆", "③ 动物园"]


async def test_sixty_families_press_at_once(world: World) -> None:
    made = await ready_class(world)
    families = more_families(made, 60)
    post = await started(made.committee)
    edits = world.platform.calls.count("edit")
    for i, mother in enumerate(families):
        world.platform.press(mother.sender, world.group, post, "①②③"[i % 3])
    await world.settle()
    await world.later(seconds=11)
    assert turnout(post) == "60/65" and len(ballots(world)) == 60
    assert world.platform.calls.count("edit") - edits == 1
    assert len(world.platform.toasts) >= 60


async def test_a_press_that_comes_twice_is_one_vote(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee, f"[多选] {ASKED}")
    seen: list[Incoming] = []
    world.platform.press(made.mothers["李雷"].sender, world.group, post, "①")
    seen += world.platform.waiting
    await world.settle()
    for update in seen:
        world.platform.redeliver(update)
    world.app = App(world.database, [world.platform], limits=UNLIMITED, now=world.now)
    await world.app.open()
    await world.settle()
    await world.later(seconds=11)
    assert turnout(post) == "1/5" and ballots(world) == {made.students["李雷"]: [0]}


async def test_a_second_group_sees_and_votes_too(world: World) -> None:
    made = await ready_class(world)
    other = world.platform.group("-200", "三年级2班二群")
    with world.database.transaction() as records:
        records.add(
            Chat(
                platform="web",
                native="-200",
                kind=ChatKind.GROUP,
                title="三年级2班二群",
                classroom_id=made.id,
                created_at=world.now(),
            )
        )
    post = await started(made.committee)
    await made.mothers["李雷"].press("①", where=other)
    await world.later(seconds=11)
    assert turnout(post) == turnout(other.visible[-1]) == "1/5"


# --- looking ----------------------------------------------------------------------------------------


async def test_bare_shows_the_open_ones(world: World) -> None:
    made = await ready_class(world)
    await made.committee.in_private("/poll")
    assert "没有进行中的投票" in made.committee.last.text and "/投票 春游" in made.committee.last.text
    await started(made.committee)
    await started(made.teacher, "几点集合？ | 7点 | 8点")
    await votes(made.mothers["李雷"], "①")
    await made.committee.in_group("/投票")
    assert "第 1 号 春游去哪里？" in made.committee.last.text and "0/5 户" in made.committee.last.text
    assert "第 2 号 几点集合？\n　已投 1/5 户" in made.committee.last.text
    assert len(world.posted()) == 2


async def test_who_is_missing_is_told_its_author_in_private_without_phones(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    await votes(made.mothers["李雷"], "①")
    await made.committee.in_group("/poll 1")
    assert "▇" in made.committee.last.text and "各家的选择" not in made.committee.last.text
    await made.committee.press("谁没投")
    told = made.committee.last.text
    assert "还有 4 户没投" in told and "张小明、韩梅梅、王芳" in told and "李雷" not in told
    assert "赵一" in told.partition("暂时投不了")[2] and "138" not in told
    assert all("韩梅梅" not in said for said in world.texts())


async def test_the_teacher_sees_every_poll_and_what_was_chosen(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    await votes(made.mothers["李雷"], "②")
    await made.teacher.in_private("/投票1")
    assert "李雷：科技馆" in made.teacher.last.text
    await made.teacher.press("谁没投")
    assert "张小明" in made.teacher.last.text


async def test_the_committee_sees_of_others_polls_no_more_than_the_group(world: World) -> None:
    made = await ready_class(world)
    await started(made.teacher)
    await votes(made.mothers["李雷"], "②")
    await made.committee.in_private("/poll 1")
    assert "1/5" in made.committee.last.text and "▇" not in made.committee.last.text
    assert made.committee.last.keys == ()


async def test_an_unknown_number_shows_the_list(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/poll 7")
    assert "没有第 7 号投票" in made.teacher.heard


# --- the close --------------------------------------------------------------------------------------


async def test_it_closes_at_its_time_with_a_result(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee)
    token = post.keys[0].token
    for name, label in (("张小明", "①"), ("李雷", "②"), ("韩梅梅", "②"), ("王芳", "①")):
        await votes(made.mothers[name], label)
    for _ in range(3):
        await world.until(20)
    assert "已截止" in post.text and post.keys == ()
    result = world.posted()[-1]
    assert result.reply_to == post.ref
    assert result.text.count("▇▇▇▇▇▁▁▁▁▁ 2 票 50%") == 2  # a tie is told as it is
    assert "▁▁▁▁▁▁▁▁▁▁ 0 票 0%" in result.text and "4/5 户投票，参与率 80%" in result.text
    world.platform.press_token(made.mothers["李雷"].sender, world.group, str(token), post.ref)
    await world.settle()
    assert "已经截止" in world.platform.toasts[-1][1]
    assert ballots(world)[made.students["李雷"]] == [1]


async def test_nobody_voted(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    await world.later(days=3)
    assert "还没有家庭投票" in world.texts()[-1] and "0/5 户" in world.texts()[-1]


async def test_a_long_absence_closes_late_and_once(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    await votes(made.mothers["李雷"], "①")
    await world.later(days=40)
    await world.later(days=1)
    assert len(world.posted()) == 2 and "1/5 户" in world.texts()[-1]


async def test_a_vote_between_the_hour_and_the_close_is_too_late(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee, f"[截止 今天 12:00] {ASKED}")
    world.time = world.time.replace(hour=4)  # 12:00 in Shanghai; the clock has not rung yet
    assert "已经截止" in await votes(made.mothers["李雷"], "①")


async def test_in_the_quiet_hours_the_result_waits_for_the_morning(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee, f"[截止 今天 23:00] {ASKED}")
    await votes(made.mothers["李雷"], "①")
    await world.until(23)
    assert "已截止" in post.text and len(world.posted()) == 1
    await world.until(7)
    assert "投票结果" in world.texts()[-1]


async def test_closing_by_hand(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    await started(made.teacher, "几点集合？ | 7点 | 8点")
    await made.committee.in_private("/close 2")
    assert "别人发起的" in made.committee.last.text
    await made.committee.in_private("/截止1")
    assert "」已截止" in made.committee.last.text and "投票结果：春游" in world.texts()[-1]
    await made.committee.in_private("/close 1")
    assert "已经截止" in made.committee.last.text
    await made.teacher.in_private("/close")
    assert made.teacher.buttons() == ["截止第 2 号"]
    await made.teacher.press("截止第 2 号")
    assert "投票结果：几点集合" in world.texts()[-1]
    await made.teacher.in_private("/close 9")
    assert "没有第 9 号" in made.teacher.last.text
    await made.mothers["李雷"].in_private("/close 1")
    assert "还用不了" in made.mothers["李雷"].last.text
    await world.later(days=4)
    assert len(world.posted()) == 4


# --- the reminder -----------------------------------------------------------------------------------


async def test_a_day_before_the_close_those_missing_are_reminded(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee)
    await votes(made.mothers["张小明"], "①")
    await votes(made.fathers["李雷"], "①")
    await world.later(hours=34)  # Tuesday 20:00
    for name in ("张小明", "李雷"):
        assert made.mothers[name].inbox == []
    assert made.teacher.inbox == [] and len(world.posted()) == 1
    mother = made.mothers["王芳"]
    assert "春游去哪里？" in mother.last.text and "11月25日（周三）20:00" in mother.last.text
    assert "已投：动物园" in await mother.press("③")
    assert "您家已经投了" in mother.last.text and len(mother.inbox) == 1
    assert "已投：植物园" in await mother.press("①")
    await world.later(seconds=11)
    assert turnout(post) == "3/5"
    await world.later(hours=23)
    assert len(mother.inbox) == 1


async def test_the_other_guardian_is_reminded_where_the_first_has_not_voted(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    await votes(made.mothers["张小明"], "①")
    await world.later(hours=34)  # Tuesday 20:00
    mother, father = made.mothers["李雷"], made.fathers["李雷"]
    assert len(mother.inbox) == 1 and father.inbox == []
    await world.until(12, 10)
    assert len(mother.inbox) == 1 and "快截止了" in father.last.text
    assert len(made.mothers["王芳"].inbox) == 1 and made.mothers["张小明"].inbox == []


async def test_the_other_guardian_is_left_in_peace_once_the_first_has_voted(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    await world.later(hours=34)
    await made.mothers["李雷"].press("③")
    await world.later(hours=23)
    assert made.fathers["李雷"].inbox == []


async def test_a_reminders_buttons_are_bound_to_its_reader(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    await world.later(hours=34)  # Tuesday 20:00
    shown = made.mothers["王芳"].last
    key = shown.keys[0].token
    world.platform.press_token(made.mothers["李雷"].sender, made.mothers["李雷"].private, str(key), shown.ref)
    await world.settle()
    assert "不是给您的" in world.platform.toasts[-1][1] and ballots(world) == {}


async def test_several_polls_are_reminded_of_in_one_message(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    await started(made.teacher, "[匿名] 几点集合？ | 7点 | 8点")
    await votes(made.mothers["李雷"], "①")  # the newest post
    await world.later(hours=34)  # Tuesday 20:00
    mother = made.mothers["王芳"]
    assert len(mother.inbox) == 1 and "2 个投票" in mother.last.text
    assert len(made.mothers["李雷"].inbox) == 1 and "几点集合" not in made.mothers["李雷"].last.text
    await mother.press("2号 ①")
    assert mother.last.text.count("您家已经投了") == 1 and "7点" not in await mother.press("2号 ②")
    await mother.press("1号 ③")
    assert mother.last.text.count("您家已经投了") == 2
    assert ballots(world) == {made.students["王芳"]: [2]}


async def test_nobody_is_reminded_in_the_quiet_hours(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee, f"[截止 后天 23:30] {ASKED}")
    await world.later(hours=37, minutes=30)  # Tuesday 23:30
    assert made.mothers["王芳"].inbox == []
    await votes(made.mothers["韩梅梅"], "①")  # who has voted at night is not reminded in the morning
    await world.until(7)
    assert "快截止了" in made.mothers["王芳"].last.text and made.mothers["韩梅梅"].inbox == []


async def test_a_short_poll_is_reminded_of_halfway_or_not_at_all(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee, f"[截止 今天 20:00] {ASKED}")
    await started(made.committee, "[截止 今天 13:00] 几点集合？ | 7点 | 8点")
    await world.until(14, 59)
    assert made.mothers["王芳"].inbox == []
    await world.until(15)
    assert "春游去哪里" in made.mothers["王芳"].last.text


async def test_a_reminder_that_was_missed_is_told_its_author(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    await world.later(hours=57, minutes=30)  # half an hour before the close
    assert made.mothers["王芳"].inbox == [] and "没有发出去" in made.committee.last.text


# --- repeats ----------------------------------------------------------------------------------------

WEEKLY = "每周五 16:00 [截止 周日 20:00] 下周谁来值日？ | 一组 | 二组"


async def test_a_weekly_poll_opens_and_closes_by_itself(world: World) -> None:
    made = await ready_class(world)
    await made.committee.in_private(f"/poll {WEEKLY}")
    for part in ("每周五 16:00", "11月27日（周五）16:00", "11月29日（周日）20:00"):
        assert part in made.committee.last.text, part
    await made.committee.press("发送")
    assert "安排好了" in made.committee.last.text and world.texts() == []
    await made.committee.in_private("/schedule")
    assert "11月27日（周五）16:00" in made.committee.last.text and "每周五 16:00" in made.committee.last.text
    await world.later(days=4, hours=6)  # Friday 16:00
    assert "第 1 号" in world.texts()[-1] and "11月29日（周日）20:00" in world.texts()[-1]
    await votes(made.mothers["李雷"], "①")
    await world.later(days=2, hours=4)  # Sunday 20:00
    assert "投票结果" in world.texts()[-1]
    await world.later(days=4, hours=20)  # the next Friday
    assert "第 2 号" in world.texts()[-1] and "12月6日（周日）20:00" in world.texts()[-1]
    assert "已投 0/5 户" in world.texts()[-1]
    await made.committee.in_private("/schedule")
    assert "每周五 16:00发起投票" in made.committee.last.text


async def test_a_missed_opening_is_told_and_the_next_one_planned(world: World) -> None:
    made = await ready_class(world)
    await started_weekly(made)
    await world.later(days=5)
    assert world.texts() == []
    assert "没能发起" in made.committee.last.text and "12月4日（周五）16:00" in made.committee.last.text
    await world.later(days=6, hours=6)
    assert "下周谁来值日" in world.texts()[-1]


async def test_a_planned_poll_ends_with_its_authors_role(world: World) -> None:
    made = await ready_class(world)
    await started_weekly(made)
    with world.database.transaction() as records:
        account = identity.find_account(records, "web", made.committee.sender.native)
        assert account is not None
        classrooms.end_role(records, made.id, account.person_id, world.now(), role=Role.COMMITTEE)
    await world.later(days=4, hours=6)
    assert world.texts() == [] and "已经停下" in made.teacher.last.text
    await world.later(days=7)
    assert world.texts() == []


async def started_weekly(made: ReadyClass) -> None:
    await made.committee.in_private(f"/poll {WEEKLY}")
    await made.committee.press("发送")


async def test_at_night_a_poll_waits_for_the_morning(world: World) -> None:
    made = await ready_class(world)
    await world.until(22)
    await made.teacher.in_private(f"/poll {ASKED}")
    assert "安静时间" in made.teacher.last.text and "11月24日（周二）07:00" in made.teacher.last.text
    await made.teacher.press("发送")
    assert world.texts() == []
    await world.until(7)
    assert "春游去哪里" in world.texts()[-1] and "11月26日（周四）20:00" in world.texts()[-1]


# --- a person's own data ----------------------------------------------------------------------------


async def test_a_vote_in_a_named_poll_is_exported_and_erased(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    mother = made.mothers["李雷"]
    await votes(mother, "②")
    await mother.in_private("/me export")
    [name] = mother.last.files
    data = json.loads(world.platform.files[f"sent:{mother.last.ref}:{name}"])
    [ballot] = data["named_ballots"]
    assert (ballot["question"], ballot["choice"]) == ("春游去哪里？", ["科技馆"])
    await mother.in_private("/me erase")
    await mother.press("确认删除")
    assert ballots(world) == {}


async def test_totals_stay_when_a_voter_is_erased(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee)
    await votes(made.mothers["李雷"], "②")
    await made.teacher.in_private("/close 1")
    await made.mothers["李雷"].in_private("/me erase")
    await made.mothers["李雷"].press("确认删除")
    with world.database.transaction() as records:
        assert records.exec(select(Poll)).one().totals == [0, 1, 0]
