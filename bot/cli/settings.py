"""What makes a configuration."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.shared import CONFIG, AsJson, Config, Yes, answer, guarded
from classroom.errors import ConfigError
from classroom.events import Json

LANGUAGES = ("zh_CN", "zh_TW", "en")
API_ROOT = "https://api.telegram.org"
IN_ENVIRONMENT = "HOMEROOM_TELEGRAM__TOKEN"
BOTFATHER = "In Telegram, write to @BotFather: /newbot, then /setprivacy → Disable. It gives you a token."


def init(
    config: Config = CONFIG,
    token_file: Annotated[
        Path | None, typer.Option(help="A file with the bot's token; - reads standard input.", metavar="FILE")
    ] = None,
    language: Annotated[str | None, typer.Option(help="zh_CN, zh_TW or en.", metavar="LANGUAGE")] = None,
    timezone: Annotated[str | None, typer.Option(help="E.g. Asia/Shanghai.", metavar="ZONE")] = None,
    country: Annotated[str | None, typer.Option(help="Whose holidays: CN, DE …", metavar="CC")] = None,
    database: Annotated[
        str | None,
        typer.Option(help="A file for SQLite, or postgresql://user:password@host/name.", metavar="DATABASE"),
    ] = None,
    api_root: Annotated[str, typer.Option(help="A Bot API server of your own.", metavar="URL")] = API_ROOT,
    yes: Yes = False,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a configuration with every setting and its comment; asks for what no option says.

    The file is for you alone (mode 0600), since the bot's token is in it.
    """
    asks = not (yes or as_json)
    given = Given(token_file, language, timezone, country, database, api_root, asks)
    guarded(lambda: _init(config, given, force, as_json))


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says; `asks` if a person is there to say the rest."""

    token_file: Path | None
    language: str | None
    timezone: str | None
    country: str | None
    database: str | None
    api_root: str
    asks: bool

    def wish(self, said: str | None, question: str, default: str, wrong: Callable[[str], str]) -> str:
        """What was said, else the answer to a question, asked until it can be used."""
        value = said or (typer.prompt(question, default=default) if self.asks else default)
        while trouble := wrong(value):
            if said or not self.asks:
                raise ConfigError(trouble)
            typer.echo(trouble)
            value = typer.prompt(question, default=default)
        return str(value)


def _init(config: Path, given: Given, force: bool, as_json: bool) -> None:
    from bot import initial  # noqa: PLC0415 - --help is quicker without the libraries

    if config.exists() and not force:
        raise ConfigError(f"{config} is there already: choose another with --config, or add --force")
    if given.asks and not sys.stdin.isatty():
        raise ConfigError("there is no terminal to ask at: add --yes, and options for what should differ")
    token, bot = _token(given)
    language = given.wish(given.language, "Language (zh_CN, zh_TW or en)", "zh_CN", _wrong_language)
    timezone = given.wish(given.timezone, "Time zone", "Asia/Shanghai", _wrong_zone)
    country = given.wish(given.country, "Country, for its holidays", "CN", _wrong_country)
    database = given.wish(given.database, "Database", "homeroom.db", lambda _: "")
    url = initial.database_url(database, config.parent)
    wishes = initial.Wishes(token, given.api_root, language, timezone, country, url)
    initial.write(config, wishes, force=force)
    told: dict[str, Json] = {"config": str(config), "bot": bot, "token": bool(token)}
    answer({**told, "language": language, "timezone": timezone}, _next(config, token), as_json)


def _next(config: Path, token: str | None) -> str:
    where = "" if config == CONFIG else f" --config {config}"
    first = (
        "" if token or IN_ENVIRONMENT in os.environ else f"{BOTFATHER}\nPut it into {config} at token = …\n"
    )
    return (
        f"{config} is written; only you can read it.\n{first}"
        f"Next: homeroom doctor{where}, then homeroom run{where}"
    )


def _token(given: Given) -> tuple[str | None, str]:
    """The token, and what Telegram says of it; never shown, in the clear nowhere but in the file."""
    if given.token_file is not None:
        return _from_file(given.token_file, given.api_root)
    if not given.asks or IN_ENVIRONMENT in os.environ:
        return None, ""
    typer.echo(BOTFATHER)
    while token := typer.prompt(
        "Token (nothing is shown; empty: later)", default="", hide_input=True, show_default=False
    ).strip():
        try:
            return token, _checked(token, given.api_root)
        except ConfigError as error:
            typer.echo(str(error))
    return None, ""


def _from_file(file: Path, api_root: str) -> tuple[str, str]:
    try:
        token = (sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")).strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"--token-file {file} cannot be read") from None
    return token, _checked(token, api_root)


def _checked(token: str, api_root: str) -> str:
    from bot.initial import whose_token  # noqa: PLC0415
    from bot.ports import Level  # noqa: PLC0415

    found = whose_token(token, api_root)
    if found.level is Level.FAILURE and found.topic == "token":
        raise ConfigError(f"the token: {found.what}; {found.cure}")
    typer.echo(f"The token: {found.what}", err=True)
    return found.what if found.level is Level.OK else ""


def _wrong_language(value: str) -> str:
    return "" if value in LANGUAGES else f"{value!r} is no language of Homeroom: write zh_CN, zh_TW or en"


def _wrong_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        return f"{value!r} is no time zone: write Asia/Shanghai, Europe/Berlin …"
    return ""


def _wrong_country(value: str) -> str:
    fits = len(value) == 2 and value.isascii() and value.isupper() and value.isalpha()
    return "" if fits else f"{value!r} is no country: write two capital letters, such as CN"
