"""What a roster file says, as plain values: good rows, refused rows, or the reason why there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from classroom.errors import HomeroomError
from classroom.events import Json

"""The part of JSON that these values are made of."""

MAX_FILE_BYTES = 5 * 1024 * 1024
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_ROWS = 5_000
MAX_COLUMNS = 50
MAX_CONTACTS = 4 * MAX_ROWS
"""Rows that come out of one file, where a line or a student has several contacts."""
MAX_TEXT = 40
"""Characters of a name, number, alias or relation."""


class SheetCode(StrEnum):
    """Why a whole file cannot be read; one template per code says what to do instead."""

    NOT_A_SPREADSHEET = "not_a_spreadsheet"
    HTML_TABLE = "html_table"
    OLD_FORMAT = "old_format"
    PASSWORD_PROTECTED = "password_protected"  # noqa: S105 - a code
    DAMAGED = "damaged"
    UNSAFE_XML = "unsafe_xml"
    NESTED_ARCHIVE = "nested_archive"
    TOO_LARGE = "too_large"
    UNPACKED_TOO_LARGE = "unpacked_too_large"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_CELLS = "too_many_cells"
    EMPTY = "empty"
    NO_NAME_COLUMN = "no_name_column"
    NO_ROLES = "no_roles"
    SEVERAL_CLASSES = "several_classes"


class RefusalReason(StrEnum):
    """Why one row is not taken; `RefusedRow.value` is the cell that is meant."""

    NAME_MISSING = "name_missing"
    NOT_A_NAME = "not_a_name"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    FORMULA = "formula"
    EMOJI = "emoji"
    BAD_PHONE = "bad_phone"
    ROUNDED_NUMBER = "rounded_number"
    NUMBER_TAKEN = "number_taken"
    DUPLICATE = "duplicate"
    INACTIVE = "inactive"
    NO_STUDENT = "no_student"
    SHARED_NAME = "shared_name"


LIMITS: Mapping[SheetCode, int] = {
    SheetCode.TOO_LARGE: MAX_FILE_BYTES,
    SheetCode.UNPACKED_TOO_LARGE: MAX_UNPACKED_BYTES,
    SheetCode.TOO_MANY_ROWS: MAX_ROWS,
    SheetCode.TOO_MANY_COLUMNS: MAX_COLUMNS,
    SheetCode.TOO_MANY_CELLS: MAX_ROWS * MAX_COLUMNS,
}
"""The number that a code's text names: bytes, rows, columns or cells."""


class SheetError(HomeroomError):
    """A roster file cannot be read as a whole; carries a code and its limit, nothing of the content."""

    def __init__(self, code: SheetCode) -> None:
        """Take `limit` from `LIMITS`, None where the code has none."""
        super().__init__(code.value)
        self.code = code
        self.limit = LIMITS.get(code)

    def __reduce__(self) -> tuple[type[SheetError], tuple[SheetCode]]:
        """Survive the way back from a worker process."""
        return (SheetError, (self.code,))

    def to_json(self) -> dict[str, Json]:
        """Give what a queue may carry: code and limit."""
        return {"code": self.code.value, "limit": self.limit}

    @classmethod
    def from_json(cls, data: object) -> SheetError:
        """Read what `to_json` wrote; raise ValueError on anything else."""
        return cls(SheetCode(_text(_fields(data), "code")))


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A student with at most one contact; several contacts are several rows with the same name and number."""

    line: int
    name: str
    number: str | None = None
    aliases: tuple[str, ...] = ()
    guardian: str | None = None
    relation: str | None = None
    phone: str | None = None

    def to_json(self) -> dict[str, Json]:
        """Give the row as plain JSON."""
        return {
            "line": self.line,
            "name": self.name,
            "number": self.number,
            "aliases": list(self.aliases),
            "guardian": self.guardian,
            "relation": self.relation,
            "phone": self.phone,
        }

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Read what `to_json` wrote; raise ValueError on anything else."""
        fields = _fields(data)
        return cls(
            line=_number(fields, "line"),
            name=_text(fields, "name"),
            number=_optional(fields, "number"),
            aliases=tuple(_text({"alias": alias}, "alias") for alias in _items(fields, "aliases")),
            guardian=_optional(fields, "guardian"),
            relation=_optional(fields, "relation"),
            phone=_optional(fields, "phone"),
        )


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A line that was not taken, with its reason and the cell that caused it (shortened, printable)."""

    line: int
    reason: RefusalReason
    value: str

    def to_json(self) -> dict[str, Json]:
        """Give the refusal as plain JSON."""
        return {"line": self.line, "reason": self.reason.value, "value": self.value}

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Read what `to_json` wrote; raise ValueError on anything else."""
        fields = _fields(data)
        return cls(_number(fields, "line"), RefusalReason(_text(fields, "reason")), _text(fields, "value"))


@dataclass(frozen=True, slots=True)
class RosterSheet:
    """A roster file that was read: the rows to import and the lines to tell the teacher about."""

    rows: tuple[RosterRow, ...]
    refused: tuple[RefusedRow, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Give the sheet as plain JSON."""
        return {
            "rows": [row.to_json() for row in self.rows],
            "refused": [row.to_json() for row in self.refused],
        }

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Read what `to_json` wrote; raise ValueError on anything else."""
        fields = _fields(data)
        return cls(
            tuple(RosterRow.from_json(row) for row in _items(fields, "rows")),
            tuple(RefusedRow.from_json(row) for row in _items(fields, "refused")),
        )


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One line of an exported roster: a student with one contact, and whether that contact is bound."""

    name: str
    number: str | None = None
    aliases: tuple[str, ...] = ()
    guardian: str | None = None
    relation: str | None = None
    phone: str | None = None
    bound: bool = False


def _fields(data: object) -> dict[str, object]:
    if not isinstance(data, dict):
        raise ValueError("an object is expected")
    return {str(key): value for key, value in data.items()}


def _items(fields: Mapping[str, object], key: str) -> list[object]:
    value = fields.get(key)
    if not isinstance(value, list):
        raise ValueError(f"{key} is not a list")
    return list(value)


def _optional(fields: Mapping[str, object], key: str) -> str | None:
    return None if fields.get(key) is None else _text(fields, key)


def _text(fields: Mapping[str, object], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str):
        raise ValueError(f"{key} is not a text")
    return value


def _number(fields: Mapping[str, object], key: str) -> int:
    value = fields.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{key} is not a number")
    return value
