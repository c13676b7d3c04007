"""What every test may ask for: a fresh database of either kind, and Hypothesis set up for all."""

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from tests.browser import chromium
from tests.databases import KINDS, Databases, Kind, Migrate, forget_statements, leave_empty

settings.register_profile("default", max_examples=30, deadline=None, print_blob=True)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(20))  # as `homeroom run` has it

SHARE = 12
"""Of the scenarios one in so many runs on PostgreSQL as well, by its name."""
LONG = (
    "tests/term/",
    "tests/process/test_kill",
    "tests/scenario/test_notice_pace.py::test_hundreds",
    "tests/scenario/test_roster.py::test_five_thousand",
)
"""Of these only a term with both changes of the clock does; all else always runs on both."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--every-database`: every scenario on both databases, which takes three times as long."""
    parser.addoption("--every-database", action="store_true", help="run every scenario on PostgreSQL too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the scenarios whose turn on PostgreSQL it is not."""
    if config.getoption("--every-database"):
        return
    out = [item for item in items if _may_be_left_out(item)]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in set(out)]


def _may_be_left_out(item: pytest.Item) -> bool:
    chosen = getattr(item, "callspec", None)
    if chosen is None or chosen.params.get("database_kind") != "postgresql":
        return False
    test, _, _ = item.nodeid.partition("[")
    if test.startswith(LONG):
        return "New_York" not in item.nodeid
    return test.startswith("tests/scenario/") and zlib.crc32(item.nodeid.encode()) % SHARE != 0


FreshDatabase = Callable[[Kind, Migrate], str]


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Keep the templates and the one PostgreSQL server of this session."""
    databases = Databases(tmp_path_factory.mktemp("databases"))
    yield databases
    databases.close()


@pytest.fixture
def fresh_database(databases: Databases, tmp_path: Path) -> Iterator[FreshDatabase]:
    """Give as many databases as the test asks for: `url = fresh_database(kind, migrate)`."""
    with ExitStack() as lent:
        yield lambda kind, migrate: lent.enter_context(databases.fresh(kind, migrate, tmp_path))
    forget_statements()


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command run within a test sets up the logs for itself, on a stream that ends with the test."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> Kind:
    """Run the test once for SQLite and once for PostgreSQL."""
    kind: Kind = request.param
    return kind


@pytest.fixture
def database_url(database_kind: Kind, fresh_database: FreshDatabase) -> str:
    """Give an empty database, once of each kind."""
    return fresh_database(database_kind, leave_empty)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line why the browser tests did not run, if they did not."""
    if chromium.find() is None:
        terminalreporter.write_line(f"Skipped the tests in a browser: {chromium.MISSING}")
