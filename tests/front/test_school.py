"""The school's notices at the terminal: the doctor's lines, a trial, and a class from the address book."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import classrooms, guardians, rosters, schedules
from storage.database import open_database
from tests.front.kit import homeroom
from tests.platforms.school_kit import some_school
from tests.scenario.conftest import KEY
from tests.wecomapi import WeComServer


@pytest.fixture(scope="module")
def running() -> Iterator[WeComServer]:
    with WeComServer() as server:
        some_school(server.corp.school)
        yield server


@pytest.fixture
def server(running: WeComServer) -> Iterator[WeComServer]:
    running.corp.tokens.clear()
    yield running
    school = running.corp.school
    school.turned, school.in_list = False, True
    running.clear()
    assert running.violations == [] and school.on_students_phones == []


def written(folder: Path, server: WeComServer, **school: str) -> Path:
    """A configuration with nothing but the school's notices."""
    path, corp = folder / "config.toml", server.corp
    chosen = {"agent_id": str(corp.school.agent_id), "secret": f'"{corp.school.secret}"'} | school
    lines = ["[storage]", f'url = "sqlite:///{folder / "class.db"}"', f'key_file = "{KEY}"']
    lines += ["[web]", "port = 0", 'public_url = "https://class.invalid"']
    lines += ["[wecom]", f'corp_id = "{corp.corp_id}"', f'api_root = "{server.url}"', "[wecom.school]"]
    lines += [f"{key} = {value}" for key, value in chosen.items() if value]
    path.write_text("\n".join(lines), encoding="utf-8")
    path.chmod(0o600)
    return path


def looked(folder: Path, server: WeComServer, *more: str) -> tuple[int, list[tuple[str, str, str]]]:
    told = homeroom("doctor", "--json", *more, "--config", written(folder, server))
    found = json.loads(told.out)["findings"]
    for secret in (server.corp.school.secret, *server.corp.issued):
        assert secret not in told.out + told.err
    lines = [(f["level"], f["what"], f["cure"]) for f in found if f["topic"] in ("school", "trial")]
    assert not any(f["topic"] in ("wecom", "callback") for f in found)
    return told.code, lines


def test_the_doctor_makes_sure_that_parents_only_are_told(tmp_path: Path, server: WeComServer) -> None:
    _, lines = looked(tmp_path, server)
    assert [level for level, _, _ in lines] == ["ok", "ok"]
    assert "parents only" in lines[0][1] and "2 classes" in lines[1][1]
    assert all(parent.inbox == [] for parent in server.corp.school.parents.values())


def test_the_doctor_says_what_to_click(tmp_path: Path, server: WeComServer) -> None:
    server.corp.school.in_list = False
    code, lines = looked(tmp_path, server)
    assert lines[0][0] == "failure" and "301002" in lines[0][1] and lines[0][2] and code == 3


def test_where_others_would_be_told_nothing_is_sent(tmp_path: Path, server: WeComServer) -> None:
    server.corp.school.turned = True
    code, lines = looked(tmp_path, server, "--tell-parent", "zhang_ma")
    assert lines[0][0] == "failure" and "parents only" in lines[0][1] and code == 3
    assert not any("trial" in str(line) for line in lines)


def test_a_trial_reaches_the_parent_who_is_named(tmp_path: Path, server: WeComServer) -> None:
    _, lines = looked(tmp_path, server, "--tell-parent", "zhang_ma")
    assert lines[-1][:2] == ("ok", "the message was accepted") and "the child has nothing" in lines[-1][2]
    assert len(server.corp.school.read("zhang_ma")) == 1
    _, lines = looked(tmp_path, server, "--tell-parent", "zhangxiaoming")
    assert lines[-1][0] == "failure" and "a student's id" in lines[-1][1]


@pytest.mark.parametrize("missing", ["agent_id", "secret"])
def test_what_is_set_half_is_named_in_one_line(tmp_path: Path, server: WeComServer, missing: str) -> None:
    config = written(tmp_path, server, **{missing: ""})
    told = homeroom("run", "--config", config)
    assert told.code == 2 and f"wecom.school.{missing}: " in told.err
    assert server.corp.school.secret not in told.err


def test_a_class_from_the_address_book(tmp_path: Path, server: WeComServer) -> None:
    config = written(tmp_path, server)
    database = open_database(f"sqlite:///{tmp_path / 'class.db'}", KEY)
    with database.transaction() as records:
        now = datetime.now(UTC)
        made = classrooms.create(
            records, "三2班", now, language="zh_CN", timezone="Asia/Shanghai", country="CN", by=None
        )
        number = made.id
    command = ("roster", "import", "--from", "wecom", "--classroom", "三2班", "--config", config)
    told = homeroom(*command)
    assert told.code == 2 and "4: 三年级2班" in told.err
    trial = homeroom(*command, "--department", "三年级2班", "--dry-run")
    assert "2 added" in trial.out and "3 parents linked" in trial.out and "a trial" in trial.out
    told = homeroom(*command, "--department", "三年级2班")
    assert (
        told.code == 1
        and "2 added" in told.out
        and "no parent follows the school's notices: 李雷" in told.out
    )
    again = homeroom(*command)
    assert "0 added, 0 updated, 2 unchanged; 0 parents linked" in again.out
    with database.transaction() as records:
        names = [row.name for row in rosters.rows_of(records, number)]
        reached = guardians.reached_students(records, number)
        planned = {row.kind: row.args.get("links") for row in schedules.of_classroom(records, number)}
    database.close()
    assert names == ["张小明", "李雷"] and len(reached) == 1
    assert set(planned) == {"school.welcome", "school.look"} and planned["school.welcome"] == [1, 2, 3]


def test_a_file_or_the_address_book(tmp_path: Path, server: WeComServer) -> None:
    config = written(tmp_path, server)
    for more in ((), ("x.xlsx", "--from", "wecom"), ("--from", "dingtalk")):
        told = homeroom("roster", "import", *more, "--classroom", "x", "--config", config)
        assert told.code == 2 and "--from wecom" in told.err
