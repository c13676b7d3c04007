"""All that belongs to one class, opened, table by table: for its teacher, not for a stranger.

Every table is in EXPORTED, in CRITICISM or in NOT_EXPORTED with the reason; a test holds that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from classroom.events import Json
from classroom.text import PrivateStr
from storage.database import Records
from storage.tables import (
    Account,
    Chat,
    Classroom,
    Concern,
    Guardian,
    Meeting,
    Member,
    Notice,
    Poll,
    Praise,
    Request,
    RoleGrant,
    Signup,
    StudentRow,
    Survey,
    metadata,
)

Ids = Select[int]
Belongs = Callable[[int], ColumnElement[bool]]
"""Which rows of a table belong to a class."""


def _own(table: str) -> Belongs:
    column = metadata.tables[table].c.classroom_id
    return lambda classroom: column == classroom


def _through(column: str, ids: Callable[[int], Ids]) -> Belongs:
    table, _, name = column.partition(".")
    found = metadata.tables[table].c[name]
    return lambda classroom: found.in_(ids(classroom))


def _of(
    table: type[StudentRow | Notice | Praise | Concern | Poll | Signup | Request | Chat | Meeting | Survey],
) -> Callable[[int], Ids]:
    return lambda classroom: select(col(table.id)).where(col(table.classroom_id) == classroom)


def _members(classroom: int) -> Ids:
    return select(col(Member.id)).where(col(Member.chat_id).in_(_of(Chat)(classroom)))


def _people(classroom: int) -> Ids:
    """Guardians and whoever has or had a role, and those seen in the class's groups."""
    guardians = select(col(Guardian.person_id)).where(col(Guardian.classroom_id) == classroom)
    roles = select(col(RoleGrant.person_id)).where(col(RoleGrant.classroom_id) == classroom)
    seen = (
        select(col(Account.person_id))
        .join(Member, col(Member.account_id) == col(Account.id))
        .where(col(Member.chat_id).in_(_of(Chat)(classroom)))
    )
    everyone = guardians.union(roles, seen).subquery()
    return select(everyone.c.person_id)


EXPORTED: dict[str, Belongs] = {
    "classrooms": lambda classroom: col(Classroom.id) == classroom,
    "students": _own("students"),
    "contacts": _through("contacts.student_id", _of(StudentRow)),
    "people": _through("people.id", _people),
    "accounts": _through("accounts.person_id", _people),
    "guardians": _own("guardians"),
    "roles": _own("roles"),
    "chats": _own("chats"),
    "members": _through("members.chat_id", _of(Chat)),
    "name_states": _through("name_states.member_id", _members),
    "notices": _own("notices"),
    "notice_families": _through("notice_families.notice_id", _of(Notice)),
    "receipts": _through("receipts.notice_id", _of(Notice)),
    "nudges": _own("nudges"),
    "praises": _own("praises"),
    "praised_students": _through("praised_students.praise_id", _of(Praise)),
    "polls": _own("polls"),
    "named_ballots": _through("named_ballots.poll_id", _of(Poll)),
    "signups": _own("signups"),
    "signup_entries": _through("signup_entries.signup_id", _of(Signup)),
    "meetings": _own("meetings"),
    "slots": _through("slots.meeting_id", _of(Meeting)),
    "surveys": _own("surveys"),
    "school_classes": _own("school_classes"),
    "school_students": _through("school_students.student_id", _of(StudentRow)),
    "requests": _own("requests"),
    "request_lines": _through("request_lines.request_id", _of(Request)),
    "schedules": _own("schedules"),
    "calendar_days": _own("calendar_days"),
    "holidays": _own("holidays"),
    "holiday_points": _own("holiday_points"),
}
"""Tables by name, each with what of it is the class's."""

CRITICISM: dict[str, Belongs] = {
    "concerns": _own("concerns"),
    "concern_recipients": _through("concern_recipients.concern_id", _of(Concern)),
    "concern_lines": _through("concern_lines.concern_id", _of(Concern)),
    "drafts": _own("drafts"),
    "violations": _own("violations"),
    "survey_answers": _through("survey_answers.survey_id", _of(Survey)),
}
"""Private criticism and what was held back as such: only where it is asked for."""

NOT_EXPORTED: dict[str, str] = {
    "calendar_feeds": "a secret address, and what stands in the other tables",
    "codes": "secrets that open doors; a file with them would be a key",
    "family_links": "keyed hashes of codes on paper",
    "guesses": "wrong codes, kept to slow guessing down",
    "secret_ballots": "nobody may know whose it is; the totals stand in polls",
    "turnouts": "says which households have voted; dropped at the close",
    "secret_answers": "nobody may know whose they are; the totals stand in surveys",
    "secret_words": "nobody may know whose they are; dropped at the close",
    "survey_turnouts": "says which households have answered; dropped at the close",
    "slot_swaps": "offers between families to change places, of a day or two",
    "buttons": "random tokens of what may be pressed",
    "dialogues": "half an hour of what is being asked",
    "events": "what came in, erased once handled",
    "deliveries": "copies of what stands in the other tables, on their way",
    "posted": "ids of messages",
    "tried_ways": "ids of chats where a message could not be told",
    "removed": "ids of messages that were taken out of a group",
    "heard": "an hour of times and keyed hashes",
    "turns": "an hour of times, and who chatted or grew heated in a group",
    "remembered": "keyed hashes of messages that the teachers decided about: no words, nobody's",
    "counters": "the last numbers given",
    "erasures": "who was erased: numbers without a word, for backups that are restored",
    "instance": "the proof of the key",
    "webhooks": "secret addresses of groups; a file with them would be a key",
    "vault": "tokens and codes of platforms, no class's own",
}
"""Tables that stay out, and why."""

SECRET = {
    ("polls", "salt"),
    ("polls", "traces"),
    ("surveys", "salt"),
    ("surveys", "traces"),
    ("surveys", "words"),
    ("name_states", "checked"),
}
"""Columns that stay out: with a salt somebody could tell who chose what; free answers may be criticism."""


@dataclass
class ClassExport:
    """One class being read, with the names that stand beside ids; times are the class's own."""

    records: Records
    classroom: Classroom

    def rows(self, table: str) -> list[dict[str, Json]]:
        """The class's rows of one table, in the order of their keys."""
        found, belongs = metadata.tables[table], (EXPORTED | CRITICISM)[table]
        chosen = [column for column in found.columns if (table, column.name) not in SECRET]
        wanted = select(*chosen).where(belongs(self.classroom.id)).order_by(*found.primary_key.columns)
        names = [column.name for column in chosen]
        result = self.records.connection().execute(wanted)
        return [self._row(dict(zip(names, row, strict=True))) for row in result]

    def _row(self, values: dict[str, object]) -> dict[str, Json]:
        row = {name: self._plain(value) for name, value in values.items()}
        for key, names in (("student_id", self._students), ("person_id", self._people)):
            known = values.get(key)
            if isinstance(known, int):
                row[key.removesuffix("_id")] = names.get(known, "")
        return row

    def _plain(self, value: object) -> Json:
        match value:
            case PrivateStr():
                return value.reveal()
            case datetime():
                return value.astimezone(self._zone).isoformat(timespec="seconds")
            case date():
                return value.isoformat()
            case str() | int() | float() | None:
                return value
            case list():
                return [self._plain(one) for one in value]
            case dict():
                return {str(name): self._plain(one) for name, one in value.items()}
        raise TypeError(f"a {type(value).__name__} has no form in an export")

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.classroom.timezone)

    @cached_property
    def _students(self) -> dict[int, str]:
        wanted = select(col(StudentRow.id), col(StudentRow.name)).where(
            col(StudentRow.classroom_id) == self.classroom.id
        )
        return {row[0]: row[1] for row in self.records.connection().execute(wanted)}

    @cached_property
    def _people(self) -> dict[int, str]:
        wanted = select(col(Account.person_id), col(Account.name)).where(
            col(Account.person_id).in_(_people(self.classroom.id))
        )
        return {row[0]: row[1] for row in self.records.connection().execute(wanted)}


def tables(*, with_criticism: bool) -> list[str]:
    """The tables of an export, those that explain the others first."""
    return [*EXPORTED, *(CRITICISM if with_criticism else ())]
