"""The page behind a start link: a code to be scanned, made when it is looked at, for one person and once."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.platforms.official_account.scenes import LIFE, Scenes, new_scene
from bot.platforms.official_account.settings import Phrases
from bot.platforms.tencent.allowance import Allowance
from bot.platforms.tencent.api import Api
from bot.platforms.tencent.errors import ApiError, LineError
from bot.platforms.tencent.fields import text
from classroom.errors import DatabaseError

PATH = "/official-account/start/{payload}"
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
A_MINUTE, AT_ALL = ((90, 60.0),), ((600, 60.0), (20_000, 24 * 3600.0))
"""How many codes are made for one link, which a class may open at once, and for all: WeChat counts them."""

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
PAGE = """<!doctype html><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<body style="font:1.25rem/1.6 sans-serif;max-width:32rem;margin:2rem auto;padding:0 1.25rem">
{inside}
"""
CODE = """<p>{scan}</p>
<p style="text-align:center"><img src="{picture}" alt="{title}" style="width:100%;max-width:20rem"></p>
<p>{elsewhere}</p><p>{minutes}</p>"""


class Inviting:
    """Makes these pages."""

    def __init__(self, api: Api, scenes: Scenes, phrases: Phrases, clock: Callable[[], float]) -> None:
        """`scenes` remember what each code stands for."""
        self._api, self._scenes, self._phrases = api, scenes, phrases
        self._each, self._all = Allowance(clock, A_MINUTE), Allowance(clock, AT_ALL)

    def route(self) -> Route:
        """The address of these pages."""
        return Route(PATH, self._serve, methods=["GET", "HEAD"])

    async def _serve(self, request: Request) -> Response:
        payload = request.path_params["payload"]
        if not PAYLOAD.fullmatch(payload):
            return Response(status_code=404, headers=HEADERS)
        if request.method == "HEAD":
            return Response(headers=HEADERS)
        if self._each.wait(payload) > 0 or self._all.wait("") > 0:
            return self._page(f"<p>{escape(self._phrases.later)}</p>", 429)
        self._each.sent(payload)
        self._all.sent("")
        try:
            picture = await self._code(payload)
        except (ApiError, LineError, DatabaseError):
            return self._page(f"<p>{escape(self._phrases.later)}</p>", 503)
        words = self._phrases
        inside = CODE.format(
            scan=escape(words.scan),
            title=escape(words.title),
            picture=picture,
            elsewhere=escape(words.scan_elsewhere),
            minutes=escape(words.minutes),
        )
        return self._page(inside, 200)

    async def _code(self, payload: str) -> str:
        """The picture of a new code, as an address of its own: nothing is fetched from anywhere."""
        import segno  # noqa: PLC0415 - only who invites needs it

        scene = new_scene()
        found = await self._api.post(
            "qrcode/create",
            {
                "expire_seconds": LIFE,
                "action_name": "QR_STR_SCENE",
                "action_info": {"scene": {"scene_str": scene}},
            },
        )
        if not (url := text(found, "url")):
            raise LineError("a code without an address", sent=True)
        await self._scenes.keep(scene, payload)
        return segno.make(url, error="m").png_data_uri(scale=8, border=4)

    def _page(self, inside: str, status: int) -> HTMLResponse:
        page = PAGE.format(title=escape(self._phrases.title), inside=inside)
        return HTMLResponse(page, status, headers=HEADERS)
