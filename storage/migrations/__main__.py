"""`python -m storage.migrations 0002 "What changes"`: write the next step from what the tables say now."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from storage.database import open_database
from storage.migrations import config

if __name__ == "__main__":
    step, message = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'draft.db'}")
        command.revision(config(database.engine), message=message, autogenerate=True, rev_id=step)
        database.close()
