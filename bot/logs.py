"""Logs that carry ids, kinds and codes, and never a name, a text or a token."""

from __future__ import annotations

import logging
import sys

import structlog

QUIET = (
    "httpx",
    "httpcore",
    "telegram",
    "apscheduler",
    "urllib3",
    "requests",
    "sqlalchemy",
    "asyncio",
    "aiohttp",
)
"""Libraries that log addresses with tokens in them, or statements with values."""


def set_up(level: str, form: str) -> None:
    """Write logs to standard error, for people or as JSON, from `level` on."""
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(
        stream=sys.stderr, level=number, format="%(levelname)s %(name)s %(message)s", force=True
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    last = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
