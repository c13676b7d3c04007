"""What the database holds, and what a thief of it would read."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url

from classroom.errors import DatabaseError
from storage import checking, classrooms
from storage.database import make_engine, open_database
from storage.migrations import HEAD, config, upgrade
from storage.sealing import KeyRing, load_key
from storage.tables import Contact, StudentRow, metadata
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.scenario.conftest import KEY, migrate

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_the_history_ends_where_the_tables_are(database_kind: Kind, fresh_database: FreshDatabase) -> None:
    database = open_database(fresh_database(database_kind, migrate), KEY)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, metadata)
    database.close()
    assert differences == []


def test_the_newest_step_is_the_one_named() -> None:
    assert ScriptDirectory.from_config(config()).get_current_head() == HEAD


def test_opening_twice_changes_nothing(database_kind: Kind, fresh_database: FreshDatabase) -> None:
    url = fresh_database(database_kind, migrate)
    for _ in range(2):
        open_database(url, KEY).close()


def test_another_key_is_refused(database_kind: Kind, fresh_database: FreshDatabase, tmp_path: Path) -> None:
    url = fresh_database(database_kind, migrate)
    with pytest.raises(DatabaseError, match="key file"):
        open_database(url, tmp_path / "other.key")


def test_what_cannot_be_opened_is_said_in_one_line(tmp_path: Path) -> None:
    for url, said in (
        ("postgresql://me:hush@127.0.0.1:1/x", "see that it runs"),
        ("postgresql://me:hush@localhost:port/x", "is not the address"),
        (f"sqlite:///{KEY}", "SQLITE_NOTADB"),
    ):
        with pytest.raises(DatabaseError, match=said) as caught:
            open_database(url, tmp_path / "homeroom.key")
        assert "\n" not in str(caught.value) and "hush" not in str(caught.value)
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match="key_file"):
        open_database(f"sqlite:///{tmp_path}/file/homeroom.db")


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/new/homeroom.db").close()
    assert (tmp_path / "new" / "homeroom.key").exists()


def test_the_key_is_made_for_its_owner_only_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "homeroom.key"
    assert load_key(path) == load_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("not a key")
    with pytest.raises(DatabaseError, match="restore"):
        load_key(path)


def test_sealed_values_cannot_be_swapped_between_columns() -> None:
    keys = KeyRing(bytes(32))
    sealed = keys.seal("张小明".encode(), "students.name")
    assert keys.open(sealed, "students.name").decode() == "张小明"
    with pytest.raises(DatabaseError):
        keys.open(sealed, "accounts.name")
    with pytest.raises(DatabaseError):
        KeyRing(bytes(31) + b"x").open(sealed, "students.name")


def test_a_stolen_database_file_names_no_child(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'class.db'}")
    with database.transaction() as records:
        made = classrooms.create(
            records, "三年级2班", NOW, language="zh_CN", timezone="Asia/Shanghai", country="CN", by=None
        )
        row = StudentRow(
            classroom_id=made.id, name="张小明", number="20230107", aliases=["明明"], added_at=NOW
        )
        records.add(row)
        records.flush()
        records.add(Contact(student_id=row.id, name="张大山", relation="father", phone="13812345678"))
    stolen = b"".join(p.read_bytes() for p in tmp_path.iterdir() if p.suffix != ".key")
    for secret in ("张小明", "20230107", "明明", "张大山", "13812345678", "三年级2班"):
        assert secret.encode() not in stolen
    database.close()


def test_errors_of_the_database_hold_no_value(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'class.db'}")
    with pytest.raises(DatabaseError) as caught, database.transaction() as records:
        records.add(StudentRow(classroom_id=999, name="李雷没带作业本", added_at=NOW))
    assert "李雷" not in str(caught.value) and caught.value.__cause__ is None
    database.close()


def test_a_lost_update_cannot_happen(tmp_path: Path) -> None:
    """BEGIN IMMEDIATE: a second writer waits instead of reading what is about to change."""
    database = open_database(f"sqlite:///{tmp_path / 'class.db'}")
    with database.transaction() as records:
        records.connection()
        other = sqlite3.connect(tmp_path / "class.db", timeout=0.05, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
    database.close()


def test_a_secret_vote_under_way_is_no_damage(tmp_path: Path) -> None:
    """SQLite before 3.41 misreads a table without rowids whose key is not its first column."""
    engine = make_engine(make_url(f"sqlite:///{tmp_path / 'class.db'}"), durable=True)
    upgrade(engine, None, "0007")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")  # the child comes before its parents
        connection.exec_driver_sql("INSERT INTO turnouts (poll_id, household, id) VALUES (1, 2, 'before')")
        connection.exec_driver_sql(
            "INSERT INTO classrooms (id, name, language, timezone, country, state, settings, created_at) "
            "VALUES (1, x'00', 'zh_CN', 'Asia/Shanghai', 'CN', 'active', '{}', '2026-11-23')"
        )
        connection.exec_driver_sql(
            "INSERT INTO polls (id, classroom_id, number, question, options, anonymous, multiple, live, "
            "state, traces, nudged, opened_at, closes_at) "
            "VALUES (1, 1, 1, x'00', x'00', 1, 0, 0, 'open', 0, 0, '2026-11-23', '2026-11-24')"
        )
    upgrade(engine, "0007")
    with engine.connect() as connection:
        assert checking.damage(connection) == ""
        assert connection.exec_driver_sql("SELECT * FROM turnouts").all() == [("before", 1, 2)]
    engine.dispose()


def test_a_step_that_makes_a_table_anew_keeps_what_refers_to_it(tmp_path: Path) -> None:
    engine = make_engine(make_url(f"sqlite:///{tmp_path / 'class.db'}"), durable=True)
    upgrade(engine, None, "0008")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO classrooms (id, name, language, timezone, country, state, settings, created_at) "
            "VALUES (1, x'00', 'zh_CN', 'Asia/Shanghai', 'CN', 'active', '{}', 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO students (id, classroom_id, name, public_mention, added_at) "
            "VALUES (1, 1, x'00', 1, 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO notices (id, classroom_id, number, text, receipts, urgent, state, version, pinned, "
            "made_at) VALUES (1, 1, 1, x'00', 1, 0, 'open', 1, 0, 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO receipts (notice_id, version, student_id, how, at) VALUES (1, 1, 1, 'button', 1)"
        )
    upgrade(engine, "0008")
    with engine.connect() as connection:
        assert checking.damage(connection) == ""
        assert connection.exec_driver_sql("SELECT notice_id, student_id FROM receipts").all() == [(1, 1)]
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
