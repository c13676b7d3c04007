"""What the scenarios of the parents' door share: rows made through storage, and what is stored."""

from __future__ import annotations

from sqlmodel import col, select

from storage import classrooms, identity
from storage.database import Records
from storage.tables import Classroom, Guardian, Person, Request, RequestLine, ScheduleRow
from tests.ready import ReadyClass
from tests.world import User, World


def person_of(records: Records, user: User) -> int:
    account = identity.find_account(records, "web", user.sender.native)
    assert account is not None
    return account.person_id


def add_child(world: World, classroom: int, student: int, user: User, relation: str = "mother") -> None:
    """Let a user answer for one more child."""
    with world.database.transaction() as records:
        records.add(
            Guardian(
                classroom_id=classroom,
                student_id=student,
                person_id=person_of(records, user),
                relation=relation,
                state="active",
                how="test",
                consented_at=world.now(),
                asked_at=world.now(),
            )
        )


def unbind(world: World, user: User) -> None:
    """End all a user's links."""
    with world.database.transaction() as records:
        for row in records.exec(select(Guardian).where(Guardian.person_id == person_of(records, user))):
            row.state = "ended"


def end_role(world: World, ready: ReadyClass, user: User) -> None:
    """Let a user teach here no more."""
    with world.database.transaction() as records:
        classrooms.end_role(records, ready.id, person_of(records, user), world.now())


def speaks_english(world: World, *users: User) -> None:
    """Let users have chosen English."""
    with world.database.transaction() as records:
        for user in users:
            row = records.get(Person, person_of(records, user))
            assert row is not None
            row.language = "en"


def set_phone(world: World, ready: ReadyClass, number: str) -> None:
    """Give the class a number to call."""
    with world.database.transaction() as records:
        row = records.get(Classroom, ready.id)
        assert row is not None
        classrooms.change_setting(row, "phone", number)


def stored(world: World) -> list[Request]:
    """All requests, by number."""
    with world.database.transaction() as records:
        found = list(records.exec(select(Request).order_by(col(Request.number))).all())
        records.expunge_all()
    return found


def said(world: World) -> list[str]:
    """The words of all threads, oldest first."""
    with world.database.transaction() as records:
        return [line.text for line in records.exec(select(RequestLine).order_by(col(RequestLine.id)))]


def planned(world: World, kind: str) -> list[ScheduleRow]:
    """What was planned of a kind, oldest first."""
    with world.database.transaction() as records:
        wanted = select(ScheduleRow).where(ScheduleRow.kind == kind).order_by(col(ScheduleRow.id))
        found = list(records.exec(wanted).all())
        records.expunge_all()
    return found
