"""What a transaction knows already, because it was read for a whole batch at once.

Every shelf names the tables that it was read from and is emptied as soon as a statement writes to one of
them, so that nobody is told what is no longer so. Nothing in it outlives the transaction.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar

from classroom.people import Actor, Role
from classroom.roster import Roster
from storage.leaving import Leaving
from storage.tables import Classroom

K = TypeVar("K")
V = TypeVar("V")
_WRITES = re.compile(r'\s*(INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)
MOST_ROSTERS = 5_000


class Forgets(Protocol):
    """What can be emptied, for the tables that it was read from."""

    tables: frozenset[str]

    def clear(self) -> None:
        """Know nothing any more."""
        ...


class Shelf(Generic[K, V]):
    """Values of one kind by their key, true while nobody writes to `tables`."""

    def __init__(self, *tables: str) -> None:
        """Begin empty."""
        self.tables = frozenset(tables)
        self._kept: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """What is known; None where the database must be asked."""
        return self._kept.get(key)

    def put(self, key: K, value: V) -> None:
        """Know something."""
        self._kept[key] = value

    def clear(self) -> None:
        """Know nothing any more."""
        self._kept.clear()


@dataclass(frozen=True, slots=True)
class Place:
    """A group that was seen before."""

    chat: int
    classroom: Classroom | None
    title: str
    thread: str | None


@dataclass(frozen=True, slots=True)
class Reach:
    """A chat as delivery needs it: where it is today, and whether something gets there."""

    chat: int
    platform: str
    native: str
    kind: str
    present: bool
    thread: str | None


@dataclass(frozen=True, slots=True)
class Face:
    """An account that was seen before, with its person and private chat."""

    account: int
    person: int
    chat: int
    name: str
    username: str | None
    language: str | None
    wish: str | None
    known: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is in one class: each role with its last day, and the children."""

    roles: tuple[tuple[Role, date | None, bool], ...] = ()
    children: tuple[int, ...] = ()

    def actor(self, face: Face, platform: str, native: str, today: date) -> Actor:
        """The person as handlers see them, today."""
        held = [(role, head) for role, until, head in self.roles if until is None or until >= today]
        return Actor(
            person=face.person,
            account=face.account,
            chat=face.chat,
            name=face.name,
            platform=platform,
            native=native,
            language=face.wish or face.language or "",
            roles=frozenset(role for role, _ in held),
            guardian_of=self.children,
            head=any(head for _, head in held),
            known=face.known,
        )


@dataclass(frozen=True, slots=True)
class Lately:
    """That somebody wrote: when, and a keyed hash of the words."""

    ref: str
    digest: str
    album: str | None
    at: datetime


class KeptRosters:
    """Rosters opened by earlier transactions, each with the count of changes that it was read at."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: OrderedDict[int, tuple[int, Roster]] = OrderedDict()

    def get(self, classroom: int, version: int) -> Roster | None:
        """The roster, if no roster has been changed since."""
        found = self._kept.get(classroom)
        if found is None or found[0] != version:
            return None
        self._kept.move_to_end(classroom)
        return found[1]

    def put(self, classroom: int, version: int, roster: Roster) -> None:
        """Keep a roster as it was committed; the one not asked for longest goes."""
        self._kept[classroom] = (version, roster)
        self._kept.move_to_end(classroom)
        if len(self._kept) > MOST_ROSTERS:
            self._kept.popitem(last=False)


class Memory:
    """All shelves of one transaction, which tables it has written to, and what it puts off to its end."""

    def __init__(self) -> None:
        """Begin empty."""
        self.places = Shelf[tuple[str, str], Place]("chats", "classrooms")
        self.faces = Shelf[tuple[str, str], Face]("accounts", "people", "chats")
        self.standings = Shelf[tuple[int, int], Standing]("roles", "guardians", "students")
        self.members = Shelf[tuple[int, int], datetime]("members")
        self.doors = Shelf[int, str]("chats")
        self.reached = Shelf[int, Reach]("chats")
        self.heard = Shelf[tuple[int, int | None], list[Lately]]("heard")
        self.uncut = Shelf[int, datetime]("removed")
        self.fresh = Shelf[int, Leaving]("deliveries")
        self.rosters = Shelf[int, Roster]("students")
        self.kept: KeptRosters | None = None
        self.version: int | None = None
        self.written: set[str] = set()
        self.hearings: list[dict[str, object]] = []
        self.sightings: dict[tuple[int, int], datetime] = {}
        self.leaving: list[Leaving] = []

    def forget(self) -> None:
        """Something was rolled back: nothing read since is sure any more, and nothing leaves."""
        self.leaving = []
        for shelf in self._shelves():
            shelf.clear()

    def note(self, statement: str) -> None:
        """A statement is about to run: forget what it may change."""
        found = _WRITES.match(statement)
        if found is not None:
            self._wrote(found[2].lower(), everywhere=found[1][0] in "Dd")

    def _wrote(self, table: str, *, everywhere: bool) -> None:
        """Forget what was read from a table; what is deleted may take rows of other tables along."""
        self.written.add(table)
        for shelf in self._shelves():
            if everywhere or table in shelf.tables:
                shelf.clear()

    def _shelves(self) -> tuple[Forgets, ...]:
        return (
            self.places,
            self.faces,
            self.standings,
            self.members,
            self.doors,
            self.reached,
            self.heard,
            self.uncut,
            self.fresh,
            self.rosters,
        )
