"""A family that leaves: what was kept is given to it, and then its child's name stands nowhere any more."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import Table
from sqlmodel import col, select

from storage import forgetting, identity, personal, queue, retention
from storage.tables import Concern, Notice, StudentRow, metadata
from tests.ready import ReadyClass
from tests.security.day import ANSWER, CONCERN, LEAVE, MESSAGE, NOTICE, PRAISE, busy_day, rows, where
from tests.world import World


async def leaves(world: World, made: ReadyClass) -> None:
    """Both parents erase what is theirs, the teacher takes the child off the roster."""
    for parent in (made.mothers["李雷"], made.fathers["李雷"]):
        await parent.in_private("/me erase")
        await parent.press("确认删除")
    await made.teacher.in_private("/roster remove 李雷")
    await made.teacher.press("删除")


async def test_a_family_gets_all_of_it_and_then_nothing_is_left(world: World) -> None:
    made = (await busy_day(world)).made
    mother = made.mothers["李雷"]
    with world.database.transaction() as records:
        found = identity.find_account(records, "web", mother.sender.native)
        assert found is not None
        kept = json.dumps(
            personal.export(records, found.person_id, world.app_zone, world.now()), ensure_ascii=False
        )
    for part in ("李雷", PRAISE, CONCERN, ANSWER, LEAVE, MESSAGE):
        assert part in kept, part
    await leaves(world, made)
    await world.later(days=31)
    await world.later(hours=2)
    everything = rows(world.database)
    assert where(everything, "李雷") == []
    assert where(everything, ANSWER, LEAVE, MESSAGE) == []


async def test_until_then_the_record_is_kept_and_with_none_to_wait_it_goes_at_once(world: World) -> None:
    made = (await busy_day(world)).made
    await leaves(world, made)
    await world.later(days=29)
    assert "students.name" in where(rows(world.database), "李雷")
    with world.database.transaction() as records:
        assert records.exec(select(Concern).where(Concern.student_id == made.students["李雷"])).all()
    with world.database.transaction() as records:
        retention.clean(records, world.now(), retention.Retention(left=timedelta(0)))
    assert where(rows(world.database), "李雷") == []


async def test_what_belongs_to_others_stays_whole(world: World) -> None:
    made = (await busy_day(world)).made
    await made.teacher.in_private("/roster add 李雷雷")
    await made.teacher.in_private("/praise 李雷雷 帮了李雷和韩梅梅")
    await leaves(world, made)
    await world.later(days=31)
    await world.later(hours=2)
    everything = rows(world.database)
    assert {"students.name", "praises.text"} <= set(where(everything, "李雷雷", "韩梅梅"))
    assert any("帮了一位同学和韩梅梅" in row for row in everything)
    assert not [row for row in everything if "李雷" in row.replace("李雷雷", "")]
    with world.database.transaction() as records:
        texts = [n.text for n in records.exec(select(Notice).order_by(col(Notice.id)))]
        assert f"{NOTICE}，一位同学带相机" in texts
    assert any(CONCERN in row for row in everything)  # that of 韩梅梅
    await made.mothers["韩梅梅"].in_private("/me")
    assert "韩梅梅" in made.mothers["韩梅梅"].last.text
    await made.teacher.in_private("/roster")
    assert "出了点问题" not in made.teacher.heard


async def test_a_press_on_what_spoke_of_the_child_is_answered(world: World) -> None:
    made = (await busy_day(world)).made
    await leaves(world, made)
    await world.later(days=31)
    await world.later(hours=2)
    for shown in [m for m in made.teacher.inbox if m.keys]:
        for key in shown.keys:
            world.platform.press(made.teacher.sender, made.teacher.private, shown, key.label)
    await world.settle()
    with world.database.transaction() as records:
        failed = records.connection().execute(
            select(queue.EVENTS.c.id).where(queue.EVENTS.c.state == "failed")
        )
        assert failed.all() == []


async def test_an_event_that_failed_goes_with_the_name_in_it(world: World) -> None:
    made = (await busy_day(world)).made
    with world.database.transaction() as records:
        for number, name in enumerate(("李雷", "\\u674e\\u96f7", "韩梅梅")):
            event = queue.NewEvent(f"x:{number}", "web", f'{{"text": "{name}"}}', world.now())
            queue.store_events(records, [event], world.now())
        records.connection().execute(
            queue.EVENTS.update().where(queue.EVENTS.c.key.startswith("x:")).values(state="failed")
        )
        student = records.get(StudentRow, made.students["李雷"])
        assert student is not None
        forgetting.forget_student(records, student, world.now())
    assert where(rows(world.database), "u674e", "李雷妈妈") in ([], ["accounts.name"])
    assert where(rows(world.database), '"text": "韩梅梅"') == ["events.raw"]


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_of_every_table_it_is_known_whose_its_words_are(table: Table) -> None:
    if forgetting.sealed_columns(table) and table.name not in {*forgetting.NOT_SEARCHED, "events"}:
        assert forgetting.of_class(table, 1) is not None


async def test_texts_go_after_their_time(world: World) -> None:
    await busy_day(world)
    keep = retention.Retention(texts=timedelta(days=2), deliveries=timedelta(days=5))
    world.time += timedelta(days=3)
    with world.database.transaction() as records:
        retention.clean(records, world.now(), keep)
    assert not [row for row in where(rows(world.database), CONCERN, LEAVE) if row.startswith("deliveries")]
    assert [row for row in rows(world.database) if row.startswith("deliveries.id")]
    world.time += timedelta(days=3)
    with world.database.transaction() as records:
        retention.clean(records, world.now(), keep)
        left = records.connection().execute(select(queue.DELIVERIES.c.state)).scalars().all()
    assert set(left) <= {"pending", "parked"}


async def test_what_parents_brought_goes_when_it_is_long_closed(world: World) -> None:
    await busy_day(world)
    world.time += timedelta(days=400)
    with world.database.transaction() as records:
        retention.clean(records, world.now(), retention.DEFAULT)
    assert LEAVE not in "".join(row for row in rows(world.database) if row.startswith("request"))
