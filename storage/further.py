"""A person's account on a further platform, known there by an id and not by a link that somebody opened."""

from __future__ import annotations

from datetime import datetime

from classroom.addresses import ChatKind
from classroom.events import Origin
from storage import classrooms, identity, joining
from storage.database import Records
from storage.tables import Account


def known_as(records: Records, platform: str, native: str, person: int, now: datetime) -> Account:
    """The account, made where it is new; nobody can be told anything by it.

    One that was met before as somebody else's joins, unless that somebody has a role or a child of their own.
    """
    account = identity.find_account(records, platform, native)
    if account is None:
        chat = identity.meet_chat(records, Origin(platform, native, ChatKind.PRIVATE), now)
        account = Account(
            person_id=person, chat_id=chat.id, platform=platform, native=native, name="", created_at=now
        )
        records.add(account)
        records.flush()
    elif account.person_id != person and not joining.stands_alone(records, account.person_id, person):
        joining.give(records, account, person, now)
    classrooms.set_door(records, account.chat_id, "never_started")
    return account
