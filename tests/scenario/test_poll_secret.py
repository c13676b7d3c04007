"""Anonymous means that nobody can read who chose what: not while it runs, not afterwards, key or no key."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select as rows_of
from sqlalchemy import text
from sqlmodel import col, select

from bot.app import App
from classroom.text import PrivateStr
from storage import poll_traces, polls
from storage.database import Database, open_database
from storage.tables import ButtonRow, EventRow, Poll, SecretBallot, Turnout, metadata
from tests.conftest import FreshDatabase
from tests.databases import Kind
from tests.families import bind, more_families
from tests.ready import ReadyClass, ready_class
from tests.scenario.conftest import KEY, migrate
from tests.world import UNLIMITED, User, World

ASKED = "/poll [匿名] 要不要统一买校服？ | 同意买 | 先不买 | 再商量"


async def opened(world: World, asked: str = ASKED, *, families: int = 0) -> tuple[ReadyClass, list[User]]:
    """A class with an anonymous poll; gives those who may vote, one of each household."""
    made = await ready_class(world)
    voters = [m for name, m in made.mothers.items() if name != "赵一"] + more_families(made, families)
    await made.teacher.in_private(asked)
    await made.teacher.press("发送")
    return made, voters


async def all_press(world: World, presses: list[tuple[User, str]]) -> None:
    """Everybody presses before the bot looks."""
    shown = next(m for m in reversed(world.group.visible) if m.keys)
    for user, label in presses:
        world.platform.press(user.sender, world.group, shown, label)
    await world.settle()


async def closed(world: World) -> None:
    """The close, and the second after it, when the files are cleared."""
    await world.later(days=4)
    await world.later(seconds=1)


# --- two classes that differ in nothing but who chose what ----------------------------------------


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
    hidden = {str(v["salt"]) for name, v in rows if name == "polls" and v["salt"]}
    hidden |= {str(v.get("voter") or v["id"]) for name, v in rows if name in ("secret_ballots", "turnouts")}
    return sorted(_known(f"{name} {values}", meaning, hidden) for name, values in rows)


def _known(line: str, meaning: dict[str, str], hidden: set[str]) -> str:
    for token, meant in meaning.items():
        line = line.replace(token, f"<{meant}>")
    for word in hidden:
        line = line.replace(word, "<random>")
    return re.sub(r"auto/[\w-]{12}|(?<=chat:)\d+/[0-9a-f]{12}", "<random>", line)


@pytest.mark.parametrize(
    "settings", ["[匿名]", "[匿名] [公开过程]", "[匿名] [多选]", "[匿名] [可加选项] [过半]"]
)
async def test_who_chose_what_leaves_no_mark_anywhere(
    settings: str, database_kind: Kind, fresh_database: FreshDatabase
) -> None:
    dumps: list[tuple[list[str], list[str]]] = []
    for swapped in (False, True):
        database = open_database(fresh_database(database_kind, migrate), KEY, durable=False)
        world = World(database)
        made, voters = await opened(world, ASKED.replace("[匿名]", settings), families=4)
        await all_press(world, [(v, "①") for v in voters[2:]])
        for voter, label in zip(voters[:2], ("②", "①") if swapped else ("①", "②"), strict=True):
            await voter.press(label, where=world.group)
            await world.later(minutes=3)
            if "可加选项" in settings:
                await made.teacher.in_group(f"加：方案{voter.sender.native}", reply_to=world.posted()[-1])
        running = dump(database)
        await closed(world)
        dumps.append((running, dump(database)))
        database.close()
    (running, over), (running_swapped, over_swapped) = dumps
    secret = [line for line in running if line.startswith("secret_ballots")]
    others = [line for line in running if not line.startswith("secret_ballots")]
    assert others == [line for line in running_swapped if not line.startswith("secret_ballots")]
    assert Counter(secret) == Counter(line for line in running_swapped if line.startswith("secret_ballots"))
    assert over == over_swapped
    assert not [line for line in over if line.startswith(("secret_ballots", "turnouts"))]


# --- a thief ----------------------------------------------------------------------------------------


def file_of(world: World) -> Path:
    return Path(str(world.database.engine.url.database))


def raw(world: World) -> bytes:
    """All that lies on the disk: the database, and its log."""
    path = file_of(world)
    return b"".join(p.read_bytes() for p in (path, Path(f"{path}-wal")) if p.exists())


def secrets_of(world: World) -> list[bytes]:
    """What may be on the disk while the poll runs and must be gone afterwards."""
    with sqlite3.connect(file_of(world)) as connection:
        found = connection.execute("SELECT voter, choice FROM secret_ballots").fetchall()
        turnouts = connection.execute("SELECT id FROM turnouts").fetchall()
        [(salt,)] = connection.execute("SELECT salt FROM polls").fetchall()
    connection.close()
    return [salt, *(v.encode() for v, _ in found), *(c for _, c in found), *(t.encode() for (t,) in turnouts)]


async def test_a_thief_without_the_key_sees_who_voted_and_not_what(world: World, database_kind: Kind) -> None:
    if database_kind != "sqlite":
        pytest.skip("reads the file")
    _, voters = await opened(world, families=20)
    await all_press(world, [(v, "①②③"[i % 3]) for i, v in enumerate(voters)])
    with sqlite3.connect(file_of(world)) as thief:
        ballots = thief.execute("SELECT * FROM secret_ballots").fetchall()
        homes = [h for (h,) in thief.execute("SELECT household FROM turnouts")]
        columns = [d[0] for d in thief.execute("SELECT * FROM secret_ballots").description]
        ids = {i for (i,) in thief.execute("SELECT id FROM turnouts")}
        with pytest.raises(sqlite3.OperationalError, match="rowid"):
            thief.execute("SELECT rowid FROM secret_ballots")
    thief.close()
    assert columns == ["voter", "poll_id", "choice"]
    assert len(ballots) == len(set(homes)) == len(voters) == 24
    assert len({len(choice) for _, _, choice in ballots}) == 1
    assert len({choice for _, _, choice in ballots}) == 24  # equal choices do not look equal
    assert not ids & {voter for voter, _, _ in ballots}
    assert [voter for voter, _, _ in ballots] == sorted(voter for voter, _, _ in ballots)
    assert b"[1, 0, 0]" not in raw(world)


async def test_after_the_close_the_files_hold_nothing_even_for_whoever_has_the_key(
    world: World, database_kind: Kind
) -> None:
    if database_kind != "sqlite":
        pytest.skip("reads the file")
    _, voters = await opened(world, families=32)
    seen: set[bytes] = set()
    for turn in ("①②③", "③①②"):  # everybody changes their mind: earlier choices are to go as well
        await all_press(world, [(v, turn[i % 3]) for i, v in enumerate(voters)])
        now = secrets_of(world)
        assert len(now) == 1 + 3 * 36 and all(secret in raw(world) for secret in now)
        seen |= set(now)
    await closed(world)
    left = raw(world)
    assert [secret for secret in seen if secret in left] == []
    assert "12 票" in world.texts()[-1] and "36/37 户" in world.texts()[-1]


async def test_on_postgresql_the_tables_are_written_anew(world: World, database_kind: Kind) -> None:
    if database_kind != "postgresql":
        pytest.skip("PostgreSQL's own way")
    _, voters = await opened(world, families=5)
    await all_press(world, [(v, "①") for v in voters])
    await closed(world)
    with world.database.engine.connect() as connection:
        sizes = [
            connection.execute(text("SELECT pg_relation_size(:t)"), {"t": table}).scalar()
            for table in poll_traces.TABLES
        ]
    assert sizes == [0, 0]


async def test_with_the_key_no_row_is_left_that_knows_an_option(world: World) -> None:
    _, voters = await opened(world, families=2)
    shown = world.posted()[-1]
    await all_press(world, [(v, "②") for v in voters])
    token = str(shown.keys[1].token)
    with world.database.transaction() as records:  # a press that failed is kept for whoever repairs it
        failed = f'{{"token": "{token}", "sender": "20"}}'
        for i, words in enumerate((failed, '{"token": "another"}')):
            now = world.now()
            row = EventRow(key=f"x{i}", source="web", raw=words, ready_at=now, received_at=now)
            row.state = "failed"
            records.add(row)
    await closed(world)
    with world.database.transaction() as records:
        poll = records.exec(select(Poll)).one()
        assert poll.salt is None and poll.traces is False and poll.totals == [0, 6, 0]
        for table in (SecretBallot, Turnout):
            assert records.exec(select(table)).all() == []
        marks = records.exec(select(ButtonRow).where(ButtonRow.purpose == poll_traces.VOTE)).all()
        assert marks and all(row.args == {"poll": poll.id} for row in marks)
        kept = records.exec(select(EventRow.raw).where(col(EventRow.raw).is_not(None))).all()
        assert kept == ['{"token": "another"}']
    assert not [line for line in dump(world.database) if token in line and not line.startswith("buttons")]


# --- what one vote writes ---------------------------------------------------------------------------


async def test_a_vote_writes_that_a_household_has_voted_and_nothing_more(world: World) -> None:
    made, voters = await opened(world)
    await voters[0].press("①", where=world.group)
    before = rows(world.database)
    await voters[1].press("③", where=world.group)
    after = rows(world.database)
    changed = Counter(name for name, _ in after - before)
    assert changed.pop("secret_ballots") == changed.pop("turnouts") == 1
    assert changed.pop("members") == 1  # seen in the group, as whoever does anything there
    assert set(changed) == {"events", "deliveries", "buttons"}
    new = [json.loads(row) for name, row in after - before if name in ("events", "deliveries")]
    assert [row["raw"] for row in new if "raw" in row] == [None]
    assert [row["payload"] for row in new if row.get("kind") == "toast"] == [None]
    [edit] = [row["payload"] for row in new if row.get("kind") == "edit_post" and row["payload"]]
    assert "已投 <b>2/5</b> 户" in edit and not re.search(r"\d 票", edit)
    turnout = next(json.loads(row) for name, row in after - before if name == "turnouts")
    assert set(turnout) == {"poll_id", "household", "id"} and turnout["household"] == made.students["李雷"]
    ballot = next(json.loads(row) for name, row in after - before if name == "secret_ballots")
    assert set(ballot) == {"voter", "poll_id", "choice"} and ballot["choice"] == [0, 0, 1]


def rows(database: Database) -> set[tuple[str, str]]:
    """Every row as it is with the key."""
    return set(_rows(database))


def _rows(database: Database) -> Iterator[tuple[str, str]]:
    with database.transaction() as records:
        for table in metadata.sorted_tables:
            for row in records.connection().execute(rows_of(table)).mappings():
                values = {k: v.reveal() if isinstance(v, PrivateStr) else v for k, v in row.items()}
                yield table.name, json.dumps(values, default=str, ensure_ascii=False, sort_keys=True)


@pytest.mark.parametrize("settings", ["[匿名]", "[匿名] [多选]"])
async def test_the_voter_reads_the_same_whatever_was_chosen(world: World, settings: str) -> None:
    made, voters = await opened(world, ASKED.replace("[匿名]", settings))
    toasts = {await v.press(label, where=world.group) for v, label in zip(voters, "①②③①", strict=True)}
    assert len(toasts) == 1 and "已记下" in toasts.pop()
    assert all("先不买" not in v.heard and "再商量" not in v.heard for v in voters)
    assert not any(re.search(r"\d 票", said) for said in world.texts())
    await made.teacher.in_private("/poll 1")
    assert "匿名" in made.teacher.last.text and "1 票" not in made.teacher.last.text
    assert "各家的选择" not in made.teacher.last.text


async def test_an_option_that_comes_later_does_not_tell_who_voted_before(world: World) -> None:
    made, voters = await opened(world, ASKED.replace("[匿名]", "[匿名] [可加选项]"), families=3)
    post = world.posted()[-1]
    await all_press(world, [(v, "①") for v in voters[:3]])
    await made.mothers["王芳"].in_group("加：租校服", reply_to=post)
    await all_press(world, [(v, "④") for v in voters[3:]])
    with world.database.transaction() as records:
        assert {len(b.choice) for b in records.exec(select(SecretBallot))} == {4}
        sealed = records.connection().execute(text("SELECT choice FROM secret_ballots")).scalars()
        assert len({len(choice) for choice in sealed}) == 1
    await closed(world)
    assert "④ 租校服" in world.texts()[-1] and "4 票" in world.texts()[-1] and "3 票" in world.texts()[-1]


# --- few votes, live --------------------------------------------------------------------------------


async def test_with_few_votes_the_split_is_neither_told_nor_kept(world: World) -> None:
    _, voters = await opened(world)
    await all_press(world, [(v, "①") for v in voters])
    await closed(world)
    assert "不到 5 票" in world.texts()[-1] and "4/5 户" in world.texts()[-1]
    assert all("票 1" not in said for said in world.texts())
    with world.database.transaction() as records:
        poll = records.exec(select(Poll)).one()
        assert poll.totals is None and poll.voted == 4


async def test_from_five_votes_on_the_result_is_told(world: World) -> None:
    _, voters = await opened(world, families=1)
    await all_press(world, [(v, "①") for v in voters[:3]] + [(v, "②") for v in voters[3:]])
    await closed(world)
    assert "3 票 60%" in world.texts()[-1] and "2 票 40%" in world.texts()[-1]


async def test_live_and_anonymous_shows_the_split_in_steps_of_five(world: World) -> None:
    made, voters = await opened(world, ASKED.replace("[匿名]", "[匿名] [公开过程]"), families=8)
    post = world.posted()[-1]
    splits = []
    for voter in voters[:11]:
        await voter.press("①", where=world.group)
        await world.later(seconds=15)
        splits.append(re.findall(r"(\d+) 票", post.text))
        assert f"已投 {len(splits)}/13 户" in post.text
    assert splits[:4] == [[]] * 4
    assert splits[4:9] == [["5", "0", "0"]] * 5 and splits[9:] == [["10", "0", "0"]] * 2
    # together with the growing split, a list of who has voted since would tell who chose what
    await made.teacher.in_private("/poll 1")
    assert "谁没投" not in made.teacher.buttons()


# --- change of mind, families that are joined, a process that dies -----------------------------------


async def test_a_change_of_mind_is_told_to_the_family_without_the_choice(world: World) -> None:
    made, _ = await opened(world)
    await made.mothers["李雷"].press("①", where=world.group)
    await made.fathers["李雷"].press("②", where=world.group)
    assert (
        "由另一位家长改了" in made.mothers["李雷"].last.text
        and "先不买" not in made.mothers["李雷"].last.text
    )
    with world.database.transaction() as records:
        assert [b.choice for b in records.exec(select(SecretBallot))] == [[0, 1, 0]]
        assert len(records.exec(select(Turnout)).all()) == 1


async def test_choosing_more_of_several_is_no_change_to_be_told(world: World) -> None:
    made, _ = await opened(world, ASKED.replace("[匿名]", "[匿名] [多选]"))
    for label in "①②":
        await made.mothers["李雷"].press(label, where=world.group)
    assert made.fathers["李雷"].inbox == []
    for label in "①③③":
        await made.mothers["李雷"].press(label, where=world.group)
    assert len(made.fathers["李雷"].inbox) == 1


async def test_two_families_that_become_one_have_one_vote(world: World) -> None:
    made, voters = await opened(world, families=4)
    await all_press(world, [(v, "①") for v in voters])
    bind(made, made.mothers["李雷"], made.students["韩梅梅"])  # she is 韩梅梅's mother too
    await made.mothers["韩梅梅"].press("②", where=world.group)
    await closed(world)
    assert "共 7/8 户" in world.texts()[-1] and "6 票" in world.texts()[-1] and "1 票" in world.texts()[-1]


async def test_a_process_that_dies_after_the_close_leaves_no_traces_either(world: World) -> None:
    _, voters = await opened(world, families=3)
    await all_press(world, [(v, "①") for v in voters])
    with world.database.transaction() as records:
        [poll] = polls.open_in(records, 1) or records.exec(select(Poll)).all()
        poll.closes_at = world.now()
    with world.database.transaction() as records:
        poll = records.exec(select(Poll)).one()
        poll.state, poll.closed_at = polls.CLOSED, world.now()
        polls.destroy(records, poll)
    with world.database.transaction() as records:
        assert records.exec(select(Poll)).one().traces is True
    world.app = App(world.database, [world.platform], limits=UNLIMITED, now=world.now)
    await world.later(seconds=2)
    with world.database.transaction() as records:
        assert records.exec(select(Poll)).one().traces is False
