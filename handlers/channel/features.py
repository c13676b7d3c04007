"""What belongs to channels, for handlers/features.py: the guard looks before any command is read."""

from __future__ import annotations

from handlers.channel import guard, webhooks
from handlers.feature import Feature

FEATURES: tuple[Feature, ...] = (guard.feature, webhooks.feature)
