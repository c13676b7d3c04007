"""Homeroom looked at from outside, while a class lives: what is told, and that nobody is named."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from bot.ports import Failure, Refused, TryAgain
from bot.watching import Metrics, routes
from scheduler.clock import ring
from storage import queue, schedules
from tests.ready import ReadyClass, ready_class
from tests.world import World

LABELS = {"kind", "outcome", "state", "rule", "done", "platform", "limit", "version", "database"}


class Outside:
    """Somebody with a browser."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.metrics = Metrics(world.app, world.clock)
        transport = httpx.ASGITransport(Starlette(routes=routes(world.app, self.metrics)))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://homeroom")

    async def ready(self) -> tuple[int, dict[str, dict[str, object]]]:
        """What /readyz says."""
        answer = await self.http.get("/readyz")
        body = answer.json()
        assert body["ready"] is (answer.status_code == 200)
        return answer.status_code, body["checks"]

    async def text(self) -> str:
        """What /metrics says."""
        answer = await self.http.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        return answer.text

    async def figures(self) -> dict[str, float]:
        """Every sample by name and the values of its labels."""
        families = text_string_to_metric_families(await self.text())
        samples = [sample for family in families for sample in family.samples]
        return {" ".join([s.name, *(v for _, v in sorted(s.labels.items()))]): s.value for s in samples}


@pytest.fixture
async def outside(world: World) -> AsyncIterator[Outside]:
    await world.app.open()
    seen = Outside(world)
    await seen.metrics.begin()
    yield seen
    await seen.http.aclose()


async def test_it_lives(outside: Outside) -> None:
    answer = await outside.http.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["live"] is True and answer.headers["cache-control"] == "no-store"
    assert (await outside.http.post("/healthz")).status_code == 405


async def test_before_the_platform_is_there_it_is_not_ready(world: World) -> None:
    status, checks = await Outside(world).ready()
    assert status == 503
    assert checks["platform"] == {"ok": False, "trouble": "not connected yet"}
    assert checks["database"]["ok"] is True


async def test_ready_while_nothing_waits(outside: Outside) -> None:
    status, checks = await outside.ready()
    assert status == 200
    assert checks["backlog"] == {
        "ok": True,
        "events": 0,
        "oldest_event_seconds": 0.0,
        "deliveries": 0,
        "oldest_delivery_seconds": 0.0,
        "clock_lag_seconds": 0.0,
    }


async def test_not_ready_when_an_event_waits_too_long(outside: Outside) -> None:
    world = outside.world
    mother = world.someone("20", "李雷妈妈")
    world.platform.say(mother.sender, mother.private, "/help")
    await world.platform.hand_over(world.app.intake.door_of(world.platform.name))
    assert (await outside.ready())[0] == 200
    world.time += timedelta(minutes=2)
    status, checks = await outside.ready()
    assert status == 503
    assert checks["backlog"] == checks["backlog"] | {"ok": False, "events": 1, "oldest_event_seconds": 120.0}
    figures = await outside.figures()
    assert (figures["homeroom_events_waiting"], figures["homeroom_event_wait_seconds"]) == (1, 120)
    await world.settle()
    assert (await outside.ready())[0] == 200


async def test_not_ready_when_an_answer_is_late_but_a_broadcast_may_take_its_time(outside: Outside) -> None:
    world = outside.world
    mother = world.someone("20", "李雷妈妈")
    world.platform.say(mother.sender, mother.private, "/help")
    await world.platform.hand_over(world.app.intake.door_of(world.platform.name))
    await world.app.dispatcher.run_once()
    world.time += timedelta(minutes=6)
    status, checks = await outside.ready()
    assert status == 503
    assert checks["backlog"]["oldest_delivery_seconds"] == 360.0
    with world.database.transaction() as records:
        records.connection().execute(queue.DELIVERIES.update().values(lane="bulk"))
    assert (await outside.ready())[0] == 200
    await world.settle()


async def test_a_database_that_does_not_answer_is_said_and_the_process_lives(outside: Outside) -> None:
    world = outside.world
    with world.database.transaction() as records:
        records.connection().execute(queue.POSTED.delete())
        records.connection().exec_driver_sql("ALTER TABLE deliveries RENAME TO gone")
    status, checks = await outside.ready()
    assert status == 503 and checks["database"]["ok"] is False
    assert (await outside.http.get("/healthz")).status_code == 200
    figures = await outside.figures()
    assert figures["homeroom_database_up"] == 0
    assert "homeroom_events_waiting" not in figures
    assert figures["homeroom_platform_up web"] == 1


async def test_events_and_effects_are_counted_by_kind_and_outcome(outside: Outside) -> None:
    made = await ready_class(outside.world)
    await made.teacher.in_group("/praise 李雷 接力第一名")
    await made.mothers["李雷"].in_group("谢谢老师")
    await made.teacher.in_private("/concern 李雷 今天没有带书")
    await made.teacher.press("取消")
    await outside.world.later(minutes=1)
    once = await outside.figures()
    assert once["homeroom_events_total Message done"] == 3
    assert once["homeroom_events_total Pressed done"] == 1
    assert once["homeroom_delivery_attempts_total post Done"] == 1
    assert once["homeroom_classrooms"] == 1
    await made.teacher.in_private("/help")
    again = await outside.figures()
    assert again["homeroom_events_total Message done"] == 4
    assert again["homeroom_events_total Pressed done"] == 1


async def test_what_fails_waits_or_may_have_come_twice_is_counted(outside: Outside) -> None:
    world = outside.world
    made = await ready_class(world)
    world.platform.fail_next("tell", TryAgain("timeout", uncertain=True))
    world.platform.fail_next("tell", TryAgain("flood", after=7.0))
    await made.teacher.in_private("/help")
    await world.later(minutes=1)
    world.platform.fail_next("tell", Refused(Failure.BLOCKED))
    await made.mothers["李雷"].in_private("/help")
    await world.later(minutes=1)
    figures = await outside.figures()
    assert figures["homeroom_delivery_attempts_total tell TryAgain"] == 2
    assert figures["homeroom_delivery_attempts_total tell Refused"] == 1
    assert figures["homeroom_limits_hit_total platform web"] == 1
    assert figures["homeroom_suspected_duplicates"] == 1
    assert figures["homeroom_deliveries failed"] == 1


async def test_what_the_judge_said_is_counted_once_it_is_done(outside: Outside) -> None:
    world = outside.world
    made = await ready_class(world)
    await made.mothers["李雷"].in_group("低价代购加微信 vx88812345，扫码进群领红包，名额有限")
    await world.later(minutes=2)
    figures = await outside.figures()
    found = {name: n for name, n in figures.items() if name.startswith("homeroom_verdicts_total ")}
    assert sum(found.values()) == 1, figures
    assert set(figures) == set(await outside.figures())


async def test_a_clock_that_does_not_ring_is_seen(outside: Outside) -> None:
    world = outside.world
    with world.database.transaction() as records:
        schedules.plan(
            records,
            "x",
            "poll.close",
            world.now() + timedelta(minutes=1),
            world.now(),
            grace=timedelta(days=1),
        )
    assert (await outside.figures())["homeroom_clock_lag_seconds"] == 0
    world.time += timedelta(minutes=11)
    assert (await outside.figures())["homeroom_clock_lag_seconds"] == 600
    with world.database.transaction() as records:
        ring(records, world.now())
    assert (await outside.figures())["homeroom_clock_lag_seconds"] == 0


async def test_nobody_is_named(outside: Outside) -> None:
    world = outside.world
    made: ReadyClass = await ready_class(world)
    await made.teacher.in_group("/私聊李雷今天三次没有带作业本")
    await made.teacher.press("发送")
    await made.mothers["张小明"].in_private("/leave 明天 发烧")
    await made.mothers["韩梅梅"].in_group("张小明是个小偷，加微信 vx88812345")
    await world.later(minutes=2)
    with world.database.transaction() as records:  # whatever came to stand in a column
        records.connection().execute(queue.EVENTS.update().values(kind="李雷妈妈"))
        records.connection().execute(queue.DELIVERIES.update().values(state="张小明"))
    outside.metrics = Metrics(world.app)
    text = await outside.text() + (await outside.http.get("/readyz")).text
    for word in ("李雷", "张小明", "作业本", "发烧", "小偷", "vx888", "三年级", world.group.native):
        assert word not in text
    assert not re.search(r"[^\x00-\x7f]", text)
    families = text_string_to_metric_families(await outside.text())
    assert {label for f in families for s in f.samples for label in s.labels} <= LABELS
