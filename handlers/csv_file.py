"""A table as a CSV file that goes along: spreadsheets open it as it is, and run nothing in it."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Iterable, Sequence

from classroom.effects import Enclosed

_NOT_IN_FILENAMES = re.compile(r"[^\w.-]+")


def csv_file(name: str, lines: Iterable[Sequence[str]]) -> Enclosed:
    """The lines, header first, in the encoding by which Excel knows Chinese."""
    from classroom.sheets.rosters import escaped  # noqa: PLC0415 - what writes tables is seldom needed

    buffer = io.StringIO()
    csv.writer(buffer).writerows([escaped(text) for text in line] for line in lines)
    data = base64.b64encode(buffer.getvalue().encode("utf-8-sig")).decode()
    return Enclosed("document", f"{_NOT_IN_FILENAMES.sub('_', name)[:60]}.csv", data=data)
