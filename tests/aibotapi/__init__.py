"""A strict stand-in for WeCom's long connection: a WebSocket server on loopback, phones, and faults."""

from tests.aibotapi.phones import Phones, Shown
from tests.aibotapi.server import AiBotServer

__all__ = ["AiBotServer", "Phones", "Shown"]
