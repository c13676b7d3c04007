"""The one web server: Telegram's webhook, and what is to be seen from outside."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot import lean
from bot.config import WebSection
from classroom.errors import ConfigError

lean.needed("click")  # uvicorn has a command line of its own, and does not start without it
import uvicorn  # noqa: E402

MOST_CONNECTIONS = 256
"""More at once are refused: whoever opens many and says nothing must not take all."""


def door(web: WebSection) -> socket.socket:
    """The socket to listen on; ConfigError where it is taken or not ours."""
    try:
        return socket.create_server((web.host, web.port))
    except OSError as error:
        raise ConfigError(f"[web] {web.host}:{web.port} cannot be listened on: {error.strerror}") from None


@contextlib.asynccontextmanager
async def serving(listening: socket.socket, routes: Sequence[BaseRoute]) -> AsyncIterator[None]:
    """Answer at these routes as long as the block lasts."""
    server = Server(
        uvicorn.Config(
            Starlette(routes=routes),
            log_level="critical",
            access_log=False,
            lifespan="off",
            server_header=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=5,
        )
    )
    task = asyncio.create_task(server.serve([listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


class Server(uvicorn.Server):
    """Leaves signals to us: a stop must first finish what is in hand."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install nothing."""
        yield
