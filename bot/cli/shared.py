"""What all commands share: options, exit codes, one line for an error, results for people or machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

from bot.packages import own_packages
from classroom.errors import ConfigError, HomeroomError
from classroom.events import Json

if TYPE_CHECKING:
    from rich.console import Console

    from bot.config import Settings

T = TypeVar("T")
LOOK, CONFIG_ERROR, OTHER_ERROR = 1, 2, 3
EXIT_CODES = (
    "Exit codes: 0 done; 1 done, but something should be looked at; 2 the configuration or the command "
    "line cannot be used; 3 something else must be put right first; 130 interrupted."
)

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.", metavar="FILE")]
Secrets = Annotated[
    Path | None,
    typer.Option("--secrets", help="A folder of files, each one secret (telegram__token).", metavar="DIR"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
ClassName = Annotated[
    str,
    typer.Option("--classroom", help="The class's name as given in /setup, or its number.", metavar="NAME"),
]
CONFIG = Path("config.toml")


def example(line: str) -> str:
    """How the help of a command ends."""
    return f"Example: {line}"


def settings_of(config: Path, secrets: Path | None) -> Settings:
    """Read the configuration; late, since --help must not wait for it."""
    from bot.config import load  # noqa: PLC0415

    return load(config, secrets)


def guarded(work: Callable[[], T]) -> T:
    """Turn our own errors and the machine's into one line and an exit code."""
    try:
        own_packages()  # before any of them is imported
        return work()
    except ConfigError as error:
        fail(str(error), CONFIG_ERROR)
    except HomeroomError as error:
        fail(str(error), OTHER_ERROR)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        fail(f"{where}{error.strerror or type(error).__name__}", OTHER_ERROR)


def fail(why: str, code: int) -> NoReturn:
    """End with one line on standard error."""
    typer.echo(f"homeroom: {why}", err=True)
    sys.exit(code)


def answer(value: Json, lines: str, as_json: bool) -> None:
    """Say what came of it: JSON for machines, lines for people."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2) if as_json else lines)


def console() -> Console:
    """Where progress is shown: standard error, so that results can be piped."""
    from rich.console import Console  # noqa: PLC0415

    return Console(stderr=True)


@contextmanager
def progress(what: str, as_json: bool) -> Iterator[Callable[[int], Callable[[int], None]]]:
    """A bar for what takes long, where somebody watches: gives whom to tell the total, then each part."""
    if as_json or not sys.stderr.isatty():
        yield lambda _total: lambda _done: None
        return
    from rich import progress as rich  # noqa: PLC0415

    said = rich.TextColumn("{task.description}")
    columns = (said, rich.BarColumn(), rich.MofNCompleteColumn(), rich.TimeRemainingColumn())
    with rich.Progress(*columns, console=console(), transient=True) as bar:

        def begin(total: int) -> Callable[[int], None]:
            task = bar.add_task(what, total=total)
            return lambda done: bar.advance(task, done)

        yield begin
