"""What happens on Telegram comes in once it is stored, and not before."""

import asyncio
import contextlib
from collections.abc import Sequence

import httpx
import pytest
from structlog.testing import capture_logs

from bot.platforms.telegram import TelegramPlatform
from bot.ports import Incoming, Key
from classroom.errors import ConfigError
from classroom.events import BotMember, Joined, Message, Pressed, Right
from classroom.text import Label
from tests.botapi import BotApiServer, Chat, User, World
from tests.platforms.telegram_kit import (
    Memory,
    done,
    listening,
    post,
)


async def test_what_people_do_arrives(
    platform: TelegramPlatform, world: World, group: Chat, mother: User, teacher: User
) -> None:
    memory = Memory(platform)
    father = world.user("李雷爸爸")
    async with listening(platform, memory):
        await world.eventually(lambda: "您好" in memory.said)
        world.join(group, father)
        outcome = await post(platform, group, "去哪里？", Key("植物园", token="t1"))
        world.press(mother, world.last(group), "植物园")
        world.say(mother, group, "😀收到", reply_to=world.last(group), quote="去哪里")
        await world.eventually(lambda: "😀收到" in memory.said)
    placed = [event for event in memory.events if isinstance(event, BotMember)]
    assert placed[0].rights == {Right.DELETE, Right.RESTRICT, Right.PIN, Right.TAG}
    joined = [event.member.name for event in memory.events if isinstance(event, Joined)]
    assert set(joined) == {"李雷爸爸"}
    [pressed] = [event for event in memory.events if isinstance(event, Pressed)]
    assert (pressed.token, pressed.sender.name, pressed.ref) == ("t1", "张小明妈妈", done(outcome).refs[-1])
    answer = memory.events[-1]
    assert isinstance(answer, Message)
    assert answer.reply_to is not None
    assert (answer.reply_to.ref, answer.quote) == (pressed.ref, "去哪里")
    done(await platform.toast(pressed.callback, Label("好"), False))


async def test_nothing_is_confirmed_before_it_is_stored(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat
) -> None:
    memory = Memory(platform, fails=3)
    waiting = [update["update_id"] for _, update in world.updates.pending]
    async with listening(platform, memory):
        await world.eventually(lambda: memory.kept)
    assert memory.calls == 4
    assert memory.keys == [f"telegram:{ident}" for ident in waiting]
    offsets = [call.params.get("offset") for call in server.calls("getUpdates")]
    assert offsets[:4] == [None] * 4


async def test_a_stop_while_storing_confirms_nothing(
    platform: TelegramPlatform, world: World, group: Chat
) -> None:
    begun = asyncio.Event()

    async def slow(batch: Sequence[Incoming]) -> None:
        begun.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(platform.listen(slow))
    await begun.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait_for(task, 1)
    memory = Memory(platform)
    async with listening(platform, memory):
        await world.eventually(lambda: "您好" in memory.said)


async def test_polling_outlives_whatever_the_line_does(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat, mother: User
) -> None:
    memory = Memory(platform)
    for kind in ("500", "502", "html200", "half_json", "cut", "reset_before", "reset_after", "429"):
        server.faults.next("getUpdates", kind)
    async with listening(platform, memory):
        await world.eventually(lambda: "您好" in memory.said, 10)
        server.stop()
        server.start()
        world.say(mother, group, "还在吗")
        await world.eventually(lambda: "还在吗" in memory.said, 10)
    assert len(memory.keys) == len(set(memory.keys))


async def test_another_poller_is_named_once_and_outlived(
    platform: TelegramPlatform,
    server: BotApiServer,
    world: World,
    group: Chat,
    mother: User,
) -> None:
    memory = Memory(platform)
    with capture_logs() as lines:
        await _two_pollers(platform, server, world, group, mother, memory)
    said = [line for line in lines if "another program fetches" in str(line["trouble"])]
    assert 1 <= len(said) <= 3
    assert server.token not in str(lines)


async def _two_pollers(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat, mother: User, memory: Memory
) -> None:
    async with listening(platform, memory), httpx.AsyncClient(trust_env=False) as other:
        await world.eventually(lambda: memory.kept)
        for _ in range(3):
            await other.get(f"{server.base_url}{server.token}/getUpdates?timeout=0&offset=1")
            await asyncio.sleep(0.05)
        world.say(mother, group, "两个机器人")
        await world.eventually(lambda: "两个机器人" in memory.said)


async def test_a_count_that_begins_anew_is_followed(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat, mother: User
) -> None:
    memory = Memory(platform)
    async with listening(platform, memory):
        await world.eventually(lambda: memory.kept)
        empty = len(server.calls("getUpdates")) + 1
        await world.eventually(lambda: len(server.calls("getUpdates")) > empty)
        world.updates.next_id = 1000
        world.say(mother, group, "一周以后")
        await world.eventually(lambda: "一周以后" in memory.said)
    assert memory.keys[-1] == "telegram:1000"


async def test_a_token_that_is_revoked_ends_the_polling(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat
) -> None:
    memory = Memory(platform)
    async with listening(platform, memory) as task:
        await world.eventually(lambda: memory.kept)
        server.token = "7000000001:another"
        with pytest.raises(ConfigError, match=r"telegram\.token"):
            await asyncio.wait_for(task, 5)


async def test_a_stop_does_not_wait_for_the_long_poll(
    platform: TelegramPlatform, server: BotApiServer
) -> None:
    hold = server.faults.hold("getUpdates")
    task = asyncio.create_task(platform.listen(Memory(platform)))
    assert await hold.wait_arrived()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait_for(task, 0.5)
    hold.release()
