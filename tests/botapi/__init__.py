"""A strict stand-in for Telegram's Bot API server, over real HTTP on loopback."""

from tests.botapi.core import NotAllowed, NotThere
from tests.botapi.server import BotApiServer
from tests.botapi.state import Chat, Message, Press, User
from tests.botapi.world import Shown, World

__all__ = ["BotApiServer", "Chat", "Message", "NotAllowed", "NotThere", "Press", "Shown", "User", "World"]
