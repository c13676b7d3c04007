"""`homeroom demo`: the playground on this machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn

from bot.demo.cast import LANGUAGES
from bot.demo.host import Host
from bot.demo.house import ZONE
from bot.demo.tries import PACE
from bot.demo.web import application
from bot.logs import set_up
from bot.web_server import Server
from classroom.errors import ConfigError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Options:
    """How the playground is served; `today` moves its days, `say` prints a line for who started it."""

    host: str
    port: int
    others: bool
    data: Path | None
    language: str
    browser: bool
    say: Callable[[str], None]
    today: date | None = None
    pace: float = PACE
    log_level: str = "error"


def run(options: Options) -> None:
    """Serve until Ctrl-C; ConfigError where it cannot or should not."""
    if not _is_loopback(options.host) and not options.others:
        raise ConfigError(
            f"the playground has no passwords: whoever reaches {options.host} is everybody in the class. "
            "If that is wanted, say it twice: add --allow-others"
        )
    if options.language not in LANGUAGES:
        raise ConfigError(f"--language takes {' or '.join(LANGUAGES)}")
    set_up(options.log_level, "text")
    asyncio.run(_serve(options))


def _is_loopback(host: str) -> bool:
    if host in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _door(options: Options) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        return socket.create_server((options.host, options.port), family=family)
    except OSError as error:
        raise ConfigError(
            f"port {options.port} on {options.host} cannot be used ({error.strerror}): "
            "take another with --port"
        ) from None


async def _serve(options: Options) -> None:
    door = _door(options)
    port = door.getsockname()[1]
    shown = f"[{options.host}]" if ":" in options.host else options.host
    address = f"http://{shown}:{port}/"
    today = options.today or datetime.now(ZoneInfo(ZONE)).date()
    host = Host(address, options.data, today, options.pace)
    server = _server(host, options)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    serving = asyncio.create_task(server.serve([door]))
    opening = asyncio.create_task(_open(host, options, address))
    showing = asyncio.create_task(host.keep_showing())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([serving, stopping, showing, opening], return_when=asyncio.FIRST_COMPLETED)
        if opening.done():
            opening.result()
            await asyncio.wait([serving, stopping, showing], return_when=asyncio.FIRST_COMPLETED)
        if showing.done():
            showing.result()  # a page that is not drawn any more must not end as if all were well
    finally:
        for task in (opening, showing, stopping):
            task.cancel()
        await host.close()
        server.should_exit = True
        await serving


async def _open(host: Host, options: Options, address: str) -> None:
    await host.open(options.language)
    address = f"{address}?lang={options.language}"  # so that page and class begin in one language
    kept = f"kept in {options.data}" if options.data else "gone when you stop it"
    options.say(f"The playground is at {address} ({kept}). Ctrl-C stops it.")
    if options.browser:
        await asyncio.to_thread(webbrowser.open, address)


def _server(host: Host, options: Options) -> uvicorn.Server:
    names = LOOPBACK if _is_loopback(options.host) else None
    return Server(
        uvicorn.Config(
            application(host, names),
            log_level="critical",
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            timeout_graceful_shutdown=2,
        )
    )
