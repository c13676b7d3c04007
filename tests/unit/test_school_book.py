"""Whatever an address book says: nobody is linked by a child's id, and a second look changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from classroom.school_book import SCHOOL, SchoolBook, SchoolChild, SchoolParent
from storage import classrooms, school
from storage.database import Database, Records, open_database
from storage.tables import Account, Guardian, SchoolStudent, StudentRow

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
IDS = st.sampled_from(["a", "A", "b", "c", "ma", "Ma", "ba", "nai"])
PARENTS = st.builds(
    SchoolParent,
    userid=IDS,
    relation=st.sampled_from(["妈妈", "爸爸", "哥哥", "", "干妈"]),
    phone=st.sampled_from(["", "13800000001", "13800000002"]),
    follows=st.booleans(),
)
CHILDREN = st.builds(
    SchoolChild,
    userid=IDS,
    name=st.sampled_from(["张小明", "李雷", "王芳"]),
    parents=st.lists(PARENTS, max_size=3).map(tuple),
)
BOOKS = st.lists(CHILDREN, max_size=5, unique_by=lambda child: child.userid.lower()).map(
    lambda children: SchoolBook("4", "三年级2班", tuple(children))
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder: Path = tmp_path_factory.mktemp("school")
    database = open_database(f"sqlite:///{folder / 'class.db'}", folder / "key", durable=False)
    yield database
    database.close()


def state(records: Records) -> list[object]:
    """All that a look may change."""
    records.flush()
    return [
        [(row.name, row.number, tuple(row.aliases)) for row in records.exec(select(StudentRow))],
        [(g.student_id, g.person_id, g.relation, g.state) for g in records.exec(select(Guardian))],
        sorted(account.native for account in records.exec(select(Account))),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(first=BOOKS, second=BOOKS)
def test_a_childs_id_is_nobodys_account(database: Database, first: SchoolBook, second: SchoolBook) -> None:
    with database.transaction() as records:
        here = classrooms.create(
            records, "三2班", NOW, language="zh_CN", timezone="Asia/Shanghai", country="CN", by=None
        ).id
        school.take(records, here, first, NOW)
        named = {(c.userid.lower(), p.userid.lower()) for c in first.children for p in c.parents}
        assert linked(records) == {(c, p) for c, p in named if p not in first.students}
        for book in (first, second):
            school.take(records, here, book, NOW)
            before = state(records)
            again = school.take(records, here, book, NOW)
            assert not again.anything and state(records) == before
        records.rollback()


def linked(records: Records) -> set[tuple[str, str]]:
    """Who answers for whom, by the school's ids."""
    found = records.exec(
        select(SchoolStudent, Account)
        .join(Guardian, col(Guardian.student_id) == col(SchoolStudent.student_id))
        .join(Account, col(Account.person_id) == col(Guardian.person_id))
        .where(Account.platform == SCHOOL)
    )
    return {(child.userid.lower(), account.native.lower()) for child, account in found}
