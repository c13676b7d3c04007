"""Lines of a roster taken into a class: the new is added, the known completed, nobody deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert

from classroom.folding import squeeze
from classroom.relations import Relation, read_relation
from classroom.roster_rows import RefusalReason, RefusedRow, RosterRow
from storage import rosters
from storage.database import Records
from storage.tables import Contact, StudentRow


@dataclass(slots=True)
class Taken:
    """What became of the lines: students by what was done, and lines that were not taken."""

    added: list[StudentRow] = field(default_factory=list)
    updated: list[StudentRow] = field(default_factory=list)
    unchanged: list[StudentRow] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)


def take(records: Records, classroom: int, rows: Iterable[RosterRow], now: datetime) -> Taken:
    """Take lines in, all at once. Several lines of one name and number are one student's contacts."""
    taking = _Taking(records, classroom, now)
    groups: dict[tuple[str, str | None], list[RosterRow]] = {}
    for row in rows:
        groups.setdefault((row.name, row.number), []).append(row)
    taking.count_names(groups)
    for lines in groups.values():
        taking.student(lines)
    return taking.finish()


def complete(
    records: Records, classroom: int, lines: Iterable[tuple[StudentRow, Sequence[RosterRow]]], now: datetime
) -> list[StudentRow]:
    """Add the contacts of children who are known already; gives those of whom something has changed."""
    taking = _Taking(records, classroom, now)
    changed = [row for row, contacts in lines if contacts and taking.contacts(row, contacts)]
    taking.finish()
    return changed


class _Taking:
    """One import under way, with the whole roster in memory and two flushes at its end."""

    def __init__(self, records: Records, classroom: int, now: datetime) -> None:
        self._records = records
        self._classroom = classroom
        self._now = now
        self._by_name: dict[str, list[StudentRow]] = {}
        self._by_number: dict[str, StudentRow] = {}
        self._contacts = rosters.contacts_in(records, classroom)
        self._wanted: dict[str, int] = {}
        self._new_contacts: list[tuple[StudentRow, RosterRow]] = []
        self._done: dict[int, tuple[StudentRow, str]] = {}
        self._refused: list[RefusedRow] = []
        for row in rosters.rows_of(records, classroom):
            self._index(row)

    def _index(self, row: StudentRow) -> None:
        self._by_name.setdefault(squeeze(row.name), []).append(row)
        if row.number:
            self._by_number[squeeze(row.number)] = row

    def count_names(self, groups: Iterable[tuple[str, str | None]]) -> None:
        """See which numbers of one name the lines bring that the roster does not know."""
        for name, number in groups:
            if number and squeeze(number) not in self._by_number:
                self._wanted[squeeze(name)] = self._wanted.get(squeeze(name), 0) + 1

    def student(self, lines: Sequence[RosterRow]) -> None:
        """Take the lines of one student."""
        first = lines[0]
        found = self._match(first)
        if isinstance(found, RefusalReason):
            value = first.number if found is RefusalReason.NUMBER_TAKEN and first.number else first.name
            self._refused.extend(RefusedRow(line.line, found, value) for line in lines)
            return
        row = found or self._add(first)
        changed = self._complete(row, lines)
        if found is None:
            self._done[id(row)] = (row, "added")
        elif id(row) not in self._done or (changed and self._done[id(row)][1] == "unchanged"):
            self._done[id(row)] = (row, "updated" if changed else "unchanged")

    def _match(self, line: RosterRow) -> StudentRow | RefusalReason | None:
        """By number first, then by name if only one can be meant; None: a new student."""
        named = self._by_name.get(squeeze(line.name), [])
        if line.number is None:
            return RefusalReason.SHARED_NAME if len(named) > 1 else next(iter(named), None)
        numbered = self._by_number.get(squeeze(line.number))
        if numbered is not None:
            same = squeeze(line.name) in {squeeze(word) for word in (numbered.name, *numbered.aliases)}
            return numbered if same else RefusalReason.NUMBER_TAKEN
        unnumbered = [row for row in named if not row.number]
        if unnumbered and self._wanted.get(squeeze(line.name), 0) > 1:
            return RefusalReason.SHARED_NAME  # whose families are bound already must not be guessed
        return next(iter(unnumbered), None)

    def _add(self, line: RosterRow) -> StudentRow:
        row = StudentRow(
            classroom_id=self._classroom, name=line.name, number=line.number, aliases=[], added_at=self._now
        )
        self._records.add(row)
        self._index(row)
        return row

    def _complete(self, row: StudentRow, lines: Sequence[RosterRow]) -> bool:
        changed = False
        number = lines[0].number
        if number and not row.number:
            row.number = number
            self._by_number[squeeze(number)] = row
            changed = True
        aliases = [a for a in dict.fromkeys(a for line in lines for a in line.aliases) if a != row.name]
        if new := [a for a in aliases if a not in row.aliases]:
            row.aliases = [*row.aliases, *new]
            changed = True
        return self.contacts(row, lines) or changed

    def contacts(self, row: StudentRow, lines: Sequence[RosterRow]) -> bool:
        """Match exact contacts first, so that a second import of the same lines changes nothing."""
        known = list(self._contacts.get(row.id, ()))
        left = [line for line in lines if (line.guardian or line.phone) and not _drop_same(known, line)]
        changed = False
        for line in left:
            near = next((contact for contact in known if _is_meant(contact, line)), None)
            if near is None:
                self._new_contacts.append((row, line))
                changed = True
            else:
                known.remove(near)
                changed = _update(near, line) or changed
        return changed

    def finish(self) -> Taken:
        """Write everything and count."""
        self._records.flush()
        contacts = [
            {"student_id": row.id, "name": line.guardian, "relation": _relation(line), "phone": line.phone}
            for row, line in self._new_contacts
        ]
        if contacts:  # Core, since five thousand objects take a second to make
            self._records.connection().execute(insert(Contact), contacts)
        taken = Taken(refused=self._refused)
        for row, what in self._done.values():
            {"added": taken.added, "updated": taken.updated, "unchanged": taken.unchanged}[what].append(row)
        return taken


def _relation(line: RosterRow) -> str | None:
    if line.relation is None:
        return None
    return (read_relation(line.relation) or Relation.OTHER).value


def _drop_same(known: list[Contact], line: RosterRow) -> bool:
    wanted = (line.guardian, _relation(line), line.phone)
    same = next((c for c in known if (c.name, c.relation, c.phone) == wanted), None)
    if same is not None:
        known.remove(same)
    return same is not None


def _is_meant(contact: Contact, line: RosterRow) -> bool:
    """The same phone, name or place in the family, unless something else tells them apart."""
    relation = _relation(line)
    if contact.relation and relation and contact.relation != relation:
        return False
    if contact.phone and contact.phone == line.phone:
        return True
    if contact.name and line.guardian:
        return contact.name == line.guardian
    return bool(relation) and relation != Relation.OTHER.value and contact.relation == relation


def _update(contact: Contact, line: RosterRow) -> bool:
    """Complete a contact; True if that has changed anything."""
    before = (contact.name, contact.relation, contact.phone)
    contact.name = line.guardian or contact.name
    contact.relation = _relation(line) or contact.relation
    contact.phone = line.phone or contact.phone
    return before != (contact.name, contact.relation, contact.phone)
