"""服务号: a service account of WeChat's, which people follow and then talk with one by one."""

from bot.platforms.official_account.platform import OfficialAccountPlatform
from bot.platforms.official_account.settings import Column, Menu, OfficialAccountSettings, Phrases

__all__ = ["Column", "Menu", "OfficialAccountPlatform", "OfficialAccountSettings", "Phrases"]
