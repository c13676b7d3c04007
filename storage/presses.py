"""Buttons that are out there, and what a private conversation is in the middle of."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import col, select

from classroom.events import Json
from storage.database import Records
from storage.tables import Account, ButtonRow, DialogueRow

DIALOGUE_LIFE = timedelta(minutes=30)
INTERRUPTED = "interrupted"
"""In the place of a dialogue that a command has ended: what is written next was perhaps meant for it."""


def find_button(records: Records, token: str) -> ButtonRow | None:
    """The button with this token, if we ever made it."""
    return records.get(ButtonRow, token)


def end_buttons(records: Records, handle: str, now: datetime) -> None:
    """Switch off every button under a handle, e.g. once a draft is decided."""
    records.exec(
        update(ButtonRow)
        .where(col(ButtonRow.handle) == handle, col(ButtonRow.expires_at) > now)
        .values(expires_at=now)
    )


def drop_old_buttons(records: Records, now: datetime) -> None:
    """Delete buttons that ended a week ago: until then a press still gets a clear answer."""
    records.connection().execute(delete(ButtonRow).where(col(ButtonRow.expires_at) < now - timedelta(days=7)))


def begin_dialogue(
    records: Records, chat: int, purpose: str, data: dict[str, Json], classroom: int | None, now: datetime
) -> None:
    """The next free text in this private chat belongs to `purpose`; an older dialogue ends."""
    end_dialogue(records, chat)
    records.add(
        DialogueRow(
            chat_id=chat,
            purpose=purpose,
            data=data,
            classroom_id=classroom,
            expires_at=now + DIALOGUE_LIFE,
        )
    )
    records.flush()


def dialogue(records: Records, chat: int, now: datetime) -> DialogueRow | None:
    """What this private chat is in the middle of; None if nothing, or if it is too long ago."""
    row = _running(records, chat, now)
    return row if row is not None and row.purpose != INTERRUPTED else None


def was_interrupted(records: Records, chat: int, now: datetime) -> bool:
    """True if a command has ended a dialogue here, not long ago."""
    row = _running(records, chat, now)
    return row is not None and row.purpose == INTERRUPTED


def _running(records: Records, chat: int, now: datetime) -> DialogueRow | None:
    row = records.exec(select(DialogueRow).where(DialogueRow.chat_id == chat)).one_or_none()
    return row if row is not None and row.expires_at > now else None


def end_dialogue(records: Records, chat: int) -> None:
    """Nothing is going on in this private chat any more."""
    records.flush()  # what is expired below must not take unwritten changes with it
    records.connection().execute(delete(DialogueRow).where(col(DialogueRow.chat_id) == chat))
    records.expire_all()


def end_dialogues_of(records: Records, classroom: int, person: int) -> None:
    """End what a person is in the middle of in a class, in every private chat of theirs."""
    chats = select(Account.chat_id).where(Account.person_id == person)
    records.flush()
    records.connection().execute(
        delete(DialogueRow).where(
            col(DialogueRow.chat_id).in_(chats), col(DialogueRow.classroom_id) == classroom
        )
    )
    records.expire_all()


def end_buttons_of(records: Records, classroom: int, person: int, now: datetime) -> None:
    """Switch off every button of a class that is for this person alone."""
    found = records.exec(
        select(ButtonRow).where(
            ButtonRow.classroom_id == classroom, ButtonRow.person_id == person, ButtonRow.expires_at > now
        )
    )
    for row in found:
        row.expires_at = now
