"""What whoever runs the server may do to one class: give it a teacher, fill its roster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.app import utc_now
from bot.config import Settings
from classroom import markup
from classroom.errors import ConfigError, HomeroomError
from classroom.events import Json, Sender
from classroom.people import Role
from classroom.roster_rows import RefusedRow, RosterSheet, SheetError
from classroom.sheets.rosters import read_roster
from handlers import roster_files
from storage import announcements, classrooms, identity, reading, roster_imports
from storage.database import Database, Records, open_database
from storage.roster_imports import Taken
from storage.tables import Classroom
from templates.render import Say

SPEAKS = Say("en")
"""Command lines are English everywhere."""


def open_existing(settings: Settings) -> Database:
    """Open the database of the settings to change something; it is not made here if it is not there."""
    path = reading.sqlite_file(settings.storage.url)
    if path is not None and not path.is_file():
        raise ConfigError(f"{path}: there is no such database; `homeroom run` makes it at its first start")
    return open_database(settings.storage.url, settings.storage.key_file)


def find(records: Records, name: str, option: str = "--classroom") -> Classroom:
    """The class with this name or number; ConfigError names the option, and lists what there is."""
    by_number = classrooms.get(records, int(name)) if name.isdecimal() else None
    found = [by_number] if by_number else classrooms.named(records, name)
    if len(found) != 1:
        known = ", ".join(f"{c.id}: {c.name}" for c in classrooms.everyone(records)) or "none yet"
        raise ConfigError(f"{option} {name!r} names {len(found)} classes; there are: {known}")
    return found[0]


def set_teacher(settings: Settings, name: str, telegram_id: str) -> str:
    """Make an account the head teacher of the class named, and give the class's name."""
    if not telegram_id.isdecimal():
        raise ConfigError("--telegram takes the numeric id, not a @name; the person sees it with /me")
    database = open_existing(settings)
    try:
        with database.transaction() as records:
            return _set_teacher(records, name, telegram_id)
    finally:
        database.close()


def _set_teacher(records: Records, name: str, telegram_id: str) -> str:
    now, found = utc_now(), find(records, name)
    account = identity.meet_account(records, "telegram", Sender(telegram_id), now)
    before = classrooms.head_teacher(records, found.id)
    if before is not None and before != account.person_id:
        classrooms.grant(records, found.id, before, Role.TEACHER, now, by=None)
    classrooms.grant(records, found.id, account.person_id, Role.TEACHER, now, by=None, head=True)
    found.state = "active"
    return found.name


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a roster file: counts, and each line that was not taken with the reason."""

    classroom: str
    added: int
    updated: int
    unchanged: int
    refused: tuple[tuple[int, str], ...]
    dry_run: bool

    def to_json(self) -> dict[str, Json]:
        """Give it to machines."""
        return {
            "classroom": self.classroom,
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": [{"line": line, "reason": reason} for line, reason in self.refused],
            "dry_run": self.dry_run,
        }


class DryRunError(HomeroomError):
    """Undoes a transaction that was only tried."""


def import_roster(settings: Settings, file: Path, name: str, *, dry_run: bool) -> Imported:
    """Take a spreadsheet into a class as the chat does; `dry_run` counts the same and changes nothing."""
    sheet = _read(file)
    database = open_existing(settings)
    done: list[Imported] = []
    try:
        with database.transaction() as records:
            found = find(records, name)
            taken = roster_imports.take(records, found.id, sheet.rows, utc_now())
            done.append(_imported(found.name, sheet, taken, dry_run))
            if dry_run:
                raise DryRunError
    except DryRunError:
        pass
    finally:
        database.close()
    return done[0]


def _read(file: Path) -> RosterSheet:
    try:
        return read_roster(file.read_bytes(), file.name)
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from None
    except SheetError as error:
        raise ConfigError(
            f"{file}: {_plain(roster_files.whole_file(SPEAKS, error.code.value).body)}"
        ) from None


def _imported(classroom: str, sheet: RosterSheet, taken: Taken, dry_run: bool) -> Imported:
    return Imported(
        classroom,
        len(taken.added),
        len(taken.updated),
        len(taken.unchanged),
        tuple(_reasons({*sheet.refused, *taken.refused})),
        dry_run,
    )


def _reasons(refused: Iterable[RefusedRow]) -> Iterable[tuple[int, str]]:
    for row in sorted(refused, key=lambda row: (row.line, row.reason)):
        yield row.line, _plain(roster_files.reason(SPEAKS, row).body)


def _plain(body: str) -> str:
    return markup.read(body)[0].strip()


LONGEST_NOTICE = 3500
"""Characters of a notice to many classes, so that it stays one message everywhere."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A notice to many classes, ready to be sent: to whom it goes and what it says."""

    words: str
    classes: dict[int, str] | None
    readers: int


def prepare_announcement(settings: Settings, file: Path, to: Sequence[str]) -> Announcement:
    """Read the text and count its readers; `to` are names or numbers of classes, or "all"."""
    words = _words_of(file)
    database = open_existing(settings)
    try:
        with database.transaction() as records:
            chosen = (
                None
                if "all" in to
                else {found.id: found.name for found in (find(records, n, "--to") for n in to)}
            )
            return Announcement(words, chosen, announcements.count(records, chosen))
    finally:
        database.close()


def send_announcement(settings: Settings, ready: Announcement) -> None:
    """Accept it in one transaction; the bot that runs fans it out."""
    database = open_existing(settings)
    try:
        with database.transaction() as records:
            announcements.begin(records, ready.words, ready.classes, utc_now())
    finally:
        database.close()


def _words_of(file: Path) -> str:
    try:
        words = file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: not a text in UTF-8; save it as plain text") from None
    if not words:
        raise ConfigError(f"{file}: there is nothing in it to send")
    if len(words) > LONGEST_NOTICE:
        raise ConfigError(f"{file}: {len(words)} characters; at most {LONGEST_NOTICE} fit into one message")
    return words
