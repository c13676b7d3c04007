"""Polls that wait for their hour, need a quorum, keep figures back, grow, or are the committee's own."""

from __future__ import annotations

import csv
import io

import pytest
from sqlmodel import select

from bot.platforms.web import Shown
from classroom.people import Role
from storage import classrooms, guardians, identity
from storage.tables import Classroom, Poll, SecretBallot
from tests.families import more_families
from tests.ready import ReadyClass, ready_class
from tests.world import User, World

ASKED = "春游去哪里？ | 植物园 | 科技馆"


async def started(user: User, text: str) -> Shown:
    """Begin a poll in private and send it; gives the group's post."""
    await user.in_private(f"/poll {text}")
    await user.press("发送")
    return user.world.posted()[-1]


def labels(post: Shown) -> list[str]:
    return [key.label for key in post.keys]


async def votes(user: User, label: str) -> str:
    return await user.press(label, where=user.world.group)


def on_the_committee(made: ReadyClass, *names: str) -> list[User]:
    """Let the mothers of these children be of the committee."""
    with made.world.database.transaction() as records:
        for name in names:
            account = identity.find_account(records, "web", made.mothers[name].sender.native)
            assert account is not None
            classrooms.grant(records, made.id, account.person_id, Role.COMMITTEE, made.world.now(), by=None)
    return [made.mothers[name] for name in names]


def sheet(user: User) -> list[list[str]]:
    """The table that came last in private."""
    name = f"sent:{user.last.ref}:{user.last.files[0]}"
    return list(csv.reader(io.StringIO(user.world.platform.files[name].decode("utf-8-sig"))))


# --- at a time --------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["定时 周五 16:00 ", "at fri 16:00 ", "[开始 周五 16:00] ", "于周五16:00，"])
async def test_a_poll_opens_at_its_hour(world: World, head: str) -> None:
    made = await ready_class(world)
    await made.committee.in_private(f"/poll {head}[截止 周日 20:00] {ASKED}")
    assert "11月27日（周五）16:00" in made.committee.last.text
    assert "11月29日（周日）20:00" in made.committee.last.text
    await made.committee.press("发送")
    await made.committee.in_private("/schedule")
    assert "春游去哪里" in made.committee.last.text
    await world.later(days=4, hours=5)
    assert world.posted() == []
    await world.later(hours=1)
    assert len(world.posted()) == 1 and "11月29日（周日）20:00" in world.posted()[0].text
    await world.later(days=1)
    assert len(world.posted()) == 1


async def test_a_poll_for_the_night_opens_in_the_morning(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private(f"/poll 定时 明天 23:00 {ASKED}")
    assert "11月25日（周三）07:00" in made.teacher.last.text


@pytest.mark.parametrize("text", ["谁上课总讲话？ | 李雷 | 王芳", "谁没交作业？\n李雷\n韩梅梅"])
async def test_an_answer_that_shames_is_found_beside_its_question(world: World, text: str) -> None:
    made = await ready_class(world)
    await made.committee.in_private(f"/poll {text}")
    assert "不提名字" in made.committee.last.text and made.committee.buttons() == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("定时 昨天 16:00 春游？ | 甲 | 乙", "已经过了"),
        ("定时 月圆 春游？ | 甲 | 乙", "我没看懂"),
        ("[开始 月圆] 春游？ | 甲 | 乙", "我没看懂"),
        ("每周五 16:00 定时 周六 16:00 春游？ | 甲 | 乙", "请留一个"),
        ("[至少 30 户] 春游？ | 甲 | 乙", "一共 5 户"),
        ("[至少 150%] 春游？ | 甲 | 乙", "一共 5 户"),
        ("[家委] 春游？ | 甲 | 乙", "还没有绑定了孩子的家委"),
    ],
)
async def test_what_is_wrong_is_said_with_an_example(world: World, text: str, answer: str) -> None:
    made = await ready_class(world)
    await made.committee.in_private(f"/poll {text}")
    assert answer in made.committee.last.text and world.texts() == []
    assert made.committee.buttons() == []


async def test_a_place_is_no_time(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, "在哪里春游？ | 植物园 | 科技馆")
    assert "在哪里春游？" in post.text


# --- the committee's own ----------------------------------------------------------------------------


async def test_only_the_committee_votes_in_its_poll(world: World) -> None:
    made = await ready_class(world)
    mothers = on_the_committee(made, "李雷", "王芳")
    post = await started(made.teacher, f"[家委] {ASKED}")
    assert "家委投票" in post.text and "已投 0/2 户" in post.text
    for other in (made.mothers["韩梅梅"], made.fathers["李雷"], made.stranger):
        assert "由家委成员投" in await votes(other, "①")
    assert "已投" in await votes(mothers[0], "①")
    await world.later(days=1, hours=10, minutes=5)
    assert "快截止了" in mothers[1].last.text
    assert made.mothers["韩梅梅"].inbox == [] and made.fathers["李雷"].inbox == []
    await world.later(days=1)
    assert "共 1/2 户家委投票" in world.texts()[-1]


async def test_one_of_the_committee_without_a_child_here_is_told_how_to_vote(world: World) -> None:
    made = await ready_class(world)
    on_the_committee(made, "李雷")
    await started(made.teacher, f"[家委] {ASKED}")
    assert "认领" in await votes(made.committee, "①")


async def test_who_is_no_longer_of_the_committee_does_not_count(world: World) -> None:
    made = await ready_class(world)
    mothers = on_the_committee(made, "李雷", "王芳")
    await started(made.teacher, f"[家委] {ASKED}")
    await votes(mothers[0], "①")
    with world.database.transaction() as records:
        account = identity.find_account(records, "web", mothers[0].sender.native)
        assert account is not None
        classrooms.end_role(records, made.id, account.person_id, world.now())
    await made.teacher.in_private("/close 1")
    assert "共 0/1 户家委投票" in world.texts()[-1]


# --- a quorum ---------------------------------------------------------------------------------------


async def test_too_few_votes_are_said_and_one_press_lets_it_run_on(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee, f"[过半] {ASKED}")
    assert "至少 3 户参加才有效" in post.text
    await votes(made.mothers["李雷"], "①")
    await world.later(days=2, hours=10, minutes=5)
    assert "还差 2 户" in world.texts()[-1] and "先作参考" in world.texts()[-1]
    await world.until(7)
    assert "没到有效需要的 3 户" in made.committee.last.text
    await made.committee.press("延长投票")
    assert "延长到11月28日（周六）20:00" in made.committee.last.text
    assert "重新开放到11月28日" in world.texts()[-1]
    assert "已投 1/5 户" in post.text and post.keys
    for name in ("韩梅梅", "王芳"):
        await votes(made.mothers[name], "②")
    await world.later(days=2, hours=13, minutes=5)
    assert "已经达到" in world.texts()[-1] and "共 3/5 户" in world.texts()[-1]
    assert "没到有效需要" not in made.committee.last.text


async def test_one_that_was_closed_by_hand_can_be_taken_up_again(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, f"[过半] {ASKED}")
    await votes(made.mothers["李雷"], "①")
    await made.teacher.in_private("/close 1")
    assert "没到有效需要的 3 户" in made.teacher.last.text
    await made.teacher.press("延长投票")
    assert "已投 1/5 户" in post.text and post.keys and "11月25日（周三）20:00" in post.text
    await world.later(days=2, hours=10, minutes=5)
    assert "还差 2 户" in world.texts()[-1]


async def test_who_has_not_voted_is_reminded_once_more_when_it_runs_on(world: World) -> None:
    made = await ready_class(world)
    await started(made.teacher, f"[至少 60%] {ASKED}")
    await world.later(days=2, hours=10, minutes=5)
    await world.until(7)
    before = len(made.mothers["王芳"].inbox)
    await made.teacher.press("延长投票")
    await world.until(20)
    await world.until(20, 5)
    await world.until(20, 5)
    assert len(made.mothers["王芳"].inbox) == before + 1


async def test_it_is_prolonged_once_by_one_press(world: World) -> None:
    made = await ready_class(world)
    await started(made.teacher, f"[过半] {ASKED}")
    await world.later(days=2, hours=10, minutes=5)
    await world.until(7)
    shown = made.teacher.last
    token = str(next(k.token for k in shown.keys if k.label == "延长投票"))
    for _ in range(2):
        world.platform.press_token(made.teacher.sender, made.teacher.private, token, shown.ref)
    await world.settle()
    said = [text for text in world.texts() if "重新开放" in text]
    assert len(said) == 1 and "现在不能延长" in made.teacher.last.text


async def test_enough_votes_offer_nothing(world: World) -> None:
    made = await ready_class(world)
    await started(made.teacher, f"[至少 2 户] {ASKED}")
    for name in ("韩梅梅", "王芳"):
        await votes(made.mothers[name], "②")
    await world.later(days=2, hours=10, minutes=5)
    assert "已经达到" in world.texts()[-1]
    await world.until(7)
    assert "延长投票" not in made.teacher.buttons() and "没到有效" not in made.teacher.heard


async def test_a_secret_poll_is_prolonged_before_its_close(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, f"[匿名] [过半] {ASKED}")
    await votes(made.mothers["李雷"], "①")
    await world.later(days=2, hours=5, minutes=30)
    assert "到现在投了 1/5 户" in made.teacher.last.text and "选票就销毁了" in made.teacher.last.text
    await made.teacher.press("延长投票")
    assert "11月27日（周五）20:00" in post.text and "延长到11月27日" in world.texts()[-1]
    assert "重新开放" not in world.texts()[-1]
    with world.database.transaction() as records:
        assert len(records.exec(select(SecretBallot)).all()) == 1
    await world.later(days=1)
    assert post.keys
    await world.later(days=1, hours=4, minutes=40)
    assert "还差 2 户" in world.texts()[-1]


async def test_after_its_close_a_secret_poll_can_only_be_asked_anew(world: World) -> None:
    made = await ready_class(world)
    await started(made.teacher, f"[匿名] [过半] {ASKED}")
    await votes(made.mothers["李雷"], "①")
    await world.later(days=2, hours=10, minutes=5)
    await world.until(7)
    assert "已经销毁" in made.teacher.last.text and made.teacher.buttons() == ["重新投一次"]
    await made.teacher.press("重新投一次")
    anew = world.posted()[-1]
    assert "第 2 号" in anew.text and "匿名投票" in anew.text and "已投 0/5 户" in anew.text
    with world.database.transaction() as records:
        first = records.exec(select(Poll).where(Poll.number == 1)).one()
        assert first.state == "closed" and first.salt is None and first.totals is None


# --- figures that are kept back ---------------------------------------------------------------------


async def test_nobody_sees_a_figure_before_the_close(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee, f"[保密过程] {ASKED}")
    await votes(made.mothers["李雷"], "①")
    await world.later(minutes=5)
    assert "投票过程保密" in post.text and "已投" not in post.text and not post.edited
    for user in (made.teacher, made.committee):
        await user.in_private("/poll 1")
        assert "过程保密" in user.last.text and "各家的选择（" not in user.last.text
        assert "票 " not in user.last.text and "下载表格" not in user.buttons()
    await world.later(days=3)
    assert "1 票 100%" in world.texts()[-1]
    await made.teacher.in_private("/poll 1")
    assert "各家的选择" in made.teacher.last.text


async def test_live_and_hidden_the_later_holds(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, f"[公开过程] [保密过程] {ASKED}")
    assert "投票过程保密" in post.text
    post = await started(made.teacher, f"[保密过程] [公开过程] {ASKED}")
    assert "投票过程保密" not in post.text


# --- an option taken out ----------------------------------------------------------------------------


async def test_an_option_is_taken_out_and_who_chose_it_chooses_again(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, ASKED + " | 动物园")
    await votes(made.mothers["李雷"], "①")
    await votes(made.mothers["王芳"], "③")
    old = next(k.token for k in post.keys if k.label.startswith("③"))
    await made.teacher.in_private("/投票 1")
    await made.teacher.press("去掉一个选项")
    await made.teacher.press("①")
    assert "「植物园」去掉了" in made.teacher.last.text and "重新选" in made.teacher.last.text
    await world.later(seconds=4)
    assert labels(post) == ["① 科技馆", "② 动物园"] and "已投 1/5 户" in post.text
    mother = made.mothers["李雷"]
    assert "您家选的正是它" in mother.last.text and mother.buttons() == ["① 科技馆", "② 动物园"]
    assert made.fathers["李雷"].inbox == [] and made.mothers["王芳"].inbox == []
    world.platform.press_token(made.mothers["韩梅梅"].sender, world.group, str(old), post.ref)
    await world.settle()
    assert "动物园" in world.platform.toasts[-1][1]  # as it said when it was shown
    assert "已投：科技馆" in await mother.press("①")
    await made.teacher.in_private("/投票 1")
    assert "去掉一个选项" not in made.teacher.buttons()


async def test_of_a_secret_poll_nothing_is_taken_out_once_somebody_has_voted(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, f"[匿名] {ASKED} | 动物园")
    await made.teacher.in_private("/投票 1")
    await made.teacher.press("去掉一个选项")
    asked = made.teacher.last
    await votes(made.mothers["李雷"], "①")
    assert "会看出是谁选的" in await made.teacher.press("①", on=asked)
    assert len(labels(post)) == 3 and made.mothers["李雷"].inbox == []


# --- options by an answer ---------------------------------------------------------------------------


async def test_a_family_adds_an_option_by_answering(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, f"[可加选项] {ASKED}")
    assert "加：您的选项" in post.text
    await votes(made.mothers["李雷"], "①")
    said = await made.mothers["王芳"].in_group("加：水族馆", reply_to=post)
    assert said.reactions == ["👍"] and not said.removed
    assert labels(post) == ["① 植物园", "② 科技馆", "③ 水族馆"]
    assert "③ 水族馆" in post.text and "已投 1/5 户" in post.text
    assert "已投：水族馆" in await votes(made.mothers["李雷"], "③")
    await made.teacher.in_private("/close 1")
    assert "③ 水族馆" in world.texts()[-1] and "1 票 100%" in world.texts()[-1]


@pytest.mark.parametrize(
    "words",
    ["加選項：水族馆", "加:水族馆", "+ 水族馆", "＋水族馆", "加选项：水族馆。", "Add: 水族馆", "加 水族馆"],
)
async def test_people_write_it_in_many_ways(world: World, words: str) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, f"[可加选项] {ASKED}")
    await made.mothers["王芳"].in_group(words, reply_to=post)
    assert post.keys[-1].label == "③ 水族馆"


@pytest.mark.parametrize("words", ["加油！", "水族馆不错", "加微信 abc 聊", "什么时候去？"])
async def test_a_word_about_it_adds_nothing(world: World, words: str) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, f"[可加选项] {ASKED}")
    await made.mothers["王芳"].in_group(words, reply_to=post)
    assert len(post.keys) == 2


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("加：科 技 馆", "已经在选项里了"),
        ("加：植物园！", "已经在选项里了"),
        ("加：" + "远" * 61, "最多 60 个字"),
        ("加：代购海外奶粉，加微信 abc12345，量大从优", "不像这次投票的选项"),
        ("加：微信转发砍一刀 https://u.example/abc", "不像这次投票的选项"),
    ],
)
async def test_what_cannot_be_added_is_said_in_private(world: World, words: str, answer: str) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, f"[可加选项] {ASKED}")
    await made.mothers["王芳"].in_group(words, reply_to=post)
    assert answer in made.mothers["王芳"].heard and len(post.keys) == 2


async def test_fixed_options_are_its_authors_and_the_teachers(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.committee, ASKED)
    assert "加：" not in post.text
    await made.mothers["王芳"].in_group("加：水族馆", reply_to=post)
    assert "选项已经定了" in made.mothers["王芳"].last.text and len(post.keys) == 2
    await made.committee.in_group("加：水族馆", reply_to=post)
    await made.teacher.in_group("加：动物园", reply_to=post)
    assert labels(post)[2:] == ["③ 水族馆", "④ 动物园"]


async def test_strangers_and_who_comes_late_add_nothing(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, f"[可加选项] {ASKED}")
    await made.stranger.in_group("加：水族馆", reply_to=post)
    assert len(post.keys) == 2
    await made.teacher.in_private("/close 1")
    await made.mothers["王芳"].in_group("加：水族馆", reply_to=post)
    assert "已经截止" in made.mothers["王芳"].last.text


async def test_ten_options_are_enough(world: World) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, "[可加选项] 去哪？ | " + " | ".join("甲乙丙丁戊己庚辛壬"))
    await made.mothers["王芳"].in_group("加：癸", reply_to=post)
    assert len(post.keys) == 10 and "加：" not in post.text
    await made.mothers["王芳"].in_group("加：子", reply_to=post)
    assert "加不下了" in made.mothers["王芳"].last.text and len(post.keys) == 10


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("哪一组没交作业？ | 第一组 | 第二组", "加：李雷"),
        ("谁上课总讲话？ | 第一组 | 第二组", "+ 李雷和韩梅梅"),
        ("最调皮的是哪位同学？ | 第一组的 | 第二组的", "加：李雷"),
        ("春游去哪？ | 植物园 | 科技馆", "加：不带李雷，他太调皮了"),
    ],
)
async def test_no_option_names_a_child_next_to_a_failing(world: World, asked: str, words: str) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, f"[可加选项] {asked}")
    for user in (made.mothers["王芳"], made.committee, made.teacher):
        await user.in_group(words, reply_to=post)
        assert "李雷" not in post.text and len(post.keys) == 2
        assert "李雷" not in "".join(m.text for m in world.posted())
    assert "不提名字" in made.mothers["王芳"].heard


@pytest.mark.parametrize(
    "words",
    [
        "加：/私聊 李雷 今天三次没有带本子",
        "+ /concern 李雷 今天三次没有带本子",
        "加：、沟通李雷，今天三次没有带本子",
        "加：李雷今天三次没有带本子",
        "add: /concern 李雷 今天三次没有带本子",
    ],
)
async def test_criticism_is_no_option_however_it_is_typed(world: World, words: str) -> None:
    made = await ready_class(world)
    post = await started(made.teacher, f"[可加选项] {ASKED}")
    for user in (made.teacher, made.subject_teacher, made.committee, made.mothers["王芳"], made.stranger):
        await user.in_group(words, reply_to=post)
    await world.later(days=3)
    said = "".join(m.text + "".join(labels(m)) for m in world.posted())
    assert "没有带本子" not in said and "李雷" not in said


async def test_an_option_names_no_child_whose_family_wishes_no_mention(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        for link in guardians.active_of(records, made.students["李雷"]):
            link.public_mention = False
    post = await started(made.teacher, "[可加选项] 选谁当升旗手？ | 韩梅梅 | 王芳")
    await made.mothers["王芳"].in_group("加：李雷", reply_to=post)
    assert len(post.keys) == 2 and "不能在群里公开" in made.mothers["王芳"].last.text


# --- the table --------------------------------------------------------------------------------------


async def test_the_teacher_gets_a_table_of_a_named_poll(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee, "[多选] 带什么？ | =HYPERLINK(1) | 面包")
    for label in ("①", "②"):
        await votes(made.mothers["李雷"], label)
    await votes(made.mothers["王芳"], "①")
    await made.committee.in_private("/poll 1")
    assert "下载表格" not in made.committee.buttons()
    await made.teacher.in_private("/poll 1")
    await made.teacher.press("下载表格")
    assert made.teacher.last.files == ("第1号投票.csv",)
    rows = {row[0]: row[1] for row in sheet(made.teacher)}
    assert rows["家庭"] == "选择" and rows["李雷"] == "'=HYPERLINK(1)、面包"
    assert rows["王芳"] == "'=HYPERLINK(1)" and rows["张小明"] == "" and len(rows) == 6


async def test_of_a_secret_poll_there_is_no_table(world: World) -> None:
    made = await ready_class(world)
    await started(made.teacher, f"[匿名] {ASKED}")
    for _ in range(2):
        await made.teacher.in_private("/poll 1")
        assert "下载表格" not in made.teacher.buttons()
        await world.later(days=3)


async def test_a_table_is_not_for_whose_role_has_ended(world: World) -> None:
    made = await ready_class(world)
    await started(made.committee, ASKED)
    await made.teacher.in_private("/poll 1")
    shown = made.teacher.last
    token = str(next(k.token for k in shown.keys if k.label == "下载表格"))
    world.platform.press_token(made.committee.sender, made.teacher.private, token, shown.ref)
    await world.settle()
    assert not any(m.files for m in [*made.committee.inbox, *made.teacher.inbox])


async def test_in_english(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        row = records.get(Classroom, made.id)
        assert row is not None
        row.language = "en"
    more_families(made, 2)
    await made.teacher.in_private("/poll [majority] [hidden, open] at fri 16:00 Where to? | Zoo | Museum")
    assert "by itself Fri 27 Nov 16:00" in made.teacher.last.text
    await made.teacher.press("Send")
    await world.later(days=4, hours=6)
    post = world.posted()[-1]
    for part in ("at least 4 households", "add: your option", "kept back", "Closes: Sun 29 Nov 20:00"):
        assert part in post.text, part
    await made.mothers["李雷"].in_group("add: Aquarium", reply_to=post)
    assert post.keys[-1].label == "③ Aquarium"
    await world.later(days=2, hours=4, minutes=5)
    assert "4 are missing: take this as an indication only" in world.texts()[-1]
    await world.until(7)
    await made.teacher.press("Let it run longer")
    assert "runs until Wed 2 Dec 20:00" in made.teacher.last.text
