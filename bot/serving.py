"""`homeroom run`: settings → database, platforms, app and web server, until a signal says stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot import loops, wechat
from bot.app import App, utc_now
from bot.config import Settings
from bot.limits import Limits
from bot.logs import set_up
from bot.packages import own_packages
from bot.ports import Platform, has_line
from bot.registry import Registry
from classroom.addresses import ChatKind
from classroom.errors import ConfigError
from classroom.people import Actor
from handlers.feature import Where
from handlers.features import FEATURES
from handlers.room import Defaults
from scheduler.calendar import Overrides
from storage.database import Database, open_database
from storage.retention import Retention
from templates.render import Say

if TYPE_CHECKING:
    from bot.platforms.telegram import DefaultMenu, TelegramPlatform, TelegramSettings

log = structlog.get_logger("serving")


def run(settings: Settings, token: str) -> None:
    """Serve until SIGTERM or Ctrl-C; HomeroomError where something must be put right first."""
    own_packages()
    set_up(settings.log.level, settings.log.format)
    database = open(settings)
    try:
        loops.run(_serve(settings, database, token))
    finally:
        database.close()


def open(settings: Settings) -> Database:
    """Open the database that the settings name, and bring it up to date."""
    return open_database(settings.storage.url, settings.storage.key_file)


async def _serve(settings: Settings, database: Database, token: str) -> None:
    """Serve Telegram and WeChat's channels, as far as they are set."""
    telegram = _telegram(settings, token) if token else None
    channels = wechat.platforms(settings, database)
    app = App(
        database,
        [*([telegram] if telegram is not None else []), *channels],
        defaults=defaults_of(settings),
        limits={"telegram": Limits(**settings.telegram.limits.model_dump()), **wechat.limits(settings)},
        keep=Retention(**dict(settings.retention)),
    )
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    try:
        async with _seen_from_outside(settings, app, telegram, channels):
            if await _opened(app, stop):
                if telegram is not None:
                    mode = settings.telegram.mode
                    log.info("homeroom runs", platform=telegram.name, bot=telegram.mention, mode=mode)
                for channel in filter(has_line, channels):
                    log.info("homeroom runs", platform=channel.name, bot=channel.mention)
                await app.run(stop)
    finally:
        await app.close()
    log.info("homeroom has stopped")


@contextlib.asynccontextmanager
async def _seen_from_outside(
    settings: Settings, app: App, telegram: TelegramPlatform | None, channels: Sequence[Platform]
) -> AsyncIterator[None]:
    """Serve what platforms call, what is to be watched and the families' pages, as far as they are wished."""
    public = settings.web.public_url is not None
    called = [channel for channel in channels if isinstance(channel, wechat.Called)]
    pages = [page for channel in called for page in channel.routes(app.intake.door_of(channel.name))]
    if not (public or settings.web.observe or pages or settings.telegram.mode == "webhook"):
        yield
        return
    from bot.web_server import door, serving  # noqa: PLC0415 - who polls unwatched needs no web server

    routes = telegram.webhook_routes(app.intake.door_of(telegram.name)) if telegram is not None else []
    routes += pages
    listening = door(settings.web)
    if public:
        from bot import calendar_route, families  # noqa: PLC0415

        routes += calendar_route.routes(app.database) + families.routes(app)
    if settings.web.observe:
        from bot import watching  # noqa: PLC0415

        metrics = watching.Metrics(app)
        await metrics.begin()
        routes += watching.routes(app, metrics)
    async with serving(listening, routes):
        yield


async def _opened(app: App, stop: asyncio.Event) -> bool:
    """Open the app, which waits for the platforms as long as it takes; False if a stop came first."""
    opening, stopping = asyncio.create_task(app.connect()), asyncio.create_task(stop.wait())
    await asyncio.wait([opening, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if opening.done():
        opening.result()
        return True
    opening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await opening
    return False


def _telegram(settings: Settings, token: str) -> TelegramPlatform:
    from bot.platforms.telegram import TelegramPlatform  # noqa: PLC0415 - a school with WeCom alone needs none

    return TelegramPlatform(telegram_settings(settings, token), now=utc_now, menus=_menus())


def telegram_settings(settings: Settings, token: str) -> TelegramSettings:
    """What the Telegram platform needs to know of the configuration."""
    from bot.platforms.telegram import TelegramSettings  # noqa: PLC0415

    chosen = settings.telegram
    secret = chosen.webhook_secret
    return TelegramSettings(
        token=token,
        api_root=chosen.api_root,
        mode=chosen.mode,
        webhook_url=chosen.webhook_url or "",
        webhook_secret=secret.get_secret_value() if secret else "",
    )


def _menus() -> list[DefaultMenu]:
    """What everybody sees behind the slash before they are anything in a class, in either language."""
    from bot.platforms.telegram import DefaultMenu  # noqa: PLC0415

    nobody = Actor(0, 0, 0, "", "", "", "")
    found = []
    for kind, where in ((ChatKind.PRIVATE, Where.PRIVATE), (ChatKind.GROUP, Where.GROUP)):
        listed = [
            c
            for c in Registry(FEATURES).listed()
            if c.where in (where, Where.BOTH) and not c.hidden and c.admits(nobody)
        ]
        for code, language in (("", "en"), ("zh", "zh_CN")):
            lines = [(c.name, Say(language).label(f"{c.feature}.command_{c.name}").text) for c in listed]
            found.append(DefaultMenu(kind, tuple(lines), code))
    return found


def defaults_of(settings: Settings) -> Defaults:
    """What the configuration says for classrooms that have not said otherwise."""
    return Defaults(
        language=settings.defaults.language,
        timezone=settings.defaults.timezone,
        country=settings.defaults.country,
        quiet=settings.hours.quiet,
        teacher_hours=settings.hours.teacher,
        name_grace=settings.names.grace,
        name_mute=settings.names.mute,
        nudge_after=settings.notices.nudge_after,
        second_after=settings.notices.second_after,
        list_after=settings.notices.list_after,
        poll_nudge_before=settings.polls.nudge_before,
        term_ends=settings.concerns.term_ends,
        even_hand=settings.praise.even_hand,
        calendar=_overrides(settings.calendar.file),
        lead_days=settings.holidays.lead_days,
        long_lead_days=settings.holidays.long_lead_days,
        holidays_auto=settings.holidays.auto,
        look_at=settings.holidays.look_at,
        public_url=(settings.web.public_url or "").rstrip("/"),
    )


def _overrides(path: Path | None) -> Overrides:
    """The server's own calendar; ConfigError says in one line what is wrong with the file."""
    if path is None:
        return Overrides()
    from scheduler.calendar.overrides import read_overrides  # noqa: PLC0415

    try:
        return read_overrides(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"[calendar] file {path}: cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from None
