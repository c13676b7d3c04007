"""Roster files: headers, encodings, OneRoster, hostile files, and the way out and back."""

from __future__ import annotations

import csv
import io
import json
import pickle
import time
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from classroom.roster_rows import (
    ExportRow,
    RefusalReason,
    RefusedRow,
    RosterRow,
    RosterSheet,
    SheetCode,
    SheetError,
)
from classroom.sheets.rosters import read_roster, write_roster

Value = str | int | float | bool | None
MANIFEST = b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'


def xlsx(rows: Iterable[Sequence[object]], merge: str = "") -> bytes:
    book = Workbook()
    sheet = book.active or book.create_sheet()
    for row in rows:
        sheet.append(list(row))
    if merge:
        sheet.merge_cells(merge)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def zipped(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_parts(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        old: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**old, **parts})


def with_sheet(xml: str) -> bytes:
    """An xlsx whose one worksheet has these rows as its XML."""
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return with_parts(
        xlsx([["姓名"]]), {"xl/worksheets/sheet1.xml": f"{head}{xml}</sheetData></worksheet>".encode()}
    )


def ods(rows: str) -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet><table:table table:name="1">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": mimetype, "META-INF/manifest.xml": MANIFEST, "content.xml": content})


def code_of(data: bytes, filename: str = "roster.xlsx") -> SheetCode:
    started = time.monotonic()
    with pytest.raises(SheetError) as refused:
        read_roster(data, filename)
    assert time.monotonic() - started < 30
    return refused.value.code


def csv_rows(text: str) -> tuple[RosterRow, ...]:
    sheet = read_roster(text.encode(), "roster.csv")
    assert sheet.refused == ()
    return sheet.rows


FULL = RosterRow(2, "张小明", "20230107", ("明明", "Tom"), "张伟", "爸爸", "13812345678")


@pytest.mark.parametrize(
    "header",
    [
        "姓名,学号,别名,家长,关系,手机",
        "name,student_id,alias,guardian,relation,phone",
        "Student Name,Student Number,Aliases,Guardian Name,Relationship,Mobile Phone",
        "学生姓名,学 号,小名,家长姓名,与学生关系,联系电话",
        "学生,number,英文名,监护人,Relation,手机号",
        "*姓名（必填）,学号：,别名,监护人姓名,关系,家长电话",
        "姓名,学号,别名,家长1,关系1,手机1",
        "姓名,学号,别名,第一监护人,第一监护人关系,第一监护人电话",
        "姓名,学号,别名,联系人,称谓,联系人电话",
    ],
)
def test_headers_in_chinese_and_english(header: str) -> None:
    assert csv_rows(f"{header}\n张小明,20230107,明明、Tom,张伟,爸爸,13812345678\n") == (FULL,)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_separators(separator: str, encoding: str, end: str) -> None:
    lines = [["姓名", "学号", "别名", "家长", "关系", "手机"]]
    lines.append(["张小明", "20230107", "明明/Tom", "张伟", "爸爸", "13812345678"])
    data = "".join(separator.join(line) + end for line in lines).encode(encoding)
    assert read_roster(data, "whatever.xlsx") == RosterSheet((FULL,))


@pytest.mark.parametrize(
    ("header", "line", "contacts"),
    [
        (
            "姓名,家长1,手机1,关系1,家长2,手机2,关系2",
            "李雷,李强,13800000001,爸爸,王芳,13800000002,妈妈",
            [("李强", "爸爸", "13800000001"), ("王芳", "妈妈", "13800000002")],
        ),
        (
            "姓名,父亲姓名,父亲电话,母亲姓名,母亲电话",
            "李雷,李强,13800000001,王芳,13800000002",
            [("李强", "父亲", "13800000001"), ("王芳", "母亲", "13800000002")],
        ),
        (
            "name,father name,father phone,mother name,mother phone",
            "Tom,Bob,13800000001,,",
            [("Bob", "father", "13800000001")],
        ),
        (
            "姓名,家长,手机,家长,手机",
            "李雷,李强,13800000001,王芳,13800000002",
            [("李强", None, "13800000001"), ("王芳", None, "13800000002")],
        ),
        ("姓名,手机1,手机2", "李雷,,13800000002", [(None, None, "13800000002")]),
        ("姓名,家长,手机", "李雷,无,-", [(None, None, None)]),
    ],
)
def test_several_contacts_in_columns(
    header: str, line: str, contacts: list[tuple[str | None, str | None, str | None]]
) -> None:
    rows = csv_rows(f"{header}\n{line}\n")
    assert [(row.guardian, row.relation, row.phone) for row in rows] == contacts
    assert {(row.line, row.name) for row in rows} == {(2, line.partition(",")[0])}


def test_several_contacts_in_lines_and_merged_names() -> None:
    rows: list[Sequence[object]] = [["姓名", "学号", "家长", "手机"]]
    rows.append(["李雷", 7, "李强", 13800000001])
    rows.append([None, 7, "王芳", 13800000002])
    sheet = read_roster(xlsx(rows, merge="A2:A3"), "r.xlsx")
    assert sheet.rows == (
        RosterRow(2, "李雷", "7", (), "李强", None, "13800000001"),
        RosterRow(3, "李雷", "7", (), "王芳", None, "13800000002"),
    )
    assert read_roster(xlsx(rows), "r.xlsx").refused == (RefusedRow(3, RefusalReason.NAME_MISSING, "7"),)


@pytest.mark.parametrize("above", range(11))
def test_header_below_a_title(above: int) -> None:
    rows: list[Sequence[Value]] = [["三年级2班学生名册", None]] * above
    data = xlsx([*rows, ["姓名", "学号"], ["张小明", 1]], merge="A1:B1" if above else "")
    assert read_roster(data, "r.xlsx").rows == (RosterRow(above + 2, "张小明", "1"),)


def test_header_too_far_down() -> None:
    rows: list[Sequence[Value]] = [["三年级", "2班"]] * 11
    assert code_of(xlsx([*rows, ["姓名", "学号"], ["张小明", 1]])) is SheetCode.NO_NAME_COLUMN


def test_names_alone() -> None:
    names = (RosterRow(1, "张小明"), RosterRow(3, "李雷"))
    assert csv_rows("张小明\n\n李雷\n") == names
    assert read_roster(xlsx([["张小明"], [], ["李雷"]]), "r.xlsx").rows == names
    assert code_of("张小明\n李雷\n".encode(), "names.xlsx") is SheetCode.NO_NAME_COLUMN
    assert (
        code_of("今天天气很好，我们去公园玩。\n回来写作业！\n".encode(), "diary.txt")
        is SheetCode.NO_NAME_COLUMN
    )


@pytest.mark.parametrize(
    ("number", "phone", "read"),
    [
        (20230107, 13812345678, ("20230107", "13812345678")),
        (20230107.0, 1.38e10, ("20230107", "13800000000")),
        ("20230107.0", "1.3812345678E+10", ("20230107", "13812345678")),
        ("'0012", "'+86 138-1234-5678", ("0012", "+8613812345678")),
        ("２０２３０１０７", "１３８１２３４５６７８", ("20230107", "13812345678")),
        ("\u200b007\ufeff", "\u202d13812345678\u202c", ("007", "13812345678")),
        ("  7　", "(010) 6212 3456", ("7", "01062123456")),
        (None, "無", (None, None)),
    ],
)
def test_numbers_come_back_as_typed(number: Value, phone: Value, read: tuple[str | None, str | None]) -> None:
    (row,) = read_roster(xlsx([["姓名", "学号", "手机"], ["张小明", number, phone]]), "r.xlsx").rows
    assert (row.number, row.phone) == read


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("李　雷", "李雷"),
        (" 张 小 明 ", "张小明"),
        ("Mary  Ann", "Mary Ann"),
        ("买买提·艾力", "买买提·艾力"),
        ("\ue863王", "\ue863王"),
        ("张小明\n", "张小明"),
        ("<b>O'Neil</b>", "<b>O'Neil</b>"),
        ("王" * 40, "王" * 40),
    ],
)
def test_names_are_tidied(typed: str, name: str) -> None:
    assert read_roster(xlsx([["姓名", "学号"], [typed, 1]]), "r.xlsx").rows == (RosterRow(2, name, "1"),)


@pytest.mark.parametrize(
    ("cells", "reason", "value"),
    [
        ("\u3000,7,", RefusalReason.NAME_MISSING, "7"),
        ("=1+1,7,", RefusalReason.FORMULA, "=1+1"),
        ("+张,7,", RefusalReason.FORMULA, "+张"),
        ("@SUM(A1),7,", RefusalReason.FORMULA, "@SUM(A1)"),
        ("张小明,=7,", RefusalReason.FORMULA, "=7"),
        ("张小明,7,=1", RefusalReason.FORMULA, "=1"),
        ("张\x07明,7,", RefusalReason.CONTROL_CHARACTER, "张 明"),
        ("\x01\x02\x03,7,", RefusalReason.CONTROL_CHARACTER, ""),
        ('"李\n雷",7,', RefusalReason.CONTROL_CHARACTER, "李 雷"),
        ("张小明😀,7,", RefusalReason.EMOJI, "张小明😀"),
        ("王" * 41 + ",7,", RefusalReason.TOO_LONG, "王" * 39 + "…"),
        ("123,7,", RefusalReason.NOT_A_NAME, "123"),
        ("张小明,7,138", RefusalReason.BAD_PHONE, "138"),
        ("张小明,7,见备注", RefusalReason.BAD_PHONE, "见备注"),
        ("张小明,7,1.38E+10", RefusalReason.ROUNDED_NUMBER, "1.38E+10"),
        ("张小明,1.23457E+17,", RefusalReason.ROUNDED_NUMBER, "1.23457E+17"),
        ("李雷,1,", RefusalReason.DUPLICATE, "李雷"),
        ("韩梅梅,1,", RefusalReason.NUMBER_TAKEN, "1"),
    ],
)
def test_a_bad_line_is_refused_and_the_good_ones_stand(cells: str, reason: RefusalReason, value: str) -> None:
    sheet = read_roster(f"姓名,学号,手机\n李雷,1,\n\n{cells}\n,,\n王芳,2,\n".encode(), "r.csv")
    assert sheet.refused == (RefusedRow(4, reason, value),)
    assert [row.name for row in sheet.rows] == ["李雷", "王芳"]


def test_a_number_that_excel_rounded_is_refused() -> None:
    sheet = read_roster(xlsx([["姓名", "学号"], ["张小明", 1.2345678901234568e17]]), "r.xlsx")
    assert [row.reason for row in sheet.refused] == [RefusalReason.ROUNDED_NUMBER]


def test_serial_numbers_of_empty_lines_and_repeated_headers_are_skipped() -> None:
    rows = csv_rows("序号,姓名,学号\n1,张小明,7\n序号,姓名,学号\n2,李雷,8\n3,,\n4,,\n")
    assert [(row.line, row.name) for row in rows] == [(2, "张小明"), (4, "李雷")]


@pytest.mark.parametrize("separator", ["、", "\uff0c", ",", ";", "\uff1b", "/", "\uff0f", " / "])
def test_aliases_are_separated_in_many_ways(separator: str) -> None:
    cell = separator.join(["明明", "Mary Ann", "明明", "张小明"])
    (row,) = read_roster(xlsx([["姓名", "别名", "英文名"], ["张小明", cell, "Tom"]]), "r.xlsx").rows
    assert row.aliases == ("明明", "Mary Ann", "Tom")


def test_hidden_and_foreign_sheets_are_passed_over() -> None:
    book = Workbook()
    cover = book.active or book.create_sheet()
    cover["A1"] = "说明"
    hidden = book.create_sheet("old")
    hidden.append(["姓名"])
    hidden.append(["旧人"])
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("名册")
    sheet.append(["姓名"])
    sheet.append(["张小明"])
    buffer = io.BytesIO()
    book.save(buffer)
    assert read_roster(buffer.getvalue(), "r.xlsx").rows == (RosterRow(2, "张小明"),)


def test_ods() -> None:
    def cell(text: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    rows = (
        f"<table:table-row>{cell('姓名')}{cell('学号')}</table:table-row>"
        f"<table:table-row>{cell('张小明')}"
        '<table:table-cell office:value-type="float" office:value="20230107"/>'
        '<table:table-cell table:number-columns-repeated="16382"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert read_roster(ods(rows), "r.ods").rows == (RosterRow(2, "张小明", "20230107"),)
    many = f'<table:table-row table:number-rows-repeated="1048576">{cell("张")}</table:table-row>'
    assert code_of(ods(many)) is SheetCode.TOO_MANY_ROWS
    wide = cell("张").replace("table-cell ", 'table-cell table:number-columns-repeated="16384" ', 1)
    assert code_of(ods(f"<table:table-row>{wide}</table:table-row>")) is SheetCode.TOO_MANY_COLUMNS


USERS_11 = """sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,\
givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password
s1,,,true,o,student,s1,,小明,张,,20230107,,,,g1,3,
s2,,,true,o,student,s2,,Tom,Smith,J,20230108,,,,,3,
s3,tobedeleted,,true,o,student,s3,,雷,李,,20230109,,,,,3,
g1,,,true,o,parent,g1,,伟,张,,,,,13800000001,,,
g2,,,true,o,guardian,g2,,芳,王,,,,13800000002,,"s1,s2",,
g3,,,true,o,relative,g3,,Bob,Ray,,,,,12,s2,,
g4,,,true,o,parent,g4,,Nobody,Here,,,,,,,,
t1,,,true,o,teacher,t1,,老师,陈,,,,,,,,
"""
ONEROSTER = RosterSheet(
    (
        RosterRow(2, "张小明", "20230107", (), "张伟", "parent", "13800000001"),
        RosterRow(2, "张小明", "20230107", (), "王芳", "guardian", "13800000002"),
        RosterRow(3, "Tom J Smith", "20230108", (), "王芳", "guardian", "13800000002"),
    ),
    (
        RefusedRow(4, RefusalReason.INACTIVE, "李雷"),
        RefusedRow(7, RefusalReason.BAD_PHONE, "12"),
        RefusedRow(8, RefusalReason.NO_STUDENT, "Nobody Here"),
    ),
)


def oneroster_12() -> dict[str, bytes | str]:
    rows = list(csv.DictReader(io.StringIO(USERS_11)))
    roles = ["sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId"]
    for row in rows:
        roles.append(f"r{row['sourcedId']},,,{row['sourcedId']},secondary,aide,,,o")
        roles.append(f"R{row['sourcedId']},,,{row['sourcedId']},primary,{row.pop('role')},,,o")
    users = io.StringIO()
    writer = csv.DictWriter(users, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return {
        "users.csv": users.getvalue(),
        "roles.csv": "\n".join(roles),
        "demographics.csv": "sourcedId,sex\n",
    }


def test_oneroster() -> None:
    assert read_roster(USERS_11.encode(), "users.csv") == ONEROSTER
    assert read_roster(zipped({"export/users.csv": USERS_11, "manifest.csv": "a,b"}), "r.zip") == ONEROSTER
    assert read_roster(zipped(oneroster_12()), "r.zip") == ONEROSTER
    assert code_of(str(oneroster_12()["users.csv"]).encode()) is SheetCode.NO_ROLES


def test_oneroster_homeroom_and_namesakes() -> None:
    users = "sourcedId,role,givenName,familyName,identifier\n" + "".join(
        f"s{n},student,小明,张,\n" for n in range(1, 4)
    )
    classes = "sourcedId,title,classType\nc1,三年级2班,homeroom\nc2,数学,scheduled\n"
    enrolled = "sourcedId,classSourcedId,userSourcedId,role\n" + "".join(
        f"e{n},{class_},s{n},student\n" for n, class_ in ((1, "c1"), (2, "c1"), (3, "c2"))
    )
    parts = {"users.csv": users, "classes.csv": classes, "enrollments.csv": enrolled}
    assert read_roster(zipped(parts), "r.zip").rows == (
        RosterRow(2, "张小明", "s1"),
        RosterRow(3, "张小明", "s2"),
    )
    parts["classes.csv"] += "c3,四年级1班,homeroom\n"
    assert code_of(zipped(parts)) is SheetCode.SEVERAL_CLASSES


def cell_at(reference: str) -> bytes:
    return with_sheet(f'<row r="1"><c r="{reference}" t="inlineStr"><is><t>张</t></is></c></row>')


GOOD = xlsx([["姓名"], ["张小明"]])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
DOCTYPE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst><si><t>&e;</t></si></sst>'
CROWD = "sourcedId,role,givenName,familyName,agentSourcedIds\n" + "".join(
    f's{n},student,a,b{n},\ng{n},parent,c,d{n},"{",".join(f"s{other}" for other in range(300))}"\n'
    for n in range(2000)
)
LONG_TEXT = b"<sst><si><t>" + b"a" * 100_000 + b"</t></si></sst>"
REFERRING = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 200))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", SheetCode.EMPTY),
        (b"\xef\xbb\xbf\r\n , ,\r\n", SheetCode.EMPTY),
        ("姓名,学号\n".encode(), SheetCode.EMPTY),
        (xlsx([]), SheetCode.EMPTY),
        (xlsx([["班级", "分数"], ["三2", 5]]), SheetCode.NO_NAME_COLUMN),
        (b"x" * (5 * 1024 * 1024 + 1), SheetCode.TOO_LARGE),
        (zipped({"xl/workbook.xml": b"\0" * 60_000_000}), SheetCode.UNPACKED_TOO_LARGE),
        (with_parts(GOOD, {"xl/media/a.png": b"\0" * 60_000_000}), SheetCode.UNPACKED_TOO_LARGE),
        (zipped({"roster.xlsx": GOOD}), SheetCode.NESTED_ARCHIVE),
        (zipped({"word/document.xml": b"<a/>"}), SheetCode.NOT_A_SPREADSHEET),
        (zipped({}), SheetCode.NOT_A_SPREADSHEET),
        (with_parts(GOOD, {"xl/sharedStrings.xml": DOCTYPE}), SheetCode.UNSAFE_XML),
        (with_parts(GOOD, {"xl/sharedStrings.xml": b'<sst uniqueCount="4000000000"/>'}), SheetCode.DAMAGED),
        (with_parts(GOOD, {"xl/workbook.xml": "<workbook/>".encode("utf-16")}), SheetCode.DAMAGED),
        (with_parts(with_sheet(REFERRING), {"xl/sharedStrings.xml": LONG_TEXT}), SheetCode.TOO_MANY_CELLS),
        (GOOD[:-200], SheetCode.DAMAGED),
        (GOOD[: len(GOOD) // 2], SheetCode.DAMAGED),
        (cell_at("XFD1048576"), SheetCode.TOO_MANY_ROWS),
        (cell_at("A6000"), SheetCode.TOO_MANY_ROWS),
        (cell_at("AY1"), SheetCode.TOO_MANY_COLUMNS),
        (cell_at("A0"), SheetCode.DAMAGED),
        (with_sheet("<c/>" * 12_000_000), SheetCode.TOO_MANY_CELLS),
        (
            with_parts(GOOD, {"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * 9_000_000}),
            SheetCode.TOO_MANY_CELLS,
        ),
        (ods("<table:table-row><table:table-cell/></table:table-row>" * 500_000), SheetCode.TOO_MANY_CELLS),
        (CROWD.encode(), SheetCode.TOO_MANY_ROWS),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", SheetCode.NOT_A_SPREADSHEET),
        (b"%PDF-1.7\n", SheetCode.NOT_A_SPREADSHEET),
        (b"\x00\x01\x02\x03" * 100, SheetCode.NOT_A_SPREADSHEET),
        (b"<html><table><tr><td>\xd0\xd5\xc3\xfb</td></tr></table>", SheetCode.HTML_TABLE),
        (b"\xef\xbb\xbf\n<TABLE><tr><td>a</td></tr></TABLE>", SheetCode.HTML_TABLE),
        (b"MIME-Version: 1.0\nX-Document-Type: Workbook\n", SheetCode.HTML_TABLE),
        (
            b'<?xml version="1.0"?><a xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            SheetCode.OLD_FORMAT,
        ),
        (OLE + "EncryptedPackage".encode("utf-16-le"), SheetCode.PASSWORD_PROTECTED),
        (OLE + "Workbook\0".encode("utf-16-le"), SheetCode.OLD_FORMAT),
        (OLE + "WordDocument\0".encode("utf-16-le"), SheetCode.NOT_A_SPREADSHEET),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00", SheetCode.OLD_FORMAT),
        (("姓名\n" + "张小明\n" * 5001).encode(), SheetCode.TOO_MANY_ROWS),
        (b"\n" * 5_000_000 + b"a", SheetCode.TOO_MANY_ROWS),
        (("姓名" + ",a" * 50 + "\n张\n").encode(), SheetCode.TOO_MANY_COLUMNS),
        (("姓名,a\n" + '"' + "张" * 200_000).encode(), SheetCode.NOT_A_SPREADSHEET),
    ],
    ids=lambda value: value.value if isinstance(value, SheetCode) else "",
)
def test_a_bad_file_has_its_code(data: bytes, code: SheetCode) -> None:
    assert code_of(data) is code


def test_a_formatted_cell_far_away_does_no_harm() -> None:
    data = with_sheet(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>张小明</t></is></c></row>'
        '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    )
    assert read_roster(data, "r.xlsx").rows == (RosterRow(2, "张小明"),)


def test_a_lying_directory_is_found_out() -> None:
    data = bytearray(zipped({"xl/workbook.xml": b"\0" * 60_000_000}))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    data[directory + 16 : directory + 20] = zlib.crc32(b"\0" * 100).to_bytes(4, "little")
    assert code_of(bytes(data)) is SheetCode.DAMAGED


def test_five_thousand_rows_are_quick() -> None:
    line = ["明明", "张伟", "爸爸", 13812345678]
    rows: list[Sequence[object]] = [[f"学生{chr(0x4E00 + n)}", n, *line] for n in range(5000)]
    data = xlsx([["姓名", "学号", "别名", "家长", "关系", "手机"], *rows])
    started = time.monotonic()
    assert len(read_roster(data, "r.xlsx").rows) == 5000
    assert time.monotonic() - started < 30
    assert code_of(xlsx([["姓名", "学号"], *rows, ["多余", 5001]])) is SheetCode.TOO_MANY_ROWS


MUTATED = st.tuples(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.binary(max_size=300), st.binary(max_size=60).map(lambda tail: b"PK\x03\x04" + tail)),
    st.text(),
)
@example(b"PK\x05\x06" + b"\0" * 18, "")
@example(b"\xff\xfea", "a.csv")
def test_any_bytes_give_a_sheet_or_a_sheet_error(data: bytes, filename: str) -> None:
    check_total(data, filename)


def check_total(data: bytes, filename: str) -> None:
    try:
        sheet = read_roster(data, filename)
    except SheetError as refused:
        assert isinstance(refused.code, SheetCode)
    else:
        assert RosterSheet.from_json(json.loads(json.dumps(sheet.to_json()))) == sheet


@settings(max_examples=200, deadline=None)
@given(st.lists(MUTATED, min_size=1, max_size=4))
def test_a_damaged_workbook_gives_a_sheet_or_a_sheet_error(changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(GOOD)
    for place, patch in changes:
        data[place : place + len(patch)] = patch
    check_total(bytes(data), "r.xlsx")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-16", "gb18030"]))
def test_any_text_gives_a_sheet_or_a_sheet_error(text: str, encoding: str) -> None:
    data = f"姓名,手机\n{text}".encode(encoding, "replace")
    check_total(data, "r.csv")


NAMES = st.text("张李王小明雷芳伟欣ABCdeé·", min_size=1, max_size=12).filter(lambda name: name[0] != "·")
PHONES = st.from_regex(r"\+?[0-9]{5,20}", fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            ExportRow,
            name=NAMES,
            aliases=st.lists(NAMES, max_size=3, unique=True).map(tuple),
            guardian=st.none() | NAMES,
            relation=st.none() | st.sampled_from(["妈妈", "爸爸", "grandma"]),
            phone=st.none() | PHONES,
            bound=st.booleans(),
        ),
        min_size=1,
        max_size=8,
        unique_by=lambda row: row.name,
    ),
    st.sampled_from(["zh_CN", "en"]),
)
def test_what_is_exported_is_imported_unchanged(exported: list[ExportRow], language: str) -> None:
    rows = [
        replace(row, number=f"00{n}", aliases=tuple(alias for alias in row.aliases if alias != row.name))
        for n, row in enumerate(exported)
    ]
    sheet = read_roster(write_roster(rows, language), "roster.xlsx")
    assert sheet.refused == ()
    back = [(row.name, row.number, row.aliases, row.guardian, row.relation, row.phone) for row in sheet.rows]
    assert back == [
        (row.name, row.number, row.aliases, row.guardian, row.relation, row.phone) for row in rows
    ]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t"])
def test_no_exported_cell_is_a_formula(first: str) -> None:
    data = write_roster([ExportRow(f"{first}1+1", phone="+8613812345678")])
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet["A2"].value == f"'{first}1+1"
    assert sheet["F2"].value == "'+8613812345678"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert [cell.value for cell in sheet[1]] == ["姓名", "学号", "别名", "家长", "关系", "手机", "已绑定"]


def test_values_travel_as_json() -> None:
    assert RosterSheet.from_json(json.loads(json.dumps(ONEROSTER.to_json()))) == ONEROSTER
    error = SheetError.from_json(json.loads(json.dumps(SheetError(SheetCode.TOO_MANY_ROWS).to_json())))
    assert (error.code, error.limit) == (SheetCode.TOO_MANY_ROWS, 5000)
    assert pickle.loads(pickle.dumps(error)).code is SheetCode.TOO_MANY_ROWS
    bad_values: list[object] = [
        None,
        [],
        {},
        {"rows": [{}], "refused": []},
        {"rows": [], "refused": [{"line": "1"}]},
    ]
    for bad in bad_values:
        with pytest.raises(ValueError, match=r"expected|is not"):
            RosterSheet.from_json(bad)
