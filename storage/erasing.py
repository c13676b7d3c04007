"""A person's own data go; what belongs to the child, to the class and to others stays.

Every table is in ERASED or in STAYS with the reason; a test holds that.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlmodel import col
from sqlmodel import select as rows

from storage import classrooms, guardians, identity, queue
from storage.database import Records
from storage.tables import (
    Account,
    ButtonRow,
    Chat,
    Classroom,
    Code,
    ConcernLine,
    DialogueRow,
    Draft,
    Erasure,
    EventRow,
    Guardian,
    Guess,
    Heard,
    Member,
    NamedBallot,
    Person,
    PostedRow,
    Receipt,
    Request,
    RequestLine,
    RoleGrant,
    SaidTurn,
    SignupEntry,
    Slot,
    SlotSwap,
    SurveyAnswer,
    Violation,
)

PERSON = "person"
GONE = "erased"
"""The kind of an account whose person is forgotten: nothing is written to it, nobody is met by it."""

ERASED: dict[str, str] = {
    "people": "language and hours",
    "accounts": "name, username and the platform's id",
    "chats": "the private chat's id and title",
    "members": "where the person was seen",
    "name_states": "deleted with where the person was seen",
    "heard": "deleted",
    "turns": "deleted",
    "roles": "ended",
    "guardians": "ended, the consent withdrawn",
    "drafts": "deleted",
    "concern_lines": "the words of this person",
    "violations": "the words of this person",
    "guesses": "deleted",
    "named_ballots": "deleted; the totals of a poll that is closed stay",
    "signup_entries": "deleted, as what this person signed up for",
    "codes": "those made for this person",
    "buttons": "those for this person",
    "dialogues": "deleted",
    "deliveries": "texts to this person, and what has been sent in the person's classes",
    "posted": "ids of messages to this person",
    "events": "failed ones that came from or speak of this person",
    "requests": "the words; that a child was on leave stays with the child, without the reason",
    "request_lines": "the words and files of this person",
    "receipts": "who of the family confirmed; that it has stays, with the child",
    "slots": "who of the family chose it; that the family has it stays, with the child",
    "slot_swaps": "deleted",
    "survey_answers": "deleted; the totals of a survey that is closed stay",
}
"""Tables by name, with what goes of them."""

STAYS: dict[str, str] = {
    "tried_ways": "ids of chats where a message could not be told, and why: no words",
    "webhooks": "the secret addresses of a class's groups",
    "vault": "tokens and codes of platforms, for hours or days, found by keyed hashes: no words",
    "classrooms": "the class",
    "counters": "numbers of a class",
    "instance": "the proof of the key",
    "erasures": "says that a row was emptied, so that a backup from before does not fill it again",
    "students": "the child's record goes some time after the teacher has taken it off the roster",
    "contacts": "the teacher's roster",
    "praises": "the children's record, and the class's",
    "praised_students": "the children's record",
    "concerns": "the children's record, erased at the end of the term",
    "concern_recipients": "says only that a concern was read",
    "schedules": "what a class has planned",
    "removed": "ids of messages taken out of a group, without words: part of the lock on criticism",
    "notices": "the class's announcements, which stand in its group",
    "notice_families": "says only that a notice was for a child's family",
    "nudges": "says only that a child's family was reminded on a day",
    "polls": "what the class was asked",
    "signups": "what the class could sign up for",
    "meetings": "the appointments that a teacher has offered",
    "surveys": "what the class was asked",
    "school_classes": "which class of the school's address book a class is",
    "school_students": "what the school's address book calls a child; goes with the child",
    "secret_ballots": "nobody can tell whose it is; dropped at the close",
    "secret_answers": "nobody can tell whose they are; dropped at the close",
    "secret_words": "nobody can tell whose they are; dropped at the close",
    "survey_turnouts": "says only which households have answered; dropped at the close",
    "family_links": "codes on paper for a child's family, kept as keyed hashes: nobody's own",
    "turnouts": "says only which households have voted; dropped at the close",
    "calendar_days": "the class's calendar",
    "calendar_feeds": "the class's calendar",
    "holidays": "what has become of each of the class's holidays",
    "holiday_points": "what the class's holiday notices end with",
    "remembered": "keyed hashes of messages that the teachers decided about: no words, nobody's",
}
"""Tables that erasing a person leaves alone, and why."""


def classes_that_need(records: Records, person: int, now: datetime) -> list[Classroom]:
    """The classes that would be left without their head or their only teacher."""
    found = records.exec(
        rows(RoleGrant).where(RoleGrant.person_id == person, col(RoleGrant.ended_at).is_(None))
    ).all()
    needed = [r.classroom_id for r in found if r.head or _only_teacher(records, r.classroom_id, person, now)]
    classes = [records.get(Classroom, classroom) for classroom in dict.fromkeys(needed)]
    return [c for c in classes if c is not None and c.state != "ended"]


def _only_teacher(records: Records, classroom: int, person: int, now: datetime) -> bool:
    return classrooms.teachers(records, classroom, now.date()) == [person]


def forget_person(records: Records, person: int, now: datetime, *, last_words: int) -> list[Guardian]:
    """Erase a person; gives the links that ended. The chat `last_words` is forgotten by `forget_chat`."""
    accounts = [account for account, _ in identity.accounts_of(records, person)]
    ids, chats = [a.id for a in accounts], [a.chat_id for a in accounts]
    classes = _classes(records, person)
    ended = _end_links(records, person, now)
    records.flush()
    _erase_failed_events(records, [a.native for a in accounts])
    _erase_own_words(records, person, ids)
    _erase_ways(records, person, ids, chats)
    _erase_deliveries(records, chats, classes, now)
    _anonymise(records, person, accounts, now)
    records.add(Erasure(kind=PERSON, number=person, at=now))
    records.flush()
    records.expire_all()
    for chat in chats:
        if chat != last_words:
            forget_chat(records, chat, now)
    return ended


def _classes(records: Records, person: int) -> list[int]:
    of_roles = records.exec(rows(RoleGrant.classroom_id).where(RoleGrant.person_id == person)).all()
    of_links = records.exec(rows(Guardian.classroom_id).where(Guardian.person_id == person)).all()
    seen = records.exec(
        rows(Chat.classroom_id)
        .join(Member, col(Member.chat_id) == col(Chat.id))
        .join(Account, col(Account.id) == col(Member.account_id))
        .where(Account.person_id == person)
    ).all()
    return list({*of_roles, *of_links, *(c for c in seen if c is not None)})


def _end_links(records: Records, person: int, now: datetime) -> list[Guardian]:
    found = records.exec(rows(Guardian).where(Guardian.person_id == person)).all()
    in_force = [g for g in found if g.state in (guardians.ACTIVE, guardians.PENDING)]
    ended = [g for g in in_force if g.state == guardians.ACTIVE]
    for link in in_force:
        withdraw(records, link, now)
    for link in found:
        link.consented_at = None
    return ended


def withdraw(records: Records, link: Guardian, now: datetime) -> None:
    """A guardian takes the consent for one child back: the link ends, what is on its way to it fails now."""
    guardians.end(link, now, by=link.person_id)
    link.consented_at = None
    # a concern that waits is tried at once, so that its author hears that it reaches nobody
    records.connection().execute(
        update(queue.DELIVERIES)
        .where(
            queue.DELIVERIES.c.guardian_id == link.id,
            queue.DELIVERIES.c.state.in_(("pending", "parked")),
        )
        .values(state="pending", due_at=now, attempts=0, quiet=None, park=False)
    )


def _erase_failed_events(records: Records, natives: Sequence[str]) -> None:
    if not natives:
        return
    theirs = re.compile("|".join(rf"(?<!\w){re.escape(native)}(?!\w)" for native in natives))
    failed = records.exec(
        rows(EventRow).where(EventRow.state == "failed", col(EventRow.raw).is_not(None))
    ).all()
    for event in failed:
        if event.raw is not None and theirs.search(event.raw):
            event.raw = None


def _erase_own_words(records: Records, person: int, accounts: Sequence[int]) -> None:
    run = records.connection().execute
    run(delete(Draft).where(col(Draft.person_id) == person))
    run(delete(NamedBallot).where(col(NamedBallot.person_id) == person))
    run(delete(SurveyAnswer).where(col(SurveyAnswer.person_id) == person))
    run(delete(SlotSwap).where(col(SlotSwap.person_id) == person))
    run(update(Slot).where(col(Slot.person_id) == person).values(person_id=None))
    run(delete(SignupEntry).where(col(SignupEntry.person_id) == person))
    run(update(ConcernLine).where(col(ConcernLine.from_person) == person).values(words=None))
    run(update(Receipt).where(col(Receipt.person_id) == person).values(person_id=None))
    run(update(RequestLine).where(col(RequestLine.from_person) == person).values(text="", files=[]))
    run(update(Request).where(col(Request.person_id) == person).values(text=""))
    run(
        update(Request)
        .where(col(Request.person_id) == person, col(Request.kind) == "message")
        .values(state="closed")
    )
    run(
        update(Violation)
        .where(col(Violation.account_id).in_(accounts))
        .values(text=None, reason="", data={}, ref=None)
    )


def _erase_ways(records: Records, person: int, accounts: Sequence[int], chats: Sequence[int]) -> None:
    run = records.connection().execute
    run(delete(Member).where(col(Member.account_id).in_(accounts)))
    run(delete(SaidTurn).where(col(SaidTurn.account_id).in_(accounts)))
    run(delete(Heard).where(col(Heard.account_id).in_(accounts)))
    run(delete(Guess).where(col(Guess.account_id).in_(accounts)))
    run(delete(Code).where(col(Code.person_id) == person))
    run(delete(ButtonRow).where(or_(col(ButtonRow.person_id) == person, col(ButtonRow.chat_id).in_(chats))))
    run(delete(DialogueRow).where(col(DialogueRow.chat_id).in_(chats)))


def _erase_deliveries(records: Records, chats: Sequence[int], classes: Sequence[int], now: datetime) -> None:
    """Cancel what waits for the person; erase what was sent, to others too, since it may quote the person."""
    run = records.connection().execute
    table = queue.DELIVERIES
    run(
        update(table)
        .where(
            table.c.chat_id.in_(chats),
            table.c.guardian_id.is_(None),
            table.c.state.in_(("pending", "parked")),
        )
        .values(state="merged", finished_at=now, payload=None)
    )
    run(
        update(table)
        .where(
            or_(table.c.chat_id.in_(chats), table.c.classroom_id.in_(classes)),
            table.c.state.not_in(("pending", "parked", "sending")),
        )
        .values(payload=None, detail=None)
    )


def _anonymise(records: Records, person: int, accounts: Sequence[Account], now: datetime) -> None:
    row = records.get(Person, person)
    if row is not None:
        row.language, row.hours = None, None
        row.channel, row.last_channel = None, None
    for account in accounts:
        account.native = f"{GONE}:{secrets.token_hex(8)}"
        account.name, account.username, account.language, account.kind = "", None, None, GONE
    roles = records.exec(
        rows(RoleGrant).where(RoleGrant.person_id == person, col(RoleGrant.ended_at).is_(None))
    ).all()
    for role in roles:
        role.ended_at = now


def forget_chat(records: Records, chat: int, now: datetime) -> None:
    """Forget a private chat of somebody who was erased; not if they have come back meanwhile."""
    back = records.connection().execute(
        select(col(Account.id)).where(col(Account.chat_id) == chat, col(Account.kind) != GONE)
    )
    row = records.get(Chat, chat)
    if row is None or back.first() is not None:
        return
    records.connection().execute(delete(PostedRow).where(col(PostedRow.chat_id) == chat))
    _erase_deliveries(records, [chat], [], now)
    row.native = f"{GONE}:{secrets.token_hex(8)}"
    row.title, row.door = "", "unknown"
    records.flush()
