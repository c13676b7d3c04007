"""The doorman of zipped spreadsheets: what calamine would choke on is found before it gets there.

calamine fills its cells into one dense block and reserves what a file claims to hold: a file of 5 KB with
a cell in XFD200000 asks for 100 GB, and a failed allocation in Rust ends the process (tafia/calamine 684,
714). So every XML part is walked here, and only the walked parts are packed again: there must be no second
opinion on what the archive holds.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat

from classroom.roster_grid import HEADER_DEPTH
from classroom.roster_rows import MAX_COLUMNS, MAX_ROWS, MAX_UNPACKED_BYTES, SheetCode, SheetError

MAX_LINES = MAX_ROWS + HEADER_DEPTH
"""The last line that may be used: as many rows as are taken below the deepest header."""

MAX_PARTS = 1_000
MAX_ELEMENTS = 800_000
"""XML elements of a file; a full sheet has up to three per cell, and walking a million takes two seconds."""

MAX_CELL_CHARS = 8_000_000
"""Characters of all cells together; a text may be referred to by many cells."""

_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ENCRYPTED = 0x1


def unzip(data: bytes, wanted: Callable[[str], bool]) -> tuple[list[str], dict[str, bytes]]:
    """Give all names of an archive and the content of the wanted parts, by normalised name.

    Raises SheetError `damaged`, `unpacked_too_large` or `password_protected`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED_BYTES:
                raise SheetError(SheetCode.UNPACKED_TOO_LARGE)
            names = [info.filename.replace("\\", "/").lstrip("/") for info in infos]
            parts = zip(names, infos, strict=True)
            return names, {name: _unpack(archive, info) for name, info in parts if wanted(name)}
    except _FAULTS as fault:
        raise SheetError(SheetCode.DAMAGED) from fault


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise SheetError(SheetCode.PASSWORD_PROTECTED)
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise SheetError(SheetCode.DAMAGED)
    with archive.open(info) as part:
        content = part.read(info.file_size + 1)
    if len(content) != info.file_size:
        raise SheetError(SheetCode.DAMAGED)
    return content


def repack(parts: Mapping[str, bytes]) -> bytes:
    """Pack the walked parts into a fresh archive, uncompressed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def guard_xlsx(parts: Mapping[str, bytes]) -> None:
    """Walk all parts of an .xlsx, shared texts first; raise SheetError if one must not be read."""
    _check_elements(parts.values())
    shared = _SharedTexts()
    texts = {name for name in parts if name.casefold() == "xl/sharedstrings.xml"}
    for name in texts:
        walk(parts[name], shared)
    worksheets = _Worksheets(shared.lengths)
    for name in parts.keys() - texts:
        sheet = name.casefold().startswith("xl/worksheets/")
        if sheet:
            worksheets.begin()
        walk(parts[name], worksheets if sheet else Handler())


def guard_ods(content: bytes) -> None:
    """Walk the content of an .ods, whose rows and cells may be repeated by a number."""
    _check_elements([content])
    walk(content, _Tables())


def _check_elements(parts: Iterable[bytes]) -> None:
    if sum(part.count(b"<") - part.count(b"</") for part in parts) > MAX_ELEMENTS:
        raise SheetError(SheetCode.TOO_MANY_CELLS)


class Handler:
    """What is looked at while an XML part is walked; by itself it only sees that the part is harmless."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Look at the beginning of an element, its prefix taken off."""

    def end(self, tag: str) -> None:
        """Look at the end of an element."""

    def text(self, text: str) -> None:
        """Look at a piece of text."""


def walk(xml: bytes, handler: Handler) -> None:
    """Parse one part as UTF-8 and refuse DOCTYPE, entities and counts that the part cannot hold."""
    # The encoding is imposed: a part that declares another one would read differently in calamine.
    parser = expat.ParserCreate("utf-8")
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > 100:
            raise SheetError(SheetCode.DAMAGED)
        _check_counts(attributes, len(xml))
        handler.start(tag.rpartition(":")[2], attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(tag.rpartition(":")[2])

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.buffer_text = True
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError) as fault:
        raise SheetError(SheetCode.DAMAGED) from fault


def _check_counts(attributes: Mapping[str, str], most: int) -> None:
    for name in ("count", "uniqueCount"):
        if name in attributes and (not attributes[name].isdecimal() or int(attributes[name][:9]) > most):
            raise SheetError(SheetCode.DAMAGED)


def _refuse_doctype(*_: object) -> None:
    raise SheetError(SheetCode.UNSAFE_XML)


class _SharedTexts(Handler):
    def __init__(self) -> None:
        self.lengths: list[int] = []
        self._length = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "si":
            self._length = 0

    def end(self, tag: str) -> None:
        if tag == "si":
            self.lengths.append(self._length)

    def text(self, text: str) -> None:
        self._length += len(text)


class _Worksheets(Handler):
    """Follows the position of every cell that holds something; empty ones may lie anywhere."""

    def __init__(self, shared: list[int]) -> None:
        self._shared = shared
        self._chars = 0
        self._merged = 0
        self.begin()

    def begin(self) -> None:
        """Begin the next worksheet at its first line."""
        self._row, self._column = -1, -1
        self._in_cell = self._is_shared = False
        self._value: list[str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag:
            case "row":
                self._row = _line(attributes["r"]) if "r" in attributes else self._row + 1
                self._column = -1
            case "c":
                self._column += 1
                self._in_cell = True
                self._is_shared = attributes.get("t") == "s"
                if "r" in attributes:
                    self._row, self._column = _position(attributes["r"])
            case "v" | "is" | "f" | "t" if self._in_cell:
                check_position(self._row, self._column)
                self._value = []
            case "mergeCell":
                self._merged += 1
                if self._merged > 2 * MAX_LINES:
                    raise SheetError(SheetCode.TOO_MANY_CELLS)

    def end(self, tag: str) -> None:
        if tag == "v" and self._is_shared and self._value is not None:
            index = _number("".join(self._value))
            if index >= len(self._shared):
                raise SheetError(SheetCode.DAMAGED)
            self._count(self._shared[index])
        if tag in {"v", "is"}:
            self._value = None
        self._in_cell = self._in_cell and tag != "c"

    def text(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text[:20])
            self._count(len(text))

    def _count(self, chars: int) -> None:
        self._chars += chars
        if self._chars > MAX_CELL_CHARS:
            raise SheetError(SheetCode.TOO_MANY_CELLS)


class _Tables(Handler):
    """Follows rows and cells of an .ods; what is repeated counts as often as it is repeated."""

    def __init__(self) -> None:
        self._row, self._rows, self._column, self._columns = 0, 1, 0, 1
        self._chars = 0
        self._in_cell = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag:
            case "table":
                self._row = 0
            case "table-row":
                self._rows = _repeated(attributes, "number-rows-repeated")
                self._column = 0
            case "table-cell" | "covered-table-cell":
                self._columns = _repeated(attributes, "number-columns-repeated")
                self._in_cell = True
                if any(name.endswith((":value-type", ":formula")) for name in attributes):
                    self._filled()
            case "s" if self._in_cell:
                self._count(_repeated(attributes, "c"))
            case "p" if self._in_cell:
                self._filled()

    def end(self, tag: str) -> None:
        match tag:
            case "table-row":
                self._row += self._rows
            case "table-cell" | "covered-table-cell":
                self._column += self._columns
                self._in_cell = False

    def text(self, text: str) -> None:
        if self._in_cell:
            self._count(len(text))

    def _filled(self) -> None:
        check_position(self._row + self._rows - 1, self._column + self._columns - 1)

    def _count(self, chars: int) -> None:
        self._chars += chars * self._rows * self._columns
        if self._chars > MAX_CELL_CHARS:
            raise SheetError(SheetCode.TOO_MANY_CELLS)


def check_position(row: int, column: int) -> None:
    """Refuse a filled cell beyond the limits; both count from 0."""
    if row >= MAX_LINES:
        raise SheetError(SheetCode.TOO_MANY_ROWS)
    if column >= MAX_COLUMNS:
        raise SheetError(SheetCode.TOO_MANY_COLUMNS)


def _repeated(attributes: Mapping[str, str], key: str) -> int:
    return max(1, _number(next(iter(_local(attributes, key)), "1")))


def _local(attributes: Mapping[str, str], key: str) -> Iterable[str]:
    return (value for name, value in attributes.items() if name.rpartition(":")[2] == key)


def _position(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise SheetError(SheetCode.DAMAGED)
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return _line(match[2]), column - 1


def _line(text: str) -> int:
    line = _number(text)
    if line == 0:
        raise SheetError(SheetCode.DAMAGED)
    return line - 1


def _number(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise SheetError(SheetCode.DAMAGED)
    return int(text)
