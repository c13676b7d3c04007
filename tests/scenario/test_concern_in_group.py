"""A concern typed into a group is taken out there first, and goes on in private."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlmodel import col, select

from bot.app import App
from bot.platforms.web import Shown
from bot.ports import Failure, Refused, TryAgain
from classroom.effects import Effect
from classroom.events import Attachment, Message, Right, Sender, SenderKind
from handlers.feature import Feature
from handlers.features import FEATURES
from handlers.room import Room
from storage.database import Records
from storage.identity import find_account, find_chat
from storage.tables import Person, Violation
from tests.leaks import every_log_line, shown_in
from tests.ready import ready_class
from tests.world import UNLIMITED, User, World

WORDS = "今天三科作业本都没有带"
PHOTO = Attachment("photo", "photo1", size=1000)


def leaked(world: World) -> bool:
    return WORDS in shown_in(world)


def done(world: World) -> list[str]:
    with world.database.transaction() as records:
        return [v.done for v in records.exec(select(Violation).order_by(col(Violation.id)))]


@pytest.mark.parametrize(
    "typed",
    [
        f"/concern 李雷 {WORDS}",
        f"/私聊李雷{WORDS}",
        f"、沟通 李雷 {WORDS}",
        f"／私信：李雷，{WORDS}",
        f"/ concern 李雷 {WORDS}",
        f"/CONCERN@class_bot 李雷 {WORDS}",
        f"@class_bot /私聊 李雷 {WORDS}",
        f"/cocnern 李雷 {WORDS}",
        f"沟通李雷 {WORDS}",
        f"大家好\n/私聊 李雷 {WORDS}",
        f"/ｃｏｎｃｅｒｎ　李雷　{WORDS}",
    ],
)
async def test_however_it_is_typed_it_goes_and_the_draft_goes_on_in_private(world: World, typed: str) -> None:
    ready = await ready_class(world)
    shown = await ready.teacher.in_group(typed)
    assert shown.removed and world.posted() == []
    assert "撤下" in ready.teacher.heard and WORDS in ready.teacher.heard
    assert "发送" in ready.teacher.buttons()
    assert world.platform.calls.index("delete") < world.platform.calls.index("tell")
    await ready.teacher.press("发送")
    assert WORDS in ready.mothers["李雷"].last.text
    assert "/" not in ready.mothers["李雷"].last.text
    assert not leaked(world) and done(world) == ["enforced"]


async def test_words_before_the_command_are_not_lost(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_group(f"李雷{WORDS}。 /私聊 李雷 请家长看一下")
    assert WORDS in ready.teacher.heard and "请家长看一下" in ready.teacher.heard


async def test_a_bare_command_is_removed_and_the_teacher_learns_how(world: World) -> None:
    ready = await ready_class(world)
    shown = await ready.teacher.in_group("/concern")
    assert shown.removed and "/私聊 姓名" in ready.teacher.last.text and world.posted() == []


async def test_with_a_name_only_the_words_are_asked_for_in_private(world: World) -> None:
    ready = await ready_class(world)
    shown = await ready.teacher.in_group("/concern 李雷")
    assert shown.removed and "现在写" in ready.teacher.buttons()
    await ready.teacher.press("现在写")
    await ready.teacher.in_private(WORDS)
    await ready.teacher.press("发送")
    assert WORDS in ready.mothers["李雷"].last.text


async def test_which_child_is_asked_in_private_where_it_cannot_be_read(world: World) -> None:
    ready = await ready_class(world)
    shown = await ready.teacher.in_group(f"/concern {WORDS}")
    assert shown.removed and not leaked(world)
    await ready.teacher.press("我来写名字")
    await ready.teacher.in_private("李雷")
    await ready.teacher.press("发送")
    assert WORDS in ready.mothers["李雷"].last.text


async def test_a_dialogue_that_is_under_way_in_private_is_left_alone(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_private("/concern 韩梅梅")
    await ready.teacher.in_group(f"/concern {WORDS}")
    await ready.teacher.in_private("这周每天都主动发言")
    await ready.teacher.press("发送")
    assert "主动发言" in ready.mothers["韩梅梅"].last.text


async def test_edited_into_a_concern(world: World) -> None:
    ready = await ready_class(world)
    shown = await ready.teacher.in_group("明天带雨伞")
    await ready.teacher.edits(shown, f"/concern 李雷 {WORDS}")
    assert shown.removed and not leaked(world) and WORDS in ready.teacher.heard


async def test_edited_again_where_it_could_not_be_removed_there_is_one_draft(world: World) -> None:
    ready = await ready_class(world)
    world.platform.fail_next("delete", Refused(Failure.NOT_ALLOWED))
    shown = await ready.teacher.in_group("/concern 李雷 第一稿")
    assert [shown.removed] == [False]
    await ready.teacher.edits(shown, f"/concern 李雷 {WORDS}")
    assert shown.removed
    await ready.teacher.press("发送")
    assert WORDS in ready.mothers["李雷"].last.text and "第一稿" not in ready.mothers["李雷"].heard
    await ready.teacher.in_private("/concern list")
    assert "草稿" not in ready.teacher.last.text


async def test_a_caption_an_album_and_its_late_part(world: World) -> None:
    ready = await ready_class(world)
    say = world.platform.say
    first = say(ready.teacher.sender, world.group, "", attachments=[PHOTO], album="a1")
    second = say(ready.teacher.sender, world.group, f"/concern 李雷 {WORDS}", attachments=[PHOTO], album="a1")
    await world.settle()
    await world.later(seconds=1)
    assert first.removed and second.removed
    late = say(ready.teacher.sender, world.group, "", attachments=[PHOTO], album="a1")
    await world.settle()
    await world.later(seconds=1)
    assert late.removed and not leaked(world)


async def test_a_text_that_the_phone_cut_in_two(world: World) -> None:
    ready = await ready_class(world)
    half = "他今天又没有带作业本，" * 200
    one = world.platform.say(ready.teacher.sender, world.group, f"/concern 李雷 {half}")
    two = world.platform.say(ready.teacher.sender, world.group, f"{WORDS}。")
    await world.settle()
    assert one.removed and two.removed and not leaked(world)
    await ready.teacher.press("发送")
    assert WORDS in ready.mothers["李雷"].heard and "没有带作业本" in ready.mothers["李雷"].heard


async def test_what_comes_later_or_from_others_is_no_second_half(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_group("/concern 李雷 " + "他今天又没有带作业本，" * 200)
    other = await ready.mothers["王芳"].in_group("老师，明天几点到校？")
    world.time = world.time.replace(minute=world.time.minute + 1)
    later = await ready.teacher.in_group("明天八点到校。")
    assert not other.removed and not later.removed


async def test_messages_that_quote_it_go_too(world: World) -> None:
    ready = await ready_class(world)
    shown = world.platform.say(ready.teacher.sender, world.group, f"/concern 李雷 {WORDS}")
    answer = world.platform.say(ready.mothers["王芳"].sender, world.group, "我家也这样", reply_to=shown)
    await world.settle()
    assert shown.removed and answer.removed
    assert "我家也这样" in ready.mothers["王芳"].last.text and WORDS not in ready.mothers["王芳"].heard


async def test_what_is_quoted_goes_where_nobody_was_there_to_remove_it(world: World) -> None:
    ready = await ready_class(world)
    old = world.platform.say(ready.teacher.sender, world.group, f"/concern 李雷 {WORDS}")
    world.platform.waiting.clear()
    answer = await ready.mothers["王芳"].in_group("收到", reply_to=old)
    assert answer.removed and old.removed


async def test_an_answer_to_another_message_stays(world: World) -> None:
    ready = await ready_class(world)
    await ready.teacher.in_group(f"/concern 李雷 {WORDS}")
    notice = await ready.teacher.in_group("明天带雨伞")
    answer = await ready.mothers["王芳"].in_group("收到", reply_to=notice)
    assert not answer.removed


async def test_who_cannot_be_told_yet_finds_it_behind_the_private_door(world: World) -> None:
    ready = await ready_class(world)
    shut(world, ready.teacher)
    shown = await ready.teacher.in_group(f"/concern 李雷 {WORDS}")
    assert shown.removed and len(world.posted()) == 1
    pointer = world.posted()[0]
    assert pointer.keys[0].payload and "李雷" not in pointer.text and not leaked(world)
    await ready.teacher.in_private("/start")
    assert WORDS in ready.teacher.heard
    await ready.teacher.press("发送")
    assert WORDS in ready.mothers["李雷"].heard


def person(records: Records, user: User) -> Person:
    account = find_account(records, "web", user.sender.native)
    row = records.get(Person, account.person_id) if account else None
    assert row is not None
    return row


def shut(world: World, user: User) -> None:
    """The person has never opened the private conversation."""
    user.private.opened = False
    with world.database.transaction() as records:
        chat = find_chat(records, "web", user.sender.native)
        assert chat is not None
        chat.door = "unknown"


@pytest.mark.parametrize("failure", [Failure.NOT_ALLOWED, Failure.TOO_OLD, Failure.REFUSED])
async def test_where_it_may_not_be_deleted_the_teachers_hear_at_once(world: World, failure: Failure) -> None:
    ready = await ready_class(world)
    await world.until(23)
    world.platform.fail_next("delete", Refused(failure))
    await ready.subject_teacher.in_group(f"/concern 李雷 {WORDS}")
    for teacher in (ready.teacher, ready.subject_teacher):
        assert "手动删除" in teacher.heard
    assert WORDS not in ready.teacher.heard
    assert world.posted() == [] and done(world) == ["reported_to_teacher"]


async def test_without_the_right_to_delete_nobody_pretends(world: World) -> None:
    ready = await ready_class(world)
    world.group.rights = frozenset({Right.PIN})
    await ready.teacher.in_group(f"/concern 李雷 {WORDS}")
    assert "手动删除" in ready.teacher.heard and "已经从群里撤下" not in ready.teacher.heard
    assert "发送" in ready.teacher.buttons()


async def test_what_is_gone_already_counts_as_removed(world: World) -> None:
    ready = await ready_class(world)
    world.platform.fail_next("delete", Refused(Failure.NOT_FOUND))
    await ready.teacher.in_group(f"/concern 李雷 {WORDS}")
    assert "手动删除" not in ready.teacher.heard and done(world) == ["enforced"]


async def test_a_parent_who_types_it_may_tell_the_teacher_in_private(world: World) -> None:
    ready = await ready_class(world)
    mother = ready.mothers["李雷"]
    shown = await mother.in_group(f"/私信 李雷{WORDS}，是不是可以放在学校？")
    assert shown.removed and world.posted() == [] and WORDS not in ready.teacher.heard
    await mother.press("留言给老师")
    assert WORDS in ready.teacher.last.text and "李雷妈妈" in ready.teacher.last.text
    assert WORDS not in ready.fathers["李雷"].heard and not leaked(world)


async def test_a_stranger_gets_the_words_back_and_nobody_else_does(world: World) -> None:
    ready = await ready_class(world)
    shown = await ready.stranger.in_group(f"/concern 李雷 {WORDS}")
    assert shown.removed and WORDS in ready.stranger.last.text and "/认领" in ready.stranger.last.text
    assert WORDS not in ready.teacher.heard and world.posted() == []


async def test_a_command_of_the_committee_goes_as_well(world: World) -> None:
    ready = await ready_class(world)
    shown = await ready.committee.in_group(f"/concern 李雷 {WORDS}")
    assert shown.removed and not leaked(world) and "发送" not in ready.committee.buttons()


async def anonymous(world: World, text: str) -> Shown:
    admin = Sender("1087968824", "Group", kind=SenderKind.ANONYMOUS_ADMIN)
    shown = world.platform.say(admin, world.group, text)
    await world.settle()
    return shown


async def test_an_anonymous_administrator_shows_by_a_press_and_goes_on_in_private(world: World) -> None:
    ready = await ready_class(world)
    shown = await anonymous(world, f"/concern 李雷 {WORDS}")
    assert shown.removed and len(world.posted()) == 1 and "李雷" not in world.posted()[0].text
    for other in (ready.mothers["李雷"], ready.committee, ready.stranger):
        await other.press("是我发的", where=world.group)
        assert WORDS not in other.heard
    await ready.teacher.press("是我发的", where=world.group)
    assert WORDS in ready.teacher.heard and "发送" in ready.teacher.buttons()
    assert world.posted() == [] and not leaked(world)


async def test_an_anonymous_one_whose_door_is_shut_finds_the_draft_behind_it(world: World) -> None:
    ready = await ready_class(world)
    ready.teacher.private.opened = False
    await anonymous(world, f"/concern 李雷 {WORDS}")
    await ready.teacher.press("是我发的", where=world.group)
    assert not leaked(world)
    await ready.teacher.in_private("/start hi")
    assert WORDS in ready.teacher.heard and "发送" in ready.teacher.buttons()


async def test_what_an_anonymous_one_said_to_a_quote_is_given_back(world: World) -> None:
    ready = await ready_class(world)
    shown = await ready.teacher.in_group(f"/concern 李雷 {WORDS}")
    admin = Sender("1087968824", "Group", kind=SenderKind.ANONYMOUS_ADMIN)
    world.platform.say(admin, world.group, "这是怎么了", reply_to=shown)
    await world.settle()
    await ready.teacher.press("是我发的", where=world.group)
    assert "这是怎么了" in ready.teacher.last.text and not leaked(world)


async def test_an_anonymous_one_without_words_gets_the_way(world: World) -> None:
    ready = await ready_class(world)
    await anonymous(world, "/私聊")
    await ready.teacher.press("是我发的", where=world.group)
    assert "/私聊 姓名" in ready.teacher.heard and not leaked(world)


async def test_in_a_channels_name_it_is_removed_without_a_word(world: World) -> None:
    await ready_class(world)
    channel = Sender("-1009", "班级频道", kind=SenderKind.CHANNEL)
    shown = world.platform.say(channel, world.group, f"/concern 李雷 {WORDS}")
    await world.settle()
    assert shown.removed and world.posted() == []


async def test_in_a_group_without_a_class_too(world: World) -> None:
    wang = world.someone("1", "王老师")
    wang.private.opened = True
    shown = await wang.in_group(f"/concern 李雷 {WORDS}")
    assert shown.removed and WORDS in wang.last.text and world.posted() == []
    world.platform.fail_next("delete", Refused(Failure.NOT_ALLOWED))
    await wang.in_group(f"/concern 李雷 {WORDS}")
    assert "手动删除" in wang.heard


async def test_in_a_forum_topic(world: World) -> None:
    ready = await ready_class(world)
    shown = world.platform.say(ready.teacher.sender, world.group, f"/concern 李雷 {WORDS}", thread="7")
    await world.settle()
    assert shown.removed and not leaked(world)


async def test_a_line_that_breaks_is_tried_again_until_it_is_gone(world: World) -> None:
    ready = await ready_class(world)
    world.platform.fail_next("delete", TryAgain("timeout", uncertain=True), TryAgain("timeout"))
    shown = await ready.teacher.in_group(f"/concern 李雷 {WORDS}")
    await world.later(seconds=2)
    await world.later(seconds=4)
    assert shown.removed and WORDS in ready.teacher.heard


async def test_delivered_twice_by_the_platform_there_is_one_draft(world: World) -> None:
    ready = await ready_class(world)
    world.platform.say(ready.teacher.sender, world.group, f"/concern 李雷 {WORDS}")
    update = world.platform.waiting[0]
    await world.settle()
    before = len(ready.teacher.inbox)
    world.platform.redeliver(update)
    await world.settle()
    assert len(ready.teacher.inbox) == before


async def test_what_only_sounds_like_it_stays(world: World) -> None:
    ready = await ready_class(world)
    for text in (
        "有事请私聊我",
        "我们多沟通",
        "明天/后天都可以",
        "/praise 李雷 进步很大",
        "老师，可以私聊吗？",
    ):
        shown = await ready.mothers["王芳"].in_group(text)
        assert not shown.removed, text


async def test_nothing_of_it_is_logged_even_where_everything_fails(world: World) -> None:
    ready = await ready_class(world)
    with every_log_line() as lines:
        world.platform.fail_next("delete", TryAgain("timeout"), Refused(Failure.NOT_ALLOWED))
        world.platform.fail_next("tell", TryAgain("timeout"), Refused(Failure.BLOCKED))
        await ready.teacher.in_group(f"/concern 李雷 {WORDS}")
        await world.later(seconds=5)
        await world.later(minutes=5)
    assert lines and not any(WORDS in line or "李雷" in line for line in lines)


async def test_a_handler_that_raises_in_the_middle_keeps_nothing_in_the_group(world: World) -> None:
    ready = await ready_class(world)
    faulty = Feature("faulty")

    @faulty.before_commands
    def break_down(message: Message, room: Room) -> Iterable[Effect] | None:
        raise ZeroDivisionError(message.text)

    guard = next(f for f in FEATURES if f.name == "concern_guard")
    others = [f for f in FEATURES if f is not guard]
    world.app = App(
        world.database, [world.platform], features=[guard, faulty, *others], limits=UNLIMITED, now=world.now
    )
    with every_log_line() as lines:
        shown = await ready.teacher.in_group(f"/concern 李雷 {WORDS}")
        await ready.teacher.in_private(f"/concern 李雷 {WORDS}")
    assert shown.removed and "抱歉" in ready.teacher.heard and world.posted() == []
    assert any("ZeroDivisionError" in line for line in lines)
    assert not any(WORDS in line for line in lines)


async def test_a_process_that_dies_before_it_is_removed_does_it_afterwards(world: World) -> None:
    ready = await ready_class(world)
    shown = world.platform.say(ready.teacher.sender, world.group, f"/concern 李雷 {WORDS}")
    await world.platform.hand_over(world.app.intake.door_of("web"))
    await world.app.dispatcher.run_once()
    world.app = App(world.database, [world.platform], limits=UNLIMITED, now=world.now)
    await world.app.open()
    await world.settle()
    assert shown.removed and "发送" in ready.teacher.buttons()


async def test_in_english(world: World) -> None:
    ready = await ready_class(world)
    with world.database.transaction() as records:
        person(records, ready.teacher).language = "en"
    shown = await ready.teacher.in_group(f"/concern 李雷 {WORDS}")
    assert shown.removed and "taken what you just typed out of the group" in ready.teacher.heard
    assert "Send" in ready.teacher.buttons()
