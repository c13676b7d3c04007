"""The class on the fake platform, once on SQLite and once on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import open_database
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.world import World

KEY = Path(__file__).parent / "test.key"


def migrate(url: str) -> None:
    """Bring a template to the newest step, sealed with the tests' key."""
    open_database(url, KEY).close()


@pytest.fixture
def world(database_kind: Kind, fresh_database: FreshDatabase) -> Iterator[World]:
    """A class group with a bot in it, and nothing set up yet."""
    database = open_database(fresh_database(database_kind, migrate), KEY, durable=False)
    yield World(database)
    database.close()
