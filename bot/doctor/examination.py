"""The order in which things are looked at, and what the whole comes to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import customer_groups, robots, school_notices, service_account, wechat
from bot.config import Settings, load, require_token
from bot.doctor import machine
from bot.doctor.database import DatabaseCheck
from bot.ports import ChecksItself, Finding, Level
from bot.watching import live_report
from classroom.addresses import GroupAddress
from classroom.errors import ConfigError

CONFIGURATION = "configuration"
ORDER = (Level.OK, Level.WARNING, Level.FAILURE)


def examine(config: Path, secrets: Path | None, tell_parent: str = "") -> Iterator[Finding]:
    """Look at one thing after the other; without a configuration there is little to look at.

    `tell_parent` is the userid of a parent who gets one harmless notice of the school.
    """
    yield from machine.packages()
    try:
        settings = load(config, secrets)
    except ConfigError as error:
        yield Finding(Level.FAILURE, CONFIGURATION, str(error), "`homeroom init` writes one")
        return
    yield from machine.configuration(config, settings)
    yield from machine.time_zone(settings)
    database = DatabaseCheck(settings, datetime.now(UTC))
    yield from database.findings()
    yield from machine.disk(settings)
    yield from _telegram(config, settings, database.groups)
    if wechat.app_wished(settings):
        yield from _wecom(settings)
    if customer_groups.wished(settings):
        yield from _customer_groups(settings, database.parents_groups)
    if school_notices.wished(settings):
        yield from _school(settings, tell_parent)
    if robots.wished(settings):
        yield from _ai_bot(settings)
    if service_account.wished(settings):
        yield from _service_account(settings)


def _telegram(config: Path, settings: Settings, groups: Sequence[tuple[str, GroupAddress]]) -> list[Finding]:
    try:
        token = require_token(settings, config)
    except ConfigError as error:
        return [Finding(Level.FAILURE, CONFIGURATION, str(error))]
    if not token:
        return []
    from bot.platforms.telegram.checkup import Checkup  # noqa: PLC0415 - slow to import
    from bot.serving import telegram_settings  # noqa: PLC0415

    return asyncio.run(_look(lambda: Checkup(telegram_settings(settings, token)), groups))


def _wecom(settings: Settings) -> list[Finding]:
    from bot.platforms.wecom.checkup import Checkup  # noqa: PLC0415 - slow to import
    from bot.wechat import wecom_settings  # noqa: PLC0415

    return asyncio.run(_look(lambda: Checkup(wecom_settings(settings)), ()))


def _customer_groups(settings: Settings, groups: Sequence[tuple[str, GroupAddress]]) -> list[Finding]:
    from bot.platforms.wecom_group.checkup import Checkup  # noqa: PLC0415 - slow to import

    return asyncio.run(_look(lambda: Checkup(customer_groups.group_settings(settings)), groups))


def _school(settings: Settings, tell_parent: str) -> list[Finding]:
    from bot.platforms.wecom_school.checkup import Checkup  # noqa: PLC0415 - slow to import

    return asyncio.run(_look(lambda: Checkup(school_notices.school_settings(settings), tell_parent), ()))


def _ai_bot(settings: Settings) -> list[Finding]:
    from bot.platforms.wecom_bot.checkup import Checkup  # noqa: PLC0415 - slow to import

    return asyncio.run(_look(lambda: Checkup(robots.bot_settings(settings)), ()))


def _service_account(settings: Settings) -> list[Finding]:
    from bot.platforms.official_account.checkup import Checkup  # noqa: PLC0415 - slow to import

    return asyncio.run(_look(lambda: Checkup(service_account.account_settings(settings)), ()))


async def _look(
    make: Callable[[], ChecksItself], groups: Sequence[tuple[str, GroupAddress]]
) -> list[Finding]:
    checkup = make()  # within the loop, as its connections want it
    try:
        return [finding async for finding in checkup.findings(groups)]
    finally:
        await checkup.close()


def examine_live(url: str) -> Iterator[Finding]:
    """Ask a running Homeroom how it does."""
    report = live_report(url)
    if report.trouble:
        yield Finding(Level.FAILURE, "live", report.trouble)
        return
    for name, check in report.checks.items():
        figures = ", ".join(f"{key} {value}" for key, value in check.items() if key != "ok")
        level = Level.OK if check.get("ok") is True else Level.FAILURE
        yield Finding(level, name, figures or "as it should be", "" if level is Level.OK else "see the log")
    for name in ("homeroom_suspected_duplicates", "homeroom_classrooms", "process_resident_memory_bytes"):
        if name in report.metrics:
            yield Finding(Level.OK, "metrics", f"{name} {report.metrics[name]:.0f}")


def worst(findings: Iterable[Finding]) -> Level:
    """The heaviest of what was found."""
    return max((f.level for f in findings), key=ORDER.index, default=Level.OK)


def exit_code(findings: Sequence[Finding]) -> int:
    """0 all is well, 1 something should be looked at, 2 the configuration is wrong, 3 something else is."""
    if any(f.level is Level.FAILURE and f.topic == CONFIGURATION for f in findings):
        return 2
    return {Level.OK: 0, Level.WARNING: 1, Level.FAILURE: 3}[worst(findings)]
