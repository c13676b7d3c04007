"""What is said on Telegram: texts, keys, files, and the lock before private words."""

import asyncio

import pytest

from bot.platforms.telegram import TelegramPlatform
from bot.ports import Failure, Key, Moved, Refused, TryAgain
from classroom.addresses import PersonAddress
from classroom.effects import Enclosed
from classroom.text import PrivateText, PublicText
from tests.botapi import BotApiServer, Chat, User, World
from tests.platforms.telegram_kit import (
    PARAGRAPH,
    PNG,
    done,
    file,
    post,
    tell,
    texts,
    to_group,
)


async def test_text_is_shown_as_it_was_written(
    platform: TelegramPlatform, world: World, group: Chat, server: BotApiServer
) -> None:
    body = "😀<b>通知</b> 1 &lt; 2 *x* _y_ <a href='https://school.example/a'>表</a>"
    done(await post(platform, group, body))
    message = world.last(group)
    assert message.text == "😀通知 1 < 2 *x* _y_ 表"
    assert message.content["entities"] == [
        {"type": "bold", "offset": 2, "length": 2},
        {"type": "text_link", "offset": 19, "length": 1, "url": "https://school.example/a"},
    ]
    [call] = server.calls("sendMessage")
    assert "parse_mode" not in call.params
    assert call.params["link_preview_options"] == {"is_disabled": True}


async def test_keys_stand_in_rows(platform: TelegramPlatform, world: World, group: Chat) -> None:
    keys = [
        Key("发送", token="a" * 64, row=1),
        Key("修改", token="b", row=1),
        Key("取消", token="c"),
        Key("去私聊", payload="b-1"),
    ]
    done(await post(platform, group, "好吗", *keys))
    assert world.last(group).buttons == [["发送", "修改"], ["取消"], ["去私聊"]]
    with pytest.raises(AssertionError):
        await post(platform, group, "好吗", Key("长", token="班" * 22))


async def test_a_long_text_becomes_several_messages(
    platform: TelegramPlatform, world: World, group: Chat
) -> None:
    refs = done(await post(platform, group, PARAGRAPH * 25, Key("收到", token="t"))).refs
    shown = [s for s in world.transcript(group) if s.by_bot]
    assert [str(s.id) for s in shown] == list(refs)
    assert len(shown) == 3
    assert [s.buttons for s in shown] == [[], [], [["收到"]]]
    assert "".join(s.text for s in shown).replace("\n", "") == (PARAGRAPH * 25).replace("\n", "")


async def test_an_answer_and_a_topic(
    platform: TelegramPlatform, world: World, group: Chat, mother: User
) -> None:
    topic = world.topic(group, "作业")
    asked = world.say(mother, group, "几点？", thread=topic)
    done(await post(platform, group, "四点", reply_to=str(asked.id), thread=str(topic.id)))
    assert world.last(group).reply_to is asked
    assert world.last(group).thread == topic.id
    done(await post(platform, group, "四点", reply_to="999999"))
    assert await post(platform, group, "四点", thread="999999") == Refused(
        Failure.NOT_FOUND, "message thread not found"
    )


async def test_one_file_carries_the_text(platform: TelegramPlatform, world: World, group: Chat) -> None:
    refs = done(
        await post(platform, group, "<b>春游</b>", Key("收到", token="t"), files=[file("photo", "a.png")])
    ).refs
    [shown] = [s for s in world.transcript(group) if s.by_bot]
    assert ([str(shown.id)], shown.kind, shown.text, shown.buttons) == (
        list(refs),
        "photo",
        "春游",
        [["收到"]],
    )
    done(await platform.edit(to_group(group), refs, PublicText("改期"), [Key("知道", token="u")]))
    assert (world.last(group).text, world.last(group).buttons) == ("改期", [["知道"]])


async def test_one_file_comes_after_a_text_too_long_for_it(
    platform: TelegramPlatform, world: World, group: Chat
) -> None:
    refs = done(
        await post(
            platform, group, PARAGRAPH * 4, Key("收到", token="t"), files=[file("document", "名册.txt", b"x")]
        )
    ).refs
    first, second = (s for s in world.transcript(group) if s.by_bot)
    assert (first.buttons, second.kind) == ([["收到"]], "document")
    assert list(refs) == [str(second.id), str(first.id)]


async def test_files_of_one_kind_make_an_album(
    platform: TelegramPlatform, world: World, group: Chat, mother: User, server: BotApiServer
) -> None:
    sent = world.send_photo(mother, group, [PNG, PNG])
    photos = [m.content["photo"] for m in sent]
    assert all(isinstance(p, list) for p in photos)
    given = [Enclosed("photo", "a.jpg", ref=str(p[-1]["file_id"])) for p in photos if isinstance(p, list)]
    files = [*given, file("photo", "c.png"), file("document", "d.txt", b"d")]
    refs = done(await post(platform, group, "春游", Key("收到", token="t"), files=files)).refs
    shown = [s for s in world.transcript(group) if s.by_bot]
    assert [s.kind for s in shown] == ["photo", "photo", "photo", "document", "text"]
    assert [str(s.id) for s in shown] == list(refs)
    assert shown[-1].buttons == [["收到"]]
    assert len({m.message.extra.get("media_group_id") for m in shown[:3]}) == 1
    eleven = [file("photo", f"{n}.png") for n in range(11)]
    assert len(done(await post(platform, group, "", files=eleven)).refs) == 11


async def test_files_and_texts_that_are_none(
    platform: TelegramPlatform, group: Chat, server: BotApiServer
) -> None:
    broken = Enclosed("document", "x.txt", data="no base64!")
    assert await post(platform, group, "看", files=[broken]) == Refused(
        Failure.REFUSED, "a file without content"
    )
    assert await post(platform, group, " \n ") == Refused(Failure.REFUSED, "nothing to say")
    assert server.calls("sendMessage") == []


async def test_a_person_is_told_and_nobody_may_copy_it(
    platform: TelegramPlatform, world: World, mother: User
) -> None:
    world.start(mother)
    done(await tell(platform, mother, "老师给您的留言", protect=True, files=[file("photo", "a.png")]))
    [shown] = world.inbox(mother)
    assert (shown.text, shown.protected) == ("老师给您的留言", True)


@pytest.mark.parametrize("native", ["-1002000104729", "@class", "", "0", "5_1"])
async def test_private_text_to_no_person_makes_no_request(
    platform: TelegramPlatform, server: BotApiServer, native: str
) -> None:
    before = len(server.requests)
    address = PersonAddress(2, "telegram", native)
    assert await platform.tell(address, PrivateText("批评"), (), (), True) == Refused(Failure.LEAK)
    assert await platform.edit(address, ["1"], PrivateText("批评"), ()) == Refused(Failure.LEAK)
    assert len(server.requests) == before


async def test_private_text_to_a_group_makes_no_request(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat
) -> None:
    before = len(server.requests)
    assert await platform.edit(to_group(group), ["1"], PrivateText("批评"), ()) == Refused(Failure.LEAK)
    assert len(server.requests) == before


async def test_what_telegram_calls_a_group_gets_no_private_text(
    platform: TelegramPlatform, server: BotApiServer, world: World, mother: User, group: Chat
) -> None:
    world.start(mother)
    hers = world.chats[mother.id]
    world.chats[mother.id] = group
    assert await tell(platform, mother, "批评") == Refused(Failure.LEAK)
    world.chats[mother.id] = hers
    done(await tell(platform, mother, "批评"))
    done(await tell(platform, mother, "批评"))
    assert len(server.calls("getChat")) == 2
    assert len(server.calls("sendMessage")) == 2


async def test_closed_doors_are_told_apart(
    platform: TelegramPlatform, world: World, group: Chat, mother: User, teacher: User
) -> None:
    assert await tell(platform, mother, "您好") == Refused(
        Failure.NEVER_STARTED, "bot can't initiate conversation"
    )
    stranger = world.user("谁")
    assert await tell(platform, stranger, "您好") == Refused(Failure.NEVER_STARTED, "chat not found")
    world.start(mother)
    world.block(mother)
    assert await tell(platform, mother, "您好") == Refused(Failure.BLOCKED, "bot was blocked by the user")
    world.remove_bot(group)
    assert await post(platform, group, "您好") == Refused(Failure.GONE, "bot was kicked")


async def test_a_group_that_moved_says_where(platform: TelegramPlatform, world: World, teacher: User) -> None:
    small = world.group("一班", teacher, supergroup=False)
    world.add_bot(small)
    large = world.migrate(small)
    assert await post(platform, small, "您好") == Moved(str(large.id))
    assert await platform.rights(to_group(small)) == Moved(str(large.id))


async def test_trouble_on_the_line_says_whether_it_may_have_happened(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat
) -> None:
    server.faults.next("sendMessage", "429", retry_after=7)
    assert await post(platform, group, "一") == TryAgain("429", after=7)
    for kind in ("502", "html200", "half_json", "reset_after", "silence"):
        server.faults.next("sendMessage", kind, seconds=1)
        outcome = await post(platform, group, "一")
        assert isinstance(outcome, TryAgain)
        assert outcome.uncertain
    server.stop()
    outcome = await post(platform, group, "一")
    assert outcome == TryAgain("ClientConnectorError", uncertain=False)
    server.start()


async def test_a_second_piece_that_fails_for_now_is_tried_again_at_once(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat
) -> None:
    hold = server.faults.hold("sendMessage", after=True)
    sending = asyncio.create_task(post(platform, group, PARAGRAPH * 25))
    assert await hold.wait_arrived()
    server.faults.next("sendMessage", "429", retry_after=1)
    server.faults.release("sendMessage")
    assert len(done(await sending).refs) == 3
    assert len(texts(world, group)) == 3


async def test_a_second_piece_that_is_refused_takes_the_first_back(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat
) -> None:
    hold = server.faults.hold("sendMessage", after=True)
    sending = asyncio.create_task(post(platform, group, PARAGRAPH * 25))
    assert await hold.wait_arrived()
    server.faults.next("sendMessage", "429", retry_after=600)
    server.faults.release("sendMessage")
    assert await sending == TryAgain("429", after=600)
    assert texts(world, group) == []
