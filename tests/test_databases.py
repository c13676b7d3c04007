"""The databases that other tests stand on: alone, copied from a template, and gone afterwards."""

from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from tests.conftest import FreshDatabase
from tests.databases import Databases, Kind


def tables(url: str) -> list[str]:
    return inspect(create_engine(url, poolclass=NullPool)).get_table_names()


def run(url: str, *statements: str) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_a_database_url_is_empty_and_takes_a_table(database_url: str) -> None:
    assert tables(database_url) == []
    run(database_url, "CREATE TABLE child (name TEXT)")
    assert tables(database_url) == ["child"]


def test_a_template_is_migrated_once_and_copies_do_not_share(
    database_kind: Kind, fresh_database: FreshDatabase
) -> None:
    migrated: list[str] = []

    def migrate(url: str) -> None:
        migrated.append(url)
        run(url, "CREATE TABLE child (name TEXT)", "INSERT INTO child VALUES ('小明')")

    first, second = fresh_database(database_kind, migrate), fresh_database(database_kind, migrate)
    run(first, "DELETE FROM child")

    assert len(migrated) == 1
    with create_engine(second, poolclass=NullPool).connect() as connection:
        assert connection.execute(text("SELECT name FROM child")).scalars().all() == ["小明"]


def test_a_migration_may_leave_its_connections_open(
    database_kind: Kind, fresh_database: FreshDatabase
) -> None:
    def migrate(url: str) -> None:
        engines.append(create_engine(url))
        with engines[0].connect() as connection:
            if database_kind == "sqlite":
                connection.execute(text("PRAGMA journal_mode=WAL"))
            connection.execute(text("CREATE TABLE child (name TEXT)"))
            connection.commit()

    engines: list[Engine] = []
    assert tables(fresh_database(database_kind, migrate)) == ["child"]
    engines[0].dispose()


def test_a_postgresql_database_is_clean_again_although_somebody_is_connected(
    databases: Databases, tmp_path: Path
) -> None:
    with databases.fresh("postgresql", migrate_school, tmp_path) as url:
        engine = create_engine(url)
        guest = engine.connect()
        guest.execute(text("INSERT INTO child VALUES ('李雷')"))
        guest.commit()
    guest.invalidate()
    engine.dispose()

    with (
        databases.fresh("postgresql", migrate_school, tmp_path) as again,
        create_engine(again).connect() as connection,
    ):
        assert again == url
        assert connection.execute(text("SELECT count(*) FROM child")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM school")).scalar() == 1


def migrate_school(url: str) -> None:
    """A table that every copy fills, and one with a row that every copy keeps."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE child (name text)"))
        connection.execute(text("CREATE TABLE school (name text)"))
        connection.execute(text("INSERT INTO school VALUES ('第一小学')"))
    engine.dispose()
