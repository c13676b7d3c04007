"""Anonymous answers: nobody can read whose they are, not while it runs, not afterwards, key or no key."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select as rows_of
from sqlalchemy import text
from sqlmodel import select

from classroom.text import PrivateStr
from storage import survey_traces
from storage.database import Database, open_database
from storage.tables import (
    ButtonRow,
    EventRow,
    SecretAnswers,
    SecretWords,
    Survey,
    SurveyTurnout,
    metadata,
)
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.scenario.conftest import KEY, migrate
from tests.scenario.test_survey import answers, asked, closed
from tests.world import User, World

SECRET = ("secret_answers", "secret_words", "survey_turnouts")
HAPPY, ANGRY = "食堂的汤很好喝", "作业实在太多了"  # of one length


def dump(database: Database) -> list[str]:
    """Every value of every row, opened with the key, random tokens replaced by what they mean."""
    rows: list[tuple[str, dict[str, object]]] = []
    with database.transaction() as records:
        for table in metadata.sorted_tables:
            for row in records.connection().execute(rows_of(table)).mappings():
                values = {k: v.reveal() if isinstance(v, PrivateStr) else v for k, v in row.items()}
                rows.append((table.name, values))
    meaning = {
        str(v["token"]): json.dumps([v["purpose"], v["args"], v["handle"]], sort_keys=True)
        for name, v in rows
        if name == "buttons"
    }
    hidden = {str(v["salt"]) for name, v in rows if name == "surveys" and v["salt"]}
    hidden |= {str(v.get("voter") or v["id"]) for name, v in rows if name in SECRET}
    hidden |= {str(v[k]) for name, v in rows if name == "codes" for k in ("token", "digest")}
    return sorted(_known(f"{name} {values}", meaning, hidden) for name, values in rows)


def _known(line: str, meaning: dict[str, str], hidden: set[str]) -> str:
    for token, meant in meaning.items():
        line = line.replace(token, f"<{meant}>")
    for word in hidden:
        line = line.replace(word, "<random>")
    return re.sub(r"auto/[\w-]{12}|(?<=chat:)\d+/[0-9a-f]{12}", "<random>", line)


def secret(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if line.startswith(SECRET)]


def open_ones(lines: Sequence[str]) -> list[str]:
    """All but the secret tables; where the words stand together their order is chance, and is left out."""
    kept = (line for line in lines if not line.startswith(SECRET))
    return sorted("".join(sorted(line)) if HAPPY in line else line for line in kept)


async def test_who_said_what_leaves_no_mark_anywhere(
    database_kind: Kind, fresh_database: FreshDatabase
) -> None:
    dumps: list[tuple[list[str], list[str]]] = []
    for swapped in (False, True):
        database = open_database(fresh_database(database_kind, migrate), KEY, durable=False)
        world = World(database)
        _, voters = await asked(world, "[匿名]", families=4)
        for voter in voters[2:]:
            await answers(voter, "5", "①", "都很好")
        said = [("5", "①", HAPPY), ("1", "②", ANGRY)]
        for voter, mine in zip(voters[:2], reversed(said) if swapped else said, strict=True):
            await answers(voter, *mine)
            await world.later(minutes=3)
        running = dump(database)
        await closed(world)
        dumps.append((running, dump(database)))
        database.close()
    (running, over), (running_swapped, over_swapped) = dumps
    assert open_ones(running) == open_ones(running_swapped)
    assert secret(running) == secret(running_swapped) and secret(running)
    assert open_ones(over) == open_ones(over_swapped)
    assert secret(over) == secret(over_swapped) == []


def file_of(world: World) -> Path:
    return Path(str(world.database.engine.url.database))


def raw(world: World) -> bytes:
    """All that lies on the disk: the database, and its log."""
    path = file_of(world)
    return b"".join(p.read_bytes() for p in (path, Path(f"{path}-wal")) if p.exists())


def secrets_of(world: World) -> list[bytes]:
    """What may be on the disk while the survey runs and must be gone afterwards."""
    with sqlite3.connect(file_of(world)) as connection:
        found = connection.execute("SELECT voter, marks FROM secret_answers").fetchall()
        found += connection.execute("SELECT id, words FROM secret_words").fetchall()
        turnouts = connection.execute("SELECT id FROM survey_turnouts").fetchall()
        [(salt,)] = connection.execute("SELECT salt FROM surveys").fetchall()
    connection.close()
    return [salt, *(v.encode() for v, _ in found), *(c for _, c in found), *(t.encode() for (t,) in turnouts)]


async def test_a_thief_without_the_key_sees_who_answered_and_not_what(
    world: World, database_kind: Kind
) -> None:
    if database_kind != "sqlite":
        pytest.skip("reads the file")
    _, voters = await asked(world, "[匿名]", families=8)
    for i, voter in enumerate(voters):
        await answers(voter, "12345"[i % 5], "①②③"[i % 3], "跳过")
    with sqlite3.connect(file_of(world)) as thief:
        rows = thief.execute("SELECT * FROM secret_answers").fetchall()
        columns = [d[0] for d in thief.execute("SELECT * FROM secret_answers").description]
        with pytest.raises(sqlite3.OperationalError, match="rowid"):
            thief.execute("SELECT rowid FROM secret_answers")
    thief.close()
    assert columns == ["voter", "survey_id", "marks"] and len(rows) == 12
    assert len({len(marks) for _, _, marks in rows}) == 1 and len({marks for _, _, marks in rows}) == 12
    assert [voter for voter, _, _ in rows] == sorted(voter for voter, _, _ in rows)


async def test_after_the_close_the_files_hold_nothing_even_for_whoever_has_the_key(
    world: World, database_kind: Kind
) -> None:
    if database_kind != "sqlite":
        pytest.skip("reads the file")
    _, voters = await asked(world, "[匿名]", families=4)
    seen: set[bytes] = set()
    for mark in ("5", "2"):  # everybody changes their mind: what was said before is to go as well
        for voter in voters:
            await answers(voter, mark, "①", f"{HAPPY}{mark}")
        now = secrets_of(world)
        assert len(now) == 1 + 8 * 5 and all(one in raw(world) for one in now)
        seen |= set(now)
    await closed(world)
    left = raw(world)
    assert [one for one in seen if one in left] == []


async def test_on_postgresql_the_tables_are_written_anew(world: World, database_kind: Kind) -> None:
    if database_kind != "postgresql":
        pytest.skip("PostgreSQL's own way")
    _, voters = await asked(world, "[匿名]", families=2)
    for voter in voters:
        await answers(voter, "5", "①", HAPPY)
    await closed(world)
    with world.database.engine.connect() as connection:
        sizes = [
            connection.execute(text("SELECT pg_relation_size(:t)"), {"t": table}).scalar()
            for table in survey_traces.TABLES
        ]
    assert sizes == [0, 0, 0]


async def test_with_the_key_no_row_is_left_that_knows_an_answer(world: World) -> None:
    _, voters = await asked(world, "[匿名]", families=2)
    for voter in voters:
        await answers(voter, "5", "①", HAPPY)
    token = _mark_token(world)
    with world.database.transaction() as records:  # what failed is kept for whoever repairs it
        now, native = world.now(), voters[1].sender.native
        for i, (kind, words) in enumerate(
            (("Pressed", f'{{"token": "{token}"}}'), ("Message", f'{{"sender": "{native}", "text": "x"}}'))
        ):
            row = EventRow(key=f"x{i}", source="web", raw=words, ready_at=now, received_at=now)
            row.state, row.kind = "failed", kind
            records.add(row)
        other = EventRow(key="y", source="web", raw='{"sender": "-"}', ready_at=now, received_at=now)
        other.state, other.kind = "failed", "Message"
        records.add(other)
    await closed(world)
    with world.database.transaction() as records:
        survey = records.exec(select(Survey)).one()
        assert survey.salt is None and survey.traces is False
        for table in (SecretAnswers, SecretWords, SurveyTurnout):
            assert records.exec(select(table)).all() == []
        marks = records.exec(select(ButtonRow).where(ButtonRow.purpose == survey_traces.MARK)).all()
        assert marks and all(row.args == {"survey": survey.id} for row in marks)
        assert [row.raw for row in records.exec(select(EventRow)) if row.raw] == ['{"sender": "-"}']
    assert not [line for line in dump(world.database) if HAPPY in line and not line.startswith("surveys ")][
        1:
    ]


def _mark_token(world: World) -> str:
    with world.database.transaction() as records:
        found = records.exec(select(ButtonRow).where(ButtonRow.purpose == survey_traces.MARK)).first()
        assert found is not None
        return found.token


async def test_who_answers_reads_the_same_whatever_was_chosen(world: World) -> None:
    made, voters = await asked(world, "[匿名]")
    heard = []
    for voter, mark, option in zip(voters[:3], "145", "①②③", strict=True):
        await answers(voter, mark, option, HAPPY)
        await voter.press("从头看看")
        heard.append(_without_numbers(voter))
    assert heard[0] == heard[1] == heard[2]
    assert all(HAPPY not in line and "现在选的是" not in line for line in heard)
    await made.teacher.in_private("/问卷 1")
    assert "匿名" in made.teacher.last.text and HAPPY not in made.teacher.heard


def _without_numbers(user: User) -> str:
    return "\n".join(m.text for m in user.inbox)


async def test_before_anything_is_written_the_family_is_told_what_becomes_of_it(world: World) -> None:
    _, voters = await asked(world, "[匿名]")
    await answers(voters[1], "5", "①")
    for part in ("打乱顺序", "不带名字", "满 5 家才交给老师", "请不要写孩子的名字"):
        assert part in voters[1].last.text, part


async def test_four_families_words_are_destroyed(world: World) -> None:
    made, voters = await asked(world, "[匿名]", families=2)
    for voter in voters[:4]:
        await answers(voter, "5", "①", ANGRY)
    for voter in voters[4:]:
        await answers(voter, "5", "①", "跳过")
    await closed(world)
    assert "写的不到 5 家" in made.teacher.heard and ANGRY not in made.teacher.heard
    assert not [line for line in dump(world.database) if ANGRY in line]


async def test_a_child_who_has_left_is_not_named_in_what_was_written(world: World) -> None:
    made, voters = await asked(world, "[匿名]", families=2)
    for voter in voters:
        await answers(voter, "5", "①", "李雷帮了大家")
    await closed(world)
    await made.teacher.in_private("/名册 移除 李雷")
    if made.teacher.buttons():
        await made.teacher.press(made.teacher.buttons()[0])
    await world.later(days=31)
    await world.later(hours=2)
    await made.teacher.in_private("/问卷 1")
    assert "一位同学帮了大家" in made.teacher.last.text and "李雷" not in made.teacher.last.text
