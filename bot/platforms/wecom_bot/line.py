"""The long connection: one per bot, opened anew after whatever ends it, with an answer to every frame.

A server that closes in good order, a ping without an answer and a broken line all mean the same: connect
again. Only where somebody else has taken the connection do we step back, longer each time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import structlog

from bot.platforms.tencent.errors import ApiError, LineError, code_of
from bot.platforms.tencent.fields import Fields, inner, text
from bot.platforms.wecom_bot.failures import HOPELESS
from bot.platforms.wecom_bot.settings import BotSettings
from classroom.errors import ConfigError
from classroom.events import Json

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

log = structlog.get_logger(__name__)

MOST_FRAME = 4 << 20
HELD = 600.0
"""Seconds after which a connection counts as ours: what we waited for it before is forgotten."""

CALLBACKS = ("aibot_msg_callback", "aibot_event_callback")
DISPLACED = "disconnected_event"
QUIET = logging.getLogger("homeroom.wecom_bot.line")
QUIET.setLevel(logging.CRITICAL + 1)  # the library prints frames, with the secret in the first
QUIET.propagate = False

Hear = Callable[[Fields], None]
"""Takes a callback in; what must be done with it is done later."""


class Line:
    """One bot's connection. `trouble` says in our words why there is none now."""

    def __init__(self, settings: BotSettings, hear: Hear) -> None:
        """Nothing is opened yet; every callback is given to `hear`, whoever opened the line."""
        self._settings, self._times, self._hear = settings, settings.times, hear
        self._socket: ClientConnection | None = None
        self._asked: dict[str, asyncio.Future[Fields]] = {}
        self._up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.trouble = ""
        self.opened = 0
        """How often we were let in."""
        self.displaced = 0
        """How often in a row somebody else took the connection."""
        self._taken = False
        self._given_back = False
        self.malformed = 0
        """Frames that nobody can read."""

    # --- opening and closing --------------------------------------------------------------------

    def start(self) -> asyncio.Task[None]:
        """Open the line and keep it; the task ends only with the ConfigError of a secret that is wrong."""
        if self._task is None or self._task.done():
            self._given_back = False
            self._task = asyncio.create_task(self._keep_open())
            self._task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._task

    async def stop(self) -> None:
        """Give the connection back, so that another process may have it."""
        task, self._task = self._task, None
        self._given_back = True
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep_open(self) -> None:
        wait = self._times.first_wait
        while True:
            opened, since, self._taken = self.opened, time.monotonic(), False
            self.trouble = await self._once()
            log.warning("wecom.bot", trouble=self.trouble)
            if self._taken:
                self.displaced = 1 if time.monotonic() - since > HELD else self.displaced + 1
                await asyncio.sleep(self._step())
                continue
            wait = self._times.first_wait if self.opened > opened else min(self._times.longest_wait, wait * 2)
            await asyncio.sleep(wait)

    def _step(self) -> float:
        """How long to leave the connection to whoever took it: two that fight for it both go deaf."""
        return min(self._times.longest_step, self._times.step_back * 2.0 ** min(self.displaced - 1, 9))

    async def _once(self) -> str:
        """Connect, and stay as long as it lasts; gives why it does not any more."""
        from websockets.asyncio.client import connect  # noqa: PLC0415 - only who has a bot needs it
        from websockets.exceptions import WebSocketException  # noqa: PLC0415

        try:
            async with connect(
                self._settings.url,
                open_timeout=self._times.connect,
                ping_interval=None,
                close_timeout=1,
                max_size=MOST_FRAME,
                logger=QUIET,
                user_agent_header=None,
            ) as socket:
                return await self._stay(socket)
        except ApiError as error:
            if error.code in HOPELESS and not self.opened:
                raise ConfigError(
                    f"wecom.bot.secret: WeCom refuses it with this id (errcode {error.code}): "
                    "copy both anew from the AI bot's page"
                ) from None
            return f"errcode {error.code}"
        except LineError as error:
            return error.why
        except (OSError, TimeoutError, EOFError, WebSocketException) as error:
            return f"no connection to WeCom ({type(error).__name__})"

    async def _stay(self, socket: ClientConnection) -> str:
        self._socket = socket
        reading = asyncio.create_task(self._read(socket))
        pinging = asyncio.create_task(self._subscribe_and_ping(reading))
        try:
            await asyncio.wait({reading, pinging}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                return reading.result()
            pinging.result()
        finally:
            self._up.clear()
            self._socket = None
            for task in (reading, pinging):
                task.cancel()
            await asyncio.gather(reading, pinging, return_exceptions=True)
            for waiting in self._asked.values():
                if not waiting.done():
                    waiting.set_exception(LineError("the line broke", sent=True))
            self._asked.clear()
        return "a ping was not answered"

    async def _subscribe_and_ping(self, reading: asyncio.Task[str]) -> None:
        body: dict[str, Json] = {"bot_id": self._settings.id, "secret": self._settings.secret}
        await self._sent("aibot_subscribe", body, _new("sub"))
        self.opened += 1
        self.trouble = ""
        self._up.set()
        log.info("wecom.bot", connected=self.opened)
        while not reading.done():
            await asyncio.sleep(self._times.ping)
            await self._sent("ping", None, _new("ping"))

    # --- frames ---------------------------------------------------------------------------------

    async def ask(self, cmd: str, body: dict[str, Json], req_id: str = "") -> Fields:
        """Have something done; ApiError for a no, LineError where no answer came.

        A line that was given back stays so: another process may lead by now.
        """
        if self._task is None and not self._given_back:
            self.start()
        if not self._up.is_set() and not (self._taken or self._given_back):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._times.answer):
                    await self._up.wait()
        if not self._up.is_set():
            raise LineError("not connected", sent=False)
        return await self._sent(cmd, body, req_id or _new("say"))

    async def _sent(self, cmd: str, body: Mapping[str, Json] | None, req_id: str) -> Fields:
        """Send a frame and wait for its answer, which carries the same id and no command."""
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415

        socket = self._socket
        if socket is None:
            raise LineError("not connected", sent=False)
        answered: asyncio.Future[Fields] = asyncio.get_running_loop().create_future()
        self._asked[req_id] = answered
        frame: dict[str, Json] = {"cmd": cmd, "headers": {"req_id": req_id}}
        if body is not None:
            frame["body"] = dict(body)
        try:
            async with asyncio.timeout(self._times.answer):
                await socket.send(json.dumps(frame, ensure_ascii=False))
                found = await answered
        except TimeoutError:
            raise LineError("no answer to a frame", sent=True) from None
        except ConnectionClosed:
            raise LineError("the line broke", sent=True) from None
        finally:
            self._asked.pop(req_id, None)
        if code_of(found):
            raise ApiError(code_of(found), text(found, "errmsg"))
        return found

    async def _read(self, socket: ClientConnection) -> str:
        """Take in what comes until the server closes, in whatever order; gives why it is over."""
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415

        try:
            while True:
                frame = _fields(await socket.recv())
                if frame is None:
                    self.malformed += 1
                elif text(frame, "cmd") in CALLBACKS:
                    if text(inner(inner(frame, "body"), "event"), "eventtype") == DISPLACED:
                        self._taken = True
                        return "another program has taken this bot's connection"
                    self._hear(frame)
                else:
                    self._answered(frame)
        except ConnectionClosed as error:
            code = error.rcvd.code if error.rcvd is not None else 1006
            return f"WeCom closed the connection ({code})"

    def _answered(self, frame: Fields) -> None:
        """Who waits for this answer has it; what comes too late is nobody's any more."""
        waiting = self._asked.get(text(inner(frame, "headers"), "req_id"))
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)


def _new(kind: str) -> str:
    return f"{kind}-{secrets.token_hex(12)}"


def _fields(words: str | bytes) -> Fields | None:
    try:
        found = json.loads(words)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
