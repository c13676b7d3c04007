"""What people do comes in: once it is stored and not before, and in our words."""

import asyncio
import contextlib
import json
from collections.abc import Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.ports import Incoming, Platform
from classroom.addresses import ChatKind
from classroom.events import (
    BotBlocked,
    BotMember,
    Joined,
    Json,
    Left,
    Message,
    Migrated,
    Right,
    SenderKind,
)
from tests.contract.driver import Driver, Parcel
from tests.contract.kit import Bot, Door, listening, refs_of

PNG = b"\x89PNG\r\n\x1a\n and the rest"
ODD: tuple[Json, ...] = (None, True, -1, 1 << 70, 1.5, "", "x", "\ud800", "\x00", [], [None], {}, {"id": "x"})


# --- the door -----------------------------------------------------------------------------------


async def test_what_is_not_stored_is_offered_again_under_the_same_key(
    driver: Driver, group: str, mother: str
) -> None:
    async with listening(driver) as door:
        door.fails = 2
        driver.say(mother, group, "您好")
        incoming = await door.next_raw(Message)
    assert door.offered.count(incoming.key) >= 2
    assert len({incoming.raw for incoming in door.kept.values()}) == len(door.kept)


async def test_what_was_being_stored_at_a_stop_comes_again(driver: Driver, mother: str) -> None:
    said = driver.say(mother, mother, "您好")
    begun: list[str] = []
    has_begun = asyncio.Event()

    async def slow(batch: Sequence[Incoming]) -> None:
        events = [(one.key, driver.platform.read(one.raw)) for one in batch]
        own = [key for key, event in events if isinstance(event, Message) and event.ref == said]
        if own:  # anything else is a late word of another test
            begun.extend(own)
            has_begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(driver.platform.listen(slow))
    await asyncio.wait_for(has_begun.wait(), 8)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    async with listening(driver) as door:
        incoming = await door.next_raw(Message)
    assert incoming.key in begun


async def test_every_update_has_a_key_of_its_own(driver: Driver, group: str, mother: str) -> None:
    async with listening(driver) as door:
        for _ in range(5):
            driver.say(mother, group, "一样的话")
        events = [await door.next(Message) for _ in range(5)]
    assert len({event.ref for event in events}) == 5
    assert len(set(door.offered)) == len(door.kept) >= 5


# --- messages -----------------------------------------------------------------------------------


async def test_a_message_in_the_group(driver: Driver, group: str, mother: str) -> None:
    async with listening(driver) as door:
        ref = driver.say(mother, group, "😀 <b>您好</b> & 再见")
        event = await door.next(Message)
    assert (event.ref, event.text, event.edited, event.refs) == (ref, "😀 <b>您好</b> & 再见", False, (ref,))
    assert (event.origin.platform, event.origin.native) == (driver.platform.name, group)
    assert (event.origin.kind, event.origin.title) == (ChatKind.GROUP, "三年级2班")
    assert (event.sender.native, event.sender.name) == (mother, "张小明妈妈")
    assert event.sender.kind is SenderKind.PERSON
    assert event.at.utcoffset() is not None


async def test_a_message_in_private(driver: Driver, mother: str) -> None:
    async with listening(driver) as door:
        driver.say(mother, mother, "/start b-1")
        event = await door.next(Message)
    assert (event.origin.kind, event.origin.native, event.sender.native) == (
        ChatKind.PRIVATE,
        mother,
        mother,
    )
    assert event.text == "/start b-1"


async def test_an_edit_is_told_apart(driver: Driver, group: str, mother: str) -> None:
    async with listening(driver) as door:
        ref = driver.say(mother, group, "您好")
        await door.next(Message)
        driver.edit(group, ref, "/concern 李雷 没交作业")
        event = await door.next(Message)
    assert (event.ref, event.text, event.edited) == (ref, "/concern 李雷 没交作业", True)


async def test_a_caption_is_text_and_its_edit_too(driver: Driver, group: str, mother: str) -> None:
    async with listening(driver) as door:
        [ref] = driver.send(mother, group, Parcel("photo", "a.png", PNG), caption="春游")
        event = await door.next(Message)
        driver.edit(group, ref, "秋游")
        edited = await door.next(Message)
    assert (event.text, [file.kind for file in event.attachments]) == ("春游", ["photo"])
    assert (edited.text, edited.ref, edited.edited) == ("秋游", ref, True)


async def test_a_file_has_its_name_and_size(driver: Driver, mother: str) -> None:
    async with listening(driver) as door:
        driver.send(mother, mother, Parcel("document", "名册.csv", b"12345"))
        [file] = (await door.next(Message)).attachments
    assert (file.kind, file.filename, file.size) == ("document", "名册.csv", 5)


async def test_an_album_can_be_gathered(driver: Driver, group: str, mother: str) -> None:
    other = Parcel("photo", "b.png", PNG)
    async with listening(driver) as door:
        refs = driver.send(mother, group, Parcel("photo", "a.png", PNG), other, caption="运动会")
        parts = [await door.next_raw(Message) for _ in refs]
        driver.send(mother, group, other, other)
        later = [await door.next_raw(Message) for _ in refs]
        driver.say(mother, group, "单独的话")
        alone = await door.next_raw(Message)
    assert len({part.album for part in parts}) == 1 and parts[0].album and parts[0].wait > 0
    assert len({part.album for part in (*parts, *later)}) == 2
    assert alone.album is None
    events = [driver.platform.read(part.raw) for part in parts]
    assert [e.ref for e in events if isinstance(e, Message)] == list(refs)
    assert [e.text for e in events if isinstance(e, Message)] == ["运动会", ""]
    assert all(isinstance(e, Message) and e.album and len(e.attachments) == 1 for e in events)


async def test_an_answer_brings_what_it_answers(
    driver: Driver, group: str, teacher: str, mother: str
) -> None:
    async with listening(driver) as door:
        asked = driver.say(teacher, group, "明天春游，请穿校服")
        await door.next(Message)
        driver.say(mother, group, "收到", reply_to=asked, quote="穿校服")
        event = await door.next(Message)
    quoted = event.reply_to
    assert quoted is not None and quoted.sender is not None
    assert (quoted.ref, quoted.text, quoted.sender.native) == (asked, "明天春游，请穿校服", teacher)
    assert event.quote == "穿校服"


async def test_an_answer_to_the_bot(driver: Driver, bot: Bot, mother: str) -> None:
    driver.open_door(mother)
    [ref] = refs_of(await bot.tell(mother, "老师给您的留言"))
    async with listening(driver) as door:
        driver.say(mother, mother, "谢谢", reply_to=ref)
        event = await _said(door, "谢谢")
    assert event.reply_to is not None and event.reply_to.ref == ref


async def test_who_is_no_person(driver: Driver, group: str, teacher: str, mother: str) -> None:
    channel = driver.channel("家长之声", mother)
    robot = driver.other_bot("群管")
    driver.join(group, robot)
    async with listening(driver) as door:
        driver.say_as_group(teacher, group, "匿名")
        driver.say_as_channel(mother, group, channel, "频道")
        driver.say(robot, group, "机器")
        said = [await _said(door, words) for words in ("匿名", "频道", "机器")]
    assert [event.sender.kind for event in said] == [
        SenderKind.ANONYMOUS_ADMIN,
        SenderKind.CHANNEL,
        SenderKind.BOT,
    ]
    assert [event.sender.native for event in said] == [group, channel, robot]


async def _said(door: Door, words: str) -> Message:
    while True:
        event = await door.next(Message)
        if event.text == words:
            return event


# --- comings and goings -------------------------------------------------------------------------


async def test_coming_and_going(driver: Driver, group: str) -> None:
    father = driver.person("李雷爸爸")
    async with listening(driver) as door:
        driver.join(group, father)
        joined = await door.next(Joined)
        driver.leave(group, father)
        left = await door.next(Left)
    assert (joined.member.native, joined.member.name, joined.origin.native) == (father, "李雷爸爸", group)
    assert (left.member.native, left.origin.native) == (father, group)


async def test_the_bots_own_place(driver: Driver, teacher: str, mother: str) -> None:
    async with listening(driver) as door:
        group = driver.group("二班", teacher, mother)
        added = await door.next(BotMember)
        driver.set_rights(group, teacher, frozenset({Right.DELETE}))
        changed = await door.next(BotMember)
        driver.remove_bot(group, teacher)
        removed = await door.next(BotMember)
    assert (added.origin.native, added.origin.title, added.sender.native) == (group, "二班", teacher)
    assert (added.present, added.admin, added.rights) == (True, True, frozenset(Right))
    assert (changed.present, changed.rights) == (True, frozenset({Right.DELETE}))
    assert (removed.present, removed.admin, removed.rights) == (False, False, frozenset())
    assert not any(isinstance(event, Joined | Left) for event in door.events)


async def test_the_bot_as_an_ordinary_member(driver: Driver, teacher: str) -> None:
    async with listening(driver) as door:
        driver.group("二班", teacher, rights=frozenset())
        added = await door.next(BotMember)
    assert (added.present, added.admin, added.rights) == (True, False, frozenset())


async def test_the_private_door(driver: Driver, mother: str) -> None:
    driver.open_door(mother)
    async with listening(driver) as door:
        driver.block(mother)
        closed = await door.next(BotBlocked)
        driver.unblock(mother)
        opened = await door.next(BotBlocked)
    assert (closed.blocked, opened.blocked) == (True, False)
    assert (closed.sender.native, closed.origin.kind) == (mother, ChatKind.PRIVATE)


async def test_a_migration(driver: Driver, teacher: str, mother: str) -> None:
    old = driver.group("一班", teacher, mother, can_move=True)
    async with listening(driver) as door:
        new = driver.migrate(old)
        moved = await door.next(Migrated)
        driver.say(mother, new, "都在")
        said = await _said(door, "都在")
    assert (moved.origin.native, moved.new_native, said.origin.native) == (old, new, new)


# --- anything at all ----------------------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(value=ANYTHING)
def test_reading_is_total(platform: Platform, value: object) -> None:
    assert platform.read(json.dumps(value).encode()) is None


async def test_reading_is_total_on_almost_updates(driver: Driver, group: str, mother: str) -> None:
    async with listening(driver) as door:
        ref = driver.say(mother, group, "您好")
        driver.say(mother, group, "收到", reply_to=ref)
        driver.send(mother, group, Parcel("photo", "a.png", PNG), caption="图")
        driver.edit(group, ref, "改")
        for _ in range(4):
            await door.next(Message)
    for incoming in list(door.kept.values()):
        envelope, brace, words = incoming.raw.partition(b"{")
        for broken in _broken(json.loads(brace + words)):
            driver.platform.read(envelope + json.dumps(broken).encode())
        for end in range(0, len(incoming.raw), 7):
            driver.platform.read(incoming.raw[:end])
    for garbage in (b"", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 10_000, b"NaN", b"null", b'"x"'):
        assert driver.platform.read(garbage) is None


def _broken(value: Json) -> Iterator[Json]:
    """Every place of a JSON value replaced by something odd, one at a time."""
    yield from ODD
    if isinstance(value, dict):
        for key, inner in value.items():
            yield {k: v for k, v in value.items() if k != key}
            yield from ({**value, key: odd} for odd in _broken(inner))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from ([*value[:place], odd, *value[place + 1 :]] for odd in _broken(inner))
