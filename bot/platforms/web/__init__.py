"""A messenger of our own, in memory: the playground's, and the tests'."""

from bot.platforms.web.chats import ALL_RIGHTS, BOT, NAME, Card, Shown, WebChat
from bot.platforms.web.platform import WebPlatform, handed_over
from bot.platforms.web.room import Change

__all__ = ["ALL_RIGHTS", "BOT", "NAME", "Card", "Change", "Shown", "WebChat", "WebPlatform", "handed_over"]
