"""The database's history, one file a step; a database newer than the program is refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from classroom.errors import DatabaseError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0018"
"""The newest step, named here so that a start need not read every file of the history."""


RESTORING = "restoring "
"""What stands before the step in a database that is being filled from a copy: nothing starts with that."""


def head() -> str:
    """The step this program expects."""
    return HEAD


def config(engine: Engine | None = None) -> Config:
    """Alembic's settings, made in code: there is no alembic.ini to find."""
    from alembic.config import Config  # noqa: PLC0415 - a start with a current database needs no Alembic

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.attributes["engine"] = engine
    return made


def known_steps() -> set[str]:
    """Every step of the history."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return {step.revision for step in ScriptDirectory.from_config(config()).walk_revisions()}


def upgrade(engine: Engine, found: str | None, to: str = "head") -> None:
    """Bring the database to `head`; DatabaseError if its step `found` is unknown here."""
    from alembic import command  # noqa: PLC0415

    settings = config(engine)
    if found is not None and found.startswith(RESTORING):
        raise DatabaseError("a restore into this database was interrupted: run it again to its end")
    if found is not None and found not in known_steps():
        raise DatabaseError(
            f"the database is at step {found}, which this version of Homeroom does not know: "
            "install a newer Homeroom; nothing was changed"
        )
    command.upgrade(settings, to)
