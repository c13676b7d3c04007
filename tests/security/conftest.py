"""The class of the scenarios, as those see it who should not."""

from collections.abc import Iterator

import pytest

from storage.database import open_database
from tests.conftest import FreshDatabase
from tests.scenario.conftest import KEY, migrate, world
from tests.world import World

__all__ = ["world"]


@pytest.fixture
def sqlite_world(fresh_database: FreshDatabase) -> Iterator[World]:
    """For what no database decides."""
    database = open_database(fresh_database("sqlite", migrate), KEY, durable=False)
    yield World(database)
    database.close()
