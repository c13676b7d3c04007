"""The door for Telegram's own calls: who does not know the secret is not even listened to."""

from __future__ import annotations

import hmac
import json

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.platforms.telegram.updates import committed, incoming
from bot.ports import Store

log = structlog.get_logger(__name__)

PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
MOST = 1 << 20


def route(secret: str, store: Store) -> Route:
    """Build the route; it answers 200 only after `store` has committed."""
    expected = secret.encode()

    async def receive(request: Request) -> Response:
        offered = request.headers.get(SECRET_HEADER)
        if offered is None:
            return Response(status_code=401)
        if not hmac.compare_digest(offered.encode("latin-1", "replace"), expected):
            return Response(status_code=403)
        body = await _body(request)
        return Response(status_code=413) if body is None else await _take(body, store)

    return Route(PATH, receive, methods=["POST"])


async def _body(request: Request) -> bytes | None:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and len(announced) < 20 and int(announced) > MOST:
        return None
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MOST:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)


async def _take(body: bytes, store: Store) -> Response:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        update = None
    batch = incoming(update) if isinstance(update, dict) else ()
    if not batch:
        return Response(status_code=400)
    trouble = await committed(store, batch)
    if trouble is not None:  # Telegram sends it again; nothing of the trouble leaves the house
        log.warning("telegram.webhook", trouble=f"update could not be stored: {type(trouble).__name__}")
        return Response(status_code=503)
    return Response(status_code=200)
