"""The parents' groups in WeChat that teachers own in WeCom, put together from the settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.app import utc_now
from bot.config import Settings
from bot.vault import DatabaseVault
from scheduler.hours import read_hours
from storage import checking
from storage.database import Database
from templates.render import Say

if TYPE_CHECKING:
    from bot.platforms.wecom import WeComPlatform
    from bot.platforms.wecom_group import GroupPhrases, GroupSettings, WeComGroupPlatform


def wished(settings: Settings) -> bool:
    """Whether such groups are looked into: by an app that is set whole."""
    app = settings.wecom
    whole = all((app.corp_id, app.agent_id, app.secret, app.token, app.aes_key, settings.web.public_url))
    return whole and bool(app.poll_groups_every)


def beside(app: WeComPlatform | None, settings: Settings, database: Database) -> WeComGroupPlatform | None:
    """What stands on the app's rights and hears of changes by its address; None where it is not wished."""
    if app is None or not wished(settings):
        return None
    from bot.platforms.wecom_group import CHANGED, PLATFORM, WeComGroupPlatform  # noqa: PLC0415

    async def watched() -> Sequence[str]:
        found = await database.look(lambda records: checking.groups_of_classes(records, PLATFORM))
        return [address.native for address in found]

    hours = read_hours(settings.hours.teacher, ZoneInfo(settings.defaults.timezone))

    def awake(moment: datetime) -> bool:
        return hours is None or hours.holds(moment)

    vault = DatabaseVault(database, utc_now)
    made = WeComGroupPlatform(group_settings(settings), vault, now=utc_now, watched=watched, awake=awake)
    app.hand_on(CHANGED, made.happened)
    return made


def group_settings(settings: Settings) -> GroupSettings:
    """What customer groups need to know of the configuration."""
    from bot.platforms.wecom_group import GroupSettings  # noqa: PLC0415

    chosen, every = settings.wecom, settings.wecom.poll_groups_every
    return GroupSettings(
        corp_id=chosen.corp_id or "",
        agent_id=chosen.agent_id or 0,
        secret=chosen.secret.get_secret_value().strip() if chosen.secret else "",
        every=every.total_seconds() if every else 0.0,
        api_root=chosen.api_root,
        public_url=settings.web.public_url or "",
        phrases=_phrases(Say(settings.defaults.language)),
    )


def _phrases(say: Say) -> GroupPhrases:
    from bot.platforms.wecom_group import GroupPhrases  # noqa: PLC0415

    return GroupPhrases(
        answer=say.label("wecom_group.answer").text,
        page_title=say.label("wecom_group.page_title").text,
        page_how=say.label("wecom_group.page_how").text,
        page_copy=say.label("wecom_group.page_copy").text,
        page_copied=say.label("wecom_group.page_copied").text,
        page_send=say.label("wecom_group.page_send").text,
        page_done=say.label("wecom_group.page_done").text,
        page_noted=say.label("wecom_group.page_noted").text,
        page_waiting=say.label("wecom_group.page_waiting").text,
        page_nothing=say.label("wecom_group.page_nothing").text,
        page_tools=say.label("wecom_group.page_tools").text,
        page_gone=say.label("wecom_group.page_gone").text,
        language=say.language.replace("_", "-"),
    )
