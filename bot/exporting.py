"""`homeroom export`: one class as a zip, tables for people and JSON for machines."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.app import utc_now
from bot.archive import Begin, new_file
from bot.classes import find
from bot.config import Settings
from classroom.events import Json
from classroom.sheets.rosters import escaped, write_roster
from storage import class_export, rosters
from storage.class_export import ClassExport
from storage.reading import open_to_read
from storage.tables import Classroom

Rows = Sequence[Mapping[str, Json]]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and how many rows of each table."""

    path: Path
    classroom: str
    tables: Mapping[str, int]
    with_concerns: bool

    def to_json(self) -> dict[str, Json]:
        """Give it to machines."""
        return {
            "file": str(self.path),
            "classroom": self.classroom,
            "with_concerns": self.with_concerns,
            "tables": dict(self.tables),
        }


def export(
    settings: Settings, name: str, output: Path | None, begin: Begin, *, with_concerns: bool, force: bool
) -> Exported:
    """Read one class at one moment, while the bot runs, and write it into a new file."""
    database = open_to_read(settings.storage.url, settings.storage.key_file)
    try:
        with database.transaction() as records:
            found, now = find(records, name), utc_now()
            path = output or Path(_file_name(found, now))
            with (
                new_file(path, force=force) as draft,
                zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file,
            ):
                reading = ClassExport(records, found)
                tables = _tables(reading, class_export.tables(with_criticism=with_concerns), begin)
                roster = write_roster(rosters.export_rows(records, found.id, found.language), found.language)
                _write(file, _about(found, now, with_concerns), tables, roster)
            return Exported(path, found.name, {t: len(rows) for t, rows in tables.items()}, with_concerns)
    finally:
        database.close()


def _file_name(found: Classroom, now: datetime) -> str:
    """The class's number and the day: a name in a file name is seen in every list of files."""
    return f"homeroom-class-{found.id}-{now:%Y-%m-%d}.zip"


def _tables(reading: ClassExport, names: Sequence[str], begin: Begin) -> dict[str, Rows]:
    advance = begin(len(names))
    tables: dict[str, Rows] = {}
    for name in names:
        tables[name] = reading.rows(name)
        advance(1)
    return tables


def _about(found: Classroom, now: datetime, with_concerns: bool) -> dict[str, Json]:
    left_out: dict[str, Json] = dict(class_export.NOT_EXPORTED)
    if not with_concerns:
        left_out |= dict.fromkeys(class_export.CRITICISM, "private criticism: only with --with-concerns")
    return {
        "format": "homeroom-class/1",
        "classroom": found.name,
        "timezone": found.timezone,
        "exported_at": now.isoformat(timespec="seconds"),
        "left_out": left_out,
    }


def _write(file: zipfile.ZipFile, about: dict[str, Json], tables: Mapping[str, Rows], roster: bytes) -> None:
    listed: dict[str, Json] = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    whole = {**about, "tables": listed}
    file.writestr("class.json", json.dumps(whole, ensure_ascii=False, indent=1))
    file.writestr("roster.xlsx", roster)
    for name, rows in tables.items():
        if rows:
            file.writestr(f"csv/{name}.csv", as_csv(rows))


def as_csv(rows: Rows) -> bytes:
    """Rows as a spreadsheet opens them: a mark at the head for Excel, and no cell can become a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    header = list(dict.fromkeys(name for row in rows for name in row))
    writer.writerow(header)
    writer.writerows([_cell(row.get(name)) for name in header] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return escaped(re.sub(r"\r\n?", "\n", value))
    return json.dumps(value, ensure_ascii=False)
