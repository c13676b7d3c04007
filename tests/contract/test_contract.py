"""What a platform is, keeps secret, and does in trouble; saying, acting, hearing: see the other files."""

import logging

import pytest

from bot import ports
from bot.performing import Hands, perform
from bot.ports import Failure, Key, Outcome, Refused
from classroom.addresses import GroupAddress, PersonAddress
from classroom.effects import (
    Ask,
    EditPost,
    Effect,
    Menu,
    Pin,
    Post,
    Question,
    React,
    Remove,
    Restrict,
    Tag,
    Toast,
)
from classroom.text import PublicText
from tests.contract import test_acting, test_hearing, test_saying
from tests.contract.driver import EVERYTHING, Driver, Saying, Trouble
from tests.contract.kit import Bot, again_of, failure_of, listening, moved_of, refs_of, standing

WORDS = "李雷没有带作业本"


def test_a_platform_is_what_its_driver_says(driver: Driver) -> None:
    platform: ports.Platform = driver.platform
    assert {protocol for protocol in EVERYTHING if isinstance(platform, protocol)} == driver.able


def test_what_a_platform_is_spared_is_asked_of_others(driver: Driver) -> None:
    asked = {name for module in (test_acting, test_hearing, test_saying) for name in vars(module)}
    assert driver.cannot.keys() <= asked | globals().keys()
    assert all(driver.cannot.values())


def test_a_platform_has_a_name_and_a_private_door(driver: Driver) -> None:
    platform = driver.platform
    assert all(part.isidentifier() for part in platform.name.split("."))
    assert platform.mention and not platform.mention.startswith("@")
    assert platform.start_link("b-Xy_1").startswith("https://") and "b-Xy_1" in platform.start_link("b-Xy_1")


async def test_what_a_platform_lacks_is_unsupported_and_leaves_no_trace(
    driver: Driver, bot: Bot, group: str, mother: str
) -> None:
    said = driver.say(mother, group, "您好")
    before = driver.seen(group)
    for protocol, effect, to in _all_effects(bot, group, mother, said):
        if protocol not in driver.able:
            outcome = await perform(Hands(driver.platform), effect, to, [], [said])
            assert outcome == Refused(Failure.UNSUPPORTED)
    if not driver.able & {ports.PostsToGroup, ports.DeletesMessages, ports.RestrictsMembers}:
        assert driver.seen(group) == before and not driver.muted(group, mother)


def _all_effects(
    bot: Bot, group: str, who: str, ref: str
) -> list[tuple[type[object], Effect, GroupAddress | PersonAddress]]:
    to, alone, text = bot.to_group(group), bot.to_person(who), PublicText("春游")
    return [
        (ports.PostsToGroup, Post(to, text), to),
        (ports.EditsPosts, EditPost(to, "notice/1", text), to),
        (ports.DeletesMessages, Remove(to, (ref,)), to),
        (ports.PinsPosts, Pin(to, "notice/1"), to),
        (ports.Reacts, React(to, ref, "👌"), to),
        (ports.RestrictsMembers, Restrict(to, who, True), to),
        (ports.SetsTags, Tag(to, who, "张小明妈妈"), to),
        (ports.AnswersPresses, Toast(to, "4711"), to),
        (ports.KnowsMembers, Ask(to, Question.MEMBER, who, "x"), to),
        (ports.KnowsMembers, Ask(to, Question.RIGHTS, "", "x"), to),
        (ports.FetchesFiles, Ask(alone, Question.ROSTER_FILE, "4711", "x"), alone),
        (ports.ShowsMenus, Menu(alone, (("help", "帮助"),)), alone),
    ]


# --- the third lock -----------------------------------------------------------------------------


async def test_private_text_never_goes_where_the_platform_has_a_group(
    driver: Driver, bot: Bot, group: str
) -> None:
    assert failure_of(await bot.tell(group, WORDS)) is Failure.LEAK
    assert failure_of(await bot.tell(group, WORDS, protect=True)) is Failure.LEAK
    assert not any(WORDS in seen.text for seen in driver.seen(group))


async def test_a_person_who_turns_out_to_be_a_group_gets_no_private_text(driver: Driver, bot: Bot) -> None:
    who = driver.person("三年级2班群")
    driver.open_door(who)
    driver.becomes_group(who)
    assert failure_of(await bot.tell(who, WORDS)) is Failure.LEAK
    assert standing(driver, who) == []


async def test_private_text_does_not_come_in_by_an_edit(driver: Driver, bot: Bot, group: str) -> None:
    refs = refs_of(await bot.post(group, "通知"))
    assert failure_of(await bot.leak_by_edit(group, refs, WORDS)) is Failure.LEAK
    assert failure_of(await bot.edit_told(group, refs, WORDS)) is Failure.LEAK
    assert [seen.text for seen in standing(driver, group)] == ["通知"]


async def test_private_text_does_not_come_in_by_a_post(driver: Driver, bot: Bot, group: str) -> None:
    assert failure_of(await bot.leak_by_post(group, WORDS)) is Failure.LEAK
    assert standing(driver, group) == []


# --- trouble ------------------------------------------------------------------------------------


async def test_being_too_fast_says_when_to_try_again(driver: Driver, bot: Bot, mother: str) -> None:
    driver.open_door(mother)
    driver.trouble(Saying.TELL, Trouble.BUSY)
    again = again_of(await bot.tell(mother, "您好"))
    assert (again.after, again.uncertain) == (driver.busy_for, False)
    assert standing(driver, mother) == []
    refs_of(await bot.tell(mother, "您好"))
    assert [seen.text for seen in standing(driver, mother)] == ["您好"]


async def test_being_too_fast_in_a_group(driver: Driver, bot: Bot, group: str) -> None:
    driver.trouble(Saying.POST, Trouble.BUSY)
    assert again_of(await bot.post(group, "通知")).after == driver.busy_for
    assert standing(driver, group) == []


async def test_a_broken_line_admits_that_it_may_have_happened(driver: Driver, bot: Bot, mother: str) -> None:
    driver.open_door(mother)
    driver.trouble(Saying.TELL, Trouble.BROKEN)
    assert again_of(await bot.tell(mother, "您好")).uncertain
    assert [seen.text for seen in standing(driver, mother)] == ["您好"]


async def test_a_broken_line_in_a_group(driver: Driver, bot: Bot, group: str) -> None:
    driver.trouble(Saying.POST, Trouble.BROKEN)
    assert again_of(await bot.post(group, "通知")).uncertain


async def test_a_group_that_moved_says_where_and_works_there(
    driver: Driver, bot: Bot, teacher: str, mother: str
) -> None:
    old = driver.group("一班", teacher, mother, can_move=True)
    said = driver.say(mother, old, "您好")
    refs = refs_of(await bot.post(old, "通知"))
    new = driver.migrate(old)
    outcomes: list[Outcome] = [
        await bot.post(old, "又一条"),
        await bot.edit_post(old, refs, "改"),
        await bot.delete(old, said),
        await bot.pin(old, refs[-1]),
        await bot.react(old, said, "👌"),
        await bot.restrict(old, mother, True),
        await bot.tag(old, mother, "张小明妈妈"),
        await bot.member(old, mother),
        await bot.rights(old),
    ]
    assert {moved_of(outcome) for outcome in outcomes} == {new}
    refs_of(await bot.post(new, "搬家了"))
    refs_of(await bot.restrict(new, mother, True))
    assert [seen.text for seen in standing(driver, new)] == ["搬家了"]
    assert driver.muted(new, mother)


# --- secrets ------------------------------------------------------------------------------------


async def test_no_word_and_no_secret_gets_into_outcomes_or_logs(
    driver: Driver,
    bot: Bot,
    teacher: str,
    mother: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.DEBUG):
        outcomes = await _everything_that_fails(driver, bot, teacher, mother)
        async with listening(driver) as door:
            door.fails = 1
            driver.say(mother, mother, WORDS)
            await door.next_raw(object)
    printed = capsys.readouterr()
    # the stand-ins' own servers log what they are asked, as any server may
    ours = [record for record in caplog.records if not record.name.startswith(("uvicorn", "tests."))]
    logged = [record.getMessage() for record in ours]
    seen = repr(outcomes) + repr(logged) + printed.out + printed.err
    for secret in (WORDS, *driver.secrets):
        assert secret not in seen


async def _everything_that_fails(driver: Driver, bot: Bot, teacher: str, mother: str) -> list[Outcome]:
    outcomes = [await bot.tell(mother, WORDS)]
    driver.open_door(mother)
    for kind in Trouble:
        driver.trouble(Saying.TELL, kind)
        outcomes.append(await bot.tell(mother, WORDS, Key(WORDS[:4], token="t")))
    driver.block(mother)
    outcomes.append(await bot.tell(mother, WORDS, protect=True))
    driver.unblock(mother)
    group = driver.group("二班", teacher, mother)
    driver.remove_bot(group, teacher)
    outcomes += [await bot.tell(group, WORDS), await bot.tell("no person", WORDS)]
    if ports.PostsToGroup in driver.able:
        outcomes.append(await bot.post(group, WORDS))
    return outcomes
