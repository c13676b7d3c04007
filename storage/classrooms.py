"""Classrooms: finding them, their teachers, and what each has set for itself."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import col, select

from classroom.events import Json
from classroom.people import TEACHERS, Role
from storage.database import Records
from storage.tables import Chat, Classroom, RoleGrant

SETUP_CHAT = "setup_chat"
"""The setting that keeps the group in which a class was begun, until its teacher is there."""


def get(records: Records, classroom: int) -> Classroom | None:
    """The classroom with this id."""
    return records.get(Classroom, classroom)


def everyone(records: Records) -> list[Classroom]:
    """All classrooms that are not over."""
    return list(
        records.exec(select(Classroom).where(Classroom.state != "ended").order_by(col(Classroom.id))).all()
    )


def named(records: Records, name: str) -> list[Classroom]:
    """Classrooms by name; names are sealed, so they are opened one by one."""
    return [c for c in everyone(records) if c.name.strip() == name.strip()]


def create(
    records: Records,
    name: str,
    now: datetime,
    *,
    language: str,
    timezone: str,
    country: str,
    by: int | None,
    state: str = "active",
) -> Classroom:
    """A new classroom."""
    row = Classroom(
        name=name,
        language=language,
        timezone=timezone,
        country=country,
        created_by=by,
        created_at=now,
        state=state,
    )
    records.add(row)
    records.flush()
    return row


def awaiting(records: Records, chat: int) -> Classroom | None:
    """The class that was begun in this group and waits for its teacher."""
    found = records.exec(
        select(Classroom).where(Classroom.state == "awaiting_teacher").order_by(col(Classroom.id))
    ).all()
    return next((c for c in found if c.settings.get(SETUP_CHAT) == chat), None)


def group_awaiting(records: Records, classroom: Classroom) -> Chat | None:
    """The group in which a class was begun that waits for its teacher."""
    chat = classroom.settings.get(SETUP_CHAT)
    return records.get(Chat, chat) if isinstance(chat, int) else None


def change_setting(classroom: Classroom, name: str, value: Json) -> None:
    """Set what this classroom wants otherwise than the defaults; None goes back to the default."""
    settings = dict(classroom.settings)
    if value is None:
        settings.pop(name, None)
    else:
        settings[name] = value
    classroom.settings = settings


def grant(
    records: Records,
    classroom: int,
    person: int,
    role: Role,
    now: datetime,
    *,
    by: int | None,
    head: bool = False,
    until: date | None = None,
) -> RoleGrant:
    """Give a person a role; one they have already is renewed."""
    end_role(records, classroom, person, now, role=role)
    row = RoleGrant(
        classroom_id=classroom,
        person_id=person,
        role=role.value,
        head=head,
        until=until,
        given_by=by,
        given_at=now,
    )
    records.add(row)
    records.flush()
    return row


def end_role(
    records: Records, classroom: int, person: int, now: datetime, *, role: Role | None = None
) -> int:
    """End a person's role (or all of them) in a classroom at once; gives how many ended."""
    found = records.exec(
        select(RoleGrant).where(
            RoleGrant.classroom_id == classroom,
            RoleGrant.person_id == person,
            col(RoleGrant.ended_at).is_(None),
        )
    ).all()
    ended = [r for r in found if role is None or r.role == role.value]
    for row in ended:
        row.ended_at = now
    records.flush()
    return len(ended)


def teachers(records: Records, classroom: int, today: date) -> list[int]:
    """The persons who act as the class's teacher today, the head teacher first."""
    found = records.exec(
        select(RoleGrant)
        .where(RoleGrant.classroom_id == classroom, col(RoleGrant.ended_at).is_(None))
        .order_by(col(RoleGrant.head).desc(), col(RoleGrant.id))
    ).all()
    acting = [r for r in found if Role(r.role) in TEACHERS and (r.until is None or r.until >= today)]
    return list(dict.fromkeys(r.person_id for r in acting))


def roles_held(records: Records, classroom: int, today: date) -> list[RoleGrant]:
    """Every role in force in a class, the head teacher's first."""
    found = records.exec(
        select(RoleGrant)
        .where(RoleGrant.classroom_id == classroom, col(RoleGrant.ended_at).is_(None))
        .order_by(col(RoleGrant.head).desc(), col(RoleGrant.id))
    ).all()
    return [r for r in found if r.until is None or r.until >= today]


def head_teacher(records: Records, classroom: int) -> int | None:
    """The head teacher's person."""
    return records.exec(
        select(RoleGrant.person_id).where(
            RoleGrant.classroom_id == classroom,
            col(RoleGrant.head).is_(True),
            col(RoleGrant.ended_at).is_(None),
        )
    ).first()


def door(records: Records, chat: int) -> str:
    """What is known of a private chat: unknown, open, never_started, blocked."""
    known = records.recall().doors.get(chat)
    if known is not None:
        return known
    row = records.get(Chat, chat)
    return row.door if row else "unknown"


def set_door(records: Records, chat: int, door: str) -> None:
    """Note whether a person can be written to."""
    if records.recall().doors.get(chat) == door:
        return
    row = records.get(Chat, chat)
    if row is not None and row.door != door:
        row.door = door


def hand_over(records: Records, classroom: int, person: int, now: datetime, *, by: int | None) -> None:
    """Make a person the head teacher; whoever was it before stays a teacher."""
    for row in records.exec(
        select(RoleGrant).where(
            RoleGrant.classroom_id == classroom,
            col(RoleGrant.head).is_(True),
            col(RoleGrant.ended_at).is_(None),
        )
    ):
        row.head = False
    end_role(records, classroom, person, now)
    grant(records, classroom, person, Role.TEACHER, now, by=by, head=True)


def end_expired(records: Records, classroom: int, person: int, today: date, now: datetime) -> list[Role]:
    """End a person's roles whose last day is over; gives which."""
    found = records.exec(
        select(RoleGrant).where(
            RoleGrant.classroom_id == classroom,
            RoleGrant.person_id == person,
            col(RoleGrant.until) < today,
            col(RoleGrant.ended_at).is_(None),
        )
    ).all()
    for row in found:
        row.ended_at = now
    records.flush()
    return [Role(row.role) for row in found]
