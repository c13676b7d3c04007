"""Deleting, pinning, reacting, muting, tagging, answering presses, menus, files, and knowing members."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.ports import Done, Failure, Key, Outcome, Refused
from classroom.events import Message, Pressed, Right
from tests.contract.driver import ALL_RIGHTS, Driver, Parcel
from tests.contract.kit import Bot, answer_of, failure_of, listening, one, refs_of, standing


async def test_deleting_what_stands_and_what_is_gone(
    driver: Driver, bot: Bot, group: str, mother: str
) -> None:
    hers = [driver.say(mother, group, words) for words in ("广告", "砍一刀", "加群")]
    ours = refs_of(await bot.post(group, "通知"))
    for _ in range(2):
        refs_of(await bot.delete(group, *hers, *ours))
    assert all(seen.removed for seen in driver.seen(group))
    refs_of(await bot.delete(group, hers[0]))


async def test_deleting_what_was_told(driver: Driver, bot: Bot, mother: str) -> None:
    driver.open_door(mother)
    [ref] = refs_of(await bot.tell(mother, "资料"))
    refs_of(await bot.take_back(mother, ref))
    assert standing(driver, mother) == []


async def test_what_is_too_old_stays_and_saves_no_other(
    driver: Driver, bot: Bot, group: str, mother: str
) -> None:
    old = driver.say(mother, group, "旧")
    driver.days_pass(3)
    new = driver.say(mother, group, "新")
    assert failure_of(await bot.delete(group, old, new)) is Failure.TOO_OLD
    assert [one(driver, group, ref).removed for ref in (old, new)] == [False, True]


@pytest.mark.parametrize("right", Right)
async def test_without_the_right_nothing_happens(
    driver: Driver, bot: Bot, teacher: str, mother: str, right: Right
) -> None:
    group = driver.group("二班", teacher, mother)
    hers = driver.say(mother, group, "广告")
    driver.set_rights(group, teacher, ALL_RIGHTS - {right})
    assert failure_of(await _needs(bot, right, group, mother, hers)) is Failure.NOT_ALLOWED
    seen = one(driver, group, hers)
    assert not (seen.removed or seen.pinned or driver.muted(group, mother) or driver.tag_of(group, mother))
    driver.set_rights(group, teacher, frozenset({right}))
    refs_of(await _needs(bot, right, group, mother, hers))


async def _needs(bot: Bot, right: Right, group: str, who: str, ref: str) -> Outcome:
    match right:
        case Right.DELETE:
            return await bot.delete(group, ref)
        case Right.RESTRICT:
            return await bot.restrict(group, who, True)
        case Right.PIN:
            return await bot.pin(group, ref)
        case Right.TAG:
            return await bot.tag(group, who, "张小明妈妈")


async def test_own_posts_go_without_any_right(driver: Driver, bot: Bot, teacher: str) -> None:
    group = driver.group("二班", teacher, rights=frozenset())
    refs = refs_of(await bot.post(group, "您好"))
    refs_of(await bot.delete(group, *refs))
    assert standing(driver, group) == []


async def test_pinning(driver: Driver, bot: Bot, group: str) -> None:
    [ref] = refs_of(await bot.post(group, "通知"))
    refs_of(await bot.pin(group, ref))
    assert one(driver, group, ref).pinned
    refs_of(await bot.pin(group, ref, False))
    assert not one(driver, group, ref).pinned
    refs_of(await bot.delete(group, ref))
    assert failure_of(await bot.pin(group, ref)) is Failure.NOT_FOUND
    refs_of(await bot.pin(group, ref, False))


async def test_reacting(driver: Driver, bot: Bot, group: str, mother: str) -> None:
    hers = driver.say(mother, group, "收到")
    for _ in range(2):
        refs_of(await bot.react(group, hers, "👌"))
    assert one(driver, group, hers).reactions == ("👌",)
    refs_of(await bot.delete(group, hers))
    assert failure_of(await bot.react(group, hers, "👌")) is Failure.NOT_FOUND


async def test_muting(driver: Driver, bot: Bot, group: str, mother: str, teacher: str) -> None:
    now = datetime.now(UTC)
    for until in (None, now + timedelta(hours=1), now + timedelta(seconds=2)):
        refs_of(await bot.restrict(group, mother, True, until))
        assert driver.muted(group, mother)
        for _ in range(2):
            refs_of(await bot.restrict(group, mother, False))
        assert not driver.muted(group, mother)
    refs_of(await bot.restrict(group, mother, True, now - timedelta(minutes=1)))
    assert not driver.muted(group, mother)
    assert failure_of(await bot.restrict(group, teacher, True)) is Failure.NOT_ALLOWED


async def test_tagging(driver: Driver, bot: Bot, group: str, mother: str, teacher: str) -> None:
    refs_of(await bot.tag(group, mother, "张小明妈妈"))
    assert driver.tag_of(group, mother) == "张小明妈妈"
    assert answer_of(await bot.member(group, mother))["tag"] == "张小明妈妈"
    refs_of(await bot.tag(group, mother, ""))
    assert driver.tag_of(group, mother) == ""
    assert failure_of(await bot.tag(group, teacher, "老师")) is Failure.NOT_ALLOWED


async def test_who_somebody_is(driver: Driver, bot: Bot, group: str, mother: str, teacher: str) -> None:
    hers = answer_of(await bot.member(group, mother))
    assert hers.keys() == {"status", "admin", "creator", "name", "tag"}
    assert (hers["status"], hers["admin"], hers["name"]) == ("member", False, "张小明妈妈")
    assert answer_of(await bot.member(group, teacher))["admin"] is True
    driver.leave(group, mother)
    assert answer_of(await bot.member(group, mother))["status"] == "left"
    assert failure_of(await bot.member(group, "999999")) is Failure.NOT_FOUND


async def test_what_the_bot_may_do(driver: Driver, bot: Bot, group: str, teacher: str) -> None:
    assert await _rights(bot, group) == (True, {right.value for right in Right})
    assert answer_of(await bot.rights(group))["title"] == "三年级2班"
    driver.set_rights(group, teacher, frozenset({Right.PIN}))
    assert await _rights(bot, group) == (True, {"pin"})
    plain = driver.group("二班", teacher, rights=frozenset())
    assert await _rights(bot, plain) == (False, set())
    driver.remove_bot(group, teacher)
    assert failure_of(await bot.rights(group)) is Failure.GONE


async def _rights(bot: Bot, group: str) -> tuple[object, set[str]]:
    answer = answer_of(await bot.rights(group))
    rights = answer["rights"]
    assert isinstance(rights, list)
    return answer["admin"], {str(right) for right in rights}


async def test_a_press_is_answered_once_and_a_late_answer_is_no_trouble(
    driver: Driver, bot: Bot, mother: str
) -> None:
    driver.open_door(mother)
    [ref] = refs_of(await bot.tell(mother, "好吗？", Key("好", token="t")))
    callback = driver.press(mother, mother, ref, "好")
    refs_of(await bot.toast(callback, "收到 <b>"))
    assert driver.toast_of(callback) == "收到 <b>"
    assert await bot.toast(callback, "又来") == await bot.toast("4711", None)
    assert failure_of(await bot.toast(callback, None)) is Failure.EXPIRED
    silent = driver.press(mother, mother, ref, "好")
    refs_of(await bot.toast(silent, None))
    assert driver.toast_of(silent) == ""


@pytest.mark.parametrize("token", ["t", "a" * 64, "班" * 21, "A-_.:=/"])
async def test_a_button_comes_back_with_its_token(driver: Driver, bot: Bot, mother: str, token: str) -> None:
    driver.open_door(mother)
    keys = [Key("同意", token=token, row=1), Key("拒绝", token="other", row=1), Key("私聊", payload="b-1")]
    [ref] = refs_of(await bot.tell(mother, "好吗？", *keys))
    assert one(driver, mother, ref).buttons == ("同意", "拒绝", "私聊")
    async with listening(driver) as door:
        callback = driver.press(mother, mother, ref, "同意")
        pressed = await door.next(Pressed)
    assert (pressed.token, pressed.sender.native, pressed.ref) == (token, mother, ref)
    assert (pressed.callback, pressed.origin.native) == (callback, mother)


async def test_menus(driver: Driver, bot: Bot, group: str, teacher: str, mother: str) -> None:
    driver.open_door(teacher)
    refs_of(await bot.menu(group, teacher, ("notice", "发通知"), ("poll", "投票")))
    refs_of(await bot.menu(teacher, None, ("inbox", "收件")))
    assert driver.menu_of(teacher, group) == ["notice", "poll"]
    assert driver.menu_of(teacher, teacher) == ["inbox"]
    assert driver.menu_of(mother, group) == []
    refs_of(await bot.menu(teacher, None))
    assert driver.menu_of(teacher, teacher) == []


async def test_files_are_fetched_up_to_a_limit(driver: Driver, bot: Bot, mother: str) -> None:
    data = "姓名,学号\n张小明,1\n".encode()
    async with listening(driver) as door:
        driver.send(mother, mother, Parcel("document", "名册.csv", data), caption="名册")
        [file] = (await door.next(Message)).attachments
    assert await bot.fetch(file.ref, 10_000) == data
    assert await bot.fetch(file.ref, 3) == Refused(Failure.REFUSED, "too_large")
    assert not isinstance(await bot.fetch("4711", 10_000), bytes | Done)
