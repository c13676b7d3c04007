"""What is changed on Telegram: edits, deletions, pins, members, menus, files."""

from datetime import UTC, datetime, timedelta

from bot.platforms.telegram import TelegramPlatform
from bot.ports import Failure, Key, Refused
from classroom.text import Label, PublicText
from tests.botapi import BotApiServer, Chat, User, World
from tests.platforms.telegram_kit import PARAGRAPH, done, file, post, texts, to_group, to_person


async def test_an_edit_that_changes_nothing_is_done(
    platform: TelegramPlatform, world: World, group: Chat
) -> None:
    refs = done(await post(platform, group, "票数 1", Key("投", token="t"))).refs
    for _ in range(2):
        done(await platform.edit(to_group(group), refs, PublicText("票数 2"), [Key("投", token="t")]))
    assert texts(world, group) == ["票数 2"]
    assert world.last(group).buttons == [["投"]]
    done(await platform.edit(to_group(group), refs, PublicText("结束"), ()))
    assert world.last(group).buttons == []


async def test_an_edit_to_a_shorter_text_leaves_nothing_of_the_old(
    platform: TelegramPlatform, world: World, group: Chat
) -> None:
    files = [file("photo", "a.png"), file("photo", "b.png")]
    refs = done(await post(platform, group, PARAGRAPH * 25, files=files)).refs
    done(await platform.edit(to_group(group), refs, PublicText("取消"), [Key("好", token="t")]))
    assert texts(world, group) == ["", "", "…", "…", "取消"]
    assert world.last(group).buttons == [["好"]]


async def test_an_edit_to_a_longer_text_shows_that_it_is_cut(
    platform: TelegramPlatform, world: World, group: Chat
) -> None:
    refs = done(await post(platform, group, "短")).refs
    done(await platform.edit(to_group(group), refs, PublicText(PARAGRAPH * 25), [Key("好", token="t")]))
    [text] = texts(world, group)
    assert text.endswith("…")
    assert world.last(group).buttons == [["好"]]


async def test_edits_that_are_refused(
    platform: TelegramPlatform, world: World, group: Chat, mother: User
) -> None:
    assert await platform.edit(to_group(group), ["4711"], PublicText("x"), ()) == Refused(
        Failure.NOT_FOUND, "message to edit not found"
    )
    hers = world.say(mother, group, "我的")
    outcome = await platform.edit(to_group(group), [str(hers.id)], PublicText("x"), ())
    assert outcome == Refused(Failure.TOO_OLD, "message can't be edited")


async def test_deleting(platform: TelegramPlatform, world: World, group: Chat, mother: User) -> None:
    one = world.say(mother, group, "广告")
    done(await platform.delete(to_group(group), [str(one.id)]))
    done(await platform.delete(to_group(group), [str(one.id)]))
    many = [str(world.say(mother, group, "砍一刀").id) for _ in range(130)]
    done(await platform.delete(to_group(group), many))
    assert [s.text for s in world.transcript(group, deleted=False)] == ["您好"]


async def test_why_a_message_stays(
    platform: TelegramPlatform, world: World, group: Chat, mother: User
) -> None:
    old = world.say(mother, group, "旧")
    world.advance(3 * 86400)
    new = world.say(mother, group, "新")
    refs = [str(old.id), str(new.id)]
    assert await platform.delete(to_group(group), refs) == Refused(
        Failure.TOO_OLD, "message can't be deleted"
    )
    assert new.deleted
    world.promote_bot(group, ("can_pin_messages",))
    other = world.say(mother, group, "又")
    assert await platform.delete(to_group(group), [str(other.id)]) == Refused(
        Failure.NOT_ALLOWED, "message can't be deleted"
    )


async def test_pinning_and_reacting(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat, mother: User
) -> None:
    [ref] = done(await post(platform, group, "通知")).refs
    done(await platform.pin(to_group(group), ref, True))
    assert [s.text for s in world.transcript(group) if s.pinned] == ["通知"]
    assert server.calls("pinChatMessage")[0].params["disable_notification"] is True
    done(await platform.pin(to_group(group), ref, False))
    assert [s.text for s in world.transcript(group) if s.pinned] == []
    done(await platform.pin(to_group(group), "4711", False))
    hers = world.say(mother, group, "收到")
    done(await platform.react(to_group(group), str(hers.id), "👌"))
    assert [s.reactions for s in world.transcript(group) if s.id == hers.id] == [["👌"]]
    assert await platform.react(to_group(group), "4711", "👌") == Refused(
        Failure.NOT_FOUND, "message to react not found"
    )
    world.promote_bot(group, ("can_delete_messages",))
    assert await platform.pin(to_group(group), ref, True) == Refused(Failure.NOT_ALLOWED, "not enough rights")


async def test_muting(
    platform: TelegramPlatform, server: BotApiServer, world: World, group: Chat, mother: User, teacher: User
) -> None:
    now = datetime.now(UTC)
    done(await platform.restrict(to_group(group), str(mother.id), True, now + timedelta(hours=1)))
    member = world.member(group, mother)
    assert member.status == "restricted"
    assert abs(member.until - (now + timedelta(hours=1)).timestamp()) < 2
    done(await platform.restrict(to_group(group), str(mother.id), False, None))
    assert world.member(group, mother).status == "member"
    done(await platform.restrict(to_group(group), str(mother.id), True, now + timedelta(seconds=5)))
    assert world.member(group, mother).until > 0
    done(await platform.restrict(to_group(group), str(mother.id), False, None))
    before = len(server.requests)
    done(await platform.restrict(to_group(group), str(mother.id), True, now - timedelta(seconds=1)))
    assert len(server.requests) == before
    outcome = await platform.restrict(to_group(group), str(teacher.id), True, None)
    assert outcome == Refused(Failure.NOT_ALLOWED, "can't remove chat owner")


async def test_tags(platform: TelegramPlatform, world: World, group: Chat, mother: User) -> None:
    done(await platform.tag(to_group(group), str(mother.id), "张小明妈妈🎉❤️ " + "好" * 20))
    assert world.member(group, mother).tag == "张小明妈妈 " + "好" * 10
    done(await platform.tag(to_group(group), str(mother.id), ""))
    assert world.member(group, mother).tag == ""
    world.promote_bot(group, ("can_delete_messages",))
    outcome = await platform.tag(to_group(group), str(mother.id), "张小明妈妈")
    assert outcome == Refused(Failure.NOT_ALLOWED, "not enough rights")


async def test_who_somebody_is(
    platform: TelegramPlatform, world: World, group: Chat, mother: User, teacher: User
) -> None:
    done(await platform.tag(to_group(group), str(mother.id), "张小明妈妈"))
    hers = done(await platform.member(to_group(group), str(mother.id))).answer
    assert hers == {
        "status": "member",
        "admin": False,
        "creator": False,
        "name": "张小明妈妈",
        "tag": "张小明妈妈",
    }
    his = done(await platform.member(to_group(group), str(teacher.id))).answer
    assert isinstance(his, dict)
    assert (his["admin"], his["creator"]) == (True, True)
    mine = done(await platform.rights(to_group(group))).answer
    assert mine == {"admin": True, "rights": ["delete", "restrict", "pin", "tag"], "title": "三年级2班"}
    world.demote_bot(group)
    mine = done(await platform.rights(to_group(group))).answer
    assert mine == {"admin": False, "rights": [], "title": "三年级2班"}


async def test_a_press_is_answered_once(
    platform: TelegramPlatform, world: World, group: Chat, mother: User
) -> None:
    done(await post(platform, group, "好吗", Key("好", token="t")))
    press = world.press(mother, world.last(group), "好")
    done(await platform.toast(press.id, Label("好" * 300), True))
    assert press.answer is not None
    assert press.answer["show_alert"] is True
    assert len(str(press.answer["text"])) == 200
    assert await platform.toast(press.id, None, False) == Refused(Failure.EXPIRED, "query is too old")


async def test_menus(
    platform: TelegramPlatform, world: World, group: Chat, mother: User, teacher: User
) -> None:
    world.start(teacher)
    done(await platform.menu(to_group(group), str(teacher.id), [("notice", "通知"), ("poll", "投票")]))
    done(await platform.menu(to_person(teacher), None, [("inbox", "收件"), ("Inbox", "no")]))
    assert world.menu(teacher, group) == ["notice", "poll"]
    assert world.menu(mother, group) == []
    assert world.menu(teacher) == ["inbox"]
    done(await platform.menu(to_person(teacher), None, []))
    assert world.menu(teacher) == []


async def test_files_are_fetched_within_their_limit(
    platform: TelegramPlatform, server: BotApiServer, world: World, mother: User
) -> None:
    message = world.send_document(mother, mother, "名册.csv", "姓名".encode() * 100)
    document = message.content["document"]
    assert isinstance(document, dict)
    ref = str(document["file_id"])
    assert await platform.fetch(ref, 10_000) == "姓名".encode() * 100
    assert await platform.fetch(ref, 100) == Refused(Failure.REFUSED, "too_large")
    world.files[ref].size = 1
    assert await platform.fetch(ref, 100) == Refused(Failure.REFUSED, "too_large")
    world.files[ref].size = 30_000_000
    assert await platform.fetch(ref, 50_000_000) == Refused(Failure.REFUSED, "too_large")
    world.files[ref].size = 600
    del world.files[ref]
    assert isinstance(await platform.fetch(ref, 100), Refused)
