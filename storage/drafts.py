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


def decide(draft: Draft, state: str) -> None:
    """A draft was used or dropped; its words go."""
    draft.state = state
    draft.words = PrivateStr("")
    draft.data = {}
