"""Every command, typed by everybody in every place, does nothing but for those it is for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.registry import Registry
from classroom.people import Role
from handlers.feature import Where, Who
from handlers.features import FEATURES
from storage import classrooms, identity
from storage.tables import Guardian, RoleGrant
from tests.ready import ReadyClass, ready_class
from tests.security.intruders import Intruders
from tests.world import User, World

COMMANDS = Registry(FEATURES).commands
TEXTS = ("", "李雷 今天三次没有带作业本", "1", "export")
OPEN_TO_ALL = {name for name, spec in COMMANDS.items() if Who.ANYONE in spec.who}
HOLDERS = {
    "teacher": Who.TEACHER,
    "substitute": Who.TEACHER,
    "subject teacher": Who.SUBJECT_TEACHER,
    "committee": Who.COMMITTEE,
    "guardian": Who.GUARDIAN,
    "former teacher": None,
    "former subject teacher": None,
    "former committee": None,
    "former guardian": None,
    "substitute of yesterday": None,
    "visitor": None,
    "teacher of another class": None,
    "mother of another class": None,
}
"""Who there is, and what each may be taken for here."""


async def cast(world: World, made: ReadyClass, intruders: Intruders) -> dict[str, User]:
    """One of every kind."""
    names = (
        "substitute",
        "former teacher",
        "former subject teacher",
        "former committee",
        "substitute of yesterday",
    )
    people = {name: world.someone(str(300 + i), f"某人{i}") for i, name in enumerate(names)}
    people["former guardian"] = world.someone("399", "某人九")
    now = world.now()
    with world.database.transaction() as records:
        for name, user in people.items():
            user.private.opened = True
            world.group.members.add(user.sender.native)
            person = identity.meet_account(records, "web", user.sender, now).person_id
            match name:
                case "substitute" | "substitute of yesterday":
                    until = now.date() + timedelta(days=3 if name == "substitute" else -1)
                    role = Role.SUBSTITUTE.value
                    records.add(
                        RoleGrant(
                            classroom_id=made.id, person_id=person, role=role, until=until, given_at=now
                        )
                    )
                case "former guardian":
                    link = Guardian(
                        classroom_id=made.id, student_id=made.students["李雷"], person_id=person,
                        relation="mother", state="ended", how="test", asked_at=now, ended_at=now,
                    )  # fmt: skip
                    records.add(link)
                case _:
                    role_of = {
                        "former teacher": Role.TEACHER,
                        "former subject teacher": Role.SUBJECT_TEACHER,
                        "former committee": Role.COMMITTEE,
                    }[name]
                    classrooms.grant(records, made.id, person, role_of, now, by=None)
                    classrooms.end_role(records, made.id, person, now)
    return people | {
        "teacher": made.teacher,
        "subject teacher": made.subject_teacher,
        "committee": made.committee,
        "guardian": made.mothers["李雷"],
        "visitor": made.stranger,
        "teacher of another class": User(world, intruders.outsiders["a teacher of another class"]),
        "mother of another class": User(world, intruders.outsiders["a mother of another class"]),
    }


@pytest.mark.parametrize("holder", HOLDERS)
async def test_a_command_is_refused_to_those_it_is_not_for(sqlite_world: World, holder: str) -> None:
    world = sqlite_world
    made = await ready_class(world)
    intruders = Intruders(world)
    intruders.arrive()
    user = (await cast(world, made, intruders))[holder]
    taken_for = HOLDERS[holder]
    found: list[str] = []
    for name, spec in COMMANDS.items():
        if name in OPEN_TO_ALL or (taken_for is not None and taken_for in spec.who):
            continue
        before = intruders.look()
        for text in TEXTS:
            world.platform.say(user.sender, world.group, f"/{name} {text}")
            if "another class" not in holder:  # in private theirs is the other class
                world.platform.say(user.sender, user.private, f"/{name} {text}")
        await world.settle()
        told = [t for t in intruders.named(before) if "私信" not in t]
        found += [f"/{name}: {one}" for one in (*_but_traces(intruders.changed(before)), *told)]
    assert found == []


def _but_traces(changed: list[str]) -> list[str]:
    """What was typed into the group is judged like any message; that is no effect of the command."""
    judged = ("violations.", "removed.", "drafts.", "schedules.", "counters.")
    return [row for row in changed if not row.startswith(judged)]


@pytest.mark.parametrize(("holder", "who"), [(h, w) for h, w in HOLDERS.items() if w is not None])
async def test_a_command_is_not_refused_to_those_it_is_for(
    sqlite_world: World, holder: str, who: Who
) -> None:
    world = sqlite_world
    made = await ready_class(world)
    intruders = Intruders(world)
    intruders.arrive()
    user = (await cast(world, made, intruders))[holder]
    refused = []
    for name, spec in COMMANDS.items():
        if who in spec.who and spec.where is not Where.GROUP:
            before = len(user.inbox)
            await user.in_private(f"/{name}")
            said = "\n".join(m.text for m in user.inbox[before:])
            refused += [name] if not said or ("只有" in said and "老师" in said) else []
    assert refused == []
