"""Backups: whole or not at all, portable between databases, and never without their key."""

import hashlib
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import archive
from classroom.addresses import ChatKind
from classroom.errors import ConfigError, DatabaseError
from classroom.text import PrivateStr
from storage import classrooms, copying, reading, restoring, rosters
from storage.copying import Advance
from storage.database import Database, make_engine, open_database
from storage.migrations import HEAD, RESTORING, upgrade
from storage.tables import Chat, Contact, Draft, Person, StudentRow
from tests.conftest import FreshDatabase
from tests.databases import KINDS, Kind, leave_empty
from tests.scenario.conftest import KEY, migrate

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
CRITICISM = "今天三次没有带作业本"


def quiet(_rows: int) -> Advance:
    return lambda _done: None


def a_class(url: str) -> Database:
    """A class with one child, its mother's number, a group and a draft of criticism."""
    database = open_database(url, KEY, durable=False)
    with database.transaction() as records:
        made = classrooms.create(
            records, "三年级2班", NOW, language="zh_CN", timezone="Asia/Shanghai", country="CN", by=None
        )
        classrooms.change_setting(made, "quiet", {"先": [1, None, "二"], "a": 0.5})
        person = Person(created_at=NOW)
        child = StudentRow(classroom_id=made.id, name="张小明", aliases=["明明"], added_at=NOW)
        records.add_all((person, child))
        records.flush()
        records.add(Contact(student_id=child.id, name="张大山", relation="father", phone="13812345678"))
        words = PrivateStr(CRITICISM)
        records.add(
            Draft(classroom_id=made.id, person_id=person.id, kind="concern", words=words, made_at=NOW)
        )
        records.add(
            Chat(platform="telegram", native="-100", kind=ChatKind.GROUP, rights=["pin"], created_at=NOW)
        )
    return database


def held(url: str) -> dict[str, copying.TableSummary]:
    with reading.snapshot(url) as connection:
        return {table.name: copying.summary(connection, table) for table in copying.tables(connection)}


@pytest.fixture
def target_key(tmp_path: Path) -> Path:
    path = tmp_path / "kept" / "homeroom.key"
    path.parent.mkdir()
    path.write_bytes(KEY.read_bytes())
    return path


@pytest.mark.parametrize(("one", "other"), list(product(KINDS, KINDS)))
def test_what_one_database_held_the_other_holds(
    one: Kind, other: Kind, fresh_database: FreshDatabase, tmp_path: Path, target_key: Path
) -> None:
    source, target = fresh_database(one, migrate), fresh_database(other, leave_empty)
    database = a_class(source)  # stays open: a backup needs no pause
    made = archive.back_up(source, KEY, tmp_path / "class.zip", NOW, quiet, with_key=False, force=False)
    database.close()
    with archive.opened(tmp_path / "class.zip") as opened:
        assert opened.manifest == made
        archive.restore(opened, target, target_key, quiet)
    assert held(target) == held(source)
    restored = open_database(target, target_key, durable=False)
    with restored.transaction() as records:
        (found,) = classrooms.named(records, "三年级2班")
        assert found.settings == {"quiet": {"先": [1, None, "二"], "a": 0.5}}
        assert [s.name for s in rosters.rows_of(records, found.id)] == ["张小明"]
        # the numbers go on where they were
        records.add(StudentRow(classroom_id=found.id, name="李雷", added_at=NOW))
    restored.close()


def test_a_backup_tells_a_thief_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'class.db'}"
    a_class(url).close()
    archive.back_up(url, KEY, tmp_path / "class.zip", NOW, quiet, with_key=False, force=False)
    with zipfile.ZipFile(tmp_path / "class.zip") as file:
        assert archive.KEY not in file.namelist()
        everything = b"".join(file.read(name) for name in file.namelist())
    for secret in ("张小明", "张大山", "13812345678", "三年级2班", CRITICISM):
        assert secret.encode() not in everything
    assert (tmp_path / "class.zip").stat().st_mode & 0o777 == 0o600


def test_with_its_key_a_backup_is_enough_to_begin_anew(tmp_path: Path) -> None:
    url, there = f"sqlite:///{tmp_path / 'class.db'}", f"sqlite:///{tmp_path / 'new' / 'class.db'}"
    a_class(url).close()
    archive.back_up(url, KEY, tmp_path / "class.zip", NOW, quiet, with_key=True, force=False)
    (tmp_path / "new").mkdir()
    with archive.opened(tmp_path / "class.zip") as opened:
        archive.restore(opened, there, None, quiet)
    assert (tmp_path / "new" / "class.key").read_bytes() == KEY.read_bytes()
    assert (tmp_path / "new" / "class.key").stat().st_mode & 0o777 == 0o600
    open_database(there).close()


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    url = f"sqlite:///{tmp_path / 'class.db'}"
    a_class(url).close()
    archive.back_up(url, KEY, tmp_path / "class.zip", NOW, quiet, with_key=False, force=False)
    return tmp_path / "class.zip"


def test_without_the_right_key_nothing_is_touched(backup: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    for content, said in (
        (None, "not in this backup"),
        ("eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=", "is not the key"),
    ):
        if content:
            (tmp_path / "there.key").write_text(content)
        with archive.opened(backup) as opened, pytest.raises(DatabaseError, match=said):
            archive.restore(opened, f"sqlite:///{there}", None, quiet)
        assert not there.exists()


def test_a_damaged_backup_is_refused_before_anything_is_touched(
    backup: Path, tmp_path: Path, target_key: Path
) -> None:
    there = tmp_path / "there.db"
    with zipfile.ZipFile(backup) as file:
        members = {name: file.read(name) for name in file.namelist()}
    members["tables/students.jsonl"] = members["tables/students.jsonl"][:-20] + b"\n"
    with zipfile.ZipFile(tmp_path / "changed.zip", "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    (tmp_path / "half.zip").write_bytes(backup.read_bytes()[:-200])
    (tmp_path / "photo.zip").write_bytes(b"\x89PNG not a zip at all")
    for name, said in (("changed", "students"), ("half", "part of one"), ("photo", "not a backup")):
        with pytest.raises(DatabaseError, match=said), archive.opened(tmp_path / f"{name}.zip") as opened:
            archive.restore(opened, f"sqlite:///{there}", target_key, quiet)
    assert not there.exists()


def test_a_backup_never_replaces_a_file_unasked(backup: Path, tmp_path: Path) -> None:
    before = hashlib.sha256(backup.read_bytes()).digest()
    url = f"sqlite:///{tmp_path / 'class.db'}"
    with pytest.raises(ConfigError, match="--force"):
        archive.back_up(url, KEY, backup, NOW, quiet, with_key=False, force=False)
    with pytest.raises(DatabaseError, match="no such database"):
        archive.back_up(
            f"sqlite:///{tmp_path / 'none.db'}", KEY, backup, NOW, quiet, with_key=False, force=True
        )
    assert hashlib.sha256(backup.read_bytes()).digest() == before
    assert not list(tmp_path.glob(".class.zip*"))


class PulledPlugError(Exception):
    """What happens in the middle."""


@pytest.fixture
def unplugged() -> Iterator[archive.Begin]:
    left = [4]

    def advance(done: int) -> None:
        left[0] -= done
        if left[0] < 0:
            raise PulledPlugError

    yield lambda _rows: advance


def test_an_interrupted_move_goes_on(
    database_kind: Kind, fresh_database: FreshDatabase, tmp_path: Path, unplugged: archive.Begin
) -> None:
    source, target = f"sqlite:///{tmp_path / 'class.db'}", fresh_database(database_kind, leave_empty)
    a_class(source).close()
    with pytest.raises(PulledPlugError):
        archive.move(source, target, unplugged)
    with pytest.raises(DatabaseError, match="interrupted"):
        open_database(target, KEY)
    assert restoring.occupied(target) == 0
    done: list[int] = []
    archive.move(source, target, lambda rows: done.append)
    assert done[0] > 0  # not everything once more
    assert held(target) == held(source)
    open_database(target, KEY).close()


def test_a_database_in_use_is_neither_moved_nor_overwritten(
    database_kind: Kind, fresh_database: FreshDatabase, tmp_path: Path, backup: Path, target_key: Path
) -> None:
    url = fresh_database(database_kind, migrate)
    database = open_database(url, KEY)
    with (
        database.engine.connect(),
        archive.opened(backup) as opened,
        pytest.raises(DatabaseError, match="in use"),
    ):
        archive.restore(opened, url, target_key, quiet)
    with database.transaction() as records:
        assert classrooms.everyone(records) == []
    database.close()


def test_what_was_there_is_counted_and_then_gone(
    database_kind: Kind, fresh_database: FreshDatabase, backup: Path, target_key: Path
) -> None:
    url = fresh_database(database_kind, migrate)
    assert restoring.occupied(url) == 0
    a_class(url).close()
    assert restoring.occupied(url) > 4
    database = open_database(url, KEY)
    with database.transaction() as records:
        classrooms.create(records, "别的班", NOW, language="en", timezone="UTC", country="CN", by=None)
    database.close()
    with archive.opened(backup) as opened:
        archive.restore(opened, url, target_key, quiet)
    with reading.snapshot(url) as connection:
        assert reading.revision(connection) == HEAD
        assert connection.execute(text("SELECT count(*) FROM classrooms")).scalar() == 1


def test_what_else_lives_on_the_server_is_left_alone(
    fresh_database: FreshDatabase, tmp_path: Path, target_key: Path
) -> None:
    source, target = (fresh_database("postgresql", migrate) for _ in range(2))
    a_class(source).close()
    for url in (source, target):
        engine = make_engine(reading.parse(url), durable=False)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE another (moment timestamptz, amount numeric)"))
            connection.execute(text("INSERT INTO another VALUES (now(), 1.5)"))
        engine.dispose()
    made = archive.back_up(source, KEY, tmp_path / "b.zip", NOW, quiet, with_key=False, force=False)
    assert "another" not in made.tables
    with archive.opened(tmp_path / "b.zip") as opened:
        archive.restore(opened, target, target_key, quiet)
    with reading.snapshot(target) as connection:
        assert connection.execute(text("SELECT count(*) FROM another")).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM classrooms")).scalar() == 1


def test_a_backup_of_an_older_step_is_brought_up_to_date(tmp_path: Path, target_key: Path) -> None:
    old = f"sqlite:///{tmp_path / 'old.db'}"
    engine = make_engine(reading.parse(old), durable=False)
    upgrade(engine, None, "0001")
    engine.dispose()
    made = archive.back_up(old, KEY, tmp_path / "old.zip", NOW, quiet, with_key=False, force=False)
    assert made.step == "0001"
    with archive.opened(tmp_path / "old.zip") as opened:
        archive.restore(opened, f"sqlite:///{tmp_path / 'new.db'}", target_key, quiet)
    open_database(f"sqlite:///{tmp_path / 'new.db'}", target_key).close()
    with reading.snapshot(f"sqlite:///{tmp_path / 'new.db'}") as connection:
        assert reading.revision(connection) == HEAD


def test_a_backup_of_a_newer_step_is_refused(backup: Path, tmp_path: Path, target_key: Path) -> None:
    with sqlite3.connect(tmp_path / "class.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    url = f"sqlite:///{tmp_path / 'class.db'}"
    archive.back_up(url, KEY, tmp_path / "newer.zip", NOW, quiet, with_key=False, force=False)
    with (
        archive.opened(tmp_path / "newer.zip") as opened,
        pytest.raises(DatabaseError, match="newer Homeroom"),
    ):
        archive.restore(opened, f"sqlite:///{tmp_path / 'there.db'}", target_key, quiet)
    assert not (tmp_path / "there.db").exists()


def test_half_a_database_is_not_backed_up(backup: Path, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "class.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [RESTORING + HEAD])
    connection.close()
    with pytest.raises(DatabaseError, match="interrupted"):
        archive.back_up(
            f"sqlite:///{tmp_path / 'class.db'}",
            KEY,
            tmp_path / "x.zip",
            NOW,
            quiet,
            with_key=False,
            force=False,
        )
    assert not (tmp_path / "x.zip").exists()
