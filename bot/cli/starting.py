"""What starts something: the bot itself."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import lean
from bot.cli.shared import CONFIG, Config, Secrets, guarded, settings_of


def run(config: Config = CONFIG, secrets: Secrets = None) -> None:
    """Run the bot until it is stopped; SIGTERM and Ctrl-C finish what is in hand."""
    guarded(lambda: _run(config, secrets))


def _run(config: Config, secrets: Secrets) -> None:
    with lean.start():
        from bot import serving  # noqa: PLC0415 - --help is quicker without the libraries
        from bot.config import require_token  # noqa: PLC0415

        settings = settings_of(config, secrets)
        serving.run(settings, require_token(settings, config))


def _say_version(wanted: bool) -> None:
    if wanted:
        from bot.packages import version_of_homeroom  # noqa: PLC0415

        typer.echo(f"homeroom {version_of_homeroom()}")
        raise typer.Exit


def front(
    version: Annotated[
        bool,
        typer.Option("--version", help="Say which Homeroom this is.", is_eager=True, callback=_say_version),
    ] = False,
) -> None:
    """Take what stands before a command."""
