"""`homeroom demo` with a fixed first day and short pauses, so that a test sees the same class every time."""

import sys
from datetime import date

from bot.demo.serving import Options, run


def told(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run(
        Options(
            host="127.0.0.1",
            port=0,
            others=False,
            data=None,
            language=sys.argv[1],
            browser=False,
            say=told,
            today=date(2026, 11, 23),
            pace=0.05,
        )
    )
