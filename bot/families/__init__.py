"""The families' page: what one family reads and confirms by the code on its paper, without any account."""

from bot.families.knocking import Knocking
from bot.families.routes import FILE_PATH, METHODS, PATH, answer, file, routes

__all__ = ["FILE_PATH", "METHODS", "PATH", "Knocking", "answer", "file", "routes"]
