"""Every feature, in the order in which they look at a message."""

from handlers import help as help_
from handlers.feature import Feature

FEATURES: tuple[Feature, ...] = (help_.feature,)
