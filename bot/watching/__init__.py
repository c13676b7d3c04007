"""Homeroom seen from outside: is it alive, is it ready, how does it do. Kinds and numbers, of nobody."""

from bot.watching.health import Health, look_after
from bot.watching.live import LiveReport, live_report
from bot.watching.metrics import Metrics
from bot.watching.routes import routes

__all__ = ["Health", "LiveReport", "Metrics", "live_report", "look_after", "routes"]
