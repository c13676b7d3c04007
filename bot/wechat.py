"""WeChat's channels, put together from the settings; their libraries are loaded only where one is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pydantic import SecretStr

from bot import customer_groups, robots, school_notices, service_account
from bot.app import utc_now
from bot.config import Settings
from bot.limits import Limits
from bot.ports import Platform, Store
from bot.vault import DatabaseVault
from storage.database import Database
from templates.render import Say

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from bot.platforms.wecom import WeComPlatform, WeComSettings

WECOM_LIMITS = Limits(total_per_second=20, private_per_second=0.5, private_burst=20, group_per_minute=60)
"""What WeCom permits, with room to spare: 30 a minute for one member, and more is dropped in silence."""


LIMITS = {"wecom.group": Limits(total_per_second=5, group_per_minute=10), "wecom": WECOM_LIMITS}
"""What the channels permit that have no setting for it."""


@runtime_checkable
class Called(Protocol):
    """A channel that Tencent calls, at addresses of our web server."""

    @property
    def name(self) -> str:
        """The platform's name."""
        ...

    def routes(self, store: Store | None = None) -> list[BaseRoute]:
        """Its addresses; `store` takes in what comes."""
        ...


def platforms(settings: Settings, database: Database) -> list[Platform]:
    """All channels that are set; ConfigError where one is set half."""
    app = wecom(settings, database)
    made: list[Platform | None] = [
        app,
        customer_groups.beside(app, settings, database),
        school_notices.beside(app, settings, database),
        service_account.platform(settings, database),
        robots.beside(app, settings, database),
        robots.hooks(settings, database),
    ]
    return [platform for platform in made if platform is not None]


def limits(settings: Settings) -> dict[str, Limits]:
    """What each channel permits, by its name."""
    return LIMITS | robots.LIMITS | service_account.LIMITS | school_notices.limits(settings)


def app_wished(settings: Settings) -> bool:
    """Whether there is an app to talk with: a corp may be named for the school's notices alone."""
    chosen = settings.wecom
    set_ = any(one is not None for one in (chosen.agent_id, chosen.secret, chosen.token, chosen.aes_key))
    return chosen.corp_id is not None and (set_ or not school_notices.wished(settings))


def wecom(settings: Settings, database: Database) -> WeComPlatform | None:
    """The app in WeCom; None where [wecom] is not set, ConfigError where it is set half."""
    if not app_wished(settings):
        return None
    from bot.platforms.wecom import WeComPlatform  # noqa: PLC0415 - slow to import

    return WeComPlatform(wecom_settings(settings), DatabaseVault(database, utc_now), now=utc_now)


def wecom_settings(settings: Settings) -> WeComSettings:
    """What the app needs to know of the configuration; what is missing is empty, and refused by it."""
    from bot.platforms.wecom import Phrases, WeComSettings  # noqa: PLC0415

    chosen, say = settings.wecom, Say(settings.defaults.language)
    return WeComSettings(
        corp_id=chosen.corp_id or "",
        agent_id=chosen.agent_id or 0,
        secret=_secret(chosen.secret),
        token=_secret(chosen.token),
        aes_key=_secret(chosen.aes_key),
        api_root=chosen.api_root,
        public_url=settings.web.public_url or "",
        phrases=Phrases(
            choose=say.label("wecom.choose").text,
            submit=say.label("wecom.submit").text,
            over=say.label("wecom.over").text,
            in_app=say.label("wecom.in_app", app="{app}").text,
            begin=say.label("wecom.begin", app="{app}").text,
        ),
    )


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value().strip() if value else ""
