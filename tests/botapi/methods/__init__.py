"""What each Bot API method does."""

from tests.botapi.methods import about, editing, members, sending
from tests.botapi.methods.base import METHODS, Call

__all__ = ["METHODS", "Call", "about", "editing", "members", "sending"]
