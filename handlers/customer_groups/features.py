"""What belongs to parents' groups in WeChat."""

from handlers.customer_groups import choosing, names, waiting
from handlers.feature import Feature

FEATURES: tuple[Feature, ...] = (choosing.feature, names.feature, waiting.feature)
