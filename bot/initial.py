"""`homeroom init`: the example of a configuration, filled in, for its owner only."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.archive import new_file
from bot.config import load
from bot.ports import Finding
from classroom.errors import ConfigError

EXAMPLE = "config.example.toml"
HEAD = """\
# Homeroom (班务助手): the configuration of this bot, with every setting.
# It holds the bot's token: keep it to yourself (chmod 600).
"""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for; None where nothing was said."""

    token: str | None
    api_root: str
    language: str
    timezone: str
    country: str
    database: str

    def values(self) -> dict[tuple[str, str], str]:
        """By section and key, what differs from the example."""
        found = {
            ("storage", "url"): self.database,
            ("telegram", "api_root"): self.api_root,
            ("defaults", "language"): self.language,
            ("defaults", "timezone"): self.timezone,
            ("defaults", "country"): self.country,
        }
        return found | ({("telegram", "token"): self.token} if self.token else {})


def write(path: Path, wishes: Wishes, *, force: bool) -> None:
    """Write the configuration, whole or not at all; ConfigError where it could not be used."""
    if not path.parent.is_dir():
        raise ConfigError(f"{path.parent}: no such folder; make it first")
    with new_file(path, force=force) as draft:
        draft.write_text(filled(example(), wishes.values()), encoding="utf-8")
        try:
            load(draft)
        except ConfigError as error:
            raise ConfigError(str(error).replace(str(draft), str(path))) from None


def example() -> str:
    """config.example.toml, which lies beside the packages in a checkout and inside of them when installed."""
    home = Path(__file__).resolve().parent
    for folder in (home, home.parent):
        if (folder / EXAMPLE).is_file():
            return (folder / EXAMPLE).read_text(encoding="utf-8")
    raise ConfigError(f"{EXAMPLE} is missing beside the program: install Homeroom anew")


def filled(text: str, values: Mapping[tuple[str, str], str]) -> str:
    """The example with these values in their places, all its comments kept."""
    _, _, rest = text.partition("#\n")
    lines, section, left = [], "", dict(values)
    for line in rest.splitlines():
        if found := re.fullmatch(r"\[([\w.]+)\]", line):
            section = found[1]
        key = re.match(r"(?:# )?(\w+) = ", line)
        value = left.pop((section, key[1]), None) if key else None
        if key and value is not None:
            written = json.dumps(value, ensure_ascii=False)  # a string of JSON is one of TOML
            lines.append(f"{key[1]} = {written}")
        else:
            lines.append(line)
    if left:
        raise ConfigError(f"{EXAMPLE} has no place for {', '.join(f'[{s}] {k}' for s, k in left)}")
    return HEAD + "#\n" + "\n".join(lines) + "\n"


def database_url(wish: str, folder: Path) -> str:
    """The address of a database; an SQLite file by its full path, so that it is always the same."""
    if re.match(r"postgresql(\+psycopg)?://", wish):
        return wish
    path = Path(wish.removeprefix("sqlite:///")).expanduser()
    return f"sqlite:///{(folder / path).resolve()}"


def whose_token(token: str, api_root: str) -> Finding:
    """Ask Telegram whose this token is; ConfigError where it is none at all."""
    from bot.platforms.telegram.checkup import Checkup  # noqa: PLC0415 - slow to import
    from bot.platforms.telegram.settings import TelegramSettings  # noqa: PLC0415

    async def ask() -> Finding:
        checkup = Checkup(TelegramSettings(token, api_root, connect_timeout=5.0))
        try:
            return await checkup.who()
        finally:
            await checkup.close()

    return asyncio.run(ask())
