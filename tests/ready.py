"""A class that is set up already, made through storage, for tests of what comes after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from classroom.addresses import ChatKind
from classroom.events import Origin
from classroom.people import Role
from storage import classrooms, identity
from storage.database import Records
from storage.tables import Chat, Classroom, Contact, Guardian, StudentRow, metadata
from tests.world import User, World


@dataclass
class ReadyClass:
    """三年级2班: its people as users, its students by name."""

    world: World
    id: int
    teacher: User
    subject_teacher: User
    committee: User
    mothers: dict[str, User]
    fathers: dict[str, User]
    students: dict[str, int]
    stranger: User


NAMES = ("张小明", "李雷", "韩梅梅", "王芳", "赵一")


async def ready_class(world: World, *, group: bool = True) -> ReadyClass:
    """A teacher, a subject teacher, one of the committee, five students with mothers, 李雷 with a father too.

    All of them have opened their private conversation; 赵一's mother has not (and is not bound).
    """
    people = {
        "teacher": world.someone("10", "王老师"),
        "subject": world.someone("11", "数学刘老师"),
        "committee": world.someone("12", "家委会陈姐"),
        "stranger": world.someone("99", "路过的人"),
    }
    mothers = {name: world.someone(str(20 + i), f"{name}妈妈") for i, name in enumerate(NAMES)}
    fathers = {"李雷": world.someone("41", "李雷爸爸")}
    for user in (*people.values(), *(m for n, m in mothers.items() if n != "赵一"), *fathers.values()):
        user.private.opened = True
    made, students = _again(world) or _anew(world, people, mothers, fathers)
    everyone = (*people.values(), *mothers.values(), *fathers.values())
    world.group.members |= {u.sender.native for u in everyone}
    world.group.admins |= {people["teacher"].sender.native}
    return ReadyClass(
        world,
        made,
        people["teacher"],
        people["subject"],
        people["committee"],
        mothers,
        fathers,
        students,
        people["stranger"],
    )


# --- the same rows again ---------------------------------------------------------------------------

Rows = list[tuple[str, list[tuple[object, ...]]]]
_kept: dict[str, tuple[Rows, int, dict[str, int]]] = {}
"""What the first class left in an empty SQLite file, by all it depends on: a copy is far quicker."""


def _alike(world: World) -> str:
    group = world.group
    place = f"{group.native} {group.title} {sorted(right.value for right in group.rights)}"
    return f"{world.database.keys.digest('ready')} {world.database.kind} {world.time} {place}"


def _tables(records: Records) -> dict[str, int]:
    run = records.connection().exec_driver_sql
    return {t.name: run(f'SELECT count(*) FROM "{t.name}"').scalar_one() for t in metadata.sorted_tables}


def _again(world: World) -> tuple[int, dict[str, int]] | None:
    if (kept := _kept.get(_alike(world))) is None:
        return None
    rows, made, students = kept
    with world.database.transaction() as records:
        run = records.connection().exec_driver_sql
        if any(run(f'SELECT 1 FROM "{table}" LIMIT 1').first() for table, _ in rows):
            return None
        for table, found in rows:
            run(f'INSERT INTO "{table}" VALUES ({",".join("?" * len(found[0]))})', found)
    return made, dict(students)


def _anew(
    world: World, people: dict[str, User], mothers: dict[str, User], fathers: dict[str, User]
) -> tuple[int, dict[str, int]]:
    with world.database.transaction() as records:
        before = _tables(records)
        made = _classroom(records, world)
        _role(records, world, made, people["teacher"], Role.TEACHER, head=True)
        _role(records, world, made, people["subject"], Role.SUBJECT_TEACHER)
        _role(records, world, made, people["committee"], Role.COMMITTEE)
        students = {name: _student(records, world, made, name) for name in NAMES}
        for name, mother in mothers.items():
            if name != "赵一":
                _guardian(records, world, made, students[name], mother, "mother")
        _guardian(records, world, made, students["李雷"], fathers["李雷"], "father")
        records.flush()
        number, after = made.id, _tables(records)
        changed = [name for name, count in after.items() if count != before[name]]
        if world.database.kind == "sqlite" and not any(before[n] for n in changed):
            run = records.connection().exec_driver_sql
            rows: Rows = [(n, [tuple(row) for row in run(f'SELECT * FROM "{n}"')]) for n in changed]
            _kept[_alike(world)] = rows, number, dict(students)
    return number, students


def _classroom(records: Records, world: World) -> Classroom:
    begun = world.now() - timedelta(days=8)  # its days of watching are over
    made = classrooms.create(
        records, "三年级2班", begun, language="zh_CN", timezone="Asia/Shanghai", country="CN", by=None
    )
    origin = Origin("web", world.group.native, ChatKind.GROUP, world.group.title)
    chat = identity.meet_chat(records, origin, world.now())
    chat.classroom_id = made.id
    chat.admin = True
    chat.rights = sorted(r.value for r in world.group.rights)
    return made


def _person(records: Records, world: World, user: User) -> int:
    account = identity.meet_account(records, "web", user.sender, world.now())
    chat = records.get(Chat, account.chat_id)
    assert chat is not None
    chat.door = "open"
    return account.person_id


def _role(
    records: Records, world: World, made: Classroom, user: User, role: Role, *, head: bool = False
) -> None:
    person = _person(records, world, user)
    classrooms.grant(records, made.id, person, role, world.now(), by=None, head=head)


def _student(records: Records, world: World, made: Classroom, name: str) -> int:
    row = StudentRow(classroom_id=made.id, name=name, added_at=world.now())
    records.add(row)
    records.flush()
    records.add(Contact(student_id=row.id, name=f"{name}妈妈", relation="mother", phone="13800000000"))
    return row.id


def _guardian(
    records: Records, world: World, made: Classroom, student: int, user: User, relation: str
) -> None:
    records.add(
        Guardian(
            classroom_id=made.id,
            student_id=student,
            person_id=_person(records, world, user),
            relation=relation,
            state="active",
            how="test",
            consented_at=world.now(),
            asked_at=world.now(),
        )
    )
    records.flush()
