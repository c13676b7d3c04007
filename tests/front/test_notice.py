"""A notice to many classes from the server: shown, counted, asked, and then on its way."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import announcements, looking
from storage.database import open_database
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.front.kit import configured, homeroom
from tests.ready import ready_class
from tests.scenario.conftest import KEY, migrate
from tests.world import World

SNOW = "明天下大雪，全校停课一天。"


@pytest.fixture
async def config(tmp_path: Path, database_kind: Kind, fresh_database: FreshDatabase) -> Path:
    """The configuration of a database with one class in it."""
    url = fresh_database(database_kind, migrate)
    database = open_database(url, KEY, durable=False)
    await ready_class(World(database))
    database.close()
    (tmp_path / "snow.txt").write_text(SNOW, encoding="utf-8")
    return configured(tmp_path, url)


def planned(config: Path) -> list[looking.Plan]:
    url = next(line.split('"')[1] for line in config.read_text().splitlines() if line.startswith("url"))
    database = open_database(url, KEY, durable=False)
    with database.transaction() as records:
        found = looking.plans(records, 10)
    database.close()
    return found


def test_it_shows_the_text_and_the_number_and_asks(config: Path) -> None:
    words: list[str | Path] = ["notice", config.parent / "snow.txt", "--to", "all", "--config", config]
    refused = homeroom(*words, say="n\n")
    assert SNOW in refused.err and "8 people of all classes" in refused.err
    assert refused.code == 1 and planned(config) == []
    told = homeroom(*words, "--yes", "--json")
    assert told.code == 0 and told.json == {"readers": 8, "classes": None}
    (plan,) = planned(config)
    assert plan.kind == announcements.KIND and plan.args["words"] == SNOW


def test_to_one_class_by_its_name(config: Path) -> None:
    told = homeroom("notice", config.parent / "snow.txt", "--to", "三年级2班", "--yes", "--config", config)
    assert told.code == 0 and "8 people of 三年级2班" in told.out
    unknown = homeroom("notice", config.parent / "snow.txt", "--to", "四年级", "--yes", "--config", config)
    assert unknown.code == 2 and "--to '四年级'" in unknown.err and "三年级2班" in unknown.err


@pytest.mark.parametrize(
    ("words", "says"),
    [(b"", "nothing in it"), (b"\xff\xfe", "UTF-8"), ("长".encode() * 4000, "at most 3500")],
)
def test_what_cannot_be_sent_is_said_before_anybody_is_told(config: Path, words: bytes, says: str) -> None:
    (config.parent / "bad.txt").write_bytes(words)
    told = homeroom("notice", config.parent / "bad.txt", "--to", "all", "--yes", "--config", config)
    assert told.code == 2 and says in told.err and planned(config) == []
