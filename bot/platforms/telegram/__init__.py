"""Telegram, by python-telegram-bot's Bot for what goes out and raw updates for what comes in."""

from bot.platforms.telegram.platform import TelegramPlatform
from bot.platforms.telegram.settings import DefaultMenu, TelegramSettings

__all__ = ["DefaultMenu", "TelegramPlatform", "TelegramSettings"]
