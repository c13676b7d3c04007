"""The service account (服务号), put together from the settings; nothing is loaded where it is not set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.app import utc_now
from bot.config import Settings
from bot.limits import Limits
from bot.ports import Vault
from bot.vault import DatabaseVault
from storage.database import Database
from templates.render import Say

if TYPE_CHECKING:
    from bot.platforms.official_account import Column, Menu, OfficialAccountPlatform, OfficialAccountSettings

LIMITS = {"official_account": Limits(total_per_second=20, private_per_second=2, private_burst=5)}
MENUS: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...] = (
    (
        "homeroom-teacher",
        (
            ("tell", ("notice", "poll", "signup", "praise", "survey")),
            ("classroom", ("receipts", "inbox", "roster", "schedule", "setup")),
            ("mine", ("calendar", "me", "help")),
        ),
    ),
    (
        "homeroom-committee",
        (
            ("tell", ("notice", "poll", "signup", "schedule")),
            ("child", ("leave", "message", "slots", "survey")),
            ("mine", ("calendar", "me", "help")),
        ),
    ),
    (
        "homeroom-subject",
        (("classroom", ("praise", "inbox", "rules")), ("mine", ("calendar", "me", "help"))),
    ),
    (
        "",
        (
            ("child", ("leave", "message", "slots", "survey", "bind")),
            ("classroom", ("calendar", "rules")),
            ("mine", ("me", "lang", "help")),
        ),
    ),
)
"""By precedence: a tag of the followers who see it (none: everybody), and columns of commands."""


def platform(settings: Settings, database: Database) -> OfficialAccountPlatform | None:
    """The platform; None where [official_account] is not set, ConfigError where it is set half."""
    if not wished(settings):
        return None
    return made(settings, DatabaseVault(database, utc_now))


def wished(settings: Settings) -> bool:
    """Whether [official_account] is set, if only half."""
    chosen = settings.official_account
    return any(value is not None for value in (chosen.app_id, chosen.secret, chosen.token, chosen.aes_key))


def made(settings: Settings, vault: Vault) -> OfficialAccountPlatform:
    """The platform alone."""
    from bot.platforms.official_account import OfficialAccountPlatform  # noqa: PLC0415 - slow to import

    return OfficialAccountPlatform(account_settings(settings), vault, now=utc_now)


def account_settings(settings: Settings) -> OfficialAccountSettings:
    """What the platform needs to know of the configuration; what is missing is empty, and refused by it."""
    from bot.platforms.official_account import OfficialAccountSettings, Phrases  # noqa: PLC0415

    chosen, say = settings.official_account, Say(settings.defaults.language)
    return OfficialAccountSettings(
        app_id=chosen.app_id or "",
        secret=_secret(chosen.secret),
        token=_secret(chosen.token),
        aes_key=_secret(chosen.aes_key),
        template_id=chosen.template_id or "",
        api_root=chosen.api_root,
        public_url=settings.web.public_url or "",
        phrases=Phrases(**{word: say.label(f"service_account.{word}").text for word in Phrases.__slots__}),
        menus=menus(say),
    )


def menus(say: Say) -> tuple[Menu, ...]:
    """The menus in one language."""
    from bot.platforms.official_account import Menu  # noqa: PLC0415

    return tuple(Menu(tuple(_column(say, *column) for column in columns), tag) for tag, columns in MENUS)


def _column(say: Say, word: str, commands: tuple[str, ...]) -> Column:
    from bot.platforms.official_account import Column  # noqa: PLC0415

    entries = tuple((name, say.label(f"service_account.menu_{name}").text) for name in commands)
    return Column(say.label(f"service_account.column_{word}").text, entries)


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value().strip() if value else ""
