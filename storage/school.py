"""A class filled from the school's own address book: children, parents, and their accounts at once.

The school vouches for who is whose parent. What is not there any more is said, and nothing is taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select

from classroom.events import Json, Sender
from classroom.folding import squeeze
from classroom.relations import Relation, read_relation
from classroom.roster_rows import MAX_TEXT, RosterRow
from classroom.school_book import IN_GROUPS, SCHOOL, SchoolBook, SchoolChild, SchoolParent
from storage import classrooms, erasing, further, guardians, identity, roster_imports, rosters
from storage.database import Records
from storage.tables import Account, Guardian, SchoolClass, SchoolStudent, StudentRow

HOW = "school"
"""How a link came about: by the school's word."""

OPEN, SHUT = "open", "not_subscribed"


@dataclass(slots=True)
class Taken:
    """What became of a class of the address book.

    `bound` are new links; `gone` links and `left` children that are there no more; `silent` children of whom
    no parent follows the school's notices; `doubles` pairs of links that may be one person's. Names of what
    was not taken: `kept_off` children the teacher has taken off; `odd` a parent has a child's id; `shared`
    several have the name; `withdrew` a parent has left, and is not brought back.
    """

    added: list[StudentRow] = field(default_factory=list)
    updated: list[StudentRow] = field(default_factory=list)
    unchanged: int = 0
    bound: list[Guardian] = field(default_factory=list)
    silent: list[StudentRow] = field(default_factory=list)
    gone: list[Guardian] = field(default_factory=list)
    left: list[StudentRow] = field(default_factory=list)
    kept_off: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    withdrew: list[str] = field(default_factory=list)
    doubles: list[tuple[Guardian, Guardian]] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether something has changed."""
        return bool(self.added or self.updated or self.bound)


def linked_class(records: Records, classroom: int) -> SchoolClass | None:
    """Which class of the address book a class is, if it is one."""
    return records.exec(select(SchoolClass).where(SchoolClass.classroom_id == classroom)).one_or_none()


def linked_classes(records: Records) -> list[SchoolClass]:
    """All classes that are filled from the address book."""
    return list(records.exec(select(SchoolClass).order_by(col(SchoolClass.id))).all())


def follow(records: Records, userid: str, on: bool) -> int | None:
    """A parent follows the school's notices, or no more; gives the chat, None for somebody unknown here."""
    account = identity.find_account(records, SCHOOL, userid)
    if account is None:
        return None
    classrooms.set_door(records, account.chat_id, OPEN if on else SHUT)
    return account.chat_id


def take(records: Records, classroom: int, book: SchoolBook, now: datetime) -> Taken:
    """Take a class in. Done again it changes only what has changed."""
    taking = _Taking(records, classroom, book, now)
    for child in book.children:
        taking.child(child)
    return taking.finish()


class _Taking:
    """One look into the address book, with the whole class in memory."""

    def __init__(self, records: Records, classroom: int, book: SchoolBook, now: datetime) -> None:
        self._records, self._classroom, self._book, self._now = records, classroom, book, now
        self._taken = Taken()
        self._known = _known(records, classroom)
        self._here = rosters.rows_of(records, classroom)
        self._seen: set[tuple[int, str]] = set()
        self._rows: list[tuple[StudentRow, SchoolChild]] = []
        self._names: dict[str, int] = {}
        for child in book.children:
            self._names[squeeze(child.name)] = self._names.get(squeeze(child.name), 0) + 1

    def child(self, child: SchoolChild) -> None:
        """One child, known by the school's id or, the first time, by a name that only one can have."""
        row = self._known.get(child.userid.lower())
        if row is not None and row.removed_at is not None:
            row = self._put_back(child, row)
            if row is None:
                self._taken.kept_off.append(child.name)
                return
        if row is None:
            row = self._found(child)
        if row is None:
            self._taken.shared.append(child.name)
            return
        if squeeze(child.name) not in {squeeze(name) for name in (row.name, *(row.aliases or ()))}:
            row.aliases = [*(row.aliases or ()), child.name[:MAX_TEXT]]
            self._note(row)
        self._rows.append((row, child))

    def _put_back(self, child: SchoolChild, removed: StudentRow) -> StudentRow | None:
        """The child whom the teacher has put on the roster again; None where nobody has."""
        named = self._unknown(child)
        if len(named) != 1 or self._names[squeeze(child.name)] > 1:
            return None
        _rename(self._records, removed.id, named[0].id)
        self._known[child.userid.lower()] = named[0]
        return named[0]

    def _unknown(self, child: SchoolChild) -> list[StudentRow]:
        """Who has this name on the roster and is no other child of the address book."""
        ours = {row.id for row in self._known.values()}
        return [row for row in self._here if squeeze(row.name) == squeeze(child.name) and row.id not in ours]

    def _found(self, child: SchoolChild) -> StudentRow | None:
        """The child on the roster, or a new one; None where it cannot be told which of several it is."""
        named = self._unknown(child)
        several = self._names[squeeze(child.name)] > 1
        if len(named) > 1 or (named and several):
            return None
        if named:
            row = named[0]
        else:
            number = child.userid[:MAX_TEXT] if several else None  # by which a teacher tells them apart
            row = StudentRow(
                classroom_id=self._classroom,
                name=child.name[:MAX_TEXT],
                number=number,
                aliases=[],
                added_at=self._now,
            )
            self._records.add(row)
            self._taken.added.append(row)
        self._records.flush()
        self._records.add(SchoolStudent(student_id=row.id, userid=child.userid))
        self._known[child.userid.lower()] = row
        return row

    def finish(self) -> Taken:
        """Take the parents in, and see who is not there any more."""
        self._records.flush()
        lines = [(row, _lines(child)) for row, child in self._rows]
        for row in roster_imports.complete(self._records, self._classroom, lines, self._now):
            self._note(row)
        for row, child in self._rows:
            for parent in child.parents:
                self._parent(row, child, parent)
        taken = self._taken
        changed = {row.id for row in (*taken.added, *taken.updated)}
        taken.unchanged = sum(row.id not in changed for row, _ in self._rows)
        taken.silent = [row for row, child in self._rows if not any(p.follows for p in child.parents)]
        self._missing()
        self._records.flush()
        return taken

    def _parent(self, row: StudentRow, child: SchoolChild, parent: SchoolParent) -> None:
        if parent.userid.lower() in self._book.students:
            self._taken.odd.append(child.name)
            return
        relation = _relation(parent)
        account = identity.find_account(self._records, SCHOOL, parent.userid)
        if account is None and _withdrew(self._records, row.id, relation):
            self._taken.withdrew.append(child.name)
            return
        account = identity.meet_account(self._records, SCHOOL, Sender(parent.userid), self._now)
        if parent.external:
            further.known_as(self._records, IN_GROUPS, parent.external, account.person_id, self._now)
        self._seen.add((row.id, account.native.lower()))
        classrooms.set_door(self._records, account.chat_id, OPEN if parent.follows else SHUT)
        if _was_linked(self._records, account.person_id, row.id):
            return
        linked = guardians.link(
            self._records,
            self._classroom,
            row.id,
            account.person_id,
            relation,
            self._now,
            state=guardians.ACTIVE,
            how=HOW,
        )
        linked.consented_at = None  # it is the school's word, not theirs
        self._taken.bound.append(linked)
        if (double := _double(self._records, linked)) is not None:
            self._taken.doubles.append((linked, double))

    def _missing(self) -> None:
        rows = {row.id for row, _ in self._rows}
        for linked, account in _of_school(self._records, self._classroom):
            if linked.student_id in rows and (linked.student_id, account.native.lower()) not in self._seen:
                self._taken.gone.append(linked)
        there = self._book.students
        self._taken.left = [
            row for userid, row in self._known.items() if userid not in there and row.removed_at is None
        ]

    def _note(self, row: StudentRow) -> None:
        if row not in self._taken.added and row not in self._taken.updated:
            self._taken.updated.append(row)


def news(records: Records, classroom: int, book: SchoolBook, taken: Taken, now: datetime) -> bool:
    """Note what was looked at and what the teacher is shown; True if there is anything they do not know."""
    row = linked_class(records, classroom)
    if row is None:
        row = SchoolClass(classroom_id=classroom, department=book.number, title=book.title)
        records.add(row)
    links: list[Json] = [*sorted(linked.id for linked in taken.gone)]
    children: list[Json] = [*sorted(row.id for row in taken.left)]
    shown: dict[str, Json] = {"links": links, "children": children}
    fresh = taken.anything or any(set(_ids(shown[key])) - set(_ids(row.shown.get(key))) for key in shown)
    row.department, row.title, row.shown, row.looked_at = book.number, book.title, shown, now
    records.flush()
    return fresh


def part(records: Records, classroom: int) -> bool:
    """Look into the address book for this class no more; False if that was not done."""
    row = linked_class(records, classroom)
    if row is not None:
        records.delete(row)
        records.flush()
    return row is not None


def _ids(value: Json) -> list[int]:
    return [one for one in value if isinstance(one, int)] if isinstance(value, list) else []


def _known(records: Records, classroom: int) -> dict[str, StudentRow]:
    """The children of a class by the school's ids, those taken off as well."""
    found = records.exec(
        select(SchoolStudent, StudentRow)
        .join(StudentRow, col(StudentRow.id) == col(SchoolStudent.student_id))
        .where(StudentRow.classroom_id == classroom)
    ).all()
    return {known.userid.lower(): row for known, row in found}


def _rename(records: Records, removed: int, now: int) -> None:
    """The school's id of a child that was taken off belongs to its new row."""
    row = records.exec(select(SchoolStudent).where(SchoolStudent.student_id == removed)).one()
    row.student_id = now
    records.flush()


def _lines(child: SchoolChild) -> Sequence[RosterRow]:
    phones = [parent for parent in child.parents if parent.phone]
    return [
        RosterRow(0, child.name, relation=p.relation[:MAX_TEXT] or None, phone=p.phone[:MAX_TEXT])
        for p in phones
    ]


def _was_linked(records: Records, person: int, student: int) -> bool:
    """Whether they are linked, or were and somebody has ended it: an end is not undone by the school."""
    states = (guardians.ACTIVE, guardians.PENDING, guardians.ENDED, guardians.REFUSED)
    found = guardians.of_person(records, person, student, states)
    if found is not None and found.state == guardians.PENDING:
        return False  # the school's word is what was waited for
    return found is not None


def _relation(parent: SchoolParent) -> Relation:
    """What the school calls a parent; one without a word for it is a parent."""
    return (read_relation(parent.relation) or Relation.OTHER) if parent.relation else Relation.PARENT


def _withdrew(records: Records, student: int, relation: Relation) -> bool:
    """Whether whoever is that to the child has had everything about themselves erased."""
    found = records.exec(
        select(Guardian.id)
        .join(Account, col(Account.person_id) == col(Guardian.person_id))
        .where(
            Guardian.student_id == student,
            Guardian.relation == relation.value,
            Guardian.how == HOW,
            Guardian.state == guardians.ENDED,
            Account.kind == erasing.GONE,
        )
    )
    return found.first() is not None


def _double(records: Records, linked: Guardian) -> Guardian | None:
    """Who is the same to the child by another account: perhaps the same person; only people can tell."""
    if linked.relation == Relation.OTHER.value:
        return None
    same = [
        other
        for other in guardians.active_of(records, linked.student_id)
        if other.person_id != linked.person_id
        and other.relation == linked.relation
        and not any(
            account.platform == SCHOOL for account, _ in identity.accounts_of(records, other.person_id)
        )
    ]
    return same[0] if len(same) == 1 else None


def _of_school(records: Records, classroom: int) -> Iterable[tuple[Guardian, Account]]:
    """The links that came by the school's word and are in force, with the account there."""
    return records.exec(
        select(Guardian, Account)
        .join(Account, col(Account.person_id) == col(Guardian.person_id))
        .where(
            Guardian.classroom_id == classroom,
            Guardian.state == guardians.ACTIVE,
            Guardian.how == HOW,
            Account.platform == SCHOOL,
        )
        .order_by(col(Guardian.id))
    ).all()
