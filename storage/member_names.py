"""How members stand with the rule on names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from storage.database import Records
from storage.tables import Account, Chat, Member, NameState

FITS, WRONG, MUTED = "ok", "wrong", "muted"


@dataclass(frozen=True, slots=True)
class Known:
    """A member of a group: who it is there, and how the name stands; None if nobody has looked yet."""

    member: Member
    account: Account
    chat: Chat
    state: NameState | None


def find(records: Records, chat: int, account: int) -> Known | None:
    """One member of a group."""
    found = records.exec(
        select(Member, Account, Chat, NameState)
        .join(Account, col(Account.id) == col(Member.account_id))
        .join(Chat, col(Chat.id) == col(Member.chat_id))
        .join(NameState, col(NameState.member_id) == col(Member.id), isouter=True)
        .where(Member.chat_id == chat, Member.account_id == account)
    ).one_or_none()
    return Known(*found) if found else None


def present(records: Records, chat: int) -> list[Known]:
    """Everybody who is known to be in a group."""
    found = records.exec(
        select(Member, Account, Chat, NameState)
        .join(Account, col(Account.id) == col(Member.account_id))
        .join(Chat, col(Chat.id) == col(Member.chat_id))
        .join(NameState, col(NameState.member_id) == col(Member.id), isouter=True)
        .where(Member.chat_id == chat, col(Member.present).is_(True), Account.kind == "person")
        .order_by(col(Member.id))
    ).all()
    return [Known(*row) for row in found]


def not_fitting(
    records: Records, classroom: int, *, person: int | None = None, chat: int | None = None
) -> list[Known]:
    """Whose name does not fit in a class's groups: everybody's, one person's, or those of one group."""
    wanted = (
        select(Member, Account, Chat, NameState)
        .join(Account, col(Account.id) == col(Member.account_id))
        .join(Chat, col(Chat.id) == col(Member.chat_id))
        .join(NameState, col(NameState.member_id) == col(Member.id))
        .where(Chat.classroom_id == classroom, col(NameState.state).in_((WRONG, MUTED)))
    )
    if person is not None:
        wanted = wanted.where(Account.person_id == person)
    if chat is not None:
        wanted = wanted.where(Chat.id == chat, col(Member.present).is_(True))
    return [Known(*row) for row in records.exec(wanted.order_by(col(NameState.id))).all()]


def state_of(records: Records, known: Known) -> NameState:
    """The row that keeps how a member's name stands, made when it is first looked at."""
    if known.state is not None:
        return known.state
    row = NameState(member_id=known.member.id, state=FITS)
    records.add(row)
    records.flush()
    return row


def get(records: Records, state: int) -> Known | None:
    """The member whose name stands so."""
    found = records.exec(
        select(Member, Account, Chat, NameState)
        .join(Account, col(Account.id) == col(Member.account_id))
        .join(Chat, col(Chat.id) == col(Member.chat_id))
        .join(NameState, col(NameState.member_id) == col(Member.id))
        .where(NameState.id == state)
    ).one_or_none()
    return Known(*found) if found else None


def fits_now(state: NameState, checked: str | None) -> bool:
    """Note that a name fits; True if the member was muted for it."""
    was_muted = state.state == MUTED
    state.state, state.checked = FITS, checked
    state.wrong_since = state.reminded_at = state.muted_at = None
    return was_muted


def wrong_now(state: NameState, checked: str | None, now: datetime) -> None:
    """Note that a name does not fit; since when is kept while it lasts."""
    state.checked = checked
    if state.state == FITS:
        state.state, state.wrong_since = WRONG, now
