"""The AI bot and the webhooks of groups in WeCom, put together from the settings and the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.app import utc_now
from bot.config import Settings
from bot.limits import Limits
from bot.vault import DatabaseVault
from storage import webhooks
from storage.database import Database
from templates.render import Say

if TYPE_CHECKING:
    from bot.platforms.wecom import WeComPlatform
    from bot.platforms.wecom_bot import BotPlatform, BotSettings
    from bot.platforms.wecom_webhook import WebhookPlatform

LIMITS = {
    "wecom.bot": Limits(total_per_second=20, private_per_second=0.45, private_burst=15, group_per_minute=25),
    "wecom.webhook": Limits(total_per_second=5, group_per_minute=18),
}
"""What WeCom permits in one conversation and by one webhook, with room to spare."""


def wished(settings: Settings) -> bool:
    """Whether [wecom.bot] is set, if only half."""
    return settings.wecom.bot.id is not None or settings.wecom.bot.secret is not None


def beside(app: WeComPlatform | None, settings: Settings, database: Database) -> BotPlatform | None:
    """The AI bot; the app's directory says what people are called, where there is an app."""
    if not wished(settings):
        return None
    from bot.platforms.wecom_bot import BotPlatform  # noqa: PLC0415 - only who has a bot needs it

    chosen, vault = bot_settings(settings), DatabaseVault(database, utc_now)
    if app is None:
        return BotPlatform(chosen, vault, now=utc_now)
    return BotPlatform(chosen, vault, now=utc_now, names=app.name_of)


def bot_settings(settings: Settings) -> BotSettings:
    """What the bot needs to know of the configuration; what is missing is empty, and refused by it."""
    from bot.platforms.wecom_bot import BotPhrases, BotSettings  # noqa: PLC0415

    chosen, say = settings.wecom.bot, Say(settings.defaults.language)
    return BotSettings(
        id=chosen.id or "",
        secret=chosen.secret.get_secret_value().strip() if chosen.secret else "",
        url=chosen.url,
        public_url=settings.web.public_url or "",
        phrases=BotPhrases(
            choose=say.label("wecom.choose").text,
            choose_group=say.label("wecom.choose_group").text,
            submit=say.label("wecom.submit").text,
            over=say.label("wecom.over").text,
            begin=say.label("wecom.begin_alone").text,
            greeting=say.label("wecom.greeting").text,
            begin_line=say.label("wecom.begin_line", app="{app}").text,
        ),
    )


def hooks(settings: Settings, database: Database) -> WebhookPlatform:
    """Webhooks, which teachers give in chat; light as long as nobody has."""
    from bot.platforms.wecom_webhook import WebhookPlatform  # noqa: PLC0415

    async def token_of(native: str) -> str | None:
        return await database.look(lambda records: webhooks.token_of(records, native))

    alone = Say(settings.defaults.language).label("wecom.answer_alone").text
    return WebhookPlatform(settings.wecom.api_root, token_of, alone=alone)
