"""A child that has left: its record goes, and its name wherever it stands in what stays with the class."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Table, delete, exists, or_, select, update
from sqlmodel import col
from sqlmodel import select as rows

from classroom.events import Json
from classroom.text import PrivateStr
from storage.database import Records
from storage.sealing import Sealed, SealedJson, SealedPrivate
from storage.tables import (
    Classroom,
    Code,
    Concern,
    ConcernLine,
    Contact,
    Erasure,
    FamilyLink,
    NoticeFamily,
    Nudge,
    Praise,
    PraisedStudent,
    Receipt,
    Request,
    RequestLine,
    SchoolStudent,
    SignupEntry,
    Slot,
    SlotSwap,
    StudentRow,
    SurveyAnswer,
    metadata,
)

STAND_IN = {"zh_CN": "一位同学", "zh_TW": "一位同學", "en": "a classmate"}
"""What is read in the place of the name, in the class's language."""

NOT_SEARCHED = {
    "accounts": "people's own names, which are theirs to erase",
    "members": "the tag goes with the link to the child",
    "chats": "a group's own title",
    "classrooms": "the class's name",
    "codes": "random letters",
    "contacts": "of other children: whom the teacher telephones",
    "instance": "the proof of the key",
    "named_ballots": "numbers of options",
    "secret_answers": "numbers of options",
    "secret_ballots": "numbers of options",
    "school_classes": "the class's name in the school's address book",
    "school_students": "ids of the others",
    "students": "the names of the others",
    "webhooks": "the secret addresses of a class's groups",
    "vault": "tokens and codes of platforms",
}
"""Tables with sealed columns that are left alone, and why."""

PARENTS = {
    "concern_lines": ("concern_id", "concerns"),
    "request_lines": ("request_id", "requests"),
    "secret_words": ("survey_id", "surveys"),
    "survey_answers": ("survey_id", "surveys"),
}
"""Tables that belong to a class by way of another one."""


STUDENT = "student"


def left_before(records: Records, moment: datetime, limit: int = 20) -> list[StudentRow]:
    """Children who were taken off the roster before then and are not forgotten yet, some at a time."""
    gone = col(StudentRow.removed_at)
    known = exists().where(col(Erasure.kind) == STUDENT, col(Erasure.number) == col(StudentRow.id))
    return list(records.exec(rows(StudentRow).where(gone < moment, ~known).order_by(gone).limit(limit)).all())


def forget_student(records: Records, student: StudentRow, now: datetime) -> None:
    """Erase a child's record: what was said of it goes, of what was said of several only the name.

    Rows that a button out there may still name stay, without a word in them: their numbers must not come to
    mean another child. A name that is part of another child's name is left alone there; one that is also a
    common word is replaced where it was one, too: nobody can tell any more.
    """
    classroom = records.get(Classroom, student.classroom_id)
    mask = _Mask(
        [student.name, *(student.aliases or ())],
        _others(records, student),
        STAND_IN.get(classroom.language if classroom else "", STAND_IN["zh_CN"]),
    )
    here = student.classroom_id
    _drop_what_is_its_own(records, student.id)
    _empty_what_was_said(records, student.id, now)
    student.name, student.number, student.aliases = "", None, []
    student.removed_at = student.removed_at or now
    records.add(Erasure(kind=STUDENT, number=student.id, at=now))
    records.flush()
    for table in metadata.sorted_tables:
        sealed = sealed_columns(table)
        if table.name == "events":
            _erase_failed(records, table, mask)
        elif sealed and table.name not in NOT_SEARCHED:
            _mask_table(records, table, sealed, here, mask)
    records.expire_all()


def _drop_what_is_its_own(records: Records, student: int) -> None:
    run = records.connection().execute
    praises = list(
        records.exec(rows(PraisedStudent.praise_id).where(PraisedStudent.student_id == student)).all()
    )
    own = (
        PraisedStudent,
        Contact,
        Code,
        Receipt,
        Nudge,
        NoticeFamily,
        SignupEntry,
        FamilyLink,
        SchoolStudent,
    )
    for table in own:
        run(delete(table).where(col(table.student_id) == student))
    run(delete(SlotSwap).where(or_(col(SlotSwap.student_id) == student, col(SlotSwap.wanted_by) == student)))
    run(update(Slot).where(col(Slot.student_id) == student).values(student_id=None, person_id=None))
    run(delete(SurveyAnswer).where(col(SurveyAnswer.household) == student))
    of_nobody = ~exists().where(col(PraisedStudent.praise_id) == col(Praise.id))
    run(delete(Praise).where(col(Praise.id).in_(praises), of_nobody))


def _empty_what_was_said(records: Records, student: int, now: datetime) -> None:
    run = records.connection().execute
    concerns = select(col(Concern.id)).where(col(Concern.student_id) == student)
    requests = select(col(Request.id)).where(col(Request.student_id) == student)
    run(update(ConcernLine).where(col(ConcernLine.concern_id).in_(concerns)).values(words=None))
    run(
        update(Concern)
        .where(col(Concern.student_id) == student)
        .values(words=None, kept=False, erased_at=now)
    )
    run(update(RequestLine).where(col(RequestLine.request_id).in_(requests)).values(text="", files=[]))
    run(update(Request).where(col(Request.student_id) == student).values(text="", state="closed"))


def sealed_columns(table: Table) -> list[Column[object]]:
    """What of a table is sealed."""
    return [c for c in table.columns if isinstance(c.type, Sealed | SealedPrivate | SealedJson)]


def _others(records: Records, student: StudentRow) -> list[str]:
    found = records.exec(
        rows(StudentRow).where(StudentRow.classroom_id == student.classroom_id, StudentRow.id != student.id)
    ).all()
    return [name for row in found for name in (row.name, *(row.aliases or ()))]


class _Mask:
    """Puts a stand-in for some names, and leaves longer names of others whole."""

    def __init__(self, names: Iterable[str], others: Iterable[str], stand_in: str) -> None:
        self._names = {name for name in names if len(name) > 1}
        longer = {other for other in others if any(name in other for name in self._names)}
        known = sorted(self._names | longer, key=len, reverse=True)
        self._found = re.compile("|".join(map(re.escape, known))) if self._names else None
        self._stand_in = stand_in

    def __call__(self, text: str) -> str:
        """The text without the names."""
        if self._found is None:
            return text
        return self._found.sub(lambda m: self._stand_in if m[0] in self._names else m[0], text)

    def hides(self, raw: str) -> bool:
        """True if a name stands in raw words, escaped or not."""
        escaped = {json.dumps(name)[1:-1] for name in self._names}
        return any(name in raw for name in self._names | escaped)

    def json(self, value: Json) -> Json:
        """The same for what is kept as JSON; names hold nothing that JSON writes otherwise."""
        masked: Json = json.loads(self(json.dumps(value, ensure_ascii=False)))
        return masked


def _mask_table(
    records: Records, table: Table, sealed: list[Column[object]], classroom: int, mask: _Mask
) -> None:
    [key] = table.primary_key.columns
    run = records.connection().execute
    for row in run(select(key, *sealed).where(of_class(table, classroom))).all():
        changed = _masked(dict(zip([c.name for c in sealed], tuple(row)[1:], strict=True)), mask)
        if changed and table.name == "drafts":
            run(delete(table).where(key == row[0]))
        elif changed:
            run(update(table).where(key == row[0]).values(changed))


def of_class(table: Table, classroom: int) -> ColumnElement[bool]:
    """Which rows of a table belong to a class; those of no class at all are looked at with every one."""
    if "classroom_id" in table.columns:
        return or_(table.c.classroom_id == classroom, table.c.classroom_id.is_(None))
    link, parent = PARENTS[table.name]
    theirs = metadata.tables[parent]
    return table.c[link].in_(select(theirs.c.id).where(theirs.c.classroom_id == classroom))


def _erase_failed(records: Records, table: Table, mask: _Mask) -> None:
    """An event that failed holds what a platform sent, in which a name may be written in escapes."""
    run = records.connection().execute
    failed = select(table.c.id, table.c.raw).where(table.c.state == "failed", table.c.raw.is_not(None))
    for number, raw in run(failed).all():
        if mask.hides(raw):
            run(update(table).where(table.c.id == number).values(raw=None))


def _masked(values: dict[str, object], mask: _Mask) -> dict[str, object]:
    """The values that hold a name, without it."""
    return {name: anew for name, value in values.items() if (anew := _one(value, mask)) != value}


def _one(value: object, mask: _Mask) -> object:
    match value:
        case str():
            return mask(value)
        case PrivateStr():
            words = mask(value.reveal())
            return value if words == value.reveal() else PrivateStr(words)
        case dict() | list():
            return mask.json(value)
        case _:
            return value
