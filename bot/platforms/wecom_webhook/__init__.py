"""企业微信群机器人: posts into a group by the group's own secret address, and hears nothing."""

from bot.platforms.wecom_webhook.platform import WebhookPlatform

__all__ = ["WebhookPlatform"]
