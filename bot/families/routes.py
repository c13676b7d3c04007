"""/f/<code>: looking changes nothing, and a press comes in by the same door as every other event."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.app import App
from bot.calendar_route import Bucket
from bot.families import sheet
from bot.meeting import page_room
from bot.ports import Incoming
from bot.sources import PAGE
from classroom.errors import DatabaseError
from classroom.pages import Page
from handlers.room import Room
from storage import family_links
from storage.database import Records
from storage.tables import FamilyLink
from templates.render import Say, language_of

PATH = "/f/{code}"
MOST_BODY = 2048


def routes(app: App, clock: Callable[[], float] = time.monotonic) -> list[BaseRoute]:
    """The one address of all pages."""
    page = _Pages(app, Bucket(clock))
    return [Route(PATH, page.answer, methods=["GET", "HEAD", "POST"])]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A door that opened, what its page is for, and what it shows."""

    door: int
    purpose: str
    page: Page


class _Pages:
    """Shows and takes presses for one app."""

    def __init__(self, app: App, bucket: Bucket) -> None:
        self._app = app
        self._bucket = bucket

    async def answer(self, request: Request) -> Response:
        """The page of a code; the same short answer to every code that opens nothing."""
        say = Say(language_of(request.headers.get("accept-language", "").split(",")[0] or None))
        code = request.path_params["code"]
        if not self._bucket.take():
            return _said(sheet.later(say), 429)
        if not family_links.is_ours(self._app.database.keys.digest, code):
            return _said(sheet.unknown(say), 404)
        try:
            pressed = await _version_pressed(request) if request.method == "POST" else None
            found = await self._app.database.look(lambda records: self._look(records, code))
            if found is None:
                return _said(sheet.unknown(say), 404)
            if pressed is not None:
                return await self._press(request, found, pressed)
        except DatabaseError:
            return _said(sheet.later(say), 503)
        return _said(sheet.page(found.page, noted=bool(request.url.query)), 200)

    def _look(self, records: Records, code: str) -> _Opened | None:
        door = family_links.find(records, self._app.database.keys.digest, code)
        room = self._room(records, door)
        if door is None or room is None:
            return None
        return _Opened(door.id, door.purpose, self._app.registry.pages[door.purpose](door, room))

    def _room(self, records: Records, door: FamilyLink | None) -> Room | None:
        return page_room(Room(records, self._app.now(), self._app.instance), door)

    async def _press(self, request: Request, found: _Opened, pressed: str) -> Response:
        """Hand the press in, if it is about what can still be read here; then let the page be read again."""
        here, page = request.url.path, found.page
        if page.button is None or pressed != page.once:
            return RedirectResponse(here, 303, headers=sheet.HEADERS)
        words = json.dumps({"link": found.door, "purpose": found.purpose, "args": page.args})
        store = self._app.intake.door_of(PAGE)
        await store([Incoming(f"{PAGE}:{found.door}:{page.once}", words.encode())])
        return RedirectResponse(f"{here}?noted", 303, headers=sheet.HEADERS)


async def _version_pressed(request: Request) -> str:
    """What the button said it was about; nothing where that cannot be read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY:
            return ""
    return parse_qs(body.decode("utf-8", "replace")).get("once", [""])[0]


def _said(body: str, status: int) -> HTMLResponse:
    return HTMLResponse(body, status, headers=sheet.HEADERS)
