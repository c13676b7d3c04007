"""A thief of the database file, its log, a backup or the logs; and of the key that was changed since."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, type_coerce
from sqlalchemy import select as rows_of

from bot.app import App
from bot.archive import back_up, opened, restore
from classroom.errors import DatabaseError
from storage import codes
from storage.database import Database, open_database
from storage.rotation import rotate
from storage.sealing import KeyRing, Sealed, SealedJson, SealedPrivate, read_key
from storage.tables import metadata
from tests.architecture.source import ROOT
from tests.conftest import FreshDatabase
from tests.databases import Kind, leave_empty
from tests.leaks import every_log_line
from tests.scenario.test_poll_secret import closed
from tests.security.day import ANSWER, EVERYTHING, SECRET_QUESTION, busy_day, rows, where
from tests.security.test_forgetting import leaves
from tests.world import UNLIMITED, World

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass
class House:
    """Where everything lies."""

    folder: Path
    url: str

    @property
    def key(self) -> Path:
        return self.folder / "class.key"

    def open(self) -> Database:
        """Open it as a start does."""
        return open_database(self.url, self.key, durable=False)

    def files(self) -> dict[str, bytes]:
        """Every file of the database; what a server keeps is read as its tables lie there."""
        found = {path.name: path.read_bytes() for path in self.folder.glob("*.db*")}
        return found or {"tables": self._dumped()}

    def _dumped(self) -> bytes:
        database = self.open()
        with database.transaction() as records:
            raw = records.connection().connection.cursor()
            parts = []
            for table in metadata.sorted_tables:
                raw.execute(f"SELECT * FROM {table.name}")
                parts += [value_bytes(value) for row in raw.fetchall() for value in row]
        database.close()
        return b"\n".join(parts)

    def backup(self, name: str) -> bytes:
        """All that is in a backup, unpacked."""
        path = self.folder / name
        back_up(self.url, self.key, path, NOW, lambda _rows: lambda _done: None, with_key=False, force=True)
        with zipfile.ZipFile(path) as archive:
            return b"\n".join(archive.read(member) for member in archive.namelist())


def value_bytes(value: object) -> bytes:
    """What a thief would look at."""
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def legible(data: bytes, words: tuple[str, ...] = EVERYTHING) -> list[str]:
    """The words that can be read in some bytes, whichever way they were written."""
    forms = {
        word: (word.encode(), word.encode("utf-16-le"), json.dumps(word)[1:-1].encode()) for word in words
    }
    return [word for word, written in forms.items() if any(form in data for form in written)]


def sealed_values(database: Database) -> dict[tuple[str, str], list[bytes]]:
    """Every sealed value as it lies there, by table and column."""
    found: dict[tuple[str, str], list[bytes]] = {}
    with database.transaction() as records:
        for table in metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, Sealed | SealedPrivate | SealedJson):
                    raw = rows_of(type_coerce(column, LargeBinary)).where(column.is_not(None))
                    found[table.name, column.name] = list(records.connection().execute(raw).scalars())
    return found


@pytest.fixture
def house(tmp_path: Path, database_kind: Kind, fresh_database: FreshDatabase) -> House:
    if database_kind == "sqlite":
        return House(tmp_path, f"sqlite:///{tmp_path / 'class.db'}")
    return House(tmp_path, fresh_database(database_kind, leave_empty))


async def test_names_and_texts_can_be_read_nowhere_before_and_after_the_key_is_changed(house: House) -> None:
    with every_log_line() as lines:
        database = house.open()
        await busy_day(World(database))
        assert {name: legible(data) for name, data in house.files().items() if legible(data)} == {}
        before = rows(database)
        old = KeyRing(read_key(house.key))
        sealed = sealed_values(database)
        database.close()
        assert legible(house.backup("before.zip")) == []
        done = rotate(house.url, house.key, NOW)
        assert {name: legible(data) for name, data in house.files().items() if legible(data)} == {}
        after = house.backup("after.zip")
        assert legible(after) == []
    assert legible("\n".join(lines).encode()) == []
    assert done.values == sum(map(len, sealed.values())) > 200

    database = house.open()
    assert [row for row in rows(database) if not row.startswith("instance.")] == [
        row for row in before if not row.startswith("instance.")
    ]
    for (table, column), values in sealed_values(database).items():
        assert len(values) == len(sealed[table, column])
        for value in values:
            with pytest.raises(DatabaseError, match="does not open"):
                old.open(value, f"{table}.{column}")
    database.close()
    files = b"".join(house.files().values())
    assert not [1 for values in sealed.values() for value in values if value in files], "an old value is left"
    assert read_key(house.key) not in files and old.digest_secret.hex().encode() not in files


async def test_after_a_change_of_the_key_the_class_goes_on(house: House) -> None:
    database = house.open()
    world = World(database)
    day = await busy_day(world)
    mother = day.made.mothers["李雷"]
    with database.transaction() as records:
        link = codes.make(records, database.keys.digest, "student", day.made.id, world.now())
    database.close()
    for _ in range(2):
        rotate(house.url, house.key, NOW.replace(minute=_))
    world.database = house.open()
    world.app = App(world.database, [world.platform], limits=UNLIMITED, now=world.now, clock=world.clock)
    await mother.press("② 不同意", where=world.group)  # changes its mind: still one vote a household
    with world.database.transaction() as records:
        assert codes.find(records, world.database.keys.digest, link, world.now()) is not None
    assert [m.text.count(f"已投 {day.voted}/6") for m in world.posted() if SECRET_QUESTION in m.text] == [1]
    await closed(world)
    results = [m.text for m in world.posted() if SECRET_QUESTION in m.text]
    assert results and all(f"共 {day.voted}/6 户" in result for result in results)
    world.database.close()


async def test_it_is_refused_while_homeroom_runs(house: House) -> None:
    database = house.open()
    world = World(database)
    await world.someone("5", "王老师").in_private("/help")
    before = read_key(house.key)
    with pytest.raises(DatabaseError, match="in use: stop Homeroom first"):
        rotate(house.url, house.key, NOW)
    assert read_key(house.key) == before
    assert sorted(path.name for path in house.folder.glob("*.key*")) == ["class.key"]
    await world.someone("5", "王老师").in_private("/help")
    database.close()


def test_the_old_key_is_kept_for_older_backups_and_only_its_owner_reads_either(house: House) -> None:
    house.open().close()
    before = read_key(house.key)
    done = rotate(house.url, house.key, NOW)
    assert read_key(done.old_key) == before != read_key(house.key)
    for path in (done.old_key, house.key):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    house.key.write_bytes(done.old_key.read_bytes())
    with pytest.raises(DatabaseError, match="does not belong to this database"):
        house.open()


def test_a_change_cut_short_after_its_commit_is_finished_at_the_next_start(house: House) -> None:
    house.open().close()
    done = rotate(house.url, house.key, NOW)
    house.key.rename(house.folder / "class.key.next")
    done.old_key.rename(house.key)  # as it is when the process dies just before the last step
    house.open().close()
    assert not (house.folder / "class.key.next").exists()
    house.open().close()


def test_a_change_cut_short_before_its_commit_has_changed_nothing(house: House) -> None:
    house.open().close()
    before = read_key(house.key)
    (house.folder / "class.key.next").write_bytes(house.key.read_bytes()[::-1])
    house.open().close()
    assert read_key(house.key) == before
    rotate(house.url, house.key, NOW)
    house.open().close()


@pytest.mark.parametrize("moment", [0.0, 0.02, 0.05])
def test_killed_in_the_middle_everything_still_opens(tmp_path: Path, moment: float) -> None:
    house = House(tmp_path, f"sqlite:///{tmp_path / 'class.db'}")
    database = house.open()
    asyncio.run(busy_day(World(database)))
    before = [row for row in rows(database) if not row.startswith("instance.")]
    database.close()
    program = (
        "import sys, pathlib, datetime; from storage.rotation import rotate; "
        "url, key = sys.argv[1], pathlib.Path(sys.argv[2]); print('now', flush=True); "
        "rotate(url, key, datetime.datetime.now(datetime.UTC))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, house.url, str(house.key)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"now\n"
        until = time.monotonic() + 10
        while (
            not (tmp_path / "class.key.next").exists() and process.poll() is None and time.monotonic() < until
        ):
            time.sleep(0.001)
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
    database = house.open()
    assert [row for row in rows(database) if not row.startswith("instance.")] == before
    database.close()


def test_from_the_command_line(tmp_path: Path) -> None:
    house = House(tmp_path, f"sqlite:///{tmp_path / 'class.db'}")
    house.open().close()
    config = tmp_path / "config.toml"
    config.write_text(f'[storage]\nurl = "{house.url}"\nkey_file = "{house.key}"\n')
    before = read_key(house.key)
    command = [sys.executable, "-m", "bot", "key", "rotate", "--config", str(config)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    asked = subprocess.run(command, input="n\n", text=True, capture_output=True, env=environment, check=False)
    assert asked.returncode == 1 and read_key(house.key) == before
    done = subprocess.run([*command, "--yes"], text=True, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert "sealed with a new key" in done.stdout and "class.key.until-" in done.stdout
    assert read_key(house.key) != before
    database = house.open()
    with database.transaction() as records:
        records.connection()
    busy = subprocess.run([*command, "--yes"], text=True, capture_output=True, env=environment, check=False)
    database.close()
    assert busy.returncode == 3
    assert busy.stderr.strip().count("\n") == 0 and "stop Homeroom first" in busy.stderr


async def test_an_older_backup_brings_nobody_back(house: House) -> None:
    database = house.open()
    world = World(database)
    made = (await busy_day(world)).made
    backup = house.folder / "before.zip"
    quiet = lambda _rows: lambda _done: None  # noqa: E731
    back_up(house.url, house.key, backup, world.now(), quiet, with_key=False, force=True)
    await made.teacher.in_private("/roster add 后来者")
    await leaves(world, made)
    await world.later(days=31)
    await world.later(hours=2)
    assert where(rows(database), "李雷") == []
    database.close()
    with opened(backup) as archive:
        restore(archive, house.url, house.key, quiet)
    database = house.open()
    everything = rows(database)
    assert where(everything, "李雷", ANSWER) == []
    assert where(everything, "韩梅梅") and not where(everything, "后来者")
    database.close()
