"""What platforms keep: sealed, for its time, and one who fetches at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from storage import vault
from storage.database import Database
from tests.world import World

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TWO_HOURS = timedelta(hours=2)
NAME = "wecom/token"


@pytest.fixture
def database(world: World) -> Database:
    return world.database


async def test_a_value_is_kept_for_its_time_and_replaced(database: Database) -> None:
    digest = database.keys.digest
    await database.write(lambda r: vault.put(r, digest, NAME, "first", NOW, TWO_HOURS))
    await database.write(lambda r: vault.put(r, digest, NAME, "second", NOW, TWO_HOURS))
    assert await database.look(lambda r: vault.get(r, digest, NAME, NOW)) == "second"
    assert await database.look(lambda r: vault.get(r, digest, "another", NOW)) is None
    assert await database.look(lambda r: vault.get(r, digest, NAME, NOW + TWO_HOURS)) is None
    await database.write(lambda r: vault.put(r, digest, "another", "x", NOW + TWO_HOURS, TWO_HOURS))
    with database.transaction() as records:
        assert records.connection().execute(text("SELECT count(*) FROM vault")).scalar() == 1


async def test_neither_value_nor_name_can_be_read_in_the_database(database: Database) -> None:
    digest = database.keys.digest
    await database.write(lambda r: vault.put(r, digest, NAME, "a token", NOW, TWO_HOURS))
    with database.transaction() as records:
        found = str(records.connection().execute(text("SELECT * FROM vault")).one())
    assert NAME not in found and "a token" not in found


async def test_what_can_be_used_once_is_taken_once(database: Database) -> None:
    digest = database.keys.digest
    await database.write(lambda r: vault.put(r, digest, NAME, "code", NOW, TWO_HOURS))
    taken = [await database.write(lambda r: vault.take(r, digest, NAME, NOW)) for _ in range(2)]
    assert taken == ["code", None]


async def test_one_fetches_and_the_others_wait(database: Database) -> None:
    digest = database.keys.digest
    soon, life = NOW + timedelta(seconds=5), timedelta(seconds=30)

    async def hold(now: datetime) -> bool:
        return await database.write(lambda r: vault.hold(r, digest, NAME, now, life))

    assert [await hold(NOW), await hold(soon)] == [True, False]
    await database.write(lambda r: vault.put(r, digest, NAME, "fetched", soon, TWO_HOURS))
    assert await database.look(lambda r: vault.get(r, digest, NAME, soon)) == "fetched"
    assert [await hold(soon), await hold(soon + life)] == [True, True]  # a holder that died is not waited for
    await database.write(lambda r: vault.release(r, digest, NAME))
    assert await hold(soon + life)
