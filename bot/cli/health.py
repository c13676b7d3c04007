"""What looks after the bot: the doctor for people, the health check for whatever restarts it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import (
    CONFIG,
    OTHER_ERROR,
    AsJson,
    Config,
    Secrets,
    answer,
    console,
    fail,
    guarded,
    settings_of,
)
from classroom.events import Json

if TYPE_CHECKING:
    from bot.ports import Finding

SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failure": ("✗", "red")}
WIDTH = 14


def doctor(
    config: Config = CONFIG,
    secrets: Secrets = None,
    live: Annotated[
        str | None,
        typer.Option(
            help="Ask a running Homeroom instead, at the address of its web section.", metavar="URL"
        ),
    ] = None,
    tell_parent: Annotated[
        str,
        typer.Option(
            help="Send one harmless notice of the school to this parent, and to nobody else.",
            metavar="USERID",
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Look at everything the bot depends on, and say what to do; changes nothing, sends nothing unasked.

    Exit code 0: all is well; 1: something should be looked at; 2: the configuration is at fault; 3: something
    else must be put right before the bot can work.
    """
    guarded(lambda: _doctor(config, secrets, live, tell_parent, as_json))


def _doctor(config: Path, secrets: Path | None, live: str | None, tell_parent: str, as_json: bool) -> None:
    from bot import doctor  # noqa: PLC0415 - --help is quicker without the libraries

    found = doctor.examine_live(live) if live else doctor.examine(config, secrets, tell_parent)
    findings = list(found) if as_json else _shown(found)
    if as_json:
        listed: list[Json] = [
            {"level": f.level.value, "topic": f.topic, "what": f.what, "cure": f.cure} for f in findings
        ]
        answer({"level": doctor.worst(findings).value, "findings": listed}, "", as_json)
    sys.exit(doctor.exit_code(findings))


def _shown(found: Iterable[Finding]) -> list[Finding]:
    """Say each thing as soon as it is known."""
    shown = []
    for finding in _one_by_one(found):
        sign, colour = SIGNS[finding.level]
        typer.echo(f"{typer.style(sign, fg=colour)} {finding.topic:{WIDTH}}{finding.what}")
        if finding.cure:
            typer.echo(f"  {'':{WIDTH}}→ {finding.cure}")
        shown.append(finding)
    return shown


def _one_by_one(found: Iterable[Finding]) -> Iterator[Finding]:
    """Show that something is being looked at, but not while something is said: Rich would take that over."""
    screen, steps = console(), iter(found)
    while True:
        with screen.status("looking …") if screen.is_terminal else nullcontext():
            finding = next(steps, None)
        if finding is None:
            return
        yield finding


def health(config: Config = CONFIG, secrets: Secrets = None) -> None:
    """Say in one line whether the bot is well: exit code 0 or 3, for Docker, systemd and the like.

    Asks the running bot where the web section has observe = true; else sees in the database whether
    anything waits too long.
    """
    guarded(lambda: _health(config, secrets))


def _health(config: Path, secrets: Path | None) -> None:
    from bot import pulse  # noqa: PLC0415

    trouble = pulse.trouble(settings_of(config, secrets))
    if trouble:
        fail(trouble, OTHER_ERROR)
    typer.echo("well")
