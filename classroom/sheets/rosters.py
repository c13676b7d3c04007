"""Rosters as files: bytes in, plain values out, and back. Never in the writer's thread."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence

from classroom.oneroster import is_users, read_oneroster
from classroom.roster_grid import Grid, find_header, read_grid
from classroom.roster_rows import ExportRow, RosterSheet
from classroom.sheets.files import open_sheets

_HEADERS = {
    "zh": ("姓名", "学号", "别名", "家长", "关系", "手机", "已绑定", "是", "否"),
    "en": ("name", "student_id", "alias", "guardian", "relation", "phone", "bound", "yes", "no"),
}
_WIDTHS = (14, 14, 18, 14, 10, 18, 10)
RUN = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")
"""How a text begins that some spreadsheet runs; in East Asian settings the full-width forms too."""

_PLAIN_LISTS = (".csv", ".txt", ".tsv")


def read_roster(data: bytes, filename: str) -> RosterSheet:
    """Read a roster from a file; what it is shows its content, whatever its name says.

    The name is asked only for a list of names without a header, so that any text called .xlsx is no roster.
    Raises SheetError, whose code says why there is nothing to import.
    """
    file = open_sheets(data)
    users = next((name for name, grid in file.grids.items() if is_users(grid)), None)
    if users is not None:
        return read_oneroster({**file.grids, "users.csv": file.grids[users]})
    bare_names = not file.is_text or filename.casefold().endswith(_PLAIN_LISTS)
    return read_grid(_best(file.grids), bare_names=bare_names)


def _best(grids: Mapping[str, Grid]) -> Grid:
    """Take the first sheet with a header of ours, else the first that is not blank."""
    filled = [grid for grid in grids.values() if any(any(row) for row in grid)]
    return next((grid for grid in filled if find_header(grid)), filled[0] if filled else ())


def write_roster(rows: Sequence[ExportRow], language: str = "zh_CN") -> bytes:
    """Write an .xlsx that `read_roster` reads back unchanged; no cell can become a formula."""
    *header, yes, no = _HEADERS["en" if language.startswith("en") else "zh"]
    return write_table(header, [(*_texts(row), yes if row.bound else no) for row in rows], _WIDTHS)


def write_table(
    header: Sequence[str], lines: Iterable[Sequence[str]], widths: Sequence[int] = (14, 14, 80)
) -> bytes:
    """Write an .xlsx of texts below a header that stays in sight; no cell can become a formula."""
    from openpyxl import Workbook  # noqa: PLC0415 - 0.2 s that the start must not pay
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    sheet = book.active or book.create_sheet()
    for line, texts in enumerate([header, *lines], start=1):
        for column, text in enumerate(texts, start=1):
            cell = sheet.cell(line, column)
            cell.value = escaped(text) or None
            cell.number_format = "@"
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _texts(row: ExportRow) -> tuple[str, ...]:
    optional = (row.guardian, row.relation, row.phone)
    return (row.name, row.number or "", "、".join(row.aliases), *(text or "" for text in optional))


def escaped(text: str) -> str:
    """Keep a spreadsheet from running a text, and drop characters that XML cannot hold."""
    text = "".join(char for char in text if char in "\t\n" or char >= " ")
    return f"'{text}" if text.startswith(RUN) else text
