"""/lang: what the bot says to a person is in that person's language; names and teachers' words stay."""

from __future__ import annotations

import pytest

from storage import classrooms
from tests.ready import ready_class
from tests.scenario.test_receipts import label, send
from tests.world import World

TEXT = "请各位家长给孩子准备一双室内鞋。"


@pytest.mark.parametrize("typed", ["/lang zh_TW", "/语言 繁體", "/語言 繁体中文", "/me language zh-hant"])
async def test_a_guardian_reads_traditional_characters(world: World, typed: str) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private(typed)
    assert "繁體中文" in mother.last.text
    post = await send(made, TEXT)
    await world.later(days=1, hours=3)
    assert "家長您好" in mother.last.text and TEXT in mother.last.text and "李雷" in mother.last.text
    await mother.press("收到")
    assert label(post) == "✅ 收到 1/5" and "已記為收到" in mother.last.text
    assert "家长您好" in made.mothers["王芳"].last.text


async def test_by_buttons_and_back(world: World) -> None:
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    await mother.in_private("/lang")
    assert mother.buttons() == ["简体中文", "繁體中文", "English"]
    await mother.press("English")
    assert "English" in mother.last.text
    await mother.in_private("/lang")
    await mother.press("繁體中文")
    await mother.in_private("/me")
    assert "語言：繁體中文" in mother.last.text
    await mother.in_private("/lang")
    assert mother.buttons() == ["简体中文", "繁體中文", "English"]
    await mother.press("简体中文")
    assert "简体中文" in mother.last.text


async def test_asked_in_the_group_it_is_answered_in_private(world: World) -> None:
    made = await ready_class(world)
    before = len(world.posted())
    await made.mothers["李雷"].in_group("/lang en")
    assert len(world.posted()) == before and "English" in made.mothers["李雷"].last.text


async def test_an_unknown_language_is_answered_with_those_there_are(world: World) -> None:
    made = await ready_class(world)
    await made.mothers["李雷"].in_private("/lang klingon")
    assert made.mothers["李雷"].buttons() == ["简体中文", "繁體中文", "English"]


async def test_a_letter_has_its_fixed_parts_in_the_reader_s_language(world: World) -> None:
    made = await ready_class(world)
    await made.mothers["李雷"].in_private("/lang zh_TW")
    await made.fathers["李雷"].in_private("/lang en")
    await made.teacher.in_private(f"/通知 [给 李雷] {TEXT}")
    await made.teacher.press("发送")
    assert "只私下發給有關的家庭" in made.mothers["李雷"].last.text and TEXT in made.mothers["李雷"].last.text
    assert "Dear family of 李雷" in made.fathers["李雷"].last.text and TEXT in made.fathers["李雷"].last.text


async def test_a_class_in_traditional_characters(world: World) -> None:
    made = await ready_class(world)
    with world.database.transaction() as records:
        row = classrooms.get(records, made.id)
        assert row is not None
        row.language = "zh_TW"
    await made.teacher.in_private("/通知 [緊急][免回執] 今天停課，請勿到校。")
    assert "緊急：不受安靜時間限制" in made.teacher.last.text
    await made.teacher.press("傳送")
    assert "【緊急】" in world.posted()[-1].text and world.posted()[-1].keys == ()
    await made.teacher.in_private("/誰沒回")
    assert "不要回條" in made.teacher.last.text
    await made.mothers["李雷"].in_private("/請假 明天 發燒")
    assert "李雷" in made.teacher.last.text and "發燒" in made.teacher.last.text


async def test_criticism_in_traditional_characters_is_held_back_as_well(world: World) -> None:
    made = await ready_class(world)
    await made.teacher.in_private("/通知 沒交作業：李雷、韓梅梅")
    assert "发送" not in made.teacher.buttons() and "改为私信" in made.teacher.buttons()
    typed = await made.teacher.in_group("/溝通 李雷 今天三次沒有帶作業本。")
    assert typed.removed and "作業本" not in "".join(m.text for m in world.posted())


async def test_a_receipt_in_traditional_characters(world: World) -> None:
    made = await ready_class(world)
    post = await send(made, TEXT)
    await made.mothers["李雷"].in_group("收到，謝謝老師")
    assert label(post) == "✅ 收到 1/5"
