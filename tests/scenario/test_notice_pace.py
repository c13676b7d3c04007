"""A notice of many classes at one hour: inside the platform's limits, and nobody waits behind it."""

from __future__ import annotations

from datetime import timedelta

from bot.app import App
from bot.limits import Limits
from bot.platforms.web import BOT, WebChat
from classroom.addresses import ChatKind
from classroom.events import Origin
from classroom.people import Role
from storage import classrooms, identity, notices, schedules
from storage.database import Records
from tests.ready import ready_class
from tests.world import World

CLASSES = 300
A_SECOND = 30


def another_class(records: Records, world: World, number: int) -> WebChat:
    """A class with its teacher and group, and a notice that goes out in an hour."""
    teacher = world.someone(f"{50_000 + number}", f"老师{number}")
    by = identity.meet_account(records, "web", teacher.sender, world.now()).person_id
    group = world.platform.group(f"-{1000 + number}", f"{number}班")
    made = classrooms.create(
        records,
        f"{number}班",
        world.now(),
        language="zh_CN",
        timezone="Asia/Shanghai",
        country="CN",
        by=None,
    )
    chat = identity.meet_chat(records, Origin("web", group.native, ChatKind.GROUP, group.title), world.now())
    chat.classroom_id = made.id
    classrooms.grant(records, made.id, by, Role.TEACHER, world.now(), by=None, head=True)
    row = notices.record(
        records,
        made.id,
        "明天停课一天。",
        world.now(),
        by=by,
        drafted_by=None,
        files=[],
        receipts=True,
        urgent=False,
    )
    schedules.plan(
        records,
        f"notice-send/{row.id}",
        "notice.send",
        world.now() + timedelta(hours=1),
        world.now(),
        grace=timedelta(hours=12),
        args={"notice": row.id},
        classroom=made.id,
        by=by,
    )
    return group


def posted(groups: list[WebChat]) -> int:
    return sum(any("停课" in m.text for m in g.visible if m.by == BOT) for g in groups)


async def test_hundreds_of_classes_at_once_and_an_answer_waits_for_none_of_them(world: World) -> None:
    limits = {"web": Limits(total_per_second=A_SECOND, private_per_second=1, group_per_minute=20)}
    world.app = App(world.database, [world.platform], limits=limits, now=world.now, clock=world.clock)
    made = await ready_class(world)
    mother = made.mothers["李雷"]
    with world.database.transaction() as records:
        groups = [another_class(records, world, n) for n in range(CLASSES)]
    await world.later(hours=1)
    await world.later(seconds=1)
    begun = posted(groups)
    assert 0 < begun <= 3 * A_SECOND  # what a second carries, and a first handful
    await mother.in_private("/help")
    await world.later(seconds=1)
    assert "/请假" in mother.last.text and posted(groups) < CLASSES / 2
    seconds = 0
    while posted(groups) < CLASSES and seconds < 60:
        before = posted(groups)
        await world.later(seconds=1)
        assert posted(groups) - before <= A_SECOND
        seconds += 1
    assert posted(groups) == CLASSES
