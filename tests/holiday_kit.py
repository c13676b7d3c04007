"""What the scenarios of the calendar share: a class on a chosen day, days that pass, what is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from classroom.events import Attachment
from storage import classrooms
from storage.tables import Classroom, Notice, ScheduleRow
from tests.ready import ReadyClass, ready_class
from tests.world import World


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    """A moment in Shanghai."""
    return datetime(year, month, day, hour, tzinfo=UTC) - timedelta(hours=8)


async def class_at(world: World, moment: datetime) -> ReadyClass:
    """The class, on a day of a year whose holidays are announced."""
    world.time = moment
    made = await ready_class(world)
    await world.later(seconds=1)
    return made


async def days_pass(world: World, days: int) -> None:
    """Let days pass, stopping at whatever falls due, as the clock does."""
    await world.later(seconds=0)
    until = world.time + timedelta(days=days)
    while (moment := _next(world)) is not None and moment <= until:
        world.time = max(moment, world.time)
        await world.later(seconds=0)
        if _next(world) == moment:
            await world.later(seconds=1)
    world.time = until
    await world.later(seconds=0)


def _next(world: World) -> datetime | None:
    with world.database.transaction() as records:
        return records.exec(
            select(ScheduleRow.due_at)
            .where(ScheduleRow.state == "waiting", ScheduleRow.due_at > world.time)
            .order_by(col(ScheduleRow.due_at))
        ).first()


def setting(world: World, made: ReadyClass, name: str, value: bool | str) -> None:
    """Let the class have set something."""
    with world.database.transaction() as records:
        row = records.get(Classroom, made.id)
        assert row is not None
        classrooms.change_setting(row, name, value)


def notices_of(world: World) -> list[Notice]:
    """Every notice there is."""
    with world.database.transaction() as records:
        found = list(records.exec(select(Notice)).all())
        records.expunge_all()
    return found


def planned(world: World, kind: str) -> list[str]:
    """When something of a kind is planned."""
    with world.database.transaction() as records:
        wanted = select(ScheduleRow).where(ScheduleRow.kind == kind, ScheduleRow.state == "waiting")
        return [f"{row.due_at.astimezone(world.app_zone):%m-%d %H:%M}" for row in records.exec(wanted).all()]


def file(name: str) -> Attachment:
    """A photo."""
    return Attachment("photo", f"ref-{name}", f"{name}.jpg", 1000)
