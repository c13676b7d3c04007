"""What belongs to surveys, for handlers/features.py."""

from __future__ import annotations

from handlers.feature import Feature
from handlers.survey import answering, building, clock, lists, offering

FEATURES: tuple[Feature, ...] = (
    offering.feature,
    building.feature,
    answering.feature,
    lists.feature,
    clock.feature,
)
