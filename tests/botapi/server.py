"""The server: real HTTP on loopback in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.botapi import bodies, polling, spec
from tests.botapi.control import Control
from tests.botapi.errors import RefusedError, bad, too_many
from tests.botapi.faults import Fault, Faults, transport_of
from tests.botapi.jsons import Json, obj, text
from tests.botapi.methods import METHODS, Call
from tests.botapi.methods.base import Upload
from tests.botapi.world import World

TOKEN = "7000000001:AAE-test_token_for_loopback_only_0123456"
_DESCRIPTIONS = {"setWebhook": "Webhook was set", "deleteWebhook": "Webhook was deleted"}


@dataclass
class Served:
    """One request and what was answered."""

    at: float
    method: str
    params: Json
    response: Json
    uploads: dict[str, Upload] = field(default_factory=dict)
    status: int = 200

    @property
    def ok(self) -> bool:
        """Whether it was carried out."""
        return self.response.get("ok") is True


class BotApiServer:
    """Telegram for one bot: drive `world`, point the bot at `url`."""

    def __init__(self, token: str = TOKEN, world: World | None = None, port: int = 0) -> None:
        self.token = token
        self.world = world or World()
        self.faults = Faults()
        self.requests: list[Served] = []
        self.violations: list[str] = []
        self.floods: list[Served] = []
        self.webhook_retry = 0.2
        self.latency = 0.0
        """Seconds that a request is on its way, and its answer again."""
        self.control: Control | None = None
        self.busy = 0
        """Requests that have come and are not answered yet, but for waiting getUpdates."""
        self.stopping = False
        self.port = port
        self.loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._uvicorn: uvicorn.Server | None = None
        self._news = asyncio.Event()

    @property
    def url(self) -> str:
        """http://127.0.0.1:port"""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """What python-telegram-bot calls base_url."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """What python-telegram-bot calls base_file_url."""
        return f"{self.url}/file/bot"

    @property
    def defects(self) -> list[str]:
        """Where our own answers or updates do not fit the specification: a fault of this stand-in."""
        return self.world.updates.defects

    def calls(self, method: str) -> list[Served]:
        """The requests to one method."""
        return [r for r in self.requests if r.method == method]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Opens the port; the same one again after a stop."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            log_config=None,
            proxy_headers=False,
            lifespan="off",
            http="h11",
            ws="none",
            interface="asgi3",
            loop="asyncio",
            timeout_graceful_shutdown=1,
            access_log=False,
            timeout_keep_alive=75,
        )
        self._uvicorn = uvicorn.Server(config)
        self.stopping = False
        self._thread = threading.Thread(target=self._run, args=(listener,), daemon=True, name="botapi")
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._uvicorn.started:
            if time.monotonic() > deadline:
                raise RuntimeError("the stand-in did not start")
            time.sleep(0.005)

    def _run(self, listener: socket.socket) -> None:
        asyncio.run(self._serve(listener))

    async def _serve(self, listener: socket.socket) -> None:
        if self._uvicorn is None:
            return
        self.loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self.world.updates.wake.append(self._ring)
        postman = asyncio.create_task(polling.deliver(self))
        try:
            await self._uvicorn.serve(sockets=[listener])
        finally:
            postman.cancel()
            self.world.updates.wake.remove(self._ring)
            self.loop = None

    def stop(self) -> None:
        """Closes the port; the world stays as it is."""
        self.faults.clear()
        if self._uvicorn is not None and self._thread is not None:
            self._uvicorn.should_exit = True
            self.stopping = True
            self._ring()
            self._thread.join(10)
        self._uvicorn = self._thread = None

    def _ring(self) -> None:
        if self.loop is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._news.set)

    async def news(self, seconds: float) -> None:
        """Waits for a change in the queue of updates."""
        self._news.clear()
        try:
            await asyncio.wait_for(self._news.wait(), min(seconds, 0.5))
        except TimeoutError:
            return

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.url.path
        if path == "/control" and self.control is not None:
            await (await self.control.answer(request))(scope, receive, send)
            return
        if path.startswith("/file/bot"):
            await self._file(path)(scope, receive, send)
            return
        token, _, name = path.removeprefix("/bot").partition("/")
        if not path.startswith("/bot") or token != self.token:
            refusal = (
                RefusedError(401, "Unauthorized")
                if path.startswith("/bot")
                else RefusedError(404, "Not Found")
            )
            await _json(refusal.json(), refusal.code)(scope, receive, send)
            return
        method = spec.exists(name) or name
        self.busy += method != "getUpdates"
        try:
            await self._method(method, request, scope, receive, send)
        finally:
            self.busy -= method != "getUpdates"

    async def _method(
        self, method: str, request: Request, scope: Scope, receive: Receive, send: Send
    ) -> None:
        fault = self.faults.take(method)
        if fault and fault.kind == "reset_before":
            self._record(method, {}, {"ok": False, "fault": fault.kind}, {}, 0)
            _reset(send)
            return
        body = await request.body()
        if self.latency and method != "getUpdates":
            await asyncio.sleep(self.latency)
        if fault and fault.kind == "silence_before":
            await asyncio.sleep(fault.seconds)
        if (hold := self.faults.held(method, after=False)) is not None:
            await hold.freeze()
        try:
            status, answer = await self._answer(method, request, body, fault)
        except ConnectionAbortedError:
            _reset(send)
            return
        if self.latency and method != "getUpdates":
            await asyncio.sleep(self.latency)
        if (hold := self.faults.held(method, after=True)) is not None:
            await hold.freeze()
        if fault and fault.kind == "silence":
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind == "reset_after":
            _reset(send)
            return
        data = json.dumps(answer, ensure_ascii=False).encode()
        if fault and fault.kind == "cut":
            head = [(b"content-type", b"application/json"), (b"content-length", str(len(data)).encode())]
            await send({"type": "http.response.start", "status": status, "headers": head})
            await send({"type": "http.response.body", "body": data[: len(data) // 2], "more_body": True})
            transport_of(send).close()
            return
        if fault and fault.kind == "half_json":
            data = data[: len(data) // 2]
        response = Response(data, status, media_type="application/json")
        if fault and fault.kind in ("500", "502", "html200"):
            page = f"<html><head><title>{fault.kind}</title></head><body><h1>Bad Gateway</h1></body></html>"
            response = Response(
                page, 200 if fault.kind == "html200" else int(fault.kind), media_type="text/html"
            )
        await response(scope, receive, send)

    async def _answer(
        self, method: str, request: Request, body: bytes, fault: Fault | None
    ) -> tuple[int, Json]:
        """Carries a request out unless a fault forbids it, and records it."""
        params: Json = {}
        uploads: dict[str, Upload] = {}
        try:
            params, uploads = bodies.read(request.headers.get("content-type", ""), request.url.query, body)
            if fault and fault.kind in ("500", "502", "html200"):
                raise RefusedError(int(fault.kind.removeprefix("html")), "fault")
            if fault and fault.kind == "429":
                raise too_many(fault.retry_after)
            params = self._checked(method, params, set(uploads))
            result = await self._result(method, params, uploads)
            answer: Json = {"ok": True, "result": result}
            if method in _DESCRIPTIONS:
                answer["description"] = _DESCRIPTIONS[method]
            self.defects.extend(f"{method}: {p}" for p in spec.check(spec.returns(method), result, "result"))
        except RefusedError as refusal:
            served = self._record(method, params, refusal.json(), uploads, refusal.code)
            if refusal.code == 429:
                self.floods.append(served)
            return refusal.code, refusal.json()
        self._record(method, params, answer, uploads, 200)
        return 200, answer

    def _record(
        self, method: str, params: Json, answer: Json, uploads: dict[str, Upload], status: int
    ) -> Served:
        served = Served(time.time(), method, params, answer, uploads, status)
        self.requests.append(served)
        return served

    def _checked(self, method: str, params: Json, uploads: set[str]) -> Json:
        """Refuses what the specification does not know, and remembers it."""
        if spec.exists(method) is None:
            self.violations.append(f"{method}: no such method")
            raise RefusedError(404, "Not Found: method not found")
        values, problems, missing = spec.read_request(method, params, uploads)
        problems += [f'parameter "{name}" is required' for name in missing]
        self.violations += [f"{method}: {problem}" for problem in problems]
        if missing:
            known = {"chat_id": "chat_id is empty", "text": "message text is empty"}
            raise bad(known.get(missing[0], f'parameter "{missing[0]}" is required'))
        if problems:
            raise bad(problems[0])
        return values

    async def _result(self, method: str, params: Json, uploads: dict[str, Upload]) -> object:
        if method in polling.METHODS:
            return await polling.METHODS[method](self, params)
        return self.perform(method, params, uploads)

    def perform(self, method: str, params: Json, uploads: dict[str, Upload]) -> object:
        """Carries out one checked call."""
        if method not in METHODS:
            self.violations.append(f"{method}: not modelled by this stand-in")
            raise bad(f"{method} is not modelled by this stand-in")
        with self.world.lock:
            result = METHODS[method](Call(self.world, method, params, uploads))
            return json.loads(json.dumps(result))

    async def webhook_reply(self, answer: httpx.Response) -> None:
        """A webhook may answer with a call of its own."""
        try:
            reply = obj(answer.json())
        except ValueError:
            return
        method = spec.exists(text(reply, "method"))
        if method:
            params = {k: v for k, v in reply.items() if k != "method"}
            try:
                result = self.perform(method, self._checked(method, params, set()), {})
                self._record(method, params, {"ok": True, "result": result}, {}, 200)
            except RefusedError as refusal:
                self._record(method, params, refusal.json(), {}, refusal.code)

    def _file(self, path: str) -> Response:
        token, _, wanted = path.removeprefix("/file/bot").partition("/")
        if token != self.token:
            return _json(RefusedError(401, "Unauthorized").json(), 401)
        found = [f for f in self.world.files.values() if f.path == wanted]
        if not found:
            return _json(RefusedError(404, "Not Found").json(), 404)
        return Response(found[0].data, media_type="application/octet-stream")


def _json(body: Json, status: int) -> Response:
    return Response(json.dumps(body), status, media_type="application/json")


def _reset(send: Send) -> None:
    """Breaks the connection hard, so that the client reads ECONNRESET."""
    transport = transport_of(send)
    plug = transport.get_extra_info("socket")
    if plug is not None and plug.fileno() >= 0:  # else the client has gone already
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def is_loopback(url: str) -> bool:
    """Whether a webhook may be plain HTTP, which the real server never allows."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost")
