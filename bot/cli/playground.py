"""`homeroom demo`: the playground."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.shared import guarded

Day = Annotated[
    datetime | None,
    typer.Option("--today", formats=["%Y-%m-%d"], hidden=True, help="The playground's today."),
]


def demo(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the page is; 0 takes any free one.")
    ] = 8765,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    allow_others: Annotated[
        bool,
        typer.Option("--allow-others", help="Let others in: with --host, for anything but this machine."),
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FILE", help="Keep what is tried in FILE, to come back to it."),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="What the class speaks: zh_CN or en.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    pace: Annotated[float, typer.Option(hidden=True, min=0, help="Seconds between two acts.")] = 0.7,
    today: Day = None,
) -> None:
    """Try everything in the browser: a sample class, no account, no token, no server."""
    from bot.demo import serving  # noqa: PLC0415 - --help is quicker without the libraries

    guarded(
        lambda: serving.run(
            serving.Options(
                host=host,
                port=port,
                others=allow_others,
                data=data,
                language=language or spoken_here(),
                browser=browser,
                say=typer.echo,
                today=today.date() if today else None,
                pace=pace,
            )
        )
    )


def spoken_here() -> str:
    """English where the machine's own language is English, else Chinese."""
    chosen = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if chosen.lower().startswith("en") else "zh_CN"
