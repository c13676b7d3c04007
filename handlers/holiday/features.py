"""Both features of this folder, in their order."""

from handlers.feature import Feature
from handlers.holiday import calendar_command, command

FEATURES: tuple[Feature, ...] = (command.feature, calendar_command.feature)
