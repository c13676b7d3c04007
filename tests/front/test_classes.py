"""What whoever runs the server does to one class: its roster from a file, its teacher, its export."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import utc_now
from classroom.text import PrivateStr
from storage import class_export, classrooms, rosters
from storage.database import open_database
from storage.tables import Concern, Draft, Notice, StudentRow, Violation, metadata
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.front.kit import configured, homeroom
from tests.ready import ReadyClass, ready_class
from tests.scenario.conftest import KEY, migrate
from tests.world import World

CRITICISM = "今天三次没有带作业本"
REMOVED = "某某家长一直在群里骂人"
SHEET = """姓名,学号,家长,关系,手机
李雷,20230101,李大,爸爸,13900000001
孙悟空,20230102,,,
=SUM(1),,,,
,,,,
哪吒,,李靖,爸爸,12
"""


@pytest.fixture
def url(database_kind: Kind, fresh_database: FreshDatabase) -> str:
    return fresh_database(database_kind, migrate)


@pytest.fixture
async def ready(url: str) -> AsyncIterator[ReadyClass]:
    """A class that runs: its database stays open, as with a bot at work."""
    database = open_database(url, KEY, durable=False)
    yield await ready_class(World(database))
    database.close()


@pytest.fixture
def config(url: str, tmp_path: Path) -> Path:
    return configured(tmp_path, url)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


def names(ready: ReadyClass) -> list[str]:
    with ready.world.database.transaction() as records:
        return [row.name for row in rosters.rows_of(records, ready.id)]


async def test_a_roster_comes_in_as_it_does_in_the_chat(ready: ReadyClass, config: Path, sheet: Path) -> None:
    before = names(ready)
    words = ("roster", "import", sheet, "--classroom", "三年级2班", "--config", config, "--json")
    trial = homeroom(*words, "--dry-run")
    assert names(ready) == before
    told = homeroom(*words)
    assert told.code == trial.code == 1  # some lines were refused
    assert trial.json == {**told.json, "dry_run": True}
    assert (told.json["added"], told.json["updated"], told.json["unchanged"]) == (1, 1, 0)
    assert re.findall(r'"line": (\d+)', told.out) == ["4", "6"]
    assert names(ready) == [*before, "孙悟空"]
    again = homeroom(*words)
    assert (again.json["added"], again.json["updated"], again.json["unchanged"]) == (0, 0, 2)


async def test_a_roster_file_reads_the_same_for_people(ready: ReadyClass, config: Path, sheet: Path) -> None:
    told = homeroom("roster", "import", sheet, "--classroom", str(ready.id), "--config", config)
    assert "1 added, 1 updated, 0 unchanged, 2 refused" in told.out
    assert "line 6: " in told.out and "phone number" in told.out and "<" not in told.out


async def test_a_class_that_is_not_there_and_a_file_that_is_none(
    ready: ReadyClass, config: Path, sheet: Path, tmp_path: Path
) -> None:
    told = homeroom("roster", "import", sheet, "--classroom", "二年级1班", "--config", config)
    assert told.code == 2 and f"{ready.id}: 三年级2班" in told.err
    photo = tmp_path / "roster.xlsx"
    photo.write_bytes(b"\x89PNG\r\n" + bytes(500))
    for file, said in ((photo, "no spreadsheet"), (tmp_path / "none.xlsx", "cannot be read")):
        told = homeroom("roster", "import", file, "--classroom", "三年级2班", "--config", config)
        assert told.code == 2 and said in told.err and told.err.count("\n") == 1


def test_a_roster_makes_no_database_of_its_own(tmp_path: Path, sheet: Path) -> None:
    config = configured(tmp_path, f"sqlite:///{tmp_path / 'elsewhere.db'}")
    told = homeroom("roster", "import", sheet, "--classroom", "1", "--config", config)
    assert told.code == 2 and "no such database" in told.err
    assert not (tmp_path / "elsewhere.db").exists()


async def test_a_teacher_is_set_from_the_server(ready: ReadyClass, config: Path) -> None:
    told = homeroom("teacher", "set", "--classroom", "三年级2班", "--telegram", "4711", "--config", config)
    assert told.code == 0 and "head teacher of 三年级2班" in told.out
    with ready.world.database.transaction() as records:
        assert classrooms.head_teacher(records, ready.id) is not None
    wrong = homeroom("teacher", "set", "--classroom", "三年级2班", "--telegram", "@wang", "--config", config)
    assert wrong.code == 2 and "/me" in wrong.err


def filled(ready: ReadyClass) -> None:
    """What a class gathers, criticism and a formula among it; and another class beside it."""
    now, words = utc_now(), PrivateStr(CRITICISM)
    with ready.world.database.transaction() as records:
        child, mine = ready.students["李雷"], ready.id
        records.add_all(
            (
                Notice(classroom_id=mine, number=1, text='=HYPERLINK("http://x","y")', made_at=now),
                Concern(classroom_id=mine, number=1, student_id=child, words=words, sent_at=now),
                Draft(
                    classroom_id=mine,
                    person_id=1,
                    kind="concern",
                    words=words,
                    made_at=now,
                ),
                Violation(classroom_id=mine, chat_id=1, rule="topic", done="enforced", text=REMOVED, at=now),
            )
        )
        other = classrooms.create(
            records, "四年级1班", now, language="zh_CN", timezone="Asia/Shanghai", country="CN", by=None
        )
        records.add(StudentRow(classroom_id=other.id, name="别班的孩子", added_at=now))


def unpacked(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


async def test_an_export_holds_the_class_and_no_criticism(
    ready: ReadyClass, config: Path, tmp_path: Path
) -> None:
    filled(ready)
    path = tmp_path / "class.zip"
    told = homeroom("export", "--classroom", "三年级2班", "--output", path, "--config", config, "--json")
    assert told.code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    files = unpacked(path)
    whole = json.loads(files["class.json"])
    assert [row["name"] for row in whole["tables"]["students"]] == list(ready.students)
    assert {row["student"] for row in whole["tables"]["guardians"]} >= {"李雷", "张小明"}
    assert {row["person"] for row in whole["tables"]["guardians"]} >= {"李雷妈妈", "李雷爸爸"}
    assert whole["tables"]["contacts"][0]["phone"] == "13800000000"
    assert "concerns" in whole["left_out"] and "codes" in whole["left_out"]
    everything = b"".join(files.values()).decode("utf-8", "replace")
    for secret in (CRITICISM, REMOVED, "别班的孩子", "salt"):
        assert secret not in everything
    again = homeroom("export", "--classroom", "三年级2班", "--output", path, "--config", config)
    assert again.code == 2 and "--force" in again.err


async def test_criticism_comes_along_only_when_asked_for(
    ready: ReadyClass, config: Path, tmp_path: Path
) -> None:
    filled(ready)
    path = tmp_path / "class.zip"
    words = ("export", "--classroom", "三年级2班", "-o", path, "--config", config, "--with-concerns")
    told = homeroom(*words)
    assert told.code == 0 and "criticism included" in told.out
    whole = json.loads(unpacked(path)["class.json"])["tables"]
    assert whole["concerns"][0]["words"] == whole["drafts"][0]["words"] == CRITICISM
    assert whole["concerns"][0]["student"] == "李雷"
    assert CRITICISM not in told.out


async def test_a_spreadsheet_runs_nothing_of_an_export(
    ready: ReadyClass, config: Path, tmp_path: Path
) -> None:
    filled(ready)
    homeroom("export", "--classroom", "三年级2班", "-o", tmp_path / "x.zip", "--config", config)
    raw = unpacked(tmp_path / "x.zip")["csv/notices.csv"]
    assert raw.startswith("﻿".encode())  # so that Excel reads Chinese
    (row,) = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
    assert row["text"].startswith("'=HYPERLINK") and row["number"] == "1"


def test_every_table_is_exported_or_left_out_with_a_reason() -> None:
    listed = [*class_export.EXPORTED, *class_export.CRITICISM, *class_export.NOT_EXPORTED]
    assert sorted(listed) == sorted(metadata.tables)
    assert all(class_export.NOT_EXPORTED.values())
