"""What a start does not load: a small school's server has little memory, and nobody waits gladly."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_FOR_A_START = {
    "PIL",
    "alembic",
    "calamine",
    "click",
    "greenlet",
    "holidays",
    "icalendar",
    "lunar_python",
    "openpyxl",
    "prometheus_client",
    "psycopg",
    "pygments",
    "rich",
    "segno",
    "sqlalchemy.dialects.postgresql",
    "starlette",
    "typst",
    "uvicorn",
    "wechatpy",
    "zxingcpp",
}
SCRIPT = """
import gc, json, sys
from bot import lean
with lean.start():
    resting = not gc.isenabled()
    from bot import serving
    from bot.platforms.telegram import TelegramPlatform
    loaded = sorted(sys.modules)
import rich, click
print(json.dumps([resting and gc.isenabled(), loaded]))
"""


def test_a_start_loads_what_it_needs_and_other_programs_find_the_rest() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, cwd=ROOT
    )
    as_before, loaded = json.loads(done.stdout)
    assert as_before is True
    assert NOT_FOR_A_START & set(loaded) == set()
