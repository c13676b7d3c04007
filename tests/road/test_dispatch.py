"""One event, handled once, everything or nothing."""

from datetime import timedelta

from sqlmodel import col, select

from classroom.events import Sender, SenderKind
from storage import queue, schedules
from storage.tables import EventRow
from tests.road.conftest import RoadWorld


async def test_a_redelivered_update_changes_nothing(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    road.platform.say(wang.sender, road.group, "/echo 一次")
    update = road.platform.waiting[0]
    await road.settle()
    for _ in range(3):
        road.platform.redeliver(update)
        await road.settle()
        road.restart()
    assert len(road.posted()) == 1


async def test_the_same_update_twice_in_one_batch_is_one(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    road.platform.say(wang.sender, road.group, "/echo 好")
    road.platform.redeliver(road.platform.waiting[0])
    await road.settle()
    assert len(road.posted()) == 1


async def test_a_handler_that_raises_leaves_nothing_behind_and_the_others_go_on(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    road.platform.say(wang.sender, wang.private, "/echo 前")
    road.platform.say(wang.sender, wang.private, "/raise 李雷的秘密")
    road.platform.say(wang.sender, wang.private, "/echo 后")
    await road.settle()
    assert "前" in wang.heard and "后" in wang.heard and "抱歉" in wang.heard
    with road.database.transaction() as records:
        assert schedules.waiting(records, "never") is None
        rows = records.exec(select(EventRow).where(EventRow.state == "failed")).all()
        assert [r.error for r in rows] == ["ZeroDivisionError"]
        assert rows[0].raw is not None and "李雷的秘密" in rows[0].raw  # kept, sealed, for who repairs it


async def test_what_stumbles_is_tried_three_times_before_it_is_set_aside(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    road.notes += ["stumble"] * 2
    await wang.in_private("/stumble")
    assert "steady" in wang.heard and "抱歉" not in wang.heard
    road.notes += ["stumble"] * 9
    await wang.in_private("/stumble")
    assert wang.heard.count("steady") == 1 and "抱歉" in wang.heard
    assert 9 - len(road.notes) in (3, 4)  # once more where it was tried as soon as it came


async def test_an_event_over_which_processes_die_is_set_aside_and_the_others_are_not(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    for words in ("/echo 前", "/echo 毒", "/echo 后"):
        road.platform.say(wang.sender, wang.private, words)
    await road.platform.hand_over(road.app.intake.door_of("web"))
    begun: list[list[int]] = []
    for _ in range(6):  # starts that mark what they begin, and die of the second event
        with road.database.transaction() as records:
            begun.append(queue.begin_again(records, road.now(), 100, 3)[0])
            if begun[-1] == [1]:
                queue.finish_events(records, [1], "done", road.now())
    assert begun == [[1, 2, 3], [1, 2, 3], [1], [2], [2], [2]]
    await road.app.open()
    await road.settle()
    assert "后" in wang.heard and "毒" not in wang.heard
    with road.database.transaction() as records:
        rows = records.exec(select(EventRow).order_by(col(EventRow.id))).all()
        assert [r.state for r in rows] == ["done", "failed", "done"] and rows[2].error is None
        assert rows[1].raw is not None and rows[1].error == "processes died over it"


async def test_a_handled_event_keeps_no_words(road: RoadWorld) -> None:
    await road.someone("1", "王老师").in_group("孩子今天发烧了")
    with road.database.transaction() as records:
        assert [r.raw for r in records.exec(select(EventRow)).all()] == [None]


async def test_an_album_is_one_message(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    for n in range(3):
        photo = road.platform.file(b"x", f"{n}.jpg", "photo")
        text = "运动会" if n == 1 else ""
        road.platform.say(wang.sender, road.group, text, attachments=[photo], album="a1")
    await road.settle()
    assert road.notes == []
    await road.later(seconds=1)
    assert road.notes == ["heard 运动会 x3"]


async def test_a_forged_or_old_or_foreign_button_does_nothing(road: RoadWorld) -> None:
    wang, li = road.someone("1", "王老师"), road.someone("2", "李雷妈妈")
    await wang.in_group("/button")
    assert "不是给您的" in await li.press("是", where=road.group)
    road.platform.press_token(li.sender, road.group, "forged")
    await road.settle()
    assert "失效" in road.platform.toasts[-1][1]
    assert await wang.press("是", where=road.group) == ""
    assert "处理过" in await wang.press("是", where=road.group)
    assert sum("pressed1" in t for t in road.texts()) == 1


async def test_a_button_carried_into_another_chat_does_nothing(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    await wang.in_private("/button")
    token = wang.last.keys[0].token or ""
    road.platform.press_token(wang.sender, road.group, token)
    await road.settle()
    assert road.posted() == [] and "不是给您的" in road.platform.toasts[-1][1]


async def test_a_button_expires(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    await wang.in_private("/button")
    road.time += timedelta(days=31)
    assert "过期" in await wang.press("是")


async def test_what_is_due_rings_once_and_what_was_missed_is_said(road: RoadWorld) -> None:
    with road.database.transaction() as records:
        for name, grace in (("soon", timedelta(hours=1)), ("late", timedelta(minutes=1))):
            schedules.plan(
                records, name, "help.alarm", road.now() + timedelta(minutes=10), road.now(), grace=grace
            )
    road.time += timedelta(minutes=30)  # the machine was down
    road.restart()
    await road.app.tick()
    await road.app.tick()
    await road.settle()
    assert road.notes == ["alarm 1", "missed 2"]


async def test_words_of_other_bots_and_of_the_linked_channel_are_left_alone(road: RoadWorld) -> None:
    for kind in (SenderKind.BOT, SenderKind.LINKED_CHANNEL):
        road.platform.say(Sender("77", "x", kind=kind), road.group, "/echo 你好")
    await road.settle()
    assert road.posted() == [] and road.notes == []


async def test_events_are_forgotten_after_days(road: RoadWorld) -> None:
    await road.someone("1", "王老师").in_group("早")
    road.time += timedelta(days=4)
    with road.database.transaction() as records:
        assert queue.forget_old_events(records, road.now()) == 1
