"""家校沟通: notices of the school into parents' own WeChat, and the school's address book."""

from bot.platforms.wecom_school.platform import SchoolPlatform
from bot.platforms.wecom_school.read import CHANGED
from bot.platforms.wecom_school.settings import Phrases, SchoolSettings

__all__ = ["CHANGED", "Phrases", "SchoolPlatform", "SchoolSettings"]
