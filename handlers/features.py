"""Every feature, in the order in which they look at a message."""

from handlers import help as help_
from handlers import me, places, roster, setup, start
from handlers.feature import Feature

FEATURES: tuple[Feature, ...] = (
    start.feature,
    help_.feature,
    setup.feature,
    places.feature,
    roster.feature,
    me.feature,
)
