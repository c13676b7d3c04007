"""The playground's pages: the page itself, its words, files that are sent, and the line to each window."""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot import calendar_route, families
from bot.carrying import Carrier
from bot.demo.cast import LANGUAGES, PAGE
from bot.demo.host import Host
from bot.demo.window import Window
from templates.render import Say, language_of

HERE = Path(__file__).parent / "page"
LARGEST = 20 * 1024 * 1024
PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
KINDS = ("photo", "document", "voice", "video")
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


def application(host: Host, names: frozenset[str] | None) -> ASGIApp:
    """Make the web application; `names` are the only hosts it answers as (None: any)."""
    page = _Pages(host)
    app = Starlette(
        routes=[
            Route("/", page.index),
            Route("/words/{language}.json", page.words),
            Route("/files", page.upload, methods=["POST"]),
            Route("/files/{ref}", page.file),
            Route(calendar_route.PATH, page.calendar),
            Route(families.PATH, page.family, methods=families.METHODS),
            Route(families.FILE_PATH, page.enclosed),
            WebSocketRoute("/ws", page.line),
            Mount("/static", StaticFiles(directory=HERE)),
        ]
    )
    return _Guard(app, names)


class _Pages:
    """What is served, for one host."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._gate = calendar_route.gate()
        self._knocking = families.Knocking()
        self._carrier = Carrier()

    async def family(self, request: Request) -> Response:
        """A family's own page, as the code on its paper opens it."""
        house = self._host.house
        if house is None:
            return PlainTextResponse("no such page", 404)
        shown = await families.answer(request, house.stage.app, self._knocking)
        if request.method == "POST":
            await house.stage.settle()  # so that the page need not ask twice what came of it
        house.stage.wake()
        return shown

    async def enclosed(self, request: Request) -> Response:
        """What goes along with a letter, as its page hands it over."""
        house = self._host.house
        if house is None:
            return PlainTextResponse("no such file", 404)
        return await families.file(request, house.stage.app, self._knocking, self._carrier)

    async def calendar(self, request: Request) -> Response:
        """The class's calendar as phones fetch it."""
        house = self._host.house
        if house is None:
            return PlainTextResponse("no such class", 404)
        return await calendar_route.answer(request, house.stage.database, self._gate)

    async def index(self, request: Request) -> Response:
        """The page; it finds out by itself what there is to show."""
        return FileResponse(HERE / "index.html", headers={"cache-control": "no-cache"})

    async def words(self, request: Request) -> Response:
        """Every word on the page, in one language."""
        language = request.path_params["language"]
        if language not in LANGUAGES:
            return PlainTextResponse("no such language", 404)
        return FileResponse(
            PAGE / language / "page" / "playground.json", headers={"cache-control": "no-cache"}
        )

    async def upload(self, request: Request) -> Response:
        """Take a file that somebody is about to send; too large a one is refused before it is read."""
        say = Say(language_of(request.query_params.get("lang")))
        kind = request.query_params.get("kind", "document")
        data = bytearray()
        async for chunk in request.stream():
            data += chunk
            if len(data) > LARGEST:
                return JSONResponse({"error": say.label("playground.file_too_large").text}, 413)
        if not data or kind not in KINDS:
            return JSONResponse({"error": say.label("playground.empty").text}, 400)
        await self._host.ready.wait()
        house = self._host.house
        if house is None:
            return JSONResponse({"error": say.label("playground.empty").text}, 503)
        name = Path(request.query_params.get("name", "file").replace("\\", "/")).name[:120] or "file"
        kept = house.stage.platform.file(bytes(data), name, kind)
        return JSONResponse({"file": kept.ref, "name": name, "size": len(data)})

    async def file(self, request: Request) -> Response:
        """A file from a chat: pictures are shown, everything else is only ever saved."""
        house = self._host.house
        data = house.stage.platform.files.get(request.path_params["ref"]) if house else None
        if data is None:
            return PlainTextResponse("no such file", 404)
        picture = next((mime for magic, mime in PICTURES.items() if data.startswith(magic)), None)
        if picture is None and data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            picture = "image/webp"
        if picture:
            return Response(data, media_type=picture)
        name = request.path_params["ref"].rsplit(":", 1)[-1]
        known = house.stage.platform.uploaded.get(request.path_params["ref"]) if house else None
        shown = quote(known.filename if known and known.filename else name)
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{shown}"}
        guessed = mimetypes.guess_type(name)[0]
        return Response(data, media_type=guessed or "application/octet-stream", headers=headers)

    async def line(self, socket: WebSocket) -> None:
        """Speak with one window until it goes."""
        await socket.accept()
        language = language_of(socket.query_params.get("lang"))
        window = await self._host.enter(language, socket.query_params.get("as", ""))
        writing = asyncio.create_task(_write(socket, window))
        try:
            while True:
                await self._host.ask(window, await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._host.windows.discard(window)
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writing


async def _write(socket: WebSocket, window: Window) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while (text := await window.out.get()) is not None:
            await socket.send_text(text)
        await socket.close(1013)


class _Guard:
    """Answers only under its own name and to its own page, so that no other web page can reach in."""

    def __init__(self, app: ASGIApp, names: frozenset[str] | None) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif not self._is_ours(Headers(scope=scope), scope["path"]):
            await _refuse(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(send))

    def _is_ours(self, headers: Headers, path: str) -> bool:
        host = headers.get("host", "")
        if self._names is not None and urlsplit(f"//{host}").hostname not in self._names:
            return False
        origin = headers.get("origin")
        if path.startswith("/f/"):  # a family's page sends no origin; its code is what lets it in
            return True
        return origin is None or urlsplit(origin).netloc == host


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        await PlainTextResponse("this page is not served under that name", 403)(scope, receive, send)


def _with_headers(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sent
