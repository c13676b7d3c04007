"""Two accounts of one person: the newer one is given to the person who is known already."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from storage import guardians, identity
from storage.database import Records
from storage.tables import Account, Guardian, RoleGrant


def stands_alone(records: Records, person: int, beside: int) -> bool:
    """True if a person has a role or a child that the other one has not.

    Such a person is not swallowed: whoever got them to open a link would get what they may see.
    """
    role = records.exec(
        select(RoleGrant.id).where(RoleGrant.person_id == person, col(RoleGrant.ended_at).is_(None))
    ).first()
    theirs, others = _children(records, person), _children(records, beside)
    return role is not None or not theirs <= others


def _children(records: Records, person: int) -> set[int]:
    return set(
        records.exec(
            select(Guardian.student_id).where(
                Guardian.person_id == person, Guardian.state == guardians.ACTIVE
            )
        ).all()
    )


def give(records: Records, account: Account, person: int, now: datetime) -> None:
    """Let an account belong to `person`. What its old person leaves behind goes along, or was there twice."""
    before = account.person_id
    account.person_id = person
    records.flush()
    if identity.accounts_of(records, before):
        return
    for link in guardians.links_of_person(records, before):
        both = (guardians.ACTIVE, guardians.PENDING)
        if guardians.of_person(records, person, link.student_id, both) is None:
            link.person_id = person
        else:
            guardians.end(link, now, by=person)
    records.flush()
