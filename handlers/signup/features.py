"""The parts of sign-ups, in the order in which they look at a message."""

from handlers.feature import Feature
from handlers.signup import begin, by_hand, ending, entering, listing

FEATURES: tuple[Feature, ...] = (
    begin.feature,
    by_hand.feature,
    entering.feature,
    ending.feature,
    listing.feature,
)
