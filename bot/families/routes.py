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
from bot.carrying import Carrier
from bot.families import files, letter, sheet
from bot.families.knocking import Knocking
from bot.meeting import page_room
from bot.ports import Incoming
from classroom.addresses import PAGE
from classroom.errors import DatabaseError
from classroom.pages import Page
from handlers.room import Room
from storage import family_links, letters
from storage.database import Records
from templates.render import Say, language_of

PATH = "/f/{code}"
FILE_PATH = f"{PATH}/{{which}}"
METHODS = ["GET", "HEAD", "POST"]
MOST_BODY = 24_576
"""Bytes of a form: an answer of 2,000 characters, each of them written as nine."""
NOTED = "noted"


def routes(app: App, clock: Callable[[], float] = time.monotonic) -> list[BaseRoute]:
    """The one address of all pages."""
    knocking = Knocking(clock)

    async def serve(request: Request) -> Response:
        return await answer(request, app, knocking)

    async def hand_over(request: Request) -> Response:
        return await file(request, app, knocking, carrier)

    carrier = Carrier()
    return [Route(PATH, serve, methods=METHODS), Route(FILE_PATH, hand_over, methods=["GET"])]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A door that opened, what its page is for, and what it shows."""

    door: int
    purpose: str
    page: Page


async def answer(request: Request, app: App, knocking: Knocking) -> Response:
    """The page of a code; the same short answer to every code that opens nothing."""
    say = Say(language_of(request.headers.get("accept-language", "").split(",")[0] or None))
    code = request.path_params["code"]
    digest = app.database.keys.digest
    is_letter = letters.is_ours(digest, code)
    ours = is_letter or family_links.is_ours(digest, code)
    if not knocking.admits(code, ours=ours):
        return _said(sheet.later(say), 429)
    if not ours:
        return _said(sheet.unknown(say), 404)
    try:
        if is_letter:
            return await _letter(request, app, code)
        pressed = (await _form(request)).get("once", "") if request.method == "POST" else None
        found = await app.database.look(lambda records: _look(records, app, code))
        if found is None:
            return _said(sheet.unknown(say), 404)
        if pressed is not None:
            return await _press(app, found, pressed)
    except DatabaseError:
        return _said(sheet.later(say), 503)
    return _said(sheet.page(found.page, noted=request.url.query == NOTED), 200)


async def file(request: Request, app: App, knocking: Knocking, carrier: Carrier) -> Response:
    """What goes along with a letter; the same short answer where there is nothing."""
    say = Say(language_of(request.headers.get("accept-language", "").split(",")[0] or None))
    code = request.path_params["code"]
    ours = letters.is_ours(app.database.keys.digest, code)
    if not knocking.admits(code, ours=ours):
        return _said(sheet.later(say), 429)
    try:
        found = await files.answer(app, carrier, code, request.path_params["which"]) if ours else None
    except DatabaseError:
        return _said(sheet.later(say), 503)
    return found if found is not None else _said(sheet.unknown(say), 404)


async def _letter(request: Request, app: App, code: str) -> Response:
    if request.method == "POST":
        return await letter.press(request, app, code, await _form(request))
    return _said(*await letter.read(request, app, code))


def _look(records: Records, app: App, code: str) -> _Opened | None:
    door = family_links.find(records, app.database.keys.digest, code)
    room = page_room(Room(records, app.now(), app.instance), door)
    if door is None or room is None:
        return None
    return _Opened(door.id, door.purpose, app.registry.pages[door.purpose](door, room))


async def _press(app: App, found: _Opened, pressed: str) -> Response:
    """Hand the press in, if it is about what can still be read here; then let the page be read again."""
    page = found.page
    if page.button is None or pressed != page.once:
        return _again("again")
    words = json.dumps({"link": found.door, "purpose": found.purpose, "args": page.args})
    store = app.intake.door_of(PAGE)
    await store([Incoming(f"{PAGE}:{found.door}:{page.once}", words.encode())])
    return _again(NOTED)


def _again(why: str) -> Response:
    """Read the page anew, at its own address whatever a proxy has put before it."""
    return RedirectResponse(f"?{why}", 303, headers=sheet.HEADERS)


async def _form(request: Request) -> dict[str, str]:
    """What was pressed; nothing where that cannot be read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _said(body: str, status: int) -> HTMLResponse:
    return HTMLResponse(body, status, headers=sheet.HEADERS)
