"""From the bytes of a file to grids of text: says by content what a file is and opens it within limits."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from classroom.roster_columns import columns_of
from classroom.roster_grid import HEADER_DEPTH, Grid
from classroom.roster_rows import MAX_COLUMNS, MAX_FILE_BYTES, SheetCode, SheetError
from classroom.sheets.guard import MAX_LINES, guard_ods, guard_xlsx, repack, unzip

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True, slots=True)
class SheetFile:
    """The grids of one file by sheet or part name; `is_text` where it was no workbook."""

    grids: Mapping[str, Grid]
    is_text: bool


_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_FOREIGN = (
    b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"%PDF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"\x7fELF",
    b"RIFF", b"{\\rtf", b"BM", b"ID3", b"OggS", b"BZh", b"SQLite format 3",
)  # fmt: skip
_XLSX_PARTS = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels|xl/_rels/workbook\.xml\.rels"
    r"|xl/(workbook|sharedstrings|styles)\.xml|xl/worksheets/[^/]+\.xml",
    re.IGNORECASE,
)
_ONEROSTER_PARTS = frozenset(["users.csv", "roles.csv", "enrollments.csv", "classes.csv"])
_SPREADSHEETS = (".xlsx", ".xls", ".csv", ".ods", ".zip", ".txt", ".tsv", ".et")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_MAX_CSV_LINES = 100_000


def open_sheets(data: bytes) -> SheetFile:
    """Open a spreadsheet, a text of cells or a OneRoster archive; SheetError says what is the matter."""
    if len(data) > MAX_FILE_BYTES:
        raise SheetError(SheetCode.TOO_LARGE)
    if not data.strip(b"\x00 \t\r\n"):
        raise SheetError(SheetCode.EMPTY)
    if data.startswith(_ZIP):
        return _open_archive(data)
    if data.startswith(_OLE):
        raise SheetError(_ole_code(data))
    if data.startswith(_OLD_EXCEL) and b"\x00" in data[2:8]:
        raise SheetError(SheetCode.OLD_FORMAT)
    if data.startswith(_FOREIGN):
        raise SheetError(SheetCode.NOT_A_SPREADSHEET)
    return SheetFile({"": read_text(data)}, is_text=True)


def _ole_code(data: bytes) -> SheetCode:
    """Tell apart what lies in an OLE container: calamine aborts on forged ones, so none is opened."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return SheetCode.PASSWORD_PROTECTED
    is_excel = any(f"{name}\0".encode("utf-16-le") in data for name in ("Workbook", "Book"))
    return SheetCode.OLD_FORMAT if is_excel else SheetCode.NOT_A_SPREADSHEET


def _open_archive(data: bytes) -> SheetFile:
    names, parts = unzip(data, _is_needed)
    lower = {name.casefold() for name in names}
    if "xl/workbook.xml" in lower:
        kept = {name: content for name, content in parts.items() if _XLSX_PARTS.fullmatch(name)}
        guard_xlsx(kept)
        return SheetFile(_read_workbook(repack(kept)), is_text=False)
    if parts.get("mimetype", b"").strip() == _ODS and "content.xml" in lower:
        return _open_ods(parts)
    texts = {_base(name): content for name, content in parts.items() if _base(name) in _ONEROSTER_PARTS}
    if "users.csv" in texts:
        return SheetFile({name: read_text(content) for name, content in texts.items()}, is_text=True)
    if "xl/workbook.bin" in lower:
        raise SheetError(SheetCode.OLD_FORMAT)
    nested = any(name.endswith(_SPREADSHEETS) for name in lower)
    raise SheetError(SheetCode.NESTED_ARCHIVE if nested else SheetCode.NOT_A_SPREADSHEET)


def _open_ods(parts: Mapping[str, bytes]) -> SheetFile:
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise SheetError(SheetCode.PASSWORD_PROTECTED)
    guard_ods(parts["content.xml"])
    manifest = b'<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kept = {"mimetype": _ODS, "META-INF/manifest.xml": manifest, "content.xml": parts["content.xml"]}
    return SheetFile(_read_workbook(repack(kept)), is_text=False)


def _is_needed(name: str) -> bool:
    return (
        _XLSX_PARTS.fullmatch(name) is not None
        or name in {"mimetype", "content.xml", "META-INF/manifest.xml"}
        or _base(name) in _ONEROSTER_PARTS
    )


def _base(name: str) -> str:
    return name.rpartition("/")[2].casefold()


def _read_workbook(data: bytes) -> dict[str, Grid]:
    """Let calamine read all visible sheets of a guarded workbook."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            visible = [
                (index, sheet.name)
                for index, sheet in enumerate(book.sheets_metadata)
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
            ]
            return {name: _grid(book.get_sheet_by_index(index)) for index, name in visible}
    except PasswordError as fault:
        raise SheetError(SheetCode.PASSWORD_PROTECTED) from fault
    except (CalamineError, OSError, ValueError, LookupError) as fault:
        raise SheetError(SheetCode.DAMAGED) from fault
    except BaseException as fault:
        # A panic of calamine is a BaseException of a class that cannot be imported.
        if type(fault).__name__ != "PanicException":
            raise
        raise SheetError(SheetCode.DAMAGED) from None


def _grid(sheet: CalamineSheet) -> Grid:
    rows = [[_typed(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False, nrows=MAX_LINES)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        # A name merged over the lines of both parents stands in the first of them only.
        if left == right and top < len(rows) and left < len(rows[top]) and rows[top][left]:
            for row in rows[top + 1 : bottom + 1]:
                row[left] = row[left] or rows[top][left]
    return rows


def _typed(cell: Cell) -> str:
    """Write a cell as it was typed; beyond 15 digits Excel has rounded, which the exponent then shows."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, float) and abs(cell) >= 1e15:
        return f"{cell:e}"
    return str(cell)


def read_text(data: bytes) -> Grid:
    """Read cells from text in UTF-8, UTF-16 or GB18030, separated by comma, semicolon or tab."""
    text = _decode(data)
    _refuse_markup(text[:4096].lstrip())
    if "\x00" in text or _is_binary(text[:4096]):
        raise SheetError(SheetCode.NOT_A_SPREADSHEET)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            rows.append(_trimmed(row))
            if len(rows) > _MAX_CSV_LINES:
                raise SheetError(SheetCode.TOO_MANY_ROWS)
    except csv.Error as fault:
        raise SheetError(SheetCode.NOT_A_SPREADSHEET) from fault
    return rows


def _is_binary(head: str) -> bool:
    controls = sum(char < " " and char not in "\t\r\n" for char in head)
    return 5 * controls > len(head)


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1].strip():
        row.pop()
    if len(row) > MAX_COLUMNS:
        raise SheetError(SheetCode.TOO_MANY_COLUMNS)
    return row


def _decode(data: bytes) -> str:
    for encoding in _encodings(data):
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise SheetError(SheetCode.NOT_A_SPREADSHEET)


def _encodings(data: bytes) -> Sequence[str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    head = data[:2000]
    if b"\x00" in head:
        return ("utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be",)
    return ("utf-8-sig", "gb18030")


def _refuse_markup(head: str) -> None:
    lower = head.casefold()
    tagged = lower.startswith("<") and re.search("<(html|table|body|!doctype html)", lower)
    if tagged or lower.startswith("mime-version:"):
        raise SheetError(SheetCode.HTML_TABLE)
    if "urn:schemas-microsoft-com:office:spreadsheet" in lower:
        raise SheetError(SheetCode.OLD_FORMAT)
    if lower.startswith("<"):
        raise SheetError(SheetCode.NOT_A_SPREADSHEET)


def _delimiter(text: str) -> str:
    """Choose the separator under which the first lines show most known columns, else most cells."""
    head = text[:20_000].splitlines()[:HEADER_DEPTH]

    def score(delimiter: str) -> tuple[int, int]:
        rows = [line.split(delimiter) for line in head]
        known = max(
            (len(columns_of([cell.strip('" ') for cell in row[:MAX_COLUMNS]])) for row in rows), default=0
        )
        return known, sum(len(row) for row in rows)

    return max(",;\t", key=score)
