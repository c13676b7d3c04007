"""Where phones fetch a class's calendar: who does not know its code learns nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email.utils import format_datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.limits import Gate
from storage import calendar
from storage.database import Database

PATH = "/calendar/{code}"
CODE = re.compile(r"([A-Za-z0-9_-]{20,80})\.ics")
PER_SECOND = 40.0
BURST = 200.0
"""A class of fifty families whose phones all ask at once, four times over."""
HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


def gate(clock: Callable[[], float] = time.monotonic) -> Gate:
    """Guessing codes, or a phone gone mad, costs little."""
    return Gate(PER_SECOND, BURST, clock)


def routes(database: Database, clock: Callable[[], float] = time.monotonic) -> list[BaseRoute]:
    """/calendar/<code>.ics"""
    knocked = gate(clock)

    async def serve(request: Request) -> Response:
        return await answer(request, database, knocked)

    return [Route(PATH, serve, methods=["GET", "HEAD"])]


async def answer(request: Request, database: Database, knocked: Gate) -> Response:
    """The calendar of a code; 404 without a word for every other."""
    if not knocked.opens():
        return Response(status_code=429, headers={"Retry-After": "60"})
    found = CODE.fullmatch(request.path_params["code"])
    digest = database.keys.digest(found[1]) if found else None
    kept = await database.look(lambda records: calendar.feed_at(records, digest)) if digest else None
    if kept is None:
        return Response(status_code=404, headers={"Cache-Control": "no-store"})
    body, etag, changed_at = kept
    mark = f'"{etag}"'
    headers = HEADERS | {"ETag": mark, "Last-Modified": format_datetime(changed_at, usegmt=True)}
    if mark in (request.headers.get("if-none-match") or ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)
