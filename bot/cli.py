"""The front door: `homeroom run`, and what must be done on the server."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bot.config import load, require_token
from classroom.errors import ConfigError, HomeroomError

T = TypeVar("T")
CONFIG_ERROR, OTHER_ERROR = 2, 3
cli = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Homeroom (班务助手): keeps a class group in order, praises in public, criticises in private only.",
)
teacher = typer.Typer(no_args_is_help=True, help="Who teaches a class, set from the server.")
cli.add_typer(teacher, name="teacher")

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.", metavar="FILE")]
Secrets = Annotated[
    Path | None,
    typer.Option("--secrets", help="A folder of files, each one secret (telegram__token).", metavar="DIR"),
]


@cli.command(epilog="Example: homeroom run --config config.toml")
def run(config: Config = Path("config.toml"), secrets: Secrets = None) -> None:
    """Run the bot until it is stopped; SIGTERM and Ctrl-C finish what is in hand."""
    from bot import serving  # noqa: PLC0415 - --help is quicker without the libraries

    _guarded(lambda: serving.run(settings := load(config, secrets), require_token(settings, config)))


@teacher.command("set", epilog='Example: homeroom teacher set --classroom "三年级2班" --telegram 12345678')
def teacher_set(
    classroom: Annotated[str, typer.Option(help="The class's name as given in /setup, or its number.")],
    telegram: Annotated[str, typer.Option(help="The teacher's Telegram id, a number; /me shows it.")],
    config: Config = Path("config.toml"),
    secrets: Secrets = None,
) -> None:
    """Make somebody the head teacher of a class, e.g. when it has none left."""
    from bot import serving  # noqa: PLC0415

    typer.echo(_guarded(lambda: serving.set_teacher(load(config, secrets), classroom, telegram)))


def _guarded(work: Callable[[], T]) -> T:
    """Turn our own errors into one line and an exit code: 2 for the configuration, 3 for the rest."""
    try:
        return work()
    except ConfigError as error:
        typer.echo(f"homeroom: {error}", err=True)
        sys.exit(CONFIG_ERROR)
    except HomeroomError as error:
        typer.echo(f"homeroom: {error}", err=True)
        sys.exit(OTHER_ERROR)


def main() -> None:
    """The entry point named in pyproject.toml."""
    cli()
