"""Texts that wait for their author's decision; their words are private, since a draft may be criticism."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from classroom.events import Json
from classroom.text import PrivateStr
from storage.database import Records
from storage.tables import Draft


def keep(
    records: Records,
    classroom: int,
    person: int,
    kind: str,
    words: PrivateStr,
    now: datetime,
    data: dict[str, Json] | None = None,
) -> Draft:
    """Keep a draft of one person's."""
    row = Draft(
        classroom_id=classroom, person_id=person, kind=kind, words=words, data=data or {}, made_at=now
    )
    records.add(row)
    records.flush()
    return row


def get(records: Records, draft: int, person: int) -> Draft | None:
    """An open draft of this person's own; None if it is decided, or somebody else's."""
    row = records.get(Draft, draft)
    return row if row is not None and row.person_id == person and row.state == "open" else None


def open_of(records: Records, person: int, kind: str) -> list[Draft]:
    """A person's open drafts of one kind, oldest first."""
    return list(
        records.exec(
            select(Draft)
            .where(Draft.person_id == person, Draft.kind == kind, Draft.state == "open")
            .order_by(col(Draft.id))
        ).all()
    )


def rewrite(
    records: Records, draft: Draft, *, words: PrivateStr | None = None, data: dict[str, Json] | None = None
) -> None:
    """Give an open draft other words, or merge something into what it remembers."""
    if words is not None:
        draft.words = words
    if data is not None:
        draft.data = {**draft.data, **data}
    records.flush()


def decide(draft: Draft, state: str) -> None:
    """A draft was used or dropped; its words go."""
    draft.state = state
    draft.words = PrivateStr("")
    draft.data = {}


def drop_all(records: Records, classroom: int, person: int) -> int:
    """Drop a person's open drafts in a class, e.g. because the role has ended; gives how many."""
    found = records.exec(
        select(Draft).where(Draft.classroom_id == classroom, Draft.person_id == person, Draft.state == "open")
    ).all()
    for draft in found:
        decide(draft, "dropped")
    return len(found)
