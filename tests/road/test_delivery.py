"""In order, inside the limits, tried again, recorded as it was."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.limits import Limits, Pace
from bot.ports import Failure, Refused, TryAgain
from storage import queue
from storage.tables import DeliveryRow
from tests.road.conftest import MakeRoad, RoadWorld


def rows(road: RoadWorld) -> list[DeliveryRow]:
    with road.database.transaction() as records:
        return list(records.exec(select(DeliveryRow).order_by(col(DeliveryRow.id))).all())


async def test_order_holds_and_a_failing_message_keeps_its_place(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    road.platform.fail_next("post", TryAgain("500"), TryAgain("500"))
    await wang.in_group("/echo 一|二|三")
    assert road.posted() == []
    await road.later(seconds=1)
    await road.later(seconds=3)
    assert [m.text.split()[-1] for m in road.posted()] == ["一", "二", "三"]


async def test_retry_after_is_obeyed_and_others_are_not_held_up(road: RoadWorld) -> None:
    wang, li = road.someone("1", "王老师"), road.someone("2", "李雷妈妈")
    road.platform.fail_next("post", TryAgain("429", after=30))
    await wang.in_group("/echo 慢")
    await li.in_private("/echo 快")
    assert road.posted() == [] and "快" in li.heard
    await road.later(seconds=29)
    assert road.posted() == []


async def test_a_permanent_failure_is_recorded_as_what_it_is_and_told(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    await wang.in_group("/report")
    assert road.notes == ["lost never_started"]
    assert [(r.state, r.outcome) for r in rows(road)] == [("failed", "never_started")]
    road.platform.private(wang.sender).opened = True
    road.platform.block(wang.sender)
    await wang.in_group("/report")
    assert road.notes[-1] == "lost blocked"


async def test_a_removal_that_fails_holds_up_no_other(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    first, second = await wang.in_group("一"), await wang.in_group("二")
    road.platform.fail_next("delete", *[TryAgain("500")] * 9)
    await wang.in_group(f"/remove {first.ref}")
    road.platform.failing.clear()
    await wang.in_group(f"/remove {second.ref}")
    assert second.removed and not first.removed
    await road.later(seconds=2)
    assert first.removed


async def test_what_is_parked_waits_for_the_door_to_open(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    await wang.in_group("/report park")
    assert road.notes == [] and rows(road)[0].state == "parked"
    await wang.in_private("你好")
    assert "secret" in wang.heard and road.notes == ["heard 你好 x1", "arrived"]


async def test_a_message_under_way_at_a_crash_is_sent_again_and_counted(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    await wang.in_group("/echo 好")
    with road.database.transaction() as records:  # the process died after sending, before recording
        queue.set_delivery(records, rows(road)[0].id, {"state": "sending"})
    road.restart()
    await road.app.delivery.recover()
    await road.settle()
    assert len(road.posted()) == 2
    with road.database.transaction() as records:
        assert queue.possible_duplicates(records) == 1


async def test_waiting_edits_of_one_post_merge_into_the_last(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    await wang.in_group("/count 50")
    assert road.platform.calls.count("edit") == 1
    assert road.posted()[0].text.startswith("/49")


async def test_an_uncertain_send_is_repeated_and_counted(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    road.platform.fail_next("post", TryAgain("reset", uncertain=True))
    await wang.in_group("/echo 好")
    await road.later(seconds=2)
    assert len(road.posted()) == 1
    with road.database.transaction() as records:
        assert queue.possible_duplicates(records) == 1


async def test_talk_comes_before_bulk(sqlite_road: MakeRoad) -> None:
    road = sqlite_road(Limits(0, 0, 3, 600))
    wang = road.someone("1", "王老师")
    road.platform.say(wang.sender, road.group, "/bulk 30")
    road.platform.say(wang.sender, road.group, "/echo 回答")
    await road.settle()
    texts = [m.text for m in road.posted()]
    assert next(i for i, t in enumerate(texts) if "回答" in t) < 5


async def test_who_takes_over_counts_what_the_one_before_has_sent(sqlite_road: MakeRoad) -> None:
    road = sqlite_road(Limits(0, 0, 3, group_per_minute=20))
    wang = road.someone("1", "王老师")
    road.platform.say(wang.sender, road.group, "/bulk 18")
    await road.settle()
    assert len(road.posted()) == 18
    road.restart()
    await road.app.open()
    road.platform.say(wang.sender, road.group, "/bulk 9")
    await road.settle()
    assert len(road.posted()) == 20
    await road.later(seconds=61)
    assert len(road.posted()) == 27


async def test_a_group_that_moved_gets_everything_at_its_new_address(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    await wang.in_group("/echo 早")
    moved = road.platform.migrate(road.group, "-1001")
    road.platform.waiting.clear()  # the news of the move is still on its way
    with road.database.transaction() as records:
        row = rows(road)[0]
        queue.set_delivery(records, row.id, {"state": "pending"})
    await road.settle()
    assert [m.text.split()[-1] for m in moved.visible] == ["早"]


async def test_a_group_that_is_gone_does_not_stop_the_others(road: RoadWorld) -> None:
    wang, li = road.someone("1", "王老师"), road.someone("2", "李雷妈妈")

    road.platform.fail_next("post", Refused(Failure.GONE))
    await wang.in_group("/echo 没了")
    await li.in_private("/echo 还在")
    assert "还在" in li.heard and rows(road)[0].outcome == "gone"


def test_the_pace_of_a_group_and_of_all() -> None:
    pace = Pace(Limits(total_per_second=90, private_per_second=1, private_burst=3, group_per_minute=20))
    sent = sum(pace.wait(1, group=True, counted=True, now=0.0) == 0 for _ in range(50))
    assert sent == 20
    assert pace.wait(1, group=True, counted=True, now=0.0) > 2.9
    assert sum(pace.wait(2, group=False, counted=True, now=0.0) == 0 for _ in range(50)) == 3
    assert pace.wait(1, group=True, counted=False, now=0.0) == 0
    many = sum(pace.wait(100 + n, group=False, counted=True, now=0.0) == 0 for n in range(50))
    assert sent + 3 + many == 30
    pace.hold(7, 5.0)
    assert pace.wait(7, group=False, counted=False, now=1.0) == 4.0


@given(steps=st.lists(st.floats(0, 0.2), min_size=40, max_size=200))
def test_within_any_second_no_more_goes_out_than_is_permitted(steps: list[float]) -> None:
    pace, now, sent = Pace(Limits(30, 0, 3, 0)), 0.0, []
    for number, step in enumerate(steps):
        now += step
        now += pace.wait(number, group=False, counted=False, now=now)
        while (wait := pace.wait(number, group=False, counted=True, now=now)) > 0:
            now += wait
        sent.append(now)
    assert all(later - first > 1 for first, later in zip(sent, sent[30:], strict=False))


def test_limits_of_zero_are_off() -> None:
    pace = Pace(Limits(0, 0, 3, 0))
    assert all(pace.wait(1, group=True, counted=True, now=0.0) == 0 for _ in range(1000))


async def test_texts_are_erased_after_a_week(road: RoadWorld) -> None:
    await road.someone("1", "王老师").in_group("/echo 早")
    road.time += timedelta(days=8)
    with road.database.transaction() as records:
        assert queue.erase_old_texts(records, road.now()) == 1
    assert rows(road)[0].payload is None
