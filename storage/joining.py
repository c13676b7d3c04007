"""Two accounts of one person: the newer one is given to the person who is known already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Column, update
from sqlmodel import col, select

from classroom.relations import Relation
from storage import guardians, identity
from storage.database import Records
from storage.tables import (
    Account,
    ButtonRow,
    ConcernLine,
    ConcernRecipient,
    Guardian,
    Person,
    RoleGrant,
    metadata,
)

ANYBODY = frozenset({Relation.GUARDIAN, Relation.PARENT, Relation.OTHER})
"""Relations that say nothing of who it is."""


def stands_alone(records: Records, person: int, beside: int) -> bool:
    """True if a person has a role or a child that the other one has not.

    Such a person is not swallowed: whoever got them to open a link would get what they may see.
    """
    role = records.exec(
        select(RoleGrant.id).where(RoleGrant.person_id == person, col(RoleGrant.ended_at).is_(None))
    ).first()
    theirs, others = set(_children(records, person)), set(_children(records, beside))
    return role is not None or not theirs <= others


def two_people(records: Records, person: int, other: int) -> bool:
    """True if the class knows them as two: the mother and the father of one child."""
    mine, theirs = _children(records, person), _children(records, other)
    return any(_differ(mine[child], theirs[child]) for child in mine.keys() & theirs.keys())


def _differ(one: Guardian, other: Guardian) -> bool:
    both = {guardians.relation_of(one), guardians.relation_of(other)}
    return len(both) == 2 and not both & ANYBODY


def _children(records: Records, person: int) -> dict[int, Guardian]:
    found = records.exec(
        select(Guardian).where(Guardian.person_id == person, Guardian.state == guardians.ACTIVE)
    ).all()
    return {link.student_id: link for link in found}


def give(records: Records, account: Account, person: int, now: datetime) -> list[Guardian]:
    """Let an account belong to `person`. What its old person leaves behind goes along.

    Gives the links to children that were there twice, and of which one is left.
    """
    before = account.person_id
    account.person_id = person
    records.flush()
    return [] if identity.accounts_of(records, before) else unite(records, before, person, now)


def unite(records: Records, before: int, person: int, now: datetime) -> list[Guardian]:
    """Let everything that was one person's be the other's: accounts, children, roles, what they wrote.

    Gives the links to children that both had: one is left of each.
    """
    doubled = _links_once(records, before, person, now)
    _roles_once(records, before, person, now)
    _wishes(records, before, person)
    records.flush()
    for column in columns_of_people():
        records.connection().execute(
            update(column.table).where(column == before).values({column.name: person})
        )
    records.expire_all()
    return doubled


def columns_of_people() -> Iterator[Column[int]]:
    """Every place where a person is meant."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.target_fullname == "people.id" for key in column.foreign_keys):
                yield column


def _links_once(records: Records, before: int, person: int, now: datetime) -> list[Guardian]:
    both, doubled = (guardians.ACTIVE, guardians.PENDING), []
    for link in guardians.links_of_person(records, before):
        kept = guardians.of_person(records, person, link.student_id, both)
        if kept is None:
            continue
        if link.state == guardians.ACTIVE and kept.state == guardians.PENDING:
            link, kept = kept, link  # noqa: PLW2901 - what the teacher has agreed to stays
        if guardians.relation_of(kept) in ANYBODY:
            kept.relation = link.relation
        _follow(records, link, kept)
        guardians.end(link, now, by=person)
        doubled.append(kept)
    return doubled


def _follow(records: Records, link: Guardian, kept: Guardian) -> None:
    """What was said to one link, and what is on its way to it, belongs to the one that stays."""
    has = {row.concern_id: row for row in _letters(records, kept)}
    for row in _letters(records, link):
        twin = has.get(row.concern_id)
        if twin is None:
            row.guardian_id = kept.id
        else:
            twin.read_at = twin.read_at or row.read_at
            records.delete(row)
    for button in records.exec(select(ButtonRow).where(ButtonRow.person_id == link.person_id)):
        if button.args.get("guardian") == link.id:
            button.args = {**button.args, "guardian": kept.id}
    records.flush()
    records.connection().execute(
        update(ConcernLine).where(col(ConcernLine.guardian_id) == link.id).values(guardian_id=kept.id)
    )
    table = metadata.tables["deliveries"]
    waiting = table.c.state.in_(("pending", "parked", "sending"))
    records.connection().execute(
        update(table).where(table.c.guardian_id == link.id, waiting).values(guardian_id=kept.id)
    )


def _letters(records: Records, link: Guardian) -> list[ConcernRecipient]:
    return list(records.exec(select(ConcernRecipient).where(ConcernRecipient.guardian_id == link.id)).all())


def _roles_once(records: Records, before: int, person: int, now: datetime) -> None:
    def of(owner: int) -> list[RoleGrant]:
        return list(
            records.exec(
                select(RoleGrant).where(RoleGrant.person_id == owner, col(RoleGrant.ended_at).is_(None))
            ).all()
        )

    kept = {(row.classroom_id, row.role): row for row in of(person)}
    for row in of(before):
        twin = kept.get((row.classroom_id, row.role))
        if twin is None:
            continue
        twin.head = twin.head or row.head
        twin.until = None if twin.until is None or row.until is None else max(twin.until, row.until)
        row.ended_at = now


def _wishes(records: Records, before: int, person: int) -> None:
    old, new = records.get(Person, before), records.get(Person, person)
    if old is None or new is None:
        return
    new.language, new.hours = new.language or old.language, new.hours or old.hours
    new.channel = new.channel or old.channel
