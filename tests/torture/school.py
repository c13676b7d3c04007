"""Classes that are set up already, on the stand-in's Telegram and in the database at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from classroom.addresses import ChatKind
from classroom.events import Origin, Right, Sender
from classroom.people import Role
from storage import classrooms, identity
from storage.database import Records, open_database
from storage.tables import Chat, Guardian, StudentRow
from tests.botapi import Chat as Group
from tests.botapi import User, World
from tests.botapi.membership import CLASS_RIGHTS
from tests.botapi.state import Member

CHILDREN = ("张小明", "李雷", "韩梅梅", "王芳", "赵一")
SIGNS = "甲乙丙丁戊己庚辛壬癸"


@dataclass
class SchoolClass:
    """A teacher, five children with a mother each, and their group."""

    name: str
    group: Group
    teacher: User
    mothers: dict[str, User]
    id: int = 0


def found_school(
    world: World, url: str, key: Path, classes: int, *, supergroup: bool = True
) -> list[SchoolClass]:
    """Make classes whose people have all met the bot."""
    school = [_class(world, place, supergroup) for place in range(classes)]
    database = open_database(url, key, durable=False)
    try:
        with database.transaction() as records:
            for made in school:
                _recorded(records, made)
    finally:
        database.close()
    return school


def _class(world: World, place: int, supergroup: bool) -> SchoolClass:
    name = f"三年级{SIGNS[place]}班"
    teacher = world.user("王老师", f"teacher_{place}")
    mothers = {child: world.user(f"{child}妈妈") for child in CHILDREN}
    group = world.group(name, teacher, supergroup=supergroup)
    world.populate(group, *mothers.values())
    group.members[world.bot.id] = Member(world.bot, "administrator", set(CLASS_RIGHTS))
    group.known = True
    for user in (teacher, *mothers.values()):
        user.started = True
        user.met = True
    return SchoolClass(name, group, teacher, mothers)


def _recorded(records: Records, made: SchoolClass) -> None:
    now = datetime.now(UTC)
    row = classrooms.create(
        records, made.name, now, language="zh_CN", timezone="Asia/Shanghai", country="CN", by=None
    )
    made.id = row.id
    chat = identity.meet_chat(records, Origin("telegram", str(made.group.id), ChatKind.GROUP, made.name), now)
    chat.classroom_id, chat.admin, chat.introduced = row.id, True, True
    chat.rights = [right.value for right in Right]
    teacher = _person(records, made.teacher, chat, now)
    classrooms.grant(records, row.id, teacher, Role.TEACHER, now, by=None, head=True)
    for child, mother in made.mothers.items():
        student = StudentRow(classroom_id=row.id, name=child, added_at=now)
        records.add(student)
        records.flush()
        records.add(
            Guardian(
                classroom_id=row.id,
                student_id=student.id,
                person_id=_person(records, mother, chat, now),
                relation="mother",
                state="active",
                how="torture",
                consented_at=now,
                asked_at=now,
            )
        )
    records.flush()


def _person(records: Records, user: User, group: Chat, now: datetime) -> int:
    sender = Sender(str(user.id), user.first_name, language="zh")
    account = identity.meet_account(records, "telegram", sender, now)
    member = identity.saw_member(records, group.id, account.id, now)
    member.greeted = True
    classrooms.set_door(records, account.chat_id, "open")
    return account.person_id
