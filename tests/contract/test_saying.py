"""What the bot says is seen as it was typed, by whom it is for, with its buttons and files."""

import pytest

from bot.ports import Done, Failure, Key
from classroom.markup import utf16
from tests.contract.driver import Driver
from tests.contract.kit import Bot, enclosed, failure_of, one, refs_of, standing

TYPED = {
    "html": "<b>重要</b> 1 < 2 && 3 > 2 &amp; &lt;i&gt; </b> <!-- 无 --> <br> <script>alert(1)</script>",
    "tags_of_ours": "<a href='https://a.example'>表</a> <blockquote>引</blockquote> <code>x</code>",
    "markdown": "*粗* _斜_ `码` [表](https://a.example) ```\n块\n``` ~删~ ||藏|| # 题 > 引 1. 甲 \\*",
    "emoji": "👨‍👩‍👧‍👦 家庭 👩🏽‍🏫 老师 🇨🇳 ❤️ 1️⃣ é 한국어",
    "rtl": "\u202bمرحبا\u202c עברית \u200f 班级",
    "lines": "一\n\n二\n    三\t四  五",
    "blanks": "全角\u3000空格\u00a0和\u200b零宽",
    "entity_like": "AT&T &copy; &#60; &nbsp; &unknown; &",
    "command": "/concern 李雷 @class_bot #标签 https://a.example/?a=1&b=2",
}
CONTROL = "上\x00课\x07了\x1b[31m吗\x7f\x85？"
LONG = {
    "no_blanks": "班" * 5000,
    "paragraphs": "\n\n".join(f"第{n}段。今天春游，请穿校服，带好水和午餐。" for n in range(210)),
    "emoji": "😀" * 5000,
}


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
async def test_text_in_private_is_shown_as_typed(driver: Driver, bot: Bot, mother: str, typed: str) -> None:
    driver.open_door(mother)
    [ref] = refs_of(await bot.tell(mother, typed, Key(typed[:20].strip(), token="t")))
    seen = one(driver, mother, ref)
    assert seen.text == typed and seen.buttons == (typed[:20].strip(),)


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
async def test_text_in_a_group_is_shown_as_typed(driver: Driver, bot: Bot, group: str, typed: str) -> None:
    refs = refs_of(await bot.post(group, typed))
    assert [one(driver, group, ref).text for ref in refs] == [typed]
    refs_of(await bot.edit_post(group, refs, typed + " 改"))
    assert [one(driver, group, ref).text for ref in refs] == [typed + " 改"]


async def test_control_characters_take_nothing_else_with_them(driver: Driver, bot: Bot, mother: str) -> None:
    driver.open_door(mother)
    [ref] = refs_of(await bot.tell(mother, CONTROL))
    shown = "".join(char for char in one(driver, mother, ref).text if char.isprintable())
    assert shown == "上课了[31m吗？"


@pytest.mark.parametrize("typed", LONG.values(), ids=LONG)
async def test_nothing_of_a_long_text_is_lost(driver: Driver, bot: Bot, mother: str, typed: str) -> None:
    driver.open_door(mother)
    refs = refs_of(await bot.tell(mother, typed, Key("知道了", token="t"), protect=True))
    shown = standing(driver, mother)
    assert [seen.ref for seen in shown] == list(refs) and len(refs) > 1
    assert "".join("".join(seen.text for seen in shown).split()) == "".join(typed.split())
    assert [seen.buttons for seen in shown] == [()] * (len(refs) - 1) + [("知道了",)]
    assert all(seen.protected and utf16(seen.text) <= 4096 for seen in shown)


async def test_a_long_post_carries_its_keys_under_the_last(driver: Driver, bot: Bot, group: str) -> None:
    refs = refs_of(await bot.post(group, LONG["paragraphs"], Key("收到", token="t")))
    shown = standing(driver, group)
    assert [seen.ref for seen in shown] == list(refs)
    assert [bool(seen.buttons) for seen in shown] == [False] * (len(refs) - 1) + [True]


async def test_an_edit_leaves_nothing_of_a_longer_text(driver: Driver, bot: Bot, group: str) -> None:
    refs = refs_of(await bot.post(group, LONG["paragraphs"], Key("收到", token="t")))
    refs_of(await bot.edit_post(group, refs, "改期了", Key("知道了", token="u")))
    shown = standing(driver, group)
    assert not any("段" in seen.text for seen in shown)
    assert (shown[-1].text, shown[-1].buttons, shown[-1].edited) == ("改期了", ("知道了",), True)


async def test_an_edit_that_changes_nothing_is_done(driver: Driver, bot: Bot, group: str) -> None:
    refs = refs_of(await bot.post(group, "0/45", Key("收到", token="t")))
    for _ in range(2):
        assert refs_of(await bot.edit_post(group, refs, "1/45", Key("收到", token="t"))) == refs
    refs_of(await bot.edit_post(group, refs, "完"))
    [shown] = standing(driver, group)
    assert (shown.text, shown.buttons) == ("完", ())


async def test_an_edit_of_what_is_gone_or_is_not_ours(
    driver: Driver, bot: Bot, group: str, mother: str
) -> None:
    refs = refs_of(await bot.post(group, "通知"))
    refs_of(await bot.delete(group, *refs))
    assert failure_of(await bot.edit_post(group, refs, "改")) is Failure.NOT_FOUND
    hers = driver.say(mother, group, "我的话")
    failure_of(await bot.edit_post(group, [hers], "改"))
    assert one(driver, group, hers).text == "我的话"


async def test_what_was_told_is_changed(driver: Driver, bot: Bot, mother: str) -> None:
    driver.open_door(mother)
    refs = refs_of(await bot.tell(mother, "准假吗？", Key("准假", token="t"), protect=True))
    refs_of(await bot.edit_told(mother, refs, "已准假"))
    [shown] = standing(driver, mother)
    assert (shown.text, shown.buttons, shown.protected) == ("已准假", (), True)


async def test_only_what_asks_for_it_is_protected(driver: Driver, bot: Bot, mother: str) -> None:
    driver.open_door(mother)
    await bot.tell(mother, "老师给您的留言", protect=True)
    await bot.tell(mother, "通知")
    assert [seen.protected for seen in standing(driver, mother)] == [True, False]


async def test_an_answer_stands_under_what_it_answers(
    driver: Driver, bot: Bot, group: str, mother: str
) -> None:
    asked = driver.say(mother, group, "几点？")
    [ref] = refs_of(await bot.post(group, "四点", reply_to=asked))
    assert one(driver, group, ref).reply_to == asked
    refs_of(await bot.delete(group, asked))
    refs_of(await bot.post(group, "四点", reply_to=asked))
    assert len(standing(driver, group)) == 2


async def test_a_file_goes_along(driver: Driver, bot: Bot, mother: str) -> None:
    driver.open_door(mother)
    file = enclosed("document", "我的资料.json", b"{}")
    refs = refs_of(await bot.tell(mother, "这是您的资料", Key("删除", token="t"), files=[file]))
    [shown] = standing(driver, mother)
    assert (shown.ref, shown.text, shown.files) == (refs[-1], "这是您的资料", ("我的资料.json",))
    assert shown.buttons == ("删除",)


async def test_nothing_to_say_is_refused(driver: Driver, bot: Bot, mother: str) -> None:
    driver.open_door(mother)
    for nothing in ("", " \n\t "):
        assert failure_of(await bot.tell(mother, nothing)) is Failure.REFUSED
    assert standing(driver, mother) == []


async def test_closed_doors_are_told_apart(driver: Driver, bot: Bot, group: str, mother: str) -> None:
    stranger = driver.person("谁")
    assert failure_of(await bot.tell(stranger, "您好")) is Failure.NEVER_STARTED
    driver.say(mother, group, "在群里说过话")
    assert failure_of(await bot.tell(mother, "您好")) is Failure.NEVER_STARTED
    driver.open_door(mother)
    refs = refs_of(await bot.tell(mother, "您好"))
    driver.block(mother)
    assert failure_of(await bot.tell(mother, "在吗")) is Failure.BLOCKED
    driver.unblock(mother)
    assert isinstance(await bot.tell(mother, "回来了"), Done)
    assert [seen.text for seen in standing(driver, mother)] == ["您好", "回来了"] and refs


async def test_a_group_that_threw_the_bot_out_is_gone(
    driver: Driver, bot: Bot, group: str, teacher: str
) -> None:
    driver.remove_bot(group, teacher)
    assert failure_of(await bot.post(group, "您好")) is Failure.GONE


async def test_a_group_that_nobody_knows(driver: Driver, bot: Bot) -> None:
    assert failure_of(await bot.post("-1009999999999", "您好")) is Failure.NOT_FOUND
