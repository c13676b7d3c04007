"""A notice of the school's to many classes: everybody once, in slices, at a decent hour, never in a group."""

from __future__ import annotations

from storage import announcements, schedules
from storage.tables import Classroom
from tests.families import bind
from tests.ready import ready_class
from tests.world import User, World

SNOW = "明天下大雪，全校停课一天。<b>请勿</b>到校。"


def begin(world: World, classes: list[int] | None = None) -> None:
    with world.database.transaction() as records:
        announcements.begin(records, SNOW, classes, world.now())


def told(user: User) -> int:
    return sum("全校停课" in m.text for m in user.inbox)


async def test_everybody_is_told_once_in_private_as_it_was_typed(world: World) -> None:
    ready = await ready_class(world)
    begin(world)
    await world.later(seconds=1)
    everybody = [ready.teacher, ready.subject_teacher, ready.committee, *ready.fathers.values()]
    everybody += [mother for name, mother in ready.mothers.items() if name != "赵一"]
    assert [told(user) for user in everybody] == [1] * len(everybody)
    assert "学校通知" in ready.teacher.last.text and "<b>请勿</b>" in ready.teacher.last.text
    assert told(ready.stranger) == 0 and world.texts() == []


async def test_who_has_two_children_and_a_role_is_told_once(world: World) -> None:
    ready = await ready_class(world)
    bind(ready, ready.committee, ready.students["韩梅梅"])
    bind(ready, ready.committee, ready.students["王芳"])
    begin(world)
    await world.later(seconds=1)
    assert told(ready.committee) == 1


async def test_many_are_told_in_slices_and_nobody_twice(world: World) -> None:
    ready = await ready_class(world)
    many = [world.someone(f"9{number:03}", f"家长{number}") for number in range(130)]
    for user in many:
        user.private.opened = True
        bind(ready, user, ready.students["李雷"], "other")
    begin(world)
    await world.later(seconds=1)
    assert 0 < sum(told(user) for user in many) < 50
    for _ in range(6):
        await world.later(seconds=1)
    assert [told(user) for user in many] == [1] * 130
    with world.database.transaction() as records:
        assert schedules.next_at(records) is None or not announcements.backlog(records, world.now())


async def test_parents_sleep_and_are_told_in_the_morning(world: World) -> None:
    ready = await ready_class(world)
    await world.until(22, 0)
    begin(world)
    await world.later(seconds=1)
    assert told(ready.mothers["李雷"]) == 0
    await world.until(7, 1)
    assert told(ready.mothers["李雷"]) == 1


async def test_only_the_classes_that_were_chosen(world: World) -> None:
    ready = await ready_class(world)
    begin(world, [ready.id + 1])
    await world.later(seconds=1)
    assert told(ready.mothers["李雷"]) == 0
    begin(world, [ready.id])
    await world.later(seconds=1)
    assert told(ready.mothers["李雷"]) == 1


async def test_a_class_that_is_over_is_left_alone(world: World) -> None:
    ready = await ready_class(world)
    with world.database.transaction() as records:
        assert announcements.count(records, None) == 8
        classroom = records.get(Classroom, ready.id)
        assert classroom is not None
        classroom.state = "ended"
        records.flush()
        assert announcements.count(records, None) == 0
