"""From a grid of cells to roster rows: finds the header, reads every line below it, refuses one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from classroom.roster_cells import (
    CellRefusedError,
    aliases_of,
    name_of,
    number_of,
    phone_of,
    printable,
    tidy,
    words_of,
)
from classroom.roster_columns import Column, Field, columns_of, is_header_word
from classroom.roster_rows import (
    MAX_CONTACTS,
    MAX_ROWS,
    RefusalReason,
    RefusedRow,
    RosterRow,
    RosterSheet,
    SheetCode,
    SheetError,
)

Grid: TypeAlias = Sequence[Sequence[str]]
"""The cells as text; the first row is line 1 of the spreadsheet."""

HEADER_DEPTH = 11
"""A header may have up to ten lines of title above it."""

Contact: TypeAlias = tuple[str | None, str | None, str | None]


def read_grid(grid: Grid, *, bare_names: bool) -> RosterSheet:
    """Read a grid by its header, or as a plain list of names where `bare_names` allows it."""
    if not any(_filled(row) for row in grid):
        raise SheetError(SheetCode.EMPTY)
    header = find_header(grid)
    if header:
        start, columns = header
        return _checked(_read_lines(grid, start, columns))
    if bare_names and (only := _only_column(grid)) is not None:
        return _checked(_read_lines(grid, 0, (Column(only, Field.NAME),)))
    raise SheetError(SheetCode.NO_NAME_COLUMN)


def find_header(grid: Grid) -> tuple[int, tuple[Column, ...]] | None:
    """Find the line after the header and its columns: of the first lines the one with most known columns."""
    best: tuple[int, tuple[Column, ...]] | None = None
    for index, row in enumerate(grid[:HEADER_DEPTH]):
        columns = columns_of(row)
        named = any(column.field is Field.NAME for column in columns)
        if named and (best is None or len(columns) > len(best[1])):
            best = (index + 1, columns)
    return best


def settle(rows: Iterable[RosterRow], refused: Iterable[RefusedRow]) -> RosterSheet:
    """Refuse what contradicts an earlier line, and put the refusals in the order of the file."""
    kept: dict[tuple[object, ...], RosterRow] = {}
    owners: dict[str, str] = {}
    out = list(refused)
    for row in rows:
        key = (row.name, row.number, row.aliases, row.guardian, row.relation, row.phone)
        if row.number and owners.setdefault(row.number, row.name) != row.name:
            out.append(RefusedRow(row.line, RefusalReason.NUMBER_TAKEN, row.number))
        elif key not in kept:
            kept[key] = row
        elif kept[key].line != row.line:
            out.append(RefusedRow(row.line, RefusalReason.DUPLICATE, row.name))
    unique = dict.fromkeys(sorted(out, key=lambda row: row.line))
    return RosterSheet(tuple(kept.values()), tuple(unique))


def _checked(lines: Iterable[tuple[RosterRow, ...] | RefusedRow]) -> RosterSheet:
    rows: list[RosterRow] = []
    refused: list[RefusedRow] = []
    for count, line in enumerate(lines, start=1):
        if count > MAX_ROWS:
            raise SheetError(SheetCode.TOO_MANY_ROWS)
        if isinstance(line, RefusedRow):
            refused.append(line)
        else:
            rows.extend(line)
        if len(rows) > MAX_CONTACTS:
            raise SheetError(SheetCode.TOO_MANY_ROWS)
    if not rows and not refused:
        raise SheetError(SheetCode.EMPTY)
    return settle(rows, refused)


def _read_lines(
    grid: Grid, start: int, columns: Sequence[Column]
) -> Iterator[tuple[RosterRow, ...] | RefusedRow]:
    name = next(column.index for column in columns if column.field is Field.NAME)
    for line, cells in enumerate(grid[start:], start=start + 1):
        # Templates come with their serial numbers filled in: only the known columns make a line.
        if not any(tidy(_cell(cells, column.index)) for column in columns):
            continue
        if start and is_header_word(_cell(cells, name), Field.NAME):
            continue
        try:
            yield tuple(_read_line(line, cells, columns))
        except CellRefusedError as refusal:
            yield RefusedRow(line, refusal.reason, refusal.value)


def _read_line(line: int, cells: Sequence[str], columns: Sequence[Column]) -> Iterator[RosterRow]:
    texts = {
        field: [_cell(cells, column.index) for column in columns if column.field is field] for field in Field
    }
    if not tidy(texts[Field.NAME][0]):
        first = next(cell for column in columns if tidy(cell := _cell(cells, column.index)))
        raise CellRefusedError(RefusalReason.NAME_MISSING, printable(first))
    name = name_of(texts[Field.NAME][0])
    number = next((number_of(text) for text in texts[Field.NUMBER]), None)
    aliases = dict.fromkeys(alias for text in texts[Field.ALIAS] for alias in aliases_of(text))
    known = tuple(alias for alias in aliases if alias != name)
    for contact in _contacts(cells, columns) or [(None, None, None)]:
        yield RosterRow(line, name, number, known, *contact)


def _contacts(cells: Sequence[str], columns: Sequence[Column]) -> list[Contact]:
    groups: dict[str, list[Column]] = {}
    for column in columns:
        if column.group:
            groups.setdefault(column.group, []).append(column)
    found = [_contact({column.field: _cell(cells, column.index) for column in group}, group[0].relation)
             for group in groups.values()]  # fmt: skip
    return [contact for contact in found if contact != (None, None, None)]


def _contact(texts: Mapping[Field, str], header_relation: str | None) -> Contact:
    guardian = words_of(texts.get(Field.GUARDIAN, ""))
    phone = phone_of(texts.get(Field.PHONE, ""))
    relation = words_of(texts.get(Field.RELATION, ""))
    if guardian or phone:
        relation = relation or header_relation
    return guardian, relation, phone


def _only_column(grid: Grid) -> int | None:
    """Find the one column of a list without header, if most of what stands there can be a name."""
    filled = {index for row in grid for index, cell in enumerate(row) if tidy(cell)}
    if len(filled) != 1:
        return None
    (only,) = filled
    cells = [cell for row in grid if tidy(cell := _cell(row, only))]
    good = sum(_could_be_name(cell) for cell in cells)
    return only if 2 * good > len(cells) else None


def _could_be_name(cell: str) -> bool:
    try:
        name = name_of(cell)
    except CellRefusedError:
        return False
    return len(name) <= 20 and not any(
        char in '，。！？：；!?:;{}<>[]#=_/\\"' or char.isdigit() for char in name
    )


def _cell(cells: Sequence[str], index: int) -> str:
    return cells[index] if index < len(cells) else ""


def _filled(row: Sequence[str]) -> bool:
    return any(tidy(cell) for cell in row)
