"""`homeroom roster import --from wecom`: a class filled from the school's address book."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot import school_notices
from bot.app import utc_now
from bot.classes import SPEAKS, DryRunError, find, open_existing
from bot.config import Settings
from bot.ports import Done, Outcome, Refused
from bot.vault import DatabaseVault
from classroom.errors import ConfigError, HomeroomError
from classroom.events import Json
from classroom.folding import squeeze
from classroom.school_book import SchoolBook, SchoolClassName
from handlers.school.looking import plan, plan_welcome
from storage import guardians, school
from storage.database import Database, Records
from storage.school import Taken
from storage.tables import Classroom

DAILY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of a class of the address book: counts, and what somebody should look at."""

    classroom: str
    department: str
    added: int
    updated: int
    unchanged: int
    linked: int
    look_at: tuple[str, ...]
    dry_run: bool

    def to_json(self) -> dict[str, Json]:
        """Give it to machines."""
        return {
            "classroom": self.classroom,
            "department": self.department,
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "linked": self.linked,
            "look_at": list(self.look_at),
            "dry_run": self.dry_run,
        }


def fill(settings: Settings, name: str, department: str, *, dry_run: bool) -> Filled:
    """Read one class of the address book and take it in; `dry_run` counts the same and changes nothing."""
    if not school_notices.wished(settings):
        raise ConfigError("--from wecom needs [wecom.school] agent_id and secret: docs/wechat.md says how")
    database = open_existing(settings)
    try:
        with database.transaction() as records:
            classroom = find(records, name)
            linked = school.linked_class(records, classroom.id)
            wanted = department or (linked.department if linked is not None else classroom.name)
        book = asyncio.run(_read(settings, database, wanted))
        return _take(database, classroom.id, book, dry_run)
    finally:
        database.close()


def _take(database: Database, classroom: int, book: SchoolBook, dry_run: bool) -> Filled:
    done: list[Filled] = []
    try:
        with database.transaction() as records:
            row = records.get_one(Classroom, classroom)
            found = school.take(records, classroom, book, utc_now())
            school.news(records, classroom, book, found, utc_now())
            plan_welcome(records, classroom, [linked.id for linked in found.bound], utc_now())
            plan(records, classroom, utc_now() + DAILY, utc_now())
            done.append(_filled(records, row.name, book, found, dry_run))
            if dry_run:
                raise DryRunError
    except DryRunError:
        pass
    return done[0]


async def _read(settings: Settings, database: Database, wanted: str) -> SchoolBook:
    line = school_notices.platform(settings, DatabaseVault(database, utc_now))
    try:
        number = _chosen(wanted, _answer(await line.school("")))
        return SchoolBook.from_json(_answer(await line.school(number)))
    finally:
        await line.close()


def _answer(outcome: Outcome) -> Json:
    if isinstance(outcome, Done):
        return outcome.answer
    why = outcome.detail if isinstance(outcome, Refused) else getattr(outcome, "why", "")
    raise HomeroomError(
        f"the school's address book cannot be read ({why}): `homeroom doctor` says what to do"
    )


def _chosen(wanted: str, listed: Json) -> str:
    """The number of the class that is meant; ConfigError lists what there is."""
    classes = [SchoolClassName.from_json(one) for one in listed] if isinstance(listed, list) else []
    found = [c for c in classes if wanted == c.number] or [
        c for c in classes if squeeze(c.title) == squeeze(wanted)
    ]
    if len(found) != 1:
        known = ", ".join(f"{c.number}: {c.title}" for c in classes) or "none"
        raise ConfigError(
            f"--department {wanted!r} names {len(found)} classes of the school; there are: {known}"
        )
    return found[0].number


def _filled(records: Records, name: str, book: SchoolBook, found: Taken, dry_run: bool) -> Filled:
    return Filled(
        name,
        book.title,
        len(found.added),
        len(found.updated),
        found.unchanged,
        len(found.bound),
        tuple(_look_at(records, book, found)),
        dry_run,
    )


def _look_at(records: Records, book: SchoolBook, found: Taken) -> list[str]:
    gone = [guardians.label_of(records, linked, SPEAKS.language) for linked in found.gone]
    said: list[tuple[str, Sequence[str]]] = [
        (
            "the app may not tell parents of this class (家长可使用的应用)",
            [] if book.in_scope else [book.title],
        ),
        ("no parent follows the school's notices", [row.name for row in found.silent]),
        ("linked here, not in the address book any more", gone),
        ("on the roster, not in the address book any more", [row.name for row in found.left]),
        ("taken off the roster here, not put back", found.kept_off),
        ("several have this name, left alone", found.shared),
        ("a parent was erased, not linked again", found.withdrew),
        ("a parent has a student's account, not linked", found.odd),
        ("perhaps one person with two accounts; the teacher decides", _doubles(records, found)),
    ]
    return [f"{what}: {', '.join(dict.fromkeys(names))}" for what, names in said if names]


def _doubles(records: Records, found: Taken) -> list[str]:
    return [guardians.label_of(records, old, SPEAKS.language) for _, old in found.doubles]
