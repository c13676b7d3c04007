"""What belongs to appointments, for handlers/features.py."""

from __future__ import annotations

from handlers.feature import Feature
from handlers.slots import choosing, clock, leading, lists, offering, swapping

FEATURES: tuple[Feature, ...] = (
    offering.feature,
    choosing.feature,
    swapping.feature,
    lists.feature,
    leading.feature,
    clock.feature,
)
