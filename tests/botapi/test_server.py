"""The stand-in against python-telegram-bot, which must understand every answer."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
    ChatPermissions,
    InputMediaPhoto,
    ReplyParameters,
    Update,
)
from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from tests.botapi import BotApiServer, Chat, NotAllowed, User, World
from tests.botapi.world import CLASS_RIGHTS

PNG = b"\x89PNG\r\n\x1a\n and the rest"
EVERYTHING = list(Update.ALL_TYPES)


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server
        assert server.defects == []


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url) as bot:
        yield bot


@pytest.fixture
def world(server: BotApiServer) -> World:
    return server.world


@pytest.fixture
def teacher(world: World) -> User:
    return world.user("王老师", "teacher_wang")


@pytest.fixture
def mother(world: World) -> User:
    return world.user("张小明妈妈")


@pytest.fixture
def group(world: World, teacher: User, mother: User) -> Chat:
    group = world.group("三年级2班", teacher)
    world.populate(group, mother)
    world.add_bot(group, CLASS_RIGHTS)
    return group


async def drain(bot: Bot) -> list[Update]:
    updates = list(await bot.get_updates(timeout=0, allowed_updates=EVERYTHING))
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1, timeout=0)
    return updates


async def test_added_to_a_group_and_spoken_to(bot: Bot, world: World, group: Chat, mother: User) -> None:
    world.say(mother, group, "/praise@homeroom_bot 张小明 你好 @teacher_wang")
    joined, service, said = await drain(bot)
    assert joined.my_chat_member is not None
    assert joined.my_chat_member.new_chat_member.status == "administrator"
    assert service.message is not None
    assert service.message.new_chat_members[0].id == bot.id
    assert said.message is not None
    assert [(e.type, said.message.parse_entity(e)) for e in said.message.entities] == [
        ("bot_command", "/praise@homeroom_bot"),
        ("mention", "@teacher_wang"),
    ]


@pytest.mark.parametrize("text", ["/表扬 张小明", "/praise张小明", "a/praise x"])
async def test_what_is_no_command_for_telegram(
    bot: Bot, world: World, group: Chat, mother: User, text: str
) -> None:
    world.say(mother, group, text)
    said = (await drain(bot))[-1].message
    assert said is not None
    assert said.text == text
    assert said.entities == ()


async def test_replies_quotes_edits_albums_and_files(
    bot: Bot, world: World, group: Chat, mother: User
) -> None:
    first = world.say(mother, group, "😀今天没有作业")
    world.say(mother, group, "真的吗", reply_to=first, quote="作业")
    world.edit(first, "今天有作业")
    world.send_photo(mother, group, [PNG, PNG], "春游")
    world.send_document(mother, mother, "名册.xlsx", b"sheet")
    reply, edited, one, two, file = (await drain(bot))[-5:]
    assert reply.message is not None
    assert reply.message.reply_to_message is not None
    assert reply.message.quote is not None
    assert reply.message.quote.position == 6
    assert edited.edited_message is not None
    assert edited.edited_message.text == "今天有作业"
    assert one.message is not None
    assert two.message is not None
    assert one.message.media_group_id == two.message.media_group_id
    assert one.message.caption == "春游"
    assert file.message is not None
    assert file.message.document is not None
    fetched = await (await file.message.document.get_file()).download_as_bytearray()
    assert (file.message.document.file_name, bytes(fetched)) == ("名册.xlsx", b"sheet")
    big = world.send_document(mother, mother, "大.zip", b"x", size=30_000_000).content["document"]
    assert isinstance(big, dict)
    with pytest.raises(BadRequest, match="too big"):
        await bot.get_file(str(big["file_id"]))


async def test_send_edit_press_answer(bot: Bot, world: World, group: Chat, mother: User) -> None:
    keys = Keyboard([[Button("✅ 收到 0/45", callback_data="r:1")]])
    sent = await bot.send_message(
        group.id, "<b>通知</b> &lt;家长会&gt;", parse_mode="HTML", reply_markup=keys
    )
    assert sent.text == "通知 <家长会>"
    press = world.press(mother, world.last(group), "收到")
    query = (await drain(bot))[-1].callback_query
    assert query is not None
    assert (query.data, query.message and query.message.message_id) == ("r:1", sent.message_id)
    await query.answer("谢谢")
    assert press.toast == "谢谢"
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer("又")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_reply_markup(keys)
    await sent.edit_text("更正：家长会改期", reply_markup=keys)
    shown = world.transcript(group)[-1]
    assert (shown.text, shown.edited, shown.buttons) == ("更正：家长会改期", True, [["✅ 收到 0/45"]])


async def test_who_may_be_written_to(
    bot: Bot, world: World, group: Chat, mother: User, teacher: User
) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(mother.id, "您好")
    world.say(mother, group, "大家好")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(mother.id, "您好")
    world.start(mother, "code42")
    await bot.send_message(mother.id, "您好", protect_content=True)
    assert [(s.text, s.protected) for s in world.inbox(mother)] == [("您好", True)]
    world.block(mother)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(mother.id, "您好")
    blocked = (await drain(bot))[-1].my_chat_member
    assert blocked is not None
    assert blocked.new_chat_member.status == "kicked"
    world.remove_bot(group)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(group.id, "大家好")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(world.group("别的班", teacher).id, "大家好")


async def test_deleting_needs_a_right_and_two_days(bot: Bot, world: World, group: Chat, mother: User) -> None:
    first, second, third = (world.say(mother, group, t) for t in "一二三")
    await bot.delete_message(group.id, first.id)
    assert [s.deleted for s in world.transcript(group)] == [True, False, False]
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(group.id, first.id)
    world.promote_bot(group, ["can_pin_messages"])
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(group.id, second.id)
    world.promote_bot(group)
    await bot.delete_messages(group.id, [second.id, 9999])
    world.advance(49 * 3600)
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(group.id, third.id)


async def test_muting_tags_and_pins(bot: Bot, world: World, group: Chat, mother: User, teacher: User) -> None:
    until = int(world.now()) + 3600
    await drain(bot)
    await bot.restrict_chat_member(group.id, mother.id, ChatPermissions.no_permissions(), until_date=until)
    changed = (await drain(bot))[-1].chat_member
    assert changed is not None
    assert changed.new_chat_member.status == "restricted"
    with pytest.raises(NotAllowed):
        world.say(mother, group, "放我出来")
    world.advance(3601)
    said = world.say(mother, group, "好了")
    with pytest.raises(BadRequest, match="Can't remove chat owner"):
        await bot.restrict_chat_member(group.id, teacher.id, ChatPermissions())
    await bot.set_chat_member_tag(group.id, mother.id, "张小明妈妈")
    member = await bot.get_chat_member(group.id, mother.id)
    assert member.to_dict()["tag"] == "张小明妈妈"
    for wrong in ("一二三四五六七八九十一二三四五六七", "妈妈😀"):
        with pytest.raises(BadRequest):
            await bot.set_chat_member_tag(group.id, mother.id, wrong)
    await bot.pin_chat_message(group.id, said.id, disable_notification=True)
    assert (await bot.get_chat(group.id)).pinned_message is not None
    await bot.unpin_chat_message(group.id, said.id)
    world.promote_bot(group, ["can_delete_messages"])
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages"):
        await bot.pin_chat_message(group.id, said.id)
    with pytest.raises(BadRequest, match="Not enough rights to restrict/unrestrict"):
        await bot.ban_chat_member(group.id, mother.id)


async def test_limits_of_a_message(bot: Bot, world: World, group: Chat, mother: User) -> None:
    world.start(mother)
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(mother.id, "😀" * 2049)
    for empty in ("", "<b> </b>"):
        with pytest.raises(BadRequest, match="Message text is empty"):
            await bot.send_message(mother.id, empty, parse_mode="HTML")
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(mother.id, "<b>通知", parse_mode="HTML")
    with pytest.raises(BadRequest, match="reserved"):
        await bot.send_message(mother.id, "3.5", parse_mode="MarkdownV2")
    with pytest.raises(BadRequest, match="Button_data_invalid"):
        await bot.send_message(
            mother.id, "x", reply_markup=Keyboard([[Button("a", callback_data="长" * 22)]])
        )
    with pytest.raises(BadRequest, match="replied not found"):
        await bot.send_message(mother.id, "x", reply_parameters=ReplyParameters(777))
    lax = ReplyParameters(777, allow_sending_without_reply=True)
    assert (await bot.send_message(mother.id, "x", reply_parameters=lax)).reply_to_message is None
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_photo(mother.id, PNG, caption="x" * 1025)
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(mother.id, b"no picture")


async def test_media_copies_and_reactions(bot: Bot, world: World, group: Chat, mother: User) -> None:
    source = world.send_document(mother, group, "通知.pdf", b"%PDF", "见附件")
    album = await bot.send_media_group(group.id, [InputMediaPhoto(PNG, caption="图"), InputMediaPhoto(PNG)])
    assert len({m.media_group_id for m in album}) == 1
    sent = await bot.send_document(group.id, b"a,b", filename="名单.csv")
    assert sent.document is not None
    again = await bot.send_document(group.id, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_name == "名单.csv"
    copied = await bot.copy_message(group.id, group.id, source.id, caption="抄送")
    assert group.messages[copied.message_id].text == "抄送"
    forwarded = await bot.forward_message(group.id, group.id, source.id)
    assert forwarded.forward_origin is not None
    await bot.set_message_reaction(group.id, source.id, "👍")
    with pytest.raises(BadRequest, match="Reaction_invalid"):
        await bot.set_message_reaction(group.id, source.id, "🀄")


async def test_commands_by_scope(
    bot: Bot, server: BotApiServer, group: Chat, teacher: User, mother: User
) -> None:
    world = server.world
    world.say(teacher, group, "大家好")
    await bot.set_my_commands([BotCommand("help", "帮助")])
    await bot.set_my_commands([BotCommand("rules", "群规")], BotCommandScopeChat(group.id))
    await bot.set_my_commands(
        [BotCommand("notice", "通知")], BotCommandScopeChatMember(group.id, teacher.id), language_code="zh"
    )
    assert (world.menu(teacher, group), world.menu(mother, group), world.menu(mother)) == (
        ["notice"],
        ["rules"],
        ["help"],
    )
    assert (await bot.get_my_commands(BotCommandScopeChat(group.id)))[0].command == "rules"
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.set_my_commands([BotCommand("x", "y")], BotCommandScopeChatMember(-100123, teacher.id))
    for name, about in (("表扬", "x"), ("Notice", "x"), ("ok", ""), ("ok", "x" * 257)):
        with pytest.raises(BadRequest):
            await bot.set_my_commands([BotCommand(name, about)])
    assert server.violations == []


async def test_strict_about_what_is_sent(server: BotApiServer, bot: Bot, world: World, mother: User) -> None:
    world.start(mother)
    wrong: list[dict[str, object]] = [
        {"chat_id": mother.id, "text": "x", "disable_web_page_preview": True},
        {
            "chat_id": mother.id,
            "text": "x",
            "reply_markup": {"inline_keyboard": [[{"text": "a", "data": "b"}]]},
        },
        {"chat_id": mother.id, "text": "x", "disable_notification": "maybe"},
        {"text": "x"},
    ]
    async with httpx.AsyncClient() as client:
        for body in wrong:
            answer = await client.post(f"{server.base_url}{server.token}/sendMessage", json=body)
            assert answer.status_code == 400, body
            assert answer.json()["description"].startswith("Bad Request: ")
        assert len(server.violations) == len(wrong)
        assert (await client.get(f"{server.base_url}{server.token}/GETME")).json()["ok"] is True
        assert (await client.get(f"{server.base_url}{server.token}/getYou")).status_code == 404
        answer = await client.get(f"{server.base_url}1:x/getMe")
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    with pytest.raises(InvalidToken):
        await Bot("1:x", base_url=server.base_url).get_me()


async def test_get_updates_confirms_waits_and_conflicts(
    server: BotApiServer, bot: Bot, world: World, group: Chat, mother: User
) -> None:
    first = await bot.get_updates(timeout=0)
    assert [u.update_id for u in await bot.get_updates(timeout=0)] == [u.update_id for u in first]
    rest = asyncio.create_task(bot.get_updates(offset=first[-1].update_id + 1, timeout=10))
    await asyncio.sleep(0.1)
    async with Bot(server.token, base_url=server.base_url) as second:
        other = asyncio.create_task(second.get_updates(offset=first[-1].update_id + 1, timeout=10))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await rest
        world.say(mother, group, "在吗")
        assert [u.message and u.message.text for u in await other] == ["在吗"]
    world.join(group, world.user("新来的"))
    assert all(u.chat_member is None for u in await bot.get_updates(timeout=0)), (
        "not among the default updates"
    )
    await bot.set_webhook("https://example.org/hook")
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates(timeout=0)
    await bot.delete_webhook()


async def test_webhook_repeats_until_it_is_taken(bot: Bot, world: World, group: Chat, mother: User) -> None:
    heads: list[str] = []

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        status = "500 Oops" if len(heads) == 1 else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(receive, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token="s3cret", drop_pending_updates=True)
    world.say(mother, group, "一")
    world.say(mother, group, "二")
    await world.eventually(lambda: not world.updates.pending)
    listener.close()
    assert len(heads) == 3
    assert all("x-telegram-bot-api-secret-token: s3cret" in head for head in heads)
    assert "500" in ((await bot.get_webhook_info()).last_error_message or "")


async def test_upgrade_to_a_supergroup(bot: Bot, world: World, teacher: User) -> None:
    old = world.group("三年级2班", teacher, supergroup=False)
    world.add_bot(old)
    new = world.migrate(old)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(old.id, "大家好")
    assert caught.value.new_chat_id == new.id
    await bot.send_message(new.id, "大家好")
    told = [u.message for u in await drain(bot) if u.message]
    assert [(m.migrate_to_chat_id, m.migrate_from_chat_id) for m in told][-2:] == [
        (new.id, None),
        (None, old.id),
    ]


async def test_voices_in_a_group(bot: Bot, world: World, group: Chat, teacher: User, mother: User) -> None:
    channel = world.channel("校园", teacher, discussion=group)
    await drain(bot)
    world.say(teacher, group, "匿名", anonymous=True)
    world.say(mother, group, "频道", as_channel=world.channel("我的频道", mother))
    world.publish(channel, "放假")
    world.say(mother, group, "转发", forwarded_from="某人")
    world.populate(group, other := world.user("别的机器人", "other_bot", is_bot=True))
    world.say(other, group, "机器人")
    said = [u.message for u in await drain(bot) if u.message]
    voices = [(m.from_user and m.from_user.id, m.sender_chat and m.sender_chat.title) for m in said]
    assert voices == [
        (1087968824, "三年级2班"),
        (136817688, "我的频道"),
        (777000, "校园"),
        (mother.id, None),
    ]
    assert said[2].is_automatic_forward
    assert said[3].forward_origin is not None


async def test_privacy_mode(bot: Bot, world: World, group: Chat, mother: User) -> None:
    world.demote_bot(group)
    world.privacy = True
    own = await bot.send_message(group.id, "您好")
    await drain(bot)
    world.say(mother, group, "闲聊")
    world.say(mother, group, "/help")
    world.say(mother, group, "/help@other_bot")
    world.say(mother, group, "回复", reply_to=group.messages[own.message_id])
    assert [u.message and u.message.text for u in await drain(bot)] == ["/help", "回复"]
    assert (await bot.get_me()).can_read_all_group_messages is False


async def test_topics(bot: Bot, world: World, group: Chat, mother: User) -> None:
    topic = world.topic(group, "作业")
    world.say(mother, group, "在这里", thread=topic)
    said = (await drain(bot))[-1].message
    assert said is not None
    assert (said.is_topic_message, said.message_thread_id) == (True, topic.id)
    assert (await bot.send_message(group.id, "好", message_thread_id=topic.id)).message_thread_id == topic.id
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(group.id, "好", message_thread_id=424242)


async def test_rate_limits(server: BotApiServer, bot: Bot, world: World, group: Chat, mother: User) -> None:
    world.limits(group_per_minute=3)
    for n in range(3):
        await bot.send_message(group.id, str(n))
    with pytest.raises(RetryAfter):
        await bot.send_message(group.id, "四")
    assert len(server.floods) == 1
    world.advance(60)
    await bot.send_message(group.id, "四")


async def test_faults(server: BotApiServer, bot: Bot, world: World, mother: User) -> None:
    world.start(mother)
    done = {"reset_after", "half_json", "cut", "silence"}
    for kind in ("500", "502", "html200", "reset_before", "reset_after", "half_json", "cut", "silence"):
        before = len(world.inbox(mother))
        server.faults.next("sendMessage", kind, seconds=1)
        with pytest.raises(TelegramError):
            await bot.send_message(mother.id, kind, read_timeout=0.3)
        assert len(world.inbox(mother)) - before == (kind in done), kind
    server.faults.next("sendMessage", 429, retry_after=7)
    with pytest.raises(RetryAfter):
        await bot.send_message(mother.id, "x")
    hold = server.faults.hold("sendMessage")
    task = asyncio.create_task(bot.send_message(mother.id, "等"))
    assert await hold.wait_arrived()
    assert not task.done()
    server.faults.release("sendMessage")
    assert (await task).text == "等"


async def test_it_can_stop_and_start_again(server: BotApiServer, bot: Bot) -> None:
    server.stop()
    with pytest.raises(NetworkError):
        await bot.get_me()
    server.start()
    assert (await bot.get_me()).username == "homeroom_bot"


async def test_a_whole_application_polls(server: BotApiServer, world: World, mother: User) -> None:
    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message is not None
        await update.effective_message.reply_text(f"收到：{update.effective_message.text}", do_quote=True)

    builder = Application.builder().token(server.token).base_url(server.base_url)
    application = builder.base_file_url(server.base_file_url).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    async with application:
        assert application.updater is not None
        await application.updater.start_polling(allowed_updates=EVERYTHING)
        await application.start()
        said = world.dm(mother, "请假")
        heard = await world.eventually(lambda: world.find(mother, "收到：请假"))
        assert heard.reply_to is said
        await application.updater.stop()
        await application.stop()
    assert server.violations == []


async def test_who_blocked_the_bot_must_start_again(bot: Bot, world: World, mother: User) -> None:
    world.start(mother)
    world.block(mother)
    with pytest.raises(NotAllowed):
        world.dm(mother, "在吗")
    world.start(mother)
    states = [u.my_chat_member.new_chat_member.status for u in await drain(bot) if u.my_chat_member]
    assert states == ["kicked", "member"]


async def test_as_its_own_process() -> None:
    command = (sys.executable, "-m", "tests.botapi")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    url, token = (await process.stdout.readline()).decode().split()
    async with httpx.AsyncClient() as client, Bot(token, base_url=f"{url}/bot") as bot:
        orders: list[dict[str, object]] = [
            {"call": "user", "args": ["张小明妈妈"], "as": "mother"},
            {"call": "start", "args": ["$mother"]},
        ]
        for order in orders:
            assert (await client.post(f"{url}/control", json=order)).status_code == 200
        (update,) = await bot.get_updates(timeout=5)
        assert update.effective_chat is not None
        await bot.send_message(update.effective_chat.id, "您好")
        inbox = (await client.post(f"{url}/control", json={"call": "inbox", "args": ["$mother"]})).json()
        assert [shown["text"] for shown in inbox["result"]] == ["您好"]
        assert (await client.get(f"{url}/control")).json()["violations"] == []
    process.terminate()
    assert await process.wait() == 0


@pytest.mark.parametrize(
    ("mode", "text", "plain", "found"),
    [
        ("HTML", "  <b>通<i>知</i></b> 3 &lt; 5", "通知 3 < 5", [("bold", "通知"), ("italic", "知")]),
        ("HTML", '<a href="https://a.b/?x=1&amp;y=2">链接</a>', "链接", [("text_link", "链接")]),
        ("MarkdownV2", "*粗* _斜_ `a*b`", "粗 斜 a*b", [("bold", "粗"), ("italic", "斜"), ("code", "a*b")]),
        (
            "MarkdownV2",
            "[链](https://a.b/c\\))\n>引\n>用\n完",
            "链\n引\n用\n完",
            [("text_link", "链"), ("blockquote", "引\n用")],
        ),
        ("Markdown", "*粗* a\\_b", "粗 a_b", [("bold", "粗")]),
    ],
)
async def test_parse_modes(
    bot: Bot, world: World, mother: User, mode: str, text: str, plain: str, found: list[tuple[str, str]]
) -> None:
    world.start(mother)
    sent = await bot.send_message(mother.id, text, parse_mode=mode)
    assert sent.text == plain
    assert [(str(e.type), sent.parse_entity(e)) for e in sent.entities] == found
