"""The families' page: what one family reads and confirms by the code on its paper, without any account."""

from bot.families.knocking import Knocking
from bot.families.routes import METHODS, PATH, answer, routes

__all__ = ["METHODS", "PATH", "Knocking", "answer", "routes"]
