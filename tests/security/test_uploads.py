"""Files that were made to do harm: bombs, formulas, things that are not what they say."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
import zlib

import pytest
from openpyxl import load_workbook
from PIL import Image

from classroom.pictures import MAX_PICTURE_BYTES, PictureError, codes_in
from classroom.roster_rows import MAX_FILE_BYTES, SheetCode, SheetError
from classroom.sheets.rosters import RUN, escaped, read_roster, write_table
from tests.architecture.source import ROOT
from tests.ready import ready_class
from tests.world import World

MEGABYTE = 1 << 20


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def picture(width: int, height: int, mode: str = "1", form: str = "PNG") -> bytes:
    """A picture of one colour, which packs to nearly nothing."""
    buffer = io.BytesIO()
    Image.new(mode, (width, height)).save(buffer, form)
    return buffer.getvalue()


def noise() -> bytes:
    """A picture that packs badly."""
    buffer = io.BytesIO()
    Image.effect_noise((200, 200), 50).save(buffer, "PNG")
    return buffer.getvalue()


def claimed(width: int, height: int) -> bytes:
    """A PNG whose head claims a size and whose body is not there."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x06\x00\x00\x00"
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + len(head).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")


CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>'
SHEET = f"<worksheet><sheetData>{CELL}</sheetData></worksheet>"
BOOK = {
    "[Content_Types].xml": b"<Types/>",
    "xl/workbook.xml": b'<workbook><sheets><sheet name="a" sheetId="1"/></sheets></workbook>',
}
BOMBS = {
    "a zip that unpacks to 200 MB": packed({"xl/workbook.xml": bytes(200 * MEGABYTE)}),
    "a list of names that unpacks to 60 MB": packed({"users.csv": b"a," * (30 * MEGABYTE)}),
    "a zip in a zip": packed({"roster.xlsx": packed(BOOK)}),
    "a billion laughs": packed(
        BOOK
        | {
            "xl/worksheets/sheet1.xml": b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
            + SHEET.format("&b;").encode()
        }
    ),
    "a cell a hundred million rows down": packed(
        BOOK | {"xl/worksheets/sheet1.xml": SHEET.format("x").replace('"A1"', '"XFD99999999"').encode()}
    ),
    "a file of another kind": b"%PDF-1.7 " + bytes(100),
    "too large a file": bytes([65]) * (MAX_FILE_BYTES + 1),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_spreadsheet_made_to_do_harm_is_refused_with_its_reason(what: str) -> None:
    with pytest.raises(SheetError) as refused:
        read_roster(BOMBS[what], "roster.xlsx")
    assert isinstance(refused.value.code, SheetCode)


PICTURES = {
    "16 billion pixels": claimed(125_000, 125_000),
    "a 100 million pixel PNG of 12 KB": picture(10_000, 10_000),
    "a wide one in colours": picture(5_000, 5_000, "RGBA"),
    "no picture": b"\x89PNG\r\n\x1a\n" + bytes(50),
    "cut off": noise()[:2000],
    "too large a file": bytes(MAX_PICTURE_BYTES + 1),
    "another program's": b"%!PS-Adobe-3.0 EPSF-3.0\n",
}


@pytest.mark.parametrize("what", PICTURES)
def test_a_picture_made_to_do_harm_is_refused(what: str) -> None:
    with pytest.raises(PictureError):
        codes_in(PICTURES[what])


def test_all_of_them_together_take_little_memory() -> None:
    """In a process of its own, that may not take more than a running Homeroom has to spare."""
    program = (
        "import resource, sys\n"
        "from tests.security.test_uploads import BOMBS, PICTURES, picture\n"
        "from classroom.pictures import PictureError, codes_in\n"
        "from classroom.roster_rows import SheetError\n"
        "from classroom.sheets.rosters import read_roster\n"
        "files = [*BOMBS.values(), picture(5900, 5900, 'L'), picture(7000, 5700, 'L', 'JPEG')]\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for data in [*files, *PICTURES.values()]:\n"
        "    for read in (lambda d: read_roster(d, 'x.xlsx'), codes_in):\n"
        "        try:\n"
        "            read(data)\n"
        "        except (SheetError, PictureError):\n"
        "            pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 150 * 1024, "in KB"


@pytest.mark.parametrize("first", RUN)
def test_a_cell_that_somebody_may_open_runs_nothing(first: str) -> None:
    evil = f"{first}cmd|' /C calc'!A0"
    data = write_table(("姓名",), [(evil,)])
    [[head], [cell]] = load_workbook(io.BytesIO(data)).worksheets[0].iter_rows()
    assert (head.data_type, cell.data_type) == ("s", "s")
    assert str(cell.value) == escaped(evil) and str(cell.value).startswith("'")
    line = io.StringIO()
    csv.writer(line).writerow([escaped(evil)])
    assert line.getvalue().lstrip('"').startswith("'")


async def test_in_the_chat_the_teacher_reads_why_and_the_roster_is_as_it_was(sqlite_world: World) -> None:
    world = sqlite_world
    made = await ready_class(world)
    for data in BOMBS.values():
        file = world.platform.file(data, "roster.xlsx", "document")
        await made.teacher.in_private("", files=[file])
        assert made.teacher.last.text
    await made.teacher.in_private("/roster")
    assert "出了点问题" not in made.teacher.heard
    assert all(name in made.teacher.heard or name for name in made.students)
