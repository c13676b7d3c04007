"""The school's notices to parents, put together from the settings; nothing is loaded where there are none."""

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
    from bot.platforms.wecom import WeComPlatform
    from bot.platforms.wecom_school import SchoolPlatform, SchoolSettings


def wished(settings: Settings) -> bool:
    """Whether [wecom.school] is set, if only half."""
    chosen = settings.wecom.school
    return any(value is not None for value in (chosen.agent_id, chosen.secret, chosen.token, chosen.aes_key))


def beside(app: WeComPlatform | None, settings: Settings, database: Database) -> SchoolPlatform | None:
    """The platform; what the address book says comes by the app's address as well, where there is one."""
    if not wished(settings):
        return None
    from bot.platforms.wecom_school import CHANGED  # noqa: PLC0415

    made = platform(settings, DatabaseVault(database, utc_now))
    if app is not None:
        app.hand_on(CHANGED, made.happened)
    return made


def platform(settings: Settings, vault: Vault) -> SchoolPlatform:
    """The platform alone; ConfigError where it is set half."""
    from bot.platforms.wecom_school import SchoolPlatform  # noqa: PLC0415 - slow to import

    return SchoolPlatform(school_settings(settings), vault, now=utc_now)


def school_settings(settings: Settings) -> SchoolSettings:
    """What the platform needs to know of the configuration; what is missing is empty, and refused by it."""
    from bot.platforms.wecom_school import Phrases, SchoolSettings  # noqa: PLC0415

    chosen, say = settings.wecom.school, Say(settings.defaults.language)
    return SchoolSettings(
        corp_id=settings.wecom.corp_id or "",
        agent_id=chosen.agent_id or 0,
        secret=_secret(chosen.secret),
        token=_secret(chosen.token),
        aes_key=_secret(chosen.aes_key),
        api_root=settings.wecom.api_root,
        public_url=settings.web.public_url or "",
        phrases=Phrases(
            file_elsewhere=say.label("school.file_elsewhere").text, trial=say.label("school.trial").text
        ),
    )


def limits(settings: Settings) -> dict[str, Limits]:
    """How fast parents are told: the school's interface names no limit, so that one is set."""
    pace = settings.wecom.school.per_second
    return {"wecom.school": Limits(total_per_second=pace, private_per_second=0.5, private_burst=10)}


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value().strip() if value else ""
