"""The three addresses at which a running Homeroom can be looked at."""

from __future__ import annotations

import time
from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.app import App
from bot.watching.health import look_after
from bot.watching.metrics import CONTENT_TYPE, Metrics

FRESH = {"Cache-Control": "no-store"}


def routes(app: App, metrics: Metrics) -> list[BaseRoute]:
    """/healthz: it lives; /readyz: it can work, else 503; /metrics: how it does."""
    began = time.monotonic()

    async def healthz(_request: Request) -> Response:
        seconds = round(time.monotonic() - began)
        body = {"live": True, "version": version("homeroom-bot"), "uptime_seconds": seconds}
        return JSONResponse(body, headers=FRESH)

    async def readyz(_request: Request) -> Response:
        health = await look_after(app)
        return JSONResponse(health.to_json(), 200 if health.ready else 503, headers=FRESH)

    async def counted(_request: Request) -> Response:
        return Response(await metrics.render(), media_type=CONTENT_TYPE, headers=FRESH)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", counted)]
