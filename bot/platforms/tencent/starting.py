"""The page behind a start link: no address begins a conversation in WeCom, so that a line tells how."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
PAGE = """<!doctype html><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{app}</title>
<body style="font:1.25rem/1.6 sans-serif;max-width:32rem;margin:3rem auto;padding:0 1.25rem">
<p>{begin}</p><p><code style="user-select:all;word-break:break-all">/start {payload}</code></p>
"""


def route(path: str, begin: Callable[[], str], app: Callable[[], str]) -> Route:
    """The address of these pages, under `path`; `begin` says what to do, `app` what the bot is called now."""

    async def serve(request: Request) -> Response:
        payload = request.path_params["payload"]
        if not PAYLOAD.fullmatch(payload):
            return Response(status_code=404)
        page = PAGE.format(app=escape(app()), begin=escape(begin()), payload=payload)
        return HTMLResponse(page, headers=HEADERS)

    return Route(f"{path}/{{payload}}", serve, methods=["GET", "HEAD"])
