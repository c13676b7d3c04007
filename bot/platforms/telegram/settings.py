"""What the Telegram platform needs to know, and what is wrong with it if it cannot be used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from classroom.addresses import ChatKind
from classroom.errors import ConfigError

TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]+")
SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """[telegram] of the configuration; times in seconds."""

    token: str = field(repr=False)
    api_root: str = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str | None = None
    webhook_secret: str | None = field(default=None, repr=False)
    webhook_connections: int = 1  # more at a time would hand us one chat's messages out of order
    poll_timeout: int = 50
    proxy: str | None = field(default=None, repr=False)
    pool_size: int = 32
    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    write_timeout: float = 20.0
    upload_timeout: float = 60.0
    retry_first: float = 1.0
    retry_most: float = 60.0


@dataclass(frozen=True, slots=True)
class DefaultMenu:
    """The commands that everybody sees in private or in groups; `language` "" is for all others."""

    kind: ChatKind
    commands: tuple[tuple[str, str], ...]
    language: str = ""


def check(settings: TelegramSettings) -> None:
    """Refuse what cannot work, before anything is opened."""
    if not TOKEN.fullmatch(settings.token):
        raise ConfigError(
            "telegram.token: this is no bot token; it looks like 123456789:AAE… "
            "and comes from @BotFather (/newbot, or /mybots, API Token)"
        )
    if settings.mode not in ("polling", "webhook"):
        raise ConfigError('telegram.mode: choose "polling" or "webhook"')
    if settings.mode == "polling":
        if settings.poll_timeout < 1:
            raise ConfigError("telegram.poll_timeout: at least 1 second, 50 is usual")
        return
    if not settings.webhook_url:
        raise ConfigError(
            "telegram.webhook_url: the public https address that leads to /telegram/webhook of this server"
        )
    if not SECRET.fullmatch(settings.webhook_secret or ""):
        raise ConfigError(
            "telegram.webhook_secret: 16 to 256 of A-Z, a-z, 0-9, _ and -; "
            "e.g. the output of: openssl rand -hex 32"
        )
