"""More families for the ready class, for votes and receipts of a whole class."""

from __future__ import annotations

from storage import identity
from storage.database import Records
from storage.tables import Chat, Guardian, StudentRow
from tests.ready import ReadyClass
from tests.world import User


def more_families(made: ReadyClass, count: int) -> list[User]:
    """`count` children with a mother each, who has opened the private door and is in the group."""
    world = made.world
    mothers = [world.someone(str(1000 + i), f"学生{i}妈妈") for i in range(count)]
    with world.database.transaction() as records:
        for i, mother in enumerate(mothers):
            mother.private.opened = True
            row = StudentRow(classroom_id=made.id, name=f"学生{i}", added_at=world.now())
            records.add(row)
            records.flush()
            made.students[row.name] = row.id
            _bind(records, made, mother, row.id, "mother")
    world.group.members |= {m.sender.native for m in mothers}
    return mothers


def bind(made: ReadyClass, user: User, student: int, relation: str = "mother") -> None:
    """Let somebody answer for a child."""
    with made.world.database.transaction() as records:
        _bind(records, made, user, student, relation)


def _bind(records: Records, made: ReadyClass, user: User, student: int, relation: str) -> None:
    now = made.world.now()
    account = identity.meet_account(records, "web", user.sender, now)
    chat = records.get(Chat, account.chat_id)
    assert chat is not None
    chat.door = "open"
    link = Guardian(
        classroom_id=made.id,
        student_id=student,
        person_id=account.person_id,
        relation=relation,
        state="active",
        how="test",
        consented_at=now,
        asked_at=now,
    )
    records.add(link)
    records.flush()
