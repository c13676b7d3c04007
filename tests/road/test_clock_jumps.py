"""The time of day jumps an hour either way: nothing is lost, nothing rings twice, nobody waits for it."""

from datetime import timedelta

import pytest

from bot.ports import TryAgain
from storage import schedules
from tests.road.conftest import RoadWorld

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forward", "back"])
async def test_what_came_in_just_before_is_answered_just_after(road: RoadWorld, jump: timedelta) -> None:
    wang = road.someone("1", "王老师")
    road.platform.say(wang.sender, road.group, "/echo 好")
    await road.platform.hand_over(road.app.intake.door_of("web"))
    road.time += jump
    await road.later(seconds=1)
    assert len(road.posted()) == 1


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forward", "back"])
async def test_what_failed_just_before_is_tried_again_just_after(road: RoadWorld, jump: timedelta) -> None:
    wang = road.someone("1", "王老师")
    road.platform.fail_next("post", TryAgain("500"), TryAgain("500"))
    await wang.in_group("/echo 一|二")
    await road.app.tick()
    assert road.posted() == []
    road.time += jump
    await road.later(seconds=5)
    await road.later(seconds=5)
    assert [m.text.split()[-1] for m in road.posted()] == ["一", "二"]


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forward", "back"])
async def test_an_edit_that_gathers_is_made(road: RoadWorld, jump: timedelta) -> None:
    wang = road.someone("1", "王老师")
    await wang.in_group("/count 3")
    await road.app.tick()
    road.time += jump
    await road.later(seconds=10)
    assert road.posted()[0].edited


async def test_a_new_process_on_a_clock_that_was_set_right_waits_for_nothing(road: RoadWorld) -> None:
    wang = road.someone("1", "王老师")
    road.platform.fail_next("post", TryAgain("500"))
    await wang.in_group("/echo 好")
    road.time -= HOUR
    road.restart()
    await road.later(seconds=5)
    assert len(road.posted()) == 1


async def test_what_is_due_rings_once_however_the_clock_jumps(road: RoadWorld) -> None:
    with road.database.transaction() as records:
        due = road.now() + timedelta(minutes=30)
        schedules.plan(records, "once", "help.alarm", due, road.now(), grace=timedelta(hours=2))
    for jump in (HOUR, -HOUR, HOUR, timedelta(0)):
        road.time += jump
        await road.app.tick()
        await road.settle()
    assert road.notes == ["alarm 1"]
