"""The server: real HTTP on loopback in a thread of its own, with faults on demand."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
import time
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import uvicorn
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from classroom.events import Json
from tests.botapi import bodies
from tests.botapi.faults import transport_of
from tests.tencentapi.refusal import RefusedError

WELL = ""
"""No fault: what is after it in the row goes wrong."""

PREFIX = "/cgi-bin/"


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong once: a number is an errcode, a word is named in `_answer`."""

    kind: int | str
    seconds: float = 0.0


@dataclass(frozen=True)
class Served:
    """One request that was answered."""

    path: str
    body: dict[str, Json]
    answer: dict[str, Json]


class TencentServer(ABC):
    """One of Tencent's servers: point a client at `url`, read what it asked in `requests`."""

    def __init__(self, name: str) -> None:
        self.requests: list[Served] = []
        self.violations: list[str] = []
        """What no client may do: unknown paths, wrong methods."""
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            log_config=None,
            lifespan="off",
            http="h11",
            ws="none",
            loop="asyncio",
            interface="asgi3",
            access_log=False,
        )
        config.timeout_graceful_shutdown = 1
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True, name=name)

    @property
    def url(self) -> str:
        """http://127.0.0.1:port"""
        return f"http://127.0.0.1:{self.port}"

    def fault(self, path: str, kind: int | str, *, times: int = 1, seconds: float = 0.0) -> None:
        """Let the next requests to a path go wrong."""
        self._faults[path].extend([Fault(kind, seconds)] * times)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.clear()

    def asked(self, path: str) -> list[Served]:
        """The requests to one path."""
        return [one for one in self.requests if one.path == path]

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._uvicorn.started:
            assert time.monotonic() < deadline, "the stand-in did not start"
            time.sleep(0.005)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing()
        self._uvicorn.should_exit = True
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.run(self._uvicorn.serve(sockets=[self._listener]))

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.url.path.removeprefix(PREFIX)
        waiting = self._faults[path]
        fault = waiting.popleft() if waiting else Fault(WELL)
        if fault.kind == "reset_before":
            _reset(send)
            return
        response = await self._answer(path, request, fault)
        if fault.kind == "silence":
            await asyncio.sleep(fault.seconds)
        if fault.kind == "reset_after":
            _reset(send)
            return
        await response(scope, receive, send)

    async def _answer(self, path: str, request: Request, fault: Fault) -> Response:
        match fault.kind:
            case int():
                return as_json({"errcode": fault.kind, "errmsg": f"{request.url.query} from ip: 203.0.113.9"})
            case "500" | "502":
                return Response("<html>Bad Gateway</html>", int(fault.kind), media_type="text/html")
            case "html200":
                return Response("<html>维护中</html>", 200, media_type="text/html")
            case "redirect":
                return RedirectResponse(f"{self.url}{PREFIX}elsewhere?{request.url.query}")
        response = self.direct(path, request)
        if response is not None:
            return response
        body, answer = await self._done(path, request)
        self.requests.append(Served(path, body, answer))
        data = json.dumps(answer, ensure_ascii=False).encode()
        return Response(
            data[: len(data) // 2] if fault.kind == "half_json" else data, media_type="application/json"
        )

    async def _done(self, path: str, request: Request) -> tuple[dict[str, Json], dict[str, Json]]:
        body: dict[str, Json] = {}
        try:
            self.check(path, request)
            body, upload = await body_of(request)
            return body, {"errcode": 0, "errmsg": "ok", **self.done(path, request, body, upload)}
        except RefusedError as refusal:
            return body, {"errcode": refusal.code, "errmsg": refusal.message}

    @abstractmethod
    def check(self, path: str, request: Request) -> None:
        """Refuse an unknown path and a wrong token, before the body is looked at."""

    @abstractmethod
    def done(
        self, path: str, request: Request, body: dict[str, Json], upload: tuple[str, bytes] | None
    ) -> dict[str, Json]:
        """Do what is asked; RefusedError where the real one says no."""

    def direct(self, path: str, request: Request) -> Response | None:
        """An answer that is no JSON, to what asks for a file; None for everything else."""
        return None

    @abstractmethod
    def closing(self) -> None:
        """The server is about to end."""


async def body_of(request: Request) -> tuple[dict[str, Json], tuple[str, bytes] | None]:
    """What came with a request: JSON, or an upload as its name and its bytes."""
    if request.method == "GET":
        return {}, None
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        _, uploads = bodies.read(kind, "", await request.body())
        if "media" not in uploads:
            raise RefusedError(41005, "media data missing")
        return {}, (uploads["media"].name, uploads["media"].data)
    try:
        found = json.loads(await request.body())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise RefusedError(47001, "data format error")
    return found, None


def as_json(body: dict[str, Json]) -> Response:
    """An answer as Tencent gives it."""
    return Response(json.dumps(body, ensure_ascii=False), media_type="application/json")


def _reset(send: Send) -> None:
    """Break the connection hard."""
    transport = transport_of(send)
    plug = transport.get_extra_info("socket")
    if plug is not None and plug.fileno() >= 0:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
