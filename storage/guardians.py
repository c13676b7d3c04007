"""Guardians: who answers for a student, how they are called, and how a link begins and ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select

from classroom.relations import Relation
from storage import identity
from storage.database import Records
from storage.tables import Account, Chat, Contact, Guardian, StudentRow

ACTIVE, PENDING, REFUSED, ENDED = "active", "pending", "refused", "ended"


def active_of(records: Records, student: int) -> list[Guardian]:
    """The student's guardians, whom to contact first at the head; none of a removed student."""
    return list(
        records.exec(
            select(Guardian)
            .join(StudentRow, col(StudentRow.id) == col(Guardian.student_id))
            .where(
                Guardian.student_id == student,
                Guardian.state == ACTIVE,
                col(StudentRow.removed_at).is_(None),
            )
            .order_by(col(Guardian.position), col(Guardian.id))
        ).all()
    )


def people_of(records: Records, students: Iterable[int]) -> dict[int, list[int]]:
    """Who answers for each of these students, as `active_of` has it, in one question for all."""
    people: dict[int, list[int]] = {student: [] for student in students}
    found = records.exec(
        select(Guardian.student_id, Guardian.person_id)
        .join(StudentRow, col(StudentRow.id) == col(Guardian.student_id))
        .where(
            col(Guardian.student_id).in_(people),
            Guardian.state == ACTIVE,
            col(StudentRow.removed_at).is_(None),
        )
        .order_by(col(Guardian.position), col(Guardian.id))
    ).all()
    for student, person in found:
        people[student].append(person)
    return people


def contacts_of(records: Records, *students: int) -> list[Contact]:
    """The people on the roster who answer for these students, with their phone numbers, bound or not."""
    wanted = select(Contact).where(col(Contact.student_id).in_(students))
    return list(records.exec(wanted.order_by(col(Contact.id))).all())


def get(records: Records, guardian: int) -> Guardian | None:
    """The link with this id, whatever its state."""
    return records.get(Guardian, guardian)


def relation_of(guardian: Guardian) -> Relation:
    """What this guardian is to the child."""
    return Relation(guardian.relation)


def relation_word(relation: str, language: str) -> str:
    """A stored relation in the words of a language."""
    known = Relation(relation)
    if language.startswith("en"):
        return known.en
    return known.zh_tw if language == "zh_TW" else known.zh


def student_name(records: Records, student: int) -> str:
    """The child's name on the roster; empty if there is no such row any more."""
    row = records.get(StudentRow, student)
    return row.name if row is not None else ""


def label_of(records: Records, guardian: Guardian, language: str) -> str:
    """What a guardian is called among us: 李雷妈妈, or 李雷's mother."""
    name = student_name(records, guardian.student_id)
    word = relation_word(guardian.relation, language)
    return f"{name}'s {word}" if language.startswith("en") else f"{name}{word}"


def display_name(records: Records, person: int) -> str:
    """A person's name on their platform, of the account most likely to be reachable."""
    return next((account.name for account, _ in identity.accounts_of(records, person) if account.name), "")


def reachable(records: Records, person: int) -> bool:
    """True if one of the person's private doors is known to be open."""
    return any(chat.door == "open" for _, chat in identity.accounts_of(records, person))


def students_of_person(records: Records, person: int, classroom: int | None = None) -> list[StudentRow]:
    """The children for whom a person answers, in one classroom or in all."""
    wanted = select(StudentRow).join(Guardian, col(Guardian.student_id) == col(StudentRow.id))
    wanted = wanted.where(
        Guardian.person_id == person, Guardian.state == ACTIVE, col(StudentRow.removed_at).is_(None)
    )
    if classroom is not None:
        wanted = wanted.where(Guardian.classroom_id == classroom)
    return list(records.exec(wanted.order_by(col(Guardian.id))).all())


def wishes_public_mention(records: Records, student: int) -> bool:
    """False if the child or any guardian of it wishes no mention in public."""
    row = records.get(StudentRow, student)
    return (
        row is not None and row.public_mention and all(g.public_mention for g in active_of(records, student))
    )


def of_person(
    records: Records, person: int, student: int, states: Sequence[str] = (ACTIVE,)
) -> Guardian | None:
    """A person's link to a student in one of the states, the newest."""
    return records.exec(
        select(Guardian)
        .where(Guardian.person_id == person, Guardian.student_id == student, col(Guardian.state).in_(states))
        .order_by(col(Guardian.id).desc())
    ).first()


def links_of_person(records: Records, person: int) -> list[Guardian]:
    """All links of a person that are active or wait for a decision."""
    return list(
        records.exec(
            select(Guardian)
            .where(Guardian.person_id == person, col(Guardian.state).in_((ACTIVE, PENDING)))
            .order_by(col(Guardian.id))
        ).all()
    )


def pending_in(records: Records, classroom: int) -> list[Guardian]:
    """The requests that wait for the teacher, oldest first."""
    return list(
        records.exec(
            select(Guardian)
            .join(StudentRow, col(StudentRow.id) == col(Guardian.student_id))
            .where(
                Guardian.classroom_id == classroom,
                Guardian.state == PENDING,
                col(StudentRow.removed_at).is_(None),
            )
            .order_by(col(Guardian.id))
        ).all()
    )


def reached_students(records: Records, classroom: int) -> set[int]:
    """The students of a class with at least one guardian whose private door is open."""
    return set(
        records.exec(
            select(Guardian.student_id)
            .join(Account, col(Account.person_id) == col(Guardian.person_id))
            .join(Chat, col(Chat.id) == col(Account.chat_id))
            .where(Guardian.classroom_id == classroom, Guardian.state == ACTIVE, Chat.door == "open")
            .distinct()
        ).all()
    )


def link(
    records: Records,
    classroom: int,
    student: int,
    person: int,
    relation: Relation,
    now: datetime,
    *,
    state: str,
    how: str,
    by: int | None = None,
) -> Guardian:
    """Link a person to a student, on the person's own consent given just now.

    A request of the same person that still waits is the one that is decided.
    """
    row = of_person(records, person, student, (ACTIVE, PENDING))
    if row is None:
        row = Guardian(
            classroom_id=classroom,
            student_id=student,
            person_id=person,
            relation=relation.value,
            state=state,
            asked_at=now,
            position=len(active_of(records, student)),
        )
        records.add(row)
    row.relation = relation.value
    row.state = state
    row.how = how
    row.notices_only = relation.stands_in_only
    row.consented_at = now
    row.decided_by = by
    records.flush()
    return row


def end(guardian: Guardian, now: datetime, *, by: int | None, state: str = ENDED) -> None:
    """End a link (or refuse a request) at once: whatever is on its way to it fails by itself."""
    guardian.state = state
    guardian.ended_at = now
    guardian.decided_by = by


def put_first(records: Records, guardian: Guardian) -> None:
    """Let this guardian be contacted before the others."""
    others = [g for g in active_of(records, guardian.student_id) if g.id != guardian.id]
    for position, row in enumerate([guardian, *others]):
        row.position = position
    records.flush()
