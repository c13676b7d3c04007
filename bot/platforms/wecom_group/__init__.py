"""客户群: groups of a teacher in WeCom with parents in WeChat; names are looked up, posts prepared."""

from bot.platforms.wecom_group.platform import CHANGED, WeComGroupPlatform
from bot.platforms.wecom_group.settings import PLATFORM, GroupPhrases, GroupSettings

__all__ = ["CHANGED", "PLATFORM", "GroupPhrases", "GroupSettings", "WeComGroupPlatform"]
