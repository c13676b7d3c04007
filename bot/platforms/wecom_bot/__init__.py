"""企业微信智能机器人: hears who calls it by @ in an internal group, and everybody in private."""

from bot.platforms.wecom_bot.platform import BotPlatform
from bot.platforms.wecom_bot.settings import BotPhrases, BotSettings

__all__ = ["BotPhrases", "BotPlatform", "BotSettings"]
