"""企业微信: an app of the school's own, in which teachers and committee members talk with the bot."""

from bot.platforms.wecom.platform import WeComPlatform
from bot.platforms.wecom.settings import Phrases, WeComSettings

__all__ = ["Phrases", "WeComPlatform", "WeComSettings"]
